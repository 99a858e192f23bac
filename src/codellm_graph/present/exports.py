"""Files by suffix: pictures, RDF, GraphML, JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from codellm_graph.analyses.lineage import Lineage, around, everything
from codellm_graph.errors import UsageError
from codellm_graph.names import resolve
from codellm_graph.namespaces import iri
from codellm_graph.view import View, load_view

if TYPE_CHECKING:
    from collections.abc import Collection

    from codellm_graph.present.html import Camera
    from codellm_graph.store import Store

__all__ = ["SUFFIXES", "Contents", "contents", "export", "page"]

SUFFIXES = ("html", "svg", "png", "ttl", "trig", "nq", "jsonld", "graphml", "json", "mmd", "dot", "csv")
_PICTURES = ("html", "svg", "png")
_RDF = ("ttl", "trig", "nq", "jsonld")


class Contents(NamedTuple):
    """What a file or a picture holds.

    Parameters
    ----------
    view : View
        The models.
    lineage : Lineage
        Those that are shown; one with an empty root is everything.
    title : str
        Heading.
    as_of : str or None
        The date of which it is.
    """

    view: View
    lineage: Lineage
    title: str
    as_of: str | None


def contents(
    store: Store,
    root: str | None = None,
    *,
    as_of: str | None = None,
    depth: int | None = None,
    weights: bool = False,
) -> Contents:
    """Choose what a file or a picture holds.

    Parameters
    ----------
    store : Store
        The graph.
    root : str, optional
        Any name of a model: only its ancestors and descendants.
    as_of : str, optional
        Leave out what was released later than this date.
    depth : int, optional
        Longest path from the root in steps.
    weights : bool, optional
        Only relations that pass weights on, from the root.

    Returns
    -------
    Contents
        The whole graph if no root is given.

    Raises
    ------
    UnknownName, AmbiguousName
        If the root does not lead to one thing.
    """
    view = load_view(store).until(as_of)
    if root is None:
        return Contents(view, everything(view), "Code LLM lineage", as_of)
    thing = resolve(store, root, ["model"])
    found = around(view, thing, depth=depth, weights=weights)
    return Contents(view, found, f"Lineage of {view.nodes[thing].label}", as_of)


def page(store: Store, shown: Contents, camera: Camera = "canvas") -> str:
    """Write the interactive page.

    Parameters
    ----------
    store : Store
        The graph.
    shown : Contents
        What it holds.
    camera : {"canvas", "vis"}, optional
        What moves the picture.

    Returns
    -------
    str
        HTML.
    """
    from codellm_graph.present.html import to_html
    from codellm_graph.present.payload import payload
    from codellm_graph.present.picture import picture

    held = payload(store, picture(shown.view, shown.lineage), shown.title, shown.as_of)
    return to_html(held, title=shown.title, camera=camera)


def _drawing(shown: Contents, suffix: str, dark: bool) -> bytes:
    """Draw the same picture without a browser."""
    from codellm_graph.present.drawing import to_png, to_svg
    from codellm_graph.present.picture import picture

    drawn = picture(shown.view, shown.lineage)
    if suffix == "svg":
        return to_svg(drawn, shown.title, dark=dark).encode()
    return to_png(drawn, shown.title, dark=dark)


def _quads(store: Store, nodes: Collection[str] | None, suffix: str) -> list[ox.Quad]:
    """Return the accepted graph for Turtle, everything with its citations for the others."""
    wanted = {ox.NamedNode(iri(n)) for n in nodes} if nodes is not None else None
    quads = list(store.quads())
    if wanted is not None:
        # What is said about the nodes, their results, and the citations and sources it rests on.
        kept = wanted | {
            q.object for q in quads if q.subject in wanted and q.predicate.value.endswith("#result")
        }
        graphs = {q.graph_name for q in quads if q.subject in kept}
        cited = graphs | {
            q.object for q in quads if q.subject in graphs and q.predicate.value.endswith("#source")
        }
        quads = [q for q in quads if q.subject in kept or q.subject in cited]
    if suffix == "ttl":
        return [q for q in quads if isinstance(q.graph_name, ox.DefaultGraph)]
    return quads


def export(
    store: Store, shown: Contents, suffix: str, camera: Camera = "canvas", *, dark: bool = False
) -> bytes:
    """Write a graph, or one lineage, in the format of a suffix.

    Parameters
    ----------
    store : Store
        The graph.
    shown : Contents
        What to write.
    suffix : str
        One of `SUFFIXES`.
    camera : {"canvas", "vis"}, optional
        What moves the picture of a page.
    dark : bool, optional
        Whether SVG and PNG are drawn on dark ground; a page follows its reader.

    Returns
    -------
    bytes
        The file's content.

    Raises
    ------
    UsageError
        If the suffix is none of them.
    """
    view, lineage = shown.view, shown.lineage
    if suffix in _RDF:
        from codellm_graph.present.answers import serialize_quads

        return serialize_quads(_quads(store, lineage.nodes if lineage.root else None, suffix), suffix)
    if suffix in _PICTURES:
        return page(store, shown, camera).encode() if suffix == "html" else _drawing(shown, suffix, dark)
    if suffix == "graphml":
        import networkx as nx

        # Not subgraph(): its order is that of a set, which changes from run to run.
        edges = [e for e in view.edges if e.parent in lineage.nodes and e.child in lineage.nodes]
        graph = View(lineage.nodes, edges, view.schema).to_networkx()
        return "\n".join(nx.generate_graphml(graph)).encode() + b"\n"
    from codellm_graph.present import formats

    writers = {
        "json": lambda found: formats.to_json(found.to_dict()),
        "mmd": formats.to_mermaid,
        "dot": formats.to_dot,
        "csv": formats.to_csv,
    }
    if suffix not in writers:
        raise UsageError(f"no format is called .{suffix}; the file's suffix is one of {', '.join(SUFFIXES)}")
    return (writers[suffix](lineage) + "\n").encode()
