"""Both cameras of the explorer: what a mouse, a wheel and fingers do, and where labels stand."""

from __future__ import annotations

import pytest

# The page as JSON-able values: how much of the picture is on the screen.
VIEW = "() => ({ ...codellmGraph.camera.view })"
STAGE = "() => { const b = document.getElementById('stage').getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }"
SELECTED = "() => { const s = codellmGraph.state.sel; return s && (s.kind === 'node' ? s.node.id : s.kind === 'mark' ? s.mark.id : s.kind); }"
CANVAS = "document.querySelector('#stage canvas')"


@pytest.fixture(params=["canvas", "vis"])
def camera(request):
    return request.param


@pytest.fixture
def whole(request, camera):
    return request.getfixturevalue({"canvas": "page_all", "vis": "page_all_vis"}[camera])


@pytest.fixture
def deepswe(request, camera):
    return request.getfixturevalue({"canvas": "page_deepswe", "vis": "page_deepswe_vis"}[camera])


def frame(opened):
    """Wait until what was asked for is painted."""
    opened.page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def settle(opened):
    """Wait for the end of a flight."""
    opened.page.evaluate(
        """async () => { const at = () => JSON.stringify(codellmGraph.camera.view); let before = "", same = 0;
        while (same < 4) { const now = at(); same = now === before ? same + 1 : 0; before = now; await new Promise(requestAnimationFrame); } }"""
    )


def aim(opened, mark, scale=1.0):
    """Bring a mark to the middle of the picture; return where it is on the page."""
    return opened.page.evaluate(
        """([id, s]) => { const { camera, scene } = codellmGraph, m = scene.marks.find((x) => x.mark.id === id);
        camera.center(m, s); camera.now(); const b = document.getElementById('stage').getBoundingClientRect(), p = camera.toScreen(m);
        return [p.x + b.x, p.y + b.y]; }""",
        [mark, scale],
    )


def empty(opened):
    """Return a place of the page, inside the picture, that nothing is near."""
    return opened.page.evaluate(
        """() => { const { camera, scene } = codellmGraph, { width, height } = camera.size(), b = document.getElementById('stage').getBoundingClientRect();
        for (let y = height - 60; y > 60; y -= 17) for (let x = 60; x < width - 60; x += 23) if (!camera.find({ x, y }, 20)) return [x + b.x, y + b.y];
        throw new Error("no room"); }"""
    )


def selected(opened):
    return opened.page.evaluate(SELECTED)


def many(opened):
    """Return the release with most models."""
    return opened.page.evaluate(
        "() => [...codellmGraph.marks].sort((a, b) => b.members.length - a.members.length)[0].id"
    )


def test_the_page_has_the_camera_that_was_asked_for(explorer, whole, camera):
    opened = explorer(whole)
    assert opened.page.evaluate("codellmGraph.camera.kind") == camera
    assert opened.page.evaluate(f"{CANVAS}.closest('.vis-network') !== null") == (camera == "vis")
    if camera == "vis":
        ids = opened.page.evaluate("() => codellmGraph.camera.network.body.nodeIndices.length")
        assert ids == opened.page.evaluate("codellmGraph.marks.length")
    opened.shoot(f"camera-{camera}")


def test_both_cameras_paint_the_same(explorer, page_all, page_all_vis):
    pixels = []
    for text in (page_all, page_all_vis):
        opened = explorer(text)
        aim(opened, many(opened), 0.8)
        pixels.append(
            opened.page.evaluate(
                f"""async () => {{ const c = {CANVAS}, d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
                return [c.width, c.height, [...new Uint8Array(await crypto.subtle.digest('SHA-256', d))].join()]; }}"""
            )
        )
    assert pixels[0] == pixels[1]


