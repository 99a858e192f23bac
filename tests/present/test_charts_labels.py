"""Labels of the charts as a real browser draws them: none on another, none cut."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from codellm_graph.analyses.diffusion import spread
from codellm_graph.analyses.field import read_field
from codellm_graph.analyses.licenses import Conflict, Held, Inherited, Licensing, all_licenses, licenses
from codellm_graph.names import labels
from codellm_graph.present import charts
from codellm_graph.present.charts_files import picture
from codellm_graph.view import Edge, Node, View, load_view

# Boxes count with rotation; the renderer makes labels of axes that would collide transparent. Half a pixel is what boxes of neighbouring lines may share without touching.
LOOK = """() => {
const box = document.querySelector('svg').getBoundingClientRect();
const texts = [...document.querySelectorAll('svg text')]
  .filter(t => t.textContent.trim() && getComputedStyle(t).opacity !== '0')
  .map(t => [t.textContent, t.getBoundingClientRect()]).filter(([, b]) => b.width);
const wrong = [];
texts.forEach(([text, a], i) => {
  if (a.left < box.left || a.right > box.right || a.top < box.top || a.bottom > box.bottom) wrong.push([text]);
  for (const [other, b] of texts.slice(0, i))
    if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5) wrong.push([text, other]);
});
return [texts.length, wrong]; }"""

LONG = "a technique whose authors gave it a name that goes on and on, and then once more " * 2
CHINESE = "使用执行反馈的强化学习与代码填充预训练的混合专家模型技术" * 3
BLOCKS = (
    range(32, 127),
    range(0xC0, 0x250),
    range(0x600, 0x650),
    range(0x4E00, 0x9FFF),
    range(0x1F300, 0x1F6FF),
)


class Rough(random.Random):
    """What nobody planned for, the same each time."""

    def label(self):
        found = self.choice([LONG, CHINESE, "W" * 90, "i", "FIM 填空", "🧬" * 40, "عربي " * 12, None, None])
        block = self.choice(BLOCKS)
        return found or "".join(chr(self.choice(block)) for _ in range(self.randint(1, 60)))

    def yes(self):
        return self.random() < 0.5


@pytest.fixture(scope="module")
def view(graph):
    return load_view(graph)


@pytest.fixture(scope="module")
def spreads(graph, view):
    return spread(read_field(graph, view), graph, permutations=1)


@pytest.fixture(scope="module")
def names(graph):
    return labels(graph)


@pytest.fixture(scope="module")
def look(browser):
    """Draw a chart in the browser and return how many texts it has, and which collide or are cut."""
    page = browser.new_page(viewport={"width": 2600, "height": 1400})

    def see(chart):
        page.set_content(picture(chart, "svg").decode())
        return page.evaluate(LOOK)

    yield see
    page.close()


def test_the_look_finds_what_collides_and_what_is_cut(browser):
    page = browser.new_page()
    page.set_content(
        '<svg width="200" height="100"><text x="20" y="50">one</text><text x="24" y="52">two</text>'
        '<text x="100" y="90" transform="rotate(-90 100 90)">three</text><text x="98" y="80">four</text>'
        '<text x="190" y="20">five</text></svg>'
    )
    assert page.evaluate(LOOK) == [5, [["two", "one"], ["four", "three"], ["five"]]]
    page.close()


def drawn(spreads, names):
    return {
        "staircase": charts.staircase(spreads, names),
        "heat": charts.heat(spreads),
        "shares": charts.shares(spreads),
        "lags": charts.lags(spreads, names),
        "page": charts.page(spreads, names),
    }


@pytest.mark.parametrize("shown", [slice(None), slice(16, None), slice(1), slice(9, 12)])
def test_labels_of_the_bundled_graph(spreads, names, look, shown):
    for name, chart in drawn(spreads[shown], names).items():
        count, wrong = look(chart)
        assert count > 8, name
        assert wrong == [], name


def test_licence_labels_of_the_bundled_graph(graph, view, look):
    found = all_licenses(graph, view)
    for chart in (charts.licence_flows(found), charts.licence_flows(found, limit=3)):
        count, wrong = look(chart)
        assert count > 30
        assert wrong == []
    # Those with most ancestors, those with most terms, and the members of families.
    wanted = [max(found, key=lambda x: len(x.chain)), max(found, key=lambda x: len(x.inherited))]
    for some in (wanted, found[:6], licenses(graph, view, "model:deepseek-r1-distill")):
        count, wrong = look(charts.licences(some, view))
        assert count > 20
        assert wrong == []


def rough(spreads, rng):
    """Turn real spreads into ones with labels and dates that nobody planned for."""
    made = []
    for n, s in enumerate(spreads[: rng.randint(1, 9)]):
        label = rng.label()
        technique = replace(s.technique, label=label, id=f"technique:x{n}")
        if rng.yes():
            technique = replace(technique, introduced=label[:30], span=("1999-01-01", "2031-12-31"))
        adoptions = s.adoptions
        crowd = rng.choice(["as it is", "one day", "no day"])
        if crowd == "one day":
            day = {"released": "2024-06-01", "earliest": "2024-06-01", "latest": "2024-06-01"}
            adoptions = tuple(replace(a, carrier=replace(a.carrier, **day)) for a in adoptions * 4)
        elif crowd == "no day":
            day = dict.fromkeys(("released", "earliest", "latest"))
            adoptions = tuple(
                replace(a, mode="undated", carrier=replace(a.carrier, **day)) for a in adoptions
            )
        days = rng.randint(-40_000, 40_000)
        lags = tuple(replace(x, days=days, least=days - 9_999, most=days + 9_999) for x in s.lags)
        curve = tuple((day, able, able) for day, _, able in s.curve) if rng.yes() else s.curve
        stages = tuple(replace(c, adopters=c.eligible * 1000, eligible=c.eligible * 1000) for c in s.stages)
        made.append(
            replace(s, technique=technique, adoptions=adoptions, lags=lags, curve=curve, stages=stages)
        )
    return made


@pytest.mark.parametrize("seed", range(8))
def test_labels_of_rough_data(spreads, names, look, seed):
    rng = Rough(seed)
    some, called = rough(spreads, rng), dict.fromkeys(names, rng.label())
    for name, chart in drawn(some, called).items():
        count, wrong = look(chart)
        assert count > 3, name
        assert wrong == [], name


def licensing(rng):
    """Make a model with ancestors, dates and terms that nobody planned for, and its view."""
    count = rng.randint(1, 7)
    terms = {f"t{n}": rng.label() for n in range(rng.randint(1, 7))}
    dates = [None, "0999-01-01", "2023-07-18", "2023-07-19", "2024-02-29", "2031-12-31"]
    held = []
    for n in range(count):
        known = rng.choice(["all", "licence", "nothing"])
        has = tuple(t for t in terms if rng.yes()) or ("t0",)
        kind = rng.choice(["open", "restricted", "closed", None])
        held.append(
            Held(
                f"model:m{n}",
                rng.label(),
                None if known == "nothing" else f"license:l{n}",
                None if known == "nothing" else rng.label(),
                None if known == "nothing" else kind,
                has if known == "all" else None,
                n,
            )
        )
    nodes = {h.id: Node(h.id, h.label, "Model", d, d) for h in held for d in [rng.choice(dates)]}
    edges = [Edge(f"model:m{n + 1}", f"model:m{rng.randint(0, n)}", "rlFrom") for n in range(count - 1)]
    me, chain = held[0], tuple(held[1:])
    inherited, conflicts = [], []
    for t in sorted({t for h in chain for t in h.terms or ()}):
        origins = tuple(h.id for h in chain if t in (h.terms or ()))
        carried = None if me.terms is None else t in me.terms
        inherited.append(Inherited(t, terms[t], carried, origins))
        first = next(h for h in chain if h.id == origins[0])
        if carried is False:
            same = rng.yes()
            conflicts.append(
                Conflict(t, terms[t], first.id, first.label, first.license, first.license_label, same, (), ())
            )
    unknown = tuple(h for h in held if h.terms is None)
    return Licensing(*me[:6], chain, tuple(inherited), tuple(conflicts), unknown), nodes, edges


@pytest.mark.parametrize("seed", range(8))
def test_licence_labels_of_rough_data(view, look, seed):
    rng = Rough(seed)
    made = [licensing(rng) for _ in range(rng.randint(1, 3))]
    found = [replaced(x, n) for n, (x, _, _) in enumerate(made)]
    for x, (_, nodes, edges) in zip(found, made, strict=True):
        rough_view = View({**nodes, x.id: nodes["model:m0"]._replace(id=x.id)}, edges, view.schema)
        count, wrong = look(charts.licences([x], rough_view))
        assert count >= 5
        assert wrong == []
    count, wrong = look(charts.licence_flows(found))
    assert count >= 26
    assert wrong == []


def replaced(x, n):
    """Return a licensing under another name, so that several stand side by side."""
    return x._replace(id="model:m0", label=f"{x.label}{n}")
