"""What the charts of spread say in words: titles that name the finding, and how to read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codellm_graph.present.charts_data import FEW, named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codellm_graph.analyses.diffusion import Spread

__all__ = ["READING", "heat", "lags", "shares", "short", "staircase"]

READING = (
    "The unit is the family. Inherited: a weight ancestor carries the technique. Other modes name earlier "
    "carriers, not sources: nothing here says that anybody copied from anybody. The graph holds what its "
    "sources say; a technique that no source mentions for a family counts as not carried."
)
_LONGEST = 44


def short(label: str, longest: int = _LONGEST) -> str:
    """Return a label that a title has room for.

    Parameters
    ----------
    label : str
        Of any length.
    longest : int, optional
        In letters.

    Returns
    -------
    str
        Cut where it is longer.

    Examples
    --------
    >>> short("Fill-in-the-middle", 12)
    'Fill-in-the…'
    """
    return label if len(label) <= longest else label[: longest - 1] + "…"


def staircase(spreads: Sequence[Spread], names: Mapping[str, str]) -> str:
    """Say how many adoptions came with the weights."""
    every = [a for s in spreads for a in s.adoptions]
    down = sum(a.mode == "inherited" for a in every)
    if len(spreads) > 1:
        return f"{down} of {len(every)} adoptions came with an ancestor's weights"
    [s] = spreads
    first = s.adoptions[0].carrier
    since = f" in {first.released[:4]}" if first.released else ""
    return (
        f"{short(s.technique.label)}: {len(every)} adopters, {down} of them by inheritance; "
        f"the first was {short(named(first.unit, names))}{since}"
    )


def heat(spreads: Sequence[Spread]) -> str:
    """Say what gained most between the last two stages that are large enough."""
    # General ancestors and units without a stage are no stages.
    stages = [n for n in range(len(spreads[0].stages) - 2) if spreads[0].stages[n].eligible >= FEW]
    if not stages:
        return "How far: adopters by stage"
    last = stages[-1]
    if len(spreads) == 1:
        to = spreads[0].stages[last]
        return f"{short(spreads[0].technique.label)}: {to.adopters} of {to.eligible} {to.stage} families"
    before = stages[-2] if len(stages) > 1 else last
    steps = [(s, s.stages[before], s.stages[last]) for s in spreads]
    able = [x for x in steps if min(x[1].eligible, x[2].eligible) >= FEW]
    s, start, to = max(able, key=lambda x: (x[2].share or 0) - (x[1].share or 0))
    if (to.share or 0) <= (start.share or 0):
        return "How far: adopters by stage"
    return (
        f"{short(s.technique.label)} gained most: {start.adopters}/{start.eligible} {start.stage} "
        f"to {to.adopters}/{to.eligible} {to.stage} families"
    )


def shares(spreads: Sequence[Spread]) -> str:
    """Say what most of the families that could carry it do carry."""
    ends = [(n / able, n, able, s.technique.label) for s in spreads for _, n, able in s.curve[-1:] if able]
    if not ends:
        return "How far over time: cumulative share"
    share, n, able, label = max(ends)
    if len(spreads) > 1:
        return f"{short(label)} went furthest: {share:.0%} of the families since it existed carry it"
    return f"{short(label)}: {n} of {able} families since it existed carry it"


def lags(spreads: Sequence[Spread]) -> str:
    """Say how soon half of the techniques were with somebody else."""
    days = sorted(
        x.days for s in spreads for x in s.lags if x.name == "to first carrier of another organization"
    )
    if not days:
        return "How long it took"
    if len(spreads) == 1:
        return f"{short(spreads[0].technique.label)} reached another organization after {days[0]} days"
    # The least number of days that at least half of them kept to.
    return f"Half of the techniques reached another organization within {days[(len(days) - 1) // 2]} days"
