"""What all charts share: colours, letters, axes, and data that the renderer can take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codellm_graph.errors import UsageError, printable
from codellm_graph.present.lettering import width

if TYPE_CHECKING:
    from collections.abc import Sequence

    import altair as alt

    from codellm_graph.present.charts_data import Row

__all__ = [
    "CELL_FEW",
    "CELL_INK",
    "CELL_LIGHT",
    "CELL_SOFT",
    "COLOURS",
    "GRID",
    "INK",
    "LABELS",
    "LETTERS",
    "LINE",
    "RAMP",
    "SOFT",
    "across",
    "altair",
    "cut",
    "dark_rules",
    "down",
    "finish",
    "heads",
    "spare",
    "time_axis",
    "title",
    "values",
]

# Liberation Sans is as wide as Arial: what is measured when drawing holds in the reader's browser.
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
LABELS = 230.0  # room of a label in pixels
_TITLE = 15  # pixels of a title's letters
#: Light palette; each has a partner on dark ground in `dark_rules`.
COLOURS = ("#1F5FBF", "#C8440C", "#0B7A5B", "#8F3F97", "#B07800", "#2288B0", "#757b85")
#: The same for letters, which need more contrast than lines.
LETTERS = ("#1F5FBF", "#b83e0b", "#0a7355", "#8F3F97", "#8a5e00", "#176a8b", "#5d636c")
INK, SOFT, LINE, GRID = "#16191d", "#59616c", "#b3bac4", "#e3e6ea"
#: Cells keep their colours on dark ground, and so does what is written in them.
CELL_INK, CELL_LIGHT, CELL_SOFT, CELL_FEW = "#16191e", "#fffffe", "#59616d", "#eceef1"

#: Counts and shares in cells, from none to all.
RAMP = ("#e6effb", "#8fb6ea", "#1F5FBF", "#0d2f66")

#: Colours on light ground to those on dark ground.
_BRIGHT = ("#6FA8FF", "#FF8A5B", "#3ED1A6", "#D78BE0", "#F2C14E", "#7FD8F5", "#9AA3AE")
_DARK = (
    dict(zip(COLOURS, _BRIGHT, strict=True))
    | dict(zip(LETTERS, _BRIGHT, strict=True))
    | {INK: "#edf0f3", SOFT: "#a4adb8"}
    | {LINE: "#5b6572", GRID: "#272e36"}
)


def altair() -> Any:
    """Return the charting library.

    Raises
    ------
    UsageError
        If it, or what renders its charts, is not installed.
    """
    try:
        import altair as found
        import vl_convert  # noqa: F401
    except ImportError as error:
        raise UsageError("charts need altair and vl-convert: pip install 'codellm-graph[charts]'") from error
    return found


def values(rows: Sequence[Row], name: str | None = None) -> Any:
    """Return rows as data; those with a name are the numbers, the others only places of labels."""
    alt = altair()
    # A control character in a text would end the process: the renderer takes its own SVG for malformed.
    plain = [{k: printable(v) if isinstance(v, str) else v for k, v in row.items()} for row in rows]
    return alt.Data(values=plain, **({"name": name} if name else {}))


def cut(text: str, room: float, size: float = 12) -> str:
    """Return as much of a label as there is room for.

    Parameters
    ----------
    text : str
        The label.
    room : float
        In pixels.
    size : float, optional
        Of the letters in pixels.

    Returns
    -------
    str
        Measured here, because the renderer and the reader's browser have other fonts.

    Examples
    --------
    >>> cut("Fill-in-the-middle", 70)
    'Fill-in-the…'
    """
    text = printable(text)
    if width(text, size) <= room:
        return text
    room -= width("…", size)
    for n, letter in enumerate(text):
        room -= width(letter, size)
        if room < 0:
            return text[:n] + "…"
    return text


def title(text: str, room: float, subtitle: Sequence[str]) -> Any:
    """Return a title in as many lines as it needs, so that it is not wider than its chart."""
    lines: list[str] = []
    for word in printable(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, _TITLE) <= room:
            lines[-1] = longer
        else:
            lines.append(cut(word, room, _TITLE))
    return altair().Title(lines, subtitle=list(subtitle))


def spare(left: float) -> Any:
    """Keep room as far as a position: a browser may draw what stands there wider than the renderer thinks."""
    alt = altair()
    mark = alt.Chart(values([{"room": 0}])).mark_point(opacity=0, size=1)
    return mark.encode(x=alt.value(left), y=alt.value(0))


def down(height: float, field: str = "y") -> Any:
    """Return a vertical position that was computed in pixels."""
    alt = altair()
    scale = alt.Scale(domain=[0, height], range=[0, height], nice=False, zero=False)
    return alt.Y(f"{field}:Q", scale=scale, axis=None)


def across(width: float, field: str = "x") -> Any:
    """Return a horizontal position that was computed in pixels."""
    alt = altair()
    scale = alt.Scale(domain=[0, width], range=[0, width], nice=False, zero=False)
    return alt.X(f"{field}:Q", scale=scale, axis=None)


def time_axis(first: str, last: str) -> Any:
    """Mark the years, or half-years where there are few."""
    alt = altair()
    if int(last[:4]) - int(first[:4]) > 2:
        return alt.Axis(format="%Y", tickCount="year", title=None, grid=True)
    halves = alt.TimeIntervalStep(interval="month", step=6)
    return alt.Axis(format="%Y-%m", tickCount=halves, title=None, grid=True, labelOverlap=True)


def heads(rows: Sequence[Row], height: float) -> Any:
    """Write the techniques in front of their rows."""
    shown = [{"label": cut(r["label"], LABELS), "y": r["y"]} for r in rows]
    marks = altair().Chart(values(shown)).mark_text(align="right", baseline="middle")
    return marks.encode(x=altair().value(-10), y=down(height), text="label:N")


def finish(chart: Any) -> alt.TopLevelMixin:
    """Give a chart its letters, lines and ground."""
    text = {"font": _FONT, "color": INK}
    axis: dict[str, object] = {
        "labelFont": _FONT,
        "titleFont": _FONT,
        "labelColor": SOFT,
        "titleColor": SOFT,
    }
    axis |= {"gridColor": GRID, "domainColor": LINE, "tickColor": LINE, "labelFontSize": 11}
    legend = {
        "labelFont": _FONT,
        "titleFont": _FONT,
        "labelColor": INK,
        "titleColor": INK,
        "labelLimit": 260,
    }
    title = text | {
        "fontSize": _TITLE,
        "subtitleFont": _FONT,
        "subtitleColor": SOFT,
        "subtitleFontSize": 11.5,
    }
    found: alt.TopLevelMixin = chart.configure(
        background="white",
        padding=14,
        title={**title, "anchor": "start", "offset": 10, "subtitlePadding": 4, "frame": "bounds"},
        text=text,
        axis=axis,
        legend={**legend, "labelFontSize": 11},
        view={"stroke": None},
    )
    return found


def dark_rules() -> str:
    """Return the style sheet that turns the colours of light ground into those of dark ground."""
    rules = (
        f'figure [{part}="{light}"] {{ {part}: {dark}; }}'
        for light, dark in _DARK.items()
        for part in ("fill", "stroke")
    )
    return "@media (prefers-color-scheme: dark) { " + " ".join(rules) + " }"
