"""Intervals, rates, Kuhn's score and false discovery rates against published and hand-computed values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.analyses.strength import (
    Strength,
    benjamini_hochberg,
    clopper_pearson,
    newcombe,
    strength,
    wilson,
)

UNITS = [f"u{i}" for i in range(9)]


@pytest.mark.parametrize(
    ("k", "n", "exact", "score"),
    [
        # R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine
        # 17 (1998) 857-872, table I: methods 5 and 3.
        (81, 263, (0.2527, 0.3676), (0.2553, 0.3662)),
        (15, 148, (0.0578, 0.1617), (0.0624, 0.1605)),
        (0, 20, (0.0000, 0.1684), (0.0000, 0.1611)),
        (1, 29, (0.0009, 0.1776), (0.0061, 0.1718)),
    ],
)
def test_intervals_of_a_proportion_are_the_published_ones(k, n, exact, score):
    assert clopper_pearson(k, n) == pytest.approx(exact, abs=5e-5)
    assert wilson(k, n) == pytest.approx(score, abs=5e-5)


@pytest.mark.parametrize(
    ("counts", "published"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10.
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 56, 0, 29), (-0.1170, 0.0642)),
        ((10, 10, 0, 20), (0.6791, 1.0000)),
        ((10, 10, 0, 10), (0.6075, 1.0000)),
    ],
)
def test_intervals_of_a_difference_are_the_published_ones(counts, published):
    assert newcombe(*counts) == pytest.approx(published, abs=5e-5)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_exact_interval_leaves_a_fortieth_on_either_side(counts):
    k, n = counts
    low, high = clopper_pearson(k, n)
    assert 0 <= low <= k / n <= high <= 1

    def probability(p, some):
        return math.fsum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in some)

    if k > 0:
        assert probability(low, range(k, n + 1)) == pytest.approx(0.025, rel=1e-6)
    if k < n:
        assert probability(high, range(k + 1)) == pytest.approx(0.025, rel=1e-6)
    # The mirror image.
    assert clopper_pearson(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_a_long_tail_does_not_overflow():
    low, high = clopper_pearson(2500, 5000)
    assert (low, high) == pytest.approx((0.4860, 0.5140), abs=1e-4)


def test_false_discovery_rates_of_the_published_example():
    # Benjamini and Hochberg 1995, section 3.2: four of fifteen are called at 5 %.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    q = benjamini_hochberg(p)
    assert [x < 0.05 for x in q] == [True] * 4 + [False] * 11
    assert q[:4] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625])
    assert benjamini_hochberg([]) == []


@given(st.lists(st.floats(0.0001, 1), max_size=30), st.randoms())
def test_false_discovery_rates_go_with_their_tests(p, random):
    q = dict(zip(p, benjamini_hochberg(p), strict=True))
    assert all(x <= q[x] <= 1 for x in p)
    shuffled = random.sample(p, len(p))
    assert benjamini_hochberg(shuffled) == pytest.approx([q[x] for x in shuffled])
    ordered = sorted(p)
    assert [q[x] for x in ordered] == sorted(q[x] for x in ordered)


@st.composite
def graphs(draw):
    parents = {
        u: draw(st.lists(st.sampled_from([x for x in UNITS if x != u]), max_size=3, unique=True))
        for u in UNITS
    }
    return parents, set(draw(st.lists(st.sampled_from(UNITS))))


def kuhn(parents, carrying, delta):
    """Score a meme as Kuhn, Perc and Helbing write it: publications are units, citing is descending."""
    publications = [u for u in parents if parents[u]]
    citing = [u for u in publications if [p for p in parents[u] if p in carrying]]
    not_citing = [u for u in publications if u not in citing]
    d_m_to_m = len([u for u in citing if u in carrying])
    d_to_m = len(citing)
    d_m_to_not = len([u for u in not_citing if u in carrying])
    d_to_not = len(not_citing)
    propagation = (d_m_to_m / (d_to_m + delta)) / ((d_m_to_not + delta) / (d_to_not + delta))
    frequency = len([u for u in publications if u in carrying]) / len(publications)
    return propagation, frequency * propagation


@given(graphs(), st.integers(1, 5), st.randoms())
def test_scores_are_kuhns_and_rates_are_rates(graph, delta, random):
    parents, carrying = graph
    found = strength(parents, carrying, UNITS, delta)
    for rate in (found.vertical_share, found.retention, found.spontaneous_rate):
        assert rate is None or 0 <= rate <= 1
    if any(parents.values()):
        assert (found.propagation_score, found.meme_score) == pytest.approx(kuhn(parents, carrying, delta))
    else:
        assert found.propagation_score is found.meme_score is None
    if found.interval is not None:
        assert -1 <= found.interval[0] <= found.risk_difference <= found.interval[1] <= 1
    again = {u: random.sample(parents[u], len(parents[u])) for u in random.sample(UNITS, len(UNITS))}
    assert strength(again, list(carrying), UNITS, delta) == found


def test_rates_by_hand():
    parents = {"b": ["a"], "c": ["a", "x"], "d": ["b"], "e": ["x"], "f": ["x"], "a": [], "x": []}
    found = strength(parents, {"a", "b", "d", "e"}, "abcdef")
    # From carriers: b, c, d, of which b and d carry; from others: e and f, of which e carries.
    assert found == Strength(3, 2, 2, 1, 3)
    assert (found.vertical_share, found.retention, found.spontaneous_rate) == (2 / 3, 2 / 3, 1 / 2)
    assert found.risk_difference == pytest.approx(1 / 6)
    # (2 / (3 + 3)) / ((1 + 3) / (2 + 3)), and 3 of 5 carry.
    assert found.propagation_score == pytest.approx(5 / 12)
    assert found.meme_score == pytest.approx(0.25)


def test_units_without_a_chance_are_left_out():
    parents = {"b": ["a"], "c": ["x"], "d": ["x"]}
    assert strength(parents, {"a", "b"}, "abc") == Strength(1, 1, 1, 0)


def test_what_cannot_be_known_is_none():
    nothing = strength({"a": []}, {"a"}, "a")
    assert nothing.vertical_share is nothing.retention is nothing.spontaneous_rate is None
    assert nothing.risk_difference is nothing.interval is nothing.propagation_score is None
