"""Tables and trees for terminals and pipes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.analyses.lineage import around, trace
from codellm_graph.evidence import describe
from codellm_graph.present.text import lineage_table, lineage_tree, printable, statements, table, width
from codellm_graph.view import Edge, Node, View, load_view

HOSTILE = "Evil\x1b]0;owned\x07\x9b31m\r\b\x00\u202e\u2066Name"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def view(tiny):
    return load_view(tiny)


def harmless(text: str) -> bool:
    return all(c.isprintable() or c == "\n" for c in COLOUR.sub("", text))


def test_width_counts_columns():
    assert width("abc") == 3
    assert width("中文") == 4
    assert width("ｗｉｄｅ") == 8
    assert width("e\u0301") == 1
    assert width("한글") == 4
    assert width("") == 0


def test_plain_table_aligns_wide_characters():
    text = table(["名称", "n"], [["中文", 1], ["e\u0301a", 22], [None, 333], ["x" * 6, ""]])
    assert text.split("\n") == ["名称    n", "中文    1", "e\u0301a      22", "        333", "xxxxxx"]
    starts = {
        width(line[: line.index(cell)])
        for line, cell in zip(text.split("\n"), ["n", "1", "22", "333"], strict=False)
    }
    assert starts == {8}


def test_a_table_without_rows_is_its_heading():
    assert table(["a", "b"], []) == "a  b"


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=5), st.booleans())
def test_a_table_is_one_line_a_row_and_harmless(rows, colour):
    text = table(["a", "b"], rows, colour)
    assert harmless(text)
    if not colour:
        assert len(text.split("\n")) == len(rows) + 1
        second = [width(line) for line in text.split("\n")]
        assert max(second) == max(width(line.rstrip()) for line in text.split("\n"))


@given(st.text())
def test_printable_shows_what_it_does_not_send(text):
    shown = printable(text)
    assert shown.isprintable()
    if text.isprintable():
        assert shown == text


def test_printable_examples():
    assert printable("a\x1b[31mb\tc\nd\x7f") == "a\\x1b[31mb c d\\x7f"
    assert printable("\u202e") == "\\x202e"
    assert printable(7) == "7"


@pytest.fixture(scope="module")
def hostile(store_of):
    label = "".join(f"\\u{ord(c):04x}" for c in HOSTILE if c != "\x00")
    return store_of(f"""
        src:a dcterms:title "{label}" ; clg:grade 1 ; clg:address "http://x/{label}" . cite:a clg:source src:a ; clg:locator "{label}" .
        cite:a {{ maker:o a clg:Organization ; rdfs:label "{label}" . license:l a clg:License ; rdfs:label "{label}" .
          model:x a clg:Model ; rdfs:label "{label}" ; clg:organization maker:o ; clg:license license:l ; clg:released "{label}" ;
            skos:note "{label}" ; clg:sftFrom model:y ; clg:result [ clg:metric "{label}" ] .
          model:y a clg:Model ; rdfs:label "{label}" }}""")


@pytest.mark.parametrize("colour", [False, True])
def test_control_characters_never_reach_the_terminal(hostile, colour):
    lineage = trace(load_view(hostile), "model:x")
    for text in (
        lineage_tree(lineage, cite=True, colour=colour),
        lineage_table(lineage, colour=colour),
        statements(describe(hostile, "model:x"), colour=colour),
        table(["a"], [[HOSTILE]], colour),
    ):
        assert harmless(text)
        assert "\\x1b]0;owned" in COLOUR.sub("", text).replace("\n", "")


def test_trees_mark_what_was_drawn_before(view):
    text = lineage_tree(trace(view, "model:pine-2-mini"))
    lines = text.split("\n")
    assert [line.endswith("(see above)") for line in lines] == [False] * 5 + [True]
    assert "Pine-1-7B " in lines[1]
    assert lines[-1].strip().startswith("└─ sftFrom Pine-1-7B ")


def test_a_tree_of_a_cycle_ends(view):
    nodes = {i: Node(i, i.upper(), "Model") for i in "abc"}
    edges = [
        Edge("a", "b", "rlFrom"),
        Edge("b", "c", "sftFrom"),
        Edge("c", "a", "sftFrom"),
        Edge("a", "a", "rlFrom"),
    ]
    circle = View(nodes, edges, view.schema)
    for down in (False, True):
        text = lineage_tree(trace(circle, "a", down=down))
        assert text.count("(see above)") == 2
        assert len(text.split("\n")) == 5


def test_a_long_chain_is_drawn(view):
    nodes = {f"m{i}": Node(f"m{i}", f"M{i}", "Model") for i in range(3000)}
    chain = View(nodes, [Edge(f"m{i}", f"m{i + 1}", "rlFrom") for i in range(2999)], view.schema)
    assert lineage_tree(trace(chain, "m0", down=True)).count("rlFrom") == 2999


def test_a_tree_says_where_nothing_is_known(view):
    assert lineage_tree(trace(view, "model:pine-1-7b-draft")) == "Pine-1-7B draft\n└─ no parent known"
    leaf = lineage_tree(trace(view, "model:pine-2-moe", down=True))
    assert leaf.endswith("\n└─ nothing descends from it")


def test_colour_adds_nothing_but_colour(view):
    lineage = trace(view, "model:pine", down=True)
    for cite in (False, True):
        plain = lineage_tree(lineage, cite=cite)
        coloured = lineage_tree(lineage, cite=cite, colour=True)
        assert COLOUR.sub("", coloured) == plain
        assert coloured != plain


@pytest.mark.parametrize(
    ("name", "root", "options"),
    [
        ("mini", "model:pine-2-mini", {}),
        ("series-down", "model:pine", {"down": True}),
        ("family-weights", "model:pine-2", {"weights": True}),
    ],
)
def test_golden_trees_and_tables(view, golden, name, root, options):
    lineage = trace(view, root, **options)
    golden(f"{name}.tree.txt", lineage_tree(lineage, cite=True))
    golden(f"{name}.table.txt", lineage_table(lineage))


def test_golden_statements(tiny, golden):
    golden("show-pine-2.txt", statements(describe(tiny, "model:pine-2")))


def test_the_tree_of_both_directions_has_every_edge_once(view):
    text = lineage_tree(around(view, "model:pine-1-7b-chat"))
    assert text.split("\n")[0].startswith("Pine-1-7B-Chat")
