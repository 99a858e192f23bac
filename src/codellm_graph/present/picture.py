"""A picture: releases in their places, before it is drawn by a page, as SVG, or by pyvis."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codellm_graph.analyses.lineage import Lineage
from codellm_graph.present.layout import Layout, time_clade
from codellm_graph.present.releases import Link, Releases, releases
from codellm_graph.view import relations

if TYPE_CHECKING:
    from codellm_graph.view import View

__all__ = ["Picture", "picture"]


class Picture(NamedTuple):
    """What is shown, and where.

    Parameters
    ----------
    view : View
        The models.
    lineage : Lineage
        What is shown of them.
    releases : Releases
        The marks and the links between them.
    layout : Layout
        Their places.
    quiet : frozenset of Link
        Links that are said of families only and carry on no line: they are drawn when they are asked for.
    """

    view: View
    lineage: Lineage
    releases: Releases
    layout: Layout
    quiet: frozenset[Link]

    @property
    def root(self) -> str | None:
        """The mark of what was asked about, None for the whole graph."""
        return self.releases.of.get(self.lineage.root)


def picture(view: View, lineage: Lineage) -> Picture:
    """Make the picture of a lineage.

    Parameters
    ----------
    view : View
        The models.
    lineage : Lineage
        What to show; one with an empty root is everything, families and what is said of them included.

    Returns
    -------
    Picture
        Of the same lineage always the same.

    Examples
    --------
    >>> from codellm_graph.analyses.lineage import everything
    >>> from codellm_graph.store import open_store
    >>> from codellm_graph.view import load_view
    >>> view = load_view(open_store())
    >>> shown = picture(view, everything(view))
    >>> set(shown.layout.positions) == set(shown.releases.marks)
    True
    """
    if not lineage.root:
        depths = dict.fromkeys(view.nodes, 0)
        lineage = Lineage("", False, view.nodes, tuple(view.edges), depths)
    found = releases(view, lineage)
    groups = set(lineage.nodes).difference(*(mark.members for mark in found.marks.values()))
    of_groups = {
        link
        for link in found.links
        if all({lineage.edges[n].parent, lineage.edges[n].child} & groups for n in link.edges)
    }
    weights = relations(view.schema, "weightsFrom") if lineage.edges else frozenset()
    # What is said of families only gives a line to releases that have no other, and is quiet elsewhere.
    stated = {link.child for link in found.links if link not in of_groups}
    drawn = [link for link in found.links if link not in of_groups or link.child not in stated]
    layout = time_clade(found.marks, [link for link in drawn for _ in link.edges], weights)
    quiet = {link for link in of_groups if layout.lines.get(link.child) != link.parent}
    return Picture(view, lineage, found, layout, frozenset(quiet))