def test_dragging_pans_and_selects_nothing(explorer, whole):
    opened = explorer(whole)
    x, y = aim(opened, many(opened))
    before = opened.page.evaluate(VIEW)
    opened.page.mouse.move(x, y)
    opened.page.mouse.down()
    for part in range(1, 11):
        opened.page.mouse.move(x + 12 * part, y - 7 * part)
    frame(opened)
    during = opened.page.evaluate(VIEW)
    opened.page.mouse.up()
    frame(opened)
    after = opened.page.evaluate(VIEW)
    assert during == after
    # The first pixels tell a drag from a click.
    assert (before["x"] - after["x"]) * after["s"] == pytest.approx(120, abs=14)
    assert (after["y"] - before["y"]) * after["s"] == pytest.approx(70, abs=9)
    assert after["s"] == before["s"]
    assert selected(opened) is None
    opened.wait_until("location.hash.includes('at=')")


def test_wheel_zooms_around_the_pointer_and_pans_sideways(explorer, whole):
    opened = explorer(whole)
    x, y = aim(opened, many(opened), 0.7)
    bx, by, _, _ = opened.page.evaluate(STAGE)
    at = f"() => codellmGraph.camera.toWorld({{ x: {x + 90 - bx}, y: {y + 40 - by} }})"
    before, place = opened.page.evaluate(VIEW), opened.page.evaluate(at)
    opened.page.mouse.move(x + 90, y + 40)
    opened.page.mouse.wheel(0, -100)
    opened.wait_until(f"codellmGraph.camera.view.s > {before['s']}")
    near, same = opened.page.evaluate(VIEW), opened.page.evaluate(at)
    assert near["s"] / before["s"] == pytest.approx(2.718281828 ** (100 / 320), rel=1e-3)
    assert (same["x"], same["y"]) == pytest.approx((place["x"], place["y"]), abs=0.01)
    opened.page.mouse.wheel(50, 0)
    opened.wait_until(f"codellmGraph.camera.view.x > {near['x']}")
    aside = opened.page.evaluate(VIEW)
    assert (aside["x"] - near["x"]) * near["s"] == pytest.approx(50, abs=0.1)
    assert aside["s"] == near["s"]
    # However long it is turned, the picture stays within bounds.
    for _ in range(60):
        opened.page.mouse.wheel(0, 900)
    frame(opened)
    assert opened.page.evaluate(VIEW)["s"] == pytest.approx(0.004)


class Fingers:
    """Fingers on the screen, as the browser's own protocol puts them there."""

    def __init__(self, opened):
        # The touches that are going on belong to the session.
        self.session = opened.page.context.new_cdp_session(opened.page)

    def put(self, *points):
        self._tell("touchStart", points)

    def move(self, *points):
        self._tell("touchMove", points)

    def lift(self):
        self._tell("touchEnd", ())

    def _tell(self, kind, points):
        touches = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def test_fingers_pan_pinch_and_tap(explorer, whole):
    opened = explorer(whole, has_touch=True)
    mark = many(opened)
    x, y = aim(opened, mark, 0.8)
    before, fingers = opened.page.evaluate(VIEW), Fingers(opened)
    fingers.put((x, y))
    for part in range(1, 11):
        fingers.move((x - 8 * part, y + 5 * part))
    fingers.lift()
    frame(opened)
    panned = opened.page.evaluate(VIEW)
    assert (panned["x"] - before["x"]) * before["s"] == pytest.approx(80, abs=18)
    assert (before["y"] - panned["y"]) * before["s"] == pytest.approx(50, abs=14)
    assert panned["s"] == before["s"]
    # A pause, so that the next touch is no double tap.
    opened.page.wait_for_timeout(400)
    fingers.put((x - 40, y), (x + 40, y))
    for part in range(1, 11):
        fingers.move((x - 40 - 4 * part, y), (x + 40 + 4 * part, y))
    fingers.lift()
    frame(opened)
    pinched = opened.page.evaluate(VIEW)
    assert 1.7 < pinched["s"] / panned["s"] <= 2.01
    assert selected(opened) is None
    opened.page.wait_for_timeout(400)
    x, y = aim(opened, mark, 1.2)
    opened.page.touchscreen.tap(x + 3, y - 12)
    opened.wait_until(f"({SELECTED})() === '{mark}'")
    assert opened.page.evaluate(VIEW)["s"] == pytest.approx(1.2)


