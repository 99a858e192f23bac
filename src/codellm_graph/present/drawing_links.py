"""The links of the drawing: elbows for lines of descent, thin curves for other relations."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from codellm_graph.errors import printable
from codellm_graph.present.drawing_legend import Ground, add, num, relation_name
from codellm_graph.present.geometry import curve
from codellm_graph.present.looks import STYLES, style

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from xml.etree.ElementTree import Element

    from codellm_graph.present.picture import Picture
    from codellm_graph.present.releases import Link

__all__ = ["draw_links"]

_CORNER = 6.0  # radius of an elbow
# Width of lines of descent and of other links: these are faint by being thin, so that their colour keeps
# its contrast.
_LINE, _THIN = 1.7, 0.9
_BESIDE = 2.8  # from one link to the next between the same marks


def draw_links(
    plot: Element, picture: Picture, links: Collection[Link], sizes: Mapping[str, float], ground: Ground
) -> None:
    """Draw the links: other relations below lines of descent, the weightiest on top, each in one group.

    Parameters
    ----------
    plot : Element
        Where to.
    picture : Picture
        The layout.
    links : collection of Link
        What to draw of it.
    sizes : mapping of str to float
        Radii of the marks.
    ground : Ground
        Colours.
    """
    layout, rank = picture.layout, {r: n for n, r in enumerate(STYLES)}
    groups: dict[tuple[bool, int, str], list[tuple[Link, float]]] = defaultdict(list)
    beside: Counter[tuple[str, str]] = Counter()
    for link in sorted(links, key=lambda li: (rank.get(li.relation, len(rank)), li)):
        # Several relations of one pair run beside each other.
        aside = _BESIDE * beside[link.parent, link.child]
        beside[link.parent, link.child] += 1
        line = layout.lines.get(link.child) == link.parent
        groups[line, -rank.get(link.relation, len(rank)), link.relation].append((link, aside))
    for (line, _, relation), members in sorted(groups.items()):
        *colours, dashes = style(picture.view, relation)
        colour = colours[ground.dark]
        group = add(plot, "g", fill="none", stroke=colour, stroke_width=num(_LINE if line else _THIN))
        if dashes:
            group.set("stroke-dasharray", " ".join(map(str, dashes)))
        heads = []
        for link, aside in members:
            (x, y), (u, v) = (layout.positions[i] for i in (link.parent, link.child))
            if line:
                path = _elbow((x + aside * (y != v), y + aside * (y == v)), (u, v + aside))
            else:
                bend = layout.bends.get((link.parent, link.child), 0)
                points = curve((x, y + aside), (u, v + aside), bend)
                start, *rest = (f"{num(a)} {num(b)}" for a, b in points)
                path = f"M{start}C{' '.join(rest)}"
                heads.append(_head(points, sizes[link.child]))
            parent, child = (printable(picture.releases.marks[i].label) for i in (link.parent, link.child))
            add(add(group, "path", d=path), "title").text = f"{child}: {relation_name(relation)} {parent}"
        if heads:
            add(plot, "path", d="".join(heads), fill=colour)


def _elbow(parent: tuple[float, float], child: tuple[float, float]) -> str:
    """Return the line of `geometry.elbow` with its corner rounded."""
    (x, y), (u, v) = parent, child
    start = f"M{num(x)} {num(y)}"
    if y == v:
        return f"{start}H{num(u)}"
    r = min(_CORNER, abs(v - y), abs(u - x))
    if not r:
        return f"{start}V{num(v)}"
    before, after = v - math.copysign(r, v - y), x + math.copysign(r, u - x)
    return f"{start}V{num(before)}Q{num(x)} {num(v)} {num(after)} {num(v)}H{num(u)}"


def _head(points: tuple[tuple[float, float], ...], size: float) -> str:
    """Return an arrowhead before the end of a curve, so that its direction shows without the axis."""
    *before, (u, v) = points
    x, y = next(((x, y) for x, y in reversed(before) if (x, y) != (u, v)), (u - 1, v))
    turn, gap = math.atan2(v - y, u - x), size * 1.1 + 2
    tip = u - math.cos(turn) * gap, v - math.sin(turn) * gap
    sides = [
        (tip[0] - math.cos(turn + side) * 6, tip[1] - math.sin(turn + side) * 6) for side in (0.42, -0.42)
    ]
    return "M" + "L".join(f"{num(a)} {num(b)}" for a, b in (tip, *sides)) + "Z"
