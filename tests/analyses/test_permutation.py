"""The permutation test: equal to the plain loop, at its level under the null, and able to find what is there."""

from __future__ import annotations

import random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.analyses import permutation
from codellm_graph.analyses.permutation import Case, Design, deal, reason, shares, significance
from codellm_graph.analyses.strength import clopper_pearson


def plain(design, case, permutations, seed):
    """Test one technique as its definition reads, one permutation after the other."""
    graph = nx.DiGraph([(p, child) for child, parents in design.parents.items() for p in parents])
    graph.add_nodes_from(design.units)
    strata = {}
    for unit in design.units:
        if design.strata[unit] and unit in case.eligible:
            strata.setdefault(design.strata[unit], []).append(unit)

    def statistic(carrying):
        return sum(any(p in carrying for p in graph.predecessors(u)) for u in carrying if u in case.eligible)

    observed = statistic(set(case.carrying))
    counts = []
    generator = np.random.Generator(np.random.PCG64(seed))
    for _ in range(permutations):
        key = dict(zip(design.units, generator.random(len(design.units)), strict=True))
        carrying = set(case.carrying) - {u for units in strata.values() for u in units}
        for units in strata.values():
            number = sum(u in case.carrying for u in units)
            carrying |= set(sorted(units, key=key.__getitem__)[:number])
        counts.append(statistic(carrying))
    return observed, sum(counts) / permutations, (1 + sum(c >= observed for c in counts)) / (permutations + 1)


@st.composite
def settings(draw):
    units = [f"u{i:02}" for i in range(draw(st.integers(2, 14)))]
    makers = st.sampled_from([(), ("a",), ("b",), ("c",), ("a", "b")])
    parents = {
        u: draw(st.sets(st.sampled_from(units[:i]), max_size=3)) if i else set() for i, u in enumerate(units)
    }
    design = Design(units, {u: draw(makers) for u in units}, parents)
    cases = draw(
        st.lists(
            st.tuples(st.sets(st.sampled_from(units)), st.sets(st.sampled_from(units))),
            min_size=1,
            max_size=10,
        )
    )
    return design, [Case(frozenset(c), frozenset(e)) for c, e in cases]


@given(settings(), st.integers(0, 3), st.integers(1, 40))
def test_it_is_the_plain_loop(setting, seed, permutations):
    design, cases = setting
    for case, outcome in zip(cases, significance(design, cases, permutations, seed), strict=True):
        observed, expected, p = plain(design, case, permutations, seed)
        assert outcome.statistic == observed
        assert outcome.expected == pytest.approx(expected)
        if outcome.untestable is None:
            assert outcome.p == p
        else:
            assert outcome.p is None


