"""The shapes of edges and labels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.present.geometry import BENDS, LABEL_GAP, Box, curve, elbow, flat, label_box
from codellm_graph.present.lettering import SIZE, width

number = st.integers(-400, 400).map(float)
point = st.tuples(number, number)
bends = st.integers(0, len(BENDS) - 1)


@given(point, point)
def test_a_line_runs_along_the_trunk_then_the_row(parent, child):
    path = elbow(parent, child)
    assert (path[0], path[-1]) == (parent, child)
    assert path[1:-1] == ([] if parent[1] == child[1] else [(parent[0], child[1])])


@given(point, point, bends)
def test_a_curve_starts_and_ends_at_its_nodes(parent, child, bend):
    points = curve(parent, child, bend)
    assert (points[0], points[3]) == (parent, child)
    path = flat(points)
    assert path[0] == pytest.approx(parent)
    assert path[-1] == pytest.approx(child)
    for k in (0, 1):
        low, high = min(p[k] for p in points), max(p[k] for p in points)
        assert all(low - 1e-6 <= p[k] <= high + 1e-6 for p in path)
    if child[0] > parent[0]:
        # Time runs to the right: nothing swings out beyond its ends.
        assert all(parent[0] <= p[0] <= child[0] for p in points)


@given(point, point)
def test_the_first_way_leaves_and_arrives_level(parent, child):
    start, first, last, end = curve(parent, child)
    assert (first[1], last[1]) == (start[1], end[1])
    if child[0] > parent[0]:
        assert first[0] == last[0] == pytest.approx((parent[0] + child[0]) / 2)
    else:
        # Between nodes of one day it bulges to the right.
        assert first[0] == parent[0] + 30
        assert last[0] == child[0] + 30


def test_the_first_way_comes_first():
    assert BENDS[0] == (0.5, 0.0, 0.5, 0.0)
    assert all(len(bend) == 4 for bend in BENDS)


def test_labels_stand_right_of_the_mark_or_above_the_row():
    beside, above = (label_box((10.0, 26.0), "Qwen", above=up) for up in (False, True))
    assert beside == Box(10 + LABEL_GAP, 26 - SIZE / 2, 10 + LABEL_GAP + width("Qwen"), 26 + SIZE / 2)
    assert (above.left, above.right) == (beside.left, beside.right)
    assert above.bottom < 26
    # Neither reaches the label of the row above.
    assert above.top > label_box((10.0, 0.0), "Qwen", above=False).bottom
