"""The time-clade layout: release dates on the x axis, lines of descent on rows.

A clade is a line of releases by the parent whose weights they carry on (by any other parent where there
is none): its main line runs straight, children leave it as elbows onto rows of their own. Within a clade
no two lines cross, as in a rectangular cladogram [1]_: what leaves the line later stands nearer to it.
Clades are then packed so that they share rows, trunks and labels keeping clear of each other. No physics,
no randomness: the same graph gives the same picture.

References
----------
.. [1] C. Bachmaier, U. Brandes, B. Schlieper, Drawing phylogenetic trees, ISAAC 2005.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from codellm_graph.present.axis import Axis, Tick, ordinal
from codellm_graph.present.clades import MARGIN, ROW, Tree, improved, line_parents
from codellm_graph.present.geometry import LABEL_GAP, Box, Path, curve, elbow, flat, label_box
from codellm_graph.present.lettering import width
from codellm_graph.present.routing import passed, raised, route

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

__all__ = ["ROW", "Dated", "Drawn", "Layout", "time_clade"]


class Dated(Protocol):
    """What can be laid out: a label and the first possible day, ISO 8601."""

    @property
    def label(self) -> str:
        """What is written beside the mark."""

    @property
    def earliest(self) -> str | None:
        """First possible day of release."""


class Drawn(Protocol):
    """An edge to lay out."""

    @property
    def parent(self) -> str:
        """Where it starts."""

    @property
    def child(self) -> str:
        """Where it ends."""

    @property
    def relation(self) -> str:
        """Local name of its relation."""


class Layout(NamedTuple):
    """Positions in pixels.

    Parameters
    ----------
    positions : dict of str to (float, float)
        Node to x and y; y grows downwards in steps of `ROW`.
    ticks : tuple of Tick
        The axis.
    undated : float or None
        x of the column of nodes without a date, None if there are none.
    lines : dict of str to str
        Child to the parent whose line it carries on or leaves as an elbow; other edges are curves.
    bends : dict of (str, str) to int
        Parent and child of a curve to how it runs, where that is not the first way.
    above : set of str
        Nodes whose label stands above the row instead of beside the mark: a line runs on, or a curve passes.
    """

    positions: dict[str, tuple[float, float]]
    ticks: tuple[Tick, ...]
    undated: float | None
    lines: dict[str, str]
    bends: dict[tuple[str, str], int]
    above: set[str]

    def boxes(self, nodes: Mapping[str, Dated]) -> dict[str, Box]:
        """Return where labels stand.

        Parameters
        ----------
        nodes : mapping of str to Dated
            What was laid out.

        Returns
        -------
        dict of str to Box
            By node.
        """
        return {i: label_box(self.positions[i], n.label, above=i in self.above) for i, n in nodes.items()}

    def path(self, parent: str, child: str) -> Path:
        """Return how an edge runs.

        Parameters
        ----------
        parent, child : str
            Its ends.

        Returns
        -------
        (str, str, list of (float, float))
            The ends, and corners of the line or points on the curve.
        """
        ends = self.positions[parent], self.positions[child]
        if self.lines.get(child) == parent:
            return parent, child, elbow(*ends)
        return parent, child, flat(curve(*ends, self.bends.get((parent, child), 0)))


def time_clade(nodes: Mapping[str, Dated], edges: Iterable[Drawn], weights: Collection[str]) -> Layout:
    """Lay out releases in time.

    Parameters
    ----------
    nodes : mapping of str to Dated
        Releases or models, by CURIE.
    edges : iterable of Drawn
        Their lineage; both ends must be among the nodes. Edges that stand for several are repeated.
    weights : collection of str
        Local names of the relations that pass weights on.

    Returns
    -------
    Layout
        A position for every node. Nodes without a date stand in a column right of the axis.

    Examples
    --------
    >>> from codellm_graph.view import Edge, Node
    >>> nodes = {
    ...     "model:a": Node("model:a", "A", "Model", "2024", "2024-01-01"),
    ...     "model:b": Node("model:b", "B", "Model", "2025", "2025-01-01"),
    ... }
    >>> layout = time_clade(nodes, [Edge("model:a", "model:b", "sftFrom")], {"sftFrom"})
    >>> layout.positions["model:a"][0] < layout.positions["model:b"][0], layout.lines
    (True, {'model:b': 'model:a'})
    """
    edges = sorted((e for e in edges if e.parent != e.child), key=lambda e: (e.parent, e.child, e.relation))
    day = {i: d for i, n in nodes.items() if (d := ordinal(n.earliest)) is not None}
    axis = Axis(day.values())
    without = [i for i in sorted(nodes) if i not in day]
    # Right of every date and label: what derives from a dated release is drawn after it.
    labels = (axis.at(d) + LABEL_GAP + width(nodes[i].label) for i, d in day.items())
    right = round(max(labels, default=0.0) + 3 * MARGIN, 1)
    x = {i: axis.at(day[i]) if i in day else right for i in nodes}
    parents = line_parents(x, edges, weights)
    curves = sorted({(e.parent, e.child) for e in edges if parents.get(e.child) != e.parent})
    tree = Tree(nodes, x, parents)
    clades, board = improved(tree, curves)
    # An edge for which there is no room as a line is a curve, too.
    curves = sorted({(e.parent, e.child) for e in edges if clades.parents.get(e.child) != e.parent})
    top = min(board.rows.values(), default=0)
    places = _places(tree, board.rows)
    on = {p for c, p in clades.parents.items() if places[c][1] == places[p][1]}
    drawn = Layout(places, axis.ticks(), right if without else None, clades.parents, {}, on)
    known = {i: nodes[i] for i in places}
    lines = sorted((p, c) for c, p in clades.parents.items())
    drawn.bends.update(route(curves, lines, places, drawn.boxes(known)))
    # What stands alone keeps clear of curves, too.
    for ends in curves if drawn.bends else ():
        for row, left, right in passed(drawn.path(*ends)[2], ROW):
            board.cover(row + top, left, right)
    found = drawn._replace(positions=_places(tree, clades.filled(board, curves)))
    found.above.update(raised(curves, found, {i: n.label for i, n in nodes.items() if i not in on}))
    return found


def _places(tree: Tree, rows: Mapping[str, int]) -> dict[str, tuple[float, float]]:
    """Return the positions of what is on a row, the topmost row at zero."""
    top = min(rows.values(), default=0)
    placed = [i for i in tree.order if tree.first[i] in rows]
    return {i: (round(tree.x[i], 1), (rows[tree.first[i]] - top) * ROW) for i in placed}
