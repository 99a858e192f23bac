"""The explorer's questions (technique, exposure, path, compare), asked in a real browser by typing and clicking."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise

import pytest

import codellm_graph as cg
from codellm_graph.analyses.adoption import adoptions
from codellm_graph.analyses.carriers import carriers
from codellm_graph.analyses.exposure import NO_EVIDENCE
from codellm_graph.analyses.field import read_field
from codellm_graph.analyses.lineage import everything
from codellm_graph.names import labels
from codellm_graph.present.picture import picture
from codellm_graph.view import load_view

FIM = "technique:fim"
LIT = "() => [...codellmGraph.lit.marks].map((m) => m.id)"
TONES = "() => Object.fromEntries([...codellmGraph.lit.kinds].map(([m, kind]) => [m.id, kind]))"
ADOPTERS = "() => [...document.querySelectorAll('ol.adopters > li')].map((li) => [li.dataset.adopter, li.querySelector('.when').textContent])"
DOTS = "() => [...document.querySelectorAll('#stairs .dot')].map((dot) => dot.getAttribute('aria-label'))"
STEPS = "() => [...document.querySelectorAll('ol.path > li')].map((li) => [li.dataset.step, li.dataset.dir || ''])"
#: What the comparison lists, as {kind: {part: values}}.
COMPARED = """() => { const found = {};
  for (const fold of document.querySelectorAll("details.fold[data-compare]")) (found[fold.dataset.compare] ||= {})[fold.dataset.part] = [...fold.querySelectorAll("li")].map((li) => li.dataset.value);
  return found; }"""
#: The boxes of what is written in the staircase, and of its dots.
STAIR_BOXES = """(what) => [...document.querySelectorAll(what)].map((e) => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; })"""
MOTION = {"reduced_motion": "no-preference"}


@pytest.fixture(scope="module")
def view(graph):
    return load_view(graph)


@pytest.fixture(scope="module")
def field(graph, view):
    return read_field(graph, view)


@pytest.fixture(scope="module")
def fim(field):
    """Return the adopters of FIM, oldest first."""
    return adoptions(field, field.techniques[FIM], carriers(field, FIM))


@pytest.fixture(scope="module")
def of(view):
    """Return the release of each model."""
    return picture(view, everything(view)).releases.of


@pytest.fixture(scope="module")
def words(graph):
    return labels(graph)


def idle(opened):
    opened.wait_until("!document.getElementById('details').hasAttribute('aria-busy')")


def turn(opened, mode):
    opened.page.click(f"#modes button[data-mode={mode}]")
    idle(opened)


def type_name(opened, key, text):
    box = opened.page.locator(f"#modeform input[data-field={key}]")
    box.fill("")
    box.press_sequentially(text)
    box.press("Enter")
    idle(opened)


def ask(opened, mode, **names):
    turn(opened, mode)
    for key, name in names.items():
        type_name(opened, key, name)


def marks_of(field, of, adopted, until="9"):
    """Return the releases by whose models adopters are seen: those that use it, else the first."""
    found = set()
    for a in adopted:
        own = [p for p in field.units[a.carrier.unit].parts if p in of]
        users = [p for p in own if p in field.uses[FIM] and p != a.carrier.unit] or (
            own if len(own) == 1 else sorted(own, key=lambda p: field.dates[p][1] or "9")[:1]
        )
        found |= {of[p] for p in users if (field.dates[p][1] or "") <= until}
    return found


def overlap(a, b, gap=0.0):
    return a[0] < b[2] - gap and b[0] < a[2] - gap and a[1] < b[3] - gap and b[1] < a[3] - gap


def test_a_technique_lights_up_exactly_its_adopters(explorer, page_all, field, fim, of):
    opened = explorer(page_all)
    ask(opened, "technique", technique="FIM")
    assert opened.page.input_value("#modeform input") == "Fill-in-the-middle"
    assert set(opened.page.evaluate(LIT)) == marks_of(field, of, fim)
    tones = Counter(
        "inherited" if a.mode == "inherited" else "undated" if a.mode == "undated" else "taken" for a in fim
    )
    shown = opened.page.evaluate(
        "() => [...document.querySelectorAll('#modeform .tone')].map((x) => [x.dataset.tone, +x.querySelector('.count').textContent])"
    )
    assert dict(shown) == {tone: tones[tone] for tone in ("taken", "inherited", "undated")}
    opened.shoot("technique-fim")


def test_what_is_inherited_is_told_apart_and_has_its_lines(explorer, page_all, field, of):
    opened = explorer(page_all)
    ask(opened, "technique", technique="GQA")
    adopted = adoptions(field, field.techniques["technique:gqa"], carriers(field, "technique:gqa"))
    tones = opened.page.evaluate(TONES)
    alone = [a for a in adopted if len(field.units[a.carrier.unit].parts) == 1 and a.carrier.unit in of]
    assert len(alone) > 5
    for a in alone:
        told = {"inherited": "inherited", "undated": "undated"}.get(a.mode, "taken")
        assert tones[of[a.carrier.unit]] == told, a.carrier.unit
    assert {"inherited", "taken"} <= set(tones.values())
    relations = opened.page.evaluate(
        "() => [...codellmGraph.lit.links].map((l) => codellmGraph.graph.relations[l.relation][6])"
    )
    assert len(relations) > 10
    assert set(relations) == {1}


def test_adopters_are_listed_in_the_order_of_dates(explorer, page_all, fim):
    opened = explorer(page_all)
    ask(opened, "technique", technique="fill in the middle")
    listed = opened.page.evaluate(ADOPTERS)
    assert listed == [[a.carrier.unit, a.carrier.earliest or "no date"] for a in fim]
    counts = opened.page.evaluate(
        "() => { const dl = document.querySelector('dl.tally'); return [...dl.querySelectorAll('dt')].map((dt) => [dt.textContent, +dt.nextSibling.textContent]); }"
    )
    modes = Counter(a.mode for a in fim)
    names = {
        "other organization": "from another organization",
        "own organization": "from its own organization",
    }
    assert dict(counts) == {names.get(mode, mode): n for mode, n in modes.items()}
    stages = opened.page.evaluate(
        "() => [...document.querySelectorAll('dl.tally')].at(-1).querySelectorAll('dd').values().map((x) => +x.textContent).reduce((a, b) => a + b)"
    )
    assert stages == len(fim)


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (1400, "dark"), (390, "light")])
@pytest.mark.parametrize("technique", ["FIM", "RoPE", "GQA"])
def test_the_staircase_has_a_dot_for_each_dated_adopter(
    explorer, page_all, field, words, technique, width, scheme
):
    opened = explorer(page_all, width=width, scheme=scheme)
    ask(opened, "technique", technique=technique)
    thing = opened.page.evaluate("codellmGraph.state.technique.id")
    adopted = adoptions(field, field.techniques[thing], carriers(field, thing))
    dated = [a for a in adopted if a.carrier.earliest]
    dots = opened.page.evaluate(DOTS)
    assert [d.split(", ")[0] for d in dots] == [a.carrier.earliest for a in dated]
    assert all(words[a.carrier.unit] in d for a, d in zip(dated, dots, strict=True))
    assert (
        opened.page.text_content("#stairscount") == f"{len(dated)} dated, {len(adopted) - len(dated)} undated"
    )
    names = opened.page.evaluate(STAIR_BOXES, "#stairs svg text")
    assert words[dated[0].carrier.unit] in opened.page.locator("#stairs .name").all_text_contents()
    assert not [(a, b) for a, b in combinations(names, 2) if overlap(a, b, 1)]
    shapes = opened.page.evaluate(STAIR_BOXES, "#stairs .dot .shape")
    labels_ = opened.page.evaluate(STAIR_BOXES, "#stairs .name")
    assert not [(a, b) for a in labels_ for b in shapes if overlap(a, b, 3)]
    opened.shoot(f"staircase-{technique}-{width}-{scheme}")


def test_the_paper_stands_in_the_staircase(explorer, page_all, field):
    opened = explorer(page_all)
    ask(opened, "technique", technique="FIM")
    paper = field.techniques[FIM].introduced
    assert opened.page.get_attribute("#stairs [data-paper]", "data-paper") == paper
    assert opened.page.text_content("#stairs .paper") == f"paper {paper}"


def test_dots_are_walked_by_keyboard_and_select(explorer, page_all, fim):
    opened = explorer(page_all)
    ask(opened, "technique", technique="FIM")
    page = opened.page
    page.locator("#stairs .head button").focus()
    page.keyboard.press("Tab")
    focused = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(focused).startswith("2022-04-12, InCoder, first recorded")
    assert page.is_visible("#stairtip")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused).startswith("2022-12-01, SantaCoder")
    page.keyboard.press("End")
    last = [a for a in fim if a.carrier.earliest][-1]
    assert page.evaluate(focused).startswith(last.carrier.earliest)
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    idle(opened)
    assert page.evaluate("codellmGraph.state.sel.mark.id") == "model:incoder"
    # The dot keeps the focus although the staircase was drawn anew.
    assert page.evaluate(focused).startswith("2022-04-12, InCoder")
    assert page.evaluate("codellmGraph.state.mode") == "technique"


def test_pointing_at_a_dot_tells_and_a_click_selects(explorer, page_all):
    opened = explorer(page_all)
    ask(opened, "technique", technique="FIM")
    page = opened.page
    dot = page.locator("#stairs .dot[aria-label*='SantaCoder']").first
    dot.hover()
    assert page.text_content("#stairtip").startswith("SantaCoder2022-12-01")
    assert "InCoder" in page.text_content("#stairtip")
    dot.click()
    idle(opened)
    assert page.text_content("#details h2") == "SantaCoder"
    assert page.text_content("#details button[data-act=back]") == "← Back to Technique"
    page.click("#details button[data-act=back]")
    idle(opened)
    assert page.text_content("#details h2") == "Fill-in-the-middle"


def test_the_staircase_folds(explorer, page_all):
    opened = explorer(page_all)
    ask(opened, "technique", technique="FIM")
    page = opened.page
    page.click("#stairs .head button")
    assert not page.is_visible("#flight")
    assert page.get_attribute("#stairs .head button", "aria-expanded") == "false"
    page.click("#stairs .head button")
    assert page.locator("#flight .dot").count() == 25


def test_a_date_leaves_only_adopters_up_to_then(explorer, page_all, field, fim, of):
    opened = explorer(page_all, address="lang=en&mode=technique&technique=technique:fim&to=2023-12")
    idle(opened)
    until = [a for a in fim if a.carrier.earliest and a.carrier.earliest <= "2023-12-31"]
    assert 0 < len(until) < len(fim)
    assert set(opened.page.evaluate(LIT)) == marks_of(field, of, until, "2023-12-31")
    assert opened.page.locator("#stairs .dot:not(.later)").count() == len(until)


def test_play_lights_up_adopters_in_the_order_of_dates(explorer, page_all, fim):
    opened = explorer(page_all, **MOTION)
    ask(opened, "technique", technique="structured FIM")
    ask_again = "() => { window.seen = []; const c = codellmGraph; const old = c.state; let to = old.to; setInterval(() => { if (c.state.to !== to) { to = c.state.to; window.seen.push([to, c.lit.marks.size]); } }, 5); }"
    type_name(opened, "technique", "SantaCoder FIM")  # no technique: the one before stays
    assert opened.page.evaluate("codellmGraph.state.technique.id") == "technique:ast-fim"
    type_name(opened, "technique", "FIM suffix-prefix-middle")
    opened.page.evaluate(ask_again)
    opened.page.click("#playtechnique")
    assert "Pause" in opened.page.text_content("#playtechnique")
    opened.wait_until("window.seen.length > 3")
    opened.page.click("#playtechnique")
    assert "Play" in opened.page.text_content("#playtechnique")
    stopped = opened.page.evaluate("codellmGraph.state.to")
    opened.page.click("#playtechnique")
    opened.wait_until("window.seen.at(-1)[0] === ''")
    assert "Play" in opened.page.text_content("#playtechnique")
    seen = opened.page.evaluate("window.seen")
    days = opened.page.evaluate(
        "() => [...new Set(codellmGraph.adopters(codellmGraph.state.technique).map((a) => a.day).filter(Boolean))]"
    )
    assert [day for day, _ in seen] == [*days, ""]
    assert stopped in days
    sizes = [size for _, size in seen]
    assert sizes == sorted(sizes)


def test_without_motion_play_goes_date_by_date(explorer, page_all, fim):
    opened = explorer(page_all, reduced_motion="reduce")
    ask(opened, "technique", technique="FIM")
    page = opened.page
    days = list(dict.fromkeys(a.carrier.earliest for a in fim if a.carrier.earliest))
    for day in days[:3]:
        page.click("#playtechnique")
        assert page.evaluate("codellmGraph.state.to") == day
    assert page.text_content("#live").startswith(f"{days[2]}: StarCoder")
    page.evaluate("(to) => codellmGraph.update({ to })", days[-1])
    page.click("#playtechnique")
    assert page.evaluate("codellmGraph.state.to") == ""


def test_previous_and_next_go_by_the_number_of_adopters(explorer, page_all):
    opened = explorer(page_all)
    turn(opened, "technique")
    count = "codellmGraph.adopters(codellmGraph.state.technique).length"
    seen = []
    for _ in range(6):
        opened.page.click("#modeform [data-act='technique.next']")
        seen.append(opened.page.evaluate(count))
    assert seen == sorted(seen, reverse=True)
    assert seen[0] == opened.page.evaluate(
        "Math.max(...Object.values(codellmGraph.graph.adoption).map((x) => x.length))"
    )
    opened.page.keyboard.press("Enter")
    assert opened.page.text_content("#techniqueplace").startswith("7 of ")
    opened.page.click("#modeform [data-act='technique.previous']")
    assert opened.page.evaluate(count) == seen[-1]


@pytest.mark.parametrize("name", ["LiveCodeBench", "HumanEval", "GSM8K", "Codeforces"])
def test_exposure_equals_the_analysis(explorer, page_all, graph, of, name):
    opened = explorer(page_all)
    ask(opened, "exposure", benchmark=name)
    met = [m for m in cg.exposure(graph, name).met if m.exposure != NO_EVIDENCE]
    shown = opened.page.evaluate(
        "() => codellmGraph.exposed(codellmGraph.state.benchmark).map((r) => [r.node.id, r.kind, r.possible])"
    )
    assert sorted(shown) == sorted([m.id, m.exposure, m.possible] for m in met)
    listed = opened.page.evaluate(
        "() => [...document.querySelectorAll('#details li[data-met]')].map((li) => [li.dataset.met, li.querySelectorAll('ol.route > li').length])"
    )
    assert sorted(listed) == sorted([m.id, len(m.route)] for m in met)
    order = ["through a teacher", "through an ancestor", "direct"]
    best = {}
    for m in met:
        best[of[m.id]] = max(best.get(of[m.id], ""), m.exposure, key=lambda c: order.index(c) if c else -1)
    assert opened.page.evaluate(TONES) == {mark: c.split()[-1] for mark, c in best.items()}
    text = opened.page.text_content("#details")
    assert "no evidence is not evidence of absence" in text
    # Every step but membership has a source.
    bare = opened.page.evaluate(
        "() => [...document.querySelectorAll('ol.route > li')].filter((li) => !li.querySelector('sup a')).map((li) => li.querySelector('.property').textContent)"
    )
    assert set(bare) <= {"member of"}
    opened.shoot(f"exposure-{name}")


def test_overlaps_are_told(explorer, page_all, graph):
    opened = explorer(page_all)
    ask(opened, "exposure", benchmark="LiveCodeBench")
    met = {m.id: m.overlap for m in cg.exposure(graph, "LiveCodeBench").met}
    assert met["model:deepcoder-14b-preview"] == "no"
    row = opened.page.locator("li[data-met='model:deepcoder-14b-preview']")
    assert row.locator(".sign").all_text_contents() == ["time windows do not overlap"]
    assert not opened.page.locator("li[data-met='model:deepcoder-1.5b-preview'] .sign").count()


def test_a_path_is_shown_step_by_step(explorer, page_all, view):
    opened = explorer(page_all)
    ask(opened, "path", a="DeepCoder", b="Qwen2.5-14B")
    steps = opened.page.evaluate(STEPS)
    assert [s[0] for s in (steps[0], steps[-1])] == ["model:deepcoder", "model:qwen2.5-14b"]
    stated = {(e.child, e.parent) for e in view.edges}
    for (before, _), (after, way) in pairwise(steps):
        pair = {"up": (before, after), "down": (after, before)}.get(way)
        assert pair in stated if pair else view.nodes[after].family == before
    assert {way for _, way in steps[1:]} == {"member", "up"}
    assert "DeepCoder comes from Qwen2.5-14B, in 2 steps of lineage." in opened.page.text_content("#details")
    assert opened.page.locator("ol.path sup a").count() > 0
    lit = set(opened.page.evaluate(LIT))
    assert lit == {"model:deepcoder", "model:deepseek-r1-distill", "model:qwen2.5"}
    # The picture has moved to where the path is.
    box = "() => { const { width, height } = codellmGraph.camera.size(); return codellmGraph.scene.marks.filter((m) => m.on).every((m) => { const p = codellmGraph.camera.toScreen(m); return p.x > 0 && p.x < width && p.y > 0 && p.y < height; }); }"
    opened.wait_until(f"({box})()")
    opened.page.wait_for_timeout(400)
    opened.shoot("path")


def test_a_path_turns_round(explorer, page_all):
    opened = explorer(page_all)
    ask(opened, "path", a="DeepCoder-14B-Preview", b="Qwen2.5-14B")
    up = opened.page.evaluate(STEPS)
    opened.page.click("#modeform [data-act='mode.swap']")
    idle(opened)
    down = opened.page.evaluate(STEPS)
    assert [s for s, _ in down] == [s for s, _ in reversed(up)]
    assert {way for _, way in down[1:]} == {"down"}
    assert "Qwen2.5-14B" in opened.page.input_value("#modeform input[data-field=a]")


def test_where_there_is_no_path_the_page_says_so(explorer, page_all):
    opened = explorer(page_all)
    ask(opened, "path", a="SantaCoder", b="InCoder")
    text = opened.page.text_content("#details")
    assert "No way from SantaCoder to InCoder is recorded" in text
    assert "what is not recorded is unknown" in text
    assert set(opened.page.evaluate(LIT)) == {"model:santacoder", "model:incoder"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("DeepCoder", "DeepSWE"),
        ("OctoCoder", "StarChat-alpha"),
        ("Qwen2.5-Coder-7B-Instruct", "DeepSeek-Coder-V2"),
        ("WizardCoder", "Magicoder-S-DS-6.7B"),
    ],
)
def test_a_comparison_equals_the_analysis(explorer, page_all, graph, first, second):
    opened = explorer(page_all)
    ids = [cg.show(graph, name).id for name in (first, second)]
    ask(opened, "compare", a=ids[0].removeprefix("model:"), b=ids[1].removeprefix("model:"))
    assert opened.page.evaluate("[codellmGraph.state.a.id, codellmGraph.state.b.id]") == ids
    found = cg.compare(graph, *ids)
    shown = opened.page.evaluate(COMPARED)
    assert sorted(shown.get("ancestors", {}).get("both", [])) == sorted(c for c, _ in found.by_any.common)
    nearest = opened.page.evaluate(
        "() => [...document.querySelectorAll('[data-compare=ancestors] li')].filter((li) => li.querySelector('.sign')).map((li) => li.dataset.value)"
    )
    assert sorted(nearest) == sorted(a.id for a in found.by_any.lowest)
    for kind, prop in (("uses", "clg:uses"), ("data", "clg:trainedOn"), ("license", "clg:license")):
        facts = next((f for f in found.facts if f.property == prop), None)
        for part in ("shared", "first", "second"):
            wanted = getattr(facts, part) if facts else ()
            seen = shown.get(kind, {}).get({"shared": "both"}.get(part, part), [])
            named = {f.value for f in wanted} | {f.label for f in wanted}
            assert len(seen) == len(wanted), (kind, part)
            assert set(seen) <= named, (kind, part)
    both = {m for m, tone in opened.page.evaluate(TONES).items() if tone == "both"}
    at = opened.page.evaluate(
        "(ids) => ids.map((id) => codellmGraph.nodes.find((n) => n.id === id)).filter((n) => n.mark >= 0).map((n) => codellmGraph.marks[n.mark].id)",
        [c for c, _ in found.by_any.common],
    )
    assert set(at) <= both
    opened.shoot(f"compare-{first}-{second}")


def test_results_stand_side_by_side(explorer, page_all, graph):
    opened = explorer(page_all)
    ask(opened, "compare", a="DeepSWE-Preview", b="SWE-agent-LM-32B")
    table = opened.page.evaluate(
        "() => [...document.querySelectorAll('table.scores tbody tr')].map((tr) => [...tr.children].map((c) => c.firstChild ? (c.querySelector('div') ? [...c.querySelectorAll('div')].map((d) => d.firstChild.textContent) : c.textContent) : []))"
    )
    rows = {name: (a, b) for name, a, b in table}
    found = cg.compare(graph, "DeepSWE-Preview", "SWE-agent-LM-32B").benchmarks
    assert set(rows) == {b.label for b in found}
    assert any(b.first and b.second for b in found)
    for b in found:
        for side, scores in zip(rows[b.label], (b.first, b.second), strict=True):
            assert len(side) == len(scores), b.label
            assert all(any(f"{s.score:g}" in text for text in side) for s in scores if s.score is not None)


@pytest.mark.parametrize(
    ("mode", "key", "typed", "meant"),
    [
        ("technique", "technique", "Fil-in-the-midle", "Fill-in-the-middle"),
        ("technique", "technique", "rotary positon embeding", "Rotary position embedding"),
        ("exposure", "benchmark", "HumnEval", "HumanEval"),
        ("path", "a", "DeepSWE-Preveiw", "DeepSWE-Preview"),
        ("compare", "b", "Qwen25-Codr-32B-Instruct", "Qwen2.5-Coder-32B-Instruct"),
    ],
)
def test_the_page_asks_what_was_meant(explorer, page_all, mode, key, typed, meant):
    opened = explorer(page_all)
    ask(opened, mode, **{key: typed})
    page = opened.page
    told = page.text_content("#modeform .message")
    assert told.startswith(f"Nothing here is called “{typed}”. Did you mean {meant}")
    assert page.text_content("#live") == told
    box = page.locator(f"#modeform input[data-field={key}]")
    assert box.get_attribute("aria-invalid") == "true"
    page.click("#modeform .message button >> nth=0")
    assert box.input_value() == meant
    assert box.get_attribute("aria-invalid") is None
    assert page.text_content("#modeform .message") == ""
    assert page.evaluate("(key) => codellmGraph.state[key].label", key) == meant


@pytest.mark.parametrize("typed", ["<img src=x onerror=hit=1>", "qqqqqqqqqqqqqqqq", "—"])
def test_what_is_like_nothing_is_said_to_be_unknown(explorer, page_all, typed):
    opened = explorer(page_all)
    ask(opened, "technique", technique=typed)
    assert opened.page.text_content("#modeform .message") == f"Nothing here is called “{typed}”."
    assert opened.page.evaluate("codellmGraph.state.technique") is None


def test_an_emptied_field_asks_nothing(explorer, page_all):
    opened = explorer(page_all)
    ask(opened, "technique", technique="FIM")
    type_name(opened, "technique", "")
    assert opened.page.evaluate("codellmGraph.lit") is None
    assert not opened.page.is_visible("#stairs")


def test_modes_are_left_by_their_button_and_by_escape(explorer, page_all):
    opened = explorer(page_all)
    page = opened.page
    pressed = "() => [...document.querySelectorAll('#modes button')].filter((b) => b.getAttribute('aria-pressed') === 'true').map((b) => b.dataset.mode)"
    assert page.evaluate(pressed) == ["explore"]
    assert not page.is_visible("#modeform")
    for mode in ("technique", "exposure", "path", "compare"):
        turn(opened, mode)
        assert page.evaluate(pressed) == [mode]
        # The field that is to be filled in has the focus.
        assert page.evaluate("document.activeElement.dataset.field") in ("technique", "benchmark", "a")
        if mode == "path":
            page.keyboard.press("Escape")
        else:
            page.click(f"#modes button[data-mode={mode}]")
        assert page.evaluate(pressed) == ["explore"]
        assert not page.is_visible("#modeform")


def test_a_choice_from_the_suggestions_needs_no_enter(explorer, page_all):
    opened = explorer(page_all)
    turn(opened, "technique")
    # As the browser does it when an entry of the list is chosen.
    opened.page.evaluate(
        "() => { const box = document.querySelector('#modeform input'); box.value = 'RMSNorm'; box.dispatchEvent(new InputEvent('input', { inputType: 'insertReplacementText', bubbles: true })); }"
    )
    assert opened.page.evaluate("codellmGraph.state.technique.id") == "technique:rmsnorm"


def test_details_lead_into_the_modes_and_back(explorer, page_all):
    opened = explorer(page_all, address="lang=en&sel=model:deepswe-preview")
    idle(opened)
    page = opened.page
    page.get_by_role("button", name="Path to …").click()
    idle(opened)
    assert page.input_value("#modeform input[data-field=a]").startswith("DeepSWE")
    assert page.evaluate("document.activeElement.dataset.field") == "b"
    page.evaluate("() => codellmGraph.show(codellmGraph.pick('model:qwen3'))")
    idle(opened)
    page.click("#details button[data-act=b]")
    idle(opened)
    assert page.evaluate("codellmGraph.state.b.id") == "model:qwen3"
    assert page.evaluate(STEPS)[-1][0] == "model:qwen3"
    page.evaluate("() => codellmGraph.show(codellmGraph.pick('technique:fim'))")
    idle(opened)
    page.get_by_role("button", name="Follow it in time").click()
    idle(opened)
    assert page.text_content("#details h2") == "Fill-in-the-middle"
    assert page.locator("#stairs .dot").count() == 25


def test_the_address_restores_a_mode(explorer, page_all):
    opened = explorer(page_all, address="lang=en&mode=compare&a=model:deepcoder&b=model:deepswe-preview")
    idle(opened)
    assert opened.page.input_value("#modeform input[data-field=b]").startswith("DeepSWE")
    assert "Ancestors" in opened.page.text_content("#details")


def test_modes_speak_chinese(explorer, page_all):
    opened = explorer(page_all, locale="zh-CN", width=390)
    page = opened.page
    assert page.locator("#modes button").all_text_contents() == ["谱系", "技术", "接触", "路径", "比较"]
    ask(opened, "technique", technique="旋转位置编码")
    assert page.evaluate("codellmGraph.state.technique.id") == "technique:rope"
    assert "最早记录" in page.text_content("#details")
    assert page.text_content("#stairs .head button").endswith("阶梯图")
    assert page.locator("#modeform .tone").all_text_contents()[1].startswith("继承")
    type_name(opened, "technique", "旋转位置编吗")
    assert (
        page.text_content("#modeform .message")
        == "没有名为“旋转位置编吗”的内容。您是不是要找：旋转位置编码、部分旋转位置编码、无位置编码？"
    )
    ask(opened, "exposure", benchmark="LiveCodeBench")
    assert "没有证据不等于证明没有" in page.text_content("#details")
    assert not page.evaluate("() => document.body.scrollWidth > document.documentElement.clientWidth")


def test_a_narrow_page_scrolls_its_staircase_only(explorer, page_all):
    opened = explorer(page_all, width=390)
    ask(opened, "technique", technique="FIM")
    assert opened.page.evaluate(
        "() => { const f = document.getElementById('flight'); return f.scrollWidth > f.clientWidth; }"
    )
    assert not opened.page.evaluate(
        "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
