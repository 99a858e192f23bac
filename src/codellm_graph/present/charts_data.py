"""What the charts of spread show, as rows: the numbers of the analysis, and where they stand.

Positions are computed here rather than by the charting library, so that marks and labels cannot collide.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from codellm_graph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from codellm_graph.analyses.adoption import Adoption
    from codellm_graph.analyses.diffusion import Spread

__all__ = [
    "ENOUGH",
    "FEW",
    "LIMIT",
    "MODES",
    "PAPER",
    "Row",
    "adopter_rows",
    "apart",
    "cell_rows",
    "chosen",
    "curve_rows",
    "lag_rows",
    "mode",
    "named",
    "span_of",
]

#: A row of a chart's data.
Row: TypeAlias = "dict[str, Any]"

LIMIT = 16  # techniques that one screen holds
FEW = 5  # below so many eligible families a share says nothing
ENOUGH = 20  # from so many on a cumulative share no longer jumps with each of them
_TALLEST = 360.0  # of a row of the staircase in pixels

_WITH_WEIGHTS = "inherited, stays with the weights"
PAPER = "paper that introduced it"
MODES = ("first recorded", "other organization", "own organization", "inherited", _WITH_WEIGHTS)


def chosen(spreads: Iterable[Spread], limit: int = LIMIT) -> list[Spread]:
    """Return the techniques on most stages, then with most adopters, in the order of their first carriers.

    Parameters
    ----------
    spreads : iterable of Spread
        All of them.
    limit : int, optional
        How many to keep.

    Returns
    -------
    list of Spread
        Those to draw; techniques without any date come last.

    Raises
    ------
    UsageError
        If there is none.
    """
    best = sorted(spreads, key=lambda s: (-s.reached, -s.result.adopters, s.technique.id))[:limit]
    if not best:
        raise UsageError("no technique to draw: none has spread so far, or the data hold none")
    return sorted(best, key=lambda s: (s.adoptions[0].carrier.earliest or "9", s.technique.id))


def named(identifier: str, names: Mapping[str, str]) -> str:
    """Return a label; without one the name in the identifier."""
    return names.get(identifier) or identifier.partition(":")[2]


def mode(adoption: Adoption) -> str:
    """Return the mode of an adoption as the charts tell modes apart."""
    return _WITH_WEIGHTS if adoption.by_necessity else adoption.mode


def cell_rows(spreads: Iterable[Spread]) -> list[Row]:
    """Return a row for each technique and stage, general ancestors and units without a stage included."""
    return [
        {
            "technique": s.technique.id,
            "label": s.technique.label,
            "row": row,
            "stage": share.stage,
            "adopters": share.adopters,
            "eligible": share.eligible,
            "share": share.share,
            "low": share.low,
            "high": share.high,
            "written": f"{share.adopters}/{share.eligible}" if share.eligible else "–",
            "few": share.eligible < FEW,
        }
        for row, s in enumerate(spreads)
        for share in s.stages
    ]


def adopter_rows(
    spreads: Sequence[Spread], names: Mapping[str, str], width: float, dot: float
) -> tuple[list[Row], list[Row], float]:
    """Place adopters on a time axis, those close in time above each other.

    Parameters
    ----------
    spreads : sequence of Spread
        From `chosen`.
    names : mapping of str to str
        Labels of units by CURIE.
    width : float
        Of the axis in pixels.
    dot : float
        Room for an adopter in pixels.

    Returns
    -------
    (list of Row, list of Row, float)
        Adopters and papers, techniques, and the height of all rows.
    """
    start, end = _span(spreads)
    days = max((end - start).days, 1)
    marks: list[Row] = []
    heads: list[Row] = []
    y = 0.0
    for s in spreads:
        dated = [a for a in s.adoptions if a.carrier.earliest]
        placed: list[tuple[Adoption, int]] = []
        ends: list[float] = []
        for a in dated:
            x = (date.fromisoformat(a.carrier.earliest or "") - start).days / days * width
            level = next((n for n, last in enumerate(ends) if x - last >= dot), len(ends))
            ends[level : level + 1] = [x]
            placed.append((a, level))
        # Thousands on one day make no tower: they are pressed into it.
        rise = min(dot, _TALLEST / max(len(ends), 1))
        y += max(36.0, 12 + rise * len(ends))
        shared = {"technique": s.technique.id, "label": s.technique.label}
        paper = s.technique.span[0] if s.technique.span else None
        if paper and date.fromisoformat(paper) >= start:
            day = {"date": paper, "released": s.technique.introduced}
            marks.append({**shared, **day, "mode": PAPER, "y": y - 8})
        marks += [
            {
                **shared,
                "model": a.carrier.unit,
                "name": named(a.carrier.unit, names),
                "released": a.carrier.released,
                "date": a.carrier.earliest,
                "mode": mode(a),
                "y": y - 8 - rise * level,
            }
            for a, level in placed
        ]
        undated = len(s.adoptions) - len(dated)
        heads.append(
            {
                **shared,
                "y": y - 8,
                "first": dated[0].carrier.earliest if dated else None,
                "last": dated[-1].carrier.earliest if dated else None,
                "line": y,
                "story": _story(s, names),
                "count": len(s.adoptions),
                "more": f"{undated} undated" if undated else "",
            }
        )
    return marks, heads, y + 4


def _span(spreads: Sequence[Spread]) -> tuple[date, date]:
    """Return the time from the year of the first carrier to the last; papers may be later, or far earlier."""
    carried = [a.carrier.earliest for s in spreads for a in s.adoptions if a.carrier.earliest]
    papers = [s.technique.span[0] for s in spreads if s.technique.span]
    days = [date.fromisoformat(d) for d in carried or papers or ["2020-01-01"]]
    later = [date.fromisoformat(d) for d in papers]
    return min(days).replace(month=1, day=1), max(days + later) + timedelta(days=20)


def span_of(spreads: Sequence[Spread]) -> tuple[str, str]:
    """Return the first and last day of the time axis."""
    start, end = _span(spreads)
    return start.isoformat(), end.isoformat()


def _story(s: Spread, names: Mapping[str, str]) -> str:
    first = s.adoptions[0].carrier
    name = named(first.unit, names)
    paper = f"paper {s.technique.introduced}, " if s.technique.introduced else ""
    return f"{paper}first {name} {first.released or ''}".rstrip()


def curve_rows(spreads: Iterable[Spread]) -> list[Row]:
    """Return the cumulative shares at the ends of quarters, from when enough families were eligible."""
    rows: list[Row] = []
    for s in spreads:
        shared = {"technique": s.technique.id, "label": s.technique.label}
        able = [point for point in s.curve if point[2] >= ENOUGH]
        # The first day stays, so that the line starts where the numbers do.
        last = {_quarter(point[0]): point for point in able}
        kept = dict.fromkeys([*able[:1], *last.values()])
        rows += [
            {**shared, "date": day, "carriers": n, "eligible": of, "share": n / of} for day, n, of in kept
        ]
    return rows


def _quarter(day: str) -> tuple[str, int]:
    return day[:4], (int(day[5:7]) - 1) // 3


def lag_rows(spreads: Iterable[Spread], names: Mapping[str, str]) -> list[Row]:
    """Return the lags; those from stage to stage have a line each within the row of their technique."""
    panels = {"paper to first carrier": 0, "to first carrier of another organization": 1}
    rows: list[Row] = []
    for s in spreads:
        stages = 0
        for lag in s.lags:
            panel = panels.get(lag.name, 2)
            rows.append(
                {
                    "technique": s.technique.id,
                    "label": s.technique.label,
                    "lag": lag.name,
                    "from": named(lag.start, names),
                    "to": named(lag.end, names),
                    "days": lag.days,
                    "least": lag.least,
                    "most": lag.most,
                    "panel": panel,
                    "line": stages if panel == 2 else 0,
                }
            )
            stages += panel == 2
    return rows


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions as little as needed for labels not to overlap.

    Parameters
    ----------
    wanted : sequence of float
        Where the labels would stand.
    gap : float
        Least distance between two of them.
    low, high : float
        Where all of them must stand; `low` yields if there is no room.

    Returns
    -------
    list of float
        In the same order.

    Examples
    --------
    >>> apart([10.0, 11.0, 50.0], 10, 0, 60)
    [5.5, 15.5, 50.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    # Blocks of touching labels stand around the mean of where their labels want to be.
    blocks: list[tuple[float, int]] = []
    for i in order:
        total, count = wanted[i], 1
        while True:
            top = total / count - gap * (count - 1) / 2
            top = max(min(top, high - gap * (count - 1)), low)
            if not blocks:
                break
            above, size = blocks[-1]
            start = max(min(above / size - gap * (size - 1) / 2, high - gap * (size - 1)), low)
            if start + gap * size <= top:
                break
            blocks.pop()
            total, count = total + above, count + size
        blocks.append((total, count))
    found = [0.0] * len(wanted)
    placed = iter(order)
    for total, count in blocks:
        top = max(min(total / count - gap * (count - 1) / 2, high - gap * (count - 1)), low)
        for n in range(count):
            found[next(placed)] = top + gap * n
    return found
