"""What the explorer shows, and the address that restores it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codellm_graph import api
from codellm_graph.analyses.field import read_field
from codellm_graph.analyses.lineage import ancestors, descendants, everything
from codellm_graph.present.geometry import curve, elbow
from codellm_graph.present.picture import picture
from codellm_graph.view import load_view

SHOWN = """() => ({ hash: codellmGraph.toHash(), marks: codellmGraph.scene.marks.filter(m => m.on).map(m => m.mark.id).sort(),
  items: codellmGraph.scene.items.map(i => i.label), lines: codellmGraph.scene.lines.filter(l => l.on).length,
  view: [codellmGraph.camera.view.x, codellmGraph.camera.view.y].map(Math.round) })"""

ADDRESSES = [
    "sel=model:deepseek-r1-distill&dir=up",
    "sel=model:qwen2.5-coder-32b-instruct&open=model:qwen2.5-coder%402024-11-12&show=data,techniques",
    "off.relation=succeeds,architectureFrom&off.stage=none&off.openness=closed,unknown&off.grade=3,4,none",
    "uses=technique:fim&from=2023-01&to=2025-06",
    "mode=technique&technique=technique:grpo&to=2025-03",
    "mode=exposure&benchmark=dataset:livecodebench",
    "mode=path&a=model:deepcoder-14b-preview&b=model:qwen2.5-14b",
    "mode=compare&a=model:deepcoder-14b-preview&b=model:deepswe-preview",
    "sel=model:qwen3-32b>rlFrom>model:deepswe-preview",
    "sel=dataset:livecodebench&lang=zh&theme=dark&table=1",
    "quiet=1&at=1200,340,0.62",
    "off.organization=Alibaba%2520Cloud,Meta%2520AI",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_restores_the_exact_state(explorer, page_all, address):
    first = explorer(page_all, address=address)
    first.wait_until("codellmGraph.state.view !== null")
    shown = first.page.evaluate(SHOWN)
    given = {part.split("=")[0] for part in address.split("&")}
    assert given - {"sel"} <= {part.split("=")[0] for part in shown["hash"].split("&")}
    again = explorer(page_all, address=shown["hash"])
    again.wait_until("codellmGraph.state.view !== null")
    assert again.page.evaluate(SHOWN) == shown


def test_the_address_follows_what_is_done(explorer, page_all):
    opened = explorer(page_all)
    page = opened.page
    page.evaluate("codellmGraph.show(codellmGraph.pick('model:deepseek-r1-distill'), true)")
    page.click("[data-dir=up]")
    page.uncheck("#legend input[data-kind=relation][data-value=distilledFrom]")
    opened.wait_until("location.hash.includes('off.relation=distilledFrom')")
    assert "sel=model:deepseek-r1-distill&dir=up" in page.evaluate("location.hash")


HOSTILE = [
    "sel=<img src=x onerror=alert(1)>&technique=javascript:alert(1)&benchmark=__proto__&a=constructor&b=toString",
    "at=NaN,Infinity,1e999&from=9999999-99&to=<script>&off.relation=__proto__,constructor&open=%00%ff%E0",
    "mode=constructor&dir=__proto__&lang=<b>&theme=javascript:&show=<svg/onload=alert(1)>&table=2&quiet=yes",
    "%&%%%=%&====&&&sel&=x&" + "a" * 50_000,
    "off.grade=" + ",".join(["1"] * 20_000),
    "at=1e308,-1e308,1e-300",
    "sel=model:qwen3-32b>__proto__>model:deepswe-preview&mode=path&a=&b=",
]


@pytest.mark.parametrize("address", HOSTILE)
def test_a_hostile_address_is_as_if_it_were_not_there(explorer, page_deepswe, address):
    opened = explorer(page_deepswe, address=address)
    assert opened.page.evaluate("codellmGraph.scene.marks.length") > 3
    state = opened.page.evaluate(
        "[codellmGraph.state.mode, codellmGraph.state.dir, codellmGraph.state.theme, codellmGraph.state.from]"
    )
    assert state[0] in ("explore", "path")
    assert state[1:] == ["both", "auto", ""]
    numbers = opened.page.evaluate("Object.values(codellmGraph.camera.view).map(Number.isFinite)")
    assert numbers == [True, True, True]
    assert opened.page.evaluate("document.querySelectorAll('#details img, #details script').length") == 0


def test_every_lineage_is_that_of_the_analysis(explorer, page_all, graph):
    """Families that speak for members, members that stand for families: the page follows the same rules."""
    view = load_view(graph)
    script = """() => Object.fromEntries(codellmGraph.nodes.map(n => [n.id,
      [false, true].map(down => [...codellmGraph.reach(n, down, () => true).far].map(m => m.id).sort())]))"""
    found = explorer(page_all).page.evaluate(script)
    expected = {i: [sorted(ancestors(view, i)), sorted(descendants(view, i))] for i in view.nodes}
    assert found == expected


def visible(opened) -> set[str]:
    return set(opened.page.evaluate("[...codellmGraph.visible.nodes].map(n => n.id)"))


def test_filters_hide_exactly_what_they_say(explorer, page_all, graph):
    view = load_view(graph)
    opened = explorer(page_all)
    page = opened.page
    everything = visible(opened)
    assert everything == set(view.nodes)

    page.uncheck("#legend input[data-kind=stage][data-value=none]")
    assert visible(opened) == {i for i in everything if view.nodes[i].stage}
    page.check("#legend input[data-kind=stage][data-value=none]")

    page.uncheck("#legend input[data-kind=openness][data-value=closed]")
    assert visible(opened) == {i for i in everything if view.nodes[i].openness != "closed"}
    page.check("#legend input[data-kind=openness][data-value=closed]")

    page.click("#legend details[data-kind=organization] summary")
    page.uncheck("#legend input[data-kind=organization][data-value='DeepSeek']")
    gone = everything - visible(opened)
    assert gone
    assert {view.nodes[i].organization for i in gone} == {"DeepSeek"}
    page.check("#legend input[data-kind=organization][data-value='DeepSeek']")

    page.fill("#uses", "Fill-in-the-middle")
    page.keyboard.press("Enter")
    page.dispatch_event("#uses", "change")
    users = set(read_field(graph, view).uses["technique:fim"])
    assert visible(opened) == users | {i for i in everything if view.nodes[i].family in users}
    page.fill("#uses", "")
    page.dispatch_event("#uses", "change")

    page.fill("#legend input[data-day=to]", "2023-06")
    page.dispatch_event("#legend input[data-day=to]", "change")
    expected = {i for i, n in view.nodes.items() if not n.earliest or n.earliest <= "2023-06~"}
    assert visible(opened) == expected


def test_relations_and_grades_filter_edges_and_lineage(explorer, page_all, graph):
    view = load_view(graph)
    opened = explorer(page_all, address="sel=model:deepswe-preview&dir=up")
    page = opened.page
    marks = set(page.evaluate("[...codellmGraph.lit.nodes].map(n => n.id)"))
    assert marks >= ancestors(view, "model:deepswe-preview")
    page.uncheck("#legend input[data-kind=relation][data-value=rlFrom]")
    assert "model:qwen3-32b" not in page.evaluate("[...codellmGraph.lit.nodes].map(n => n.id)")
    links = page.evaluate(
        "[...codellmGraph.visible.links].map(l => codellmGraph.graph.relations[l.relation][0])"
    )
    assert links
    assert "rlFrom" not in links
    page.click("#legend details[data-kind=relation] button.link")
    page.click("#legend details[data-kind=grade] summary")
    for grade in "234":
        if page.query_selector(f"#legend input[data-kind=grade][data-value='{grade}']"):
            page.uncheck(f"#legend input[data-kind=grade][data-value='{grade}']")
    best = page.evaluate(
        "[...codellmGraph.visible.links].every(l => l.edges.some(e => [0, 1].includes(codellmGraph.edges[e].grade)))"
    )
    assert best


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("qwen3 32b", "model:qwen3-32b"),
        ("agentica-org/DeepSWE-Preview", "model:deepswe-preview"),
        ("通义千问", None),
        ("中间填充目标", "technique:fim"),
        ("GRPO", "technique:grpo"),
        ("livecodebench", "dataset:livecodebench"),
    ],
)
def test_search_finds_any_name(explorer, page_all, typed, found):
    opened = explorer(page_all)
    page = opened.page
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "query"
    page.keyboard.type(typed)
    if found is None:
        page.keyboard.press("Enter")
        assert page.inner_text("#live") or page.evaluate("codellmGraph.state.sel")
        return
    opened.wait_until("!document.getElementById('hits').hidden")
    page.keyboard.press("Enter")
    selected = """(s => s.kind === 'thing' ? s.thing.id : s.kind === 'node' ? s.node.id : s.mark.id)(codellmGraph.state.sel)"""
    assert page.evaluate(selected) == found
    opened.wait_until("document.querySelector('#details h2') && !document.getElementById('details').ariaBusy")


def test_details_hold_every_statement_and_its_sources(explorer, page_all, graph):
    for name in ("model:deepcoder-14b-preview", "model:qwen3-4b"):
        opened = explorer(page_all, address=f"sel={name}")
        opened.wait_until("document.querySelectorAll('#details ol.sources li').length > 0")
        text = opened.page.inner_text("#details")
        for statement in api.show(graph, name).statements:
            if statement.property != "rdf:type":
                assert statement.label in text
                for citation in statement.citations:
                    assert citation.title in text
        links = opened.page.eval_on_selector_all(
            "#details a", "n => n.map(a => [a.protocol, a.rel, a.target])"
        )
        assert links
        assert all(p in ("http:", "https:") and "noopener" in rel and t == "_blank" for p, rel, t in links)
    # Qwen3-4B has a value that is not held true.
    assert opened.page.query_selector("#details li.rejected")


def test_a_link_shows_who_says_so(explorer, page_all):
    opened = explorer(page_all, address="sel=model:qwen3>rlFrom>model:deepswe-preview")
    opened.wait_until("document.querySelector('#details h2')")
    if opened.page.evaluate("codellmGraph.state.sel === null"):
        ends = opened.page.evaluate(
            """(l => [codellmGraph.marks[l.parent].id, codellmGraph.marks[l.child].id])(codellmGraph.links.find(l =>
              l.edges.some(e => codellmGraph.nodes[codellmGraph.edges[e].child].id === 'model:deepswe-preview')))"""
        )
        opened = explorer(page_all, address=f"sel={ends[0]}>rlFrom>{ends[1]}")
    opened.wait_until("document.querySelectorAll('#details ol.sources li').length > 0")
    hrefs = opened.page.eval_on_selector_all("#details ol a", "nodes => nodes.map(n => n.href)")
    assert "https://huggingface.co/agentica-org/DeepSWE-Preview" in hrefs


def test_lines_and_curves_run_as_the_layout_says(explorer, page_all, graph):
    """The page draws by the rules of geometry.py, so that its picture, SVG and PNG are one."""
    view = load_view(graph)
    shown = picture(view, everything(view))
    at, layout = shown.layout.positions, shown.layout
    script = """() => codellmGraph.scene.lines.map(l => [codellmGraph.marks[l.link.parent].id,
      codellmGraph.marks[l.link.child].id, 3 * l.link.nth, l.line, l.points.map(p => [p.x, p.y])])"""
    drawn = explorer(page_all).page.evaluate(script)
    assert len(drawn) == len(shown.releases.links) - len(shown.quiet)
    for parent, child, aside, line, points in drawn:
        ends = at[parent], at[child]
        assert line == (layout.lines.get(child) == parent)
        if line:
            # Several relations of one pair run side by side.
            corners = [(x + aside, y + aside) for x, y in elbow(*ends)]
            expected = list(dict.fromkeys(corners))
        else:
            expected = curve(*ends, layout.bends.get((parent, child), 0))
        assert [tuple(p) for p in points] == [pytest.approx(p, abs=0.11) for p in expected]


def test_a_release_opens_and_closes(explorer, page_all, graph):
    opened = explorer(page_all, address="sel=model:qwen2.5")
    opened.wait_until("document.querySelector('#details .actions button')")
    before = opened.page.evaluate("codellmGraph.scene.marks.map(m => m.y)")
    opened.page.click("#details .actions button:first-child")
    members = set(opened.page.evaluate("codellmGraph.scene.items.map(i => i.node.id)"))
    view = load_view(graph)
    first = min(view.nodes[m].earliest for m in view.members["model:qwen2.5"] if view.nodes[m].earliest)
    assert members == {m for m in view.members["model:qwen2.5"] if view.nodes[m].earliest == first}
    places = opened.page.evaluate("codellmGraph.scene.items.map(i => [i.x, i.y])")
    assert len({tuple(p) for p in places}) == len(places)
    # What stood below has moved down by as many rows, and nothing else.
    after = opened.page.evaluate("codellmGraph.scene.marks.map(m => m.y)")
    row = opened.page.evaluate("codellmGraph.graph.row")
    assert {b - a for a, b in zip(before, after, strict=True)} == {0, row * len(members)}
    opened.page.click("#details .actions button:first-child")
    assert opened.page.evaluate("codellmGraph.scene.marks.map(m => m.y)") == before


def test_data_and_techniques_stand_below_on_demand(explorer, page_all, graph):
    opened = explorer(page_all, address="sel=model:deepswe-preview")
    opened.wait_until("document.querySelector('#details .actions button')")
    assert opened.page.evaluate("codellmGraph.scene.items.length") == 0
    opened.page.click("#details .actions button:has-text('Techniques')")
    shown = set(opened.page.evaluate("codellmGraph.scene.items.map(i => i.thing.id)"))
    query = "SELECT DISTINCT ?t { VALUES ?m { model:deepswe-preview model:deepswe } ?m clg:uses ?t }"
    assert shown
    assert shown <= {row["t"] for row in api.select(graph, query)}
    opened.page.click("#details .actions button:has-text('Data')")
    more = set(opened.page.evaluate("codellmGraph.scene.items.map(i => i.thing.id)"))
    assert "dataset:r2e-gym" in " ".join(more) or more > shown


@pytest.mark.parametrize(
    ("scheme", "width"),
    [("light", 1400), ("dark", 1400), ("light", 820), ("dark", 820), ("light", 390), ("dark", 390)],
)
def test_the_whole_graph_at_three_widths(explorer, page_all, scheme, width):
    opened = explorer(page_all, scheme=scheme, width=width)
    assert opened.page.evaluate("document.documentElement.dataset.theme") == scheme
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    opened.wait_until("codellmGraph.camera.labels.length > 5")
    opened.shoot(f"all-{scheme}-{width}")
    opened.page.evaluate("codellmGraph.show(codellmGraph.pick('model:deepseek-r1-distill'), true)")
    opened.wait_until("document.querySelectorAll('#details ol.sources li').length > 0")
    opened.page.wait_for_timeout(500)
    opened.shoot(f"selected-{scheme}-{width}")


def test_both_languages_and_both_themes_by_hand(explorer, page_all):
    opened = explorer(page_all, locale="en-GB")
    page = opened.page
    assert page.inner_text("#fit") == "Fit"
    page.click("#language")
    assert page.inner_text("#fit") == "适应"
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert "关系" in page.inner_text("#legend")
    page.click("#theme")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    opened.shoot("all-chinese-dark")
    page.click("#language")
    assert page.inner_text("#fit") == "Fit"


def test_every_word_is_in_both_languages(explorer, page_all):
    words = json.loads((Path(api.__file__).parent / "present" / "page" / "words.json").read_text("utf-8"))
    assert all(len(pair) == 2 and all(pair) for pair in words.values())
    # Every key that a script or the page asks for is there, and none for nothing.
    opened = explorer(page_all)
    asked = set(
        opened.page.evaluate(
            "[...document.querySelectorAll('[data-t],[data-t-label],[data-t-hint]')].flatMap(n => [n.dataset.t, n.dataset.tLabel, n.dataset.tHint].filter(Boolean))"
        )
    )
    assert asked <= set(words)


def test_notebook_frame_draws_the_page(open_page, page_deepswe):
    """Jupyter shows it in a sandboxed frame, which has no address and no origin of its own."""
    frame = api.Page(page_deepswe)._repr_html_()
    opened = open_page(
        f"<!DOCTYPE html><title>notebook</title><script>window.codellmGraph = 1</script>{frame}"
    )
    inner = opened.page.frames[1]
    inner.wait_for_selector("#details h2")
    assert inner.inner_text("#details h2").startswith("DeepSWE")
    inner.click("[data-dir=up]")
    inner.click("#fit")
    assert inner.evaluate("codellmGraph.scene.marks.length") > 3
    opened.shoot("notebook")
    assert opened.complaints == []
