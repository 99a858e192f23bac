"""Packing of clades onto shared rows."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.present.packing import Shape, pack

CLEAR = 5.0


def shape(name, *intervals):
    found = Shape(name)
    for row, left, right in intervals:
        found.take(row, left, right)
    return found


@st.composite
def shapes(draw, name="s"):
    """Draw a shape with free room between its intervals, on rows around its main line."""
    found = Shape(name)
    for row in [*draw(st.lists(st.integers(-3, 3), unique=True, max_size=4)), 9]:
        ends = sorted(draw(st.sets(st.integers(0, 60), min_size=2, max_size=6)))
        for left, right in list(pairwise(ends))[::2]:
            found.take(0 if row == 9 and 0 not in found.taken else row, float(left), float(right))
    return found


@st.composite
def several(draw):
    return [draw(shapes(f"s{n}")) for n in range(draw(st.integers(0, 9)))]


def overlaps(one, other, offset, sign):
    """Say whether shapes overlap, interval by interval."""
    return any(
        row == offset + sign * far and left < end and start < right
        for row, mine in one.taken.items()
        for left, right in mine
        for far, theirs in other.taken.items()
        for start, end in theirs
    )


def check_apart(board):
    for row in board.taken.values():
        assert row == sorted(row)
        assert all(before[1] <= after[0] for before, after in pairwise(row))


@given(shapes(), shapes(), st.integers(-8, 8), st.sampled_from([1, -1]))
def test_what_fits_does_not_overlap(one, other, offset, sign):
    assert one.fits(other, offset, sign) == (not overlaps(one, other, offset, sign))


@given(shapes(), st.integers(-3, 3), st.integers(0, 60), st.integers(1, 30))
def test_covered_room_is_one_interval(found, row, left, length):
    before = {(r, p) for r, row_ in found.taken.items() for a, b in row_ for p in range(int(a), int(b))}
    found.cover(row, float(left), float(left + length))
    check_apart(found)
    after = {(r, p) for r, row_ in found.taken.items() for a, b in row_ for p in range(int(a), int(b))}
    assert after == before | {(row, p) for p in range(left, left + length)}


@given(several())
def test_packed_shapes_keep_apart(drawn):
    board = pack(drawn, {})
    check_apart(board)
    assert set(board.rows) == {s.name for s in drawn}
    widths = sum(b - a for s in drawn for row in s.taken.values() for a, b in row)
    assert sum(b - a for row in board.taken.values() for a, b in row) == widths
    for s in drawn:
        for row, intervals in s.taken.items():
            assert set(intervals) <= set(board.taken[board.rows[s.name] + row])


@given(several(), st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=12))
def test_linked_shapes_keep_apart(drawn, pairs):
    links = {}
    for a, b in pairs:
        if a != b and max(a, b) < len(drawn):
            links.setdefault(f"s{a}", []).append((f"s{a}", f"s{b}"))
            links.setdefault(f"s{b}", []).append((f"s{b}", f"s{a}"))
    board = pack(drawn, links)
    check_apart(board)
    assert set(board.rows) == {s.name for s in drawn}


def test_shapes_fill_the_first_free_row():
    board = pack([shape("a", (0, 0, 100)), shape("b", (0, 50, 150)), shape("c", (0, 110, 160))], {})
    assert board.rows == {"a": 0, "b": 1, "c": 0}


def test_many_shapes_fill_rows_without_holes():
    # Far more than the rows that are looked at again.
    board = pack([shape(f"s{n}", (0, 0, 40)) for n in range(200)], {})
    assert sorted(board.rows.values()) == list(range(200))


def test_a_board_is_added_to():
    board = pack([shape("a", (0, 0, 100))], {})
    assert pack([shape("b", (0, 50, 150))], {}, board).rows == {"a": 0, "b": 1}


def test_a_linked_shape_stands_next_to_what_it_is_linked_with():
    bars = [shape(f"s{n}", (0, 0, 100)) for n in range(9)]
    links = {"s1": [("s1", "s8")], "s8": [("s8", "s1")]}
    rows = pack(bars, links).rows
    assert abs(rows["s1"] - rows["s8"]) == 1


def test_a_clade_leaves_the_line_on_the_wanted_side():
    for sides, row in (((1, -1), 1), ((-1, 1), -1)):
        line = shape("a", (0, -5, 200))
        assert line.attach(shape("b", (0, 10, 60)), 10, CLEAR, sides)
        assert line.rows == {"a": 0, "b": row}


def test_a_clade_is_turned_so_that_what_leaves_it_below_stands_outside():
    clade = shape("b", (0, 10, 60), (1, 40, 80))
    clade.rows["c"] = 1
    line = shape("a", (0, -5, 200))
    assert line.attach(clade, 10, CLEAR, (-1,))
    assert line.rows == {"a": 0, "b": -1, "c": -2}


def test_brothers_share_a_trunk_and_leave_it_ever_further_away():
    line = shape("a", (0, -5, 300))
    for name, end in (("b", 100), ("c", 90), ("d", 20)):
        assert line.attach(shape(name, (0, 10, end)), 10, CLEAR, (1,))
    assert [line.rows[i] for i in "bcd"] == [1, 2, 3]
    # Left of the trunk there is room up to its margin.
    check_apart(line)
    assert not line.fits(shape("e", (0, 0, 6)), 1)
    assert line.fits(shape("e", (0, 0, 5)), 1)


def test_no_trunk_runs_through_a_mark_of_the_same_day():
    line = shape("a", (0, 5, 300))
    assert [line.attach(shape(i, (0, 5, 50)), 10, CLEAR) for i in "bcd"] == [True, True, False]
    assert line.rows == {"a": 0, "b": 1, "c": -1}


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 40), st.booleans()), max_size=15))
def test_attached_lines_and_trunks_keep_apart(leaving):
    line = shape("line", (0, -5, 2000))
    for n, (place, length, up) in enumerate(sorted(leaving, reverse=True)):
        x = 20.0 * place
        child = shape(f"c{n}", (0, x, x + 20 + 10 * length))
        assert line.attach(child, x, CLEAR, (-1, 1) if up else (1, -1))
    check_apart(line)
    assert len(set(line.rows)) == len(leaving) + 1
