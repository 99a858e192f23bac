"""The time-clade layout: release dates on the x axis, lines of descent on rows.

A clade is a line of models by their weight-inheriting parent: its main line runs straight, children
leave it onto rows of their own, and lines share a row where they and their labels do not overlap. No
physics, no randomness: the same graph gives the same picture.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from codellm_graph.view import Edge, Node

__all__ = ["Layout", "Tick", "time_clade"]

ROW = 30.0
_CHARACTER = 7.0
_LABEL_GAP = 30.0
_DAY = 0.8
_STEP = 12.0


class Tick(NamedTuple):
    """A mark on the time axis.

    Parameters
    ----------
    x : float
        Position in pixels.
    label : str
        A year, or a quarter such as ``Q3``.
    """

    x: float
    label: str


class Layout(NamedTuple):
    """Positions in pixels.

    Parameters
    ----------
    positions : dict of str to (float, float)
        Node to x and y; y grows downwards.
    ticks : tuple of Tick
        The axis.
    undated : float or None
        x of the column of nodes without a date, None if there are none.
    """

    positions: dict[str, tuple[float, float]]
    ticks: tuple[Tick, ...]
    undated: float | None


class _Axis:
    """Maps days to pixels; busy times get room."""

    def __init__(self, days: Iterable[int]):
        self.days = sorted(set(days))
        self.x = [0.0]
        for before, after in zip(self.days, self.days[1:], strict=False):
            # A quiet year shrinks (square root), every release day gets at least a step.
            self.x.append(self.x[-1] + _STEP + _DAY * min(after - before, 8 * (after - before) ** 0.5))

    def at(self, day: int) -> float:
        i = min(max(bisect_right(self.days, day) - 1, 0), max(len(self.days) - 2, 0))
        if len(self.days) < 2:
            return (day - self.days[0]) * _DAY
        share = (day - self.days[i]) / (self.days[i + 1] - self.days[i])
        return self.x[i] + share * (self.x[i + 1] - self.x[i])

    def ticks(self) -> tuple[Tick, ...]:
        first, last = (datetime.date.fromordinal(d) for d in (self.days[0], self.days[-1]))
        found: list[Tick] = []
        for year in range(first.year, last.year + 1):
            for month in (1, 4, 7, 10):
                day = datetime.date(year, month, 1)
                if first <= day <= last:
                    x = self.at(day.toordinal())
                    label = str(year) if month == 1 else f"Q{month // 3 + 1}"
                    if month == 1 or not found or x - found[-1].x > 60:
                        if found and x - found[-1].x < 45:
                            found.pop()
                        found.append(Tick(x, label))
        return tuple(found)


def _main_parents(
    nodes: Mapping[str, Node], edges: Iterable[Edge], weights: Collection[str]
) -> dict[str, str]:
    """Return the parent whose line a node belongs to: by weights, the youngest one that is older."""
    ranked: dict[str, tuple[int, str, str]] = {}
    for edge in edges:
        parent, child = nodes[edge.parent], nodes[edge.child]
        if not parent.earliest or (child.earliest or "9") < parent.earliest or edge.parent == edge.child:
            continue
        rank = (2 if edge.relation in weights else 0, parent.earliest, edge.parent)
        if rank > ranked.get(edge.child, (-1, "", "")):
            ranked[edge.child] = rank
    found: dict[str, str] = {}
    for name, (weight, _, first) in sorted(ranked.items()):
        # Models of one day may form a circle in careless data: its last edge belongs to no line.
        line = {name}
        above: str | None = first
        while above is not None and above not in line:
            line.add(above)
            above = found.get(above)
        if weight and above is None:
            found[name] = first
    return found


class _Rows:
    """Free room on rows, as sorted intervals."""

    def __init__(self) -> None:
        self.taken: dict[int, list[tuple[float, float]]] = defaultdict(list)

    def free(self, row: int, left: float, right: float) -> bool:
        return all(right < a or left > b for a, b in self.taken[row])

    def place(self, wanted: int, left: float, right: float) -> int:
        """Take the free row nearest to the wanted one, below before above."""
        for distance in range(len(self.taken) + 2):
            for row in dict.fromkeys((wanted + distance, wanted - distance)):
                if row >= 0 and self.free(row, left, right):
                    self.taken[row].append((left, right))
                    return row
        raise AssertionError("a row past the last one is always free")


def time_clade(nodes: Mapping[str, Node], edges: Iterable[Edge], weights: Collection[str]) -> Layout:
    """Lay out models in time.

    Parameters
    ----------
    nodes : mapping of str to Node
        The models, by CURIE.
    edges : iterable of Edge
        Their lineage; both ends must be among the nodes.
    weights : collection of str
        Local names of the relations that pass weights on.

    Returns
    -------
    Layout
        A position for every node. Nodes without a date stand in a column left of the axis.

    Examples
    --------
    >>> from codellm_graph.view import Edge, Node
    >>> nodes = {
    ...     "model:a": Node("model:a", "A", "Model", "2024", "2024-01-01"),
    ...     "model:b": Node("model:b", "B", "Model", "2025", "2025-01-01"),
    ... }
    >>> positions = time_clade(nodes, [Edge("model:a", "model:b", "sftFrom")], {"sftFrom"}).positions
    >>> positions["model:a"][0] < positions["model:b"][0], positions["model:a"][1] == positions["model:b"][1]
    (True, True)
    """
    edges = list(edges)
    day = {i: datetime.date.fromisoformat(n.earliest).toordinal() for i, n in nodes.items() if n.earliest}
    axis = _Axis(day.values() or [0])
    reach = max((len(nodes[i].label) for i in nodes if i not in day), default=0) * _CHARACTER + 2 * _LABEL_GAP
    undated = -reach if len(day) < len(nodes) else None
    x = {i: axis.at(day[i]) if i in day else -reach for i in nodes}

    parent = _main_parents(nodes, edges, weights)
    children: dict[str, list[str]] = defaultdict(list)
    for child, up in parent.items():
        children[up].append(child)
    order = sorted(nodes, key=lambda i: (x[i], i))
    size = dict.fromkeys(nodes, 1)
    for i in reversed(order):
        if i in parent:
            size[parent[i]] += size[i]

    rows, row = _Rows(), {}
    roots = sorted((i for i in nodes if i not in parent), key=lambda i: (-size[i], x[i], i))
    todo = [(i, 0) for i in reversed(roots)]
    while todo:
        start, wanted = todo.pop()
        line = [start]
        while children[line[-1]]:
            heir = max(children[line[-1]], key=lambda c: (size[c], -x[c], c))
            # Released on the same day as its parent, a child has no room on the same row.
            if x[heir] - x[line[-1]] < len(nodes[line[-1]].label) * _CHARACTER + _LABEL_GAP:
                break
            line.append(heir)
        left = x[parent[start]] + 1 if start in parent else x[start] - 10
        right = x[line[-1]] + len(nodes[line[-1]].label) * _CHARACTER + _LABEL_GAP
        placed = rows.place(wanted, min(left, x[start] - 10), right)
        for i in line:
            row[i] = placed
        branches = [c for i in line for c in children[i] if c not in line]
        todo += [(c, placed + 1) for c in sorted(branches, key=lambda c: (x[c], -size[c], c))]
    used = {r: k for k, r in enumerate(sorted(set(row.values())))}
    positions = {i: (round(x[i], 1), used[row[i]] * ROW) for i in order}
    return Layout(positions, axis.ticks() if day else (), undated)
