"""Choosing among what sources say."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from codellm_graph.choose import Support, bounds, choose, compatible, strength
from codellm_graph.namespaces import PREFIXES

CARD, PAPER, CONFIG = "clg:ModelCard", "clg:Paper", "clg:ConfigFile"
AUTHORITY = frozenset((CONFIG,))


def typed(text: str, kind: str) -> Literal:
    return Literal(text, datatype=NamedNode(PREFIXES["xsd"] + kind))


def date(text: str) -> Literal:
    return typed(text, ("gYear", "gYearMonth", "date")[text.count("-")])


def by(citation: str = "cite:a", *kinds: str, **fields) -> Support:
    return Support(citation, kinds=frozenset(kinds), **{"grade": 2, **fields})


numbers = st.one_of(
    st.integers(0, 300_000).map(Literal),
    st.sampled_from([128000, 131072, 32000, 32768, 1000, 1024, 2000]).map(Literal),
    st.decimals(0, 700, places=2).map(lambda d: typed(str(d), "decimal")),
    st.decimals(0, 30, places=1).map(lambda d: typed(str(d), "decimal")),
)
days = st.dates(datetime.date(2023, 11, 1), datetime.date(2024, 3, 31)).map(lambda d: d.isoformat())
dates = st.one_of(days, days.map(lambda d: d[:7]), days.map(lambda d: d[:4])).map(date)
terms = st.one_of(dates, numbers, st.sampled_from("abc").map(lambda c: NamedNode(f"urn:{c}")))
supports = st.builds(
    Support,
    citation=st.sampled_from(["cite:a", "cite:b", "cite:c"]),
    kinds=st.frozensets(st.sampled_from([CARD, PAPER, CONFIG]), max_size=2),
    grade=st.integers(1, 5),
    issued=st.sampled_from(["", "2023", "2024", "2024-02", "2024-02-03", "2025-01-01"]),
    rank=st.sampled_from(["preferred", "normal", "normal", "deprecated"]),
    certainty=st.sampled_from(["stated", "implied", "inferred", "hearsay"]),
)
candidates = st.dictionaries(dates | numbers, st.lists(supports, min_size=1, max_size=3), max_size=5).map(
    lambda found: list(found.items())
)


@pytest.mark.parametrize(
    ("reason", "better", "worse"),
    [
        ("rank", by(rank="preferred", grade=4, certainty="hearsay"), by("cite:b", CONFIG, grade=1)),
        ("rank", by(grade=4), by("cite:b", CONFIG, grade=1, rank="deprecated")),
        ("authority", by("cite:a", CONFIG, grade=3), by("cite:b", CARD, grade=1)),
        ("grade", by(grade=1, certainty="hearsay"), by("cite:b", grade=2)),
        ("grade", by(grade=4), by("cite:b", grade=5)),
        ("certainty", by(certainty="stated"), by("cite:b", certainty="implied", issued="2030")),
        ("certainty", by(certainty="inferred"), by("cite:b", certainty="hearsay")),
        ("newest source", by(issued="2025-02-01"), by("cite:b", issued="2025-01-31")),
        ("newest source", by(issued="2025-02"), by("cite:b", issued="2025")),
        ("newest source", by(issued="2001"), by("cite:b")),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_each_criterion_decides_when_those_before_it_are_equal(reason, better, worse, turned):
    given_ = [(Literal(1), [better]), (Literal(9), [worse])]
    choice = choose(reversed(given_) if turned else given_, AUTHORITY)
    assert choice.value == Literal(1)
    assert choice.reason == reason
    assert choice.against == (Literal(9),)
    # The order of values decides nothing here: swapped, the better citation still wins.
    assert choose([(Literal(9), [better]), (Literal(1), [worse])], AUTHORITY).value == Literal(9)


def test_precision_decides_between_equal_citations():
    choice = choose(
        [(typed("30", "decimal"), [by()]), (typed("14.77", "decimal"), [by("cite:b")])], AUTHORITY
    )
    assert (choice.value, choice.reason) == (typed("14.77", "decimal"), "precision")


def test_equal_support_is_settled_by_the_values_alone():
    found = [(Literal(n), [by()]) for n in (3, 1, 2)]
    assert choose(found, AUTHORITY) == choose(found[::-1], AUTHORITY)
    assert choose(found, AUTHORITY).reason == "order of value"


def test_a_value_counts_as_its_best_citation():
    weak, strong = by(grade=4, rank="deprecated"), by("cite:b", grade=1)
    choice = choose([(Literal(1), [weak, strong]), (Literal(9), [by("cite:c", grade=2)])], AUTHORITY)
    assert (choice.value, choice.reason) == (Literal(1), "grade")


def test_of_compatible_dates_the_finer_is_kept_without_a_dispute():
    choice = choose([(date("2024"), [by(grade=1)]), (date("2024-03-05"), [by("cite:b", grade=3)])], AUTHORITY)
    assert (choice.value, choice.reason, choice.against) == (date("2024-03-05"), "", ())


def test_a_finer_date_of_a_weak_source_does_not_beat_a_better_source_that_it_contradicts():
    found = [
        (date("2024"), [by(grade=1)]),
        (date("2024-06"), [by("cite:b", grade=2)]),
        (date("2024-05-20"), [by("cite:c", grade=3)]),
    ]
    choice = choose(found, AUTHORITY)
    assert (choice.value, choice.reason, choice.against) == (date("2024-06"), "grade", (date("2024-05-20"),))


def test_nothing_is_chosen_from_deprecated_citations():
    assert (
        choose([(Literal(1), [by(rank="deprecated")]), (Literal(2), [by(rank="deprecated")])], AUTHORITY)
        is None
    )
    assert choose([], AUTHORITY) is None


def test_unknown_ranks_and_certainties_count_as_the_usual_ones():
    assert strength(by(rank="odd", certainty="odd"), AUTHORITY) == strength(by(), AUTHORITY)


@given(candidates, st.randoms(use_true_random=False))
def test_the_order_of_input_does_not_matter(found, random):
    shuffled = [(value, random.sample(by_, len(by_))) for value, by_ in found]
    random.shuffle(shuffled)
    assert choose(found, AUTHORITY) == choose(shuffled, AUTHORITY)


@given(candidates)
def test_what_is_chosen_is_usable_and_what_it_is_against_conflicts_with_it(found):
    choice = choose(found, AUTHORITY)
    usable = {value for value, by_ in found if any(s.rank != "deprecated" for s in by_)}
    if not usable:
        assert choice is None
        return
    assert choice.value in usable
    assert set(choice.against) == {value for value, _ in found if not compatible(value, choice.value)}
    assert bool(choice.reason) == bool(choice.against)


@given(candidates)
def test_no_usable_value_in_conflict_is_better_supported_than_the_chosen_one(found):
    choice = choose(found, AUTHORITY)
    best = {value: min(strength(s, AUTHORITY) for s in by_) for value, by_ in found}
    if choice:
        agreeing = min(best[v] for v in best if compatible(v, choice.value))
        assert all(agreeing <= best[v] for v in choice.against)


@given(terms, terms)
@example(typed("0.6", "decimal"), Literal(1))
@example(Literal(2000), Literal(2))
def test_compatible_is_symmetric_and_reflexive(a, b):
    assert compatible(a, a)
    assert compatible(a, b) == compatible(b, a)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (date("2024"), date("2024-12-31"), True),
        (date("2024"), date("2024-02"), True),
        (date("2024-02"), date("2024-02-29"), True),
        (date("2024"), date("2025-01-01"), False),
        (date("2024-02"), date("2024-03-01"), False),
        (Literal(128000), Literal(131072), True),
        (Literal(32000), Literal(32768), True),
        (Literal(32000), Literal(16384), False),
        (typed("32.8", "decimal"), Literal(32), True),
        (typed("32.8", "decimal"), Literal(33), True),
        (typed("32.76", "decimal"), typed("32.8", "decimal"), True),
        (typed("6.25", "decimal"), typed("6.3", "decimal"), True),
        (typed("32.76", "decimal"), typed("32.6", "decimal"), False),
        (typed("7", "decimal"), Literal(7), True),
        (typed("7.0", "decimal"), Literal(7), True),
        (Literal("7"), Literal(7), False),
        (Literal("a", language="en"), Literal("a", language="zh"), False),
        (NamedNode("urn:a"), NamedNode("urn:b"), False),
        (date("2024"), Literal(2024), False),
    ],
)
def test_compatible_values(a, b, expected):
    assert compatible(a, b) is expected


@pytest.mark.parametrize("kind", ["integer", "decimal", "double"])
@pytest.mark.parametrize("text", ["abc", "", "NaN", "INF", "1" * 400])
def test_a_number_that_is_none_is_compatible_with_itself_only(text, kind):
    assert compatible(typed(text, kind), typed(text, kind))
    assert not compatible(typed(text, kind), Literal(7))
    assert not compatible(Literal(7), typed(text, kind))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", ("2024-01-01", "2024-12-31")),
        ("0001", ("0001-01-01", "0001-12-31")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2023-02", ("2023-02-01", "2023-02-28")),
        ("1900-02", ("1900-02-01", "1900-02-28")),
        ("2000-02", ("2000-02-01", "2000-02-29")),
        ("2024-11", ("2024-11-01", "2024-11-30")),
        ("2024-02-29", ("2024-02-29", "2024-02-29")),
        ("2023-02-29", None),
        ("2024-04-31", None),
        ("2024-00", None),
        ("2024-13", None),
        ("2024-01-00", None),
        ("0000", None),
        ("24", None),
        ("2024-1", None),
        ("2024-01-01Z", None),
        ("2024-01-01\n", None),
        ("٢٠٢٤-٠١-٠١", None),
    ],
)
def test_bounds(text, expected):
    assert bounds(date(text)) == expected


def test_only_dates_have_bounds():
    assert bounds(Literal("2024")) is None
    assert bounds(Literal(2024)) is None
    assert bounds(typed("2024", "date")) is None
    assert bounds(NamedNode("urn:2024")) is None


@given(st.from_regex(r"\A\d{4}(-\d\d(-\d\d)?)?\n?\Z"))
def test_bounds_are_days_of_the_calendar_or_nothing(text):
    span = bounds(date(text))
    if span:
        first, last = map(datetime.date.fromisoformat, span)
        assert first <= last
        assert first.isoformat().startswith(text) or last.isoformat().startswith(text)


@given(st.dates())
def test_every_day_lies_within_its_month_and_its_month_within_its_year(day):
    day, month, year = (bounds(date(day.isoformat()[:n])) for n in (10, 7, 4))
    assert year[0] <= month[0] <= day[0] == day[1] <= month[1] <= year[1]
