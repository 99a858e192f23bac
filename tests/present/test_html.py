"""The HTML export, in a real browser."""

from __future__ import annotations

import json
import re

import pytest

import codellm_graph as cg
from codellm_graph.analyses.lineage import around, everything
from codellm_graph.evidence import CitationInfo, Statement, Thing
from codellm_graph.present.html import STYLES, to_html, to_pyvis
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


@pytest.fixture(scope="module")
def deepswe(graph) -> str:
    return cg.to_html(graph, "DeepSWE")


def points(opened, ids):
    """Return where nodes stand on the page, in CSS pixels."""
    script = """ids => { const box = document.getElementById('canvas').getBoundingClientRect();
      const at = codellmGraph.network.getPositions(ids);
      return ids.map(i => { const p = codellmGraph.network.canvasToDOM(at[i]); return [p.x + box.x, p.y + box.y]; }); }"""
    return opened.page.evaluate(script, ids)


def test_page_is_drawn_offline_without_a_complaint(open_page, deepswe, graph):
    opened = open_page(deepswe)
    expected = around(load_view(graph), "model:deepswe")
    drawn = opened.page.evaluate(
        "() => [codellmGraph.network.body.nodeIndices.sort(), codellmGraph.network.body.edgeIndices.length]"
    )
    assert drawn == [sorted(expected.nodes), len(expected.edges)]
    # Something is painted: the canvas is not one colour.
    colours = opened.page.evaluate(
        """() => { const c = document.querySelector('#canvas canvas'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        const seen = new Set(); for (let i = 0; i < d.length; i += 4) seen.add(d[i] + ',' + d[i+1] + ',' + d[i+2] + ',' + d[i+3]); return seen.size; }"""
    )
    assert colours > 20
    opened.shoot("deepswe-light")
    assert [r for r in opened.requests if not r.startswith("file:")] == []
    assert len(opened.requests) == 1
    assert opened.complaints == []


def test_time_runs_left_to_right(open_page, deepswe, graph):
    opened = open_page(deepswe)
    view = load_view(graph)
    lineage = around(view, "model:deepswe")
    dated = [n for n in lineage.nodes.values() if n.earliest]
    ids = [n.id for n in sorted(dated, key=lambda n: n.earliest)]
    xs = [x for x, _ in points(opened, ids)]
    assert xs == sorted(xs)
    assert xs[0] < xs[-1]


def test_relations_and_stages_differ_by_more_than_colour(open_page, graph):
    opened = open_page(cg.to_html(graph))
    used = opened.page.evaluate("() => codellmGraph.data.styles")
    looks = [(tuple(style[2]), style[0]) for style in used.values()]
    assert len(set(looks)) == len(looks)
    # No two relations of one colour share their dashes: they differ in grey print too, within a colour.
    shapes = opened.page.evaluate("() => new Set(Object.values(codellmGraph.data.shapes)).size")
    assert shapes == 4
    legend = opened.page.inner_text("#legend")
    assert "encoder" in legend
    assert "agentic" in legend


def test_clicking_a_node_shows_statements_with_links_to_sources(open_page, deepswe, graph):
    opened = open_page(deepswe)
    ((x, y),) = points(opened, ["model:qwen3-32b"])
    opened.page.mouse.click(x, y)
    opened.wait_until("codellmGraph.state.selected === 'model:qwen3-32b'")
    text = opened.page.inner_text("#details")
    assert text.startswith("Qwen3-32B")
    for statement in cg.show(graph, "model:qwen3-32b").statements:
        if statement.property != "rdf:type":
            assert statement.label in text
    links = opened.page.eval_on_selector_all(
        "#details a", "nodes => nodes.map(n => [n.href, n.rel, n.target])"
    )
    assert links
    assert all(
        href.startswith("http") and "noopener" in rel and target == "_blank" for href, rel, target in links
    )
    opened.shoot("deepswe-node")
    assert opened.complaints == []


def test_clicking_an_edge_shows_who_says_so(open_page, deepswe):
    opened = open_page(deepswe)
    script = """() => { const e = codellmGraph.data.edges.find(e => e.from === 'model:qwen3-32b' && e.to === 'model:deepswe-preview');
      const box = document.getElementById('canvas').getBoundingClientRect(), n = codellmGraph.network;
      const [a, b] = [e.from, e.to].map(i => n.getPositions([i])[i]);
      const p = n.canvasToDOM({x: (a.x + b.x) / 2, y: (a.y + b.y) / 2}); return [p.x + box.x, p.y + box.y]; }"""
    x, y = opened.page.evaluate(script)
    opened.page.mouse.click(x, y)
    opened.wait_until("codellmGraph.state.edge !== null")
    text = opened.page.inner_text("#details")
    assert "rl from" in text
    assert "DeepSWE-Preview" in text
    assert "Qwen3-32B" in text
    hrefs = opened.page.eval_on_selector_all("#details ol a", "nodes => nodes.map(n => n.href)")
    assert "https://huggingface.co/agentica-org/DeepSWE-Preview" in hrefs


def test_hovering_shows_facts(open_page, deepswe):
    opened = open_page(deepswe)
    ((x, y),) = points(opened, ["model:qwen3-32b"])
    opened.page.mouse.move(x - 3, y)
    opened.page.mouse.move(x, y)
    opened.wait_until(
        "(document.querySelector('.vis-tooltip') || {style: {}}).style.visibility === 'visible'"
    )
    assert opened.page.inner_text(".vis-tooltip").startswith("Qwen3-32B\nModel\n2025-04-2")


