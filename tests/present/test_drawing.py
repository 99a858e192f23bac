"""The picture as SVG and PNG, in the parser and in a real browser."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import zlib
from collections import Counter, defaultdict
from importlib.metadata import version
from itertools import combinations
from xml.etree import ElementTree

import pytest

from codellm_graph.analyses.lineage import Lineage, around, everything
from codellm_graph.errors import UsageError, printable
from codellm_graph.namespaces import CLG, PREFIXES
from codellm_graph.present import drawing
from codellm_graph.present.drawing import to_png, to_svg
from codellm_graph.present.drawing_legend import RELATIONS, relation_name
from codellm_graph.present.geometry import flat
from codellm_graph.present.looks import OPENNESS, SHAPES, STYLES
from codellm_graph.present.picture import picture
from codellm_graph.view import Edge, Node, View, load_view

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    '"><svg onload=alert(3)>',
    "]]></title><script>alert(4)</script>",
    "javascript:alert(5)",
    "'-alert(6)-'",
    "&#60;script&#62;alert(7)&lt;/script&gt;&unknown;<!--",
    "\x00\x08\x1b[31m\ud800\uffff\u202e\u2028</text><foreignObject><iframe src=javascript:alert(8)>",
)
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "desc", "g", "path", "circle", "rect", "text", "tspan"}
ATTRIBUTES = {
    *("width", "height", "viewBox", "role", "transform", "x", "y", "dx", "cx", "cy", "r", "d"),
    *("fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "paint-order"),
    *("font-family", "font-size", "font-weight", "text-anchor"),
}
# From one link to the next between the same marks.
BESIDE = 2.8


@pytest.fixture(scope="module")
def view(graph):
    return load_view(graph)


@pytest.fixture(scope="module")
def whole(view):
    return picture(view, everything(view))


@pytest.fixture(scope="module", params=["everything", "model:qwen2.5-coder-32b", "model:starcoder"])
def some(request, view, whole):
    return whole if request.param == "everything" else picture(view, around(view, request.param))


def tree(svg):
    return ElementTree.fromstring(svg)


def plot(svg):
    """Return the groups of links, and the marks."""
    (drawn,) = (g for g in tree(svg).findall(f"{SVG}g") if g.get("transform", "").startswith("translate"))
    *links, marks = drawn.findall(f"{SVG}g")
    return links, marks.findall(f"{SVG}g")


def words(svg, within=""):
    return ["".join(t.itertext()) for t in tree(svg).iterfind(f"{within}//{SVG}text")]


def hostile():
    """Put hostile text into whatever a drawing shows."""
    nodes, edges = {}, []
    for n, text in enumerate(HOSTILE):
        thing = f"model:{n}{text}"
        day = f"2024-01-{n + 1:02}" if n else None
        nodes[thing] = Node(thing, text, "Model", text, day, text, text, text, text, 1.0, f"model:{text}")
        nodes[f"model:{text}"] = Node(f"model:{text}", text, "Family")
        nodes[f"{thing}+"] = nodes[thing]._replace(id=f"{thing}+")
        edges += [Edge(i, thing, text) for i in nodes if nodes[i].earliest and i[:7] != thing[:7]]
    view = View(nodes, edges, load_view_schema())
    return picture(view, Lineage("", False, nodes, tuple(edges), dict.fromkeys(nodes, 0)))


def load_view_schema():
    import codellm_graph as cg

    return load_view(cg.load()).schema


def points(path):
    """Return the corners of an elbow, or points on a curve."""
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", path)]
    letters = "".join(re.findall("[A-Z]", path))
    x, y, *rest = numbers
    if letters == "MC":
        return flat(((x, y), *zip(rest[::2], rest[1::2], strict=True)))
    if letters == "MH":
        return [(x, y), (rest[0], y)]
    if letters == "MV":
        return [(x, y), (x, rest[0]), (x, rest[0])]
    assert letters == "MVQH"
    before, corner_x, corner_y, after, level, end = rest
    # Rounded by six pixels, or as far as there is room.
    assert (corner_x, corner_y) == (x, level)
    turn = abs(corner_y - before), abs(after - corner_x)
    assert turn[0] == pytest.approx(turn[1], abs=0.11)
    assert turn[0] == pytest.approx(min(6, abs(corner_y - y), abs(end - x)), abs=0.11)
    return [(x, y), (corner_x, corner_y), (end, corner_y)]


def near(one, other):
    return len(one) == len(other) and all(
        abs(x - u) < 0.15 and abs(y - v) < 0.15 for (x, y), (u, v) in zip(one, other, strict=True)
    )


def aside(path, by):
    """Return a path beside another."""
    if len(path) == 3:
        (x, y), (a, b), (u, v) = path
        return [(x + by, y), (a + by, b + by), (u, v + by)]
    return [(x, y + by) for x, y in path]


def test_links_run_as_the_layout_says(some):
    shown = [li for li in some.releases.links if li not in some.quiet or some.root in (li.parent, li.child)]
    label = {i: printable(mark.label) for i, mark in some.releases.marks.items()}
    drawn = defaultdict(list)
    for group in plot(to_svg(some))[0]:
        for path in group:
            drawn[path.find(f"{SVG}title").text].append(points(path.get("d")))
    assert sum(map(len, drawn.values())) == len(shown)
    beside = Counter()
    for link in sorted(shown, key=lambda li: (list(STYLES).index(li.relation), li)):
        ends = link.parent, link.child
        expected = aside(some.layout.path(*ends)[2], BESIDE * beside[ends])
        beside[ends] += 1
        said = f"{label[link.child]}: {relation_name(link.relation)} {label[link.parent]}"
        assert any(near(path, expected) for path in drawn[said]), (link, drawn[said], expected)


def test_relations_have_their_colours_and_dashes(whole):
    for dark in (False, True):
        for group in plot(to_svg(whole, dark=dark))[0]:
            # Of two relations with one look the words tell which it is.
            said = {path.find(f"{SVG}title").text for path in group}
            look = group.get("stroke"), group.get("stroke-dasharray", "")
            alike = [
                relation
                for relation, (*colours, dashes) in STYLES.items()
                if (colours[dark], " ".join(map(str, dashes))) == look
            ]
            assert all(any(f": {relation_name(r)} " in text for r in alike) for text in said)


def test_every_release_is_drawn_and_named(some):
    _, marks = plot(to_svg(some))
    assert len(marks) == len(some.releases.marks)
    for mark, release in zip(marks, some.releases.marks.values(), strict=True):
        facts = mark.find(f"{SVG}title").text
        assert facts.split("\n")[0] == printable(release.label)
        for member in release.members:
            node = some.view.nodes[member]
            known = [node.released, node.organization, node.license]
            assert all(printable(value) in facts for value in known if value)
            assert not node.parameters or f"{node.parameters:g}B parameters" in facts
        (label,) = mark.findall(f"{SVG}text")
        assert label.text == printable(release.label)
        x, y = some.layout.positions[release.id]
        box = some.layout.boxes(some.releases.marks)[release.id]
        assert box.left <= float(label.get("x")) <= box.left + 20
        assert box.top < float(label.get("y")) < box.bottom
        assert (label.get("font-weight") == "bold") == (release.id == some.root)
        # Behind, where there are several, and on top.
        outlines = [e for e in mark if e.tag in (f"{SVG}path", f"{SVG}circle")]
        assert len(outlines) == 1 + (len(release.members) > 1) + (release.id == some.root)
        first = some.view.nodes[release.members[0]]
        assert (outlines[-1].tag == f"{SVG}circle") == (first.stage not in SHAPES)
        assert outlines[-1].get("fill") == OPENNESS[first.openness or "unknown"][0]
        if outlines[-1].tag == f"{SVG}circle":
            assert (float(outlines[-1].get("cx")), float(outlines[-1].get("cy"))) == (x, y)


def test_what_is_said_of_families_only_shows_where_it_was_asked_for(view):
    found = picture(view, around(view, "model:qwen2.5-coder-32b"))
    quiet = found._replace(quiet=frozenset(found.releases.links))
    shown = [li for li in found.releases.links if found.root in (li.parent, li.child)]
    assert 0 < len(shown) < len(found.releases.links)
    assert sum(map(len, plot(to_svg(quiet))[0])) == len(shown)
    hidden = sum(len(li.edges) for li in found.releases.links) - sum(len(li.edges) for li in shown)
    # So many more than before.
    said = [re.search(r"(\d+) said of families", " ".join(words(to_svg(p), "."))) for p in (found, quiet)]
    assert int(said[1][1]) - int(said[0][1] if said[0] else 0) == hidden


def test_legend_and_footer_count_what_is_drawn(whole):
    drawn = words(to_svg(whole), ".")
    counted = Counter()
    for link in whole.releases.links:
        if link not in whole.quiet:
            counted[link.relation] += len(link.edges)
    assert {f"{relation_name(r)}{n}" for r, n in counted.items()} <= set(drawn)
    models = sum(len(mark.members) for mark in whole.releases.marks.values())
    marks, edges = len(whole.releases.marks), sum(counted.values())
    (footer,) = (text for text in drawn if text.startswith("codellm-graph"))
    assert footer.startswith(
        f"codellm-graph {version('codellm-graph')}, CC BY 4.0. "
        f"{models} models in {marks} releases, {edges} edges; not drawn: "
    )
    # With those that are not drawn they are all.
    *_, drawn_edges, within, quiet = map(int, re.findall(r"\d+", footer))
    stated = [e for e in whole.lineage.edges if e.relation not in ("memberOf", "hasMember")]
    assert drawn_edges + within + quiet == len(stated)
    assert quiet >= sum(len(link.edges) for link in whole.quiet)


def test_years_stand_on_the_axis(whole):
    drawn = tree(to_svg(whole))
    axis = [t for t in drawn.iter(f"{SVG}text") if t.text in {tick.label for tick in whole.layout.ticks}]
    years = {t.text for t in axis if t.get("font-weight") == "bold"}
    assert years == {tick.label for tick in whole.layout.ticks if tick.label.isdigit()}
    assert "no date" in words(to_svg(whole), ".")


def test_relations_are_called_as_in_the_ontology(request):
    label = PREFIXES["rdfs"] + "label"
    called = {
        quad.subject.value.removeprefix(CLG): quad.object.value
        for quad in request.getfixturevalue("words")
        if quad.predicate.value == label and quad.object.language == "en"
    }
    assert {r: called[r] for r in RELATIONS} == RELATIONS
    # What holds a family together is no lineage, and is not drawn.
    assert set(STYLES) - set(RELATIONS) == {"hasMember"}


def check_harmless(svg):
    root = tree(svg)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES
    # Nothing that a reference could hide in.
    assert not re.search(r"url\(|<!|<\?|@import", re.sub(r">[^<]*<", "><", svg))
    values = [value for element in root.iter() for value in element.attrib.values()]
    assert not any("alert" in value or "script" in value for value in values)


@pytest.mark.parametrize("dark", [False, True])
def test_hostile_text_stays_text(dark):
    found = hostile()
    svg = to_svg(found, HOSTILE[1], dark=dark)
    check_harmless(svg)
    labels = Counter(mark.find(f"{SVG}text").text for mark in plot(svg)[1])
    assert labels == Counter(printable(mark.label) for mark in found.releases.marks.values())
    assert tree(svg).find(f"{SVG}title").text == HOSTILE[1]
    assert to_png(found, HOSTILE[7], dark=dark, scale=0.5).startswith(b"\x89PNG")


def test_bundled_graph_is_harmless(some):
    check_harmless(to_svg(some))


@pytest.fixture
def open_svg(browser, tmp_path):
    """Open a drawing as a file; fail if it asks for anything or does anything."""
    contexts = []

    def opened(svg):
        file = tmp_path / "drawing.svg"
        file.write_text(svg, encoding="utf-8")
        context = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True)
        contexts.append((context, asked := []))
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: asked.append(message.text))
        page.on("pageerror", lambda error: asked.append(str(error)))
        page.goto(file.as_uri())
        return page

    yield opened
    for context, asked in contexts:
        assert [url for url in asked if not url.endswith("/drawing.svg")] == []
        assert len(asked) == 1
        context.close()


def test_hostile_text_does_nothing_in_a_browser(open_svg):
    page = open_svg(to_svg(hostile(), HOSTILE[0]))
    assert page.evaluate("document.documentElement.localName") == "svg"
    marks = page.evaluate("document.querySelectorAll('g > title').length")
    assert marks == len(hostile().releases.marks)
    page.mouse.move(60, 300)
    page.wait_for_timeout(200)
    assert page.title() == HOSTILE[0]


BOXES = """() => {
  const box = (e) => { const b = e.getBoundingClientRect(); return [e.textContent, b.left, b.top, b.right, b.bottom]; };
  const plot = 'g[transform^="translate"]', all = (s) => [...document.querySelectorAll(s)];
  return {
    words: all('text').filter((t) => !t.closest(plot)).map(box),
    labels: all(plot + ' text').map(box),
    samples: all('svg > g:first-of-type > :not(text)').map(box),
    page: [document.documentElement.width.baseVal.value, document.documentElement.height.baseVal.value],
  };
}"""


def overlapping(pairs):
    return [
        (a, b)
        for a, b in pairs
        if min(a[3], b[3]) - max(a[1], b[1]) > 0.5 and min(a[4], b[4]) - max(a[2], b[2]) > 0.5
    ]


@pytest.mark.parametrize("title", ["Code LLM lineage", "A very long title of many words " * 9])
def test_words_do_not_overlap(open_svg, some, title):
    page = open_svg(to_svg(some, title))
    found = page.evaluate(BOXES)
    assert len(found["labels"]) == len(some.releases.marks)
    assert len(found["samples"]) > 5
    assert overlapping(combinations(found["words"], 2)) == []
    assert overlapping(combinations(found["labels"], 2)) == []
    # A line has no height of its own.
    samples = [
        (name, left, top - 1, right, bottom + 1) for name, left, top, right, bottom in found["samples"]
    ]
    assert overlapping((w, s) for w in found["words"] for s in samples) == []
    width, height = found["page"]
    for name, left, top, right, bottom in [*found["words"], *found["labels"], *samples]:
        assert 0 <= left < right <= width, name
        assert 0 <= top < bottom <= height, name


def test_png_is_the_same_picture(view):
    found = picture(view, around(view, "model:deepswe-preview"))
    root = tree(to_svg(found, "DeepSWE"))
    for scale in (1.0, 2.0):
        png = to_png(found, "DeepSWE", scale=scale)
        size = struct.unpack(">II", png[16:24])
        assert size == (round(float(root.get("width")) * scale), round(float(root.get("height")) * scale))
    chunks, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            chunks += png[at + 8 : at + 8 + length]
        at += length + 12
    assert len(set(zlib.decompress(chunks))) > 50
    assert to_png(found, "DeepSWE", dark=True) != png == to_png(found, "DeepSWE")


def test_png_has_a_limit(view, monkeypatch):
    found = picture(view, around(view, "model:deepswe-preview"))
    root = tree(to_svg(found))
    width, height = float(root.get("width")), float(root.get("height"))
    monkeypatch.setattr(drawing, "_PIXELS", width * height * 1.44)
    size = struct.unpack(">II", to_png(found)[16:24])
    assert size == pytest.approx((width * 1.2, height * 1.2), abs=1)
    monkeypatch.setattr(drawing, "_PIXELS", width * height * 0.5)
    with pytest.raises(UsageError, match=rf"{width:.0f} times {height:.0f} pixels: write it as .svg"):
        to_png(found)


def test_png_says_what_it_needs(some, monkeypatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(UsageError, match=r"pip install 'codellm-graph\[charts\]'"):
        to_png(some)


def test_nothing_to_draw(view):
    empty = picture(View({}, [], view.schema), Lineage("", False, {}, (), {}))
    svg = to_svg(empty, "Nothing")
    assert plot(svg) == ([], [])
    assert "0 models in 0 releases, 0 edges." in words(svg, ".")[-1]
    assert to_png(empty).startswith(b"\x89PNG")


PROGRAM = """
import sys
from codellm_graph.analyses.lineage import Lineage
from codellm_graph.present.drawing import to_svg
from codellm_graph.present.picture import picture
from codellm_graph.view import Edge, Node, View, load_view
from codellm_graph.store import open_store