def test_click_on_a_mark_a_label_and_beside_them(explorer, whole):
    opened = explorer(whole)
    mark = many(opened)
    x, y = aim(opened, mark)
    opened.page.mouse.click(x, y)
    opened.wait_until(f"({SELECTED})() === '{mark}'")
    opened.wait_until("document.getElementById('details').innerText.includes('ancestors')")
    opened.page.mouse.click(*empty(opened))
    opened.wait_until("codellmGraph.state.sel === null")
    found = opened.page.evaluate(
        """(mark) => { const b = document.getElementById('stage').getBoundingClientRect(), label = codellmGraph.camera.labels.find((l) => l.item.mark.id !== mark && l.box.left > 60 && l.box.right < b.width - 10 && l.box.top > 40 && l.box.bottom < b.height - 10);
        return [label.item.mark.id, label.box.right - 8 + b.x, label.y + b.y]; }""",
        mark,
    )
    opened.page.mouse.click(found[1], found[2])
    opened.wait_until(f"({SELECTED})() === '{found[0]}'")


def test_a_press_that_lasts_is_a_click(explorer, whole):
    opened = explorer(whole)
    mark = many(opened)
    opened.page.mouse.click(*aim(opened, mark), delay=600)
    opened.wait_until(f"({SELECTED})() === '{mark}'")


def test_double_click_opens_a_release_and_its_models_can_be_clicked(explorer, whole):
    opened = explorer(whole)
    mark = many(opened)
    x, y = aim(opened, mark, 1.0)
    view = opened.page.evaluate(VIEW)
    opened.page.mouse.dblclick(x, y)
    opened.wait_until("codellmGraph.state.open.size === 1")
    # The release stays where it was; its models hang below it.
    assert opened.page.evaluate(VIEW) == view
    member, mx, my = opened.page.evaluate(
        """() => { codellmGraph.camera.now(); const b = document.getElementById('stage').getBoundingClientRect(), item = codellmGraph.scene.items[1], p = codellmGraph.camera.toScreen(item);
        return [item.node.id, p.x + b.x, p.y + b.y]; }"""
    )
    assert my > y
    opened.page.wait_for_timeout(400)
    opened.page.mouse.click(mx, my)
    opened.wait_until(f"({SELECTED})() === '{member}'")
    opened.shoot(f"camera-opened-{opened.page.evaluate('codellmGraph.camera.kind')}")
    opened.page.wait_for_timeout(400)
    opened.page.mouse.dblclick(x, y)
    opened.wait_until("codellmGraph.state.open.size === 0")
    assert selected(opened) == mark


def test_double_click_beside_marks_zooms_in(explorer, whole):
    opened = explorer(whole)
    before = opened.page.evaluate(VIEW)
    opened.page.mouse.dblclick(*empty(opened))
    opened.wait_until(f"codellmGraph.camera.view.s > {before['s']} * 1.79")
    assert opened.page.evaluate(VIEW)["s"] == pytest.approx(before["s"] * 1.8)


# Clicks on points of lines and curves; a link that is chosen must really pass there.
LINK_POINTS = """(line) => { const { camera, scene } = codellmGraph, { width, height } = camera.size(), b = document.getElementById('stage').getBoundingClientRect(), found = [];
  for (const item of scene.lines) {
    if (item.line !== line) continue;
    const u = 0.5, v = 0.5, p = item.points, last = p.at(-1), before = p.at(-2);
    const w = line ? { x: (last.x + before.x) / 2, y: last.y } : { x: v ** 3 * p[0].x + 3 * u * v * v * p[1].x + 3 * u * u * v * p[2].x + u ** 3 * p[3].x, y: v ** 3 * p[0].y + 3 * u * v * v * p[1].y + 3 * u * u * v * p[2].y + u ** 3 * p[3].y };
    const q = camera.toScreen(w);
    if (q.x < 20 || q.x > width - 20 || q.y < 40 || q.y > height - 20) continue;
    if ([...scene.marks, ...scene.items].some((m) => { const z = camera.toScreen(m); return Math.hypot(z.x - q.x, z.y - q.y) < 26; })) continue;
    if (camera.labels.some(({ box }) => q.x > box.left - 6 && q.x < box.right + 6 && q.y > box.top - 6 && q.y < box.bottom + 6)) continue;
    found.push([q.x + b.x, q.y + b.y, item.link.parent, item.link.child]);
  }
  return found; }"""


