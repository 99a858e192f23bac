"""The explorer by keyboard alone, and what it says of each step."""

from __future__ import annotations

import itertools
import re

import pytest

from codellm_graph.analyses.lineage import around
from codellm_graph.view import load_view

MARK = "() => { const s = codellmGraph.state.sel; return s && s.mark ? s.mark.id : null; }"
LIVE = "document.getElementById('live').textContent"


def tab_to_stage(page):
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "stage":
            return
    raise AssertionError("the picture is never reached")


def test_walk_from_deepswe_to_its_oldest_ancestor(explorer, page_all, graph):
    view = load_view(graph)
    lineage = around(view, "model:deepswe")
    dated = [n for n in lineage.nodes.values() if n.earliest and n.id != "model:deepswe"]
    oldest = min(n.earliest for n in dated)
    opened = explorer(page_all)
    page = opened.page
    page.keyboard.press("/")
    page.keyboard.type("DeepSWE")
    page.keyboard.press("Enter")
    opened.wait_until("codellmGraph.state.sel !== null")
    assert "DeepSWE" in page.evaluate(LIVE)
    tab_to_stage(page)
    passed = [page.evaluate(MARK)]
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
        if page.evaluate(MARK) == passed[-1]:
            break
        passed.append(page.evaluate(MARK))
    assert page.evaluate(LIVE) == "nothing further that way"
    assert len(passed) >= 5
    # Every step is an edge of the graph, between models of the two releases or their families.
    whole = page.evaluate(
        "(ids) => ids.map((id) => { const m = codellmGraph.marks.find((x) => x.id === id); return [...m.members, ...m.groups].map((n) => n.id); })",
        passed,
    )
    pairs = {(e.parent, e.child) for e in view.edges}
    for child, parent in itertools.pairwise(whole):
        assert any((p, c) in pairs for p in parent for c in child)
    assert any(view.nodes[n].earliest == oldest for n in whole[-1] if n in view.nodes)
    # And back again, the way it came.
    for mark in passed[-2::-1]:
        page.keyboard.press("ArrowRight")
        assert page.evaluate(MARK) == mark
    opened.wait_until("codellmGraph.camera.labels.some((l) => l.item.label === 'DeepSWE-Preview')")
    opened.shoot("keyboard-walk")


def test_siblings_ends_and_the_nearest_of_all(explorer, page_all):
    opened = explorer(page_all)
    page = opened.page
    page.keyboard.press("ArrowRight")
    middle = page.evaluate(
        """() => { const { camera, scene } = codellmGraph, { width, height } = camera.size();
        return [...scene.marks].map((m) => { const p = camera.toScreen(m); return [Math.hypot(p.x - width / 2, p.y - height / 2), m.mark.id]; }).sort((a, b) => a[0] - b[0])[0][1]; }"""
    )
    assert page.evaluate(MARK) == middle
    page.evaluate("() => codellmGraph.show(codellmGraph.pick('model:qwen3'))")
    page.keyboard.press("ArrowRight")
    first = page.evaluate(MARK)
    children = page.evaluate(
        """() => { const { links, marks } = codellmGraph, parent = marks.find((m) => m.id === 'model:qwen3');
        return [...new Set(links.filter((l) => l.parent === parent.i).map((l) => marks[l.child]))].sort((a, b) => a.row - b.row || a.i - b.i).map((m) => m.id); }"""
    )
    place = children.index(first)
    assert len(children) > 3
    assert f"{place + 1} of {len(children)} below Qwen3" in page.evaluate(LIVE)
    key, sign = ("ArrowDown", 1) if place < len(children) - 1 else ("ArrowUp", -1)
    page.keyboard.press(key)
    sibling = children[place + sign]
    assert page.evaluate(MARK) == sibling
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(MARK) == "model:qwen3"
    # The walk goes on from the sibling that it came from.
    page.keyboard.press("ArrowRight")
    assert page.evaluate(MARK) == sibling
    dated = "() => [...codellmGraph.marks].filter((m) => m.members.some((n) => n.day)).sort((a, b) => a.x - b.x || a.row - b.row).map((m) => m.id)"
    order = page.evaluate(dated)
    for press, mark in (("Home", order[0]), ("End", order[-1])):
        page.keyboard.press(press)
        assert page.evaluate(MARK) == mark


