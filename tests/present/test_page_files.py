"""What readers of the explorer take away: pictures, links and sheets of paper, in a real browser."""

from __future__ import annotations

import base64
import re
import struct
from collections import Counter
from xml.etree import ElementTree

import pytest

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    "<img src=x onerror=hit=1>",
    "</text></svg><script>hit=1</script>",
    "\"'&amp;]]>\u0007\ud800 javascript:hit=1",
)
#: Records what is painted on canvases: the moves of every path that is filled or stroked.
RECORD = """() => { const round = (n) => Math.round(n * 100) / 100, kept = window.painted = [], p = CanvasRenderingContext2D.prototype; let now = [];
  const hook = (name, run) => { const old = p[name]; p[name] = function (...a) { run(a.map(round)); return old.apply(this, a); }; };
  hook("beginPath", () => { now = []; });
  for (const [name, letter] of [["moveTo", "M"], ["lineTo", "L"], ["quadraticCurveTo", "Q"], ["bezierCurveTo", "C"]]) hook(name, (a) => now.push([letter, ...a]));
  const keep = () => { if (now.length && kept.at(-1) !== now) kept.push(now); };
  hook("fill", keep); hook("stroke", keep); }"""


def save(opened, kind, tmp_path):
    opened.page.click("#save")
    with opened.page.expect_download() as waiting:
        opened.page.click(f"[data-save={kind}]")
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_menu_of_files_is_closed_as_one_expects(explorer, page_deepswe):
    opened = explorer(page_deepswe)
    page = opened.page
    focus = "document.activeElement.id || document.activeElement.dataset.save"
    page.focus("#save")
    page.keyboard.press("Enter")
    assert page.get_attribute("#save", "aria-expanded") == "true"
    assert page.evaluate(focus) == "png"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focus) == "print"
    page.keyboard.press("Escape")
    assert not page.is_visible("#savemenu")
    assert page.evaluate(focus) == "save"
    page.click("#save")
    opened.shoot("save-light")
    page.click("h1")
    assert not page.is_visible("#savemenu")
    assert page.get_attribute("#save", "aria-expanded") == "false"
    page.click("#save")
    page.click("#language")
    assert not page.is_visible("#savemenu")


def test_png_is_the_whole_picture(explorer, page_deepswe, browser, tmp_path):
    opened = explorer(page_deepswe)
    # Zooming in takes nothing away.
    opened.page.evaluate("codellmGraph.camera.zoom(3)")
    path = save(opened, "png", tmp_path)
    assert path.name == "deepswe.png"
    assert opened.page.text_content("#live") == "Saved deepswe.png"
    data = path.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    svg = ElementTree.parse(save(opened, "svg", tmp_path)).getroot()
    assert (width, height) == (2 * int(svg.get("width")), 2 * int(svg.get("height")))
    blank = browser.new_page()
    colours = blank.evaluate(
        """async (data) => { const image = new Image(); image.src = `data:image/png;base64,${data}`; await image.decode();
        const c = document.createElement("canvas"); c.width = image.width; c.height = image.height; const pen = c.getContext("2d"); pen.drawImage(image, 0, 0);
        return [...new Set(new Uint32Array(pen.getImageData(0, 0, c.width, c.height).data.buffer))].map((n) => "#" + [n & 255, (n >> 8) & 255, (n >> 16) & 255].map((b) => b.toString(16).padStart(2, "0")).join("")); }""",
        base64.b64encode(data).decode(),
    )
    blank.close()
    assert len(colours) > 50
    fills = {p.get("fill").lower() for p in svg.iter(f"{SVG}path")} - {"none"}
    assert fills <= set(colours)


def test_png_stays_within_what_browsers_can_hold(explorer, page_deepswe, tmp_path):
    opened = explorer(page_deepswe)
    opened.page.evaluate(
        "() => { for (const m of codellmGraph.marks) m.row *= 200; codellmGraph.update({}); }"
    )
    width, height = struct.unpack(">II", save(opened, "png", tmp_path).read_bytes()[16:24])
    assert 15990 <= max(width, height) <= 16000
    opened.page.evaluate(
        "() => { for (const m of codellmGraph.marks) { m.row /= 5; m.x *= 32; } codellmGraph.update({}); }"
    )
    width, height = struct.unpack(">II", save(opened, "png", tmp_path).read_bytes()[16:24])
    assert max(width, height) <= 16000
    assert 119e6 < width * height <= 120e6


def commands(path):
    """Split the moves of an SVG path, its arcs left out."""
    return [[c[0], *map(float, c[1:].split())] for c in re.findall(r"[MLQC][^A-Zhv]*", path)]


