"""Paths in the lineage: all ways between two models, what goes through one only, common ancestors.

The lineage is a directed acyclic graph in sound data. Where data are not sound, no function here follows a
cycle for ever, and `cycles` names those that there are.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, Literal, NamedTuple

from codellm_graph.view import relations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codellm_graph.view import Edge, View

__all__ = [
    "Generations",
    "Paths",
    "all_paths",
    "by_end",
    "cycles",
    "generations",
    "lineage_edges",
    "lowest",
    "reach",
    "roots",
    "shortest_path",
]

#: Longest search for paths where cycles lead it astray.
_EFFORT = 100_000


class Paths(NamedTuple):
    """Ways from an ancestor to a descendant.

    Parameters
    ----------
    paths : tuple of tuple of Edge
        Each from the ancestor down; no node twice on one. Edges of several relations between the same two
        models make several paths.
    complete : bool
        Whether these are all.
    """

    paths: tuple[tuple[Edge, ...], ...]
    complete: bool


class Generations(NamedTuple):
    """Models by generation.

    Parameters
    ----------
    layers : tuple of tuple of str
        First those without parents; then each model one after the last of its parents.
    cyclic : tuple of str
        Models on a cycle or below one: they have no generation.
    """

    layers: tuple[tuple[str, ...], ...]
    cyclic: tuple[str, ...]


def lineage_edges(view: View, *, weights: bool = False) -> list[Edge]:
    """Return the lineage edges of a view.

    Parameters
    ----------
    view : View
        The models.
    weights : bool, optional
        Only relations that pass weights on.

    Returns
    -------
    list of Edge
        As they are stated, from parent to child.
    """
    allowed = relations(view.schema, "weightsFrom" if weights else "basedOn")
    return [edge for edge in view.edges if edge.relation in allowed]


def by_end(end: Literal["parent", "child"], edges: Iterable[Edge]) -> dict[str, list[Edge]]:
    """Index edges by one of their ends.

    Parameters
    ----------
    end : {"parent", "child"}
        Which end.
    edges : iterable of Edge
        The edges.

    Returns
    -------
    dict of str to list of Edge
        By CURIE.
    """
    found: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        found[getattr(edge, end)].append(edge)
    return found


def reach(start: Iterable[str], near: Mapping[str, list[Edge]], *, down: bool, without: str = "") -> set[str]:
    """Return what can be reached.

    Parameters
    ----------
    start : iterable of str
        CURIEs to start from.
    near : mapping of str to list of Edge
        Edges by the end that is left, as `by_end` indexes them.
    down : bool
        To children instead of parents.
    without : str, optional
        CURIE that no way leads through.

    Returns
    -------
    set of str
        CURIEs, the start included.
    """
    found = set(start)
    todo = list(found)
    while todo:
        for edge in near.get(todo.pop(), ()):
            far = edge.child if down else edge.parent
            if far not in found and far != without:
                found.add(far)
                todo.append(far)
    return found


def roots(view: View, thing: str, *, weights: bool = False) -> set[str]:
    """Return the ancestors of a model that have no parents themselves.

    Parameters
    ----------
    view : View
        The models.
    thing : str
        CURIE; a model without parents is its own root.
    weights : bool, optional
        Only relations that pass weights on.

    Returns
    -------
    set of str
        CURIEs; empty where everything above goes round in a cycle.
    """
    up = by_end("child", lineage_edges(view, weights=weights))
    return {x for x in reach([thing], up, down=False) if not up.get(x)}


def generations(view: View, *, weights: bool = False) -> Generations:
    """Sort models by generation.

    Parameters
    ----------
    view : View
        The models.
    weights : bool, optional
        Only relations that pass weights on.

    Returns
    -------
    Generations
        The longest way from a model without parents decides.
    """
    edges = lineage_edges(view, weights=weights)
    down = by_end("parent", edges)
    open_parents: dict[str, int] = dict.fromkeys(view.nodes, 0)
    for edge in edges:
        open_parents[edge.child] += 1
    layers = []
    layer = sorted(x for x, n in open_parents.items() if n == 0)
    while layer:
        layers.append(tuple(layer))
        following = []
        for x in layer:
            del open_parents[x]
            for edge in down.get(x, ()):
                open_parents[edge.child] -= 1
                if open_parents[edge.child] == 0:
                    following.append(edge.child)
        layer = sorted(following)
    return Generations(tuple(layers), tuple(sorted(open_parents)))


def cycles(view: View, *, weights: bool = False) -> list[tuple[str, ...]]:
    """Return the models that descend from themselves.

    Parameters
    ----------
    view : View
        The models.
    weights : bool, optional
        Only relations that pass weights on.

    Returns
    -------
    list of tuple of str
        One sorted tuple for each set of models that are all ancestors of each other.
    """
    edges = lineage_edges(view, weights=weights)
    down, up = by_end("parent", edges), by_end("child", edges)
    found, seen = [], set[str]()
    # Only what has no generation can be on a cycle, so that sound data cost one pass.
    for x in generations(view, weights=weights).cyclic:
        if x not in seen:
            component = reach([x], down, down=True) & reach([x], up, down=False)
            seen |= component
            if len(component) > 1 or any(edge.child == x for edge in down.get(x, ())):
                found.append(tuple(sorted(component)))
    return sorted(found)


def shortest_path(edges: Iterable[Edge], ancestor: str, descendant: str) -> tuple[Edge, ...]:
    """Return a shortest way from a descendant up to an ancestor.

    Parameters
    ----------
    edges : iterable of Edge
        The edges that may be taken, such as `lineage.walk` returns them.
    ancestor, descendant : str
        CURIEs.

    Returns
    -------
    tuple of Edge
        From the descendant up; empty where there is none. Of several the first in sorting order.
    """
    up = by_end("child", edges)
    came: dict[str, Edge] = {}
    queue = deque([descendant])
    while queue and ancestor not in came:
        thing = queue.popleft()
        for edge in sorted(up.get(thing, ()), key=lambda e: (e.grade or 9, e.parent, e.relation)):
            if edge.parent not in came and edge.parent != descendant:
                came[edge.parent] = edge
                queue.append(edge.parent)
    path: list[Edge] = []
    thing = ancestor
    while thing in came:
        path.append(came[thing])
        thing = came[thing].child
    return tuple(reversed(path))


def all_paths(
    view: View, ancestor: str, descendant: str, *, weights: bool = False, limit: int = 1000
) -> Paths:
    """Return the ways from an ancestor to a descendant.

    Parameters
    ----------
    view : View
        The models.
    ancestor, descendant : str
        CURIEs.
    weights : bool, optional
        Only relations that pass weights on.
    limit : int, optional
        Most paths; merges multiply them.

    Returns
    -------
    Paths
        In sorting order, as deep-first search finds them; none from a model to itself.
    """
    edges = lineage_edges(view, weights=weights)
    down = by_end("parent", edges)
    # Only what leads to the descendant is entered: without cycles every step belongs to a path.
    leads = reach([descendant], by_end("child", edges), down=False)
    found: list[tuple[Edge, ...]] = []
    path: list[Edge] = []
    on_path = {ancestor}
    steps = [_sorted(down, ancestor, leads)] if ancestor != descendant else []
    effort = 0
    while steps:
        edge = steps[-1].pop() if steps[-1] else None
        if edge is None:
            steps.pop()
            if path:
                on_path.discard(path.pop().child)
        elif edge.child == descendant:
            if len(found) == limit:
                return Paths(tuple(found), False)
            found.append((*path, edge))
        elif edge.child not in on_path:
            path.append(edge)
            on_path.add(edge.child)
            steps.append(_sorted(down, edge.child, leads))
        effort += 1
        if effort > _EFFORT + limit * len(view.nodes):
            return Paths(tuple(found), False)
    return Paths(tuple(found), True)


def _sorted(down: Mapping[str, list[Edge]], thing: str, leads: set[str]) -> list[Edge]:
    """Return the edges to follow, last first: they are taken from the end."""
    edges = [edge for edge in down.get(thing, ()) if edge.child in leads]
    return sorted(edges, key=lambda e: (e.child, e.relation), reverse=True)


def lowest(common: set[str], edges: Iterable[Edge]) -> set[str]:
    """Return those of some common ancestors that have no other one below them.

    Parameters
    ----------
    common : set of str
        CURIEs.
    edges : iterable of Edge
        The lineage among them.

    Returns
    -------
    set of str
        CURIEs. Ancestors of each other, on a cycle, do not rule each other out.
    """
    up = by_end("child", edges)
    above = {x: reach([x], up, down=False) - {x} for x in common}
    return {x for x in common if not any(x in above[y] and y not in above[x] for y in common)}
