"""Carriers: which units use a technique since when, how far it got and how long it took.

A unit *carries* a technique if some part of it uses the technique or a narrower one. Carriers are counted
among the units that had the chance [1]_: those with a release since the technique existed.

References
----------
.. [1] E. M. Rogers, Diffusion of Innovations, 5th ed., Free Press, 2003, chapter 5.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from codellm_graph.analyses.strength import clopper_pearson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codellm_graph.analyses.field import Date, Field, Technique

__all__ = ["Carrier", "Lag", "StageShare", "carriers", "chances", "curve", "lags", "stage_shares"]


@dataclass(frozen=True)
class Carrier:
    """A unit that carries a technique, and since when.

    Parameters
    ----------
    unit : str
        CURIE.
    released, earliest, latest : str or None
        Release of its first part that uses the technique, and the days that the date allows.
    dated : bool
        False if `earliest` is only a lower bound: that part has no date, but what it started from has.
    said : tuple of str
        Citations and rules (CURIEs) by which its parts use the technique.
    """

    unit: str
    released: str | None
    earliest: str | None
    latest: str | None
    dated: bool
    said: tuple[str, ...]


@dataclass(frozen=True)
class StageShare:
    """Adopters among the units of a stage that had the chance.

    Parameters
    ----------
    stage : str
        Label; ``general`` for general ancestors, ``no stage`` for units that no source assigns to one.
    adopters, eligible : int
        Carriers, and units with a release on or after the day on which the technique existed; both with a
        date.
    share, low, high : float or None
        Adopters among the eligible with the exact 95 % interval [1]_; None without any.
    first : str or None
        Year of the first adopter.

    References
    ----------
    .. [1] C. J. Clopper, E. S. Pearson, The use of confidence or fiducial limits illustrated in the case
       of the binomial, Biometrika 26 (1934) 404-413.
    """

    stage: str
    adopters: int
    eligible: int
    share: float | None
    low: float | None
    high: float | None
    first: str | None


@dataclass(frozen=True)
class Lag:
    """Days from one event to another.

    Parameters
    ----------
    name : str
        Which lag.
    start, end : str
        CURIEs: the paper, or a unit.
    days : int
        From the first possible day of the one to that of the other.
    least, most : int
        What the precision of the two dates allows.
    """

    name: str
    start: str
    end: str
    days: int
    least: int
    most: int


def carriers(
    field: Field, technique: str, uses: Mapping[str, frozenset[str]] | None = None
) -> dict[str, Carrier]:
    """Return the units that carry a technique, oldest first.

    Parameters
    ----------
    field : Field
        Units and lineage.
    technique : str
        CURIE.
    uses : mapping of str to frozenset of str, optional
        Nodes that use it, with the graphs that say so; all that are accepted if not given.

    Returns
    -------
    dict of str to Carrier
        By unit; those without a date come last.
    """
    uses = field.uses[technique] if uses is None else uses
    rows: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for node, graphs in uses.items():
        rows[field.unit_of[node]].append((node, graphs))
    found = []
    for unit, parts in rows.items():
        first = min((field.dates[node] for node, _ in parts), key=_age)
        said = tuple(sorted({g for _, graphs in parts for g in graphs}))
        found.append(Carrier(unit, *first, said))
    found.sort(key=lambda c: (*_age((c.released, c.earliest, c.latest, c.dated)), c.unit))
    return {c.unit: c for c in found}


def _age(date: Date) -> tuple[str, bool, str, str]:
    """Return what sorts dates: of two on one day the one that is no bound, then the finer one, is first."""
    released, earliest, latest, dated = date
    return earliest or "9", not dated, latest or "9", released or ""


def chances(field: Field, technique: Technique, carried: Mapping[str, Carrier]) -> dict[str, str]:
    """Return when each unit first had the chance to carry a technique.

    Parameters
    ----------
    field : Field
        Units.
    technique : Technique
        It exists from its paper or its first carrier on, whichever is earlier.
    carried : mapping of str to Carrier
        Its carriers.

    Returns
    -------
    dict of str to str
        Unit to the day of its first release since then. Units that are older, or without a date, had none.
    """
    days = [c.earliest for c in carried.values() if c.earliest]
    start = min([*days, *(technique.span or ())[:1]], default=None)
    if start is None:
        return {}
    found = {u.id: min((d for d in u.releases if d >= start), default="") for u in field.units.values()}
    # A carrier of which only an unreleased checkpoint is dated had its chance then.
    for unit, carrier in carried.items():
        if carrier.earliest:
            found[unit] = min(found[unit] or carrier.earliest, carrier.earliest)
    return {unit: day for unit, day in found.items() if day}


def stage_shares(
    field: Field, carried: Mapping[str, Carrier], chance: Mapping[str, str]
) -> tuple[StageShare, ...]:
    """Count adopters and chances by stage.

    Parameters
    ----------
    field : Field
        Units and the order of stages.
    carried : mapping of str to Carrier
        Carriers.
    chance : mapping of str to str
        From `chances`.

    Returns
    -------
    tuple of StageShare
        The stages in order, then general ancestors, then units without a stage.
    """
    found = []
    for stage in (*field.stages, "general", "no stage"):
        able = [u for u in chance if field.units[u].group == stage]
        days = sorted(str(carried[u].earliest) for u in able if u in carried)
        low, high = clopper_pearson(len(days), len(able)) if able else (None, None)
        found.append(
            StageShare(
                stage,
                len(days),
                len(able),
                len(days) / len(able) if able else None,
                low,
                high,
                days[0][:4] if days else None,
            )
        )
    return tuple(found)


def curve(
    field: Field, carried: Mapping[str, Carrier], chance: Mapping[str, str]
) -> tuple[tuple[str, int, int], ...]:
    """Return the cumulative number of carriers and of units that had the chance.

    Parameters
    ----------
    field : Field
        Units; general ancestors are left out, they are in the graph because something descends from them.
    carried : mapping of str to Carrier
        Carriers.
    chance : mapping of str to str
        From `chances`.

    Returns
    -------
    tuple of (str, int, int)
        Day, carriers so far, eligible so far; one row for each day on which either changes.
    """
    able = {u: day for u, day in chance.items() if field.units[u].in_scope}
    adopted = sorted(str(carried[u].earliest) for u in able if u in carried)
    days = sorted(able.values())
    return tuple(
        (day, sum(a <= day for a in adopted), sum(d <= day for d in days))
        for day in sorted({*adopted, *days})
    )


def _days(first: str, second: str) -> int:
    return (date.fromisoformat(second) - date.fromisoformat(first)).days


def _lag(name: str, a: tuple[str, str, str], b: tuple[str, str, str]) -> Lag:
    return Lag(name, a[0], b[0], _days(a[1], b[1]), _days(a[2], b[1]), _days(a[1], b[2]))


def lags(field: Field, technique: Technique, carried: Mapping[str, Carrier]) -> tuple[Lag, ...]:
    """Return how long the technique took.

    Parameters
    ----------
    field : Field
        Units and the order of stages.
    technique : Technique
        The technique.
    carried : mapping of str to Carrier
        Its carriers, oldest first.

    Returns
    -------
    tuple of Lag
        From the paper to the first carrier (negative if that is older), from the first carrier to the
        first of an organization that had no part in it, and from the first carrier of one stage to that
        of the next stage that has one (negative if the later stage had it first).
    """
    dated = [(c.unit, c.earliest, c.latest or c.earliest) for c in carried.values() if c.earliest]
    if not dated:
        return ()
    found = []
    if technique.span and technique.paper:
        found.append(_lag("paper to first carrier", (technique.paper, *technique.span), dated[0]))
    makers = set(field.units[dated[0][0]].organizations)
    others = (d for d in dated if makers and makers.isdisjoint(field.units[d[0]].organizations or makers))
    other = next(others, None)
    if other:
        found.append(_lag("to first carrier of another organization", dated[0], other))
    firsts = [
        (stage, next((d for d in dated if field.units[d[0]].stage == stage), None)) for stage in field.stages
    ]
    reached = [(stage, d) for stage, d in firsts if d]
    for (a, start), (b, end) in pairwise(reached):
        found.append(_lag(f"{a} to {b}", start, end))
    return tuple(found)
