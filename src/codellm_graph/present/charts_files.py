"""Charts as files: PNG, SVG, or one HTML page with the numbers as tables, without a script."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree

from codellm_graph.errors import UsageError, printable
from codellm_graph.present import charts_style as style

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codellm_graph.evidence import CitationInfo

__all__ = ["SUFFIXES", "Figure", "Table", "html_page", "picture", "sources", "suffix_of"]

SUFFIXES = ("html", "svg", "png")

_PAGE = Path(__file__).parent / "page"
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_PIXELS = 1.5  # of a PNG for one of the drawing


class Figure(NamedTuple):
    """A chart of a page.

    Parameters
    ----------
    id : str
        Its name in the page.
    caption : str
        What a screen reader says.
    chart : altair.TopLevelMixin
        The chart.
    column : bool, optional
        Whether it stands below the one before rather than beside it.
    """

    id: str
    caption: str
    chart: Any
    column: bool = False


class Table(NamedTuple):
    """A table of a page.

    Parameters
    ----------
    caption : str
        What it is about.
    columns : tuple of str
        Their names.
    rows : list of tuple
        Texts, numbers, and markup made here.
    """

    caption: str
    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]


def suffix_of(path: Path) -> str:
    """Return the format that a file's name asks for.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    str
        One of `SUFFIXES`.

    Raises
    ------
    UsageError
        If the suffix is none of them, or the charting libraries are missing.
    """
    suffix = path.suffix.lstrip(".").lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{printable(path)}: charts are written by suffix; use one of {', '.join(SUFFIXES)}")
    style.altair()
    return suffix


def picture(chart: Any, suffix: str) -> bytes:
    """Draw a chart.

    Parameters
    ----------
    chart : altair.TopLevelMixin
        The chart.
    suffix : str
        ``svg`` or ``png``.

    Returns
    -------
    bytes
        The file's content.
    """
    if suffix == "svg":
        return _svg(chart).encode()
    file = io.BytesIO()
    chart.save(file, format="png", scale_factor=_PIXELS)
    return file.getvalue()


def html_page(
    title: str,
    figures: Sequence[Figure],
    tables: Sequence[Table],
    *,
    notes: Iterable[str] = (),
    reading: Iterable[str] = (),
) -> bytes:
    """Write charts and their numbers as one HTML page that needs neither network nor script.

    Parameters
    ----------
    title : str
        Heading.
    figures : sequence of Figure
        The charts.
    tables : sequence of Table
        The numbers; the first is open.
    notes : iterable of str, optional
        Paragraphs below the heading.
    reading : iterable of str, optional
        Fainter ones after them: how to read it.

    Returns
    -------
    bytes
        The page.
    """
    style.altair()
    import jinja2
    from markupsafe import Markup

    sheet = (_PAGE / "charts.css").read_text("utf-8") + style.dark_rules()
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    template = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, finalize=_shown
    ).from_string((_PAGE / "charts.html.j2").read_text("utf-8"))
    columns: list[list[tuple[str, Markup]]] = []
    for figure in figures:
        # Made here; what comes from data was escaped when the drawing was serialised.
        drawn = (figure.id, Markup(_inline(figure)))  # noqa: S704
        if figure.column and columns:
            columns[-1].append(drawn)
        else:
            columns.append([drawn])
    return template.render(
        title=title,
        notes=list(notes),
        reading=list(reading),
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        style=Markup(sheet),  # noqa: S704
        columns=columns,
        tables=tables,
    ).encode()


def sources(citations: Iterable[CitationInfo]) -> list[Any]:
    """Return citations as links, or as texts where there is no address to open.

    Parameters
    ----------
    citations : iterable of CitationInfo
        Who says so.

    Returns
    -------
    list of markupsafe.Markup
        One for each.
    """
    from markupsafe import Markup

    found = []
    for c in citations:
        text = printable(", ".join(t for t in (c.title, c.locator) if t))
        if c.url and re.match(r"https?://", c.url):
            found.append(Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(c.url, text))
        else:
            found.append(Markup("{}").format(text))
    return found


def _svg(chart: Any) -> str:
    file = io.StringIO()
    chart.save(file, format="svg")
    return file.getvalue()


def _inline(figure: Figure) -> str:
    """Return a drawing to stand in a page beside others; its title is what a screen reader says."""
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    root = ElementTree.fromstring(_svg(figure.chart))  # noqa: S314 - written by the charting library just now
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key.startswith("aria-") or key in ("role", "class"):
                # A label on each of a thousand marks helps nobody; the numbers are in the tables.
                del element.attrib[key]
            elif key == "id":
                element.set(key, f"{figure.id}-{value}")
            elif "url(#" in value:
                element.set(key, re.sub(r"url\(#(.*?)\)", rf"url(#{figure.id}-\1)", value))
    root.set("role", "img")
    root.set("aria-label", printable(f"Chart: {figure.caption}. The numbers are in the tables below."))
    return ElementTree.tostring(root, encoding="unicode")


def _shown(value: object) -> object:
    """Return a text without control characters, and anything else as it is."""
    return printable(value) if type(value) is str else value
