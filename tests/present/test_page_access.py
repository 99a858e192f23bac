"""The explorer for everyone: as axe-core judges it, in every contrast, by Tab, without motion."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from codellm_graph.present import html
from codellm_graph.present.looks import OPENNESS, STYLES

#: What is shown, as the address says it.
STATES = {
    "explore": "",
    "release": "sel=model:qwen3",
    "model": "sel=model:deepswe-preview&show=data,techniques",
    "opened": "sel=model:qwen3&open=model:qwen3",
    "link": "sel={link}",
    "dataset": "sel=dataset:humaneval",
    "technique": "mode=technique&technique=technique:fim",
    "technique unchosen": "mode=technique",
    "exposure": "mode=exposure&benchmark=dataset:humaneval",
    "path": "mode=path&a=model:qwen2.5&b=model:deepswe-preview",
    "compare": "mode=compare&a=model:qwen3&b=model:deepswe-preview",
    "table": "table=1",
    "filtered": "off.relation=rlFrom&from=2024&to=2025-06",
    "chinese": "lang=zh&sel=model:qwen3",
}


def judge(page):
    """Return what axe-core finds wrong, in a form that can be read."""
    found = Axe().run(page).response["violations"]
    return [(v["id"], n["target"], n["failureSummary"]) for v in found for n in v["nodes"]]


def idle(opened):
    """Wait until the details are drawn and the picture is painted."""
    opened.wait_until("!document.getElementById('details').hasAttribute('aria-busy')")
    opened.page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


@pytest.mark.parametrize("width", [1400, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_mode(explorer, page_all, scheme, width):
    opened = explorer(page_all, scheme=scheme, width=width, bypass_csp=True)
    page = opened.page
    link = page.evaluate(
        "() => { const { links, marks, graph } = codellmGraph, l = links.find((x) => x.line); return `${marks[l.parent].id}>${graph.relations[l.relation][0]}>${marks[l.child].id}`; }"
    )
    found = {}
    for name, address in STATES.items():
        wanted = address.format(link=link)
        page.evaluate("(hash) => { location.hash = hash; }", f"lang=en&{wanted}")
        # What was asked for has been understood: the page would say it again.
        for part in wanted.split("&")[:2] if wanted else ():
            opened.wait_until(f"codellmGraph.toHash().includes('{part.split('=')[0]}=')")
        idle(opened)
        # Every fold of the legend is judged open.
        page.evaluate("() => document.querySelectorAll('#legend details').forEach((d) => { d.open = true; })")
        found[name] = judge(page)
    page.evaluate("() => { location.hash = 'lang=en'; }")
    opened.wait_until("!codellmGraph.toHash().includes('sel=')")
    idle(opened)
    page.click("#help")
    found["help"] = judge(page)
    opened.shoot(f"help-{scheme}-{width}")
    page.keyboard.press("Escape")
    page.click("#save")
    assert page.is_visible("#savemenu")
    found["save"] = judge(page)
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("qwen")
    assert page.is_visible("#hits")
    found["search"] = judge(page)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, two):
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def inks():
    """Read the colours that the page paints with, by theme."""
    script = (Path(html.__file__).parent / "page" / "app" / "paint.js").read_text("utf-8")
    block = re.search(r"const INK = \{(.*?)\n\};", script, re.DOTALL).group(1)
    themes = dict(re.findall(r"(light|dark): \{(.*?)\}", block))
    return {theme: dict(re.findall(r'(\w+): "(#[0-9a-fA-F]{6})"', text)) for theme, text in themes.items()}


def test_the_measure_of_contrast():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("theme", "place"), [("light", 0), ("dark", 1)])
def test_lines_and_marks_stand_out_from_the_paper(theme, place):
    ink = inks()[theme]
    assert ink.keys() >= {"paper", "ink", "soft", "ring", "inherited", "taken", "undated", "direct", "both"}
    colours = {name: c for name, c in ink.items() if name not in ("paper", "grid", "strong")}
    colours |= {name: look[place] for name, look in STYLES.items()}
    colours |= {name: look[place] for name, look in OPENNESS.items()}
    faint = {name: c for name, c in colours.items() if contrast(c, ink["paper"]) < 3}
    assert faint == {}
    assert min(contrast(ink[name], ink["paper"]) for name in ("ink", "soft")) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_stand_out_from_their_ground(explorer, page_all, theme):
    opened = explorer(page_all, scheme=theme)
    names = ("paper", "panel", "hover", "ink", "soft", "accent", "on-accent", "warn")
    style = opened.page.evaluate(
        "(names) => names.map((n) => getComputedStyle(document.documentElement).getPropertyValue(`--${n}`).trim())",
        names,
    )
    colour = dict(zip(names, style, strict=True))
    assert colour["paper"] == inks()[theme]["paper"]
    pairs = [(text, ground) for text in ("ink", "soft", "accent", "warn") for ground in ("paper", "panel")]
    pairs += [("ink", "hover"), ("soft", "hover"), ("on-accent", "accent")]
    weak = {pair for pair in pairs if contrast(colour[pair[0]], colour[pair[1]]) < 4.5}
    assert weak == set()


STOPS = """() => [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')].filter((x) => x.checkVisibility() && !x.disabled && !x.closest('[hidden], dialog:not([open])'))"""
FOCUS = f"""() => {{ const x = document.activeElement, style = getComputedStyle(x);
  return [({STOPS})().indexOf(x), style.outlineStyle, parseFloat(style.outlineWidth), style.outlineColor, x.outerHTML.slice(0, 90)]; }}"""


@pytest.mark.parametrize(
    "address", ["sel=model:deepswe-preview", "mode=technique&technique=technique:fim", "table=1"]
)
def test_everything_is_reached_by_tab_and_shows_its_focus(explorer, page_deepswe, address):
    opened = explorer(page_deepswe, address=f"lang=en&{address}")
    idle(opened)
    page = opened.page
    page.evaluate("() => document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    count = page.evaluate(f"() => ({STOPS})().length")
    assert count > 30
    reached = set()
    # As --accent, whose contrast to its grounds is measured above.
    accent = "rgb({}, {}, {})".format(
        *bytes.fromhex(
            page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()")[
                1:
            ]
        )
    )
    # A field for a month has several stops, so there are more presses than stops.
    for _ in range(3 * count):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        place, outline, width, colour, what = page.evaluate(FOCUS)
        assert place >= 0, what
        assert colour == accent, what
        assert outline != "none", what
        assert width >= 2, what
        reached.add(place)
    missed = page.evaluate(
        f"(reached) => ({STOPS})().filter((x, i) => !reached.includes(i)).map((x) => x.outerHTML.slice(0, 120))",
        sorted(reached),
    )
    assert missed == []


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_reduced_motion_makes_no_flights(explorer, page_all, motion):
    opened = explorer(page_all, reduced_motion=motion)
    jumped = opened.page.evaluate(
        """() => { const { camera, scene } = codellmGraph, m = scene.marks.at(-1); camera.center(m, 3, true);
        const p = camera.toScreen(m), { width, height } = camera.size(); return Math.hypot(p.x - width / 2, p.y - height / 2) < 1; }"""
    )
    assert jumped == (motion == "reduce")
    opened.wait_until("Math.abs(codellmGraph.camera.view.s - 3) < 1e-9")