def test_search_directions_filters_and_keys(open_page, deepswe):
    opened = open_page(deepswe)
    page = opened.page
    page.keyboard.press("Escape")
    opened.wait_until("codellmGraph.lit === null")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "query"
    page.keyboard.type("qwen3 32b")
    page.keyboard.press("Enter")
    opened.wait_until("codellmGraph.state.selected === 'model:qwen3-32b'")
    page.click("text=Descendants")
    below = set(page.evaluate("codellmGraph.lit.nodes"))
    assert "model:deepswe-preview" in below
    assert "model:qwen3-32b-base" not in below
    page.click("text=Ancestors")
    above = set(page.evaluate("codellmGraph.lit.nodes"))
    assert "model:qwen3-32b-base" in above
    assert "model:deepswe-preview" not in above
    page.click("text=Both")
    assert set(page.evaluate("codellmGraph.lit.nodes")) == above | below
    page.uncheck("#legend label:has-text('rl from') input")
    assert "model:deepswe-preview" not in page.evaluate("codellmGraph.lit.nodes")
    assert opened.complaints == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 1400), ("dark", 390)])
def test_whole_graph_in_both_themes_and_on_a_phone(open_page, graph, scheme, width):
    opened = open_page(cg.to_html(graph), scheme=scheme, width=width)
    assert opened.page.evaluate("document.documentElement.dataset.theme") == scheme
    nodes = opened.page.evaluate("() => codellmGraph.network.body.nodeIndices.length")
    assert nodes == len(everything(load_view(graph)).nodes)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    opened.shoot(f"all-{scheme}-{width}")
    assert opened.complaints == []


def hostile_page() -> str:
    """Put hostile text into every field of nodes, edges, statements and sources."""
    nodes, edges, things = {}, [], {}
    view = View({}, [], load_view(cg.load()).schema)
    for i, text in enumerate(HOSTILE):
        thing = f"model:x{i}{text}"
        citation = CitationInfo("cite:x", text, text, text, text, 1)
        nodes[thing] = Node(thing, text, text, text, f"2024-01-{i + 1:02d}", text, text, text, "open", 1.0)
        said = (citation, citation._replace(url=f"javascript:alert('{i}')"))
        things[thing] = Thing(
            thing, text, text, (Statement("clg:uses", text, text, True, 1, said, None, text),)
        )
        if i:
            edges.append(Edge(f"model:x{i - 1}{HOSTILE[i - 1]}", thing, "sftFrom", 1, said))
    view = View(nodes, edges, view.schema)
    return to_html(view, everything_of(view), things, title=HOSTILE[1])


def everything_of(view: View):
    from codellm_graph.analyses.lineage import Lineage

    return Lineage("", False, view.nodes, tuple(view.edges), dict.fromkeys(view.nodes, 0))


# With the policy switched off, only the escaping stands between the text and the browser.
@pytest.mark.parametrize("bypass_csp", [False, True])
def test_hostile_text_does_nothing(open_page, bypass_csp):
    opened = open_page(hostile_page(), bypass_csp=bypass_csp)
    page = opened.page
    for node in page.evaluate("() => codellmGraph.data.nodes.map(n => n.id)"):
        page.evaluate("id => codellmGraph.select(id, true)", node)
        assert (
            page.evaluate("document.querySelectorAll('img, iframe, #details script, #details svg').length")
            == 0
        )
        hrefs = page.eval_on_selector_all("a", "nodes => nodes.map(n => n.protocol)")
        assert set(hrefs) <= {"http:", "https:"}
    for x, y in points(opened, page.evaluate("() => codellmGraph.data.nodes.map(n => n.id)")):
        page.mouse.move(x, y)
        page.wait_for_timeout(150)
    page.fill("#query", HOSTILE[0])
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert opened.complaints == []
    assert len(opened.requests) == 1
    assert page.title() == HOSTILE[1]


def test_policy_forbids_what_the_page_does_not_need(deepswe):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', deepswe).group(1).replace("&#39;", "'")
    assert "default-src 'none'" in policy
    assert "connect-src 'none'" in policy
    assert "unsafe" not in policy


def test_data_cannot_end_its_script_element():
    page = hostile_page()
    data = re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL).group(1)
    labels = [node["label"] for node in json.loads(data)["nodes"]]
    assert labels == list(HOSTILE)


def test_every_lineage_relation_has_a_style(graph):
    stated = {e.relation for e in load_view(graph).edges}
    assert stated <= set(STYLES)


def test_to_pyvis_is_a_plain_network(graph):
    from pyvis.network import Network

    network = cg.to_pyvis(graph, "DeepSWE")
    expected = around(load_view(graph), "model:deepswe")
    assert isinstance(network, Network)
    assert set(network.get_nodes()) == set(expected.nodes)
    assert len(network.edges) == len(expected.edges)
    assert all(not node["physics"] and "x" in node and "y" in node for node in network.nodes)
    assert to_pyvis(load_view(graph), expected).num_nodes() == len(expected.nodes)


def test_notebook_frame_draws_the_page(open_page, deepswe, tmp_path):
    frame = cg.Page(deepswe)._repr_html_()
    opened = open_page(
        f"<!DOCTYPE html><title>notebook</title><script>window.codellmGraph = 1</script>{frame}"
    )
    inner = opened.page.frames[1]
    inner.wait_for_selector("#details h2")
    assert inner.inner_text("#details h2") == "DeepSWE"
    assert opened.complaints == []