@pytest.mark.parametrize(("page", "scheme"), [("page_all", "light"), ("page_deepswe", "dark")])
def test_svg_is_what_is_painted(explorer, request, tmp_path, page, scheme):
    opened = explorer(request.getfixturevalue(page), scheme=scheme)
    opened.page.evaluate(RECORD)
    # Only what is painted for the file counts, not what is painted on the screen.
    opened.page.evaluate("document.getElementById('tablebutton').click()")
    opened.wait_until("codellmGraph.evidence !== null")
    opened.page.evaluate("() => { codellmGraph.camera.now(); window.painted.length = 0; }")
    save(opened, "png", tmp_path)
    painted = opened.page.evaluate("window.painted")
    path = save(opened, "svg", tmp_path)
    root = ElementTree.parse(path).getroot()
    found = [commands(p.get("d")) for p in root.iter(f"{SVG}path") if "h" not in p.get("d")]
    assert len(found) > 20
    assert found == painted
    assert {e.tag for e in root.iter()} == {f"{SVG}{tag}" for tag in ("svg", "title", "path", "text")}
    assert not [k for e in root.iter() for k in e.attrib if "href" in k or k.startswith("on") or k == "style"]
    texts = Counter(e.text for e in root.iter(f"{SVG}text"))
    assert Counter(opened.page.evaluate("codellmGraph.scene.ordered.map((m) => m.label)")) <= texts
    years = [label for _, label in opened.page.evaluate("codellmGraph.graph.ticks") if label.isdigit()]
    assert years[1] in texts


def test_link_restores_what_is_seen(explorer, page_deepswe):
    opened = explorer(page_deepswe)
    opened.page.evaluate("codellmGraph.update({ to: '2025-03', table: true })")
    opened.page.evaluate(
        "() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; }"
    )
    opened.page.click("#save")
    opened.page.click("[data-save=copy]")
    opened.wait_until("document.getElementById('live').textContent === 'Link copied'")
    address = opened.page.evaluate("window.copied")
    assert address.startswith("file:")
    # Where copying is forbidden, the link is there to be copied by hand.
    opened.page.evaluate("() => { navigator.clipboard.writeText = async () => { throw new Error('no'); }; }")
    opened.page.click("#save")
    opened.page.click("[data-save=copy]")
    opened.wait_until("document.activeElement.tagName === 'INPUT'")
    assert (
        opened.page.evaluate(
            "getSelection().toString() || document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)"
        )
        == address
    )
    again = explorer(page_deepswe, address=address.partition("#")[2])
    assert again.page.evaluate("[codellmGraph.state.to, codellmGraph.state.table]") == ["2025-03", True]
    assert again.page.is_visible("#table table")
    assert again.page.get_attribute("#until", "aria-valuetext") == "until Mar 2025"


def test_sheet_shows_picture_and_details(explorer, page_deepswe):
    opened = explorer(page_deepswe, scheme="dark")
    page = opened.page
    opened.wait_until("document.querySelector('#details h3') !== null")
    page.evaluate(
        "() => { window.sheets = []; addEventListener('beforeprint', () => sheets.push(document.querySelectorAll('#print svg text').length)); }"
    )
    assert page.pdf().startswith(b"%PDF")
    assert page.evaluate("window.sheets[0]") > 3
    assert page.locator("#print svg").count() == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    picture_box, details_box = (
        page.locator("#print svg").bounding_box(),
        page.locator("#details").bounding_box(),
    )
    assert picture_box["height"] > 200
    assert picture_box["y"] + picture_box["height"] <= details_box["y"]
    assert not page.is_visible("#legend")
    assert not page.is_visible("#timeline")
    assert page.is_visible("#details h2")
    # Paper is white, whatever the screen is.
    assert page.get_attribute("#print svg path", "fill") == "#ffffff"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    opened.shoot("print")


def test_hostile_labels_stay_text(explorer, page_deepswe, tmp_path):
    opened = explorer(page_deepswe, bypass_csp=True)
    page = opened.page
    page.evaluate(
        """(labels) => { const { nodes, marks, graph, update } = codellmGraph;
        nodes.forEach((n, i) => { n.label = labels[i % labels.length]; }); marks.forEach((m, i) => { m.label = labels[i % labels.length]; });
        graph.organizations.forEach((o, i) => { o[0] = labels[i % labels.length]; }); graph.licenses.fill(labels[0]);
        graph.title = labels[1]; update({ sel: null, table: true }); }""",
        list(HOSTILE),
    )
    opened.wait_until("codellmGraph.evidence !== null")
    names = page.eval_on_selector_all("#table tbody th", "list => list.map((th) => th.textContent)")
    assert set(names) == set(HOSTILE)
    assert (
        page.evaluate("document.querySelectorAll('#table img, #table script, #table svg, #table a').length")
        == 0
    )
    path = save(opened, "svg", tmp_path)
    root = ElementTree.parse(path).getroot()
    assert {e.tag for e in root.iter()} == {f"{SVG}{tag}" for tag in ("svg", "title", "path", "text")}
    texts = {e.text for e in root.iter(f"{SVG}text")}
    assert any(text.startswith(HOSTILE[0]) for text in texts)
    assert any(text.startswith("\"'&amp;]]>\ufffd\ufffd javascript:") for text in texts)
    assert re.fullmatch(r"[\w.-]+\.svg", path.name)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("typeof window.hit") == "undefined"
