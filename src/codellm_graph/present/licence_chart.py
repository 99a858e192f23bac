"""The marks of the charts of licences: what is drawn where."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from codellm_graph.present import charts_style as style
from codellm_graph.present import licence_data as data
from codellm_graph.present import licence_words as words
from codellm_graph.present.licence_flows import CLASSES, Pair, class_rows, pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codellm_graph.analyses.licenses import Licensing
    from codellm_graph.present.charts_data import Row
    from codellm_graph.view import View

__all__ = ["LIMIT", "flows", "lineage"]

LIMIT = 14  # pairs of licences that one screen holds

_KEEPS, _LOSES = "#0B7A5B", "#C8440C"
_LOSES_LETTERS = "#b83e0b"
_GREY = "#757b85"
_CROSS = "M-1,-1L1,1M-1,1L1,-1"
#: Class to colour and shape of its mark, as in the explorer.
_CLASSES = {
    "open": ("#1F5FBF", "circle"),
    "restricted": ("#B07800", "diamond"),
    "closed": ("#C8440C", "square"),
    "unknown": (_GREY, "triangle-up"),
}
#: State of a term to stroke, filling and shape.
_STATES = {
    data.KEPT: (_KEEPS, _KEEPS, "circle"),
    data.LACKED: (_GREY, "white", "circle"),
    data.LOST: (_LOSES, "transparent", _CROSS),
    data.NEW: (style.INK, "transparent", "diamond"),
}
_FATES = {
    data.KEPT: (_KEEPS, [1, 0]),
    data.LOST: (_LOSES, [6, 3]),
    data.UNKNOWN: (_GREY, [2, 3]),
}
_NOT_ADVICE = "not legal advice"


def lineage(found: Licensing, view: View) -> Any:
    """Draw the licences along a model's weights, and what became of each term."""
    alt = style.altair()
    placed = data.lanes(found, view)
    x, y = style.across(placed.width), style.down(placed.height)

    def at(rows: Sequence[Row], name: str | None = None) -> Any:
        return alt.Chart(style.values(rows, name)).encode(x=x, y=y)

    def write(rows: Sequence[Row], field: str, left: float, height: str = "y", **look: Any) -> Any:
        marks = alt.Chart(style.values([{"text": r[field], "y": r[height]} for r in rows]))
        return marks.mark_text(align="left", baseline="middle", **look).encode(
            x=alt.value(left), y=y, text="text:N"
        )

    last = [{"y": placed.holders[-1]["y"] + side * data.ROW / 2} for side in (-1, 1)]
    chips = [{**r, "x": placed.licence - 12} for r in placed.holders]
    heads = [{"text": t, "y": data.HEAD - 16} for t in ("model", "licence")]
    states = [m for m in placed.marks if m["state"] in _STATES]
    told = [
        {**m, "x": m["x"] + 10, "text": "?" if m["state"] == data.UNKNOWN else m["state"]}
        for m in placed.marks
        if m["state"] in (data.LOST, data.UNKNOWN, data.NEW)
    ]
    lost = [r for r in told if r["text"] == data.LOST]
    small = {"fontSize": 10, "color": style.SOFT}
    layers = [
        alt.Chart(style.values(last)).mark_rule(color=style.LINE).encode(y=y),
        at(placed.years)
        .mark_text(align="center", baseline="middle", fontSize=11, color=style.SOFT)
        .encode(text="text:N"),
        at([{**r, "end": placed.height} for r in placed.years])
        .mark_rule(color=style.GRID)
        .encode(y2="end:Q"),
        at(placed.links)
        .mark_line(color=style.LINE, strokeWidth=1.5)
        .encode(detail="link:N", order="corner:Q"),
        *(_lane(at, [r for r in placed.lanes if r["fate"] == fate], *look) for fate, look in _FATES.items()),
        _points(at, placed.holders, "class", _CLASSES, ("label", "when"), name=f"holders: {found.id}"),
        _points(at, chips, "class", _CLASSES, ("label", "license")),
        write(heads[:1], "text", data.MODEL, fontSize=11, color=style.SOFT),
        write(heads[1:], "text", placed.licence, fontSize=11, color=style.SOFT),
        write(placed.holders, "label", data.MODEL, "above", fontSize=12, fontWeight="bold"),
        write(placed.holders, "when", data.MODEL, "below", **small),
        write(placed.holders, "license", placed.licence, "licence_y", fontSize=12),
        write(placed.holders, "about", placed.licence, "below", **small),
        at(placed.terms).mark_text(baseline="middle", fontSize=11).encode(text="text:N"),
        _points(at, states, "state", _STATES, ("term", "model"), name=f"terms: {found.id}"),
        at([r for r in told if r["text"] != data.LOST])
        .mark_text(align="left", baseline="middle", fontSize=11, color=style.SOFT)
        .encode(text="text:N", tooltip=["term:N", "model:N"]),
        at(lost)
        .mark_text(align="left", baseline="middle", fontSize=12, fontWeight="bold", color=_LOSES_LETTERS)
        .encode(text="text:N"),
    ]
    subtitle = [
        "each line is a licence term coming down the weights, from the oldest ancestor to the model",
        f"filled: the licence has the term; hollow: it does not; ?: not known; {_NOT_ADVICE}",
    ]
    title = style.title(words.story(found), placed.width, subtitle)
    return alt.layer(*layers).properties(width=placed.width, height=placed.height, title=title)


