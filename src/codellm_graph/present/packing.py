"""Packing of clades onto shared rows.

A shape is what a clade occupies: intervals on rows, trunks among them. Shapes are placed one by one, each
where it is free, nearest to what it is linked with.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Shape", "pack"]

_BUCKET = 256.0


class Shape:
    """Intervals on rows, relative to the row of its main line.

    Parameters
    ----------
    name : str
        The first node of the line.

    Attributes
    ----------
    taken : dict of int to list of (float, float)
        Row to sorted intervals in pixels.
    rows : dict of str to int
        First node of each line in it to its row.
    """

    def __init__(self, name: str):
        self.name = name
        self.taken: dict[int, list[tuple[float, float]]] = defaultdict(list)
        self.rows = {name: 0}
        #: Side and place of the trunks of its own main line, to the row of the last line that leaves them.
        self.trunks: dict[tuple[int, float], int] = {}

    def extent(self) -> tuple[float, float]:
        """Return the leftmost and the rightmost pixel."""
        ends = [end for row in self.taken.values() for interval in row for end in interval]
        return min(ends), max(ends)

    def take(self, row: int, left: float, right: float) -> None:
        """Occupy an interval.

        Parameters
        ----------
        row : int
            Where.
        left, right : float
            Its ends in pixels.
        """
        insort(self.taken[row], (left, right))

    def cover(self, row: int, left: float, right: float) -> None:
        """Occupy an interval that may overlap what is taken.

        Parameters
        ----------
        row : int
            Where.
        left, right : float
            Its ends in pixels.
        """
        apart = [(a, b) for a, b in self.taken[row] if b < left or a > right]
        met = [(a, b) for a, b in self.taken[row] if not (b < left or a > right)]
        ends = [left, right, *(end for interval in met for end in interval)]
        self.taken[row] = sorted([*apart, (min(ends), max(ends))])

    def fits(self, other: Shape, offset: int, sign: int = 1) -> bool:
        """Say whether another shape is free of this one.

        Parameters
        ----------
        other : Shape
            What would be placed.
        offset : int
            Row of this shape on which the main line of the other would run.
        sign : {1, -1}, optional
            -1 turns it upside down.

        Returns
        -------
        bool
            Whether nothing overlaps.
        """
        taken = self.taken
        for row, intervals in other.taken.items():
            # Taken apart by hand: this is asked more often than all else.
            mine = taken.get(offset + sign * row, ())
            for interval in intervals if mine else ():
                i = bisect_left(mine, interval)
                if (i and mine[i - 1][1] > interval[0]) or (i < len(mine) and mine[i][0] < interval[1]):
                    return False
        return True

    def add(self, other: Shape, offset: int, sign: int = 1) -> None:
        """Place another shape in this one.

        Parameters
        ----------
        other, offset, sign
            As for `fits`.
        """
        for row, intervals in other.taken.items():
            mine = self.taken[offset + sign * row]
            mine.extend(intervals)
            mine.sort()
        self.rows.update({name: offset + sign * row for name, row in other.rows.items()})

    def attach(self, child: Shape, x: float, clear: float, sides: Sequence[int] = (1, -1)) -> bool:
        """Place a clade that leaves the main line, with the trunk that leads to it.

        Parameters
        ----------
        child : Shape
            The clade; nothing of it stands left of `x` but a mark on its main line.
        x : float
            Where it leaves the line, in pixels; nothing that was attached before stands left of it.
        clear : float
            Room on both sides of the trunk.
        sides : sequence of {1, -1}, optional
            Which are tried, in this order: below the line, above it.

        Returns
        -------
        bool
            Whether there is a place to which a trunk can lead: nodes of one day can be in its way.
        """
        # Brothers share a trunk: the next one leaves it further away, unless a mark of the same day bars it.
        last = {sign: self.trunks.get((sign, x), 0) for sign in sides}
        ends = [sign for sign in sides if not last[sign] or not self._stops(sign * last[sign], x)]
        steps = min((last[sign] for sign in ends), default=0)
        while ends:
            steps += 1
            for sign in ends:
                if steps > last[sign] and self.fits(child, sign * steps, sign):
                    self.add(child, sign * steps, sign)
                    self._lead(sign, x, clear, steps)
                    return True
        return False

    def _lead(self, sign: int, x: float, clear: float, steps: int) -> None:
        """Lengthen a trunk."""
        last = self.trunks.get((sign, x), 0)
        self.trunks[sign, x] = steps
        if last:
            # On its right side the line of a brother starts.
            self.take(sign * last, x - clear, x)
        for row in range(last + 1, steps):
            self.take(sign * row, x - clear, x + clear)

    def _stops(self, row: int, x: float) -> bool:
        """Say whether a trunk cannot pass a row."""
        i = bisect_left(self.taken[row], (x, x)) - 1
        return i >= 0 and self.taken[row][i][1] > x


class _Floor:
    """The first row that may have room, by place; full rows are not looked at again."""

    def __init__(self) -> None:
        self.first: dict[int, int] = defaultdict(int)

    def start(self, left: float, right: float) -> int:
        return max(self.first[b] for b in range(int(left // _BUCKET), int(right // _BUCKET) + 1))

    def raise_to(self, left: float, right: float, row: int) -> None:
        if right - left <= 2 * _BUCKET:
            b = int((left + right) / 2 // _BUCKET)
            self.first[b] = max(self.first[b], row - 12)


def pack(
    shapes: Sequence[Shape], links: Mapping[str, Sequence[tuple[str, str]]], board: Shape | None = None
) -> Shape:
    """Place shapes on rows.

    Parameters
    ----------
    shapes : sequence of Shape
        The largest first.
    links : mapping of str to sequence of (str, str)
        Name of a shape to pairs of the first node of a line in it and of one elsewhere, which should be
        near each other.
    board : Shape, optional
        What is placed already; it is added to.

    Returns
    -------
    Shape
        Everything; its rows may start below zero.
    """
    if board is None:
        board = Shape("")
        board.rows.clear()
    floor = _Floor()
    for shape in _by_links(shapes, links):
        rows = board.rows
        near = [rows[far] - shape.rows[own] for own, far in links.get(shape.name, ()) if far in rows]
        if near:
            offset = _nearest(board, shape, sorted(near)[len(near) // 2])
        else:
            left, right = shape.extent()
            lowest = min(board.taken, default=0)
            offset = lowest + floor.start(left, right) - min(shape.taken)
            while not board.fits(shape, offset):
                offset += 1
            floor.raise_to(left, right, offset + max(shape.taken) - lowest)
        board.add(shape, offset)
    return board


def _by_links(shapes: Sequence[Shape], links: Mapping[str, Sequence[tuple[str, str]]]) -> list[Shape]:
    """Return shapes so that what is linked with the largest follows it."""
    owner = {line: n for n, shape in enumerate(shapes) for line in shape.rows}
    seen: set[int] = set()
    found = []
    for n in range(len(shapes)):
        todo = [n]
        while todo:
            nearest = heappop(todo)
            if nearest not in seen:
                seen.add(nearest)
                found.append(shapes[nearest])
                for _, far in links.get(shapes[nearest].name, ()):
                    heappush(todo, owner[far])
    return found


def _nearest(board: Shape, shape: Shape, wanted: int) -> int:
    """Return the free place nearest to the wanted one, within the rows that are used where possible."""
    steps = 0
    while True:
        for offset in (wanted + steps, wanted - steps):
            if board.fits(shape, offset):
                return offset
        steps += 1
