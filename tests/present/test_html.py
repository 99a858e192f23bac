"""The HTML export as text: what it may do, what it holds, how large it is."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import unescape

import pytest

import codellm_graph as cg
from codellm_graph.analyses.lineage import Lineage, around
from codellm_graph.errors import UsageError
from codellm_graph.present.exports import contents
from codellm_graph.present.html import APP, to_html, to_pyvis
from codellm_graph.present.payload import Payload, payload
from codellm_graph.present.payload_pack import letters
from codellm_graph.present.picture import picture
from codellm_graph.view import Edge, Node, View, load_view

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    '"><svg onload=alert(3)>',
    "javascript:alert(4)",
    "'-alert(5)-'",
    "{{7*7}}<!--",
    "\u2028</title><iframe src=javascript:alert(6)>",
)
PACKED = re.compile(r'<script id="(\w+)" type="application/octet-stream">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def deepswe(graph) -> str:
    return cg.to_html(graph, "DeepSWE")


def policy(page: str) -> dict[str, list[str]]:
    text = unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1))
    return {name: values for name, *values in (part.split() for part in text.split(";"))}


def digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def hostile() -> tuple[View, Lineage]:
    """Put hostile text into every field of nodes."""
    nodes, edges = {}, []
    for i, text in enumerate(HOSTILE):
        name = f"model:x{i}{text}"
        nodes[name] = Node(
            name, text, text, text, f"2024-01-{i + 1:02d}", text, text, text, "open", 1.0, f"model:f{text}"
        )
        if i:
            edges.append(Edge(f"model:x{i - 1}{HOSTILE[i - 1]}", name, "sftFrom", 1))
    view = View(nodes, edges, load_view(cg.load()).schema)
    return view, Lineage("", False, nodes, tuple(edges), dict.fromkeys(nodes, 0))


def test_policy_allows_the_page_itself_and_nothing_else(graph, deepswe):
    for page, scripts in ((deepswe, 2), (cg.to_html(graph, "DeepSWE", camera="vis"), 3)):
        found = policy(page)
        assert (
            found["default-src"]
            == found["connect-src"]
            == found["base-uri"]
            == found["form-action"]
            == ["'none'"]
        )
        assert found["img-src"] == ["data:", "blob:"]
        assert "unsafe" not in str(found)
        assert len(found["script-src"]) == scripts
        plain = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
        assert [digest(text) for text in plain] == found["script-src"][:1]
        assert [digest(text) for text in re.findall(r"<style>(.*?)</style>", page, re.DOTALL)] == found[
            "style-src"
        ]


def test_page_asks_for_nothing(deepswe):
    assert not re.search(r"\ssrc=|<link|@import|url\(", deepswe)
    assert "sourceMappingURL" not in deepswe


def test_text_cannot_become_markup(graph, deepswe):
    page = to_html(payload(graph, picture(*hostile()), HOSTILE[1]), title=HOSTILE[1])
    elements = re.findall(r"<(\w+)", page)
    assert elements == re.findall(r"<(\w+)", deepswe)
    assert unescape(re.search("<title>(.*?)</title>", page).group(1)) == HOSTILE[1]
    for _, packed in PACKED.findall(page):
        assert not set(packed) & set("<>&\"'`")


def test_letters_read_back():
    table = str.maketrans(",.:/", "<>&`")
    for length in range(9):
        data = bytes(range(250, 250 - length, -1))
        assert base64.b85decode(letters(data).translate(table)) == data


def test_page_reads_back_what_was_packed(open_page, graph):
    shown = contents(graph)
    held = payload(graph, picture(shown.view, shown.lineage), shown.title)
    opened = open_page(to_html(held, title=shown.title))
    tables, evidence = opened.page.evaluate(
        """async () => [codellmGraph.graph, await codellmGraph.readEvidence()]"""
    )
    expected = Payload(*json.loads(json.dumps(held)))
    assert tables == {**expected.graph, "camera": "canvas"}
    assert readable(evidence) == readable(expected.evidence)
    assert opened.complaints == []


def readable(evidence: dict) -> dict:
    """Put citations where they are pointed at: their order is the page's own."""
    notes = [[evidence["sources"][source], where] for source, where in evidence["citations"]]

    def said(rows):
        return [[*row[:4], [notes[c] for c in row[4]], row[5]] for row in rows]

    return {
        **{k: evidence[k] for k in ("properties", "rules", "disputed")},
        "sources": sorted(evidence["sources"]),
        "edges": [[notes[c] for c in cited] for cited in evidence["edges"]],
        "routes": {
            b: [[[notes[c] for c in step] for step in route] for route in rows]
            for b, rows in evidence["routes"].items()
        },
        **{k: [said(rows) for rows in evidence[k]] for k in ("nodes", "things")},
    }


@pytest.mark.parametrize(("camera", "most"), [("canvas", 300_000), ("vis", 700_000)])
def test_bundled_page_is_small(graph, tmp_path, camera, most):
    cg.to_html(graph, camera=camera).save(tmp_path / "all.html")
    assert (tmp_path / "all.html").stat().st_size <= most


def test_every_script_of_the_page_is_used():
    from importlib.resources import files

    folder = files("codellm_graph.present") / "page" / "app"
    assert sorted(APP) == sorted(file.name for file in folder.iterdir())


def test_the_same_graph_gives_the_same_page(graph, deepswe):
    assert cg.to_html(graph, "DeepSWE") == deepswe


def test_unknown_camera(graph):
    with pytest.raises(UsageError, match="the cameras are canvas and vis"):
        cg.to_html(graph, "DeepSWE", camera="webgl")


def test_to_pyvis_is_a_plain_network(graph):
    from pyvis.network import Network

    view = load_view(graph)
    network = cg.to_pyvis(graph, "DeepSWE")
    shown = picture(view, around(view, "model:deepswe"))
    assert isinstance(network, Network)
    assert network.get_nodes() == list(shown.releases.marks)
    assert len(network.edges) == len(shown.releases.links)
    assert {(n["id"]): (n["x"], n["y"]) for n in network.nodes} == shown.layout.positions
    assert all(not node["physics"] for node in network.nodes)
    assert [n["id"] for n in network.nodes if n["borderWidth"] == 3] == [shown.root]


def test_titles_of_pyvis_are_text():
    network = to_pyvis(*hostile())
    titles = [n["title"] for n in network.nodes] + [e["title"] for e in network.edges]
    assert len(titles) > len(HOSTILE)
    assert not any(set(title) & set("<>") for title in titles)
    assert "img src=x" in titles[0]
