"""How well a picture reads, by whatever layout it was made."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from codellm_graph.present.geometry import Box, Path, Point

__all__ = ["Reading", "measure"]


class Reading(NamedTuple):
    """How well a picture reads.

    Parameters
    ----------
    crossings : int
        Points in which edges cross that have no end in common.
    through_labels : int
        Pairs of an edge and the label of a node that it neither starts nor ends at.
    overlapping : int
        Pairs of labels that overlap.
    width, height : float
        Extent in pixels.
    """

    crossings: int
    through_labels: int
    overlapping: int
    width: float
    height: float


def measure(paths: Sequence[Path], boxes: Mapping[str, Box]) -> Reading:
    """Count what makes a picture hard to read, by whatever layout it was made.

    Parameters
    ----------
    paths : sequence of (str, str, list of (float, float))
        Parent, child and the corners of each edge; the faint ones, too.
    boxes : mapping of str to Box
        The label of each node.

    Returns
    -------
    Reading
        The counts.
    """
    names = sorted(boxes, key=lambda i: boxes[i].left)
    overlapping = 0
    for k, i in enumerate(names):
        for j in names[k + 1 :]:
            if boxes[j].left >= boxes[i].right:
                break
            overlapping += boxes[i].top < boxes[j].bottom and boxes[j].top < boxes[i].bottom
    sides = list(zip(*boxes.values(), strict=True)) or [(0.0,)] * 4
    across, down = max(sides[2]) - min(sides[0]), max(sides[3]) - min(sides[1])
    return Reading(len(_crossings(paths)), _through(paths, boxes), overlapping, across, down)


def _crossings(paths: Sequence[Path]) -> set[tuple[int, int, int, int]]:
    """Return the points in which paths without a common end cross."""
    segments = [(n, a, b) for n, (_, _, path) in enumerate(paths) for a, b in pairwise(path) if a != b]
    segments.sort(key=lambda s: min(s[1][0], s[2][0]))
    met: set[tuple[int, int, int, int]] = set()
    active: list[tuple[float, int, Point, Point]] = []
    for n, a, b in segments:
        left = min(a[0], b[0])
        active = [s for s in active if s[0] >= left]
        for _, m, c, d in active:
            if m == n or {*paths[m][:2]} & {*paths[n][:2]}:
                continue
            if p := _cross(a, b, c, d):
                # Where a corner is met, two segments of one edge meet the other in one point.
                met.add((min(m, n), max(m, n), round(p[0]), round(p[1])))
        active.append((max(a[0], b[0]), n, a, b))
    return met


def _through(paths: Iterable[Path], boxes: Mapping[str, Box]) -> int:
    """Count pairs of a path and a label that it runs through without starting or ending there."""
    names = sorted(boxes, key=lambda i: boxes[i].left)
    found = set()
    for n, (parent, child, path) in enumerate(paths):
        for a, b in pairwise(path):
            for i in names:
                if boxes[i].left > max(a[0], b[0]):
                    break
                if i not in (parent, child) and _enters(a, b, boxes[i]):
                    found.add((n, i))
    return len(found)


def _cross(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Return where two segments cross or touch; parallel ones never do."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = a, b, c, d
    turn = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
    if turn == 0:
        return None
    t = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / turn
    u = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / turn
    return (ax + t * (bx - ax), ay + t * (by - ay)) if 0 <= t <= 1 and 0 <= u <= 1 else None


def _enters(a: Point, b: Point, box: Box) -> bool:
    """Say whether a segment runs through a rectangle (Liang and Barsky, 1984)."""
    first, last = 0.0, 1.0
    for start, step, low, high in (
        (a[0], b[0] - a[0], box.left, box.right),
        (a[1], b[1] - a[1], box.top, box.bottom),
    ):
        if step == 0:
            if not low < start < high:
                return False
        else:
            near, far = sorted(((low - start) / step, (high - start) / step))
            first, last = max(first, near), min(last, far)
    return first < last