@pytest.mark.parametrize("line", [True, False], ids=["line", "curve"])
def test_click_and_hover_on_links(explorer, whole, line):
    opened = explorer(whole)
    opened.page.evaluate(
        "() => { const { camera } = codellmGraph; camera.zoom(1.6); camera.now(); }",
    )
    points = opened.page.evaluate(LINK_POINTS, line)
    assert points
    hits = 0
    for x, y, parent, child in points[:12]:
        opened.page.mouse.move(x + 30, y + 30)
        opened.page.mouse.move(x, y)
        frame(opened)
        assert opened.page.evaluate("document.getElementById('tip').hidden") is False
        assert " ← " in opened.page.inner_text("#tip strong")
        opened.page.mouse.click(x, y)
        opened.wait_until("codellmGraph.state.sel !== null && codellmGraph.state.sel.kind === 'link'")
        link = opened.page.evaluate(
            "() => [codellmGraph.state.sel.link.parent, codellmGraph.state.sel.link.child]"
        )
        hits += link == [parent, child]
        opened.page.evaluate("() => codellmGraph.update({ sel: null })")
        opened.page.wait_for_timeout(350)
    # Where two run together, either may be meant.
    assert hits >= len(points[:12]) * 0.7


def test_hovering_tells_what_is_under_the_pointer(explorer, whole):
    opened = explorer(whole)
    mark = many(opened)
    x, y = aim(opened, mark, 1.1)
    opened.page.mouse.move(x - 60, y - 60)
    opened.page.mouse.move(x, y)
    opened.wait_until("!document.getElementById('tip').hidden")
    label = opened.page.evaluate("id => codellmGraph.marks.find((m) => m.id === id).label", mark)
    assert opened.page.inner_text("#tip").splitlines()[0] == label
    assert opened.page.evaluate("document.getElementById('stage').style.cursor") == "pointer"
    opened.page.mouse.move(*empty(opened))
    opened.wait_until("document.getElementById('tip').hidden")
    assert opened.page.evaluate("document.getElementById('stage').style.cursor") == ""
    opened.page.mouse.move(x, y)
    opened.wait_until("!document.getElementById('tip').hidden")
    opened.page.hover("#help")
    opened.wait_until("document.getElementById('tip').hidden")


def test_fit_shows_everything(explorer, whole):
    opened = explorer(whole)
    aim(opened, many(opened), 4)
    opened.page.click("#fit")
    settle(opened)
    outside = opened.page.evaluate(
        """() => { const { camera, scene } = codellmGraph, { width, height } = camera.size();
        return scene.marks.filter((m) => { const p = camera.toScreen(m); return p.x < 0 || p.x > width || p.y < 0 || p.y > height; }).length; }"""
    )
    assert outside == 0


def test_resizing_keeps_the_view_and_the_sharpness(explorer, whole):
    opened = explorer(whole)
    aim(opened, many(opened))
    before = opened.page.evaluate(VIEW)
    sharp = f"() => {{ const c = {CANVAS}; return c.width === c.clientWidth && c.height === c.clientHeight && c.clientWidth === document.getElementById('stage').clientWidth && c.clientHeight === document.getElementById('stage').clientHeight; }}"
    for width, height in ((1000, 600), (1700, 900), (390, 800)):
        opened.page.set_viewport_size({"width": width, "height": height})
        opened.wait_until(f"({sharp})()")
        frame(opened)
        assert opened.page.evaluate(VIEW) == before
    # Something is painted down to the last corner.
    assert (
        opened.page.evaluate(
            f"() => {{ const c = {CANVAS}; return c.getContext('2d').getImageData(c.width - 2, c.height - 2, 1, 1).data[3]; }}"
        )
        == 255
    )


