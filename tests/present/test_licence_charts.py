"""The lineage of licences: where things stand, its files, and its page in a real browser."""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from codellm_graph.analyses.licenses import Conflict, Held, Inherited, Licensing, all_licenses, licenses
from codellm_graph.cli.licenses import command
from codellm_graph.errors import UsageError
from codellm_graph.present import charts, licence_page
from codellm_graph.present.licence_data import HEAD, KEPT, LACKED, LOST, ROW, UNKNOWN, lanes, links
from codellm_graph.present.licence_flows import pairs
from codellm_graph.present.licence_words import story
from codellm_graph.view import Edge, Node, View, load_view

SVG = "{http://www.w3.org/2000/svg}"
BAD = "</svg></figure><img src=x onerror=alert(1)><script>alert(2)</script>\x07\x1b[31m"


@pytest.fixture(scope="module")
def view(graph):
    return load_view(graph)


@pytest.fixture
def opened(browser, tmp_path):
    """Open a page offline and return it with its requests and complaints."""
    contexts = []

    def show(content, scheme="light", width=1700):
        file = tmp_path / "licences.html"
        file.write_bytes(content)
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page, requests, complaints = context.new_page(), [], []
        page.on("request", lambda r: requests.append(r.url))
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("console", lambda m: complaints.append(m.text))
        page.on("dialog", lambda d: (complaints.append(d.message), d.dismiss()))
        page.goto(file.as_uri())
        assert requests == [file.as_uri()]
        return page, complaints

    yield show
    for context in contexts:
        context.close()


def small(view, **dates):
    """Return a licensing in which a term is kept, one lost, one lacked on the way, and its view."""
    young = Held("model:young", "Young", "license:mit", "MIT", "open", ("a",), 0)
    chain = (
        Held("model:middle", "Middle", "license:mid", "Mid", "restricted", ("a",), 1),
        Held("model:silent", "Silent", None, None, None, None, 1),
        Held("model:old", "Old", "license:strict", "Strict", "restricted", ("a", "n"), 2),
    )
    inherited = (
        Inherited("a", "attribution", True, ("model:middle", "model:old")),
        Inherited("n", "naming", False, ("model:old",)),
    )
    lost = (Conflict("n", "naming", "model:old", "Old", "license:strict", "Strict", False, (), ()),)
    found = Licensing(*young[:6], chain, inherited, lost, (chain[1],))
    nodes = {
        h.id: Node(h.id, h.label, "Model", d, d)
        for h in (young, *chain)
        for d in [dates.get(h.label, "2024-01-01")]
    }
    edges = [
        Edge("model:old", "model:middle", "continuedFrom"),
        Edge("model:old", "model:silent", "continuedFrom"),
        Edge("model:middle", "model:young", "mergedFrom"),
        Edge("model:silent", "model:young", "mergedFrom"),
    ]
    return found, View(nodes, edges, view.schema)


# Where things stand


def test_each_term_runs_from_its_first_licence_to_the_model(view):
    found, small_view = small(view, Old="2023-01-01")
    placed = lanes(found, small_view)
    rows = {r["model"]: r["y"] for r in placed.holders}
    assert next(iter(rows)) == "model:old"
    assert list(rows)[-1] == "model:young"
    assert list(rows.values()) == [HEAD + ROW * (n + 0.5) for n in range(4)]
    assert [(r["term"], r["fate"]) for r in placed.lanes] == [("n", LOST), ("a", KEPT)]
    assert all(r["y"] == rows["model:old"] and r["end"] == rows["model:young"] for r in placed.lanes)
    states = {(r["model"], r["term"]): r["state"] for r in placed.marks}
    assert states == {
        ("model:old", "n"): KEPT,
        ("model:middle", "n"): LACKED,
        ("model:silent", "n"): UNKNOWN,
        ("model:young", "n"): LOST,
        ("model:old", "a"): KEPT,
        ("model:middle", "a"): KEPT,
        ("model:silent", "a"): UNKNOWN,
        ("model:young", "a"): KEPT,
    }
    assert {(r["model"], r["x"]) for r in placed.marks if r["term"] == "n"} == {
        (model, placed.lanes[0]["x"]) for model in rows
    }


def test_a_line_goes_round_what_stands_in_its_way(view):
    found, small_view = small(view)
    placed = lanes(found, small_view)
    at = {r["model"]: (r["x"], r["y"]) for r in placed.holders}
    assert len({x for x, _ in at.values()}) == 1
    lines = {}
    for r in placed.links:
        lines.setdefault(r["link"], []).append((r["x"], r["y"]))
    ends = {(line[0], line[-1]) for line in lines.values()}
    assert ends == {(at[a], at[b]) for a, b in links(small_view, "model:young")}
    for line in lines.values():
        between = [p for p in at.values() if line[0][1] < p[1] < line[-1][1]]
        straight = {x for x, _ in line} == {line[0][0]}
        assert straight == (not between)