def _lane(at: Any, rows: list[Row], colour: str, dashes: list[int]) -> Any:
    return at(rows).mark_rule(color=colour, strokeWidth=2.5, strokeDash=dashes).encode(y2="end:Q")


def _points(
    at: Any,
    rows: Sequence[Row],
    field: str,
    looks: Mapping[str, tuple[str, ...]],
    tips: Sequence[str],
    name: str | None = None,
) -> Any:
    """Draw marks told apart by shape and colour; looks are stroke, filling if another, and shape."""
    alt = style.altair()
    look = ("stroke", "fill", "shape")
    drawn = [{**r, **dict(zip(look, (looks[r[field]][0], *looks[r[field]][-2:]), strict=True))} for r in rows]
    return (
        at(drawn, name)
        .mark_point(opacity=1, size=64, strokeWidth=2)
        .encode(
            stroke=alt.Stroke("stroke:N", scale=None),
            fill=alt.Fill("fill:N", scale=None),
            shape=alt.Shape("shape:N", scale=None),
            tooltip=[f"{tip}:N" for tip in (*tips, field)],
        )
    )


def flows(found: Sequence[Licensing], *, limit: int = LIMIT) -> Any:
    """Draw how many models go from which class of licence to which, and which terms get lost."""
    alt = style.altair()
    every = [p for p in pairs(found) if p.losing]
    panels = [_classes(class_rows(found))]
    if every:
        panels.append(_losing(every[:limit], len(every)))
    subtitle = [
        words.LOST,
        f"in {words.unsure(found)} more a licence on the way, or its terms, are not known; {_NOT_ADVICE}",
    ]
    title = style.title(words.headline(found), sum(panel.width for panel in panels), subtitle)
    return alt.hconcat(*panels, spacing=40).properties(title=title)


def _classes(rows: list[Row]) -> Any:
    """Draw the matrix of classes."""
    alt = style.altair()
    wide, high = 84.0, 58.0
    most = max((r["models"] for r in rows), default=0) or 1
    for r in rows:
        r |= {
            "x": wide * (CLASSES.index(r["own"]) + 0.5),
            "y": data.HEAD + high * (CLASSES.index(r["origin"]) + 0.5),
            "ink": style.CELL_LIGHT if r["models"] > 0.3 * most else style.CELL_INK,
            "lost": f"{r['losing']} with losses" if r["losing"] else "",
        }
        r |= {"above": r["y"] - (9 if r["losing"] else 0), "below": r["y"] + 11}
    size = {"width": wide * len(CLASSES), "height": data.HEAD + high * len(CLASSES)}
    x, y = style.across(size["width"]), style.down(size["height"])
    base = alt.Chart().encode(x=x, y=y)
    box = {"width": wide - 4, "height": high - 4}
    count = alt.Color("models:Q", legend=None).scale(type="sqrt", domain=[0, most], range=list(style.RAMP))
    ink = alt.Color("ink:N", scale=None)
    sides = [
        {"text": c, "x": wide * (n + 0.5), "y": data.HEAD + high * (n + 0.5)} for n, c in enumerate(CLASSES)
    ]
    heads = alt.Chart(style.values(sides)).mark_text(fontSize=12)
    layers = (
        base.transform_filter("datum.models == 0").mark_rect(**box, color=style.CELL_FEW),
        base.transform_filter("datum.models > 0")
        .mark_rect(**box)
        .encode(color=count, tooltip=["origin:N", "own:N", "models:Q", "losing:Q"]),
        base.transform_filter("datum.losing > 0").mark_rect(
            **box, filled=False, stroke=_LOSES, strokeWidth=3
        ),
        base.mark_text(fontSize=15, baseline="middle").encode(
            y=style.down(size["height"], "above"), text="models:Q", color=ink
        ),
        base.mark_text(fontSize=11, baseline="middle").encode(
            y=style.down(size["height"], "below"), text="lost:N", color=ink
        ),
        heads.encode(x=x, y=alt.value(data.HEAD - 12), text="text:N"),
        heads.mark_text(fontSize=12, align="right", baseline="middle").encode(
            x=alt.value(-8), y=y, text="text:N"
        ),
    )
    title = alt.Title(
        "models by class of licence",
        subtitle=["across: the model's own licence;", "down: its ancestors', each class once a model"],
        fontSize=12,
        offset=0,
        frame="group",
    )
    return alt.layer(*layers, data=style.values(rows, "classes")).properties(**size, title=title)