def test_the_picture_is_the_same_after_a_look_at_the_table(explorer, whole):
    opened = explorer(whole)
    aim(opened, many(opened), 0.9)
    frame(opened)
    picture = f"() => {CANVAS}.toDataURL()"
    before = opened.page.evaluate(picture)
    opened.page.click("#tablebutton")
    opened.wait_until("codellmGraph.state.table")
    assert opened.page.is_hidden("#stage canvas")
    opened.page.click("#tablebutton")
    opened.wait_until("!codellmGraph.state.table")
    frame(opened)
    frame(opened)
    assert opened.page.evaluate(picture) == before


def test_two_pixels_for_one(explorer, whole):
    opened = explorer(whole, device_scale_factor=2)
    mark = many(opened)
    x, y = aim(opened, mark)
    assert opened.page.evaluate(f"() => {CANVAS}.width === 2 * {CANVAS}.clientWidth")
    # The mark is painted where it is said to be, in its own colour and not in the paper's.
    colours = opened.page.evaluate(
        f"""(id) => {{ const {{ camera, scene, graph }} = codellmGraph, m = scene.marks.find((x) => x.mark.id === id), p = camera.toScreen(m);
        const d = {CANVAS}.getContext('2d').getImageData(Math.round(2 * p.x), Math.round(2 * p.y), 1, 1).data;
        return ['#' + [...d].slice(0, 3).map((v) => v.toString(16).padStart(2, '0')).join(''), graph.openness[m.openness][1].toLowerCase()]; }}""",
        mark,
    )
    assert colours[0] == colours[1]
    opened.page.mouse.click(x, y)
    opened.wait_until(f"({SELECTED})() === '{mark}'")


# Boxes measured anew, from the text as it is painted: overlaps of more than half a pixel.
OVERLAPS = """() => { const { camera } = codellmGraph, pen = document.createElement('canvas').getContext('2d');
  const boxes = camera.labels.map(({ item, x, y, size, bold }) => { pen.font = `${bold ? '600 ' : ''}${size}px system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, 'Noto Sans CJK SC', sans-serif`;
    return [item.label, x, x + pen.measureText(item.label).width, y - size / 2, y + size / 2]; });
  const found = [];
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => { if (a[2] - 0.5 > b[1] && b[2] - 0.5 > a[1] && a[4] - 0.5 > b[3] && b[4] - 0.5 > a[3]) found.push(`${a[0]} / ${b[0]}`); }));
  return [boxes.length, found]; }"""
PLACES = """() => { const { scene } = codellmGraph, n = scene.ordered.length; return [0, 0.15, 0.5, 0.8, 0.99].map((p) => scene.ordered[Math.floor(p * n)]).map((m) => ({ x: m.x, y: m.y })); }"""


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("opening", [False, True], ids=["closed", "opened"])
def test_no_two_labels_overlap_at_any_zoom(explorer, whole, language, opening):
    opened = explorer(whole)
    opened.page.evaluate("(lang) => codellmGraph.update({ lang })", language)
    if opening:
        opened.page.evaluate(
            "() => codellmGraph.update({ open: new Set([...codellmGraph.marks].filter((m) => m.members.length > 1).sort((a, b) => b.members.length - a.members.length).slice(0, 6)) })"
        )
    most = 0
    for place in opened.page.evaluate(PLACES):
        for level in range(30):
            scale = 0.02 * (4 / 0.02) ** (level / 29)
            opened.page.evaluate(
                "([p, s]) => { const { camera } = codellmGraph; camera.center(p, s); camera.now(); }",
                [place, scale],
            )
            drawn, overlaps = opened.page.evaluate(OVERLAPS)
            assert overlaps == [], f"at scale {scale:.3f}"
            most = max(most, drawn)
    assert most > 30


def test_labels_of_one_lineage_all_have_room(explorer, deepswe):
    opened = explorer(deepswe)
    settle(opened)
    shown = opened.page.evaluate("() => [codellmGraph.camera.labels.length, codellmGraph.scene.marks.length]")
    assert shown[0] == shown[1]
