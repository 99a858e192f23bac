"""Lineage in the formats of other tools."""

from __future__ import annotations

import csv
import io
import json
import re

import networkx as nx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codellm_graph.analyses.lineage import everything, trace
from codellm_graph.present.formats import to_csv, to_dot, to_json, to_mermaid
from codellm_graph.view import Edge, Node, View, load_view

HOSTILE = 'x"];\nevil["y"] --> z{<img src=x onerror=alert(1)>}\\"; } digraph e { a -> b; #quot; | `end` \\N %% \r\u2028\\'

QUOTED = r'"((?:[^"\\\n]|\\.)*)"'
DOT_NODE = re.compile(rf"  {QUOTED} \[label={QUOTED}(, penwidth=2)?\];")
DOT_EDGE = re.compile(rf"  {QUOTED} -> {QUOTED} \[label={QUOTED}(, style=dashed)?\];")
# A label in quotes, of characters that mean nothing to Mermaid, and entities by number.
MERMAID_TEXT = r"(?:[\w .\-+:()/]|#\d+;)*"
MERMAID_NODE = re.compile(rf'  (n\d+)\["({MERMAID_TEXT})(?:<br/>({MERMAID_TEXT}))?"\]')
MERMAID_EDGE = re.compile(r"  (n\d+) (-->|-\.->)\|(\w+)\| (n\d+)")


@pytest.fixture(scope="module")
def view(tiny):
    return load_view(tiny)


def lineage_of(view, labels, released=None):
    nodes = {f"m{i}": Node(f"m{i}", label, "Model", released) for i, label in enumerate(labels)}
    edges = [Edge("m0", i, "rlFrom") for i in nodes if i != "m0"]
    return trace(View(nodes, edges, view.schema), "m0", down=True)


def dot_text(escaped):
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], escaped)


def mermaid_text(escaped):
    return re.sub(r"#(\d+);", lambda m: chr(int(m[1])), escaped)


labels = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20),
    min_size=1,
    max_size=4,
)


@given(labels, st.none() | st.sampled_from(["2024-01-01", HOSTILE]))
@example([HOSTILE, "ends with \\"], None)
def test_dot_holds_any_label_and_nothing_else(view, names, released):
    lines = to_dot(lineage_of(view, names, released)).split("\n")
    assert lines[:2] == ["digraph lineage {", "  rankdir=LR;"]
    assert lines[-1] == "}"
    nodes = [DOT_NODE.fullmatch(line) for line in lines[3 : 3 + len(names)]]
    edges = [DOT_EDGE.fullmatch(line) for line in lines[3 + len(names) : -1]]
    assert all(nodes)
    assert all(edges)
    assert len(edges) == len(names) - 1
    shown = [dot_text(found[2]) for found in nodes]
    assert shown == [f"{name}\n{released}" if released else name for name in names]


@given(labels, st.none() | st.sampled_from(["2024-01-01", HOSTILE]))
@example([HOSTILE, "ends with \\"], None)
def test_mermaid_holds_any_label_and_nothing_else(view, names, released):
    lines = to_mermaid(lineage_of(view, names, released)).split("\n")
    assert lines[0] == "flowchart LR"
    nodes = [MERMAID_NODE.fullmatch(line) for line in lines[1 : 1 + len(names)]]
    edges = [MERMAID_EDGE.fullmatch(line) for line in lines[1 + len(names) :]]
    assert all(nodes)
    assert all(edges)
    assert len(edges) == len(names) - 1
    assert [mermaid_text(found[2]) for found in nodes] == names
    assert {found[3] and mermaid_text(found[3]) for found in nodes} == {released}


@given(labels)
@example([HOSTILE])
def test_json_round_trip(view, names):
    lineage = lineage_of(view, names)
    data = json.loads(to_json(lineage.to_dict()))
    assert data == lineage.to_dict()
    assert [n["label"] for n in data["nodes"]] == names
    assert len(nx.node_link_graph(data, edges="edges").edges) == len(names) - 1


def test_dashes_are_for_relations_that_pass_no_weights_on(view):
    lineage = everything(view)
    mermaid = [MERMAID_EDGE.fullmatch(line) for line in to_mermaid(lineage).split("\n")]
    arrows = {found[3]: found[2] for found in mermaid if found}
    assert arrows == {
        "rlFrom": "-->",
        "sftFrom": "-->",
        "continuedFrom": "-->",
        "convertedFrom": "-->",
        "distilledFrom": "-.->",
    }
    dot = [DOT_EDGE.fullmatch(line) for line in to_dot(lineage).split("\n")]
    assert {found[3] for found in dot if found and found[4]} == {"distilledFrom"}


@pytest.mark.parametrize("down", [False, True])
def test_csv_is_one_row_an_edge(view, down):
    lineage = trace(view, "model:pine-2", down=down)
    rows = list(csv.DictReader(io.StringIO(to_csv(lineage))))
    assert [(r["parent"], r["child"], r["relation"]) for r in rows] == [
        (e.parent, e.child, e.relation) for e in lineage.edges
    ]
    assert [r["citations"].split() for r in rows] == [[c.id for c in e.citations] for e in lineage.edges]
    for row in rows:
        far = row["child"] if down and row["relation"] != "hasMember" else row["parent"]
        assert int(row["depth"]) >= lineage.depths[far]


def test_csv_quotes_what_needs_it(view):
    nodes = {i: Node(i, i, "Model") for i in ('http://x/a,b"c', "model:b")}
    found = trace(
        View(nodes, [Edge("model:b", 'http://x/a,b"c', "rlFrom")], view.schema), "model:b", down=True
    )
    assert list(csv.reader(io.StringIO(to_csv(found))))[1] == [
        "model:b",
        'http://x/a,b"c',
        "rlFrom",
        "",
        "1",
        "",
    ]


@pytest.mark.parametrize(
    ("name", "root", "options"),
    [("mini", "model:pine-2-mini", {}), ("family-weights", "model:pine-2", {"weights": True})],
)
def test_golden_files(view, golden, name, root, options):
    lineage = trace(view, root, **options)
    golden(f"{name}.mmd", to_mermaid(lineage))
    golden(f"{name}.dot", to_dot(lineage))
    golden(f"{name}.csv", to_csv(lineage))
    golden(f"{name}.json", to_json(lineage.to_dict()))
