"""The default graph as a property graph of models: plain values on nodes, edges from parent to child."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from codellm_graph.evidence import CitationInfo, best_grade, citations
from codellm_graph.names import labels
from codellm_graph.namespaces import CLG, PREFIXES, curie
from codellm_graph.schema import Schema
from codellm_graph.store import plain

if TYPE_CHECKING:
    import networkx as nx

    from codellm_graph.store import Store

__all__ = ["Edge", "Node", "View", "load_view", "relations"]

_LEVELS = """
SELECT ?s ?class WHERE {
  VALUES ?class { clg:Series clg:Family clg:Model clg:Checkpoint }
  ?s a ?class .
}"""

# A model without a date shows its family's, unless it derives from a younger one.
_VALUES = """
SELECT ?s ?key ?v WHERE {
  { ?s clg:released ?v . BIND("released" AS ?key) } UNION
  { ?s clg:earliest ?v . BIND("earliest" AS ?key) } UNION
  { ?s clg:memberOf ?v . BIND("family" AS ?key) } UNION
  { ?s clg:totalParametersB ?v . BIND("parameters" AS ?key) } UNION
  { ?s clg:stage/rdfs:label ?v . BIND("stage" AS ?key) } UNION
  { ?s clg:organization/rdfs:label ?v . BIND("organization" AS ?key) } UNION
  { ?s clg:license ?l . ?l rdfs:label ?v . BIND("license" AS ?key) } UNION
  { ?s clg:license/clg:openness ?o . BIND(STRAFTER(STR(?o), "/concept/") AS ?v) BIND("openness" AS ?key) }
  FILTER(isIRI(?v) || LANG(?v) IN ("", "en"))
}"""

_EDGES = """
SELECT ?child ?relation ?parent WHERE {
  { SELECT DISTINCT ?relation WHERE { ?relation rdfs:subPropertyOf* clg:basedOn } }
  ?child ?relation ?parent .
}"""

_SAID = """
SELECT ?child ?relation ?parent ?c WHERE {
  { SELECT DISTINCT ?relation WHERE { ?relation rdfs:subPropertyOf* clg:basedOn } }
  GRAPH ?c { ?child ?relation ?parent }
  ?c clg:source ?source .
}"""

_HIERARCHY = "SELECT ?sub ?super WHERE { ?sub rdfs:subPropertyOf ?super }"

_SUB_PROPERTY = PREFIXES["rdfs"] + "subPropertyOf"


class Node(NamedTuple):
    """A series, family, model or checkpoint.

    Parameters
    ----------
    id, label, kind : str
        CURIE, label and class.
    released : str or None
        Release date as fine as known, its own or its family's.
    earliest : str or None
        First day that the date allows (ISO 8601).
    stage, organization, license : str or None
        Labels; several organizations are joined by ``, ``.
    openness : str or None
        ``open``, ``restricted`` or ``closed``, by its licence.
    parameters : float or None
        Total parameters in billions.
    family : str or None
        CURIE of what it is a member of.
    """

    id: str
    label: str
    kind: str
    released: str | None = None
    earliest: str | None = None
    stage: str | None = None
    organization: str | None = None
    license: str | None = None
    openness: str | None = None
    parameters: float | None = None
    family: str | None = None


class Edge(NamedTuple):
    """A lineage edge, from parent to child.

    Parameters
    ----------
    parent, child : str
        CURIEs.
    relation : str
        Local name of the most specific stated relation, such as ``rlFrom``.
    grade : int or None
        Best evidence grade of its citations.
    citations : tuple of CitationInfo
        Who says so, or says less but compatible; best grade first.
    """

    parent: str
    child: str
    relation: str
    grade: int | None = None
    citations: tuple[CitationInfo, ...] = ()


class View:
    """Models and their lineage.

    Parameters
    ----------
    nodes : dict of str to Node
        By CURIE.
    edges : list of Edge
        Sorted; of several relations between two nodes only those that no other one entails.
    schema : Schema
        The hierarchy of relations.

    Attributes
    ----------
    parents, children : dict of str to list of Edge
        Edges to the parents and to the children of a node.
    members : dict of str to list of str
        Members of a family or series, oldest first.
    """

    def __init__(self, nodes: dict[str, Node], edges: list[Edge], schema: Schema):
        self.nodes, self.edges, self.schema = nodes, edges, schema
        self.parents: dict[str, list[Edge]] = defaultdict(list)
        self.children: dict[str, list[Edge]] = defaultdict(list)
        self.members: dict[str, list[str]] = defaultdict(list)
        #: Which relations each question follows, filled by the analyses.
        self.followed: dict[tuple[str | None, bool], frozenset[str]] = {}
        for edge in self.edges:
            self.parents[edge.child].append(edge)
            self.children[edge.parent].append(edge)
        for node in sorted(self.nodes.values(), key=lambda n: (n.earliest or "9", n.id)):
            if node.family:
                self.members[node.family].append(node.id)

    def until(self, date: str | None) -> View:
        """Return the view as of a date.

        Parameters
        ----------
        date : str or None
            ISO 8601, of any precision; nodes whose first possible day is later are left out, and so are
            their edges. A node without a date stays, unless it derives from one that is left out.

        Returns
        -------
        View
            This view if no date is given.
        """
        if date is None:
            return self
        # "2024" means to the end of 2024: "~" sorts after every digit and dash.
        kept = {i: n for i, n in self.nodes.items() if not n.earliest or n.earliest <= date + "~"}
        derived = relations(self.schema, "derivedFrom") if self.edges else frozenset()
        while True:
            late = {
                e.child
                for e in self.edges
                if e.relation in derived
                and e.child in kept
                and not kept[e.child].earliest
                and e.parent in self.nodes
                and e.parent not in kept
            }
            if not late:
                break
            for child in late:
                del kept[child]
        return View(kept, [e for e in self.edges if e.parent in kept and e.child in kept], self.schema)

    def below(self, thing: str) -> list[str]:
        """Return the members of a family or series at every level.

        Parameters
        ----------
        thing : str
            CURIE.

        Returns
        -------
        list of str
            Level by level, the oldest first; never the thing itself, whatever the data say.
        """
        seen, found = {thing}, [thing]
        for group in found:
            new = [m for m in self.members.get(group, ()) if m not in seen]
            seen.update(new)
            found += new
        return found[1:]

    def to_networkx(self) -> nx.MultiDiGraph:
        """Return the view as a networkx graph.

        Returns
        -------
        networkx.MultiDiGraph
            Nodes are CURIEs with the fields of `Node` that are known, edges go from parent to child with
            their relation as key and attribute, so that ``nx.ancestors`` means ancestors. The grade of an
            edge is 0 where no source of it is graded.
        """
        import networkx as nx

        graph = nx.MultiDiGraph(name="codellm-graph")
        for node in self.nodes.values():
            values = {k: v for k, v in node._asdict().items() if v is not None}
            graph.add_node(node.id, **values)
        for edge in self.edges:
            graph.add_edge(
                edge.parent, edge.child, key=edge.relation, relation=edge.relation, grade=edge.grade or 0
            )
        return graph


def relations(schema: Schema, name: str) -> frozenset[str]:
    """Return a lineage relation and all that are more specific.

    Parameters
    ----------
    schema : Schema
        The hierarchy.
    name : str
        Local name, such as ``weightsFrom``.

    Returns
    -------
    frozenset of str
        Local names.
    """
    return frozenset(p.removeprefix(CLG) for p in schema.at_or_below(CLG + name) if p.startswith(CLG))


def load_view(store: Store) -> View:
    """Project the accepted statements of a graph.

    Parameters
    ----------
    store : Store
        The graph.

    Returns
    -------
    View
        Models at all levels and the lineage among them.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> view = load_view(open_store())
    >>> [e.relation for e in view.parents["model:deepswe-preview"]]
    ['rlFrom']
    """
    found: dict[str, Any] = store.projection("view", lambda: _project(store))  # type: ignore[assignment]
    cited = {c: CitationInfo(*row) for c, row in found["citations"].items()}
    return View(
        {row["id"]: Node(**row) for row in found["nodes"]},
        [
            Edge(parent, child, relation, grade, tuple(cited[c] for c in by))
            for parent, child, relation, grade, by in found["edges"]
        ],
        Schema({_SUB_PROPERTY: {sub: frozenset(supers) for sub, supers in found["relations"].items()}}),
    )


def _project(store: Store) -> dict[str, object]:
    """Project the graph to values that JSON can hold."""
    above: dict[str, set[str]] = defaultdict(set)
    for row in store.select(_HIERARCHY):
        above[row["sub"].value].add(row["super"].value)
    schema = Schema({_SUB_PROPERTY: {sub: frozenset(supers) for sub, supers in above.items()}})

    kinds = {str(plain(r["s"])): r["class"].value.removeprefix(CLG) for r in store.select(_LEVELS)}
    values: dict[str, dict[str, set[str]]] = {i: defaultdict(set) for i in kinds}
    for row in store.select(_VALUES):
        thing = str(plain(row["s"]))
        if thing in values:
            values[thing][row["key"].value].add(str(plain(row["v"])))
    called = labels(store)
    nodes = [_node(i, called.get(i, i), kinds, values) for i in sorted(kinds)]

    by_id = {n.id: n for n in nodes}
    between: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in store.select(_EDGES):
        parent, child = str(plain(row["parent"])), str(plain(row["child"]))
        if parent in kinds and child in kinds:
            between[parent, child].add(row["relation"].value)
    stated = [
        (parent, child, relation)
        for (parent, child), found in sorted(between.items())
        for relation in sorted(found - schema.superseded(found))
    ]
    said: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in store.select(_SAID):
        pair = str(plain(row["parent"])), str(plain(row["child"]))
        said[pair].append((row["relation"].value, str(plain(row["c"]))))
    derived = relations(schema, "derivedFrom")
    older = {
        child
        for parent, child, relation in stated
        if curie(relation).partition(":")[2] in derived
        and not values[child]["released"]
        and _after(by_id[parent], by_id[child])
    }
    nodes = [n._replace(released=None, earliest=None) if n.id in older else n for n in nodes]
    table = citations(store, (c for rows in said.values() for _, c in rows))
    edges = []
    for parent, child, relation in stated:
        supporting = schema.super_properties.get(relation, frozenset()) | {relation}
        by = {table[c] for r, c in said[parent, child] if r in supporting and c in table}
        order = [c.id for c in sorted(by, key=lambda c: (c.grade or 9, c.id))]
        edges.append((parent, child, curie(relation).partition(":")[2], best_grade(by), order))
    return {
        "nodes": [{k: v for k, v in node._asdict().items() if v is not None} for node in nodes],
        "edges": edges,
        "citations": table,
        "relations": {sub: sorted(supers) for sub, supers in above.items()},
    }


def _node(thing: str, label: str, kinds: dict[str, str], values: dict[str, dict[str, set[str]]]) -> Node:
    own = values[thing]
    family = min(own["family"], default=None)
    # A family is announced together; a series is a brand over time, and its date says nothing of others.
    above = values[family] if family and kinds.get(family) == "Family" else {}

    def one(key: str) -> str | None:
        return ", ".join(sorted(own[key])) if own[key] else None

    return Node(
        id=thing,
        label=label,
        kind=kinds[thing],
        released=one("released") or min(above.get("released", ()), default=None),
        earliest=one("earliest") or min(above.get("earliest", ()), default=None),
        stage=one("stage"),
        organization=one("organization"),
        license=one("license"),
        openness=one("openness"),
        parameters=_positive(min(own["parameters"], default="")),
        family=family,
    )


def _after(parent: Node, child: Node) -> bool:
    """Say whether a parent is younger than its child: then the child's date is only its family's."""
    return bool(
        parent.earliest and child.released and parent.earliest[: len(child.released)] > child.released
    )


def _positive(text: str) -> float | None:
    """Return a number above zero, or None: the data may hold anything."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None
