"""Who says so: the statements, sources and disputes of a payload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codellm_graph.evidence import describe_all
from codellm_graph.names import kinds_of
from codellm_graph.present.payload_words import Table, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from codellm_graph.analyses.exposure import Met
    from codellm_graph.evidence import CitationInfo, Statement
    from codellm_graph.present.payload_words import Words
    from codellm_graph.store import Store
    from codellm_graph.view import Edge

__all__ = ["evidence"]


class _Notes:
    """The tables that statements point into."""

    def __init__(self, words: Words, shown: frozenset[str]):
        self.words, self.shown = words, shown
        self.properties, self.rules = Table[tuple[str, str]](), Table[str]()
        self.sources, self.citations = Table[tuple[str, str, int]](), Table[tuple[int, str]]()

    def cite(self, cited: Iterable[CitationInfo]) -> list[int]:
        """Return the places of citations; what is the same to a reader is one."""
        places = []
        for c in cited:
            grade = c.grade if c.grade in (1, 2, 3, 4) else 0
            source = self.sources.place((text(c.title), text(c.url), grade))
            places.append(self.citations.place((source, text(c.locator))))
        return list(dict.fromkeys(places))

    def statements(self, statements: Iterable[Statement]) -> list[list[Any]]:
        """Return statements as rows."""
        return [
            [
                self.properties.place((text(s.property), text(s.property_label))),
                text(s.label),
                int(s.accepted or s.agrees),
                -1 if s.rule is None else self.rules.place(text(s.rule)),
                self.cite(s.citations),
                s.value if s.value in self.shown else "",
            ]
            for s in statements
            if s.property != "rdf:type"
        ]


def _disputed(statements: Iterable[Statement]) -> int:
    """Count the properties of which a value is not believed."""
    return len({s.property for s in statements if not s.accepted and not s.agrees})


def evidence(
    store: Store,
    words: Words,
    nodes: Sequence[str],
    edges: Sequence[Edge],
    things: Sequence[str],
    met: Mapping[str, Sequence[Met]],
) -> dict[str, Any]:
    """Lay out statements and citations as tables of rows that point into each other.

    Parameters
    ----------
    store : Store
        The graph.
    words : Words
        What things are called.
    nodes, things : sequence of str
        CURIEs, in the order of their tables; of what the graph does not hold nothing is said.
    edges : sequence of Edge
        In the order of their table.
    met : mapping of str to sequence of Met
        Benchmark to how models met it.

    Returns
    -------
    dict
        The evidence of a payload.
    """
    known = kinds_of(store)
    shown = [*nodes, *things]
    asked = [thing for thing in shown if thing in known]
    found = describe_all(store, asked) if asked else {}
    notes = _Notes(words, frozenset(shown))
    said = {thing: found[thing].statements if thing in found else () for thing in shown}
    places = {thing: n for n, thing in enumerate(things)}
    rows: dict[str, Any] = {
        "nodes": [notes.statements(said[n]) for n in nodes],
        "edges": [notes.cite(e.citations) for e in edges],
        "things": [notes.statements(said[t]) for t in things],
        "routes": {
            str(places[b]): [[notes.cite(step.citations) for step in m.route] for m in found_by]
            for b, found_by in met.items()
        },
        "disputed": [_disputed(said[n]) for n in nodes],
    }
    return {
        "properties": [[curie, *words.pair(curie, label)] for curie, label in notes.properties],
        "rules": list(notes.rules),
        "sources": [list(row) for row in notes.sources],
        "citations": [list(row) for row in notes.citations],
        **rows,
    }
