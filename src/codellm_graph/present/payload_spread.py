"""Techniques and data in a picture: who uses them, how they spread, which benchmarks were met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from codellm_graph.analyses.adoption import adoptions
from codellm_graph.analyses.carriers import carriers
from codellm_graph.analyses.exposure import NO_EVIDENCE, exposures
from codellm_graph.analyses.field import read_field
from codellm_graph.analyses.routes import CLASSES
from codellm_graph.analyses.steps import load_statements
from codellm_graph.evidence import best_grade, citations
from codellm_graph.present.payload_words import Table, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codellm_graph.analyses.adoption import Adoption
    from codellm_graph.analyses.exposure import Met
    from codellm_graph.analyses.field import Field
    from codellm_graph.present.payload_words import Words
    from codellm_graph.store import Store
    from codellm_graph.view import View

__all__ = ["MODES", "Spreading", "spreading"]

MODES = ("first recorded", "other organization", "own organization", "inherited", "undated")


class Spreading(NamedTuple):
    """What of techniques and data is shown.

    Parameters
    ----------
    tables : dict of str to object
        The tables of the graph's part of a payload.
    things : list of str
        CURIEs, in the order of the table of things.
    met : dict of str to list of Met
        Benchmark to how shown models met it, in the order of the rows.
    """

    tables: dict[str, Any]
    things: list[str]
    met: dict[str, list[Met]]


def spreading(store: Store, view: View, words: Words, place: Mapping[str, int]) -> Spreading:
    """Lay out techniques and data.

    Parameters
    ----------
    store : Store
        The graph.
    view : View
        Its models; one as of a date looks back from there.
    words : Words
        What things are called.
    place : mapping of str to int
        Shown models and families, to their places in the table of nodes.

    Returns
    -------
    Spreading
        Tables that point into that table.
    """
    said = load_statements(store, view.schema)
    field = read_field(store, view)
    used = {t: {n: graphs for n, graphs in nodes.items() if n in place} for t, nodes in field.uses.items()}
    trained = [step for step in said.steps["trainedOn"] if step.subject in place]
    met = {
        benchmark: rows
        for benchmark, all_met in exposures(store, view).items()
        if (rows := [m for m in all_met.met if m.exposure != NO_EVIDENCE and m.id in place])
    }
    ends = {end for rows in met.values() for m in rows for s in m.route for end in (s.subject, s.object)}
    data = {s.object for s in trained} | {*met} | {e for e in ends if e in said.datasets}
    things = [t for t in field.techniques if used[t]]
    things += sorted(data - said.benchmarks) + sorted(data & said.benchmarks)
    at = {thing: n for n, thing in enumerate(things)}

    kinds = ["technique" if t in field.techniques else "dataset" for t in things]
    kinds = ["benchmark" if t in said.benchmarks else kind for t, kind in zip(things, kinds, strict=True)]
    details = [
        words.pair(f"concept:{field.techniques[t].kind}") if t in field.techniques else ("", "")
        for t in things
    ]
    pairs = [words.pair(t) for t in things]
    properties = Table[str]()
    tables = {
        "things": {
            "id": [text(t) for t in things],
            "label": [en for en, _ in pairs],
            "zh": [zh for _, zh in pairs],
            "aliases": [words.aliases(t, en) for t, (en, _) in zip(things, pairs, strict=True)],
            "kind": kinds,
            "detail": [en for en, _ in details],
            "detailZh": [zh for _, zh in details],
        },
        "uses": _uses(store, used, place, at),
        "data": [
            [place[s.subject], at[s.object], properties.place(s.relation), s.grade or 0]
            for s in sorted(trained, key=lambda s: (place[s.subject], at[s.object], s.relation))
        ],
        "dataProperties": [[text(p), *words.pair(f"clg:{p}")] for p in properties],
        "modes": list(MODES),
        "adoption": {
            str(at[t]): adopters
            for t in things
            if t in field.techniques and (adopters := _adoption(field, t, place))
        },
        "papers": {
            str(at[t]): text(paper)
            for t in things
            if t in field.techniques and (paper := field.techniques[t].introduced)
        },
        "classes": list(CLASSES),
        "exposure": {str(at[b]): [_met(m, words, place) for m in found] for b, found in met.items()},
        "names": {text(e): list(words.pair(e)) for e in sorted(ends - place.keys() - at.keys())},
        "relationWords": _relation_words(met.values(), words),
    }
    return Spreading(tables, things, met)


def _uses(
    store: Store,
    used: Mapping[str, Mapping[str, frozenset[str]]],
    place: Mapping[str, int],
    at: Mapping[str, int],
) -> list[list[int]]:
    """Return who uses what, with the best grade of those who say so; 0 where it is computed."""
    table = citations(store, {g for nodes in used.values() for graphs in nodes.values() for g in graphs})
    rows = [
        [place[node], at[t], best_grade(table[g] for g in graphs if g in table) or 0]
        for t, nodes in used.items()
        for node, graphs in nodes.items()
    ]
    return sorted(rows)


def _adoption(field: Field, technique: str, place: Mapping[str, int]) -> list[list[Any]]:
    """Return the adopters that are shown, oldest first."""
    carried = carriers(field, technique)
    found: list[list[Any]] = []
    for a in adoptions(field, field.techniques[technique], carried):
        node = _stand_in(field, technique, a, place)
        if node is not None:
            candidates = [place[c] for c in a.candidates if c in place]
            row = [place[node], MODES.index(a.mode), a.carrier.earliest or "", int(a.by_necessity)]
            found.append([*row, candidates])
    return found


def _stand_in(field: Field, technique: str, adoption: Adoption, place: Mapping[str, int]) -> str | None:
    """Return an adopter, or, where its family is not shown, its first shown part that uses the technique."""
    unit = adoption.carrier.unit
    if unit in place:
        return unit
    parts = [p for p in field.units[unit].parts if p in place and p in field.uses[technique]]
    return min(parts, key=lambda p: (field.dates[p][1] or "9", p), default=None)


def _met(met: Met, words: Words, place: Mapping[str, int]) -> list[Any]:
    steps = [[text(s.subject), _relation(s.relation, words), text(s.object)] for s in met.route]
    return [place[met.id], CLASSES.index(met.exposure), int(met.possible), met.overlap or "", steps]


def _relation(name: str, words: Words) -> str:
    return words.label(f"clg:{name}")


def _relation_words(met: Iterable[list[Met]], words: Words) -> dict[str, str]:
    """Return the Chinese labels of the relations on routes, by the English ones."""
    names = {s.relation for rows in met for m in rows for s in m.route}
    return dict(sorted(pair for n in names if (pair := words.pair(f"clg:{n}"))[1]))
