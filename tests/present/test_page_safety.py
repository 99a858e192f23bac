"""A hostile import: text in every field of every kind of thing runs nothing, even without the policy."""

from __future__ import annotations

import json
import re

import pyoxigraph as ox
import pytest

import codellm_graph as cg

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    '"><svg onload=alert(3)><style>*{display:none}</style>',
    "javascript:alert(4)",
    "'-alert(5)-'`${alert(5)}`",
    "{{7*7}}{% raw %}<!--",
    "\u2028</title><iframe srcdoc='<script>parent.alert(6)</script>'>",
    "]]><x xmlns='http://www.w3.org/1999/xhtml' onclick='alert(7)'>&lt;b&gt;&#60;",
    "\u202e\u0000<a href=data:text/html,<script>alert(8)</script>>",
)


def hostile_graph(store_of):
    """Build a graph in which every literal is hostile, and identifiers as far as they may be."""
    parts = ["src:s a clg:ModelCard ; clg:grade 1 ; dcterms:title $0 ; clg:address $9 ."]
    parts += ["cite:c a clg:Citation ; clg:source src:s ; clg:locator $1 .", "GRAPH cite:c {"]
    parts += [
        "maker:m a clg:Organization ; rdfs:label $2 , $0@zh .",
        "license:l a clg:License ; rdfs:label $3 ; clg:openness concept:restricted .",
        "technique:t a clg:Technique ; skos:inScheme clg:techniques ; rdfs:label $4@en , $1@zh ; skos:altLabel $5 ;"
        " skos:definition $0@en , $2@zh ; clg:kind concept:architecture .",
        "dataset:d a clg:Dataset ; rdfs:label $6 ; skos:altLabel $0 .",
        "dataset:b a clg:Benchmark , clg:Dataset ; rdfs:label $7 .",
        "model:series a clg:Series ; rdfs:label $1 .",
        "model:family a clg:Family ; rdfs:label $0 ; clg:memberOf model:series ; clg:uses technique:t ; clg:organization maker:m .",
    ]
    for n in range(len(HOSTILE)):
        day = f'"2024-0{n // 2 + 1}-10"^^xsd:date'
        name = f"<https://w3id.org/codellm-graph/model/x{n}%3Cscript%3E'alert({n})'>"
        parts.append(
            f"{name} a clg:Model ; rdfs:label ${n} , ${(n + 1) % 9}@zh ; skos:altLabel ${(n + 2) % 9} ; clg:memberOf model:family ;"
            f" clg:released {day} ; clg:note ${(n + 3) % 9} ; clg:hfRepo ${(n + 4) % 9} ; clg:license license:l ; clg:trainedOn dataset:d , dataset:b ;"
            f" clg:uses technique:t ; clg:organization maker:m ; clg:totalParametersB 7 ."
        )
        if n:
            before = f"<https://w3id.org/codellm-graph/model/x{n - 1}%3Cscript%3E'alert({n - 1})'>"
            parts.append(f"{name} clg:{('sftFrom', 'distilledFrom', 'rlFrom')[n % 3]} {before} .")
    parts.append("}")
    text = "\n".join(parts)
    for n, hostile in enumerate(HOSTILE):
        # What TriG cannot hold, no file can bring.
        text = re.sub(rf"\${n}(?!\d)", lambda _, h=hostile: str(ox.Literal(h.replace("\u0000", ""))), text)
    address = str(
        ox.Literal("javascript:alert(9)", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#anyURI"))
    )
    return store_of(text.replace("$9", address))


@pytest.fixture(scope="module")
def hostile(store_of):
    return hostile_graph(store_of)


@pytest.fixture(scope="module", params=["canvas", "vis"])
def hostile_page(request, hostile):
    return cg.to_html(hostile, camera=request.param)


NOTHING = "document.querySelectorAll('img, iframe, object, embed, #details script, #details style, #table script').length"


def is_harmless(opened):
    assert opened.page.evaluate(NOTHING) == 0
    links = opened.page.eval_on_selector_all("a[href]", "n => n.map(a => a.getAttribute('href'))")
    assert all(re.match(r"https?://|#", link) for link in links)
    handlers = opened.page.evaluate(
        "[...document.querySelectorAll('*')].flatMap(n => [...n.attributes]).filter(a => /^on/i.test(a.name)).length"
    )
    assert handlers == 0


@pytest.mark.parametrize("bypass_csp", [False, True])
def test_nothing_runs(explorer, hostile_page, bypass_csp):
    opened = explorer(hostile_page, bypass_csp=bypass_csp)
    page = opened.page
    # Everything that can be selected.
    for kind in ("nodes", "things"):
        for name in page.evaluate(f"codellmGraph.{kind}.map(n => n.id)"):
            page.evaluate("id => codellmGraph.show(codellmGraph.pick(id), true)", name)
            opened.wait_until("!document.getElementById('details').hasAttribute('aria-busy')")
            is_harmless(opened)
    # Every mode, the table, what stands below releases, both languages.
    page.evaluate(
        "codellmGraph.update({ sel: null, open: new Set(codellmGraph.marks.filter(m => m.members.length > 1)), things: new Set(['data', 'techniques']) })"
    )
    for change in (
        "{ mode: 'technique', technique: codellmGraph.things.find(x => x.kind === 'technique') }",
        "{ mode: 'exposure', benchmark: codellmGraph.things.find(x => x.kind === 'benchmark') }",
        "{ mode: 'path', a: codellmGraph.nodes[0], b: codellmGraph.nodes[5] }",
        "{ mode: 'compare', a: codellmGraph.nodes[1], b: codellmGraph.nodes[4] }",
        "{ mode: 'explore', table: true }",
        "{ table: false, lang: 'zh' }",
    ):
        page.evaluate(f"codellmGraph.update({change})")
        page.wait_for_timeout(150)
        is_harmless(opened)
    # Hover over every mark and link, and search for the texts themselves.
    for x, y in page.evaluate(
        "codellmGraph.scene.marks.map(m => codellmGraph.camera.toScreen(m)).map(p => { const b = document.getElementById('stage').getBoundingClientRect(); return [p.x + b.x, p.y + b.y]; })"
    ):
        page.mouse.move(x, y)
        page.wait_for_timeout(30)
        is_harmless(opened)
    for text in HOSTILE[:4]:
        page.fill("#query", text)
        page.keyboard.press("Enter")
        page.wait_for_timeout(50)
        is_harmless(opened)
    assert page.evaluate("window.codellmGraph.marks.length") > 3


def test_saved_files_are_harmless(explorer, open_page, hostile_page, tmp_path):
    opened = explorer(hostile_page)
    page = opened.page
    saved = {}
    for label in ("SVG", "JSON"):
        page.click("#save")
        with page.expect_download() as download:
            page.click(f"#savemenu button:has-text('{label}')")
        saved[label] = tmp_path / f"x.{label.lower()}"
        download.value.save_as(saved[label])
    data = json.loads(saved["JSON"].read_text("utf-8"))
    assert {n["label"] for n in data["nodes"]} >= {h.replace("\u0000", "") for h in HOSTILE[:4]}
    svg = saved["SVG"].read_text("utf-8")
    runs_nothing(open_page, svg)


def runs_nothing(open_page, svg: str):
    """Open SVG as markup of a page without a policy: the worst that can be done with it."""
    opened = open_page(
        f"<!DOCTYPE html><title>x</title><body>{svg}<script>window.codellmGraph = 1</script>", bypass_csp=True
    )
    found = opened.page.evaluate(
        """() => { const all = [...document.querySelectorAll('svg, svg *')]; return {
          tags: [...new Set(all.map(n => n.localName))].sort(),
          risky: all.flatMap(n => [...n.attributes]).filter(a => /^on|href|^src/i.test(a.name)).length }; }"""
    )
    assert set(found["tags"]) <= {
        "svg",
        "g",
        "path",
        "rect",
        "circle",
        "polygon",
        "line",
        "text",
        "tspan",
        "title",
        "desc",
        "style",
    }
    assert found["risky"] == 0
    opened.page.wait_for_timeout(100)
    assert opened.complaints == []
    assert len(opened.requests) == 1


def test_the_drawing_without_a_browser_is_harmless(open_page, hostile):
    from codellm_graph.analyses.lineage import everything
    from codellm_graph.present.drawing import to_svg
    from codellm_graph.present.picture import picture
    from codellm_graph.view import load_view

    view = load_view(hostile)
    runs_nothing(open_page, to_svg(picture(view, everything(view)), HOSTILE[1]))


def test_policy_forbids_what_the_page_does_not_need(hostile_page, page_all):
    for text in (hostile_page, page_all):
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1).replace("&#39;", "'")
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if " " in rule.strip())
        assert rules["default-src"] == "'none'"
        assert rules["connect-src"] == "'none'"
        assert re.fullmatch(r"('sha256-[\w+/=]+' ?)+", rules["script-src"])
        assert re.fullmatch(r"'sha256-[\w+/=]+'", rules["style-src"])
        assert "unsafe" not in policy


def test_the_policy_is_in_force(open_page, page_deepswe):
    """A script that somebody slips in is refused, and the browser says so."""
    opened = open_page(page_deepswe)
    opened.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.slipped = 1'; document.body.append(s); }"
    )
    assert opened.page.evaluate("window.slipped") is None
    assert any("Content Security Policy" in c or "script-src" in c for c in opened.complaints)
