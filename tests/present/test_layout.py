"""The time-clade layout."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from itertools import combinations, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codellm_graph.present.geometry import BENDS
from codellm_graph.present.layout import ROW, time_clade
from codellm_graph.present.reading import measure
from codellm_graph.view import Edge, Node

WEIGHTS = {"sftFrom", "rlFrom"}


def node(name, day=None, label=None):
    return Node(name, label or name, "Model", day, day)


def yearly(names):
    return {i: node(i, f"{2000 + n}-01-01") for n, i in enumerate(names)}


OUR_TIME = st.dates(datetime.date(2017, 1, 1), datetime.date(2026, 12, 31))


@st.composite
def graphs(draw, days=OUR_TIME, relations=("sftFrom", "rlFrom", "distilledFrom", "succeeds")):
    """Draw models, many on the same days, and edges among them: circles, doubles and edges to oneself, too."""
    few = draw(st.lists(days, min_size=1, max_size=6))
    dates = st.one_of(st.none(), st.sampled_from(few).map(datetime.date.isoformat))
    labels = st.text("aM中-", min_size=1, max_size=30)
    nodes = {
        f"m{i}": node(f"m{i}", day, label)
        for i, (day, label) in enumerate(draw(st.lists(st.tuples(dates, labels), min_size=1, max_size=16)))
    }
    ends = st.sampled_from(sorted(nodes))
    edges = st.builds(Edge, ends, ends, st.sampled_from(relations))
    return nodes, draw(st.lists(edges, max_size=30))


def segments(found, ends):
    return list(pairwise(found.path(*ends)[2]))


def touch(one, other):
    """Say whether two level or upright segments have a point in common."""
    (a, b), (c, d) = one, other
    return all(min(a[k], b[k]) <= max(c[k], d[k]) and min(c[k], d[k]) <= max(a[k], b[k]) for k in (0, 1))


def check_time(nodes, found):
    assert set(found.positions) == set(nodes)
    x = {i: p[0] for i, p in found.positions.items()}
    dated = [i for i in nodes if nodes[i].earliest]
    for a, b in pairwise(sorted(dated, key=lambda i: nodes[i].earliest)):
        assert x[a] <= x[b]
        assert (x[a] == x[b]) == (nodes[a].earliest == nodes[b].earliest)
    rows = {y for _, y in found.positions.values()}
    assert min(rows) == 0
    assert all(y >= 0 and y % ROW == 0 for y in rows)
    undated = [i for i in nodes if not nodes[i].earliest]
    assert (found.undated is None) == (not undated)
    boxes = found.boxes(nodes)
    for i in undated:
        assert x[i] == found.undated
        assert all(boxes[j].right < x[i] for j in dated)


def check_lines(nodes, edges, found):
    """Assert that lines tell descent without a false reading."""
    given_edges = {(e.parent, e.child) for e in edges}
    lines = [(p, c) for c, p in found.lines.items()]
    assert set(lines) <= given_edges
    for _, child in lines:
        chain = [child]
        while chain[-1] in found.lines:
            chain.append(found.lines[chain[-1]])
            assert len(chain) <= len(nodes)
    drawn = {ends: segments(found, ends) for ends in lines}
    for (parent, child), parts in drawn.items():
        assert found.positions[parent][0] <= found.positions[child][0]
        for i in set(nodes) - {parent, child}:
            mark = (found.positions[i],) * 2
            assert not any(touch(part, mark) for part in parts)
    for one, other in combinations(lines, 2):
        if not set(one) & set(other):
            assert not any(touch(a, b) for a in drawn[one] for b in drawn[other])
        elif one[0] == other[0]:
            # Children of one parent share its trunk, never a row.
            assert found.positions[one[1]][1] != found.positions[other[1]][1]
        else:
            # A line and the one that carries it on meet in the node between them only: nothing is covered.
            (middle,) = set(one) & set(other)
            for a in drawn[one]:
                for b in drawn[other]:
                    both = [
                        (max(min(a[0][k], a[1][k]), min(b[0][k], b[1][k])),
                         min(max(a[0][k], a[1][k]), max(b[0][k], b[1][k])))
                        for k in (0, 1)
                    ]  # fmt: skip
                    if all(low <= high for low, high in both):
                        assert both == [(v, v) for v in found.positions[middle]]
    reading = measure([found.path(*ends) for ends in lines], found.boxes(nodes))
    assert reading[:3] == (0, 0, 0)


def check_curves(edges, found):
    for e in edges:
        start, *_, end = path = found.path(e.parent, e.child)[2]
        assert (start, end) == (found.positions[e.parent], found.positions[e.child])
        if found.lines.get(e.child) == e.parent:
            assert (e.parent, e.child) not in found.bends
            assert len(path) == (2 if start[1] == end[1] else 3)
        else:
            assert len(path) > 3
    ends = {(e.parent, e.child) for e in edges}
    assert all(pair in ends and 0 < bend < len(BENDS) for pair, bend in found.bends.items())


@given(graphs())
@example((yearly("a"), []))
@example((yearly("a"), [Edge("a", "a", "sftFrom")]))
@example(
    (
        {i: node(i, "2024-01-01") for i in "abcde"},
        [Edge(a, b, "sftFrom") for a, b in ("ab", "ba", "bc", "cd", "de", "ec")],
    )
)
@example(({i: node(i, "2024-01-01") for i in "abcdefg"}, [Edge("a", i, "sftFrom") for i in "bcdefg"]))
@example(
    (
        {i: node(i, "2024-01-01" if i in "pc" else "2025-01-01") for i in "pcdefg"},
        [Edge(a, b, "sftFrom") for a, b in ("pc", "pg", "cd", "ce", "cf")],
    )
)
def test_a_picture_is_true(drawn):
    nodes, edges = drawn
    found = time_clade(nodes, edges, WEIGHTS)
    check_time(nodes, found)
    check_lines(nodes, edges, found)
    check_curves(edges, found)


@given(graphs(relations=["sftFrom"]))
def test_a_picture_of_weights_only_is_true(drawn):
    nodes, edges = drawn
    found = time_clade(nodes, edges, WEIGHTS)
    check_lines(nodes, edges, found)
    check_curves(edges, found)


@given(graphs(days=st.dates()))
@example(({"a": node("a", "9999-12-31"), "b": node("b", "0001-01-01")}, []))
def test_any_day_of_the_calendar_can_be_drawn(drawn):
    nodes, edges = drawn
    found = time_clade(nodes, edges, WEIGHTS)
    check_time(nodes, found)
    check_lines(nodes, edges, found)
    assert all(a.x < b.x for a, b in pairwise(found.ticks))


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_input_does_not_matter(drawn, random):
    nodes, edges = drawn
    names = random.sample(sorted(nodes), len(nodes))
    shuffled = time_clade({i: nodes[i] for i in names}, random.sample(edges, len(edges)), WEIGHTS)
    assert shuffled == time_clade(nodes, edges, WEIGHTS)


PROGRAM = """
import json
from codellm_graph.present.layout import time_clade
from codellm_graph.view import Edge, Node