def test_undated_ancestors_stand_before_the_axis(view):
    found, small_view = small(view, Old=None, Middle="2023-05-01", Silent="2023-05-02")
    placed = lanes(found, small_view)
    old, *dated = [r["x"] for r in placed.holders]
    assert old < min(r["x"] for r in placed.years)
    assert old < min(dated)
    assert placed.holders[0]["when"] == "no date, 2 steps up"
    assert [r["text"] for r in placed.years] == ["2023", "2024"]


def test_what_is_said_of_a_family_leads_to_its_member(graph, view):
    found = next(x for x in all_licenses(graph, view) if x.label == "CodeGen-Mono 350M")
    ancestors = {h.id for h in found.chain}
    ways = links(view, found.id)
    assert {a for a, _ in ways} == ancestors
    assert {b for _, b in ways} <= ancestors | {found.id}


def test_every_ancestor_of_every_model_is_drawn_above_what_came_from_it(graph, view):
    for x in all_licenses(graph, view):
        placed = lanes(x, view)
        rows = [r["model"] for r in placed.holders]
        assert sorted(rows) == sorted([x.id, *(h.id for h in x.chain)])
        assert rows[-1] == x.id
        for parent, child in links(view, x.id):
            assert rows.index(parent) < rows.index(child)


def test_pairs_hold_each_loss_once(graph, view):
    found = all_licenses(graph, view)
    made = pairs(found)
    assert {(p.origin, p.license) for p in made if p.lost} == {
        (c.license, x.license) for x in found for c in x.conflicts
    }
    for p in made:
        assert bool(p.lost) == bool(p.losing)
        assert set(p.losing) <= set(p.models)
        assert p.same <= len(p.losing)
        assert not set(p.kept) & set(p.lost)
    assert [len(p.losing) for p in made] == sorted((len(p.losing) for p in made), reverse=True)


def test_titles_say_what_became_of_the_terms(view):
    found, _ = small(view)
    assert story(found) == "Young: 1 of 2 terms got lost, MIT does not carry it"
    kept = found._replace(inherited=found.inherited[:1], conflicts=())
    assert story(kept) == "Young: its licence has the one term that came down"
    unknown = found._replace(
        license=None, terms=None, inherited=tuple(t._replace(carried=None) for t in found.inherited)
    )
    assert story(unknown) == "Young: 2 terms come down the weights, its licence is not known"
    assert story(found._replace(inherited=())) == "Young: no term is known to come down the weights"
    assert story(found._replace(chain=(), inherited=())) == "Young: no weight ancestor is known"


# The page and the files


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_of_a_model(graph, view, opened, scheme):
    found = licenses(graph, view, "model:deepseek-r1-distill-llama-8b")
    page, complaints = opened(licence_page.write(graph, view, found, "html", title="Licences"), scheme)
    assert complaints == []
    text = page.inner_text("body")
    assert "Not legal advice" in text
    assert page.evaluate("document.querySelectorAll('script, [style]').length") == 0
    tables = page.evaluate(
        """[...document.querySelectorAll('table')].map(t => [...t.tBodies[0].rows].map(
        r => [...r.cells].map(c => c.textContent)))"""
    )
    assert [row[1:6] for row in tables[0]] == [
        ["DeepSeek-R1-Distill-Llama-8B", "0", "MIT License", "open", "attribution"],
        ["Llama 3.1 8B", "1", "Llama 3.1 Community License", "restricted", "attribution, naming, threshold, use-restrictions"],
    ]  # fmt: skip
    assert [row[1:3] for row in tables[1]] == [
        [t.label, "yes" if t.carried else "no: lost"] for t in found[0].inherited
    ]
    assert sorted(row[2] for row in tables[2]) == sorted(c.label for c in found[0].conflicts)
    links_of = page.evaluate(
        "[...document.querySelectorAll('table')].map(t => [...t.tBodies[0].rows].map(r => "
        "[...r.querySelectorAll('a')].map(a => a.getAttribute('href'))))"
    )
    for n in (0, 2):
        assert all(row and all(re.match("https?://", a) for a in row) for row in links_of[n])
    faint = page.evaluate(
        """() => { const light = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => { x /= 255;
            return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; });
            return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
        const ground = light(getComputedStyle(document.body).backgroundColor);
        return [...document.querySelectorAll('figure text')].filter(t => {
            const ink = light(getComputedStyle(t).fill);
            return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05) < 4.5;
        }).map(t => t.textContent); }"""
    )
    assert faint == []


def test_page_of_all_models(graph, view, opened):
    found = all_licenses(graph, view)
    content = licence_page.write(graph, view, found, "html", title="All", whole=True)
    page, complaints = opened(content, width=390)
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    rows = page.evaluate("[...document.querySelectorAll('table')].map(t => t.tBodies[0].rows.length)")
    assert rows == [sum(len(x.conflicts) for x in found), len(pairs(found)), 4]
    unlinked = page.evaluate(
        "[...document.querySelector('table').tBodies[0].rows].filter(r => !r.querySelector('a')).length"
    )
    assert unlinked == 0


