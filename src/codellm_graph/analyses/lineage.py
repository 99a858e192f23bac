"""Lineage: what a model comes from, and what came from it.

The definitions follow PROV-O [1]_: an edge says that the child was derived from the parent, ancestors
are the transitive closure upwards, descendants downwards.

References
----------
.. [1] T. Lebo, S. Sahoo, D. McGuinness (eds.), PROV-O: The PROV Ontology, W3C Recommendation, 2013.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codellm_graph.errors import UsageError
from codellm_graph.view import Edge, Node, View, relations

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MEMBERSHIP", "Lineage", "ancestors", "around", "descendants", "everything", "trace", "walk"]

#: Steps between a family and its members: not lineage, but how a family is asked about.
HAS_MEMBER, MEMBER_OF = "hasMember", "memberOf"
MEMBERSHIP = frozenset((HAS_MEMBER, MEMBER_OF))


@dataclass(frozen=True)
class Lineage:
    """The lineage of a thing.

    Parameters
    ----------
    root : str
        CURIE of what was asked about.
    down : bool
        Whether it lists descendants instead of ancestors.
    nodes : dict of str to Node
        Everything reached, with the root, in order of distance.
    edges : tuple of Edge
        Every edge that was followed, in order of distance.
    depths : dict of str to int
        Steps from the root.
    """

    root: str
    down: bool
    nodes: dict[str, Node]
    edges: tuple[Edge, ...]
    depths: dict[str, int]

    def to_dict(self) -> dict[str, object]:
        """Return the lineage in networkx's node-link form.

        Returns
        -------
        dict
            For ``networkx.node_link_graph(..., edges="edges")``; ``root`` is an extra key.
        """
        keys = ("id", "label", "kind", "released", "stage", "organization", "license")
        return {
            "directed": True,
            "multigraph": True,
            "graph": {},
            "root": self.root,
            "nodes": [{k: getattr(n, k) for k in keys} for n in self.nodes.values()],
            "edges": [
                {
                    "source": e.parent,
                    "target": e.child,
                    "key": e.relation,
                    "relation": e.relation,
                    "grade": e.grade,
                    "citations": [
                        {"source": c.source, "title": c.title, "locator": c.locator, "url": c.url}
                        for c in e.citations
                    ],
                }
                for e in self.edges
            ],
        }


def _allowed(view: View, relation: str | None, weights: bool) -> frozenset[str]:
    key = relation, weights
    if key not in view.followed:
        view.followed[key] = _relations(view, relation, weights)
    return view.followed[key]


def _relations(view: View, relation: str | None, weights: bool) -> frozenset[str]:
    every = relations(view.schema, "basedOn")
    if relation is not None and relation not in every:
        known = ", ".join(sorted(every))
        raise UsageError(f"{relation!r} is no lineage relation; they are {known}")
    allowed = relations(view.schema, relation) if relation else every
    return allowed & relations(view.schema, "weightsFrom") if weights else allowed


def _next(view: View, thing: str, down: bool, allowed: frozenset[str], start: bool) -> list[Edge]:
    """Return the edges to follow from a thing.

    A family stands for its members where it is asked about; what is said of a family stands for the
    members of which nothing is said, in both directions.
    """
    edges = [e for e in (view.children if down else view.parents).get(thing, ()) if e.relation in allowed]
    if start and view.nodes[thing].kind in ("Family", "Series"):
        members = _member_edges(view, thing)
        # What a member says with more precision is not said again by its family.
        near = view.children if down else view.parents
        said = {(e.parent, e.child) for m in members for e in near.get(m.parent, ()) if e.relation in allowed}
        far = {child if down else parent for parent, child in said}
        edges = members + [e for e in edges if (e.child if down else e.parent) not in far]
    elif down:
        edges += [
            Edge(thing, member, MEMBER_OF)
            for member in view.members.get(thing, ())
            if _speaks_for(view, thing, member, allowed)
        ]
    elif not edges:
        family = view.nodes[thing].family
        if family and _speaks_for(view, family, thing, allowed):
            edges = [Edge(family, thing, MEMBER_OF)]
    return edges


def _speaks_for(view: View, family: str, member: str, allowed: frozenset[str]) -> bool:
    """Say whether the lineage of a family stands for that of a member, of which nothing is said."""

    def said(thing: str) -> bool:
        return any(e.relation in allowed for e in view.parents.get(thing, ()))

    return said(family) and not said(member) and family != member


def _member_edges(view: View, thing: str) -> list[Edge]:
    """Return edges from a family or series to all its members, through the families of a series."""
    edges, seen = [], {thing}
    todo = [(thing, member) for member in reversed(view.members.get(thing, ()))]
    while todo:
        group, member = todo.pop()
        if member not in seen:
            seen.add(member)
            edges.append(Edge(member, group, HAS_MEMBER))
            todo += [(member, inner) for inner in reversed(view.members.get(member, ()))]
    return edges


def far_end(edge: Edge, down: bool) -> str:
    """Return the end of an edge that following it leads to.

    Parameters
    ----------
    edge : Edge
        An edge that `walk` followed.
    down : bool
        Whether descendants were asked for.

    Returns
    -------
    str
        CURIE. From a family to its members it is always the member.
    """
    return edge.child if down and edge.relation != HAS_MEMBER else edge.parent


def walk(
    view: View,
    root: str,
    *,
    down: bool = False,
    depth: int | None = None,
    relation: str | None = None,
    weights: bool = False,
) -> tuple[dict[str, int], list[Edge]]:
    """Follow lineage edges breadth first.

    Parameters
    ----------
    view : View
        The models.
    root : str
        CURIE to start from.
    down : bool, optional
        Follow to children instead of parents.
    depth : int, optional
        Longest path in steps; all if None.
    relation : str, optional
        Only this relation and more specific ones, such as ``rlFrom``.
    weights : bool, optional
        Only relations that pass weights on.

    Returns
    -------
    depths : dict of str to int
        Steps to each thing that was reached; 0 for the root.
    edges : list of Edge
        Every edge followed, each once. A cycle ends where it meets what is known.

    Raises
    ------
    UsageError
        If the relation is not one of lineage, or the root is not in the view.
    """
    if root not in view.nodes:
        raise UsageError(f"{root} has no lineage here: it is no model, or later than the date asked for")
    allowed = _allowed(view, relation, weights)
    depths, edges = {root: 0}, []
    queue = deque([root])
    while queue:
        thing = queue.popleft()
        if depth is not None and depths[thing] >= depth:
            continue
        for edge in _next(view, thing, down, allowed, thing == root):
            edges.append(edge)
            far = far_end(edge, down)
            if far not in depths:
                depths[far] = depths[thing] + 1
                queue.append(far)
    return depths, list(dict.fromkeys(edges))


def trace(
    view: View,
    root: str,
    *,
    down: bool = False,
    depth: int | None = None,
    relation: str | None = None,
    weights: bool = False,
) -> Lineage:
    """Trace the lineage of a thing.

    Parameters
    ----------
    view : View
        The models.
    root : str
        CURIE of a series, family, model or checkpoint.
    down, depth, relation, weights
        As for `walk`.

    Returns
    -------
    Lineage
        What was reached.

    Raises
    ------
    UsageError
        If the relation is not one of lineage, or the root is not in the view.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> from codellm_graph.view import load_view
    >>> lineage = trace(load_view(open_store()), "model:deepswe-preview", depth=1)
    >>> [(e.relation, e.parent) for e in lineage.edges]
    [('rlFrom', 'model:qwen3-32b')]
    """
    depths, edges = walk(view, root, down=down, depth=depth, relation=relation, weights=weights)
    return Lineage(root, down, {i: view.nodes[i] for i in depths}, tuple(edges), depths)


def ancestors(view: View, root: str, *, weights: bool = False) -> set[str]:
    """Return everything that a thing comes from.

    Parameters
    ----------
    view : View
        The models.
    root : str
        CURIE.
    weights : bool, optional
        Only through relations that pass weights on.

    Returns
    -------
    set of str
        CURIEs, without the root and the members that stand for it.
    """
    return _reached(root, walk(view, root, weights=weights)[1], down=False)


def descendants(view: View, root: str, *, weights: bool = False) -> set[str]:
    """Return everything that comes from a thing.

    Parameters
    ----------
    view : View
        The models.
    root : str
        CURIE.
    weights : bool, optional
        Only through relations that pass weights on.

    Returns
    -------
    set of str
        CURIEs, without the root and the members that stand for it.
    """
    return _reached(root, walk(view, root, down=True, weights=weights)[1], down=True)


def _reached(root: str, edges: Iterable[Edge], *, down: bool) -> set[str]:
    """Leave out the members that stand for the root, and families that only spoke for a member."""
    if down:
        return {edge.child for edge in edges if edge.relation != HAS_MEMBER} - {root}
    return {edge.parent for edge in edges if edge.relation not in MEMBERSHIP} - {root}


def around(view: View, root: str, *, depth: int | None = None, weights: bool = False) -> Lineage:
    """Return ancestors and descendants of a thing together.

    Parameters
    ----------
    view : View
        The models.
    root : str
        CURIE.
    depth, weights
        As for `walk`.

    Returns
    -------
    Lineage
        What a picture of the thing shows; its depths are steps in either direction.
    """
    up, above = walk(view, root, depth=depth, weights=weights)
    low, below = walk(view, root, down=True, depth=depth, weights=weights)
    depths = up | {thing: steps for thing, steps in low.items() if thing not in up}
    edges = tuple(dict.fromkeys([*above, *below]))
    return Lineage(root, False, {i: view.nodes[i] for i in depths}, edges, depths)


def everything(view: View) -> Lineage:
    """Return all models and their lineage.

    Parameters
    ----------
    view : View
        The models.

    Returns
    -------
    Lineage
        Models, checkpoints, and families that stand for themselves: those without members. Its root
        is empty.
    """
    nodes = {
        i: n
        for i, n in view.nodes.items()
        if n.kind in ("Model", "Checkpoint") or (n.kind == "Family" and not view.members.get(i))
    }
    edges = tuple(e for e in view.edges if e.parent in nodes and e.child in nodes)
    return Lineage("", False, nodes, edges, dict.fromkeys(nodes, 0))
