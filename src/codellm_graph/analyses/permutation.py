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

__all__ = ["Case", "Design", "Outcome", "deal", "reason", "shares", "significance"]

#: Values of one chunk, so that it stays in a processor's cache.
_CHUNK = 2_000_000
#: Techniques that are tested in one pass.
_TOGETHER = 128
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
    edges = _Edges(design)
    keys = [_key(design, case) for case in cases]
    # Equal cases are tested once, and no more together than a chunk has room for.
    fresh = list(dict(zip(keys, cases, strict=True)).items())
    found: dict[object, Outcome] = {}
    for start in range(0, len(fresh), _TOGETHER):
        batch = fresh[start : start + _TOGETHER]
        outcomes = _permuted(design, edges, [case for _, case in batch], permutations, seed)
        found.update(zip((key for key, _ in batch), outcomes, strict=True))
    whys = [reason(case) for case in cases]
    return [
        found[key] if why is None else Outcome(found[key].statistic, found[key].expected, None, why)
        for key, why in zip(keys, whys, strict=True)
    ]


def _permuted(
    design: Design, edges: _Edges, cases: Sequence[Case], permutations: int, seed: int
) -> list[Outcome]:
    import numpy as np

    carrying = _masks(design, [c.carrying for c in cases])
    eligible = _masks(design, [c.eligible for c in cases])
    observed = edges.count(np.repeat(carrying[:, :, None], 8, axis=2), eligible)[:, 0]
    reached, total = np.zeros_like(observed), np.zeros_like(observed)
    least, most = observed.copy(), observed.copy()
    given = shares(design, carrying, eligible, {*edges.children.tolist(), *edges.parents.tolist()})
    for keys, made in _random(len(design.units), permutations, seed, _CHUNK // (carrying.size or 1)):
        counts = edges.count(deal(given, carrying, keys), eligible)[:, :made]
        reached += (counts >= observed[:, None]).sum(1)
        total += counts.sum(1)
        least, most = np.minimum(least, counts.min(1)), np.maximum(most, counts.max(1))
    p = (1 + reached) / (permutations + 1)
    return [
        Outcome(
            int(observed[i]),
            float(total[i] / permutations),
            float(p[i]) if least[i] < most[i] else None,
            None if least[i] < most[i] else "no permutation changes it",
        )
        for i in range(len(cases))
    ]


def _key(design: Design, case: Case) -> object:
    """Return what decides about a test: carriers, and who else could be dealt one."""
    able = frozenset(case.eligible)
    carrying = frozenset(case.carrying)
    strata = {design.strata[u] for u in carrying & able}
    return carrying, frozenset(u for u in able if design.strata[u] in strata), carrying & able


def _masks(design: Design, sets: Sequence[Collection[str]]) -> Masks:
    import numpy as np

    found = np.zeros((len(design.units), len(sets)), np.bool_)
    place = {unit: i for i, unit in enumerate(design.units)}
    for column, members in enumerate(sets):
        found[[place[u] for u in members if u in place], column] = True
    return found


def _random(units: int, permutations: int, seed: int, size: int) -> Iterator[tuple[Keys, int]]:
    """Yield chunks of random keys, one row a unit and one column a permutation, and how many count.

    The same numbers come whatever the size of the chunks. What is counted is eight permutations at a time.
    """
    import numpy as np

    generator = np.random.Generator(np.random.PCG64(seed))
    size = max(8, size // 8 * 8)
    for start in range(0, permutations, size):
        made = min(size, permutations - start)
        yield np.ascontiguousarray(generator.random((-(-made // 8) * 8, units)).T), made


@dataclass(frozen=True)
class _Share:
    """Techniques that are dealt out among the same units of a stratum, and the units to deal to."""

    units: npt.NDArray[np.int64]
    shown: npt.NDArray[np.int64]
    techniques: npt.NDArray[np.int64]
    carriers: npt.NDArray[np.int64]


def shares(
    design: Design, carrying: Masks, eligible: Masks, wanted: Collection[int] | None = None
) -> list[_Share]:
    """Return what can be dealt out: within which units, for which techniques, to how many.

    Parameters
    ----------
    design : Design
        Units and strata.
    carrying, eligible : numpy.ndarray of bool
        A row for each unit, a column for each technique.
    wanted : collection of int, optional
        Rows of the units that matter; the others need not be dealt to.

    Returns
    -------
    list of _Share
        Nothing where all or none of the eligible units of a stratum carry a technique.
    """
    import numpy as np

    strata: dict[tuple[str, ...], list[int]] = {}
    for row, unit in enumerate(design.units):
        if design.strata[unit]:
            strata.setdefault(design.strata[unit], []).append(row)
    found = []
    for members in strata.values():
        rows = np.array(members)
        among: dict[bytes, list[int]] = {}
        for column in range(carrying.shape[1]):
            among.setdefault(eligible[rows, column].tobytes(), []).append(column)
        for columns in among.values():
            able = rows[eligible[rows, columns[0]]]
            counts = carrying[np.ix_(able, columns)].sum(0)
            moving = (counts > 0) & (counts < len(able))
            shown = able if wanted is None else able[np.isin(able, list(wanted))]
            if moving.any() and len(shown):
                found.append(_Share(able, shown, np.array(columns)[moving], counts[moving]))
    return found


def deal(given: Sequence[_Share], carrying: Masks, keys: Keys) -> Masks:
    """Deal out carriers anew within each stratum: the eligible units with the smallest keys carry.

    Parameters
    ----------
    given : sequence of _Share
        From `shares`.
    carrying : numpy.ndarray of bool
        A row for each unit, a column for each technique.
    keys : numpy.ndarray of float
        A row for each unit, a column for each permutation.

    Returns
    -------
    numpy.ndarray of bool
        Units by techniques by permutations. A stratum keeps its number of carriers.
    """
    import numpy as np

    dealt = np.repeat(carrying[:, :, None], keys.shape[1], axis=2)
    for share in given:
        # The key of the last unit that gets one, for each technique and permutation.
        last = np.sort(keys[share.units], axis=0)[share.carriers - 1]
        dealt[share.shown[:, None], share.techniques] = keys[share.shown, None, :] <= last
    return dealt


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
        """Count the eligible carriers with a parent that carries, for each technique and permutation."""
        import numpy as np

        if not len(self.children):
            return np.zeros(carrying.shape[1:], np.int64)
        # Eight truth values are one number: on whole numbers the maximum of each is a bitwise or.
        eights = carrying.view(np.uint64)
        from_carriers = np.bitwise_or.reduceat(eights[self.parents], self.starts, axis=0)
        from_carriers &= eights[self.children]
        found = from_carriers.view(np.bool_)
        found &= eligible[self.children, :, None]
        counts: npt.NDArray[np.int64] = found.sum(0, dtype=np.int64)
        return counts
