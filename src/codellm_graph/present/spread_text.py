"""The spread of techniques as tables for terminals and pipes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codellm_graph.analyses.diffusion import ALL, headlines
from codellm_graph.errors import printable
from codellm_graph.present.text import paint, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from codellm_graph.analyses.adoption import Adoption
    from codellm_graph.analyses.diffusion import Repeat, Spread
    from codellm_graph.analyses.field import Field
    from codellm_graph.evidence import CitationInfo

__all__ = ["headline", "matrix", "overview", "story"]

_SHOWN = 3


def _part(part: int, whole: int) -> str:
    return f"{part}/{whole}" if whole else "-"


def _number(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _chance(repeat: Repeat, stays: bool) -> str:
    if repeat.q is None:
        return f"untestable: {repeat.outcome.untestable}"
    return "stays with weights" if stays else f"q {repeat.q:.3f}"


def overview(spreads: Iterable[Spread], field: Field, *, colour: bool = False) -> str:
    """Lay out many techniques, a row each.

    Parameters
    ----------
    spreads : iterable of Spread
        The techniques.
    field : Field
        Units and the order of stages.
    colour : bool, optional
        For a terminal.

    Returns
    -------
    str
        The table.
    """
    rows = []
    for s in spreads:
        first = s.adoptions[0].carrier
        counted = s.result.strength
        rows.append(
            (
                s.technique.label,
                s.technique.kind,
                s.technique.introduced,
                f"{field.units[first.unit].label} ({_day(first.released, first.earliest)})",
                s.result.adopters,
                *(_part(c.adopters, c.eligible) for c in s.stages[: len(field.stages)]),
                _part(counted.carrying_from_carriers, counted.carriers),
                _chance(s.result, s.technique.stays),
            )
        )
    columns = ("technique", "kind", "paper", "first carrier", "all", *field.stages, "V", "by chance?")
    return table(columns, rows, colour)


def _day(released: str | None, earliest: str | None) -> str:
    return released or (f"not before {earliest}" if earliest else "no date")


def headline(spreads: Iterable[Spread], names: Mapping[str, str]) -> str:
    """Say in words which techniques go with descent more than chance would have it.

    Parameters
    ----------
    spreads : iterable of Spread
        All techniques.
    names : mapping of str to str
        Labels.

    Returns
    -------
    str
        Two or three lines.
    """
    found = headlines(spreads)
    everything = next((h for h in found if h.evidence == ALL), None)
    if everything is None or not everything.tested:
        return "No technique taken up by choice can be tested."
    called = ", ".join(names.get(t, t) for t in everything.found) or "none"
    lines = [
        f"Carried along lineages more than chance would have it (q < 0.05): {called}; "
        f"{everything.tested} techniques taken up by choice were tested."
    ]
    known = {ALL: 0}
    for h in found:
        if h.evidence not in known and not h.evidence.startswith("maker:"):
            lines.append(f"With {h.evidence}: {len(h.found)} of {h.tested}.")
    counts = [len(h.found) for h in found if h.evidence.startswith("maker:")]
    if counts:
        lines.append(f"Leaving any one organization out: {min(counts)} to {max(counts)}.")
    return "\n".join(lines)


def matrix(crossings: Sequence[tuple[str, str, int]], field: Field, *, colour: bool = False) -> str:
    """Lay out how many lineage edges lead from which stage to which.

    Parameters
    ----------
    crossings : sequence of (str, str, int)
        From `adoption.crossing_matrix`.
    field : Field
        The order of stages.
    colour : bool, optional
        For a terminal.

    Returns
    -------
    str
        Parents in rows, children in columns.
    """
    groups = (*field.stages, "general", "no stage")
    counts = {(a, b): n for a, b, n in crossings}
    rows = [(a, *(counts.get((a, b), 0) for b in groups)) for a in groups]
    return table(("weights from \\ to", *groups), rows, colour)


def story(
    s: Spread,
    field: Field,
    names: Mapping[str, str],
    cited: Mapping[str, CitationInfo],
    *,
    cite: bool = False,
    colour: bool = False,
) -> str:
    """Tell one technique's story.

    Parameters
    ----------
    s : Spread
        The technique.
    field : Field
        Units and the order of stages.
    names : mapping of str to str
        Labels.
    cited : mapping of str to CitationInfo
        The citations of its adopters.
    cite : bool, optional
        Number the citations of each adopter and list them below.
    colour : bool, optional
        For a terminal.

    Returns
    -------
    str
        Heading, lags, stages, adopters, strength, test and robustness.
    """
    t = s.technique
    paper = (
        f"{t.introduced} by {names.get(t.paper or '', t.paper or '')}" if t.introduced else "date not known"
    )
    first = s.adoptions[0].carrier
    lines = [
        f"{paint(printable(t.label), 'bold', colour)}  {t.kind}  {t.id}",
        f"introduced     {paper}",
        f"first carrier  {field.units[first.unit].label} ({_day(first.released, first.earliest)})",
        f"adopters       {len(s.adoptions)}: {_modes(s)}",
        "",
        table(
            ("lag", "from", "to", "days", "possible"),
            [
                (
                    x.name,
                    names.get(x.start, x.start),
                    names.get(x.end, x.end),
                    x.days,
                    f"{x.least} to {x.most}",
                )
                for x in s.lags
            ],
            colour,
        ),
        "",
        table(
            ("stage", "adopters", "eligible", "share", "95 % interval", "first"),
            [
                (
                    c.stage,
                    c.adopters,
                    c.eligible,
                    _number(c.share),
                    f"{_number(c.low)} to {_number(c.high)}" if c.eligible else "-",
                    c.first,
                )
                for c in s.stages
            ],
            colour,
        ),
    ]
    if s.crossed:
        lines += ["", "Inherited across: " + ", ".join(f"{a} to {b} {n}" for a, b, n in s.crossed)]
    notes: dict[str, int] = {}
    rows = []
    for a in s.adoptions:
        unit = field.units[a.carrier.unit]
        row: tuple[object, ...] = (
            unit.label,
            _day(a.carrier.released, a.carrier.earliest),
            unit.group,
            unit.organization,
            _mode(a),
            _origins(a, names),
        )
        if cite:
            marks = [str(notes.setdefault(c, len(notes) + 1)) for c in a.carrier.said if c in cited]
            rules = [c for c in a.carrier.said if c.startswith("rule:")]
            row = (*row, ",".join([f"[{','.join(marks)}]"] * bool(marks) + rules))
        rows.append(row)
    columns = ("adopter", "released", "stage", "organization", "mode", "carried before by")
    lines += ["", table((*columns, "says") if cite else columns, rows, colour)]
    lines += ["", *_strength(s), "", table(*_robustness(s, names), colour)]
    if cite:
        lines.append("")
        for citation, number in notes.items():
            c = cited[citation]
            address = f" <{printable(c.url)}>" if c.url else ""
            lines.append(f"[{number}] {printable(c.title)}, {printable(c.locator)}{address}")
    return "\n".join(lines)


def _modes(s: Spread) -> str:
    counts: dict[str, int] = {}
    for a in s.adoptions:
        counts[_mode(a).partition(";")[0]] = counts.get(_mode(a).partition(";")[0], 0) + 1
    return ", ".join(f"{n} {mode}" for mode, n in sorted(counts.items(), key=lambda x: (-x[1], x[0])))


def _mode(a: Adoption) -> str:
    mode = "inherited by necessity" if a.by_necessity else a.mode
    mode += "; said of the ancestor's family" if a.of_family else ""
    return mode + ("; older than the paper" if a.before_paper else "")


def _origins(a: Adoption, names: Mapping[str, str]) -> str:
    shown = [names.get(c, c) for c in a.candidates[:_SHOWN]]
    rest = len(a.candidates) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _strength(s: Spread) -> list[str]:
    x, outcome = s.result.strength, s.result.outcome
    between = f" ({_number(x.interval[0])} to {_number(x.interval[1])})" if x.interval else ""
    v, r = _part(x.carrying_from_carriers, x.carriers), _part(x.carrying_from_carriers, x.from_carriers)
    spontaneous = _part(x.carrying_from_others, x.from_others)
    lines = [
        "Among units with a known parent that had the chance:",
        f"V {_number(x.vertical_share)}: {v} carriers have a parent that carries it, too",
        f"R {_number(x.retention)}: {r} with a parent that carries it carry it",
        f"S {_number(x.spontaneous_rate)}: {spontaneous} without such a parent carry it",
        f"R - S {_number(x.risk_difference)}{between}",
        f"propagation score {_number(x.propagation_score)}, meme score {_number(x.meme_score, 3)} "
        f"(delta {x.delta}; for ranking only)",
    ]
    if outcome.untestable:
        return [*lines, f"untestable: {outcome.untestable}"]
    verdict = (
        "; architecture stays with the weights, so that this is no finding"
        if s.technique.stays
        else f", q {_number(s.result.q, 3)}"
    )
    return [
        *lines,
        f"{outcome.statistic} carriers have a carrying parent, {_number(outcome.expected, 1)} by chance: "
        f"p {_number(outcome.p, 4)}{verdict}",
    ]


def _robustness(s: Spread, names: Mapping[str, str]) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    columns = ("evidence", "adopters", "stages", "V", "R - S", "p", "q")

    def row(r: Repeat, name: str) -> tuple[object, ...]:
        return (
            name,
            r.adopters,
            r.stages,
            _number(r.strength.vertical_share),
            _number(r.strength.risk_difference),
            r.outcome.untestable or _number(r.outcome.p, 4),
            _number(r.q, 3),
        )

    rows = [row(r, r.evidence) for r in (s.result, *s.repeats)]
    if s.left_out:
        ranges = [
            _range([r.adopters for r in s.left_out], 0),
            _range([r.stages for r in s.left_out], 0),
            _range([r.strength.vertical_share for r in s.left_out], 2),
            _range([r.strength.risk_difference for r in s.left_out], 2),
            _range([r.outcome.p for r in s.left_out], 4),
            "-",
        ]
        rows.append(("without any one organization", *ranges))
        fewest = min(s.left_out, key=lambda r: (r.adopters, r.evidence))
        rows.append(row(fewest, f"without {names.get(fewest.evidence, fewest.evidence)}"))
    return columns, rows


def _range(values: Iterable[float | None], digits: int) -> str:
    known = [v for v in values if v is not None]
    if not known:
        return "-"
    low, high = (f"{x:.{digits}f}" for x in (min(known), max(known)))
    return low if low == high else f"{low} to {high}"
