"""The time-clade layout."""

from __future__ import annotations

import datetime
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codellm_graph.analyses.lineage import everything
from codellm_graph.present import layout as module
from codellm_graph.present.layout import time_clade
from codellm_graph.view import Edge, Node, load_view, relations

WEIGHTS = {"sftFrom", "rlFrom"}


def node(name, day=None, label=None):
    return Node(name, label or name, "Model", day, day)


OUR_TIME = st.dates(datetime.date(2017, 1, 1), datetime.date(2026, 12, 31))


@st.composite
def graphs(draw, days=OUR_TIME):
    """Draw models, many on the same days, and edges among them, cycles included."""
    few = draw(st.lists(days, min_size=1, max_size=6))
    dates = st.one_of(st.none(), st.sampled_from(few).map(datetime.date.isoformat))
    labels = st.text("aM中-", min_size=1, max_size=30)
    nodes = {
        f"m{i}": node(f"m{i}", day, label)
        for i, (day, label) in enumerate(draw(st.lists(st.tuples(dates, labels), min_size=1, max_size=14)))
    }
    ends = st.sampled_from(sorted(nodes))
    edges = st.builds(Edge, ends, ends, st.sampled_from(["sftFrom", "rlFrom", "distilledFrom", "succeeds"]))
    return nodes, draw(st.lists(edges, max_size=25, unique=True))


def check(nodes, found):
    """Assert what must hold for every picture."""
    assert set(found.positions) == set(nodes)
    x = {i: p[0] for i, p in found.positions.items()}
    dated = [i for i in nodes if nodes[i].earliest]
    for a, b in pairwise(sorted(dated, key=lambda i: nodes[i].earliest)):
        assert x[a] <= x[b]
        assert (x[a] == x[b]) == (nodes[a].earliest == nodes[b].earliest)
    rows: dict[float, list] = {}
    for i, (left, y) in found.positions.items():
        assert y >= 0
        assert y % module.ROW == 0
        rows.setdefault(y, []).append((left, left + len(nodes[i].label) * module._CHARACTER))
    for labels in rows.values():
        labels.sort()
        assert all(before[1] < after[0] for before, after in pairwise(labels))
    undated = [i for i in nodes if not nodes[i].earliest]
    assert (found.undated is None) == (not undated)
    for i in undated:
        assert x[i] == found.undated
        assert all(x[i] + len(nodes[i].label) * module._CHARACTER < x[j] for j in dated)


@given(graphs())
@example(
    (
        {"a": node("a", "2024-01-01"), "b": node("b", "2024-01-01")},
        [Edge("a", "b", "sftFrom"), Edge("b", "a", "sftFrom")],
    )
)
def test_every_node_has_a_place_of_its_own_in_time(drawn):
    nodes, edges = drawn
    check(nodes, time_clade(nodes, edges, WEIGHTS))


@given(graphs(days=st.dates()))
@example(({"a": node("a", "9999-12-31"), "b": node("b", "0001-01-01")}, []))
def test_any_day_of_the_calendar_can_be_drawn(drawn):
    nodes, edges = drawn
    found = time_clade(nodes, edges, WEIGHTS)
    check(nodes, found)
    assert all(a.x < b.x for a, b in pairwise(found.ticks))


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_input_does_not_matter(drawn, random):
    nodes, edges = drawn
    names = random.sample(sorted(nodes), len(nodes))
    shuffled = time_clade({i: nodes[i] for i in names}, random.sample(edges, len(edges)), WEIGHTS)
    assert shuffled == time_clade(nodes, edges, WEIGHTS)


def test_nothing_to_draw():
    found = time_clade({}, [], WEIGHTS)
    assert (found.positions, found.ticks, found.undated) == ({}, (), None)


def test_a_line_of_descent_by_weights_runs_straight():
    nodes = {i: node(i, f"20{y}-01-01") for i, y in (("a", 20), ("b", 21), ("c", 22), ("d", 23))}
    chain = [Edge("a", "b", "sftFrom"), Edge("b", "c", "rlFrom"), Edge("c", "d", "sftFrom")]
    rows = {y for _, y in time_clade(nodes, chain, WEIGHTS).positions.values()}
    assert rows == {0.0}


def test_children_leave_the_line_and_the_larger_clade_keeps_it():
    nodes = {i: node(i, f"20{y}-01-01") for i, y in (("a", 20), ("b", 21), ("c", 21), ("d", 22))}
    edges = [Edge("a", "b", "sftFrom"), Edge("a", "c", "sftFrom"), Edge("c", "d", "sftFrom")]
    positions = time_clade(nodes, edges, WEIGHTS).positions
    assert positions["a"][1] == positions["c"][1] == positions["d"][1]
    assert positions["b"][1] != positions["a"][1]


def test_ticks_are_years_and_quarters_where_they_are():
    nodes = {i: node(i, d) for i, d in (("a", "2022-12-31"), ("b", "2023-01-01"), ("c", "2025-01-01"))}
    found = time_clade(nodes, [], WEIGHTS)
    labels = {t.label: t.x for t in found.ticks}
    assert labels["2023"] == pytest.approx(found.positions["b"][0], abs=0.1)
    assert labels["2025"] == pytest.approx(found.positions["c"][0], abs=0.1)
    assert {"2023", "2024", "2025"} <= set(labels) <= {"2023", "2024", "2025", "Q2", "Q3", "Q4"}


def test_the_bundled_graph(graph):
    view = load_view(graph)
    lineage = everything(view)
    check(lineage.nodes, time_clade(lineage.nodes, lineage.edges, relations(view.schema, "weightsFrom")))
