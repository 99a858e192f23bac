"""The numbers of the charts of spread as tables, for those who cannot see them or want to know exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codellm_graph.present.charts_data import lag_rows, mode, named
from codellm_graph.present.charts_files import Table, sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codellm_graph.analyses.adoption import Adoption
    from codellm_graph.analyses.carriers import StageShare
    from codellm_graph.analyses.diffusion import Spread
    from codellm_graph.evidence import CitationInfo

__all__ = ["tables"]


def tables(
    spreads: Sequence[Spread], names: Mapping[str, str], cited: Mapping[str, CitationInfo]
) -> list[Table]:
    """Return the numbers of the charts as tables.

    Parameters
    ----------
    spreads : sequence of Spread
        The techniques drawn.
    names : mapping of str to str
        Labels by CURIE.
    cited : mapping of str to CitationInfo
        The citations of adopters.

    Returns
    -------
    list of Table
        Those that a reader wants first come first.
    """
    stages = tuple(c.stage for c in spreads[0].stages)
    return [
        Table(
            "Adopters among eligible families by stage, with the share and its exact 95 % interval",
            ("technique", *stages),
            [(s.technique.label, *(_share(c) for c in s.stages)) for s in spreads],
        ),
        Table(
            "Inheritance: carriers with a carrying parent among carriers with a known parent, and its test",
            ("technique", "kind", "paper", "first carrier", "adopters", "V", "more than chance?"),
            [_summary(s, names) for s in spreads],
        ),
        Table(
            "Lags in days, and what the precision of the dates allows",
            ("technique", "lag", "from", "to", "days", "least", "most"),
            [
                tuple(r[k] for k in ("label", "lag", "from", "to", "days", "least", "most"))
                for r in lag_rows(spreads, names)
            ],
        ),
        Table(
            "Cumulative carriers among eligible families at each year's end",
            ("technique", "until", "carriers", "eligible", "share"),
            [row for s in spreads for row in _years(s)],
        ),
        Table(
            "Every adopter, and who says so",
            (
                "technique",
                "adopter",
                "released",
                "mode of adoption",
                "carried before by",
                "sources",
            ),
            [(s.technique.label, *_adopter(a, names, cited)) for s in spreads for a in s.adoptions],
        ),
    ]


def _share(c: StageShare) -> str:
    if c.share is None or c.low is None or c.high is None:
        return "none eligible"
    return f"{c.adopters}/{c.eligible} = {c.share:.0%} ({c.low:.0%} to {c.high:.0%})"


def _summary(s: Spread, names: Mapping[str, str]) -> tuple[object, ...]:
    x, first = s.result.strength, s.adoptions[0].carrier
    q = s.result.q
    chance = f"untestable: {s.result.outcome.untestable}" if q is None else f"q = {q:.3f}"
    if s.technique.stays:
        chance = "stays with the weights"
    return (
        s.technique.label,
        s.technique.kind,
        s.technique.introduced or "none known",
        f"{named(first.unit, names)} ({first.released or 'no date'})",
        s.result.adopters,
        f"{x.carrying_from_carriers}/{x.carriers}",
        chance,
    )


def _years(s: Spread) -> list[tuple[object, ...]]:
    last = {day[:4]: (day, n, able) for day, n, able in s.curve}
    return [
        (s.technique.label, day, n, able, f"{n / able:.0%}" if able else "-")
        for day, n, able in last.values()
    ]


def _adopter(a: Adoption, names: Mapping[str, str], cited: Mapping[str, CitationInfo]) -> tuple[object, ...]:
    from markupsafe import Markup

    released = a.carrier.released or (f"not before {a.carrier.earliest}" if a.carrier.earliest else "no date")
    before = [named(c, names) for c in a.candidates[:3]]
    more = len(a.candidates) - len(before)
    links = sources(cited[i] for i in a.carrier.said if i in cited)
    rules = sorted({f"computed ({i[5:]})" for i in a.carrier.said if i.startswith("rule:")})
    return (
        named(a.carrier.unit, names),
        released,
        mode(a),
        ", ".join(before) + (f" and {more} more" if more > 0 else ""),
        Markup("; ").join([*links, *rules]),
    )
