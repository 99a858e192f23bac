"""The shapes of edges and labels, from the places of their nodes.

The page draws the same shapes from the same rules.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from codellm_graph.present.lettering import SIZE, width

__all__ = ["BENDS", "LABEL_GAP", "PIECES", "Box", "Path", "Point", "curve", "elbow", "flat", "label_box"]

Point: TypeAlias = "tuple[float, float]"
#: Parent, child and corners of an edge.
Path: TypeAlias = "tuple[str, str, list[Point]]"

#: Pixels from a node to its label.
LABEL_GAP = 8.0
#: Straight pieces that stand for a curve when it is measured.
PIECES = 16

_SHARES = (0.5, 0.05, 0.2, 0.35, 0.65, 0.8, 0.95)
#: Ways in which a curve can run: where its control points lie from the start, and back from the end, in
#: parts of the way across and down. It leaves and arrives level, or leaves or arrives upright.
BENDS = (
    *((a, 0.0, b, 0.0) for a in _SHARES for b in _SHARES if a + b <= 1.2),
    *((n / 20, 0.0, 1 - n / 20, 0.0) for n in range(21)),
    *((n / 20, 0.0, 1.2 - n / 20, 0.0) for n in range(4, 21, 2)),
    *((0.0, a, b, 0.0) for a in (0.6, 0.9) for b in (0.3, 0.6, 0.9)),
    *((a, 0.0, 0.0, b) for a in (0.3, 0.6, 0.9) for b in (0.6, 0.9)),
    *((a, 0.0, a, 0.0) for a in (-0.2, -0.35, -0.5, -0.8, 1.5, 2.2)),
)
_BULGE = 60.0


class Box(NamedTuple):
    """A rectangle in pixels.

    Parameters
    ----------
    left, top, right, bottom : float
        Its sides.
    """

    left: float
    top: float
    right: float
    bottom: float


def elbow(parent: Point, child: Point) -> list[Point]:
    """Return the corners of a line: along the parent's trunk, then along the child's row.

    Parameters
    ----------
    parent, child : (float, float)
        Positions in pixels.

    Returns
    -------
    list of (float, float)
        Two points on one row, else three.
    """
    if parent[1] == child[1]:
        return [parent, child]
    return [parent, (parent[0], child[1]), child]


def curve(parent: Point, child: Point, bend: int = 0) -> tuple[Point, Point, Point, Point]:
    """Return the control points of the cubic curve of an edge that is no line.

    Parameters
    ----------
    parent, child : (float, float)
        Positions in pixels.
    bend : int, optional
        Which of `BENDS`.

    Returns
    -------
    tuple of (float, float)
        Start, two control points, end. To a child that is not later it bulges to the right.
    """
    (x, y), (u, v) = parent, child
    across, down, back, up = BENDS[bend]
    if u > x:
        # Nothing swings out beyond its ends but what has no room between them.
        across, back = min(max(across, 0.0), 1.0), min(max(back, 0.0), 1.0)
    first, last = (u - x, u - x) if u > x else (_BULGE, -_BULGE)
    return parent, (x + across * first, y + down * (v - y)), (u - back * last, v - up * (v - y)), child


def flat(points: tuple[Point, Point, Point, Point]) -> list[Point]:
    """Return a curve as straight pieces.

    Parameters
    ----------
    points : tuple of (float, float)
        From `curve`.

    Returns
    -------
    list of (float, float)
        Points on it.
    """
    found = []
    for n in range(PIECES + 1):
        t = n / PIECES
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        x, y = (a * p + b * q + c * r + d * s for p, q, r, s in zip(*points, strict=True))
        found.append((x, y))
    return found


def label_box(position: Point, label: str, *, above: bool) -> Box:
    """Return where the label of a node stands.

    Parameters
    ----------
    position : (float, float)
        Of the node, in pixels.
    label : str
        Its text.
    above : bool
        Whether a line runs on from the node, so that the label stands above the row.

    Returns
    -------
    Box
        On the right of the mark.
    """
    x, y = position
    middle = y - 8 if above else y
    return Box(x + LABEL_GAP, middle - SIZE / 2, x + LABEL_GAP + width(label), middle + SIZE / 2)