def test_a_large_family_is_drawn_in_part_and_listed_whole(graph, view, opened):
    found = all_licenses(graph, view)[: licence_page.LIMIT + 3]
    page, _ = opened(licence_page.write(graph, view, found, "html", title="Many"))
    assert page.evaluate("document.querySelectorAll('figure > svg').length") == licence_page.LIMIT
    assert "3 more of its models are in the tables only." in page.inner_text("header")
    rows = page.evaluate("document.querySelector('table').tBodies[0].rows.length")
    assert rows == sum(1 + len(x.chain) for x in found)
    root = ElementTree.fromstring(licence_page.write(graph, view, found, "svg", title="Many"))
    heads = ["".join(t.itertext()) for t in root.iter(f"{SVG}text")]
    assert heads.count("licence") == licence_page.LIMIT


def test_hostile_labels_do_nothing(graph, view, opened):
    [x] = licenses(graph, view, "model:deepseek-r1-distill-llama-8b")
    bad = x._replace(
        label=BAD,
        license_label=BAD,
        chain=tuple(h._replace(label=BAD, license_label=BAD) for h in x.chain),
        inherited=tuple(t._replace(label=BAD) for t in x.inherited),
        conflicts=tuple(c._replace(label=BAD, license_label=BAD, origin_label=BAD) for c in x.conflicts),
    )
    for whole in (False, True):
        content = licence_page.write(graph, view, [bad], "html", title=BAD, whole=whole)
        assert not re.search(rb"[\x00-\x09\x0b-\x1f]", content)
        page, complaints = opened(content)
        page.wait_for_timeout(100)
        assert complaints == []
        assert page.evaluate("document.querySelectorAll('script, img, [onerror]').length") == 0
        assert page.evaluate("document.querySelectorAll('figure > svg').length") == 1
        root = ElementTree.fromstring(licence_page.write(graph, view, [bad], "svg", title="", whole=whole))
        assert not [e for e in root.iter() if e.tag.rpartition("}")[2] in ("script", "img", "foreignObject")]
        assert not [k for e in root.iter() for k in e.attrib if k.startswith("on")]


def test_a_model_without_ancestors_can_be_drawn(graph, view):
    [x] = licenses(graph, view, "model:llama-3.1-8b")
    assert x.chain == ()
    drawn = licence_page.write(graph, view, [x], "svg", title="").decode()
    assert "Llama 3.1 8B: no weight ancestor is known" in drawn
    assert "In 0 of 0 models" in licence_page.write(graph, view, [], "svg", title="", whole=True).decode()


# The command line


def ask(*args, **options):
    obj = {"store": None, "data": (), "as_of": None, "quiet": False} | options
    return CliRunner().invoke(command, args, obj=obj)


@pytest.mark.parametrize("name", [(), ("--all",), ("SQLCoder-34B",), ("DeepSeek-R1-Distill",)])
@pytest.mark.parametrize(
    ("suffix", "start"), [("html", b"<!DOCTYPE html>"), ("svg", b"<svg "), ("PNG", b"\x89PNG")]
)
def test_command_writes_by_suffix(tmp_path, name, suffix, start):
    file = tmp_path / f"licences.{suffix}"
    done = ask(*name, "--html", str(file))
    assert done.exit_code == 0, done.exception
    assert done.stdout == ""
    content = file.read_bytes()
    assert content.startswith(start)
    if suffix != "PNG":
        assert b"not legal advice" in content.lower()
        whole = b"models with weight ancestors, licence terms got lost" in content
        assert whole == (name in ((), ("--all",)))


def test_command_refuses_what_it_cannot_write(tmp_path):
    for args, message in (
        (("--html", "x.pdf"), "one of html, svg, png"),
        (("--html", "x.svg", "--format", "json"), "exclude each other"),
        (("SQLCoder-34B", "--all", "--html", "x.svg"), "wants a NAME, or --all"),
    ):
        error = ask(*(str(tmp_path / a) if a.startswith("x.") else a for a in args)).exception
        assert isinstance(error, UsageError)
        assert message in str(error)
    assert list(tmp_path.iterdir()) == []


def test_missing_extra_names_the_remedy(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "altair", None)
    error = ask("SQLCoder-34B", "--html", str(tmp_path / "x.html")).exception
    assert isinstance(error, UsageError)
    assert "codellm-graph[charts]" in str(error)


def test_as_of_draws_what_was_known(tmp_path):
    file = tmp_path / "x.svg"
    ask("--html", str(file), as_of="2023-12")
    then = re.search(r"In (\d+) of (\d+) models", file.read_text(encoding="utf-8"))
    ask("--html", str(file))
    now = re.search(r"In (\d+) of (\d+) models", file.read_text(encoding="utf-8"))
    assert 0 < int(then[2]) < int(now[2])
    assert int(then[1]) < int(now[1])


def test_charts_of_a_graph_and_of_its_answers_are_the_same(graph, view):
    found = licenses(graph, view, "model:kimi-dev-72b")
    assert charts.draw(graph, "licences", "Kimi-Dev-72B").to_dict() == charts.licences(found, view).to_dict()