names = [f"model:m{n}" for n in range(60)]
nodes = {i: Node(i, i, "Model", "", f"20{15 + n // 9}-0{1 + n % 5}-01", family=f"model:f{n // 4}") for n, i in enumerate(names)}
nodes |= {f"model:f{n}": Node(f"model:f{n}", f"F{n}", "Family") for n in range(15)}
edges = [Edge(names[n * n % max(n, 1)], i, r) for n, i in enumerate(names) for r in ("sftFrom", "rlFrom", "distilledFrom")[: n % 4]]
view = View(nodes, edges, load_view(open_store()).schema)
print(to_svg(picture(view, Lineage("", False, nodes, tuple(edges), {}))))
"""


def test_another_process_draws_the_same():
    texts = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(plot(texts[0])[1]) > 10
    assert texts[0] == texts[1]


def test_command_line_writes_the_drawing(run, tmp_path, view):
    found = picture(view, around(view, "model:starcoder"))
    for suffix in ("svg", "png"):
        file = tmp_path / f"star.{suffix}"
        done = run("export", file, "--root", "StarCoder")
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        root = tree(to_svg(found, "Lineage of StarCoder"))
        if suffix == "svg":
            assert file.read_text("utf-8").strip() == to_svg(found, "Lineage of StarCoder")
        else:
            size = struct.unpack(">II", file.read_bytes()[16:24])
            assert size == (2 * int(root.get("width")), 2 * int(root.get("height")))


@pytest.mark.parametrize("dark", [False, True])
def test_golden_drawing(tiny, golden, dark):
    view = load_view(tiny)
    svg = to_svg(picture(view, everything(view)), "Pine & more", dark=dark)
    golden(f"tiny-{'dark' if dark else 'light'}.svg", svg.replace(version("codellm-graph"), "VERSION"))
