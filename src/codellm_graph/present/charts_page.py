"""The charts of spread as files: PNG, SVG, or one HTML page with the numbers as tables, without a script."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from codellm_graph.errors import UsageError, printable
from codellm_graph.present import charts, charts_marks
from codellm_graph.present.charts_data import chosen
from codellm_graph.present.charts_tables import tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from codellm_graph.analyses.diffusion import Spread
    from codellm_graph.evidence import CitationInfo

__all__ = ["SUFFIXES", "suffix_of", "to_html", "write"]

SUFFIXES = ("html", "svg", "png")

_PAGE = Path(__file__).parent / "page"
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_PIXELS = 1.5  # of a PNG for one of the drawing

#: Colours on light ground to those on dark ground.
_BRIGHT = ("#6FA8FF", "#FF8A5B", "#3ED1A6", "#D78BE0", "#F2C14E", "#7FD8F5", "#9AA3AE")
_DARK = (
    dict(zip(charts_marks.COLOURS, _BRIGHT, strict=True))
    | dict(zip(charts_marks.LETTERS, _BRIGHT, strict=True))
    | {charts_marks.INK: "#edf0f3", charts_marks.SOFT: "#a4adb8"}
    | {charts_marks.LINE: "#5b6572", charts_marks.GRID: "#272e36"}
)


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
    charts_marks.altair()
    return suffix


def write(
    spreads: Iterable[Spread],
    suffix: str,
    names: Mapping[str, str],
    cited: Mapping[str, CitationInfo],
    *,
    title: str,
    notes: Sequence[str] = (),
) -> bytes:
    """Write the charts in the format of a suffix.

    Parameters
    ----------
    spreads : iterable of Spread
        Techniques; those on most stages are drawn.
    suffix : str
        One of `SUFFIXES`.
    names : mapping of str to str
        Labels by CURIE.
    cited : mapping of str to CitationInfo
        The citations of adopters.
    title : str
        Heading of a page.
    notes : sequence of str, optional
        Paragraphs below it.

    Returns
    -------
    bytes
        The file's content.
    """
    spreads = list(spreads)
    if suffix == "html":
        return to_html(spreads, names, cited, title=title, notes=notes).encode()
    chart = charts.page(spreads, names)
    return _png(chart) if suffix == "png" else _svg(chart).encode()


def _png(chart: Any) -> bytes:
    file = io.BytesIO()
    chart.save(file, format="png", scale_factor=_PIXELS)
    return file.getvalue()


def _svg(chart: Any) -> str:
    file = io.StringIO()
    chart.save(file, format="svg")
    return file.getvalue()


def _inline(name: str, chart: Any) -> str:
    """Return a drawing to stand in a page beside others; its title is what a screen reader says."""
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    root = ElementTree.fromstring(_svg(chart))  # noqa: S314 - written by the charting library just now
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key.startswith("aria-") or key in ("role", "class"):
                # A label on each of a thousand marks helps nobody; the numbers are in the tables.
                del element.attrib[key]
            elif key == "id":
                element.set(key, f"{name}-{value}")
            elif "url(#" in value:
                element.set(key, re.sub(r"url\(#(.*?)\)", rf"url(#{name}-\1)", value))
    root.set("role", "img")
    root.set("aria-label", f"Chart: {_CAPTIONS[name]}. The numbers are in the tables below.")
    return ElementTree.tostring(root, encoding="unicode")


_CAPTIONS = {
    "staircase": "every adopter in time, by mode of adoption",
    "heat": "adopters by technique and stage",
    "shares": "cumulative share of eligible families",
    "lags": "how long each technique took",
}


def to_html(
    spreads: Iterable[Spread],
    names: Mapping[str, str],
    cited: Mapping[str, CitationInfo],
    *,
    title: str = "How techniques spread",
    notes: Sequence[str] = (),
) -> str:
    """Write the charts and their numbers as one HTML page that needs neither network nor script.

    Parameters
    ----------
    spreads : iterable of Spread
        Techniques; those on most stages are drawn.
    names : mapping of str to str
        Labels by CURIE.
    cited : mapping of str to CitationInfo
        The citations of adopters.
    title : str, optional
        Heading.
    notes : sequence of str, optional
        Paragraphs below it.

    Returns
    -------
    str
        The page.
    """
    charts_marks.altair()
    import jinja2
    from markupsafe import Markup

    drawn = chosen(spreads)
    made = {
        "staircase": charts.staircase(drawn, names),
        "heat": charts.heat(drawn),
        "lags": charts.lags(drawn, names),
        "shares": charts.shares(drawn),
    }
    style = (_PAGE / "charts.css").read_text("utf-8") + _dark_rules()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, finalize=_shown
    ).from_string((_PAGE / "charts.html.j2").read_text("utf-8"))
    return template.render(
        title=title,
        notes=notes,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        # Both are made here; what comes from data was escaped when the drawing was serialised.
        style=Markup(style),  # noqa: S704
        charts={name: Markup(_inline(name, chart)) for name, chart in made.items()},  # noqa: S704
        tables=tables(drawn, names, cited),
    )


def _shown(value: object) -> object:
    """Return a text without control characters, and anything else as it is."""
    return printable(value) if type(value) is str else value


def _dark_rules() -> str:
    rules = (
        f'figure [{part}="{light}"] {{ {part}: {dark}; }}'
        for light, dark in _DARK.items()
        for part in ("fill", "stroke")
    )
    return "@media (prefers-color-scheme: dark) { " + " ".join(rules) + " }"
