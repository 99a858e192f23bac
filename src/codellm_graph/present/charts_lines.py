"""The marks of the cumulative shares and of the lags: what is drawn where."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from codellm_graph.errors import printable
from codellm_graph.present import charts_data as data
from codellm_graph.present import charts_style as style
from codellm_graph.present import charts_words as words
from codellm_graph.present.lettering import width as text_width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codellm_graph.analyses.diffusion import Spread
    from codellm_graph.present.charts_data import Row

__all__ = ["lags", "shares"]

_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
_SHAPES = ("circle", "square", "triangle-up")
_GAP = 16  # between labels at the ends of lines
_LINE = 14  # between lags of a technique


def _side_by_side(panels: Sequence[Any], spacing: int) -> Any:
    alt = style.altair()
    nothing = alt.Chart(style.values([{"text": "nothing that is dated well enough"}])).mark_text(
        color=style.SOFT
    )
    shown = panels or [nothing.encode(text="text:N").properties(width=340, height=40)]
    # Each panel has its own lines, and so its own colours for them.
    apart = {"color": "independent", "strokeDash": "independent"}
    return alt.hconcat(*shown, spacing=spacing).resolve_scale(**apart)


def shares(spreads: Sequence[Spread], width: int = 340) -> Any:
    """Draw cumulative shares, in a panel for each way of staying."""
    panels = (
        ("stay with the weights", [s for s in spreads if s.technique.stays]),
        ("taken up by choice", [s for s in spreads if not s.technique.stays]),
    )
    found = ((name, data.curve_rows(group)) for name, group in panels)
    drawn = [_curves(rows, name, width) for name, rows in found if rows]
    subtitle = (
        "cumulative share of carriers among the families released since the technique existed, "
        f"by quarter, from the {data.ENOUGH}th of those families on"
    )
    room = max(len(drawn), 1) * width
    return _side_by_side(drawn, 24).properties(title=style.title(words.shares(spreads), room, [subtitle]))


def _curves(rows: Sequence[Row], name: str, width: int) -> Any:
    alt = style.altair()
    ends = list({r["technique"]: r for r in rows}.values())
    height = max(300.0, _GAP * len(ends))
    most = 1.03 * max((r["share"] for r in rows), default=1.0) or 1.0
    ends.sort(key=lambda r: (r["share"], r["technique"]))
    placed = data.apart([height * (1 - r["share"] / most) for r in ends], _GAP, 0, height)
    ends, placed = ends[::-1], placed[::-1]
    tags = [
        {
            **r,
            "text": f"{style.cut(r['label'], style.LABELS - 30)} {r['share']:.0%}",
            "y": most * (1 - place / height),
            "ink": ink,
        }
        for r, place, ink in zip(ends, placed, cycle(style.LETTERS), strict=False)
    ]
    ids = [printable(r["technique"]) for r in ends]
    colours = list(islice(cycle(style.COLOURS), len(ids)))
    dashes = [_DASHES[(n + 2 * (n // len(style.COLOURS))) % len(_DASHES)] for n in range(len(ids))]
    axis = style.time_axis(min(r["date"] for r in rows), max(r["date"] for r in rows))
    x = alt.X("date:T", scale=alt.Scale(type="utc", nice=False), axis=axis)
    y = alt.Y(
        "share:Q",
        scale=alt.Scale(domain=[0, most], nice=False),
        axis=alt.Axis(format="%", title=None, tickCount=5),
    )
    colour = alt.Color("technique:N", scale=alt.Scale(domain=ids, range=colours), legend=None)
    lines = alt.Chart().mark_line(interpolate="linear", strokeWidth=2, clip=True)
    tips = ["label:N", "date:T", "carriers:Q", "eligible:Q", "share:Q"]
    dash = alt.StrokeDash("technique:N", scale=alt.Scale(domain=ids, range=dashes), legend=None)
    at = alt.Chart(style.values(tags))
    leads = at.mark_rule(strokeWidth=1, opacity=0.7).encode(
        x=alt.value(width + 1), x2=alt.value(width + 14), y=y, y2="y:Q", color=colour
    )
    text = at.mark_text(align="left", baseline="middle", fontSize=11, fontWeight="bold")
    layers = (
        lines.encode(x=x, y=y, color=colour, strokeDash=dash, tooltip=tips),
        leads,
        text.encode(
            x=alt.value(width + 17), y=alt.Y("y:Q"), text="text:N", color=alt.Color("ink:N", scale=None)
        ),
        style.spare(width + 17 + max(text_width(t["text"], 11) for t in tags)),
    )
    return alt.layer(*layers, data=style.values(rows, f"shares: {name}")).properties(
        width=width, height=height, title=alt.Title(name, fontSize=12, offset=6, frame="group")
    )


def lags(spreads: Sequence[Spread], names: Mapping[str, str]) -> Any:
    """Draw lags, in a panel for each kind."""
    rows, height = data.lag_rows(spreads, names), 0.0
    middles = {}
    for s in spreads:
        lines = max([r["line"] + 1 for r in rows if r["technique"] == s.technique.id], default=1)
        room = max(22.0, _LINE * lines + 6)
        middles[s.technique.id] = height + room / 2
        height += room
    for r in rows:
        alone = r["panel"] < 2
        lines = max(o["line"] for o in rows if o["technique"] == r["technique"]) + 1
        r["y"] = middles[r["technique"]] + (0 if alone else _LINE * (r["line"] - (lines - 1) / 2))
        r["written"] = str(r["days"]) if alone else f"{style.cut(r['lag'], 140, 9)} {r['days']}"
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
    room = max(sum(panel.width for panel in panels), 300)
    return _side_by_side(panels, 16).properties(title=style.title(words.lags(spreads), room, subtitle))


def _lag_panel(rows: Sequence[Row], title: str, height: float, heads: Sequence[Row] | None) -> Any:
    alt = style.altair()
    colour = style.COLOURS[rows[0]["panel"]]
    shape = _SHAPES[rows[0]["panel"]]
    reach = max(max(r["most"] for r in rows), 0), min(min(r["least"] for r in rows), 0)
    # Numbers and names stand behind the marks: the axis goes on for as long as they are.
    drawn, letters = 110.0, 10 if rows[0]["panel"] < 2 else 9
    room = 10 + max(text_width(r["written"], letters) for r in rows)
    days = 1.08 * (reach[0] - reach[1] or 1)
    scale = alt.Scale(domain=[reach[0] - days, reach[0] + days * room / drawn], nice=False)
    axis = alt.Axis(title=None, tickCount=4, format="d", grid=True, labelOverlap="greedy", labelSeparation=6)
    base = alt.Chart().encode(y=style.down(height))
    x = alt.X("days:Q", scale=scale, axis=axis)
    zero = alt.Chart(style.values([{"days": 0}])).mark_rule(color=style.LINE, strokeWidth=2).encode(x=x)
    bars = base.mark_rule(color=colour, strokeWidth=2, opacity=0.45)
    tips = ["label:N", "lag:N", "from:N", "to:N", "days:Q", "least:Q", "most:Q"]
    points = base.mark_point(filled=True, size=42, color=colour, shape=shape, opacity=1)
    text = base.mark_text(align="left", baseline="middle", dx=6, fontSize=letters)
    layers = [
        zero,
        bars.encode(x=alt.X("least:Q", scale=scale, axis=axis), x2="most:Q"),
        points.encode(x=x, tooltip=tips),
        text.encode(x=alt.X("most:Q", scale=scale, axis=axis), text="written:N"),
    ]
    if heads is not None:
        called = [style.cut(h["label"], style.LABELS) for h in heads]
        layers += [style.heads(heads, height), style.spare(-10 - max(text_width(h) for h in called))]
    return alt.layer(*layers, data=style.values(rows, f"lags: {title}")).properties(
        width=drawn + room,
        height=height,
        title=alt.Title(title, fontSize=12, offset=6, frame="group"),
    )
