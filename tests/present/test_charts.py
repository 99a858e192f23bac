"""The charts of spread: their numbers, their files, and a page in a real browser."""

from __future__ import annotations

import itertools
import re
import struct
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.analyses.diffusion import spread
from codellm_graph.analyses.field import read_field
from codellm_graph.cli.spread import command
from codellm_graph.errors import OutputError, UsageError, printable
from codellm_graph.names import labels
from codellm_graph.present import charts, charts_files, charts_page
from codellm_graph.present.charts_data import ENOUGH, FEW, LIMIT, MODES, PAPER, apart, chosen, mode
from codellm_graph.present.spread_data import to_dict
from codellm_graph.view import load_view

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    "<script>alert(1)</script>",
    "</svg></figure><img src=x onerror=alert(2)>",
    "</style><svg onload=alert(3)>",
    "</title><iframe src=javascript:alert(4)>",
    "{{7*7}}{% raise %}",
    "datum.x' + alert(5) + '",
    "bell \x07 and escape \x1b[31m",
    "a\u2028b & <b>bold</b> \"quoted\" 'too'",
)


@pytest.fixture(scope="module")
def field(graph):
    return read_field(graph, load_view(graph))


@pytest.fixture(scope="module")
def spreads(graph, field):
    return spread(field, graph, permutations=20)


@pytest.fixture(scope="module")
def names(graph):
    return labels(graph)


@pytest.fixture(scope="module")
def answers(spreads, field):
    """Return what ``spread --format json`` says, by technique."""
    return {s.technique.id: to_dict(s, field, {}) for s in spreads}


def walk(spec):
    yield spec
    for value in spec.values() if isinstance(spec, dict) else spec if isinstance(spec, list) else ():
        yield from walk(value)


def numbers(chart, name):
    """Return the rows of a chart's data of that name."""
    found = [
        part["data"]["values"]
        for part in walk(chart.to_dict())
        if isinstance(part, dict) and "data" in part and str(part["data"].get("name", "")).startswith(name)
    ]
    assert found
    return [row for rows in found for row in rows]


