"""Blast radius: what hangs on one model alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codellm_graph.analyses.lineage import Lineage
from codellm_graph.analyses.paths import by_end, lineage_edges, reach
from codellm_graph.errors import UsageError

if TYPE_CHECKING:
    from codellm_graph.view import View

__all__ = ["blast_radius", "only_through"]


def only_through(view: View, thing: str, *, weights: bool = False) -> set[str]:
    """Return the descendants that can be reached only through a model.

    They are what the model dominates [1]_ in the lineage entered from all its roots: had it never been
    published, no other way known to the graph would lead to them.

    Parameters
    ----------
    view : View
        The models.
    thing : str
        CURIE.
    weights : bool, optional
        Only relations that pass weights on.

    Returns
    -------
    set of str
        CURIEs.

    References
    ----------
    .. [1] R. T. Prosser, Applications of Boolean matrices to the analysis of flow diagrams, 1959.
    """
    down = by_end("parent", lineage_edges(view, weights=weights))
    below = reach([thing], down, down=True) - {thing}
    # What is not below the model is reached without it, and so is what follows from that.
    others = reach(set(view.nodes) - below - {thing}, down, down=True, without=thing)
    return below - others


def blast_radius(view: View, lineage: Lineage, *, weights: bool = False) -> Lineage:
    """Keep of a model's descendants those that can be reached only through it.

    Parameters
    ----------
    view : View
        The models.
    lineage : Lineage
        Descendants, as `lineage.trace` returns them.
    weights : bool, optional
        Only relations that pass weights on.

    Returns
    -------
    Lineage
        The root, and what `only_through` holds, with the edges among them.

    Raises
    ------
    UsageError
        If it lists ancestors, or its root is a family or series that stands for its members.
    """
    root = lineage.root
    if not lineage.down or view.members.get(root):
        raise UsageError(
            "only what is reached through one model can be told: want its descendants, of a model"
        )
    kept = only_through(view, root, weights=weights) | {root}
    return Lineage(
        root,
        True,
        {i: n for i, n in lineage.nodes.items() if i in kept},
        tuple(e for e in lineage.edges if e.parent in kept and e.child in kept),
        {i: d for i, d in lineage.depths.items() if i in kept},
    )
