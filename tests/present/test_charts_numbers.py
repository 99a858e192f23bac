"""The numbers that a reader sees in the drawings are those of the command's JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from xml.etree import ElementTree

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient

from codellm_graph.analyses.licenses import all_licenses
from codellm_graph.cli.licenses import command as licenses_command
from codellm_graph.cli.spread import command as spread_command
from codellm_graph.errors import UsageError
from codellm_graph.present import charts
from codellm_graph.present.charts_data import ENOUGH, LIMIT, MODES, PAPER
from codellm_graph.present.charts_files import picture
from codellm_graph.view import load_view

SVG = "{http://www.w3.org/2000/svg}"
FIGURES = """() => Object.fromEntries([...document.querySelectorAll('figure')].map(f => [f.id,
  [...f.querySelectorAll('text')].map(t => { const b = t.getBoundingClientRect();
    return {text: t.textContent, left: b.left, right: b.right, x: (b.left + b.right) / 2,
            y: (b.top + b.bottom) / 2}; })]))"""


def ask(command, *args):
    obj = {"store": None, "data": (), "as_of": None, "quiet": True}
    done = CliRunner().invoke(command, args, obj=obj)
    assert done.exit_code == 0, done.exception
    return done.stdout


@pytest.fixture(scope="module")
def said():
    """Return what ``spread --format json`` says of the techniques that are drawn, by label."""
    answers = json.loads(ask(spread_command, "--permutations", "5", "--format", "json"))
    best = sorted(answers, key=lambda a: (-sum(s["adopters"] > 0 for s in a["stages"].values()),
                                          -len(a["adopters"]), a["id"]))  # fmt: skip
    return {a["label"]: a for a in best[:LIMIT]}


@pytest.fixture(scope="module")
def seen(browser, tmp_path_factory):
    """Return the texts of each drawing in the page that ``spread --html`` writes, and where they stand."""
    file = tmp_path_factory.mktemp("charts") / "spread.html"
    ask(spread_command, "--permutations", "5", "--html", str(file))
    page = browser.new_page(viewport={"width": 2400, "height": 1200})
    page.goto(file.as_uri())
    found = page.evaluate(FIGURES)
    page.close()
    return found


def only(texts, **wanted):
    [found] = [t for t in texts if all(t[k] == v for k, v in wanted.items())]
    return found


def in_row(texts, y):
    return sorted((t for t in texts if abs(t["y"] - y) < 4), key=lambda t: t["x"])


def test_cells_of_the_heat_map(said, seen):
    texts = seen["heat"]
    for label, answer in said.items():
        row = in_row(texts, only(texts, text=label)["y"])[1:]
        cells = answer["stages"] | answer["outside_stages"]
        written = [f"{c['adopters']}/{c['eligible']}" if c["eligible"] else "–" for c in cells.values()]
        assert [t["text"] for t in row][: len(cells)] == written
        for stage, cell in zip(cells, row, strict=False):
            assert abs(only(texts, text=stage)["x"] - cell["x"]) < 2


def test_counts_and_marks_of_the_staircase(graph, said, seen):
    texts = seen["staircase"]
    marks = drawn_points(charts.draw(graph, "staircase"), "point")
    for label, answer in said.items():
        y = only(texts, text=label)["y"]
        count = min(
            (t for t in texts if t["text"].isdigit() and abs(t["y"] - y) < 25),
            key=lambda t: abs(t["y"] - y - 11),
        )
        assert count["text"] == str(len(answer["adopters"]))
        mine = [m for m in marks if m["label"] == label]
        modes = Counter(m["mode"] for m in mine)
        papers = modes.pop(PAPER, 0)
        assert papers in ((0, 1) if answer["introduced"] else (0,))
        dated = [a for a in answer["adopters"] if a["earliest"]]
        assert modes == Counter(MODES[4] if a["by_necessity"] else a["mode"] for a in dated)
        assert sorted(m["name"] for m in mine if m["mode"] != PAPER) == sorted(a["label"] for a in dated)
    total = [a for answer in said.values() for a in answer["adopters"]]
    inherited = sum(a["mode"] == "inherited" for a in total)
    assert any(t["text"].startswith(f"{inherited} of {len(total)} adoptions") for t in texts)


def drawn_points(chart, kind):
    """Return what a screen reader is told of each mark."""
    root = ElementTree.fromstring(picture(chart, "svg").decode())
    told = [e.get("aria-label", "") for e in root.iter() if e.get("aria-roledescription") == kind]
    return [dict(part.split(": ", 1) for part in re.split(r"; (?=\w+: )", t)) for t in told if ": " in t]


def test_each_paper_is_drawn_once(graph, said):
    papers = Counter(
        m["label"] for m in drawn_points(charts.draw(graph, "staircase"), "point") if m["mode"] == PAPER
    )
    assert set(papers.values()) == {1}
    assert 5 < len(papers) <= sum(bool(a["introduced"]) for a in said.values())


def test_shares_at_the_ends_of_the_lines(said, seen):
    texts = seen["shares"]
    for label, answer in said.items():
        last = [p for p in answer["cumulative"] if p["eligible"] >= ENOUGH][-1]
        only(texts, text=f"{label} {last['carriers'] / last['eligible']:.0%}")


def test_days_of_the_lags(said, seen):
    texts = seen["lags"]
    heads = {label: only(texts, text=label) for label in said}
    found = {label: Counter() for label in said}
    for t in texts:
        if re.search(r"(^|[a-zA-Z] )-?\d+$", t["text"]) and t["left"] > max(
            h["right"] for h in heads.values()
        ):
            near = min(heads, key=lambda label: abs(heads[label]["y"] - t["y"]))
            found[near][t["text"]] += 1
    ticks = max(heads.values(), key=lambda h: h["y"])["y"] + 15
    for label, answer in said.items():
        panels = ("paper to first carrier", "to first carrier of another organization")
        want = Counter(
            str(x["days"]) if x["name"] in panels else f"{x['name']} {x['days']}" for x in answer["lags"]
        )
        got = Counter({k: n for k, n in found[label].items() if k in want})
        assert got == want
    # Nothing else that looks like a number, but on the axes.
    known = {k for a in found.values() for k in a}
    assert all(t["y"] > ticks or t["text"] in known for t in texts if re.fullmatch(r"-?\d+", t["text"]))


# The lineage of licences


@pytest.fixture(scope="module")
def licensed():
    return json.loads(ask(licenses_command, "--all", "--format", "json"))


def test_classes_of_licences(graph, licensed):
    rows = drawn_points(charts.draw(graph, "licences"), "rect mark")
    cells = {(r["origin"], r["own"]): r for r in rows if "models" in r}
    models, losing = Counter(), Counter()
    for x in licensed:
        own = x["openness"] or "unknown"
        for origin in {h["openness"] or "unknown" for h in x["chain"]}:
            models[origin, own] += 1
        bad = {c["license"] for c in x["conflicts"]}
        for origin in {h["openness"] or "unknown" for h in x["chain"] if h["license"] in bad}:
            losing[origin, own] += 1
    assert {k: int(r["models"]) for k, r in cells.items()} == dict(models)
    assert {k: int(r["losing"]) for k, r in cells.items() if r["losing"] != "0"} == dict(losing)
    texts = [
        "".join(t.itertext())
        for t in ElementTree.fromstring(picture(charts.draw(graph, "licences"), "svg")).iter(f"{SVG}text")
    ]
    for count in models.values():
        assert str(count) in texts
    for count in losing.values():
        assert f"{count} with losses" in texts
    bad = sum(bool(x["conflicts"]) for x in licensed)
    assert f"In {bad} of {len(licensed)} models with weight ancestors, licence terms got lost" in texts
    unsure = sum(bool(x["unknown"]) and not x["conflicts"] for x in licensed)
    assert any(f"in {unsure} more a licence" in t for t in texts)


def test_lost_terms_between_licences(graph, licensed):
    points = drawn_points(charts.draw(graph, "licences"), "point")
    drawn = {(p["pair"], p["term"]) for p in points if p.get("state") == "lost"}
    said = {(f"{c['license']} to {x['license']}", c["term"]) for x in licensed for c in x["conflicts"]}
    assert drawn == said
    kept = {(p["pair"], p["term"]) for p in points if p.get("state") == "kept"}
    assert not kept & drawn
    terms = {h["license"]: set(h["terms"] or ()) for x in licensed for h in (x, *x["chain"]) if h["license"]}
    for pair, term in kept:
        assert all(term in terms[one] for one in pair.split(" to "))


@pytest.mark.parametrize(
    "name", ["DeepSeek-R1-Distill-Llama-8B", "SQLCoder-34B", "InstructCodeT5+ 16B", "Kimi-Dev-72B"]
)
def test_terms_of_a_model(graph, name):
    answer = json.loads(ask(licenses_command, name, "--format", "json"))
    chart = charts.draw(graph, "licences", name)
    points = drawn_points(chart, "point")
    states = {(p["model"], p["term"]): p["state"] for p in points if "state" in p}
    unknown = {(p["model"], p["term"]) for p in drawn_points(chart, "text mark") if p.get("text") == "?"}
    own = {term: state for (model, term), state in states.items() if model == answer["id"]}
    fates = {True: "kept", False: "lost"}
    assert {t: s for t, s in own.items() if s != "new"} == {
        t["term"]: fates[t["carried"]] for t in answer["inherited"] if t["carried"] is not None
    }
    assert {t for m, t in unknown if m == answer["id"]} == {
        t["term"] for t in answer["inherited"] if t["carried"] is None
    }
    assert {t for t, s in own.items() if s == "new"} == set(answer["terms"] or ()) - {
        t["term"] for t in answer["inherited"]
    }
    for h in answer["chain"]:
        assert {t for (m, t), s in states.items() if m == h["id"] and s == "kept"} == set(h["terms"] or ())
        if h["terms"] is None:
            assert not {t for (m, t) in states if m == h["id"]}
    assert {p["label"] for p in points if "license" in p} == {
        answer["label"],
        *(h["label"] for h in answer["chain"]),
    }
    gone = {c["term"] for c in answer["conflicts"]}
    assert {t for t, s in own.items() if s == "lost"} == gone


# In notebooks


def test_unknown_charts_and_names(graph):
    with pytest.raises(UsageError, match="pie is no chart; use one of staircase, heat"):
        charts.draw(graph, "pie")
    drawn = charts.draw(graph, "staircase", "YaRN").to_dict()
    assert {r["technique"] for r in drawn["data"]["values"]} == {"technique:yarn"}
    whole = len(all_licenses(graph, load_view(graph)))
    assert f"of {whole} models" in str(charts.draw(graph, "licences").to_dict()["title"])


def test_every_chart_displays_in_a_notebook(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    start = (
        "import altair as alt\nimport codellm_graph as cg\nfrom codellm_graph.present import charts\n"
        'alt.renderers.enable("svg")\ng = cg.load()'
    )
    names = {"staircase": ', "FIM", "MoE"', "licences": ', "Kimi-Dev-72B"'}
    cells = [f'charts.draw(g, "{chart}"{names.get(chart, "")})' for chart in charts.CHARTS]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in (start, *cells)])
    NotebookClient(
        book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown = [[o["data"] for o in cell.outputs if "data" in o] for cell in book.cells[1:]]
    assert len(shown) == len(charts.CHARTS)
    for [data] in shown:
        assert ElementTree.fromstring(data["image/svg+xml"]).tag == f"{SVG}svg"