def test_a_step_off_the_screen_brings_the_camera(explorer, page_all):
    opened = explorer(page_all, reduced_motion="reduce")
    page = opened.page
    page.evaluate(
        "() => { const { camera, scene, show, pick } = codellmGraph; show(pick('model:qwen3')); camera.center(scene.marks.find((m) => m.mark.id === 'model:qwen3'), 0.9); }"
    )
    inside = """() => { const { camera, scene, state } = codellmGraph, p = camera.toScreen(scene.marks.find((m) => m.mark === state.sel.mark)), { width, height } = camera.size();
      return p.x > 0 && p.x < width && p.y > 20 && p.y < height; }"""
    view = "() => JSON.stringify(codellmGraph.camera.view)"
    before = page.evaluate(view)
    page.keyboard.press("Home")
    assert page.evaluate(view) != before
    assert page.evaluate(inside)
    page.evaluate(
        "() => { codellmGraph.camera.fit({ left: -4000, right: 9000, top: -3000, bottom: 6000 }, 1); }"
    )
    before = page.evaluate(view)
    page.keyboard.press("ArrowRight")
    # What is on the screen is selected without a move.
    assert page.evaluate(inside)
    assert page.evaluate(view) == before


def test_what_is_said(explorer, page_all, graph):
    opened = explorer(page_all, address="lang=en&sel=model:qwen3")
    page = opened.page
    view = load_view(graph)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    text = page.evaluate(LIVE)
    facts = page.evaluate(
        """() => { const { links, marks } = codellmGraph, m = marks.find((x) => x.id === 'model:qwen3'), far = (end, other) => new Set(links.filter((l) => marks[l[other]] === m).map((l) => l[end])).size;
        return [m.label, m.members.length, far('parent', 'child'), far('child', 'parent')]; }"""
    )
    label, count, parents, children = facts
    assert text.startswith(f"{label}, {view.nodes['model:qwen3-32b'].released}")
    assert re.search(rf", {parents} parents?, {children} children", text)
    assert text.endswith("closed, Enter opens it")
    page.keyboard.press("Enter")
    assert page.evaluate(LIVE) == f"{label}: opened, {count} models below it"
    assert page.evaluate("codellmGraph.state.open.size") == 1
    page.keyboard.press("ArrowDown")
    assert f"model 1 of {count} in {label}" in page.evaluate(LIVE)
    page.keyboard.press("ArrowDown")
    assert f"model 2 of {count} in {label}" in page.evaluate(LIVE)
    assert page.evaluate("codellmGraph.state.sel.kind") == "node"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("codellmGraph.state.sel.kind") == "mark"
    page.keyboard.press(" ")
    assert page.evaluate(LIVE) == f"{label}: closed"
    page.keyboard.press("Escape")
    assert page.evaluate(LIVE) == "nothing selected"
    # In Chinese, too.
    page.click("#language")
    page.focus("#stage")
    page.keyboard.press("Home")
    assert re.search("个父节点.*个子节点", page.evaluate(LIVE))


