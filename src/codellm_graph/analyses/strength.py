"""Strength: how closely carrying a technique goes with descending from a carrier.

Everything here is counted over units with a known parent that had the chance to carry the technique. Units
without a known parent are left out, as nothing is known about what they could inherit. The numbers describe;
they do not say that descent is why a unit carries a technique.

References
----------
.. [1] T. Kuhn, M. Perc, D. Helbing, Inheritance patterns in citation networks reveal scientific memes,
   Physical Review X 4 (2014) 041036.
.. [2] R. G. Newcombe, Interval estimation for the difference between independent proportions: comparison of
   eleven methods, Statistics in Medicine 17 (1998) 873-890, method 10.
.. [3] E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of the
   American Statistical Association 22 (1927) 209-212.
.. [4] Y. Benjamini, Y. Hochberg, Controlling the false discovery rate: a practical and powerful approach to
   multiple testing, Journal of the Royal Statistical Society B 57 (1995) 289-300.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = ["Strength", "benjamini_hochberg", "clopper_pearson", "newcombe", "strength", "wilson"]

_Z = 1.959963984540054  # 97.5 % point of the normal distribution
_DELTA = 3


@dataclass(frozen=True)
class Strength:
    """How closely carrying goes with descending from a carrier.

    Parameters
    ----------
    from_carriers, carrying_from_carriers : int
        Units with a parent that carries, and how many of them carry: Kuhn's d(→m) and d(m→m).
    from_others, carrying_from_others : int
        Units none of whose parents carries, and how many of them carry: d(→not m) and d(m→not m).
    delta : int
        Kuhn's noise term.
    """

    from_carriers: int
    carrying_from_carriers: int
    from_others: int
    carrying_from_others: int
    delta: int = _DELTA

    @property
    def carriers(self) -> int:
        """Carriers with a known parent."""
        return self.carrying_from_carriers + self.carrying_from_others

    @property
    def vertical_share(self) -> float | None:
        """V: of the carriers with a known parent, those with a parent that carries."""
        return _ratio(self.carrying_from_carriers, self.carriers)

    @property
    def retention(self) -> float | None:
        """R: of the units with a parent that carries, those that carry."""
        return _ratio(self.carrying_from_carriers, self.from_carriers)

    @property
    def spontaneous_rate(self) -> float | None:
        """S: of the units none of whose parents carries, those that carry."""
        return _ratio(self.carrying_from_others, self.from_others)

    @property
    def risk_difference(self) -> float | None:
        """R - S."""
        r, s = self.retention, self.spontaneous_rate
        return None if r is None or s is None else r - s

    @property
    def interval(self) -> tuple[float, float] | None:
        """Newcombe's 95 % interval of R - S; it takes the units as independent, which relatives are not."""
        if not self.from_carriers or not self.from_others:
            return None
        return newcombe(
            self.carrying_from_carriers, self.from_carriers, self.carrying_from_others, self.from_others
        )

    @property
    def propagation_score(self) -> float | None:
        """Kuhn's P: the sticking factor over the sparking factor. For ranking only."""
        if not self.from_carriers + self.from_others:
            return None
        sticking = self.carrying_from_carriers / (self.from_carriers + self.delta)
        sparking = (self.carrying_from_others + self.delta) / (self.from_others + self.delta)
        return sticking / sparking

    @property
    def meme_score(self) -> float | None:
        """Kuhn's M: the propagation score times the share of units that carry. For ranking only."""
        score = self.propagation_score
        if score is None:
            return None
        return score * self.carriers / (self.from_carriers + self.from_others)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def strength(
    parents: Mapping[str, Collection[str]],
    carrying: Collection[str],
    eligible: Collection[str],
    delta: int = _DELTA,
) -> Strength:
    """Count who carries with and without a parent that carries.

    Parameters
    ----------
    parents : mapping of str to collection of str
        Unit to its parents; units without any are left out.
    carrying : collection of str
        The units that carry the technique.
    eligible : collection of str
        The units that had the chance to.
    delta : int, optional
        Kuhn's noise term; 3 as in the paper.

    Returns
    -------
    Strength
        The counts and what follows from them.

    Examples
    --------
    >>> found = strength({"b": ["a"], "c": ["a"], "d": ["x"], "a": []}, {"a", "b", "d"}, "abcd")
    >>> found.vertical_share, found.retention, found.spontaneous_rate
    (0.5, 0.5, 1.0)
    """
    having = {u: any(p in carrying for p in above) for u, above in parents.items() if above and u in eligible}
    from_carriers = [u in carrying for u, carried in having.items() if carried]
    from_others = [u in carrying for u, carried in having.items() if not carried]
    return Strength(len(from_carriers), sum(from_carriers), len(from_others), sum(from_others), delta)


