"""The picture of a lineage."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from codellm_graph.analyses.lineage import Lineage, around, everything
from codellm_graph.present.picture import picture
from codellm_graph.present.reading import measure
from codellm_graph.view import Edge, Node, View, load_view


@pytest.fixture(scope="module")
def view(graph):
    return load_view(graph)


@pytest.fixture(scope="module")
def whole(view):
    return picture(view, everything(view))


def pairs(found):
    """Return what is drawn when a picture opens."""
    return sorted({(link.parent, link.child) for link in found.releases.links if link not in found.quiet})


def read(found):
    paths = [found.layout.path(*ends) for ends in pairs(found)]
    return measure(paths, found.layout.boxes(found.releases.marks))


def test_the_bundled_graph_can_be_read(whole):
    found = read(whole)
    assert found.crossings <= 120
    assert found.through_labels <= 10
    assert found.overlapping == 0


def test_lines_of_the_bundled_graph_keep_clear(whole):
    drawn = whole.layout
    paths = [drawn.path(p, c) for c, p in drawn.lines.items()]
    assert len(paths) > 100
    assert measure(paths, drawn.boxes(whole.releases.marks))[:3] == (0, 0, 0)


def test_every_mark_has_a_place_and_every_line_a_link(whole):
    assert set(whole.layout.positions) == set(whole.releases.marks)
    shown = {(p, c) for p, c in pairs(whole)}
    assert {(p, c) for c, p in whole.layout.lines.items()} <= shown
    # What is quiet runs as well as what is not, once it is asked for.
    assert set(whole.layout.bends) <= {(link.parent, link.child) for link in whole.releases.links}
    assert whole.layout.above <= set(whole.releases.marks)


def test_everything_includes_families_and_series(view, whole):
    assert set(whole.releases.of) == set(view.nodes)
    assert whole.root is None


def test_what_is_said_of_families_only_is_quiet(view, whole):
    assert whole.quiet
    shown = {m for mark in whole.releases.marks.values() for m in mark.members}
    for link in whole.quiet:
        edges = [whole.lineage.edges[n] for n in link.edges]
        assert all(not {e.parent, e.child} <= shown for e in edges)
        assert whole.layout.lines.get(link.child) != link.parent
    for link in set(whole.releases.links) - whole.quiet:
        edges = [whole.lineage.edges[n] for n in link.edges]
        on_line = whole.layout.lines.get(link.child) == link.parent
        assert on_line or any({e.parent, e.child} <= shown for e in edges)


def family_pair(view, *edges):
    nodes = {
        "f": Node("f", "F", "Family"),
        "a": Node("a", "A", "Model", "2023", "2023-01-01", family="f"),
        "g": Node("g", "G", "Family"),
        "b": Node("b", "B", "Model", "2024", "2024-01-01", family="g"),
        "h": Node("h", "H", "Model", "2022", "2022-01-01"),
    }
    small = View(nodes, [Edge(*e) for e in edges], view.schema)
    return picture(small, Lineage("", False, small.nodes, tuple(small.edges), {}))


def test_what_is_said_of_a_family_gives_it_a_line_where_nothing_else_does(view):
    found = family_pair(view, ("f", "g", "succeeds"))
    assert (found.layout.lines, found.quiet) == ({"b": "a"}, frozenset())
    found = family_pair(view, ("f", "g", "succeeds"), ("h", "b", "rlFrom"))
    assert found.layout.lines == {"b": "h"}
    assert [link[:3] for link in found.quiet] == [("a", "b", "succeeds")]


def test_one_model_and_its_lineage(view):
    found = picture(view, around(view, "model:deepcoder-14b-preview"))
    assert "model:deepcoder-14b-preview" in found.releases.marks[found.root].members
    reading = read(found)
    assert (reading.through_labels, reading.overlapping) == (0, 0)


def test_every_model_alone_can_be_drawn(view):
    leaf = next(i for i, n in view.nodes.items() if n.kind == "Model" and not view.parents.get(i))
    found = picture(view, Lineage(leaf, False, {leaf: view.nodes[leaf]}, (), {leaf: 0}))
    assert list(found.layout.positions.values()) == [(0.0, 0.0)]
    assert found.root == leaf


def test_nothing(view):
    empty = View({}, [], view.schema)
    found = picture(empty, Lineage("", False, {}, (), {}))
    assert (found.layout.positions, found.quiet, found.root) == ({}, frozenset(), None)


def test_the_same_lineage_gives_the_same_picture(view, whole):
    again = picture(view, everything(view))
    assert (again.layout, again.releases, again.quiet) == (whole.layout, whole.releases, whole.quiet)


PROGRAM = """
from codellm_graph.analyses.lineage import everything
from codellm_graph.present.picture import picture
from codellm_graph.store import open_store
from codellm_graph.view import load_view

view = load_view(open_store())
found = picture(view, everything(view))
drawn = found.layout
print(drawn.positions, sorted(drawn.bends.items()), drawn.lines, sorted(drawn.above), drawn.ticks, sorted(found.quiet))
"""


def test_another_process_draws_the_same(whole):
    texts = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    drawn = whole.layout
    assert f"{drawn.positions} {sorted(drawn.bends.items())}" in texts[0]
    assert texts[0] == texts[1]