names = [f"m{n}" for n in range(90)]
nodes = {i: Node(i, i * (1 + n % 4), "Model", "", f"20{10 + n // 9}-0{1 + n % 5}-01") for n, i in enumerate(names)}
edges = {(names[(n * n) % max(n, 1)], i, "sftFrom") for n, i in enumerate(names)}
edges |= {(names[n * 7 % 90], i, "distilledFrom") for n, i in enumerate(names) if n % 3}
found = time_clade(nodes, {Edge(*e) for e in edges}, {"sftFrom"})
print(json.dumps([found.positions, sorted(map(list, found.bends.items())), found.lines, sorted(found.above)]))
"""


def test_another_process_draws_the_same():
    # Sets of strings come in another order in each.
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
    positions, bends, lines, _ = json.loads(texts[0])
    assert len(positions) == 90
    assert bends
    assert lines
    assert texts[0] == texts[1]


def test_nothing_to_draw():
    found = time_clade({}, [], WEIGHTS)
    assert (found.positions, found.ticks, found.undated) == ({}, (), None)


def test_a_line_of_descent_by_weights_runs_straight():
    chain = [Edge("a", "b", "sftFrom"), Edge("b", "c", "rlFrom"), Edge("c", "d", "sftFrom")]
    rows = {y for _, y in time_clade(yearly("abcd"), chain, WEIGHTS).positions.values()}
    assert rows == {0.0}


def test_children_leave_the_line_and_the_larger_clade_keeps_it():
    nodes = {i: node(i, f"20{y}-01-01") for i, y in (("a", 20), ("b", 21), ("c", 21), ("d", 22))}
    edges = [Edge("a", "b", "sftFrom"), Edge("a", "c", "sftFrom"), Edge("c", "d", "sftFrom")]
    positions = time_clade(nodes, edges, WEIGHTS).positions
    assert positions["a"][1] == positions["c"][1] == positions["d"][1]
    assert positions["b"][1] != positions["a"][1]


def test_an_edge_against_time_is_a_curve():
    found = time_clade(yearly("ab"), [Edge("b", "a", "sftFrom")], WEIGHTS)
    assert found.lines == {}
    assert len(found.path("b", "a")[2]) > 3


def test_labels_stand_above_where_a_line_runs_on():
    found = time_clade(yearly("abc"), [Edge("a", "b", "sftFrom")], WEIGHTS)
    assert found.above == {"a"}
    boxes = found.boxes(yearly("abc"))
    assert boxes["a"].bottom <= found.positions["a"][1] < boxes["b"].bottom


def test_what_is_linked_stands_near():
    # Two lines and many that have nothing to do with them.
    names = [f"m{n:02}" for n in range(40)]
    nodes = {i: node(i, f"20{10 + n % 4}-01-01", "a long label of a model") for n, i in enumerate(names)}
    edges = [Edge(names[n], names[n + 1], "sftFrom") for n in range(0, 40, 4)]
    rows = time_clade(nodes, [*edges, Edge("m00", "m37", "distilledFrom")], WEIGHTS).positions
    apart = time_clade(nodes, edges, WEIGHTS).positions
    assert abs(rows["m00"][1] - rows["m37"][1]) == ROW < abs(apart["m00"][1] - apart["m37"][1])


def test_ticks_are_years_and_quarters_where_they_are():
    nodes = {i: node(i, d) for i, d in (("a", "2022-12-31"), ("b", "2023-01-01"), ("c", "2025-01-01"))}
    found = time_clade(nodes, [], WEIGHTS)
    labels = {t.label: t.x for t in found.ticks}
    assert labels["2023"] == pytest.approx(found.positions["b"][0], abs=0.1)
    assert labels["2025"] == pytest.approx(found.positions["c"][0], abs=0.1)
    assert {"2023", "2024", "2025"} <= set(labels) <= {"2023", "2024", "2025", "Q2", "Q3", "Q4"}