def size(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


def texts(svg):
    return ["".join(t.itertext()) for t in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def svg_of(chart, tmp_path):
    chart.save(str(tmp_path / "chart.svg"))
    return (tmp_path / "chart.svg").read_text(encoding="utf-8")


# The numbers


def test_techniques_on_most_stages_are_drawn_in_the_order_of_their_first_carriers(spreads):
    drawn = chosen(reversed(spreads))
    assert len(drawn) == LIMIT == 16
    assert {s.technique.id for s in drawn} == {s.technique.id for s in spreads[:LIMIT]}
    days = [s.adoptions[0].carrier.earliest for s in drawn]
    assert days == sorted(days)


def test_heat_map_shows_the_numbers_of_the_json(spreads, answers):
    rows = numbers(charts.heat(spreads), "heat")
    seen = {}
    for r in rows:
        answer = answers[r["technique"]]
        cell = (answer["stages"] | answer["outside_stages"])[r["stage"]]
        assert {k: r[k] for k in ("adopters", "eligible", "share", "low", "high")} == {
            k: v for k, v in cell.items() if k != "first"
        }
        assert r["few"] == (cell["eligible"] < FEW)
        assert r["written"] == (f"{cell['adopters']}/{cell['eligible']}" if cell["eligible"] else "–")
        seen.setdefault(r["technique"], []).append(r["stage"])
    assert len(seen) == LIMIT
    assert all(s == [*answers[t]["stages"], *answers[t]["outside_stages"]] for t, s in seen.items())


def test_staircase_has_a_mark_for_every_dated_adopter(spreads, names, answers):
    rows = numbers(charts.staircase(spreads, names), "adopters")
    for technique in {r["technique"] for r in rows}:
        answer = answers[technique]
        drawn = [
            (r["model"], r["date"], r["name"])
            for r in rows
            if r["technique"] == technique and r["mode"] != PAPER
        ]
        assert drawn == [(a["model"], a["earliest"], a["label"]) for a in answer["adopters"] if a["earliest"]]
        modes = {r["model"]: r["mode"] for r in rows if r["technique"] == technique and r["mode"] != PAPER}
        for a in answer["adopters"]:
            if a["earliest"]:
                assert modes[a["model"]] == (MODES[4] if a["by_necessity"] else a["mode"])


def test_cumulative_shares_are_those_of_the_json(spreads, answers):
    rows = numbers(charts.shares(spreads), "shares")
    for technique in {s.technique.id for s in chosen(spreads)}:
        drawn = [
            {k: r[k] for k in ("date", "carriers", "eligible")} for r in rows if r["technique"] == technique
        ]
        able = [p for p in answers[technique]["cumulative"] if p["eligible"] >= ENOUGH]
        # The first point, and the last of each quarter.
        assert drawn == [
            p
            for n, p in enumerate(able)
            if n == 0 or p is able[-1] or _quarter(p["date"]) != _quarter(able[n + 1]["date"])
        ]
        assert all(r["share"] == r["carriers"] / r["eligible"] for r in rows)


def _quarter(day):
    return day[:4], (int(day[5:7]) + 2) // 3


def test_lags_are_those_of_the_json(spreads, names, answers):
    rows = numbers(charts.lags(spreads, names), "lags")
    for technique in {s.technique.id for s in chosen(spreads)}:
        drawn = sorted(
            (r["lag"], r["days"], r["least"], r["most"]) for r in rows if r["technique"] == technique
        )
        assert drawn == sorted(
            (x["name"], x["days"], x["least"], x["most"]) for x in answers[technique]["lags"]
        )


def test_page_holds_all_four(spreads, names):
    page = charts.page(spreads, names)
    for name, alone in (
        ("heat", charts.heat(spreads)),
        ("adopters", charts.staircase(spreads, names)),
        ("shares", charts.shares(spreads)),
        ("lags", charts.lags(spreads, names)),
    ):
        assert numbers(page, name) == numbers(alone, name)


def test_modes_differ_by_more_than_colour(spreads, names):
    layers = charts.staircase(spreads, names).to_dict()["layer"]
    encoded = next(layer["encoding"] for layer in layers if "shape" in layer.get("encoding", {}))
    fills, shapes = encoded["fill"]["scale"]["range"], encoded["shape"]["scale"]["range"]
    hollow = [f == "transparent" for f in fills]
    assert len(set(zip(hollow, shapes, strict=True))) == len(encoded["shape"]["scale"]["domain"]) == 6


# The places of marks and labels


def test_marks_of_a_row_do_not_cover_each_other(spreads, names):
    chart = charts.staircase(spreads, names).to_dict()
    layer = next(part for part in chart["layer"] if "shape" in part.get("encoding", {}))
    first, last = (_day(d) for d in layer["encoding"]["x"]["scale"]["domain"])
    rows = [r for r in chart["data"]["values"] if r["mode"] != PAPER]
    at = [((_day(r["date"]) - first) / (last - first) * chart["width"], r["y"]) for r in rows]
    assert all(0 <= x <= chart["width"] and 0 <= y <= chart["height"] for x, y in at)
    for (x, y), (other_x, other_y) in itertools.combinations(at, 2):
        assert abs(x - other_x) >= 7.4 or abs(y - other_y) >= 7.4


def _day(text):
    import datetime

    return datetime.date.fromisoformat(text).toordinal()


def test_labels_at_the_lines_ends_do_not_overlap(spreads, tmp_path):
    for shown in (spreads[:16], spreads[16:32], [s for s in spreads if not s.technique.stays][:30]):
        svg = svg_of(charts.shares(shown, limit=30), tmp_path)
        places = _ends(svg)
        panels = [list(group) for _, group in itertools.groupby(sorted(places), key=lambda p: p[0])]
        assert sum(len(p) for p in panels) == len(
            {r["technique"] for r in numbers(charts.shares(shown, limit=30), "shares")}
        )
        for panel in panels:
            # The letters are 11 pixels high.
            assert all(b[1] - a[1] >= 13.5 for a, b in itertools.pairwise(panel))


@pytest.mark.parametrize("draw", [charts.shares, charts.page])
def test_lines_of_a_panel_look_different(spreads, tmp_path, draw):
    # One technique in the one panel and three in the other: neither takes its colours from its neighbour.
    stays = [s for s in spreads if s.technique.stays][:1]
    some = stays + [s for s in spreads if not s.technique.stays][:3]
    root = ElementTree.fromstring(svg_of(draw(some), tmp_path))
    lines = [
        (path.get("stroke"), path.get("stroke-dasharray"))
        for path in root.iter(f"{SVG}path")
        if (path.get("stroke-width"), path.get("aria-roledescription")) == ("2", "line mark")
    ]
    assert len(lines) == 4
    assert lines[0] in lines[1:]
    assert len(set(lines[1:])) == 3
    assert len({colour for colour, _ in lines[1:]}) == 3


def _ends(svg):
    """Return where the labels at the lines' ends stand, as rendered."""
    found = []

    def visit(element, x, y):
        move = re.match(r"translate\(([-\d.]+),\s*([-\d.]+)\)", element.get("transform", ""))
        if move:
            x, y = x + float(move[1]), y + float(move[2])
        if element.tag == f"{SVG}text" and re.search(r" \d+%$", element.text or ""):
            found.append((round(x), y))
        for child in element:
            visit(child, x, y)

    visit(ElementTree.fromstring(svg), 0.0, 0.0)
    return found


@given(st.lists(st.floats(0, 300), max_size=30), st.sampled_from([1.0, 7.5, 10.0]))
def test_apart_keeps_order_and_distance(wanted, gap):
    placed = apart(wanted, gap, 0, 300)
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    assert all(placed[b] - placed[a] >= gap - 1e-6 for a, b in itertools.pairwise(order))
    assert all(-1e-6 <= p <= 300 + 1e-6 for p in placed)
    if all(abs(a - b) >= gap for a, b in itertools.combinations(wanted, 2)):
        assert placed == pytest.approx(wanted)


def test_apart_where_there_is_no_room_starts_at_the_top():
    assert apart([5.0, 5.0, 5.0], 10, 0, 15) == [0, 10, 20]


# Files


def test_each_chart_renders_with_all_labels(spreads, names, tmp_path):
    for chart in (
        charts.heat(spreads),
        charts.staircase(spreads, names),
        charts.shares(spreads),
        charts.lags(spreads, names),
    ):
        written = " ".join(texts(svg_of(chart, tmp_path)))
        assert all(s.technique.label in written for s in chosen(spreads))
        assert "undefined" not in written
        assert "NaN" not in written
        assert "…" not in written


def test_nothing_is_drawn_outside_the_picture(spreads, names, tmp_path, browser):
    svg = svg_of(charts.page(spreads, names), tmp_path)
    page = browser.new_page()
    page.set_content(svg)
    outside = page.evaluate(
        """() => { const box = document.querySelector('svg').getBoundingClientRect();
        return [...document.querySelectorAll('svg text')].filter(t => { const b = t.getBoundingClientRect();
          return b.width && (b.left < box.left || b.right > box.right || b.top < box.top || b.bottom > box.bottom);
        }).map(t => t.textContent); }"""
    )
    page.close()
    assert outside == []


def test_png_and_svg_of_the_page(spreads, names):
    png = charts_page.write(spreads, "png", names, {}, title="Spread")
    width, height = size(png)
    assert 2400 < width < 4000
    assert 1500 < height < 3500
    assert len(png) > 200_000
    svg = charts_page.write(spreads, "svg", names, {}, title="Spread").decode()
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    assert "InCoder" in svg
    assert not [
        e for e in root.iter() if e.tag.rpartition("}")[2] in ("script", "foreignObject", "image", "a")
    ]


@pytest.mark.parametrize("count", [1, 2])
def test_few_techniques_and_few_dates_can_be_drawn(spreads, names, count):
    undated = [
        replace(s, adoptions=s.adoptions[-1:], curve=(), lags=())
        for s in spreads
        if s.adoptions[-1].mode == "undated"
    ]
    assert undated
    for some in (spreads[:count], spreads[-count:], undated[:count]):
        assert min(size(charts_page.write(some, "png", names, {}, title="x"))) > 200
    with pytest.raises(UsageError, match="no technique to draw"):
        charts.page([])


# The page


@pytest.fixture
def opened(browser, tmp_path):
    """Open a page offline and return it with its requests and complaints."""
    contexts = []

    def show(text, scheme="light"):
        file = tmp_path / "charts.html"
        file.write_text(text, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": 1900, "height": 1000}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page, requests, complaints = context.new_page(), [], []
        page.on("request", lambda r: requests.append(r.url))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("console", lambda m: complaints.append(m.text))
        page.on("dialog", lambda d: (complaints.append(d.message), d.dismiss()))
        page.goto(file.as_uri())
        assert requests == [file.as_uri()]
        return page, requests, complaints

    yield show
    for context in contexts:
        context.close()


def test_page_is_one_offline_file_without_a_script(spreads, names, graph, opened):
    from codellm_graph.evidence import citations

    cited = citations(graph, (c for s in spreads for a in s.adoptions for c in a.carrier.said))
    text = charts_page.write(spreads, "html", names, cited, notes=["A note."]).decode()
    assert "<script" not in text
    assert " style=" not in text
    assert "'unsafe" not in text
    page, requests, complaints = opened(text)
    assert page.evaluate("document.querySelectorAll('figure svg[role=img][aria-label]').length") == 4
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    # Every technique is in every drawing, and every adopter in the tables with its sources.
    for s in chosen(spreads):
        assert page.evaluate(
            "t => [...document.querySelectorAll('figure')].every(f => f.textContent.includes(t))",
            s.technique.label,
        )
    rows = page.evaluate(
        "[...document.querySelectorAll('details:last-of-type tbody tr')].map(r => r.innerHTML)"
    )
    assert len(rows) == sum(len(s.adoptions) for s in chosen(spreads))
    assert sum("<a href=" in r for r in rows) > len(rows) / 2
    assert all(
        re.match("https?://", a)
        for a in page.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
    )
    assert len(requests) == 1
    assert complaints == []


def test_drawings_in_one_page_do_not_share_names(spreads):
    drawn = [
        ElementTree.fromstring(charts_files._inline(charts_files.Figure(n, n, charts.heat(spreads[:2]))))
        for n in ("heat", "lags")
    ]
    ids = [{e.get("id") for e in root.iter() if e.get("id")} for root in drawn]
    asked = [
        set(re.findall(r"url\(#(.*?)\)", " ".join(v for e in root.iter() for v in e.attrib.values())))
        for root in drawn
    ]
    assert asked[0]
    assert asked[0] <= ids[0]
    assert asked[1] <= ids[1]
    assert not ids[0] & ids[1]
    assert all(i.startswith("heat-") for i in ids[0])


def test_page_fits_a_phone(spreads, names, opened):
    page, _, _ = opened(charts_page.write(spreads, "html", names, {}).decode())
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_tables_have_the_numbers_of_the_json(spreads, names, answers, opened):
    page, _, _ = opened(charts_page.write(spreads, "html", names, {}).decode())
    rows = page.evaluate(
        """[...document.querySelectorAll('details:first-of-type tbody tr')].map(
        r => [...r.cells].map(c => c.textContent))"""
    )
    for s, row in zip(chosen(spreads), rows, strict=True):
        answer = answers[s.technique.id]
        cells = (answer["stages"] | answer["outside_stages"]).values()
        assert row[0] == s.technique.label
        for cell, text in zip(cells, row[1:], strict=True):
            start = f"{cell['adopters']}/{cell['eligible']} = " if cell["eligible"] else "none eligible"
            assert text.startswith(start)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_on_either_ground(spreads, names, opened, scheme):
    page, _, _ = opened(charts_page.write(spreads, "html", names, {}).decode(), scheme)
    faint = page.evaluate(
        """() => {
        const light = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => { x /= 255;
            return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; });
            return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
        const ground = light(getComputedStyle(document.body).backgroundColor);
        return [...document.querySelectorAll('#staircase text, #lags text, #shares text')].filter(t => {
            const ink = light(getComputedStyle(t).fill);
            return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05) < 4.5;
        }).map(t => t.textContent); }"""
    )
    assert faint == []
    assert page.evaluate(
        "getComputedStyle(document.querySelector('figure svg > rect')).fill"
    ) == page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_hostile_labels_do_nothing(spreads, names, opened):
    hostile = [
        replace(s, technique=replace(s.technique, label=label, id=f"technique:x{n}", introduced=label))
        for n, (s, label) in enumerate(zip(spreads, HOSTILE, strict=False))
    ]
    bad = {a.carrier.unit: HOSTILE[0] for s in hostile for a in s.adoptions} | dict.fromkeys(
        names, HOSTILE[1]
    )
    text = charts_page.write(hostile, "html", bad, {}, title=HOSTILE[3], notes=HOSTILE).decode()
    assert not re.search("[\\x00-\\x09\\x0b-\\x1f\\u2028]", text)
    page, requests, complaints = opened(text)
    page.wait_for_timeout(200)
    assert complaints == []
    assert len(requests) == 1
    assert (
        page.evaluate("document.querySelectorAll('script, iframe, img, b, [onload], [onerror]').length") == 0
    )
    assert page.evaluate("document.querySelectorAll('figure > svg').length") == 4
    assert page.title() == HOSTILE[3]
    assert page.evaluate("document.querySelector('tbody th').textContent") in [
        printable(label) for label in HOSTILE
    ]
    for suffix in ("svg", "png"):
        content = charts_page.write(hostile, suffix, bad, {}, title="x")
        if suffix == "svg":
            root = ElementTree.fromstring(content)
            assert not list(root.iter(f"{SVG}script"))
            assert not [k for e in root.iter() for k in e.attrib if k.startswith("on")]


# The command line


def ask(*args, **options):
    obj = {"store": None, "data": (), "as_of": None, "quiet": False} | options
    return CliRunner().invoke(command, [*args, "--permutations", "20"], obj=obj)


@pytest.mark.parametrize(
    ("suffix", "start"), [("html", b"<!DOCTYPE html>"), ("svg", b"<svg "), ("PNG", b"\x89PNG")]
)
def test_command_writes_by_suffix(tmp_path, suffix, start):
    file = tmp_path / f"spread.{suffix}"
    done = ask("--html", str(file))
    assert done.exit_code == 0, done.exception
    assert done.stdout == ""
    assert file.read_bytes().startswith(start)


def test_command_draws_one_technique(tmp_path):
    file = tmp_path / "fim.html"
    assert ask("FIM", "--html", str(file)).exit_code == 0
    text = file.read_text(encoding="utf-8")
    assert "<title>How Fill-in-the-middle spread</title>" in text
    assert "InCoder" in text
    assert "Rotary" not in text


def test_command_refuses_what_it_cannot_write(tmp_path):
    assert isinstance(ask("--html", str(tmp_path / "x.pdf")).exception, UsageError)
    assert isinstance(ask("--html", str(tmp_path / "x.svg"), "--format", "json").exception, UsageError)
    assert isinstance(ask("FIM", "--html", str(tmp_path / "no" / "x.svg")).exception, OutputError)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["altair", "vl_convert"])
def test_missing_extra_names_the_remedy(monkeypatch, spreads, tmp_path, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(UsageError, match=re.escape("pip install 'codellm-graph[charts]'")):
        charts.heat(spreads)
    error = ask("--html", str(tmp_path / "x.html")).exception
    assert isinstance(error, UsageError)
    assert "codellm-graph[charts]" in str(error)


def test_modes_are_those_of_the_analysis(spreads):
    found = {mode(a) for s in spreads for a in s.adoptions}
    assert set(MODES) < found
    assert found - set(MODES) == {"undated"}
