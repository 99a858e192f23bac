"""Legend and time axis of the drawing, and the strokes that all of it is made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

from codellm_graph.errors import printable
from codellm_graph.present.charts_style import cut
from codellm_graph.present.lettering import width
from codellm_graph.present.looks import NO_STAGE, OPENNESS, SHAPES, STYLES, radius, style

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator
    from xml.etree.ElementTree import Element

    from codellm_graph.present.layout import Layout
    from codellm_graph.present.picture import Picture

__all__ = [
    "GROUNDS",
    "RELATIONS",
    "SHAPED",
    "STACK",
    "TALL",
    "Counts",
    "Ground",
    "add",
    "axis",
    "legend",
    "mark_shape",
    "num",
    "relation_name",
    "text",
    "wrapped",
]


class Ground(NamedTuple):
    """Colours of light or of dark ground, as on the page; `dark` is the place in pairs of colours."""

    dark: int
    paper: str
    panel: str
    ink: str
    soft: str
    grid: str
    strong: str


#: Light and dark ground.
GROUNDS = (
    Ground(0, "#ffffff", "#f7f8fa", "#16191d", "#59616c", "#e7eaee", "#cfd5dc"),
    Ground(1, "#0f1317", "#151a20", "#edf0f3", "#a4adb8", "#1f262d", "#36404a"),
)

#: Relations as the ontology labels them.
RELATIONS = {
    "rlFrom": "reinforcement learning from",
    "preferenceTunedFrom": "preference tuning of",
    "sftFrom": "supervised fine-tuning of",
    "tunedFrom": "tuned from",
    "continuedFrom": "continued pre-training from",
    "mergedFrom": "merged from",
    "convertedFrom": "converted from",
    "quantizedFrom": "quantized from",
    "adapterOf": "adapter of",
    "weightsFrom": "weights from",
    "distilledFrom": "distilled from",
    "derivedFrom": "derived from",
    "architectureFrom": "architecture from",
    "succeeds": "succeeds",
    "basedOn": "based on",
    "memberOf": "member of",
}

_OUTLINES = {
    "triangle": ((0, -1.1), (1, 0.8), (-1, 0.8)),
    "triangleDown": ((0, 1.1), (1, -0.8), (-1, -0.8)),
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "diamond": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
}
#: How far shapes reach to the right, in radii.
SHAPED = {shape: max(x for x, _ in points) for shape, points in _OUTLINES.items()} | {NO_STAGE: 0.9}
#: How far the outline of a second model stands behind the first.
STACK = 3.0
#: Height from which the words of the axis stand below, too.
TALL = 700.0
_ROW, _GAP, _SAMPLE = 23.0, 20.0, 32.0
_COUNT = 11.0  # letters of a number
_SIZES = (1.0, 30.0, 600.0)  # billions of parameters that the legend shows


class Counts(NamedTuple):
    """What is drawn: models, edges by relation, marks by licence class and by shape, what else occurs.

    `within` and `quiet` count the edges that are not drawn: within a release, and said of families.
    """

    models: int
    relations: Counter[str]
    openness: Counter[str]
    shapes: Counter[str]
    stacked: bool
    lines: bool
    curves: bool
    within: int
    quiet: int


class _Item(NamedTuple):
    """An entry of the legend: how to draw its sample, how wide that is, its words, and a number."""

    sample: Callable[[Element, float, float], object]
    reach: float
    label: str
    number: str


def num(value: float) -> str:
    """Write a number with one decimal at most."""
    short = f"{value:.1f}".removesuffix(".0")
    return "0" if short == "-0" else short


def add(parent: Element, tag: str, **attributes: str) -> Element:
    """Append an element on a line of its own; underscores in names stand for dashes."""
    found = ElementTree.SubElement(parent, tag, {k.replace("_", "-"): v for k, v in attributes.items()})
    found.tail = "\n"
    return found


def text(parent: Element, x: float, y: float, words: str, **attributes: str) -> Element:
    """Write words from a point on, or about it where their anchor says so."""
    found = add(parent, "text", x=num(x), y=num(y), **attributes)
    found.text = words
    return found


def mark_shape(parent: Element, shape: str, x: float, y: float, r: float, **attributes: str) -> None:
    """Draw the outline of a mark."""
    points = _OUTLINES.get(shape)
    if points is None:
        add(parent, "circle", cx=num(x), cy=num(y), r=num(r * SHAPED[NO_STAGE]), **attributes)
    else:
        corners = "L".join(f"{num(x + r * a)} {num(y + r * b)}" for a, b in points)
        add(parent, "path", d=f"M{corners}Z", **attributes)


def relation_name(relation: str) -> str:
    """Return a relation in words."""
    return RELATIONS.get(relation) or printable(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", relation).lower())


def wrapped(words: str, room: float, size: float) -> list[str]:
    """Break a text into lines; a word that is too long for one is cut."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(cut(word, room, size))
    return [line for line in lines if line]


def legend(
    head: Element, picture: Picture, counts: Counts, ground: Ground, at: tuple[float, float], room: float
) -> float:
    """Draw the legend from a point downwards; return where it ends."""
    rows = [(name, list(items)) for name, items in _rows(picture, counts, ground)]
    rows = [(name, items) for name, items in rows if items]
    left = at[0] + max((width(name) for name, _ in rows), default=0.0) + 14
    y = at[1]
    for name, items in rows:
        text(head, at[0], y + 4.1, name, fill=ground.soft)
        x = left
        for item in items:
            words = item.reach + 7 + width(item.label)
            need = words + (width(item.number, _COUNT) + 5 if item.number else 0)
            if x > left and x + need > at[0] + room:
                x, y = left, y + _ROW
            item.sample(head, x, y)
            label = text(head, x + item.reach + 7, y + 4.1, item.label)
            if item.number:
                # In the same line of text, so that it follows the label in any font.
                count = {"dx": "5", "fill": ground.soft, "font-size": num(_COUNT)}
                ElementTree.SubElement(label, "tspan", count).text = item.number
            x += need + _GAP
        y += _ROW
    return y


