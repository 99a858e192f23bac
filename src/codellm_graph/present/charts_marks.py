"""The marks of the charts of spread: what is drawn where, before titles are styled."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from codellm_graph.errors import UsageError, printable
from codellm_graph.present import charts_data as data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codellm_graph.analyses.diffusion import Spread
    from codellm_graph.present.charts_data import Row

__all__ = [
    "COLOURS",
    "GRID",
    "INK",
    "LETTERS",
    "LINE",
    "SOFT",
    "altair",
    "heat",
    "lags",
    "shares",
    "staircase",
]

#: Light palette; each has a partner on dark ground in `charts_page`.
COLOURS = ("#1F5FBF", "#C8440C", "#0B7A5B", "#8F3F97", "#B07800", "#2288B0", "#757b85")
#: The same for letters, which need more contrast than lines.
LETTERS = ("#1F5FBF", "#b83e0b", "#0a7355", "#8F3F97", "#8a5e00", "#176a8b", "#5d636c")
INK, SOFT, LINE, GRID = "#16191d", "#59616c", "#b3bac4", "#e3e6ea"
#: Cells keep their colours on dark ground, and so does what is written in them.
CELL_INK, CELL_LIGHT, CELL_SOFT, CELL_FEW = "#16191e", "#fffffe", "#59616d", "#eceef1"

#: Mode to colour, filling and shape; a path of one stroke for the paper.
_MODES = {
    data.MODES[0]: ("#C8440C", "#C8440C", "diamond"),
    data.MODES[1]: ("#B07800", "#B07800", "triangle-up"),
    data.MODES[2]: ("#0B7A5B", "#0B7A5B", "square"),
    data.MODES[3]: ("#1F5FBF", "#1F5FBF", "circle"),
    data.MODES[4]: ("#1F5FBF", "transparent", "circle"),
    data.PAPER: (INK, "transparent", "M0,-2L0,2"),
}
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
_SHAPES = ("circle", "square", "triangle-up")
_LABELS = 230
_GAP = 14


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


def _data(rows: Sequence[Row], name: str | None = None) -> Any:
    """Return rows as data; those with a name are the numbers, the others only places of labels."""
    alt = altair()
    # A control character in a text would end the process: the renderer takes its own SVG for malformed.
    values = [{k: printable(v) if isinstance(v, str) else v for k, v in row.items()} for row in rows]
    return alt.Data(values=values, **({"name": name} if name else {}))


def _y(height: float) -> Any:
    """Return a vertical position that was computed in pixels."""
    alt = altair()
    scale = alt.Scale(domain=[0, height], range=[0, height], nice=False, zero=False)
    return alt.Y("y:Q", scale=scale, axis=None)


def _time_axis(first: str, last: str) -> Any:
    """Mark the years, or half-years where there are few."""
    alt = altair()
    if int(last[:4]) - int(first[:4]) > 2:
        return alt.Axis(format="%Y", tickCount="year", title=None, grid=True)
    halves = alt.TimeIntervalStep(interval="month", step=6)
    return alt.Axis(format="%Y-%m", tickCount=halves, title=None, grid=True, labelOverlap=True)


def _heads(rows: Sequence[Row], height: float) -> Any:
    """Write the techniques in front of their rows."""
    alt = altair()
    shown = [{"label": r["label"], "y": r["y"]} for r in rows]
    marks = alt.Chart(_data(shown)).mark_text(align="right", baseline="middle", limit=_LABELS)
    return marks.encode(x=alt.value(-10), y=_y(height), text="label:N")


def _side_by_side(panels: Sequence[Any], spacing: int) -> Any:
    alt = altair()
    nothing = alt.Chart(_data([{"text": "nothing that is dated well enough"}])).mark_text(color=SOFT)
    shown = panels or [nothing.encode(text="text:N").properties(width=340, height=40)]
    # Each panel has its own lines, and so its own colours for them.
    apart = {"color": "independent", "strokeDash": "independent"}
    return alt.hconcat(*shown, spacing=spacing).resolve_scale(**apart)


def heat(spreads: Sequence[Spread]) -> Any:
    """Draw adopters by technique and stage."""
    alt = altair()
    rows = data.cell_rows(spreads)
    across, down, gap = 62.0, 27.0, 16.0
    groups = [c.stage for c in spreads[0].stages]
    # A gap parts the stages from general ancestors and from units without a stage.
    left = {g: n * across + gap * (n >= len(groups) - 2) for n, g in enumerate(groups)}
    for r in rows:
        r |= {"x": left[r["stage"]] + across / 2, "y": down * (r["row"] + 0.5)}
    width, height = across * len(groups) + gap, down * len(spreads)
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, width], nice=False, zero=False), axis=None)
    base = alt.Chart().encode(x=x, y=_y(height))
    tips = ["label:N", "stage:N", "adopters:Q", "eligible:Q", "share:Q", "low:Q", "high:Q"]
    share = alt.Color("share:Q").scale(domain=[0, 1], range=["#e6effb", "#8fb6ea", "#1F5FBF", "#0d2f66"])
    share = share.legend(title="share", format="%", orient="right", gradientLength=110, tickCount=3)
    box = {"height": down - 3, "width": across - 3, "stroke": None}
    known = base.transform_filter("!datum.few").mark_rect(**box).encode(color=share, tooltip=tips)
    few = base.transform_filter("datum.few").mark_rect(**box, color=CELL_FEW).encode(tooltip=tips)
    ink = alt.condition("datum.share > 0.52", alt.value(CELL_LIGHT), alt.value(CELL_INK))
    strong = base.transform_filter("!datum.few").mark_text(fontSize=12).encode(text="written:N", color=ink)
    soft = base.transform_filter("datum.few").mark_text(fontSize=11, color=CELL_SOFT).encode(text="written:N")
    columns = [{"stage": g, "x": place + across / 2} for g, place in left.items()]
    tops = alt.Chart(_data(columns)).mark_text(baseline="bottom", fontSize=11, color=SOFT, limit=across)
    tops = tops.encode(x=x, y=alt.value(-4), text="stage:N")
    heads = _heads([r for r in rows if r["x"] == across / 2], height)
    subtitle = [
        f"adopters / families released since the technique existed; grey: fewer than {data.FEW} of those",
        "general: ancestors that are no code models; no stage: no source assigns them to one",
    ]
    title = alt.Title("How far: adopters by stage", subtitle=subtitle)
    return alt.layer(few, known, soft, strong, tops, heads, data=_data(rows, "heat")).properties(
        width=width, height=height, title=title
    )


def staircase(spreads: Sequence[Spread], names: Mapping[str, str]) -> Any:
    """Draw every adopter in time, a row for each technique."""
    alt = altair()
    width = 700
    marks, heads, height = data.adopter_rows(spreads, names, width, 7.5)
    span = data.span_of(spreads)
    scale, axis = alt.Scale(type="utc", domain=list(span), nice=False), _time_axis(*span)
    x = alt.X("date:T", scale=scale, axis=axis)
    y = _y(height)
    present = [m for m in _MODES if any(r["mode"] == m for r in marks)]
    look = [_MODES[m] for m in present]
    legend = alt.Legend(title=None, orient="top", direction="horizontal", columnPadding=16, symbolSize=60)
    points = alt.Chart().mark_point(opacity=1, size=38, strokeWidth=1.3)
    points = points.encode(
        x=x,
        y=y,
        stroke=alt.Stroke(
            "mode:N", scale=alt.Scale(domain=present, range=[c for c, _, _ in look]), legend=legend
        ),
        fill=alt.Fill(
            "mode:N", scale=alt.Scale(domain=present, range=[f for _, f, _ in look]), legend=legend
        ),
        shape=alt.Shape(
            "mode:N", scale=alt.Scale(domain=present, range=[s for _, _, s in look]), legend=legend
        ),
        tooltip=["label:N", "name:N", "released:N", "mode:N"],
    )
    told = alt.Chart(_data(heads))
    lines = told.transform_filter("datum.first != null").mark_rule(color=LINE, yOffset=0)
    lines = lines.encode(x=alt.X("first:T", scale=scale, axis=axis), x2="last:T", y=y)
    front = {"align": "right", "limit": _LABELS + 30}
    top = told.mark_text(**front, dy=-9, fontSize=12, fontWeight="bold", baseline="middle")
    below = told.mark_text(**front, dy=5, fontSize=10, color=SOFT, baseline="middle")
    more = told.mark_text(align="left", fontSize=10, color=SOFT, baseline="middle")
    layers = (
        lines,
        # A legend of nothing has no size.
        *([points] if present else []),
        top.encode(x=alt.value(-10), y=y, text="label:N"),
        below.encode(x=alt.value(-10), y=y, text="story:N"),
        more.encode(x=alt.value(width + 8), y=y, text="more:N"),
    )
    subtitle = [
        "each mark a family at its release, or at the first day of the month or year where no more is known",
        "an earlier carrier is where it may have come from, no proof that anybody copied",
    ]
    return alt.layer(*layers, data=_data(marks, "adopters")).properties(
        width=width,
        height=height,
        title=alt.Title("How fast: every adopter, by how it may have come there", subtitle=subtitle),
    )


def shares(spreads: Sequence[Spread], width: int = 340) -> Any:
    """Draw cumulative shares, in a panel for each way of staying."""
    alt = altair()
    panels = (
        ("stay with the weights", [s for s in spreads if s.technique.stays]),
        ("taken up by choice", [s for s in spreads if not s.technique.stays]),
    )
    found = ((name, data.curve_rows(group)) for name, group in panels)
    drawn = [_curves(rows, name, width) for name, rows in found if rows]
    subtitle = (
        f"carriers among families released since the technique existed, from the {data.ENOUGH}th of those on"
    )
    return _side_by_side(drawn, 24).properties(
        title=alt.Title("How far over time: cumulative share", subtitle=subtitle)
    )


def _curves(rows: Sequence[Row], name: str, width: int) -> Any:
    alt = altair()
    ends = list({r["technique"]: r for r in rows}.values())
    height = max(300.0, _GAP * len(ends))
    most = 1.03 * max((r["share"] for r in rows), default=1.0) or 1.0
    ends.sort(key=lambda r: (r["share"], r["technique"]))
    placed = data.apart([height * (1 - r["share"] / most) for r in ends], _GAP, 0, height)
    ends, placed = ends[::-1], placed[::-1]
    tags = [
        {**r, "text": f"{r['label']} {r['share']:.0%}", "y": most * (1 - place / height), "ink": ink}
        for r, place, ink in zip(ends, placed, cycle(LETTERS), strict=False)
    ]
    ids = [printable(r["technique"]) for r in ends]
    colours = list(islice(cycle(COLOURS), len(ids)))
    dashes = [_DASHES[(n + 2 * (n // len(COLOURS))) % len(_DASHES)] for n in range(len(ids))]
    axis = _time_axis(min(r["date"] for r in rows), max(r["date"] for r in rows))
    x = alt.X("date:T", scale=alt.Scale(type="utc", nice=False), axis=axis)
    y = alt.Y(
        "share:Q",
        scale=alt.Scale(domain=[0, most], nice=False),
        axis=alt.Axis(format="%", title=None, tickCount=5),
    )
    colour = alt.Color("technique:N", scale=alt.Scale(domain=ids, range=colours), legend=None)
    lines = alt.Chart().mark_line(interpolate="step-after", strokeWidth=2, clip=True)
    tips = ["label:N", "date:T", "carriers:Q", "eligible:Q", "share:Q"]
    dash = alt.StrokeDash("technique:N", scale=alt.Scale(domain=ids, range=dashes), legend=None)
    at = alt.Chart(_data(tags))
    leads = at.mark_rule(strokeWidth=1, opacity=0.7).encode(
        x=alt.value(width + 1), x2=alt.value(width + 14), y=y, y2="y:Q", color=colour
    )
    text = at.mark_text(align="left", baseline="middle", fontSize=11, fontWeight="bold", limit=_LABELS)
    layers = (
        lines.encode(x=x, y=y, color=colour, strokeDash=dash, tooltip=tips),
        leads,
        text.encode(
            x=alt.value(width + 17), y=alt.Y("y:Q"), text="text:N", color=alt.Color("ink:N", scale=None)
        ),
    )
    return alt.layer(*layers, data=_data(rows, f"shares: {name}")).properties(
        width=width, height=height, title=alt.Title(name, fontSize=12, offset=6)
    )


def lags(spreads: Sequence[Spread], names: Mapping[str, str]) -> Any:
    """Draw lags, in a panel for each kind."""
    alt = altair()
    rows, height = data.lag_rows(spreads, names), 0.0
    middles = {}
    for s in spreads:
        lines = max([r["line"] + 1 for r in rows if r["technique"] == s.technique.id], default=1)
        room = max(22.0, 11.0 * lines + 6)
        middles[s.technique.id] = height + room / 2
        height += room
    for r in rows:
        alone = r["panel"] < 2
        lines = max(o["line"] for o in rows if o["technique"] == r["technique"]) + 1
        r["y"] = middles[r["technique"]] + (0 if alone else 11 * (r["line"] - (lines - 1) / 2))
        r["written"] = str(r["days"]) if alone else f"{r['lag']} {r['days']}"
    heads = [{"label": s.technique.label, "y": middles[s.technique.id]} for s in spreads]
    titles = ("paper to first carrier", "to another organization", "from stage to stage")
    panels: list[Any] = []
    for n, title in enumerate(titles):
        mine = [r for r in rows if r["panel"] == n]
        if mine:
            panels.append(_lag_panel(mine, title, height, None if panels else heads))
    subtitle = [
        "days between first carriers; bars: what the precision of the dates allows",
        "negative: the other came first",
    ]
    return _side_by_side(panels, 16).properties(title=alt.Title("How long it took", subtitle=subtitle))


def _lag_panel(rows: Sequence[Row], title: str, height: float, heads: Sequence[Row] | None) -> Any:
    alt = altair()
    colour = COLOURS[rows[0]["panel"]]
    shape = _SHAPES[rows[0]["panel"]]
    reach = max(max(r["most"] for r in rows), 0), min(min(r["least"] for r in rows), 0)
    width = reach[0] - reach[1] or 1
    room = width * (0.25 if rows[0]["panel"] < 2 else 1.1)
    scale = alt.Scale(domain=[reach[1] - 0.08 * width, reach[0] + room], nice=False)
    axis = alt.Axis(title=None, tickCount=4, format="d", grid=True)
    base = alt.Chart().encode(y=_y(height))
    x = alt.X("days:Q", scale=scale, axis=axis)
    zero = alt.Chart(_data([{"days": 0}])).mark_rule(color=LINE, strokeWidth=2).encode(x=x)
    bars = base.mark_rule(color=colour, strokeWidth=2, opacity=0.45)
    tips = ["label:N", "lag:N", "from:N", "to:N", "days:Q", "least:Q", "most:Q"]
    points = base.mark_point(filled=True, size=42, color=colour, shape=shape, opacity=1)
    text = base.mark_text(align="left", baseline="middle", dx=6, fontSize=10 if rows[0]["panel"] < 2 else 9)
    layers = [
        zero,
        bars.encode(x=alt.X("least:Q", scale=scale, axis=axis), x2="most:Q"),
        points.encode(x=x, tooltip=tips),
        text.encode(x=alt.X("most:Q", scale=scale, axis=axis), text="written:N"),
    ]
    if heads is not None:
        layers.append(_heads(heads, height))
    return alt.layer(*layers, data=_data(rows, f"lags: {title}")).properties(
        width=150 if rows[0]["panel"] < 2 else 250,
        height=height,
        title=alt.Title(title, fontSize=12, offset=6),
    )
