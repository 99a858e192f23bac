"""Audit: what is missing or weak, and a sample to read again."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from codellm_graph.analyses.disputes import disputes
from codellm_graph.analyses.lineage import descendants
from codellm_graph.evidence import CitationInfo, citations, result_texts
from codellm_graph.names import kinds_of, labels
from codellm_graph.namespaces import curie
from codellm_graph.store import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codellm_graph.evidence import Statement
    from codellm_graph.store import Store
    from codellm_graph.view import Edge, View

__all__ = ["Coverage", "Gap", "Sampled", "coverage", "gaps", "sample"]

# A fact counts for a family if it, or some member, has the property or a more specific one.
_WANTED = "SELECT ?p WHERE { ?p clg:isWanted true }"
_LEVELS = """
SELECT ?x ?above WHERE {
  VALUES ?class { clg:Family clg:Model }
  ?x a ?class .
  OPTIONAL { ?x clg:memberOf ?above . ?above a clg:Family }
}"""
_HAVE = """
SELECT DISTINCT ?x ?p WHERE {
  { SELECT DISTINCT ?p ?q WHERE { ?p clg:isWanted true . ?q rdfs:subPropertyOf*|clg:rollsUpAs ?p } }
  ?x ?q ?o ; a clg:AnyModel .
}"""
_SAID_OF = """
SELECT DISTINCT ?x ?p ?how WHERE {
  VALUES ?how { clg:withholds clg:notFound }
  ?x ?how ?q .
  ?q rdfs:subPropertyOf*|clg:rollsUpAs ?p . ?p clg:isWanted true .
}"""

_STATEMENTS = """
SELECT ?s ?p ?o ?c WHERE {
  ?s a clg:AnyModel ; ?p ?o .
  GRAPH ?c { ?s ?p ?o }
  ?c clg:source/clg:grade ?grade .
  MINUS { ?p clg:isNaming true }
}"""


class Coverage(NamedTuple):
    """Which wanted facts of a family are known, and why the others are not.

    Parameters
    ----------
    id, label : str
        CURIE and label of the family, or of a model without one.
    known, withheld, not_found, not_looked_for : tuple of str
        Labels of properties: stated; kept closed by the maker; looked for in the sources in vain;
        and the rest.
    """

    id: str
    label: str
    known: tuple[str, ...]
    withheld: tuple[str, ...]
    not_found: tuple[str, ...]
    not_looked_for: tuple[str, ...]


class Gap(NamedTuple):
    """Something missing or weak.

    Parameters
    ----------
    kind : str
        What is wrong.
    id, label : str
        CURIE and label of what it is about.
    detail : str
        The edge, property or value.
    touched : int
        How many models descend from it.
    """

    kind: str
    id: str
    label: str
    detail: str
    touched: int


class Sampled(NamedTuple):
    """A statement to read again at its source.

    Parameters
    ----------
    subject, property, value : str
        The statement, as CURIEs or text.
    citation : CitationInfo
        Where it is said to stand.
    """

    subject: str
    property: str
    value: str
    citation: CitationInfo


def coverage(store: Store) -> list[Coverage]:
    """Report which wanted facts are known, family by family.

    Parameters
    ----------
    store : Store
        The graph; the ontology says which facts are wanted (``clg:isWanted``).

    Returns
    -------
    list of Coverage
        Fewest known facts first.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> "licence" in {c.id: c for c in coverage(open_store())}["model:deepswe"].known
    True
    """
    names = labels(store)
    wanted = {str(plain(r["p"])) for r in store.select(_WANTED)}
    members: dict[str, set[str]] = defaultdict(set)
    for row in store.select(_LEVELS):
        members[str(plain(row["above"] or row["x"]))].add(str(plain(row["x"])))
    have: dict[str, set[str]] = defaultdict(set)
    for row in store.select(_HAVE):
        have[str(plain(row["x"]))].add(str(plain(row["p"])))
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in store.select(_SAID_OF):
        said[str(plain(row["x"])), str(plain(row["how"]))].add(str(plain(row["p"])))

    def called(properties: set[str]) -> tuple[str, ...]:
        return tuple(sorted(names.get(p, p) for p in properties))

    found = []
    for unit, parts in members.items():
        known = {p for x in parts for p in have[x]} & wanted
        withheld = {p for x in parts for p in said[x, "clg:withholds"]} & wanted - known
        missed = {p for x in parts for p in said[x, "clg:notFound"]} & wanted - known - withheld
        rest = wanted - known - withheld - missed
        found.append(
            Coverage(
                unit, names.get(unit, unit), called(known), called(withheld), called(missed), called(rest)
            )
        )
    return sorted(found, key=lambda c: (len(c.known) + len(c.withheld), c.id))


def _edge_gaps(edge: Edge) -> list[str]:
    graded = [c for c in edge.citations if c.rank != "deprecated"]
    if edge.grade == 4:
        return ["lineage rests on a survey only"]
    if edge.grade == 3:
        return ["lineage rests on a third party only"]
    return ["lineage rests on one source only"] if len({c.source for c in graded}) == 1 else []


def gaps(store: Store, view: View) -> list[Gap]:
    """List what is missing, weak or disputed, by how many models descend from it.

    Parameters
    ----------
    store : Store
        The graph.
    view : View
        Its projection.

    Returns
    -------
    list of Gap
        Most descendants touched first.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> from codellm_graph.view import load_view
    >>> store = open_store()
    >>> found = gaps(store, load_view(store))
    >>> found[0].touched >= found[-1].touched
    True
    """
    below: dict[str, int] = {}

    def touched(thing: str) -> int:
        if thing not in below:
            below[thing] = len(descendants(view, thing)) if thing in view.nodes else 0
        return below[thing]

    found = []
    for node in view.nodes.values():
        if node.kind in ("Model", "Checkpoint"):
            for kind, value in (("licence unknown", node.license), ("release date unknown", node.earliest)):
                if value is None:
                    found.append(Gap(kind, node.id, node.label, "", touched(node.id)))
    for edge in view.edges:
        detail = f"{edge.relation} {edge.parent}"
        child = view.nodes[edge.child]
        found += [
            Gap(kind, child.id, child.label, detail, 1 + touched(child.id)) for kind in _edge_gaps(edge)
        ]
    kinds = kinds_of(store)
    for dispute in disputes(store):
        values = ", ".join(dict.fromkeys(s.label for s in dispute.statements))
        against = _config_against_card(dispute.statements, kinds)
        kind = "config disagrees with card" if against else "sources disagree"
        detail = f"{dispute.property_label}: {values}"
        found.append(Gap(kind, dispute.id, dispute.label, detail, touched(dispute.id)))
    return sorted(found, key=lambda g: (-g.touched, g.kind, g.id, g.detail))


def _config_against_card(statements: Iterable[Statement], kinds: Mapping[str, str]) -> bool:
    """Say whether a config file and a model card give different values."""
    sources = [{kinds.get(c.source) for c in s.citations} for s in statements]
    return any("ConfigFile" in a and "ModelCard" in b for a in sources for b in sources if a is not b)


def sample(store: Store, size: int, seed: int = 0) -> list[Sampled]:
    """Draw accepted statements about models, with one of their citations, to read again.

    Parameters
    ----------
    store : Store
        The graph.
    size : int
        How many.
    seed : int, optional
        The same seed draws the same sample from the same graph.

    Returns
    -------
    list of Sampled
        Statements that say something about the world; naming is left out.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> len(sample(open_store(), 3))
    3
    """
    rows = sorted(
        (curie(r["s"].value), curie(r["p"].value), str(plain(r["o"])), curie(r["c"].value))
        for r in store.select(_STATEMENTS)
    )
    drawn = random.Random(seed).sample(rows, min(size, len(rows)))  # noqa: S311 - no secret
    table = citations(store, (row[3] for row in drawn))
    results = result_texts(store, (row[0] for row in drawn))
    return [Sampled(s, p, results.get(o, o), table[c]) for s, p, o, c in drawn]