def _rows(picture: Picture, counts: Counts, ground: Ground) -> Iterator[tuple[str, Iterator[_Item]]]:
    yield "Relation", _relations(picture, counts, ground)
    yield "Licence", _licences(counts, ground)
    yield "Stage", _stages(picture, counts, ground)
    yield "Marks", _marks(counts, ground)


def _line(colour: str, dashes: list[int], stroke: float) -> Callable[[Element, float, float], object]:
    def sample(head: Element, x: float, y: float) -> None:
        path = f"M{num(x)} {num(y)}H{num(x + _SAMPLE)}"
        line = add(head, "path", d=path, fill="none", stroke=colour, stroke_width=num(stroke))
        if dashes:
            line.set("stroke-dasharray", " ".join(map(str, dashes)))

    return sample


def _arrow(colour: str) -> Callable[[Element, float, float], object]:
    def sample(head: Element, x: float, y: float) -> None:
        _line(colour, [], 0.9)(head, x, y)
        end = x + _SAMPLE
        add(head, "path", d=f"M{num(end)} {num(y)}l-5.5 -2.4v4.8Z", fill=colour)

    return sample


def _shape(shape: str, r: float, colour: str, behind: str = "") -> Callable[[Element, float, float], object]:
    def sample(head: Element, x: float, y: float) -> None:
        x += r * SHAPED[shape]
        if behind:
            mark_shape(head, shape, x + STACK, y - STACK, r, fill=behind, stroke=colour, stroke_width="1.2")
            mark_shape(head, shape, x, y, r + 1.6, fill=behind)
        mark_shape(head, shape, x, y, r, fill=colour)

    return sample


def _relations(picture: Picture, counts: Counts, ground: Ground) -> Iterator[_Item]:
    order = [r for r in STYLES if r in counts.relations]
    for relation in [*order, *sorted(set(counts.relations) - set(order))]:
        *colours, dashes = style(picture.view, relation)
        number = str(counts.relations[relation])
        label = cut(relation_name(relation), 260)
        yield _Item(_line(colours[ground.dark], dashes, 2), _SAMPLE, label, number)


def _licences(counts: Counts, ground: Ground) -> Iterator[_Item]:
    for name, colours in OPENNESS.items():
        if counts.openness[name]:
            sample = _shape(NO_STAGE, 6.2, colours[ground.dark])
            yield _Item(sample, 11.2, name, str(counts.openness[name]))


def _stages(picture: Picture, counts: Counts, ground: Ground) -> Iterator[_Item]:
    members = (picture.view.nodes[r.members[0]] for r in picture.releases.marks.values())
    others = any(n.stage and n.stage not in SHAPES for n in members)
    for name, shape in [*SHAPES.items(), ("other or none" if others else "no stage", NO_STAGE)]:
        if counts.shapes[shape]:
            sample = _shape(shape, 5.8, ground.soft)
            yield _Item(sample, 5.8 * SHAPED[shape] * 2, name, str(counts.shapes[shape]))


def _marks(counts: Counts, ground: Ground) -> Iterator[_Item]:
    """Explain what else marks and lines say, where it occurs."""
    for size in _SIZES:
        r = radius(size)
        last = " parameters" if size == _SIZES[-1] else ""
        yield _Item(_shape(NO_STAGE, r, ground.soft), 1.8 * r, f"{size:g}B{last}", "")
    if counts.stacked:
        sample = _shape(NO_STAGE, 5.8, ground.soft, ground.paper)
        yield _Item(sample, 13.4, "several models of one family and day", "")
    if counts.lines and counts.curves:
        yield _Item(_line(ground.soft, [], 2), _SAMPLE, "line of descent", "")
        yield _Item(_arrow(ground.soft), _SAMPLE, "any other relation", "")


def axis(
    svg: Element, layout: Layout, ground: Ground, at: tuple[float, float, float, float], size: float
) -> None:
    """Draw years and quarters in letters of a size; `at`: where time starts, right edge, top, bottom."""
    left, right, top, bottom = at
    ticks = [(t.x, t.label, t.label.isdigit()) for t in layout.ticks]
    if layout.undated is not None:
        # What has no date stands on ground of its own, outside time.
        x = left + layout.undated - 24
        room = {"width": num(right - x), "height": num(bottom - top - 22)}
        add(svg, "rect", x=num(x), y=num(top + 22), fill=ground.panel, **room)
        ticks.append((layout.undated, "no date", True))
    group = add(svg, "g", stroke_width="1")
    for x, label, year in ticks:
        path = f"M{num(left + x)} {num(top + 22)}V{num(bottom)}"
        if label != "no date":
            add(group, "path", d=path, stroke=ground.strong if year else ground.grid)
    words = add(svg, "g", font_size=num(size), text_anchor="middle", fill=ground.soft)
    taken: list[tuple[float, float]] = []
    for x, label, year in sorted(ticks, key=lambda t: not t[2]):
        half = width(label, size) / 2 + 4
        if any(first < x + half and last > x - half for first, last in taken):
            continue
        taken.append((x - half, x + half))
        bold = {"font_weight": "bold", "fill": ground.ink} if year else {}
        # A picture that is taller than a screen has them below, too.
        for y in (top + 14, bottom + size + 4)[: 1 + (bottom - top > TALL)]:
            text(words, left + x, y, label, **bold)
