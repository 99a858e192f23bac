"""Counting what is in the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codellm_graph.store import plain

if TYPE_CHECKING:
    from codellm_graph.store import Store

__all__ = ["Stats", "count"]

_CLASSES = """
SELECT ?key (COUNT(DISTINCT ?s) AS ?n) WHERE {
  VALUES ?class { clg:Series clg:Family clg:Model clg:Checkpoint clg:Technique clg:Dataset clg:Benchmark
    clg:Organization clg:License clg:Result clg:Source clg:Citation }
  ?s a ?class . BIND(STRAFTER(STR(?class), "#") AS ?key)
} GROUP BY ?key ORDER BY DESC(?n) ?key"""

_STAGES = """
SELECT ?key (COUNT(DISTINCT ?f) AS ?n) WHERE {
  ?f clg:stage ?stage ; a clg:AnyModel . MINUS { ?f clg:memberOf/rdf:type clg:Family }
  ?stage rdfs:label ?key ; clg:order ?order . FILTER(LANG(?key) = "en")
} GROUP BY ?key ?order ORDER BY ?order"""

_YEARS = """
SELECT ?key (COUNT(DISTINCT ?f) AS ?n) WHERE {
  VALUES ?class { clg:Family clg:Model }
  ?f a ?class ; clg:earliest ?day . MINUS { ?f clg:memberOf/rdf:type clg:Family }
  BIND(SUBSTR(STR(?day), 1, 4) AS ?key)
} GROUP BY ?key ORDER BY ?key"""

# Best grade of each accepted statement about a model that says something about the world.
_GRADES = """
SELECT ?key (COUNT(*) AS ?n) WHERE {
  { SELECT ?s ?p ?o (MIN(?grade) AS ?key) WHERE {
      ?s a clg:AnyModel ; ?p ?o .
      GRAPH ?c { ?s ?p ?o }
      ?c clg:source/clg:grade ?grade . MINUS { ?c clg:rank concept:deprecated }
      MINUS { ?p clg:isNaming|clg:isRemark true }
    } GROUP BY ?s ?p ?o }
} GROUP BY ?key ORDER BY ?key"""

_RELATIONS = """
SELECT ?key (COUNT(*) AS ?n) WHERE {
  { SELECT DISTINCT ?relation WHERE { ?relation rdfs:subPropertyOf* clg:basedOn } }
  { SELECT DISTINCT ?relation ?a ?b WHERE { GRAPH ?c { ?a ?relation ?b } ?c clg:source ?s } }
  ?a ?relation ?b ; a clg:AnyModel .
  BIND(STRAFTER(STR(?relation), "#") AS ?key)
} GROUP BY ?key ORDER BY DESC(?n) ?key"""


class Stats(NamedTuple):
    """Counts of things and statements.

    Parameters
    ----------
    classes : dict of str to int
        Things of each class; a benchmark is also a dataset.
    stages : dict of str to int
        Families in each stage, in order; a model without a family counts as its own.
    years : dict of str to int
        Families first released in each year, likewise.
    relations : dict of str to int
        Stated and accepted lineage edges of each relation.
    grades : dict of str to int
        Accepted statements about models by the best grade of their sources; naming and remarks left out.
    """

    classes: dict[str, int]
    stages: dict[str, int]
    years: dict[str, int]
    relations: dict[str, int]
    grades: dict[str, int]


def count(store: Store) -> Stats:
    """Count what is in a graph.

    Parameters
    ----------
    store : Store
        The graph.

    Returns
    -------
    Stats
        Its counts.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> list(count(open_store()).stages)
    ['encoder', 'generative', 'code LLM', 'agentic']
    """

    def counts(query: str) -> dict[str, int]:
        rows = [(str(plain(r["key"])), plain(r["n"])) for r in store.select(query)]
        return {key: n for key, n in rows if isinstance(n, int) and n}

    def all_counts() -> list[dict[str, int]]:
        return [counts(q) for q in (_CLASSES, _STAGES, _YEARS, _RELATIONS, _GRADES)]

    found: list[dict[str, int]] = store.projection("stats", all_counts)  # type: ignore[assignment]
    return Stats(*found)
