"""Units of counting, and the climb through the lineage of their models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codellm_graph.view import relations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codellm_graph.view import Node, View

__all__ = ["bases", "climb", "unit", "units"]


def units(view: View) -> dict[str, str]:
    """Return the unit of every node that has one.

    Parameters
    ----------
    view : View
        The models.

    Returns
    -------
    dict of str to str
        Node to unit, as CURIEs.
    """
    return {node.id: found for node in view.nodes.values() if (found := unit(view, node))}


def unit(view: View, node: Node, copies: frozenset[str] = frozenset()) -> str | None:
    """Return the unit of a node; None for a series, a loose checkpoint, or a member of a later family.

    Parameters
    ----------
    view : View
        The models.
    node : Node
        One of them.
    copies : frozenset of str, optional
        Copies of it that were met on the way here.

    Returns
    -------
    str or None
        CURIE of the family, or of the model that has none.
    """
    if node.kind in ("Family", "Series"):
        return node.id if node.kind == "Family" else None
    if node.family and node.family not in view.nodes:
        return None
    if node.family and view.nodes[node.family].kind == "Family":
        return node.family
    if node.kind != "Model":
        return None
    # The same weights at lower precision adopt nothing: a loose copy counts with what it is a copy of.
    above = {e.parent for e in view.parents.get(node.id, ()) if e.relation == "quantizedFrom"}
    if len(above) != 1 or above & copies:
        return node.id
    return unit(view, view.nodes[above.pop()], copies | {node.id}) or node.id


def bases(view: View, unit_of: Mapping[str, str]) -> frozenset[str]:
    """Return the base models: some member of their unit was tuned from them, and they were not.

    Parameters
    ----------
    view : View
        The models.
    unit_of : mapping of str to str
        From `units`.

    Returns
    -------
    frozenset of str
        CURIEs, with the checkpoints that they were continued from.
    """
    tuning, weights = relations(view.schema, "tunedFrom"), relations(view.schema, "weightsFrom")
    within = [e for e in view.edges if e.child in unit_of and unit_of[e.child] == unit_of.get(e.parent)]
    tuned = {e.child for e in view.edges if e.relation in tuning} | set(unit_of.values())
    found = {e.parent for e in within if e.relation in tuning} - tuned
    while True:
        # What a base model was continued from is one, too.
        new = {e.parent for e in within if e.relation in weights and e.child in found} - tuned - found
        if not new:
            return frozenset(found)
        found |= new


def climb(
    view: View,
    start: Iterable[str],
    unit_of: Mapping[str, str],
    allowed: Iterable[str],
    *,
    stop: bool = False,
) -> dict[str, int]:
    """Return the ancestors of some nodes outside their unit, with the fewest steps to each.

    A model of which nothing is said goes on with what is said of its family.

    Parameters
    ----------
    view : View
        The models.
    start : iterable of str
        Nodes of one unit.
    unit_of : mapping of str to str
        From `units`.
    allowed : iterable of str
        Relations to follow.
    stop : bool, optional
        End at the first node of another unit.

    Returns
    -------
    dict of str to int
        Steps to each, nearest first. A cycle ends where it meets what is known.
    """
    allowed = frozenset(allowed)
    own = set(start)
    depths = dict.fromkeys(sorted(own), 0)
    level = list(depths)
    while level:
        above = []
        for thing in level:
            if stop and thing not in own and thing in unit_of:
                continue
            edges = [e for e in view.parents.get(thing, ()) if e.relation in allowed]
            family = view.nodes[thing].family
            if not edges and thing not in own and family:
                edges = [e for e in view.parents.get(family, ()) if e.relation in allowed]
            for edge in edges:
                if edge.parent not in depths:
                    depths[edge.parent] = depths[thing] + 1
                    above.append(edge.parent)
        level = above
    return {thing: steps for thing, steps in depths.items() if thing not in own}
