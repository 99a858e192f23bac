"""Lines of descent and how they are drawn."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.present import clades as module
from codellm_graph.present.clades import Clades, Tree, improved, line_parents
from codellm_graph.present.routing import crossings
from codellm_graph.view import Edge, Node


def parents(x, *edges):
    return line_parents(x, [Edge(*e) for e in edges], {"rlFrom"})


X = {"a": 0.0, "b": 100.0, "c": 200.0, "d": 300.0}


def test_weights_decide_then_the_number_of_edges_then_the_nearest():
    assert parents(X, ("a", "d", "rlFrom"), ("c", "d", "distilledFrom"), ("c", "d", "succeeds")) == {"d": "a"}
    assert parents(X, ("a", "d", "succeeds"), ("a", "d", "succeeds"), ("c", "d", "succeeds")) == {"d": "a"}
    assert parents(X, ("a", "d", "rlFrom"), ("b", "d", "rlFrom"), ("c", "d", "succeeds")) == {"d": "b"}


def test_no_line_runs_back_in_time_or_to_itself():
    assert parents(X, ("b", "a", "rlFrom"), ("c", "c", "rlFrom")) == {}


def test_the_last_edge_of_a_circle_belongs_to_no_line():
    x = dict.fromkeys("abc", 0.0)
    assert parents(x, ("a", "b", "rlFrom"), ("b", "c", "rlFrom"), ("c", "a", "rlFrom")) == {
        "a": "c",
        "b": "a",
    }
    # Another parent takes its place.
    found = parents(x | {"d": -50.0}, ("a", "b", "rlFrom"), ("b", "a", "rlFrom"), ("d", "b", "rlFrom"))
    assert found == {"a": "b", "b": "d"}


@st.composite
def trees(draw, most=14):
    """Draw a tree with curves, several nodes to a day."""
    count = draw(st.integers(1, most))
    steps = draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    x, at = {}, 0.0
    for n, step in enumerate(steps):
        at += 40.0 * step
        x[f"m{n:02}"] = at
    names = list(x)
    pair = st.tuples(st.sampled_from(names), st.sampled_from(names))
    edges = [Edge(min(p), max(p), "rlFrom") for p in draw(st.lists(pair, max_size=14)) if p[0] != p[1]]
    curves = sorted({(min(p), max(p)) for p in draw(st.lists(pair, max_size=8)) if p[0] != p[1]})
    nodes = {i: Node(i, i * draw(st.integers(1, 4)), "Model") for i in names}
    tree = Tree(nodes, x, line_parents(x, edges, {"rlFrom"}))
    return nodes, tree, [c for c in curves if tree.parents.get(c[1]) != c[0]]


@given(trees())
def test_every_node_is_on_one_row(drawn):
    _, tree, _ = drawn
    assert sorted(i for line in tree.lines.values() for i in line) == sorted(tree.order) == sorted(tree.x)
    for start, line in tree.lines.items():
        assert line[0] == start
        assert {tree.first[i] for i in line} == {start}
        for i, after in pairwise(line):
            assert tree.parents[after] == i
            # There is room for the label before the next mark.
            assert tree.x[after] >= tree.end[i] - module.MARGIN
    position = {i: n for n, i in enumerate(tree.order)}
    assert all(position[p] < position[c] for c, p in tree.parents.items())
    assert sum(tree.size[i] for i in tree.order if i not in tree.parents) == len(tree.order)


pulls = st.dictionaries(st.sampled_from([f"m{n:02}" for n in range(14)]), st.floats(-9, 9))


@given(trees(), pulls, pulls)
def test_shapes_never_overlap_and_drawing_again_gives_the_same(drawn, pull, other):
    nodes, tree, curves = drawn
    clades = Clades(tree, pull)
    Clades(tree, other)
    again, fresh = Clades(tree, pull), Clades(Tree(nodes, tree.x, tree.parents), pull)
    for name, shape in clades.shapes.items():
        assert shape.taken == again.shapes[name].taken == fresh.shapes[name].taken
        assert shape.rows == again.shapes[name].rows == fresh.shapes[name].rows
    assert clades.parents == again.parents == fresh.parents
    # Every line is part of one clade, or the edge to it is a curve.
    assert sorted(i for s in clades.shapes.values() for i in s.rows) == sorted(tree.lines)
    roots = {i for i in tree.order if i not in clades.parents}
    assert set(clades.shapes) == roots
    board = clades.placed(curves)
    # What has an edge to another clade is placed before what stands alone.
    assert {tree.first[i] for ends in curves for i in ends if linked(clades, *ends)} <= set(board.rows)
    assert set(clades.filled(board, curves)) == set(tree.lines)
    for row in board.taken.values():
        assert all(before[1] <= after[0] for before, after in pairwise(row))


def linked(clades, one, other):
    """Say whether two nodes are of different clades."""
    roots = []
    for i in (one, other):
        while i in clades.parents:
            i = clades.parents[i]
        roots.append(i)
    return roots[0] != roots[1]


def standing(tree, clades, board, curves):
    rows = board.rows
    at = {i: (tree.x[i], rows[tree.first[i]] * module.ROW) for i in tree.order if tree.first[i] in rows}
    return crossings(curves, clades.parents, at)


@given(trees(most=24))
def test_improving_never_makes_it_worse(drawn):
    _, tree, curves = drawn
    plain = Clades(tree, {})
    best = improved(tree, curves)
    assert standing(tree, *best, curves) <= standing(tree, plain, plain.placed(curves), curves)


def test_a_pulled_clade_stands_on_the_other_side():
    x = {"a": 0.0, "b": 200.0, "c": 100.0}
    nodes = {i: Node(i, i, "Model") for i in x}
    tree = Tree(nodes, x, {"b": "a", "c": "a"})
    rows = [Clades(tree, {"b": pull}).shapes["a"].rows for pull in (1.0, -1.0)]
    assert tree.heirs == {"a": "c"}
    assert [r["b"] for r in rows] == [1, -1]


def test_a_line_goes_to_the_larger_clade_that_has_room():
    x = {"a": 0.0, "b": 10.0, "c": 300.0, "d": 300.0, "e": 400.0}
    nodes = {i: Node(i, "a long label", "Model") for i in x}
    tree = Tree(nodes, x, {"b": "a", "c": "a", "d": "b", "e": "d"})
    assert tree.size == {"a": 5, "b": 3, "c": 1, "d": 2, "e": 1}
    # b is larger, but stands where the label of a does.
    assert tree.lines == {"a": ["a", "c"], "b": ["b", "d", "e"]}
