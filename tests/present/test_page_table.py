"""The explorer's table, its slider of time, and the graph that it saves, in a real browser."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

import networkx as nx
import pytest
from axe_playwright_python.sync_playwright import Axe

from codellm_graph.analyses.adoption import adoptions
from codellm_graph.analyses.carriers import carriers
from codellm_graph.analyses.exposure import NO_EVIDENCE, exposures
from codellm_graph.analyses.field import read_field
from codellm_graph.analyses.lineage import everything, trace
from codellm_graph.evidence import describe_all
from codellm_graph.names import labels
from codellm_graph.present.picture import picture
from codellm_graph.view import load_view

#: The rows of the table that is open, as [name of the row, cells].
ROWS = """() => [...document.querySelectorAll("#table tbody tr")].map((tr) =>
  [tr.querySelector("button").dataset.row, ...[...tr.children].map((c) => [...c.querySelectorAll("li")].map((l) => l.textContent).join("\\n") || c.textContent)])"""
HEADINGS = "() => [...document.querySelectorAll('#table thead th')].map((th) => th.querySelector('button').dataset.sort)"
SHOWN = "() => [...codellmGraph.visible.nodes].map((n) => n.id)"
MONTH = "() => [codellmGraph.state.to, document.getElementById('until').getAttribute('aria-valuetext'), document.getElementById('releases').textContent]"


@pytest.fixture(scope="module")
def view(graph):
    return load_view(graph)


@pytest.fixture(scope="module")
def shown(view):
    return picture(view, everything(view))


@pytest.fixture(scope="module")
def words(graph):
    return labels(graph)


@pytest.fixture(scope="module")
def models(shown):
    return [m for mark in shown.releases.marks.values() for m in mark.members]


@pytest.fixture(scope="module")
def edges(shown, models):
    """Edges that the whole picture tells of: its lines, and those within a release."""
    found = shown.releases
    drawn = [shown.lineage.edges[n] for link in found.links if link not in shown.quiet for n in link.edges]
    inner = [
        e
        for e in shown.lineage.edges
        if {e.parent, e.child} <= set(models) and found.of[e.parent] == found.of[e.child]
    ]
    return drawn + inner


def open_table(opened, *, whole=True):
    opened.page.click("#tablebutton")
    opened.wait_until("codellmGraph.evidence !== null")
    while whole and opened.page.locator("#table .more").count():
        opened.page.click("#table .more")


def rows(opened):
    """Return the rows of the table as dicts from column to text, by what they are of."""
    names = opened.page.evaluate(HEADINGS)
    return {row: dict(zip(names, cells, strict=True)) for row, *cells in opened.page.evaluate(ROWS)}


def save_json(opened, tmp_path):
    opened.page.click("#save")
    with opened.page.expect_download() as waiting:
        opened.page.click("[data-save=json]")
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_table_carries_the_facts_of_the_view(explorer, page_all, graph, view, models, edges, words):
    opened = explorer(page_all)
    assert opened.page.is_visible("#stage")
    open_table(opened)
    assert not opened.page.is_visible("#stage")
    assert opened.page.get_attribute("#tablebutton", "aria-pressed") == "true"
    found = rows(opened)
    assert set(found) == set(models)
    things = describe_all(graph, models)
    said = defaultdict(list)
    for e in edges:
        grade = f" (grade {e.grade})" if e.grade else ""
        said[e.child].append(f"{words['clg:' + e.relation]} {view.nodes[e.parent].label}{grade}")
    for name, cells in found.items():
        node = view.nodes[name]
        assert cells["name"] == node.label
        assert cells["released"] == (node.released or "")
        assert cells["stage"] == (node.stage or "")
        assert sorted(cells["organizations"].split(", ")) == sorted((node.organization or "").split(", "))
        assert cells["license"] == f"{node.license or ''} {node.openness or 'unknown'}".strip()
        assert bool(cells["parameters"]) == bool(node.parameters)
        if node.parameters:
            assert float(cells["parameters"].removesuffix(" B")) == pytest.approx(node.parameters, abs=1e-4)
        assert cells["family"] == (view.nodes[node.family].label if node.family else "")
        own = [line for line in cells["parents"].split("\n") if line and not line.endswith("of the family")]
        assert sorted(own) == sorted(said[name])
        doubted = {s.property for s in things[name].statements if not s.accepted and not s.agrees}
        assert cells["disputed"] == str(len(doubted) or "")
    opened.shoot("table-light")
    # What is said of a family stands with its models, and says so.
    assert any(cells["parents"].endswith("of the family") for cells in found.values())


def test_table_lists_every_link_with_its_sources(explorer, page_all, view, edges, words):
    opened = explorer(page_all)
    open_table(opened, whole=False)
    opened.page.click("#table [data-list=links]")
    while opened.page.locator("#table .more").count():
        opened.page.click("#table .more")
    expected = Counter(
        (
            view.nodes[e.child].label,
            words[f"clg:{e.relation}"],
            view.nodes[e.parent].label,
            str(e.grade or "not graded"),
            str(len(set(e.citations))),
        )
        for e in edges
    )
    assert Counter(tuple(cells.values()) for cells in rows(opened).values()) == expected


def test_table_is_of_what_is_lit_up(explorer, page_all, view, models):
    opened = explorer(page_all)
    open_table(opened)
    opened.page.click("#table tbody [data-row='model:deepswe-preview']")
    found = rows(opened)
    reached = set(trace(view, "model:deepswe-preview").nodes) & set(models)
    assert "model:qwen3-32b" in reached
    assert reached <= set(found) < set(models)
    of = opened.page.evaluate("() => Object.fromEntries(codellmGraph.nodes.map((n) => [n.id, n.mark]))")
    lit = opened.page.evaluate("() => codellmGraph.scene.marks.filter((m) => m.on).map((m) => m.mark.i)")
    assert {of[name] for name in found} == set(lit)
    # The button that was pressed is still where the keyboard is.
    assert opened.page.evaluate("document.activeElement.dataset.row") == "model:deepswe-preview"
    opened.page.click("#table [data-list=whole]")
    assert opened.page.evaluate("codellmGraph.state.sel") is None
    assert opened.page.text_content("#table caption").startswith(f"{len(models)} of {len(models)} models")


def test_picture_comes_back_as_it_was(explorer, page_deepswe):
    opened = explorer(page_deepswe)
    before = opened.page.evaluate("({ ...codellmGraph.camera.view })")
    opened.page.click("#tablebutton")
    opened.page.click("#fit")
    opened.page.click("#tablebutton")
    assert opened.page.evaluate("({ ...codellmGraph.camera.view })") == before
    assert opened.page.is_visible("#stage")
    assert opened.page.evaluate("document.querySelector('#stage canvas').width") > 400


def test_table_sorts_by_its_headings(explorer, page_all, view):
    opened = explorer(page_all)
    open_table(opened)

    def column(name):
        return [cells[name] for cells in rows(opened).values()]

    days = [view.nodes[name].earliest or "no date" for name in rows(opened)]
    assert days == sorted(days)
    for wanted in ("descending", "ascending"):
        opened.page.click("#table [data-sort=parameters]")
        assert opened.page.eval_on_selector_all(
            "#table th[aria-sort]", "l => l.map((th) => [th.textContent.slice(0, 10), th.ariaSort])"
        ) == [["Parameters", wanted]]
        assert opened.page.evaluate("document.activeElement.dataset.sort") == "parameters"
        # Sorting shows the first rows again.
        while opened.page.locator("#table .more").count():
            opened.page.click("#table .more")
        sizes = column("parameters")
        known = [float(size.split()[0]) for size in sizes if size]
        assert known == sorted(known, reverse=wanted == "descending")
        assert sizes == [s for s in sizes if s] + [""] * sizes.count("")


def test_table_grows_by_chunks_and_follows_the_filters(explorer, page_all, models):
    opened = explorer(page_all)
    open_table(opened, whole=False)
    assert len(rows(opened)) == 300
    opened.page.click("#table .more")
    assert len(rows(opened)) == 600
    place = "[...document.querySelectorAll('#table tbody tr')].indexOf(document.activeElement.closest('tr'))"
    assert opened.page.evaluate(place) == 300
    opened.page.click("#table .more")
    assert len(rows(opened)) == len(models)
    assert opened.page.locator("#table .more").count() == 0
    opened.page.click("#legend input[data-kind=openness][data-value=open]")
    assert not any(cells["license"].endswith("open") for cells in rows(opened).values())
    opened.page.evaluate(
        "codellmGraph.update({ from: '2100', off: { ...codellmGraph.state.off, openness: new Set([0, 1, 2, 3]) } })"
    )
    assert opened.page.text_content("#table .empty") == "Nothing is shown: the filters leave nothing over."


def test_table_says_how_a_benchmark_was_met(explorer, page_all, graph, view, models):
    met = {b: [m for m in e.met if m.exposure != NO_EVIDENCE] for b, e in exposures(graph, view).items()}
    benchmark = max(met, key=lambda b: len(met[b]))
    opened = explorer(page_all, address=f"mode=exposure&benchmark={benchmark}&table=1")
    opened.wait_until("codellmGraph.evidence !== null")
    found = rows(opened)
    expected = {m.id: m.exposure + (" (possible)" if m.possible else "") for m in met[benchmark]}
    direct = {name for name in expected if name in models}
    assert len(direct) > 10
    assert direct <= set(found)
    for name, cells in found.items():
        family = view.nodes[name].family
        assert cells["says"] == expected.get(name, expected.get(family, ""))


def test_slider_filters_by_date_exactly(explorer, page_all, view):
    opened = explorer(page_all)
    first = min(n.earliest for n in view.nodes.values() if n.earliest and n.kind in ("Model", "Checkpoint"))
    slider = opened.page.locator("#until")
    assert slider.get_attribute("aria-valuetext").startswith("all, until ")
    slider.focus()
    for key, month in (("Home", first[:7]), ("End", ""), ("ArrowLeft", None)):
        opened.page.keyboard.press(key)
        to, said, count = opened.page.evaluate(MONTH)
        if month is not None:
            assert to == month
        assert set(opened.page.evaluate(SHOWN)) == {
            i for i, n in view.nodes.items() if not to or not n.earliest or n.earliest[:7] <= to
        }
        assert count == f"{opened.page.evaluate('codellmGraph.visible.marks.size')} releases"
        assert said.startswith("until " if to else "all, until ")
    # A month that was typed in the filter moves the slider.
    opened.page.evaluate("codellmGraph.update({ to: '2023' })")
    assert opened.page.evaluate(MONTH)[1] == "until Dec 2023"
    assert opened.page.evaluate("codellmGraph.toHash()").count("to=2023") == 1
    opened.shoot("slider-light")


def test_play_runs_month_by_month_and_stops(explorer, page_all, view):
    opened = explorer(page_all)
    opened.page.evaluate("codellmGraph.update({ to: '2022-12' })")
    opened.page.evaluate(
        """() => { window.seen = []; new MutationObserver(() => { const { to } = codellmGraph.state; if (to !== seen.at(-1)?.[0]) seen.push([to, codellmGraph.visible.marks.size]); })
        .observe(document.getElementById("month"), { childList: true }); }"""
    )
    button = opened.page.locator("#play")
    button.click()
    opened.wait_until("window.seen.length > 4")
    button.click()
    assert button.get_attribute("aria-label") == "Play the releases in time"
    stopped = opened.page.evaluate("codellmGraph.state.to")
    seen = opened.page.evaluate("window.seen.map(([to]) => to)")
    assert "2022-12" < stopped == seen[-1]
    assert seen == sorted(seen)
    assert set(opened.page.evaluate(SHOWN)) == {
        i for i, n in view.nodes.items() if not n.earliest or n.earliest[:7] <= stopped
    }
    # It ends without a limit.
    opened.page.locator("#until").focus()
    for key in ("End", "ArrowLeft", "ArrowLeft"):
        opened.page.keyboard.press(key)
    button.click()
    opened.wait_until("codellmGraph.state.to === ''")
    opened.wait_until("document.getElementById('play').ariaLabel === 'Play the releases in time'")


def test_with_reduced_motion_play_is_one_step(explorer, page_all):
    opened = explorer(page_all, reduced_motion="reduce", address="to=2024-11")
    for month in ("2024-12", "2025-01"):
        opened.page.click("#play")
        assert opened.page.evaluate("codellmGraph.state.to") == month
    assert opened.page.get_attribute("#play", "aria-label") == "One month further"


def test_technique_column_tells_inherited_from_taken_up(explorer, page_all, graph, view):
    field = read_field(graph, view)
    found = {t: adoptions(field, field.techniques[t], carriers(field, t)) for t in sorted(field.techniques)}
    technique = max(found, key=lambda t: (len({a.mode for a in found[t]}), len(found[t])))
    mode = {a.carrier.unit: a.mode for a in found[technique]}
    assert {"first recorded", "inherited"} <= set(mode.values())
    opened = explorer(page_all, address=f"mode=technique&technique={technique}&table=1")
    found = rows(opened)
    said = {
        "own organization": "from its own organization",
        "other organization": "from another organization",
    }
    told = set()
    for name, cells in found.items():
        unit = name if name in mode else view.nodes[name].family
        assert cells["says"].removesuffix(" (by necessity)") == said.get(mode[unit], mode[unit])
        told.add(unit)
    assert told == set(mode)


def test_json_is_the_lineage_with_its_citations(explorer, page_all, view, models, edges, tmp_path):
    opened = explorer(page_all)
    found = nx.node_link_graph(json.loads(save_json(opened, tmp_path).read_text("utf-8")), edges="edges")
    assert set(models) <= set(found) == {*models, *(i for e in edges for i in (e.parent, e.child))}
    for name, values in found.nodes(data=True):
        node = view.nodes[name]
        same = ("label", "kind", "released", "stage", "license")
        assert [values[key] for key in same] == [getattr(node, key) for key in same]
        assert sorted((values["organization"] or "").split(", ")) == sorted(
            (node.organization or "").split(", ")
        )
    assert {(a, b, key) for a, b, key in found.edges(keys=True)} == {
        (e.parent, e.child, e.relation) for e in edges
    }
    for e in edges:
        values = found.edges[e.parent, e.child, e.relation]
        assert (values["relation"], values["grade"]) == (e.relation, e.grade)
        told = {(c["title"], c["locator"], c["url"]) for c in values["citations"]}
        assert told == {(c.title, c.locator, c.url) for c in e.citations}
    # What is lit up is all that is saved of a selection.
    opened.page.evaluate("codellmGraph.show(codellmGraph.pick('model:deepswe-preview'))")
    path = save_json(opened, tmp_path)
    assert path.name == "deepswe-preview.json"
    part = nx.node_link_graph(json.loads(path.read_text("utf-8")), edges="edges")
    assert set(trace(view, "model:deepswe-preview").nodes) & set(models) <= set(part) < set(found)


@pytest.mark.parametrize(("width", "scheme"), [(1400, "dark"), (820, "light"), (390, "dark")])
def test_table_and_slider_fit_every_width(explorer, page_all, width, scheme):
    opened = explorer(page_all, width=width, scheme=scheme, bypass_csp=True)
    opened.shoot(f"slider-{width}-{scheme}")
    open_table(opened, whole=False)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(opened.page, context="#centre").response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found] == []
    opened.shoot(f"table-{width}-{scheme}")
