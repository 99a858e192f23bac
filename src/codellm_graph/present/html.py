"""One offline HTML file: a pyvis network in our own page.

pyvis carries the graph; its own page is not used, because it is blank offline and lets titles run
scripts. Ours holds the data as JSON, builds its elements from text only, and forbids everything else by
a Content-Security-Policy (https://www.w3.org/TR/CSP3/) with the hashes of its two scripts.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codellm_graph.present.layout import Layout, time_clade
from codellm_graph.view import relations

if TYPE_CHECKING:
    from pyvis.network import Network

    from codellm_graph.analyses.lineage import Lineage
    from codellm_graph.evidence import Thing
    from codellm_graph.view import Edge, Node, View

__all__ = ["to_html", "to_pyvis"]

_PAGE = Path(__file__).parent / "page"

#: Stage to the shape of its nodes, so that stages differ by more than colour.
SHAPES = {"encoder": "triangle", "generative": "triangleDown", "code LLM": "square", "agentic": "diamond"}
_NO_STAGE = "dot"

#: Licence class to colours on light and on dark ground.
OPENNESS = {
    "open": ("#1F5FBF", "#6FA8FF"),
    "restricted": ("#B07800", "#F2C14E"),
    "closed": ("#C8440C", "#FF8A5B"),
    "unknown": ("#757b85", "#9AA3AE"),
}

#: Relation to light colour, dark colour and dashes; the first that a relation is, or is a kind of, counts.
STYLES: dict[str, tuple[str, str, list[int]]] = {
    "rlFrom": ("#C8440C", "#FF8A5B", []),
    "preferenceTunedFrom": ("#8F3F97", "#D78BE0", [8, 3]),
    "sftFrom": ("#0B7A5B", "#3ED1A6", []),
    "tunedFrom": ("#0B7A5B", "#3ED1A6", [8, 3]),
    "continuedFrom": ("#1F5FBF", "#6FA8FF", []),
    "mergedFrom": ("#8F3F97", "#D78BE0", [10, 4, 2, 4]),
    "convertedFrom": ("#2288B0", "#7FD8F5", [10, 4, 2, 4]),
    "quantizedFrom": ("#2288B0", "#7FD8F5", [2, 3]),
    "adapterOf": ("#2288B0", "#7FD8F5", [8, 3]),
    "weightsFrom": ("#1F5FBF", "#6FA8FF", [8, 3]),
    "distilledFrom": ("#B07800", "#F2C14E", [6, 4]),
    "derivedFrom": ("#B07800", "#F2C14E", [2, 3]),
    "architectureFrom": ("#757b85", "#9AA3AE", [2, 3]),
    "succeeds": ("#757b85", "#9AA3AE", [1, 5]),
    "basedOn": ("#757b85", "#9AA3AE", [8, 3]),
    "hasMember": ("#757b85", "#9AA3AE", [1, 2]),
    "memberOf": ("#757b85", "#9AA3AE", [1, 2]),
}


def _style(view: View, relation: str) -> tuple[str, str, list[int]]:
    """Return the style of a relation; one that the table does not know takes its nearest kind's."""
    known = next((r for r in STYLES if relation in relations(view.schema, r)), relation)
    return STYLES.get(relation) or STYLES.get(known, STYLES["basedOn"])


def _size(node: Node) -> float:
    return 6 + 2.2 * (node.parameters or 1) ** 0.25


def _hover(node: Node) -> str:
    size = f"{node.parameters:g} B parameters" if node.parameters else None
    facts = (node.kind, node.released, node.organization, size, node.stage, node.license)
    return "\n".join([node.label, *(f for f in facts if f)])


def _edge_hover(view: View, edge: Edge) -> str:
    names = view.nodes[edge.child].label, view.nodes[edge.parent].label
    return f"{names[0]}\n{edge.relation}\n{names[1]}" + (f"\ngrade {edge.grade}" if edge.grade else "")


def _lay_out(view: View, lineage: Lineage) -> Layout:
    return time_clade(lineage.nodes, lineage.edges, relations(view.schema, "weightsFrom"))


