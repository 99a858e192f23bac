"""How edges and labels run."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.present import routing
from codellm_graph.present.geometry import BENDS, Box, curve, elbow, flat, label_box
from codellm_graph.present.reading import measure
from codellm_graph.present.routing import crossings, passed, raised, route

number = st.integers(-400, 400).map(float)
point = st.tuples(number, number)
bends = st.integers(0, len(BENDS) - 1)


def test_a_curve_avoids_a_label_that_can_be_avoided():
    at = {"a": (0.0, 0.0), "b": (400.0, 104.0), "c": (180.0, 52.0)}
    boxes = {i: label_box(at[i], i * 6, above=False) for i in at}
    found = route([("a", "b")], [], at, boxes)
    ways = [flat(curve(at["a"], at["b"], n)) for n in (0, found["a", "b"])]
    assert [measure([("a", "b", way)], boxes).through_labels for way in ways] == [1, 0]


def test_a_curve_avoids_lines_that_can_be_avoided():
    at = {"a": (0.0, 0.0), "b": (400.0, 104.0), "c": (100.0, 26.0), "d": (260.0, 78.0)}
    boxes = {i: Box(x, y, x + 1, y + 1) for i, (x, y) in at.items()}
    line = ("c", "d", elbow(at["c"], at["d"]))
    found = route([("a", "b")], [("c", "d")], at, boxes)
    ways = [flat(curve(at["a"], at["b"], found.get(("a", "b"), 0) if n else 0)) for n in (0, 1)]
    counts = [measure([("a", "b", way), line], {}).crossings for way in ways]
    assert counts[1] <= counts[0] == 1


@st.composite
def scenes(draw):
    """Draw nodes on rows with labels, lines and curves."""
    names = [f"m{n}" for n in range(draw(st.integers(2, 9)))]
    spots = st.tuples(st.integers(0, 20).map(lambda n: 37.0 * n), st.integers(0, 9).map(lambda n: 26.0 * n))
    at = dict(zip(names, draw(st.lists(spots, min_size=9, max_size=9, unique=True)), strict=False))
    pairs = st.lists(
        st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda p: p[0] != p[1]),
        max_size=6,
        unique=True,
    )
    return at, draw(pairs), draw(pairs)


def cost(at, curves, lines, boxes, chosen):
    paths = [(*ends, elbow(at[ends[0]], at[ends[1]])) for ends in lines]
    paths += [(*ends, flat(curve(at[ends[0]], at[ends[1]], chosen.get(ends, 0)))) for ends in curves]
    return measure(paths, boxes)


@given(scenes())
def test_one_routed_curve_reads_at_least_as_well(scene):
    at, curves, lines = scene
    boxes = {i: label_box(p, i * 5, above=False) for i, p in at.items()}
    for ends in curves:
        chosen = route([ends], lines, at, boxes)
        before, after = (cost(at, [ends], [], boxes, c).through_labels for c in ({}, chosen))
        assert after <= before
        assert all(0 < bend < len(BENDS) for bend in chosen.values())


@given(scenes())
def test_routing_is_the_same_again(scene):
    at, curves, lines = scene
    boxes = {i: label_box(p, i * 5, above=False) for i, p in at.items()}
    assert route(curves, lines, at, boxes) == route(curves, lines, at, boxes)


def test_of_very_many_curves_none_is_looked_at():
    at = {f"m{n}": (10.0 * n, 26.0 * (n % 7)) for n in range(300)}
    boxes = {i: label_box(p, i, above=False) for i, p in at.items()}
    curves = [(f"m{n}", f"m{n + 9}") for n in range(routing._MANY + 1)]
    assert route(curves[:90], [], at, boxes)
    assert route(curves, [], at, boxes) == {}


@given(scenes())
def test_crossings_of_straight_curves(scene):
    at, curves, drawn = scene
    lines = {c: p for p, c in drawn}
    # Shortened as the count is: what meets at a node does not count.
    paths = []
    for n, (p, c) in enumerate(curves):
        (x, y), (u, v) = at[p], at[c]
        short = [(x + part * (u - x), y + part * (v - y)) for part in (0.01, 0.99)]
        paths.append((f"from{n}", f"to{n}", short))
    expected = 0
    for path in paths:
        for c, p in lines.items():
            for a, b in pairwise(elbow(at[p], at[c])):
                expected += measure([path, ("x", "y", [a, b])], {}).crossings
    assert crossings(curves, lines, at) == expected


@given(st.lists(point, min_size=2, max_size=6))
def test_passed_rows_hold_every_point_of_a_path(path):
    rows = {row: (left, right) for row, left, right in passed(path, 26.0)}
    assert len(rows) == len(passed(path, 26.0))
    for (x, y), (u, v) in pairwise(path):
        for n in range(41):
            a, b = x + n / 40 * (u - x), y + n / 40 * (v - y)
            for row in range(int(b // 26) - 1, int(b // 26) + 3):
                if row * 26 - 16 < b < row * 26 + 8:
                    left, right = rows[row]
                    assert left < a < right


class Drawn:
    """A picture with one curve through the label beside its mark."""

    positions = {"a": (0.0, 0.0), "b": (300.0, 0.0), "c": (100.0, 0.0)}  # noqa: RUF012 - as of a layout

    def path(self, parent, child):
        return parent, child, [self.positions[parent], (150.0, 2.0), self.positions[child]]


def test_a_label_in_the_way_is_raised():
    assert raised([("a", "b")], Drawn(), {"c": "label"}) == ["c"]
    # Its own edges do not count, and without edges nothing moves.
    assert raised([("a", "b")], Drawn(), {"a": "label", "b": "label"}) == []
    assert raised([], Drawn(), {"c": "label"}) == []
    assert raised([("a", "b")] * (routing._MANY + 1), Drawn(), {"c": "label"}) == []
