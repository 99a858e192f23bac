"""The time axis: days to pixels, warped so that busy times get room."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Axis", "Tick", "ordinal"]

_DAY = 0.5
_STEP = 13.0
_QUIET = 6.0


class Tick(NamedTuple):
    """A mark on the time axis.

    Parameters
    ----------
    x : float
        Position in pixels.
    label : str
        A year, or a quarter such as ``Q3``.
    """

    x: float
    label: str


def ordinal(day: str | None) -> int | None:
    """Return the number of a day.

    Parameters
    ----------
    day : str or None
        ISO 8601, or anything that a store holds in its place.

    Returns
    -------
    int or None
        Proleptic ordinal; None of what is no day.

    Examples
    --------
    >>> ordinal("2024-05-16"), ordinal("not a day"), ordinal(None)
    (739022, None, None)
    """
    try:
        return datetime.date.fromisoformat(day).toordinal() if day else None
    except ValueError:
        return None


class Axis:
    """Maps days to pixels.

    Parameters
    ----------
    days : iterable of int
        Proleptic ordinals of the days on which something was released.

    Examples
    --------
    >>> axis = Axis([738000, 738001, 738400])
    >>> axis.at(738000) < axis.at(738001) < axis.at(738200) < axis.at(738400)
    True
    """

    def __init__(self, days: Iterable[int]):
        self.days = sorted(set(days))
        self.x = [0.0]
        for before, after in zip(self.days, self.days[1:], strict=False):
            gap = after - before
            # A quiet year shrinks (square root), every day of release gets at least a step.
            self.x.append(self.x[-1] + _STEP + _DAY * min(gap, _QUIET * gap**0.5))

    def at(self, day: int) -> float:
        """Return the position of a day.

        Parameters
        ----------
        day : int
            Its ordinal.

        Returns
        -------
        float
            In pixels; strictly growing with the day.
        """
        if len(self.days) < 2:
            return (day - self.days[0]) * _DAY if self.days else 0.0
        i = min(max(bisect_right(self.days, day) - 1, 0), len(self.days) - 2)
        share = (day - self.days[i]) / (self.days[i + 1] - self.days[i])
        return self.x[i] + share * (self.x[i + 1] - self.x[i])

    def ticks(self) -> tuple[Tick, ...]:
        """Return the years between first and last day, and the quarters where there is room.

        Returns
        -------
        tuple of Tick
            From left to right.
        """
        if not self.days:
            return ()
        first, last = (datetime.date.fromordinal(d) for d in (self.days[0], self.days[-1]))
        found: list[Tick] = []
        for year in range(first.year, last.year + 1):
            for month in (1, 4, 7, 10):
                day = datetime.date(year, month, 1)
                if first <= day <= last:
                    x = self.at(day.toordinal())
                    label = str(year) if month == 1 else f"Q{month // 3 + 1}"
                    if month == 1 or not found or x - found[-1].x > 60:
                        if found and x - found[-1].x < 45:
                            found.pop()
                        found.append(Tick(round(x, 1), label))
        return tuple(found)
