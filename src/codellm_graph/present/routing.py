"""How curves are routed: through as few labels and lines as can be."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Protocol, TypeAlias

from codellm_graph.present.geometry import BENDS, PIECES, curve, elbow, label_box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from codellm_graph.present.geometry import Box, Path, Point

    Numbers: TypeAlias = npt.NDArray[np.float64]

__all__ = ["crossings", "passed", "raised", "route"]

_MANY = 200  # curves; more are not looked at one by one
_TRIES = 10_000  # ways that are tried in all, before the number for each curve goes down

_LABEL = 40  # crossings that are better than running through a label


class Drawing(Protocol):
    """A layout, as far as curves and labels need it."""

    @property
    def positions(self) -> dict[str, Point]:
        """Places of nodes."""

    def path(self, parent: str, child: str) -> Path:
        """Return how an edge runs."""


def route(
    curves: Sequence[tuple[str, str]],
    lines: Sequence[tuple[str, str]],
    at: Mapping[str, Point],
    boxes: Mapping[str, Box],
) -> dict[tuple[str, str], int]:
    """Choose how each curve runs: through as few labels as can be, then across as few lines.

    Parameters
    ----------
    curves, lines : sequence of (str, str)
        Parent and child.
    at : mapping of str to (float, float)
        Positions.
    boxes : mapping of str to Box
        Labels.

    Returns
    -------
    dict of (str, str) to int
        Curve to its place in `BENDS`, where that is not the first. Of very many curves none is looked at.
    """
    if len(curves) > _MANY:
        return {}
    import numpy as np

    number = {i: n for n, i in enumerate(at)}
    sides = np.array([boxes[i] for i in number]).reshape(-1, 4)
    met = [(number[p], number[c], *a, *b) for p, c in lines for a, b in pairwise(elbow(at[p], at[c]))]
    pieces = np.array(met, dtype=float).reshape(-1, 6)
    found = {}
    for parent, child in curves:
        ends = [number[parent], number[child]]
        ways = _ways(at[parent], at[child], min(max(_TRIES // len(curves), 6), len(BENDS)))
        low, high = ways.min(axis=(0, 1)), ways.max(axis=(0, 1))
        near = (sides[:, 2:] >= low).all(axis=1) & (sides[:, :2] <= high).all(axis=1)
        near[ends] = False
        foreign = sides[near]
        first, last = pieces[:, 2:4], pieces[:, 4:]
        near = (np.maximum(first, last) >= low).all(axis=1) & (np.minimum(first, last) <= high).all(axis=1)
        near &= ~np.isin(pieces[:, :2], ends).any(axis=1)
        costs = _LABEL * _inside(ways, foreign).sum(axis=1) + _crossed(ways, pieces[near, 2:])
        best = int(np.argmin(costs))
        # Curves that were chosen count as lines for the next ones.
        way = np.hstack([np.tile(np.array(ends, float), (PIECES, 1)), ways[best, :-1], ways[best, 1:]])
        pieces = np.vstack([pieces, way])
        if best:
            found[parent, child] = best
    return found


def passed(path: Sequence[Point], row: float) -> list[tuple[int, float, float]]:
    """Return the rows on which a path would run through a mark or its label.

    Parameters
    ----------
    path : sequence of (float, float)
        Its corners.
    row : float
        Pixels from row to row.

    Returns
    -------
    list of (int, float, float)
        Row, and the leftmost and rightmost pixel there.
    """
    ends: dict[int, list[float]] = {}
    for (x, y), (u, v) in pairwise(path):
        for n in range(int(min(y, v) // row) - 1, int(max(y, v) // row) + 2):
            # A label reaches from above the row to below it.
            top, bottom = n * row - 16, n * row + 8
            if max(y, v) >= top and min(y, v) <= bottom:
                parts = [
                    (min(max(edge, min(y, v)), max(y, v)) - y) / (v - y) if v != y else 0
                    for edge in (top, bottom)
                ]
                across = [x + part * (u - x) for part in parts] + ([u] if v == y else [])
                ends.setdefault(n, []).extend(across)
    return [(n, min(found) - 3, max(found) + 3) for n, found in ends.items()]


def raised(curves: Sequence[tuple[str, str]], drawn: Drawing, labels: Mapping[str, str]) -> list[str]:
    """Return the nodes whose label is crossed by fewer curves above the row than beside the mark.

    Parameters
    ----------
    curves : sequence of (str, str)
        Parent and child.
    drawn : Layout
        How they run.
    labels : mapping of str to str
        Labels that may stand in either place.

    Returns
    -------
    list of str
        Nodes; none where there are very many curves.
    """
    if not labels or not curves or len(curves) > _MANY:
        return []
    import numpy as np

    ways = np.array([drawn.path(*ends)[2] for ends in curves])
    own = np.array([[i in ends for i in labels] for ends in curves])
    places = []
    for above in (False, True):
        boxes = np.array([label_box(drawn.positions[i], t, above=above) for i, t in labels.items()])
        places.append((_inside(ways, boxes) & ~own).sum(axis=0))
    return [i for i, beside, above in zip(labels, *places, strict=True) if above < beside]


def crossings(curves: Sequence[tuple[str, str]], lines: Mapping[str, str], at: Mapping[str, Point]) -> int:
    """Count the lines that stand in the way of curves before they are routed.

    Parameters
    ----------
    curves : sequence of (str, str)
        Parent and child.
    lines : mapping of str to str
        Child to parent.
    at : mapping of str to (float, float)
        Positions.

    Returns
    -------
    int
        Crossings, if the curves ran straight.
    """
    import numpy as np

    pieces = np.array(
        [(*a, *b) for c, p in lines.items() for a, b in pairwise(elbow(at[p], at[c]))], dtype=float
    ).reshape(-1, 4)
    ways = np.array([(at[p], at[c]) for p, c in curves], dtype=float).reshape(-1, 2, 2)
    # Towards the ends, lines of the same node would count.
    ways = ways[:, :1] + (ways[:, 1:] - ways[:, :1]) * np.array([0.01, 0.99])[:, None]
    return int(_crossed(ways, pieces).sum())


def _ways(parent: Point, child: Point, ways: int) -> Numbers:
    """Return points on a curve for each of its first bends (bends, points, 2)."""
    import numpy as np

    corners = np.array([curve(parent, child, n) for n in range(ways)])
    t = np.linspace(0, 1, PIECES + 1)[:, None]
    parts = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    # Not as a product of matrices, which may round differently on another machine.
    found: Numbers = sum(part * corners[:, None, n] for n, part in enumerate(parts))
    return found


def _crossed(ways: Numbers, others: Numbers) -> Numbers:
    """Count crossings of each of several polylines (ways, points, 2) with segments (n, 4)."""
    import numpy as np

    start, other = others[:, :2], others[:, 2:] - others[:, :2]
    # On which side of each segment's line a point lies: few pieces change sides, only those are looked at.
    side = ways[..., 1:] * other[:, 0]
    side -= ways[..., :1] * other[:, 1]
    side -= start[:, 1] * other[:, 0] - start[:, 0] * other[:, 1]
    left = side >= 0
    changes = left[:, :-1] != left[:, 1:]
    way, piece, n = np.unravel_index(np.flatnonzero(changes), changes.shape)
    a, step = ways[way, piece], ways[way, piece + 1] - ways[way, piece]
    turn = step[:, 0] * other[n, 1] - step[:, 1] * other[n, 0]
    apart = start[n] - a
    t = apart[:, 0] * other[n, 1] - apart[:, 1] * other[n, 0]
    u = apart[:, 0] * step[:, 1] - apart[:, 1] * step[:, 0]
    sign, size = np.sign(turn), abs(turn)
    met = (sign != 0) & (sign * t >= 0) & (sign * t <= size) & (sign * u >= 0) & (sign * u <= size)
    found: Numbers = np.bincount(way[met], minlength=len(ways)).astype(float)
    return found


def _inside(ways: Numbers, boxes: Numbers) -> npt.NDArray[np.bool_]:
    """Say which of several polylines (ways, points, 2) runs through which rectangle (n, 4)."""
    import numpy as np

    low, high = np.minimum(ways[:, :-1], ways[:, 1:]), np.maximum(ways[:, :-1], ways[:, 1:])
    near = (high[..., :1] > boxes[:, 0]) & (low[..., :1] < boxes[:, 2])
    near &= (high[..., 1:] > boxes[:, 1]) & (low[..., 1:] < boxes[:, 3])
    way, piece, n = np.unravel_index(np.flatnonzero(near), near.shape)
    start, step = ways[way, piece], ways[way, piece + 1] - ways[way, piece]
    step[step == 0] = 1e-9
    ends = (boxes[n, :2] - start) / step, (boxes[n, 2:] - start) / step
    first = np.maximum(np.minimum(*ends).max(axis=-1), 0.0)
    last = np.minimum(np.maximum(*ends).min(axis=-1), 1.0)
    found = np.zeros((len(ways), len(boxes)), dtype=bool)
    entered = first < last
    found[way[entered], n[entered]] = True
    return found