def _tail(k: int, n: int, p: float) -> float:
    """Return the probability of k or more successes in n trials."""
    if k <= 0:
        return 1.0
    if p <= 0 or p >= 1:
        return float(p >= 1)
    # Logarithms, so that no term overflows; the terms are positive, so that nothing cancels.
    odds = math.log(p), math.log1p(-p)
    top = math.lgamma(n + 1)
    return math.fsum(
        math.exp(top - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * odds[0] + (n - i) * odds[1])
        for i in range(k, n + 1)
    )


@lru_cache(maxsize=4096)
def clopper_pearson(k: int, n: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a proportion.

    Parameters
    ----------
    k, n : int
        Successes and trials; at least one trial.

    Returns
    -------
    (float, float)
        The proportions at which so many, or so few, successes have a probability of 2.5 %.

    Examples
    --------
    >>> [round(x, 4) for x in clopper_pearson(0, 10)]
    [0.0, 0.3085]
    """

    def solve(target: float, at_least: int) -> float:
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            if _tail(at_least, n, middle) < target:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    return (0.0 if k == 0 else solve(0.025, k), 1.0 if k == n else solve(0.975, k + 1))


def wilson(k: int, n: int) -> tuple[float, float]:
    """Return Wilson's score interval of a proportion, 95 %.

    Parameters
    ----------
    k, n : int
        Successes and trials; at least one trial.

    Returns
    -------
    (float, float)
        Its limits.
    """
    p, z2 = k / n, _Z * _Z
    centre, half = 2 * k + z2, _Z * math.sqrt(z2 + 4 * k * (1 - p))
    low, high = (centre - half) / (2 * (n + z2)), (centre + half) / (2 * (n + z2))
    return (0.0 if k == 0 else low), (1.0 if k == n else high)


def newcombe(k1: int, n1: int, k2: int, n2: int) -> tuple[float, float]:
    """Return Newcombe's hybrid score interval of the difference of two proportions, 95 %.

    Parameters
    ----------
    k1, n1, k2, n2 : int
        Successes and trials of the one and the other.

    Returns
    -------
    (float, float)
        Limits of ``k1/n1 - k2/n2``.

    Examples
    --------
    >>> [round(x, 4) for x in newcombe(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    p1, p2 = k1 / n1, k2 / n2
    (l1, u1), (l2, u2) = wilson(k1, n1), wilson(k2, n2)
    return (
        p1 - p2 - math.hypot(p1 - l1, u2 - p2),
        p1 - p2 + math.hypot(u1 - p1, p2 - l2),
    )


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """Return q-values: the false discovery rates at which each test would be called.

    Parameters
    ----------
    p : sequence of float
        p-values of the tests of one question.

    Returns
    -------
    list of float
        In the same order.

    Examples
    --------
    >>> [round(q, 4) for q in benjamini_hochberg([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    order = sorted(range(len(p)), key=lambda i: p[i], reverse=True)
    found, least = [1.0] * len(p), 1.0
    for above, i in enumerate(order):
        least = min(least, p[i] * (len(p) / (len(p) - above)))
        found[i] = least
    return found