def test_keys_of_the_camera(explorer, page_all):
    opened = explorer(page_all, reduced_motion="reduce")
    page = opened.page
    view = "() => ({ ...codellmGraph.camera.view })"
    page.keyboard.press("0")
    fitted = page.evaluate(view)
    page.keyboard.press("+")
    near = page.evaluate(view)
    assert near["s"] == pytest.approx(1.3 * fitted["s"])
    page.keyboard.press("-")
    assert page.evaluate(view)["s"] == pytest.approx(fitted["s"])
    for key, axis, sign in (
        ("ArrowRight", "x", 1),
        ("ArrowLeft", "x", -1),
        ("ArrowDown", "y", 1),
        ("ArrowUp", "y", -1),
    ):
        before = page.evaluate(view)
        page.keyboard.press(f"Shift+{key}")
        after = page.evaluate(view)
        assert (after[axis] - before[axis]) * sign * after["s"] == pytest.approx(80)
    assert page.evaluate(MARK) is None
    page.keyboard.press("+")
    page.keyboard.press("0")
    assert page.evaluate(view) == pytest.approx(fitted)


def test_escape_takes_back_one_thing_at_a_time(explorer, page_all):
    opened = explorer(
        page_all,
        address="lang=en&mode=technique&technique=technique:fim&sel=model:qwen3&off.relation=succeeds",
    )
    page = opened.page
    page.click("#save")
    assert page.is_visible("#savemenu")
    page.keyboard.press("/")
    page.keyboard.type("deep")
    assert page.is_visible("#hits")
    states = "() => [document.getElementById('hits').hidden, codellmGraph.state.sel === null, codellmGraph.state.mode, codellmGraph.state.off.relation.size]"
    page.keyboard.press("Escape")
    assert page.evaluate(states) == [True, False, "technique", 1]
    assert page.evaluate("document.activeElement.id") == "stage"
    page.click("#save")
    if page.is_hidden("#savemenu"):
        page.click("#save")
    assert page.is_visible("#savemenu")
    page.keyboard.press("Escape")
    assert page.is_hidden("#savemenu")
    assert page.get_attribute("#save", "aria-expanded") == "false"
    assert page.evaluate(states) == [True, False, "technique", 1]
    page.keyboard.press("Escape")
    assert page.evaluate(states) == [True, True, "technique", 1]
    page.keyboard.press("Escape")
    assert page.evaluate(states) == [True, True, "explore", 1]
    page.keyboard.press("Escape")
    assert page.evaluate(states) == [True, True, "explore", 1]


def test_keys_are_letters_where_one_types(explorer, page_all):
    opened = explorer(page_all)
    page = opened.page
    page.keyboard.press("/")
    page.keyboard.type("t?/+0")
    assert page.input_value("#query") == "t?/+0"
    assert page.evaluate("() => [codellmGraph.state.table, document.getElementById('helpdialog').open]") == [
        False,
        False,
    ]
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    opened.wait_until("codellmGraph.state.table")
    assert page.is_visible("#table")
    page.keyboard.press("t")
    opened.wait_until("!codellmGraph.state.table")
    assert page.is_visible("#stage")


@pytest.mark.parametrize("opener", ["?", "button"])
def test_help_opens_closes_and_gives_the_focus_back(explorer, page_all, opener):
    opened = explorer(page_all)
    page = opened.page
    for way in ("Escape", "button", "backdrop"):
        if opener == "?":
            page.focus("#stage")
            page.keyboard.press("?")
        else:
            page.focus("#help")
            page.keyboard.press("Enter")
        assert page.evaluate("document.getElementById('helpdialog').matches(':modal')")
        assert page.evaluate("document.getElementById('helpdialog').contains(document.activeElement)")
        text = page.inner_text("#helpdialog")
        for words in ("to the parent", "Esc", "Evidence grades", "unknown, not absent"):
            assert words in text
        # Keys of the page do nothing behind it.
        page.keyboard.press("End")
        assert page.evaluate(MARK) is None
        if way == "Escape":
            page.keyboard.press("Escape")
        elif way == "button":
            page.click("#helpdialog button")
        else:
            page.mouse.click(5, 5)
        assert page.evaluate("document.getElementById('helpdialog').open") is False
        assert page.evaluate("document.activeElement.id") == ("stage" if opener == "?" else "help")