@given(settings(), st.randoms())
def test_it_depends_neither_on_order_nor_on_company_nor_on_chunks(setting, shuffle):
    design, cases = setting
    together = significance(design, cases, 30, 1)
    assert [significance(design, [case], 30, 1)[0] for case in cases] == together
    again = Design(
        design.units,
        dict(shuffle.sample(list(design.strata.items()), len(design.strata))),
        {
            u: shuffle.sample(sorted(p), len(p))
            for u, p in shuffle.sample(list(design.parents.items()), len(design.parents))
        },
    )
    assert (
        significance(again, [Case(sorted(c.carrying), sorted(c.eligible)) for c in cases], 30, 1) == together
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(permutation, "_CHUNK", 1)
        patch.setattr(permutation, "_TOGETHER", 2)
        assert significance(design, cases, 30, 1) == together


@given(settings(), st.integers(0, 3))
def test_strata_keep_their_counts(setting, seed):
    design, cases = setting
    carrying = np.array([[u in c.carrying for c in cases] for u in design.units])
    eligible = np.array([[u in c.eligible for c in cases] for u in design.units])
    keys = np.random.default_rng(seed).random((len(design.units), 25))
    dealt = deal(shares(design, carrying, eligible), carrying, keys)
    assert dealt.shape == (len(design.units), len(cases), 25)
    for makers in set(design.strata.values()):
        rows = [i for i, u in enumerate(design.units) if design.strata[u] == makers]
        assert (dealt[rows].sum(0) == carrying[rows].sum(0)[:, None]).all()
    still = ~eligible | np.array([[not design.strata[u]] * len(cases) for u in design.units])
    assert (dealt == carrying[:, :, None])[still].all()


def test_all_ways_of_dealing_are_equally_likely():
    design = Design(["a", "b", "c"], dict.fromkeys("abc", ("x",)), {})
    column = np.array([[True], [False], [False]])
    keys = np.random.default_rng(5).random((3, 30_000))
    rates = deal(shares(design, column, np.ones((3, 1), bool)), column, keys)[:, 0].mean(1)
    assert rates == pytest.approx([1 / 3] * 3, abs=0.01)


def test_the_exact_p_of_a_small_case():
    # Three of six carry; d descends from a, e from b. Of the 20 ways to choose three, 4 contain a and d, and
    # 4 others b and e.
    design = Design(list("abcdef"), dict.fromkeys("abcdef", ("x",)), {"d": ["a"], "e": ["b"]})
    [outcome] = significance(design, [Case(frozenset("adc"), frozenset("abcdef"))], 20_000, 3)
    assert outcome.statistic == 1
    assert outcome.p == pytest.approx(0.4, abs=0.015)
    assert outcome.expected == pytest.approx(0.4, abs=0.015)


@pytest.mark.parametrize(
    ("carrying", "eligible", "why"),
    [
        ("ab", "abcdefgh", "2 carriers or fewer"),
        ("abc", "abcg", "over 60% carry it"),
        ("abc", "ab", "2 carriers or fewer"),
        ("abc", "abcde", None),
    ],
)
def test_what_cannot_be_tested_says_why(carrying, eligible, why):
    case = Case(frozenset(carrying), frozenset(eligible))
    assert reason(case) == why
    alone = Design(list("abcdefgh"), {u: (u,) for u in "abcdefgh"}, {"b": ["a"]})
    [outcome] = significance(alone, [case], 50)
    assert outcome.p is None
    assert outcome.untestable == (why or "no permutation changes it")


def test_nothing_to_test():
    assert significance(Design([], {}, {}), [], 10) == []
    [outcome] = significance(Design(["a"], {"a": ()}, {}), [Case(frozenset(), frozenset())], 10)
    assert (outcome.statistic, outcome.untestable) == (0, "2 carriers or fewer")


def world(seed):
    """Draw organizations with some twenty units each, in order of time, that mostly descend from their own."""
    draw = random.Random(seed)
    units = [f"u{i:03}" for i in range(120)]
    maker = {u: (f"m{draw.randrange(6)}",) for u in units}
    parents = {}
    for i, unit in enumerate(units):
        own = [u for u in units[:i] if maker[u] == maker[unit]]
        pool = own if own and draw.random() < 0.7 else units[:i]
        parents[unit] = {draw.choice(pool)} if pool and draw.random() < 0.7 else set()
    return draw, Design(units, maker, parents)


def drawn(draw, design, habit, start, stick):
    """Let units from a start on carry by the habit of their maker, and pass it on with a probability."""
    carrying = set()
    for unit in design.units[start:]:
        by_habit = draw.random() < habit[design.strata[unit]]
        passed = any(p in carrying for p in design.parents[unit]) and draw.random() < stick
        if by_habit or passed:
            carrying.add(unit)
    return Case(frozenset(carrying), frozenset(design.units[start:]))


def share_found(stick, habits, starts, worlds=8, each=25):
    p = []
    for seed in range(worlds):
        draw, design = world(seed)
        cases = []
        for _ in range(each):
            # Makers have habits of their own, and techniques appear at different times.
            habit = {m: draw.choice(habits) for m in sorted(set(design.strata.values()))}
            cases.append(drawn(draw, design, habit, draw.choice(starts), stick))
        p += [o.p for o in significance(design, cases, 199, seed) if o.p is not None]
    return sum(x <= 0.05 for x in p), len(p)


def test_the_null_is_rejected_at_its_level():
    found, tested = share_found(stick=0.0, habits=[0.02, 0.1, 0.5], starts=[0, 30, 60])
    assert tested > 150
    # The exact interval of the rate reaches down to 5 %: the test does not call too often.
    assert clopper_pearson(found, tested)[0] <= 0.05


def test_planted_inheritance_is_found():
    found, tested = share_found(stick=0.9, habits=[0.1], starts=[0])
    assert tested > 100
    assert found / tested > 0.8
