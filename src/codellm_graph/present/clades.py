"""Clades: lines of descent, and how they are drawn without a crossing.

What leaves a line later stands nearer to it, as in a rectangular cladogram; several drawings are compared
by what then stands in the way of the other edges.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from codellm_graph.present.geometry import LABEL_GAP
from codellm_graph.present.lettering import width
from codellm_graph.present.packing import Shape, pack
from codellm_graph.present.routing import crossings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from codellm_graph.present.layout import Dated, Drawn

__all__ = ["MARGIN", "ROW", "Clades", "Tree", "improved", "line_parents"]

#: Pixels from row to row.
ROW = 32.0
#: Clear room after a label.
MARGIN = 16.0
# How often a drawing is improved: less often, the more nodes and the more pairs of curve and line there are.
_ROUNDS, _NODES, _PAIRS = 28, 9000, 2_000_000
_TRUNK = 5.0  # clear room on both sides of a vertical line


def line_parents(x: Mapping[str, float], edges: Iterable[Drawn], weights: Collection[str]) -> dict[str, str]:
    """Return the parent whose line a node belongs to: by weights if any, then by most edges, the nearest."""
    ranked: dict[str, list[tuple[bool, int, float, str]]] = defaultdict(list)
    often = Counter((e.parent, e.child, e.relation in weights) for e in edges)
    for (parent, child, passed), times in often.items():
        if x[parent] <= x[child] and parent != child:
            ranked[child].append((passed, times, x[parent], parent))
    found: dict[str, str] = {}
    for child in sorted(ranked, key=lambda i: (x[i], i)):
        for *_, parent in sorted(ranked[child], reverse=True):
            # Releases of one day may form a circle in careless data: its last edge belongs to no line.
            above: str | None = parent
            while above is not None and above != child and x[above] == x[child]:
                above = found.get(above)
            if above != child:
                found[child] = parent
                break
    return found


class Tree:
    """Lines of descent: what does not change from drawing to drawing."""

    def __init__(self, nodes: Mapping[str, Dated], x: Mapping[str, float], parents: Mapping[str, str]):
        self.x, self.parents = x, parents
        self.end = {i: x[i] + LABEL_GAP + width(n.label) + MARGIN for i, n in nodes.items()}
        self.order = self._by_time(nodes)
        self.children: dict[str, list[str]] = defaultdict(list)
        for child in self.order:
            if child in parents:
                self.children[parents[child]].append(child)
        self.size = dict.fromkeys(nodes, 1)
        for i in reversed(self.order):
            if i in parents:
                self.size[parents[i]] += self.size[i]
        self.heirs = self._heirs()
        #: The first node on the row of each, the nodes on the row of each such, the children that leave it.
        self.first: dict[str, str] = {}
        self.lines: dict[str, list[str]] = defaultdict(list)
        for i in self.order:
            up = parents.get(i)
            self.first[i] = self.first[up] if up and self.heirs.get(up) == i else i
            self.lines[self.first[i]].append(i)
        self.leaving = {
            i: [c for c in children if c != self.heirs.get(i)] for i, children in self.children.items()
        }
        #: Shapes that were drawn before, by the line and what leaves it, with the clades that had no room.
        self.drawn: dict[object, tuple[Shape, list[str]]] = {}

    def _by_time(self, nodes: Iterable[str]) -> list[str]:
        """Return the nodes from left to right, of one day each after its parent."""
        depth: dict[str, int] = {}
        for start in sorted(nodes, key=lambda i: (self.x[i], i)):
            chain = [start]
            while chain[-1] not in depth and chain[-1] in self.parents:
                chain.append(self.parents[chain[-1]])
            base = depth.setdefault(chain[-1], 0)
            for steps, i in enumerate(reversed(chain)):
                depth.setdefault(i, base + steps)
        return sorted(nodes, key=lambda i: (self.x[i], depth[i], i))

    def _heirs(self) -> dict[str, str]:
        """Return the child that carries on each line: the one with most descendants, if it has room."""
        heirs = {}
        for i, children in self.children.items():
            able = [c for c in children if self.x[c] >= self.end[i] - MARGIN]
            if able:
                heirs[i] = max(able, key=lambda c: (self.size[c], -self.x[c], c))
        return heirs


class Clades:
    """Shapes of lines of descent, from their tips to their roots.

    `pull` says on which side of its line a clade is wanted, and how far from it.
    """

    def __init__(self, tree: Tree, pull: Mapping[str, float]):
        self.tree, self.pull = tree, pull
        self.parents = dict(tree.parents)
        self.shapes: dict[str, Shape] = {}
        # A line is drawn after all that leaves it, which starts later in time.
        for start in reversed(tree.lines):
            self.shapes[start] = self._shape(start)

    def _shape(self, start: str) -> Shape:
        tree = self.tree
        # From the latest: whatever leaves the line earlier goes around what is there.
        leaving = [
            (child, self.shapes[child], self._sides(start, child))
            for i in reversed(tree.lines[start])
            if i in tree.leaving
            for child in sorted(tree.leaving[i], key=self._distance)
        ]
        key = start, *leaving
        if key not in tree.drawn:
            tree.drawn[key] = self._attached(start, leaving)
        shape, lost = tree.drawn[key]
        for child in lost:
            del self.parents[child]
        for child, *_ in leaving:
            if child in self.parents:
                del self.shapes[child]
        return shape

    def _attached(
        self, start: str, leaving: list[tuple[str, Shape, tuple[int, ...]]]
    ) -> tuple[Shape, list[str]]:
        """Draw a line with the clades that leave it; return those for which there is no room, too."""
        x, parents = self.tree.x, self.tree.parents
        shape = Shape(start)
        left = min(x[start] - _TRUNK, x[parents.get(start, start)])
        shape.take(0, left, self.tree.end[self.tree.lines[start][-1]])
        return shape, [
            c for c, clade, sides in leaving if not shape.attach(clade, x[parents[c]], _TRUNK, sides)
        ]

    def _sides(self, start: str, child: str) -> tuple[int, ...]:
        """Return the sides on which a clade may leave a line, the better one first."""
        x, parents = self.tree.x, self.tree.parents
        if start in parents and x[parents[start]] == x[parents[child]]:
            # On the other side the trunk would run into the one that leads to the line, as if it were one.
            return (1,)
        return (-1, 1) if self.pull.get(child, 0.0) < 0 else (1, -1)

    def _distance(self, child: str) -> tuple[bool, float, float, int, str]:
        """Return the order in which clades leave a trunk: what is pulled far away stands far away."""
        x = self.tree.x
        same_day = x[child] == x[self.parents[child]]
        return same_day, abs(self.pull.get(child, 0.0)), -x[child], self.tree.size[child], child

    def placed(self, curves: Iterable[tuple[str, str]]) -> Shape:
        """Pack all clades but those that stand alone."""
        links = self._links(curves)
        starts = sorted(
            set(self.shapes) - self._alone(links), key=lambda i: (-self.tree.size[i], self.tree.x[i], i)
        )
        return pack([self.shapes[i] for i in starts], links)

    def filled(self, board: Shape, curves: Iterable[tuple[str, str]]) -> dict[str, int]:
        """Give what stands alone the room that is left; return the row of the first node of each line."""
        alone = sorted(self._alone(self._links(curves)), key=lambda i: (self.tree.x[i], i))
        return pack([self.shapes[i] for i in alone], {}, board).rows

    def _links(self, curves: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
        root: dict[str, str] = {}
        first = self.tree.first
        for i in self.tree.order:
            root[i] = root[self.parents[i]] if i in self.parents else i
        links: dict[str, list[tuple[str, str]]] = defaultdict(list)
        lost = {(p, c) for c, p in self.tree.parents.items() if c not in self.parents}
        for one, other in sorted(lost.union(curves)):
            if root[one] != root[other]:
                ends = first[one], first[other]
                links[root[one]].append(ends)
                links[root[other]].append(ends[::-1])
        return links

    def _alone(self, links: Mapping[str, object]) -> set[str]:
        return {i for i in self.shapes if self.tree.size[i] == 1 and i not in links}


def improved(tree: Tree, curves: list[tuple[str, str]]) -> tuple[Clades, Shape]:
    """Draw several times; return the drawing in which fewest lines stand in the way of curves.

    Each drawing pulls clades towards what the best one so far linked them with, with some chance.

    Parameters
    ----------
    tree : Tree
        Lines of descent.
    curves : list of (str, str)
        Parent and child of the other edges.

    Returns
    -------
    Clades, Shape
        The clades, and where they are packed; what stands alone is not yet placed.
    """
    pulls: dict[str, float] = {}

    def drawn() -> tuple[int, Clades, Shape]:
        clades = Clades(tree, pulls)
        board = clades.placed(curves)
        at = {i: (tree.x[i], board.rows[f] * ROW) for i in tree.order if (f := tree.first[i]) in board.rows}
        return crossings(curves, clades.parents, at), clades, board

    pairs = len(curves) * len(tree.parents)
    rounds = min(_ROUNDS, _NODES // (len(tree.order) + 1), _PAIRS // (pairs + 1)) if curves else 0
    if not rounds:
        clades = Clades(tree, pulls)
        return clades, clades.placed(curves)
    best = drawn()
    chance = random.Random(0)  # noqa: S311 - the same chances every time
    for n in range(rounds):
        pulls = _pulls(best[1], curves, best[2].rows)
        if n:
            pulls = {i: -p if chance.random() < 0.2 else p * chance.random() for i, p in pulls.items()}
        best = min(best, drawn(), key=lambda b: b[0])
    return best[1:]


def _pulls(clades: Clades, curves: Iterable[tuple[str, str]], rows: Mapping[str, int]) -> dict[str, float]:
    """Return how many rows from the line that it leaves each clade is linked to, on average."""
    parents, first = clades.parents, clades.tree.first

    def up(i: str) -> list[str]:
        chain = [i]
        while chain[-1] in parents:
            chain.append(parents[chain[-1]])
        return chain

    far: dict[str, list[int]] = defaultdict(list)
    for ends in curves:
        for one, other in (ends, ends[::-1]):
            above = set(up(other))
            # Links within a clade do not pull it.
            for i in up(one):
                if i in above:
                    break
                far[i].append(rows[first[other]])
    return {i: sum(r) / len(r) - rows[first[parents[i]]] for i, r in sorted(far.items()) if i in parents}
