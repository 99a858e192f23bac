"""Files by suffix: HTML, RDF, GraphML, JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from codellm_graph.errors import UsageError
from codellm_graph.namespaces import iri
from codellm_graph.view import View

if TYPE_CHECKING:
    from collections.abc import Collection

    from codellm_graph.analyses.lineage import Lineage
    from codellm_graph.store import Store

__all__ = ["SUFFIXES", "export"]

SUFFIXES = ("html", "ttl", "trig", "nq", "jsonld", "graphml", "json", "mmd", "dot", "csv")
_RDF = ("ttl", "trig", "nq", "jsonld")


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


def export(store: Store, view: View, lineage: Lineage, suffix: str, title: str = "Code LLM lineage") -> bytes:
    """Write a graph, or one lineage, in the format of a suffix.

    Parameters
    ----------
    store : Store
        The graph.
    view : View
        Its projection.
    lineage : Lineage
        What to write; one with an empty root is everything.
    suffix : str
        One of `SUFFIXES`.
    title : str, optional
        Heading of a page.

    Returns
    -------
    bytes
        The file's content.

    Raises
    ------
    UsageError
        If the suffix is none of them.
    """
    if suffix in _RDF:
        from codellm_graph.present.answers import serialize_quads

        return serialize_quads(_quads(store, lineage.nodes if lineage.root else None, suffix), suffix)
    if suffix == "html":
        from codellm_graph.evidence import describe_all
        from codellm_graph.present.html import to_html

        return to_html(view, lineage, describe_all(store, lineage.nodes), title=title).encode()
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