def to_pyvis(view: View, lineage: Lineage, layout: Layout | None = None) -> Network:
    """Return a lineage as a pyvis network, for users who restyle it.

    Parameters
    ----------
    view : View
        The models.
    lineage : Lineage
        What to show.
    layout : Layout, optional
        Positions; the time-clade layout if None.

    Returns
    -------
    pyvis.network.Network
        Directed, positions fixed, physics off.
    """
    from pyvis.network import Network

    layout = layout or _lay_out(view, lineage)
    network = Network(height="100%", width="100%", directed=True, cdn_resources="in_line")
    network.toggle_physics(False)
    for node in lineage.nodes.values():
        x, y = layout.positions[node.id]
        network.add_node(
            node.id,
            label=node.label,
            title=_hover(node),
            shape=SHAPES.get(node.stage or "", _NO_STAGE),
            color=OPENNESS[node.openness or "unknown"][0],
            size=_size(node),
            borderWidth=3 if node.id == lineage.root else 1,
            x=x,
            y=y,
            physics=False,
        )
    for edge in lineage.edges:
        colour, _, dashes = _style(view, edge.relation)
        network.add_edge(
            edge.parent,
            edge.child,
            title=_edge_hover(view, edge),
            color=colour,
            dashes=dashes or False,
            width=1.6,
        )
    return network


def _statements(things: dict[str, Thing], lineage: Lineage) -> dict[str, Any]:
    """Lay out statements and citations as tables of rows that point into each other."""
    sources: dict[tuple[str, str, str, int | None], int] = {}

    def number(citation: Any) -> int:
        row = (citation.title, citation.locator, citation.url, citation.grade)
        return sources.setdefault(row, len(sources))

    statements = {
        thing.id: [
            (
                s.property_label,
                s.label,
                s.accepted or s.agrees,
                s.rule or "",
                [number(c) for c in s.citations],
            )
            for s in thing.statements
            if s.property != "rdf:type"
        ]
        for thing in things.values()
    }
    cited = [[number(c) for c in edge.citations] for edge in lineage.edges]
    return {"statements": statements, "cited": cited, "sources": list(sources)}


def _page_data(view: View, lineage: Lineage, things: dict[str, Thing], title: str) -> dict[str, Any]:
    layout = _lay_out(view, lineage)
    network = to_pyvis(view, lineage, layout)
    edges = [
        {"relation": e.relation, "grade": e.grade, **drawn, "id": n}
        for n, (e, drawn) in enumerate(zip(lineage.edges, network.edges, strict=True))
    ]
    extra = {
        n.id: {"stage": n.stage or "", "openness": n.openness or "unknown", "kind": n.kind}
        for n in lineage.nodes.values()
    }
    used = sorted({e.relation for e in lineage.edges}, key=list(STYLES).index) if lineage.edges else []
    return {
        "title": title,
        "root": lineage.root,
        "nodes": [node | extra[node["id"]] for node in network.nodes],
        "edges": edges,
        "ticks": layout.ticks,
        "undated": layout.undated,
        "styles": {r: _style(view, r) for r in used},
        "shapes": SHAPES,
        "openness": OPENNESS,
        **_statements(things, lineage),
    }


def _json(data: object) -> str:
    """Write JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return (
        text.replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
    )


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def to_html(
    view: View, lineage: Lineage, things: dict[str, Thing], *, title: str = "Code LLM lineage"
) -> str:
    """Write a lineage as one HTML page that needs no network.

    Parameters
    ----------
    view : View
        The models.
    lineage : Lineage
        What to show.
    things : dict of str to Thing
        The statements of each node, shown when it is clicked.
    title : str, optional
        Heading of the page.

    Returns
    -------
    str
        The page.
    """
    import jinja2
    import pyvis

    library = (Path(pyvis.__file__).parent / "lib" / "vis-9.1.2" / "vis-network.min.js").read_text("utf-8")
    # The comment that names a source map would be fetched by developer tools.
    library = library.replace("//# sourceMappingURL=vis-network.min.js.map", "").strip()
    script = (_PAGE / "page.js").read_text("utf-8").strip()
    style = (_PAGE / "page.css").read_text("utf-8").strip()
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
        (_PAGE / "page.html.j2").read_text("utf-8")
    )
    policy = (
        f"default-src 'none'; script-src {_hash(library)} {_hash(script)}; style-src {_hash(style)}; "
        "img-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )
    return template.render(
        title=title,
        policy=policy,
        library=_Safe(library),
        script=_Safe(script),
        style=_Safe(style),
        data=_Safe(_json(_page_data(view, lineage, things, title))),
    )


class _Safe(str):
    """Text that is ours, or escaped, and goes into the page as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)
