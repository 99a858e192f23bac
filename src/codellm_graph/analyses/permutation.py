"""Permutation test: whether carrying goes with descent more than chance within organizations would have it.

The graph stays as it is. The carriers among the units of one organization that had the chance are dealt out
among these units anew, and it is counted how many carriers have a parent that carries. Organizations are
strata because they have both habits and lineages of their own: without them, whatever a maker does in all
its models would look inherited. A unit of several organizations belongs to the stratum of just these; one of
which no organization is known keeps what it has, and so does one without a date [1]_.

References
----------
.. [1] P. Good, Permutation, Parametric and Bootstrap Tests of Hypotheses, 3rd ed., Springer, 2005; that no
   p-value is zero: B. Phipson, G. K. Smyth, Permutation p-values should never be zero, Statistical
   Applications in Genetics and Molecular Biology 9 (2010) 39.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    Masks = npt.NDArray[np.bool_]
    Keys = npt.NDArray[np.float64]

__all__ = ["Case", "Design", "Outcome", "deal", "reason", "significance"]

#: Values of one chunk, so that it stays in a processor's cache.
_CHUNK = 4_000_000
_FEW, _MOST = 2, 0.6


@dataclass(frozen=True)
class Design:
    """What is the same for all techniques.

    Parameters
    ----------
    units : sequence of str
        All units, sorted.
    strata : mapping of str to tuple of str
        Unit to its organizations.
    parents : mapping of str to collection of str
        Unit to its parents.
    """

    units: Sequence[str]
    strata: Mapping[str, tuple[str, ...]]
    parents: Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Case:
    """A technique to test.

    Parameters
    ----------
    carrying : collection of str
        Units that carry it.
    eligible : collection of str
        Units that had the chance to; carriers that are not among them stay as they are.
    """

    carrying: Collection[str]
    eligible: Collection[str]


@dataclass(frozen=True)
class Outcome:
    """The result of a test.

    Parameters
    ----------
    statistic : int
        Carriers with a parent that carries.
    expected : float or None
        Mean of the same over the permutations; None if none were made.
    p : float or None
        ``(1 + permutations with at least as many) / (permutations + 1)``; None if untestable.
    untestable : str or None
        Why there is no p-value.
    """

    statistic: int
    expected: float | None
    p: float | None
    untestable: str | None


def reason(case: Case) -> str | None:
    """Say why a technique cannot be tested, before anything is permuted.

    Parameters
    ----------
    case : Case
        The technique.

    Returns
    -------
    str or None
        None if it can.
    """
    among = sum(u in case.carrying for u in case.eligible)
    if among <= _FEW:
        return f"{_FEW} carriers or fewer"
    if among > _MOST * len(case.eligible):
        return f"over {_MOST:.0%} carry it"
    return None


def significance(
    design: Design, cases: Sequence[Case], permutations: int = 10_000, seed: int = 0
) -> list[Outcome]:
    """Test techniques, all in one pass over the same permutations.

    Parameters
    ----------
    design : Design
        Units, strata and lineage.
    cases : sequence of Case
        The techniques; what comes out for one does not depend on the others.
    permutations : int, optional
        How many.
    seed : int, optional
        Of the random numbers.

    Returns
    -------
    list of Outcome
        In the same order.
    """
    import numpy as np

    edges = _Edges(design)
    found: dict[object, Outcome] = {}
    keys = [_key(design, case) for case in cases]
    fresh = dict(zip(keys, cases, strict=True))  # equal cases are tested once
    carrying = _masks(design, [c.carrying for c in fresh.values()])
    eligible = _masks(design, [c.eligible for c in fresh.values()])
    observed = edges.count(carrying[:, None, :], eligible)[0]
    reached, total = np.zeros_like(observed), np.zeros_like(observed)
    least, most = observed.copy(), observed.copy()
    for random in _random(len(design.units), permutations, seed, max(1, _CHUNK // (carrying.size or 1))):
        counts = edges.count(deal(design, carrying, eligible, random), eligible)
        reached += (counts >= observed).sum(0)
        total += counts.sum(0)
        least, most = np.minimum(least, counts.min(0)), np.maximum(most, counts.max(0))
    for place, key in enumerate(fresh):
        found[key] = Outcome(
            int(observed[place]),
            float(total[place] / permutations),
            (1 + int(reached[place])) / (permutations + 1) if least[place] < most[place] else None,
            None if least[place] < most[place] else "no permutation changes it",
        )
    outcomes = []
    for key, case in zip(keys, cases, strict=True):
        why = reason(case)
        outcome = found[key]
        outcomes.append(outcome if why is None else Outcome(outcome.statistic, outcome.expected, None, why))
    return outcomes


def _key(design: Design, case: Case) -> object:
    """Return what decides about a test: carriers, and who else could be dealt one."""
    able = frozenset(case.eligible)
    carrying = frozenset(case.carrying)
    strata = {design.strata[u] for u in carrying & able}
    return carrying, frozenset(u for u in able if design.strata[u] in strata), carrying & able


def _masks(design: Design, sets: Sequence[Collection[str]]) -> Masks:
    import numpy as np

    # Columns to a multiple of eight: what is counted is eight techniques at a time.
    found = np.zeros((len(design.units), -(-len(sets) // 8) * 8), np.bool_)
    place = {unit: i for i, unit in enumerate(design.units)}
    for column, members in enumerate(sets):
        found[[place[u] for u in members if u in place], column] = True
    return found


def _random(units: int, permutations: int, seed: int, size: int) -> Iterator[Keys]:
    """Yield chunks of random keys, one row a unit and one column a permutation.

    The same numbers come whatever the size of the chunks.
    """
    import numpy as np

    generator = np.random.Generator(np.random.PCG64(seed))
    for start in range(0, permutations, size):
        yield generator.random((min(size, permutations - start), units)).T


def deal(design: Design, carrying: Masks, eligible: Masks, keys: Keys) -> Masks:
    """Deal out carriers anew within each stratum: the eligible units with the smallest keys carry.

    Parameters
    ----------
    design : Design
        Units and strata.
    carrying, eligible : numpy.ndarray of bool
        A row for each unit, a column for each technique.
    keys : numpy.ndarray of float
        A row for each unit, a column for each permutation.

    Returns
    -------
    numpy.ndarray of bool
        Units by permutations by techniques. A stratum keeps its number of carriers.
    """
    import numpy as np

    dealt = np.repeat(carrying[:, None, :], keys.shape[1], axis=1)
    for rows in _members(design):
        able = eligible[rows]
        count = (carrying[rows] & able).sum(0)
        moving = np.flatnonzero((count > 0) & (count < able.sum(0)))
        if not len(moving):
            continue
        able, weights = able[:, moving], able[:, moving].astype(np.float32)
        for place, row in enumerate(rows):
            # The rank of this unit among the eligible ones of its stratum, for every permutation at once.
            rank = (keys[rows] <= keys[row]).T.astype(np.float32) @ weights
            dealt[row][:, moving] = np.where(able[place], rank <= count[moving], carrying[row, moving])
    return dealt


def _members(design: Design) -> list[list[int]]:
    """Return the rows of each stratum in which something can be dealt out."""
    rows: dict[tuple[str, ...], list[int]] = {}
    for i, unit in enumerate(design.units):
        if design.strata[unit]:
            rows.setdefault(design.strata[unit], []).append(i)
    return [found for found in rows.values() if len(found) > 1]


class _Edges:
    """The lineage as arrays: parents grouped by child."""

    def __init__(self, design: Design) -> None:
        import numpy as np

        place = {unit: i for i, unit in enumerate(design.units)}
        groups = [
            (place[child], sorted(place[p] for p in design.parents.get(child, ()) if p in place))
            for child in design.units
        ]
        groups = [(child, above) for child, above in groups if above]
        self.children = np.array([child for child, _ in groups], np.int64)
        self.parents = np.array([p for _, above in groups for p in above], np.int64)
        self.starts = np.cumsum([0, *(len(above) for _, above in groups)][:-1] if groups else [])

    def count(self, carrying: Masks, eligible: Masks) -> npt.NDArray[np.int64]:
        """Count the eligible carriers with a parent that carries, for each permutation and technique."""
        import numpy as np

        if not len(self.children):
            return np.zeros(carrying.shape[1:], np.int64)
        # Eight truth values are one number: on whole numbers the maximum of each is a bitwise or.
        eights = carrying.view(np.uint64)
        from_carriers = np.bitwise_or.reduceat(eights[self.parents], self.starts, axis=0)
        from_carriers &= eights[self.children]
        from_carriers &= eligible[self.children, None, :].view(np.uint64)
        counts: npt.NDArray[np.int64] = from_carriers.view(np.bool_).sum(0, dtype=np.int64)
        return counts
