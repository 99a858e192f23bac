"""The picture as SVG text or PNG, drawn without a browser: what the page shows before anybody touches it."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

from codellm_graph.analyses.lineage import MEMBERSHIP
from codellm_graph.errors import UsageError, printable
from codellm_graph.present.drawing_legend import (
    GROUNDS,
    SHAPED,
    STACK,
    TALL,
    Counts,
    Ground,
    add,
    axis,
    legend,
    mark_shape,
    num,
    text,
    wrapped,
)
from codellm_graph.present.drawing_links import draw_links
from codellm_graph.present.geometry import LABEL_GAP
from codellm_graph.present.lettering import SIZE
from codellm_graph.present.looks import NO_STAGE, OPENNESS, SHAPES, radius

if TYPE_CHECKING:
    from collections.abc import Collection
    from xml.etree.ElementTree import Element

    from codellm_graph.present.picture import Picture
    from codellm_graph.present.releases import Link, Release
    from codellm_graph.view import Node

__all__ = ["to_png", "to_svg"]

_FONT = '"Liberation Sans", Arial, Helvetica, sans-serif'
_TITLE = 19.0  # letters of the title
_EDGE = 28.0  # clear room around the picture
_NARROW, _WIDE = 620.0, 1500.0  # the legend is never narrower, nor wider before it is enlarged
_AXIS = 26.0  # height of the band with the years
_BOLD = 1.09  # bold letters are so much wider
_QUIET = "said of families, not of their models"
_PIXELS = 150_000_000  # of a PNG; four bytes each while it is drawn


class _Look(NamedTuple):
    """How a mark is drawn."""

    shape: str
    openness: str
    radius: float
    several: bool
    root: bool


def to_svg(picture: Picture, title: str = "Code LLM lineage", *, dark: bool = False) -> str:
    r"""Draw a picture as SVG without script, style sheet or reference to anything outside.

    Parameters
    ----------
    picture : Picture
        Releases in their places.
    title : str, optional
        Heading.
    dark : bool, optional
        For dark ground.

    Returns
    -------
    str
        The document; of the same picture always the same.

    Examples
    --------
    >>> from codellm_graph.analyses.lineage import around
    >>> from codellm_graph.present.picture import picture
    >>> from codellm_graph.store import open_store
    >>> from codellm_graph.view import load_view
    >>> view = load_view(open_store())
    >>> drawn = to_svg(picture(view, around(view, "model:deepswe-preview")), "DeepSWE")
    >>> drawn[:4], drawn.count("<title>DeepSWE-Preview\n")
    ('<svg', 1)
    """
    return _drawn(picture, title, GROUNDS[dark])[0]


def to_png(
    picture: Picture, title: str = "Code LLM lineage", *, dark: bool = False, scale: float = 2.0
) -> bytes:
    """Draw a picture as PNG.

    Parameters
    ----------
    picture : Picture
        Releases in their places.
    title : str, optional
        Heading.
    dark : bool, optional
        For dark ground.
    scale : float, optional
        Pixels for one of the SVG; less, down to one, where the file would have more than 150 million.

    Returns
    -------
    bytes
        The file's content.

    Raises
    ------
    UsageError
        If the library that turns SVG into PNG is not installed, or the picture is too large for one.
    """
    try:
        import vl_convert
    except ImportError as error:
        raise UsageError("PNG needs vl-convert: pip install 'codellm-graph[charts]'") from error
    svg, across, down = _drawn(picture, title, GROUNDS[dark])
    fitting = (_PIXELS / (across * down)) ** 0.5
    if fitting < min(scale, 1.0):
        raise UsageError(
            f"a PNG of this picture would have {across:.0f} times {down:.0f} pixels: "
            "write it as .svg or .html, or draw the lineage of one model with --root"
        )
    return bytes(vl_convert.svg_to_png(svg, scale=min(scale, fitting)))


def _drawn(picture: Picture, title: str, ground: Ground) -> tuple[str, float, float]:
    """Return the document with its width and height."""
    releases, layout = picture.releases, picture.layout
    root = picture.root
    looks = {i: _look(picture, release) for i, release in releases.marks.items()}
    links = [li for li in releases.links if li not in picture.quiet or root in (li.parent, li.child)]
    left, right = _span(picture, links)
    across = max(round(right - left + 2 * _EDGE + 6), _NARROW + 2 * _EDGE)
    # On a wide picture, which is looked at from farther away, heading and legend are larger.
    grow = min(max(across / (_WIDE + 2 * _EDGE), 1.0), 1.8)
    svg = ElementTree.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})
    title = printable(title)
    add(svg, "title").text = title
    counts = _counts(picture, links, looks)
    add(svg, "desc").text = _description(picture, counts)
    paper = add(svg, "rect", fill=ground.paper)
    head = add(svg, "g", font_size=num(SIZE), fill=ground.ink)
    if grow > 1:
        head.set("transform", f"scale({grow:.3f})")
    y = _EDGE + 14
    for line in wrapped(title, min(across / grow - 2 * _EDGE, _WIDE), _TITLE * _BOLD):
        text(head, _EDGE, y, line, font_size=num(_TITLE), font_weight="bold")
        y += _TITLE + 6
    y = legend(head, picture, counts, ground, (_EDGE, y), min(across / grow - 2 * _EDGE, _WIDE))
    top = round(y * grow + 8)
    # The topmost labels stand above their row.
    origin = _EDGE + 6 - left, top + _AXIS + 24.0
    bottom = origin[1] + max((y for _, y in layout.positions.values()), default=0.0) + 22
    letters = SIZE * min(grow, 1.3)
    axis(svg, layout, ground, (origin[0], origin[0] + right + 10, top, bottom), letters)
    bottom += _AXIS if bottom - top > TALL else 0.0
    plot = add(svg, "g", transform=f"translate({num(origin[0])} {num(origin[1])})")
    sizes = {i: _ring(look) if look.root else look.radius for i, look in looks.items()}
    draw_links(plot, picture, links, sizes, ground)
    marks = add(plot, "g", font_size=num(SIZE), fill=ground.ink, stroke=ground.paper, stroke_width="3.2")
    # Marks and labels keep clear of what runs behind them.
    marks.set("stroke-linejoin", "round")
    marks.set("paint-order", "stroke")
    for i, release in releases.marks.items():
        _mark(marks, picture, release, looks[i], ground)
    footer = f"codellm-graph {_version()}, CC BY 4.0. {_sums(picture, counts)}"
    bottom += 12
    for line in wrapped(footer, across - 2 * _EDGE, letters - 1):
        bottom += letters + 3
        text(svg, _EDGE, bottom, line, font_size=num(letters - 1), fill=ground.soft)
    down = round(bottom + _EDGE * 0.7)
    for key, value in (("width", across), ("height", down)):
        svg.set(key, num(value))
        paper.set(key, num(value))
    svg.set("viewBox", f"0 0 {num(across)} {num(down)}")
    svg.set("font-family", _FONT)
    return ElementTree.tostring(svg, encoding="unicode"), across, float(down)


def _span(picture: Picture, links: Collection[Link]) -> tuple[float, float]:
    """Return how far the drawing reaches to the left and to the right of where time starts."""
    layout, marks = picture.layout, picture.releases.marks
    # Room for the ring and the bold letters of what was asked about, too.
    ends = [b.right + (_BOLD - 1) * (b.right - b.left) + 12 for b in layout.boxes(marks).values()]
    ends += [t.x + 20 for t in layout.ticks]
    starts = [0.0]
    for link in links:
        if layout.positions[link.parent][0] >= layout.positions[link.child][0]:
            # A curve that does not lead onwards in time swings out beyond its ends.
            across = [x for x, _ in layout.path(link.parent, link.child)[2]]
            starts.append(min(across))
            ends.append(max(across))
    return min(starts), max(ends, default=0.0)


def _look(picture: Picture, release: Release) -> _Look:
    members = [picture.view.nodes[m] for m in release.members]
    openness = members[0].openness
    return _Look(
        SHAPES.get(members[0].stage or "", NO_STAGE),
        openness if openness in OPENNESS else "unknown",
        radius(max((m.parameters or 0.0) for m in members)),
        len(members) > 1,
        release.id == picture.root,
    )


def _ring(look: _Look) -> float:
    """Return the radius of the ring around what was asked about."""
    return look.radius * 1.2 + (6 if look.several else 4)


def _counts(picture: Picture, links: Collection[Link], looks: dict[str, _Look]) -> Counts:
    related: Counter[str] = Counter()
    for link in links:
        related[link.relation] += len(link.edges)
    lines, of = picture.layout.lines, picture.releases.of
    edges = [e for e in picture.lineage.edges if e.relation not in MEMBERSHIP]
    within = sum(of[e.parent] == of[e.child] for e in edges)
    return Counts(
        sum(len(release.members) for release in picture.releases.marks.values()),
        related,
        Counter(look.openness for look in looks.values()),
        Counter(look.shape for look in looks.values()),
        any(look.several for look in looks.values()),
        any(lines.get(link.child) == link.parent for link in links),
        any(lines.get(link.child) != link.parent for link in links),
        within,
        len(edges) - within - sum(related.values()),
    )


def _sums(picture: Picture, counts: Counts) -> str:
    """Say how much is drawn, and what is not."""
    edges, marks = sum(counts.relations.values()), len(picture.releases.marks)
    said = f"{_many(counts.models, 'model')} in {_many(marks, 'release')}, {_many(edges, 'edge')}"
    without = [
        f"{n} {where}" for n, where in ((counts.within, "within a release"), (counts.quiet, _QUIET)) if n
    ]
    return said + (f"; not drawn: {', '.join(without)}." if without else ".")


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _description(picture: Picture, counts: Counts) -> str:
    days = sorted(r.earliest for r in picture.releases.marks.values() if r.earliest)
    between = f" First release {days[0]}, last {days[-1]}." if days else ""
    return printable(
        f"Models by date of release from left to right; each line leads from a parent to its child. "
        f"{_sums(picture, counts)}{between}"
    )


def _mark(marks: Element, picture: Picture, release: Release, look: _Look, ground: Ground) -> None:
    """Draw a release and write its label; what is known of it appears where the pointer rests."""
    x, y = picture.layout.positions[release.id]
    colour = OPENNESS[look.openness][ground.dark]
    group = add(marks, "g")
    add(group, "title").text = _facts(picture, release)
    reach = look.radius * SHAPED[look.shape] + STACK * look.several
    ring = _ring(look)
    left = x + max(LABEL_GAP, (ring if look.root else reach) + 3.5)
    middle = y - 8 if release.id in picture.layout.above else y
    label = text(group, left, middle + 4.1, printable(release.label))
    if look.root:
        label.set("font-weight", "bold")
        line = {"fill": ground.paper, "stroke": ground.ink, "stroke_width": "1.4", "paint_order": "normal"}
        mark_shape(group, NO_STAGE, x, y, ring / SHAPED[NO_STAGE], **line)
    if look.several:
        behind = {"fill": ground.paper, "stroke": colour, "stroke_width": "1.2", "paint_order": "normal"}
        mark_shape(group, look.shape, x + STACK, y - STACK, look.radius, **behind)
    mark_shape(group, look.shape, x, y, look.radius, fill=colour)


def _facts(picture: Picture, release: Release) -> str:
    """Return what is known of a release, a line for each model."""
    nodes = [picture.view.nodes[m] for m in release.members]
    if len(nodes) == 1:
        return "\n".join(map(printable, (release.label, *_known(nodes[0]))))
    lines = [release.label, *(", ".join((n.label, *_known(n))) for n in nodes)]
    return "\n".join(map(printable, lines))


def _known(node: Node) -> list[str]:
    size = f"{node.parameters:g}B parameters" if node.parameters else None
    return [x for x in (node.released or "no date", node.organization, node.license, size) if x]


@cache
def _version() -> str:
    from importlib.metadata import version

    return version("codellm-graph")
