"""The time axis."""

from __future__ import annotations

import datetime
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from codellm_graph.present import axis as module
from codellm_graph.present.axis import Axis

DAYS = st.integers(1, datetime.date.max.toordinal())


@given(st.sets(DAYS, min_size=1, max_size=12), st.sets(DAYS, min_size=2, max_size=12))
@example({1, datetime.date.max.toordinal()}, {1, datetime.date.max.toordinal()})
def test_later_is_further_right(days, asked):
    axis = Axis(days)
    places = [axis.at(day) for day in sorted(asked)]
    assert all(a < b for a, b in pairwise(places))


@given(st.sets(DAYS, min_size=2, max_size=12))
def test_every_day_of_release_has_room_and_quiet_years_shrink(days):
    axis = Axis(days)
    ordered = sorted(days)
    steps = [axis.at(b) - axis.at(a) for a, b in pairwise(ordered)]
    assert min(steps) >= module._STEP
    for (a, b), step in zip(pairwise(ordered), steps, strict=True):
        gap = b - a
        assert step <= module._STEP + module._DAY * min(gap, module._QUIET * gap**0.5) + 1e-6


@given(st.sets(DAYS, min_size=1, max_size=12))
def test_ticks_stand_apart_within_the_axis(days):
    axis = Axis(days)
    ticks = axis.ticks()
    assert all(b.x - a.x >= 44.9 for a, b in pairwise(ticks))
    for tick in ticks:
        assert axis.at(min(days)) - 0.1 <= tick.x <= axis.at(max(days)) + 0.1
        assert tick.label in ("Q2", "Q3", "Q4") or 1 <= int(tick.label) <= 9999


@given(st.sets(st.dates(datetime.date(2015, 1, 1), datetime.date(2030, 1, 1)), min_size=2, max_size=9))
def test_ticks_say_where_years_and_quarters_begin(days):
    axis = Axis(day.toordinal() for day in days)
    year = None
    for tick in axis.ticks():
        if tick.label.isdigit():
            year = int(tick.label)
            assert tick.x == round(axis.at(datetime.date(year, 1, 1).toordinal()), 1)
        else:
            month = 3 * int(tick.label[1]) - 2
            years = {d.year for d in days}
            begins = [datetime.date(y, month, 1) for y in range(min(years), max(years) + 1)]
            assert tick.x in [round(axis.at(d.toordinal()), 1) for d in begins]


def test_no_day_and_one_day():
    assert (Axis([]).ticks(), Axis([]).at(700_000)) == ((), 0.0)
    day = datetime.date(2024, 1, 1).toordinal()
    one = Axis([day])
    assert [tuple(t) for t in one.ticks()] == [(0.0, "2024")]
    assert one.at(day - 1) < one.at(day) == 0.0 < one.at(day + 1)


def test_the_same_days_in_any_order_and_number():
    assert Axis([9, 5, 7, 5]).x == Axis([5, 7, 9]).x


def test_what_is_no_day_has_no_number():
    assert module.ordinal("2024-02-29") == datetime.date(2024, 2, 29).toordinal()
    for text in (None, "", "2023-02-29", "not a day", "2024-01-01, 2025-01-01", "0000-00-00"):
        assert module.ordinal(text) is None