def _losing(shown: Sequence[Pair], every: int) -> Any:
    """Draw the pairs of licences between which terms get lost."""
    alt = style.altair()
    # What most models lose comes first.
    lost = Counter({t: 0 for p in shown for t, _ in p.kept})
    for p in shown:
        lost.update(dict.fromkeys((t for t, _ in p.lost), len(p.losing)))
    labels = {t: label for p in shown for t, label in (*p.lost, *p.kept)}
    terms = {t: labels[t] for t in sorted(labels, key=lambda t: (-lost[t], t))}
    high, start = 40.0, 330.0
    room = start - 12
    columns = {t: start + 56 + data.TERM * (n + 0.5) for n, t in enumerate(terms)}
    rows: list[Row] = []
    marks: list[Row] = []
    for n, p in enumerate(shown):
        y = data.HEAD + high * (n + 0.5)
        same = "" if not p.same else "same maker" if p.same == len(p.losing) else f"{p.same} same maker"
        rows.append(
            {
                "origin": style.cut(p.origin_label or "", room),
                "own": style.cut(f"to {p.license_label}", room, 11),
                "same": same,
                "losing": len(p.losing),
                "models": len(p.models),
                "x": start + 22,
                "y": y,
                "above": y - 8,
                "below": y + 9,
                "count_y": y - (8 if same else 0),
            }
        )
        pair = f"{p.origin} to {p.license}"
        marks += [
            {"pair": pair, "state": state, "term": t, "x": columns[t], "y": y}
            for state, terms_of in ((data.LOST, p.lost), (data.KEPT, p.kept))
            for t, _ in terms_of
        ]
    width, height = start + 60 + data.TERM * len(columns), data.HEAD + high * len(shown)
    x, y = style.across(width), style.down(height)
    base = alt.Chart().encode(x=x)

    def at(rows: Sequence[Row], name: str | None = None) -> Any:
        return alt.Chart(style.values(rows, name)).encode(x=x, y=y)

    heads = [{"text": "models", "x": start + 22, "y": data.HEAD - 16}] + [
        {"text": line, "x": columns[t], "y": data.HEAD - 16 - data.LINE * (len(lines) - 1 - n)}
        for t, label in terms.items()
        for lines in (data.wrapped(label),)
        for n, line in enumerate(lines)
    ]
    lines = alt.Chart(style.values([{"y": data.HEAD + high * n} for n in range(len(shown))]))
    look = {"align": "left", "baseline": "middle"}
    layers = (
        lines.mark_rule(color=style.GRID).encode(y=y),
        base.mark_text(**look, fontSize=12, fontWeight="bold").encode(
            x=alt.value(0), y=style.down(height, "above"), text="origin:N"
        ),
        base.mark_text(**look, fontSize=11, color=style.SOFT).encode(
            x=alt.value(0), y=style.down(height, "below"), text="own:N"
        ),
        base.mark_text(fontSize=14, fontWeight="bold", baseline="middle").encode(
            y=style.down(height, "count_y"), text="losing:Q"
        ),
        base.mark_text(fontSize=10, color=style.SOFT, baseline="middle").encode(
            y=style.down(height, "below"), text="same:N"
        ),
        alt.Chart(style.values(heads))
        .mark_text(fontSize=11, baseline="middle")
        .encode(x=x, y=y, text="text:N"),
        _points(at, marks, "state", _STATES, ("pair", "term"), name="lost terms"),
    )
    rest = f", the first {len(shown)} of {every}" if every > len(shown) else ""
    title = alt.Title(
        f"where terms get lost{rest}",
        subtitle=[
            "from the ancestor's licence to the model's own;",
            "cross: lost, dot: the model's own has it too",
        ],
        fontSize=12,
        offset=0,
        frame="group",
    )
    return alt.layer(*layers, data=style.values(rows, "pairs")).properties(
        width=width, height=height, title=title
    )
