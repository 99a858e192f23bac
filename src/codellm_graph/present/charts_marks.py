"""The marks of the staircase and the heat map: what is drawn where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codellm_graph.present import charts_data as data
from codellm_graph.present import charts_style as style
from codellm_graph.present import charts_words as words
from codellm_graph.present.lettering import width as text_width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codellm_graph.analyses.diffusion import Spread

__all__ = ["heat", "staircase"]

#: Mode to colour, filling and shape; a path of one stroke for the paper.
_MODES = {
    data.MODES[0]: ("#C8440C", "#C8440C", "diamond"),
    data.MODES[1]: ("#B07800", "#B07800", "triangle-up"),
    data.MODES[2]: ("#0B7A5B", "#0B7A5B", "square"),
    data.MODES[3]: ("#1F5FBF", "#1F5FBF", "circle"),
    data.MODES[4]: ("#1F5FBF", "transparent", "circle"),
    data.PAPER: (style.INK, "transparent", "M0,-1.4L0,1.4"),
}


def heat(spreads: Sequence[Spread]) -> Any:
    """Draw adopters by technique and stage."""
    alt = style.altair()
    rows = data.cell_rows(spreads)
    # Counts may have many digits.
    across, down, gap = max(62.0, *(text_width(r["written"]) + 8 for r in rows)), 27.0, 16.0
    groups = [c.stage for c in spreads[0].stages]
    # A gap parts the stages from general ancestors and from units without a stage.
    left = {g: n * across + gap * (n >= len(groups) - 2) for n, g in enumerate(groups)}
    for r in rows:
        r |= {"x": left[r["stage"]] + across / 2, "y": down * (r["row"] + 0.5)}
    width, height = across * len(groups) + gap, down * len(spreads)
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, width], nice=False, zero=False), axis=None)
    base = alt.Chart().encode(x=x, y=style.down(height))
    tips = ["label:N", "stage:N", "adopters:Q", "eligible:Q", "share:Q", "low:Q", "high:Q"]
    share = alt.Color("share:Q").scale(domain=[0, 1], range=list(style.RAMP))
    share = share.legend(title="share", format="%", orient="right", gradientLength=110, tickCount=3)
    box = {"height": down - 3, "width": across - 3, "stroke": None}
    known = base.transform_filter("!datum.few").mark_rect(**box).encode(color=share, tooltip=tips)
    few = base.transform_filter("datum.few").mark_rect(**box, color=style.CELL_FEW).encode(tooltip=tips)
    ink = alt.condition("datum.share > 0.52", alt.value(style.CELL_LIGHT), alt.value(style.CELL_INK))
    strong = base.transform_filter("!datum.few").mark_text(fontSize=12).encode(text="written:N", color=ink)
    soft = (
        base.transform_filter("datum.few")
        .mark_text(fontSize=11, color=style.CELL_SOFT)
        .encode(text="written:N")
    )
    columns = [{"stage": style.cut(g, across - 2, 11), "x": place + across / 2} for g, place in left.items()]
    tops = alt.Chart(style.values(columns)).mark_text(baseline="bottom", fontSize=11, color=style.SOFT)
    tops = tops.encode(x=x, y=alt.value(-4), text="stage:N")
    first = [r for r in rows if r["x"] == across / 2]
    reach = max(text_width(style.cut(r["label"], style.LABELS)) for r in first)
    subtitle = [
        f"adopters / families released since the technique existed; grey: fewer than {data.FEW} of those",
        "general: ancestors that are no code models; no stage: no source assigns them to one",
    ]
    title = style.title(words.heat(spreads), width + reach, subtitle)
    layers = (few, known, soft, strong, tops, style.heads(first, height), style.spare(-10 - reach))
    return alt.layer(*layers, data=style.values(rows, "heat")).properties(
        width=width, height=height, title=title
    )


def staircase(spreads: Sequence[Spread], names: Mapping[str, str]) -> Any:
    """Draw every adopter in time, a row for each technique."""
    alt = style.altair()
    width = 610
    marks, heads, height = data.adopter_rows(spreads, names, width, 7.5)
    span = data.span_of(spreads)
    scale, axis = alt.Scale(type="utc", domain=list(span), nice=False), style.time_axis(*span)
    x = alt.X("date:T", scale=scale, axis=axis)
    y = style.down(height)
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
    room = style.LABELS + 80
    fitted = [
        {**r, "label": style.cut(r["label"], room), "story": style.cut(r["story"], room, 10)} for r in heads
    ]
    reach = max(max(text_width(r["label"]), text_width(r["story"], 10)) for r in fitted)
    told = alt.Chart(style.values(fitted))
    lines = told.transform_filter("datum.first != null").mark_rule(color=style.LINE, yOffset=0)
    lines = lines.encode(x=alt.X("first:T", scale=scale, axis=axis), x2="last:T", y=y)
    front = {"align": "right", "baseline": "middle"}
    top = told.mark_text(**front, dy=-11, fontSize=12, fontWeight="bold")
    below = told.mark_text(**front, dy=6, fontSize=10, color=style.SOFT)
    counts = told.mark_text(align="right", fontSize=12, fontWeight="bold", baseline="middle")
    more = told.mark_text(align="left", fontSize=10, color=style.SOFT, baseline="middle")
    over = alt.Chart(style.values([{"text": "adopters"}])).mark_text(
        align="left", fontSize=11, color=style.SOFT
    )
    layers = (
        lines,
        # A legend of nothing has no size.
        *([points] if present else []),
        top.encode(x=alt.value(-10), y=y, text="label:N"),
        below.encode(x=alt.value(-10), y=y, text="story:N"),
        counts.encode(x=alt.value(width + 36), y=y, text="count:Q"),
        more.encode(x=alt.value(width + 42), y=y, text="more:N"),
        over.encode(x=alt.value(width + 12), y=alt.value(-2), text="text:N"),
        style.spare(-10 - reach),
    )
    subtitle = [
        "every adopter at its release, or at the first day of the month or year where no more is known,",
        "by how it may have come there; techniques in the order of their first carriers",
        "an earlier carrier elsewhere is where it may have come from, no proof that anybody copied",
    ]
    return alt.layer(*layers, data=style.values(marks, "adopters")).properties(
        width=width,
        height=height,
        title=style.title(words.staircase(spreads, names), width + reach, subtitle),
    )
