"""How well a picture reads, against counting by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from codellm_graph.present.geometry import Box
from codellm_graph.present.reading import Reading, measure

place = st.integers(0, 24)
point = st.tuples(place, place)
ends = st.sampled_from("abcdef")


def boxes_of(sides):
    return {
        i: Box(*map(float, (x, y, x + w, y + h))) for i, (x, y, w, h) in zip("abcdef", sides, strict=True)
    }


side = st.integers(1, 9)
boxes = st.lists(st.tuples(place, place, side, side), min_size=6, max_size=6).map(boxes_of)


def turn(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def meeting(a, b, c, d):
    """Return the exact point in which two segments that are not parallel meet."""
    across = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
    if not across or turn(a, b, c) * turn(a, b, d) > 0 or turn(c, d, a) * turn(c, d, b) > 0:
        return None
    part = Fraction((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0]), across)
    return a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])


def crossings(paths):
    """Count by looking at every two segments."""
    return sum(
        len({meeting(*s, *t) for s in pairwise(one[2]) for t in pairwise(other[2])} - {None})
        for one, other in combinations(paths, 2)
        if not set(one[:2]) & set(other[:2])
    )


def runs_through(a, b, box):
    """Say whether a segment has a point inside a rectangle, by axes that could separate them."""
    for k, (low, high) in enumerate(((box.left, box.right), (box.top, box.bottom))):
        if max(a[k], b[k]) <= low or min(a[k], b[k]) >= high:
            return False
    corners = [(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
    turns = [turn(a, b, corner) for corner in corners]
    return a == b or min(turns) < 0 < max(turns)


@given(st.lists(st.tuples(ends, ends, st.lists(point, min_size=2, max_size=2)), max_size=9))
def test_crossings_of_straight_edges(paths):
    assert measure(paths, {}).crossings == crossings(paths)


@st.composite
def rectangular(draw):
    """Draw an edge of level and upright pieces."""
    x, y = draw(point)
    path = [(x, y)]
    for _ in range(draw(st.integers(1, 4))):
        x, y = draw(st.sampled_from([(draw(place), y), (x, draw(place))]))
        path.append((x, y))
    return draw(ends), draw(ends), path


@given(st.lists(rectangular(), max_size=7))
@example([("a", "b", [(0, 5), (5, 5), (5, 0)]), ("c", "d", [(3, 3), (5, 5), (9, 9)])])
def test_crossings_of_edges_with_corners(paths):
    assert measure(paths, {}).crossings == crossings(paths)


@given(st.lists(st.tuples(ends, ends, st.lists(point, min_size=2, max_size=5)), max_size=7), boxes)
def test_edges_through_labels(paths, drawn):
    expected = sum(
        any(runs_through(a, b, box) for a, b in pairwise(path))
        for parent, child, path in paths
        for i, box in drawn.items()
        if i not in (parent, child)
    )
    assert measure(paths, drawn).through_labels == expected


@given(boxes)
def test_overlapping_labels_and_extent(drawn):
    def inside(box):
        return {
            (x, y) for x in range(int(box.left), int(box.right)) for y in range(int(box.top), int(box.bottom))
        }

    found = measure([], drawn)
    assert found.overlapping == sum(bool(inside(a) & inside(b)) for a, b in combinations(drawn.values(), 2))
    every = set().union(*map(inside, drawn.values()))
    assert found.width == max(x for x, _ in every) - min(x for x, _ in every) + 1
    assert found.height == max(y for _, y in every) - min(y for _, y in every) + 1


def test_edges_with_a_common_end_and_parallel_ones_do_not_cross():
    cross = [(0, 0), (9, 9)], [(0, 9), (9, 0)]
    assert measure([("a", "b", cross[0]), ("c", "d", cross[1])], {}).crossings == 1
    assert measure([("a", "b", cross[0]), ("a", "d", cross[1])], {}).crossings == 0
    assert measure([("a", "b", cross[0]), ("c", "d", cross[0])], {}).crossings == 0


def test_nothing_drawn():
    assert measure([], {}) == Reading(0, 0, 0, 0.0, 0.0)
