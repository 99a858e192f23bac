"""Disputes: where sources contradict each other, and why one is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codellm_graph.evidence import Statement, describe_all
from codellm_graph.namespaces import curie
from codellm_graph.store import plain

if TYPE_CHECKING:
    from codellm_graph.store import Store

__all__ = ["Dispute", "disputes"]

# Recorded by the builder where a single-valued property had values in conflict.
_VALUES = """
SELECT ?s ?p ?reason WHERE {
  GRAPH clg:derivations { ?d clg:rule rule:chosen ; rdf:subject ?s ; rdf:predicate ?p ; clg:reason ?reason }
}"""

_DENIALS = """
SELECT DISTINCT ?s ?p ?denial ?o WHERE {
  ?denial clg:denies ?denied . ?p rdfs:subPropertyOf* ?denied .
  GRAPH ?c { ?s ?denial ?o } ?c clg:source ?source .
  GRAPH ?c2 { ?s ?p ?o } ?c2 clg:source ?source2 .
}"""

_DEPRECATED = """
SELECT DISTINCT ?s ?p ?o ?reason WHERE {
  ?c clg:rank concept:deprecated ; clg:reason ?reason .
  GRAPH ?c { ?s ?p ?o }
  FILTER NOT EXISTS { ?s ?p ?o }
  FILTER NOT EXISTS { ?p a owl:FunctionalProperty }
}"""


class Dispute(NamedTuple):
    """Statements that contradict each other.

    Parameters
    ----------
    id, label : str
        CURIE and label of what they are about.
    property, property_label : str
        CURIE and label of the property.
    kind : {"values", "denial", "deprecated"}
        Values in conflict; a statement and its denial; a statement that a curator ruled out.
    reason : str
        Why one is believed.
    statements : tuple of Statement
        The accepted first.
    """

    id: str
    label: str
    property: str
    property_label: str
    kind: str
    reason: str
    statements: tuple[Statement, ...]


def disputes(store: Store, thing: str | None = None) -> list[Dispute]:
    """Return where sources contradict each other.

    Parameters
    ----------
    store : Store
        The graph.
    thing : str, optional
        CURIE: only disputes about this.

    Returns
    -------
    list of Dispute
        Sorted by subject and property. Values that agree at different precision are no dispute.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> [d.reason for d in disputes(open_store(), "model:deepcoder") if d.property == "clg:released"]
    ['authority']
    """
    found: dict[tuple[str, str, str, str], tuple[str, set[str]]] = {}
    for row in store.select(_VALUES):
        key = (curie(row["s"].value), "values", curie(row["p"].value), "")
        found[key] = (row["reason"].value, {key[2]})
    for row in store.select(_DENIALS):
        subject, value = curie(row["s"].value), str(plain(row["o"]))
        properties = {curie(row["p"].value), curie(row["denial"].value)}
        key = (subject, "denial", min(properties - {curie(row["denial"].value)}), value)
        found[key] = ("a denial stands unless its support is weaker", properties)
    for row in store.select(_DEPRECATED):
        subject, value = curie(row["s"].value), str(plain(row["o"]))
        key = (subject, "deprecated", curie(row["p"].value), value)
        found[key] = (row["reason"].value, {key[2]})
    if thing is not None:
        found = {key: rest for key, rest in found.items() if key[0] == thing}

    involved = {p for _, properties in found.values() for p in properties}
    things = describe_all(store, (key[0] for key in found), involved) if found else {}
    listed = []
    for (subject, kind, prop, value), (reason, properties) in sorted(found.items()):
        about = [
            s
            for s in things[subject].statements
            if s.property in properties
            and s.rule is None
            and not s.agrees
            and (not value or s.value == value)
        ]
        about.sort(key=lambda s: (not s.accepted, s.grade or 9, s.value))
        label = next((s.property_label for s in about if s.property == prop), prop)
        listed.append(Dispute(subject, things[subject].label, prop, label, kind, reason, tuple(about)))
    return listed
