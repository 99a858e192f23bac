"""What the page holds: the tables of a picture, and the evidence behind them.

Everything is columns and places in columns, so that it packs well; `present/page/app/model.js` reads it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from codellm_graph.analyses.lineage import MEMBERSHIP
from codellm_graph.present.geometry import BENDS, LABEL_GAP
from codellm_graph.present.layout import ROW
from codellm_graph.present.looks import OPENNESS, SHAPES, STYLES, style
from codellm_graph.present.payload_evidence import evidence
from codellm_graph.present.payload_spread import spreading
from codellm_graph.present.payload_words import Table, Words, text
from codellm_graph.view import relations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codellm_graph.present.picture import Picture
    from codellm_graph.store import Store
    from codellm_graph.view import Edge, Node, View

__all__ = ["Payload", "payload"]

_KINDS = ("Model", "Checkpoint", "Family", "Series")


class Payload(NamedTuple):
    """What a page holds.

    Parameters
    ----------
    graph : dict
        What the first frame needs: marks and links in their places, and what filters and modes ask for.
    evidence : dict
        Statements and sources, read when details are first opened.
    """

    graph: dict[str, Any]
    evidence: dict[str, Any]


def payload(store: Store, picture: Picture, title: str, as_of: str | None = None) -> Payload:
    """Lay out a picture for the page.

    Parameters
    ----------
    store : Store
        The graph.
    picture : Picture
        What is shown; its models need not be in the graph.
    title : str
        Heading.
    as_of : str, optional
        The date of which it is the picture.

    Returns
    -------
    Payload
        Numbers and texts that JSON can hold; of the same picture always the same.

    Examples
    --------
    >>> from codellm_graph.analyses.lineage import around
    >>> from codellm_graph.present.picture import picture
    >>> from codellm_graph.store import open_store
    >>> from codellm_graph.view import load_view
    >>> store = open_store()
    >>> view = load_view(store)
    >>> found = payload(store, picture(view, around(view, "model:deepswe")), "DeepSWE")
    >>> found.graph["nodes"]["id"][found.graph["rootNode"]]
    'model:deepswe'
    """
    words = Words(store)
    shown = _order(picture)
    place = {node.id: n for n, node in enumerate(shown)}
    kept = [n for n, e in enumerate(picture.lineage.edges) if e.relation not in MEMBERSHIP]
    edges = [picture.lineage.edges[n] for n in kept]
    styles = _styles(picture.view, edges)
    marks = {mark: n for n, mark in enumerate(picture.releases.marks)}
    spread = spreading(store, picture.view, words, place)
    layout = picture.layout
    graph = {
        "title": text(title),
        "asOf": text(as_of),
        "root": marks.get(picture.root or "", -1),
        "rootNode": place.get(picture.lineage.root, -1),
        "row": ROW,
        "gap": LABEL_GAP,
        "bends": [[_number(n) for n in bend] for bend in BENDS],
        "undated": layout.undated,
        "ticks": [[_number(x), text(label)] for x, label in layout.ticks],
        "relations": [_relation(picture.view, name, words) for name in styles],
        "openness": [[name, *colours] for name, colours in OPENNESS.items()],
        "shapes": SHAPES,
        **_nodes(picture, shown, words, marks, place),
        "marks": {
            "id": [text(m) for m in marks],
            "label": [text(release.label) for release in picture.releases.marks.values()],
            "x": [_number(layout.positions[m][0]) for m in marks],
            "row": [round(layout.positions[m][1] / ROW) for m in marks],
            "above": [int(m in layout.above) for m in marks],
        },
        "links": _links(picture, marks, styles, {edge: n for n, edge in enumerate(kept)}),
        "edges": {
            "parent": [place[e.parent] for e in edges],
            "child": [place[e.child] for e in edges],
            "relation": [styles[e.relation] for e in edges],
            "grade": [e.grade if e.grade in (1, 2, 3, 4) else 0 for e in edges],
        },
        **spread.tables,
    }
    return Payload(graph, evidence(store, words, list(place), edges, spread.things, spread.met))


def _order(picture: Picture) -> list[Node]:
    """Return the models in the order of their releases, then families and series."""
    lineage, marks = picture.lineage, picture.releases.marks
    first = dict.fromkeys(member for mark in marks.values() for member in mark.members)
    rest = [n for i, n in lineage.nodes.items() if i not in first]
    return [lineage.nodes[i] for i in first] + sorted(rest, key=lambda n: (n.earliest or "~", n.id))


def _styles(view: View, edges: Sequence[Edge]) -> dict[str, int]:
    """Return the relations that are used, in the order of the legend."""
    used = {e.relation for e in edges}
    ranks = {name: n for n, name in enumerate(STYLES)}
    ordered = sorted(used, key=lambda r: (ranks.get(r, len(ranks)), r))
    return {name: n for n, name in enumerate(ordered)}


def _relation(view: View, name: str, words: Words) -> list[Any]:
    light, dark, dashes = style(view, name)
    weights = int(name in relations(view.schema, "weightsFrom"))
    return [text(name), *words.pair(f"clg:{name}"), light, dark, dashes, weights]


def _nodes(
    picture: Picture, shown: Sequence[Node], words: Words, marks: Mapping[str, int], place: Mapping[str, int]
) -> dict[str, Any]:
    """Return the table of models and families, and the tables that it points into."""
    pairs = [words.pair(n.id, n.label) for n in shown]
    known = list(words.stages)
    found = {text(n.stage) for n in shown if n.stage}
    stages = [s for s in known if s in found] + sorted(found - set(known))
    makers, licenses = Table[tuple[str, str]](), Table[str]()
    classes = {name: n for n, name in enumerate(OPENNESS)}
    of = picture.releases.of
    return {
        "nodes": {
            "id": [text(n.id) for n in shown],
            "label": [en for en, _ in pairs],
            "zh": [zh for _, zh in pairs],
            "aliases": [words.aliases(n.id, en) for n, (en, _) in zip(shown, pairs, strict=True)],
            "kind": [_KINDS.index(n.kind) if n.kind in _KINDS else 0 for n in shown],
            "released": [text(n.released) for n in shown],
            "day": [text(n.earliest) for n in shown],
            "stage": [stages.index(text(n.stage)) if n.stage else -1 for n in shown],
            "organizations": [[makers.place(maker) for maker in _makers(n, words)] for n in shown],
            "license": [licenses.place(text(n.license)) if n.license else -1 for n in shown],
            "openness": [classes.get(n.openness or "", classes["unknown"]) for n in shown],
            "parameters": [_parameters(n) for n in shown],
            "family": [place.get(n.family or "", -1) for n in shown],
            "mark": [marks.get(of.get(n.id, ""), -1) for n in shown],
        },
        "stages": [words.pair(words.stages.get(s, ""), s) for s in stages],
        "organizations": list(makers),
        "licenses": list(licenses),
    }


def _makers(node: Node, words: Words) -> list[tuple[str, str]]:
    """Return the labels of who made a model; a name with a comma is not taken for two."""
    known = words.makers.get(node.id, {})
    if ", ".join(known) == node.organization:
        return [words.pair(maker, label) for label, maker in known.items()]
    return [(text(node.organization), "")] if node.organization else []


def _links(
    picture: Picture, marks: Mapping[str, int], styles: Mapping[str, int], edges: Mapping[int, int]
) -> dict[str, list[Any]]:
    layout, links = picture.layout, picture.releases.links
    return {
        "parent": [marks[link.parent] for link in links],
        "child": [marks[link.child] for link in links],
        "relation": [styles[link.relation] for link in links],
        "edges": [[edges[n] for n in link.edges] for link in links],
        "line": [int(layout.lines.get(link.child) == link.parent) for link in links],
        "bend": [layout.bends.get((link.parent, link.child), 0) for link in links],
        "group": [int(link in picture.quiet) for link in links],
    }


def _number(value: float) -> float | int:
    """Return a finite number, whole where it is whole."""
    rounded = round(value, 4) if math.isfinite(value) else 0.0
    return int(rounded) if rounded == int(rounded) else rounded


def _parameters(node: Node) -> float | int:
    return _number(node.parameters) if node.parameters and node.parameters > 0 else 0
