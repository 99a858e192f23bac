"""What the lineage of licences shows, as rows: the answer of the analysis, and where it stands."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from codellm_graph.analyses.lineage import MEMBERSHIP, walk
from codellm_graph.errors import printable
from codellm_graph.present.charts_style import cut
from codellm_graph.present.lettering import width
from codellm_graph.present.licence_flows import class_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from codellm_graph.analyses.licenses import Held, Licensing
    from codellm_graph.present.charts_data import Row
    from codellm_graph.view import View

__all__ = [
    "KEPT",
    "LACKED",
    "LOST",
    "NEW",
    "UNKNOWN",
    "Lanes",
    "lanes",
    "links",
    "wrapped",
]

#: What became of a term.
KEPT, LOST, LACKED, UNKNOWN, NEW = "kept", "lost", "lacked", "unknown", "new"

TIME = 230.0  # width of the time axis in pixels
ROW = 44.0  # height of a model
HEAD = 62.0  # height of the names of terms
LINE = 16.0  # height of a line of a term's name
TERM = 96.0  # width of a term
MODEL = TIME + 26  # where the labels of models start
LIMITS = (250.0, 290.0)  # widest labels of models and licences
_BOW = 7.0  # by which a line goes round the marks in its way
_BOWS = 4
_LETTERS = 15  # in a line of a term's name
_LINES = 3


class Lanes(NamedTuple):
    """The licence lineage of a model, placed.

    Parameters
    ----------
    holders : list of Row
        The model and its ancestors, ancestors first.
    links : list of Row
        Corners of the lines from parent to child.
    terms : list of Row
        Names of terms, line by line.
    lanes : list of Row
        A line for each term that comes down.
    marks : list of Row
        What each licence says of each term.
    years : list of Row
        Of the time axis.
    licence : float
        Where the labels of licences start.
    width, height : float
        In pixels.
    """

    holders: list[Row]
    links: list[Row]
    terms: list[Row]
    lanes: list[Row]
    marks: list[Row]
    years: list[Row]
    licence: float
    width: float
    height: float


def links(view: View, model: str) -> list[tuple[str, str]]:
    """Return which ancestor's weights went into which model.

    Parameters
    ----------
    view : View
        The models.
    model : str
        CURIE of the last one.

    Returns
    -------
    list of (str, str)
        Parent and child. What is said of a family counts for its member.
    """
    _, edges = walk(view, model, weights=True)
    rows = {e.parent for e in edges if e.relation not in MEMBERSHIP} | {model}
    members: dict[str, list[str]] = defaultdict(list)
    for e in edges:
        if e.relation in MEMBERSHIP:
            members[e.parent].append(e.child)
            members[e.child].append(e.parent)
    found: dict[tuple[str, str], None] = {}
    for e in edges:
        if e.relation in MEMBERSHIP:
            continue
        todo, seen = [e.child], {e.child}
        while todo:
            child = todo.pop()
            if child in rows:
                found[e.parent, child] = None
                continue
            more = [m for m in members[child] if m not in seen]
            seen.update(more)
            todo += more
    return list(found)


def wrapped(label: str) -> list[str]:
    """Break a term's name into lines, the last of them cut if there are too many."""
    lines = textwrap.wrap(printable(label), _LETTERS, max_lines=_LINES, placeholder="…") or [label]
    return [cut(line, TERM - 4, 11) for line in lines]


def lanes(found: Licensing, view: View) -> Lanes:
    """Place the licence lineage of a model.

    Parameters
    ----------
    found : Licensing
        Of the model.
    view : View
        Dates, and which weights went where.

    Returns
    -------
    Lanes
        What to draw.
    """
    own, ways = _own(found), links(view, found.id)
    holders = _ordered([*found.chain, own], ways)
    days = {h.id: view.nodes[h.id].earliest for h in holders if h.id in view.nodes}
    at = {h.id: HEAD + ROW * (n + 0.5) for n, h in enumerate(holders)}
    years, place = _time([d for d in days.values() if d])
    xs = {h.id: place(days.get(h.id)) for h in holders}
    columns = _columns(found)
    rows = [_holder(h, view, xs[h.id], at[h.id]) for h in holders]
    licence = MODEL + 30 + max(max(width(r["label"]), width(r["when"], 10)) for r in rows)
    terms = licence + 14 + max(max(width(r["license"]), width(r["about"], 10)) for r in rows)
    middles = [terms + TERM * (n + 0.5) for n in range(len(columns))]
    return Lanes(
        rows,
        _lines(ways, xs, at),
        [
            {"text": line, "x": x, "y": HEAD - 16 - LINE * (len(lines) - 1 - n)}
            for x, (_, label, _) in zip(middles, columns, strict=True)
            for lines in (wrapped(label),)
            for n, line in enumerate(lines)
        ],
        _lanes(found, columns, middles, at),
        [
            {"term": term, "model": h.id, "state": state, "x": x, "y": at[h.id]}
            for x, (term, _, fate) in zip(middles, columns, strict=True)
            for h, state in _states(term, fate, holders)
        ],
        years,
        licence,
        terms + TERM * len(columns) + 8,
        HEAD + ROW * len(holders) + 4,
    )


def _ordered(holders: list[Held], ways: list[tuple[str, str]]) -> list[Held]:
    """Put ancestors first and the model last, and each line of descent together."""
    known = {h.id: h for h in holders}
    parents: dict[str, list[str]] = defaultdict(list)
    for parent, child in ways:
        if parent in known:
            parents[child].append(parent)
    found: dict[str, Held] = {}
    todo, entered = [holders[-1].id], set()
    while todo:
        thing = todo[-1]
        if thing in entered:
            found.setdefault(todo.pop(), known[thing])
            continue
        entered.add(thing)
        # The nearest comes last, next to its child.
        todo += sorted((p for p in parents[thing] if p not in entered), key=lambda p: (known[p].steps, p))
    return [h for h in holders if h.id not in found] + list(found.values())


def _lines(ways: list[tuple[str, str]], xs: dict[str, float], at: dict[str, float]) -> list[Row]:
    """Return the corners of each line: down from the parent, round what stands in its way, to the child."""
    used: dict[float, list[tuple[float, float, int]]] = defaultdict(list)
    rows: list[Row] = []
    for n, (a, b) in enumerate(sorted(ways, key=lambda w: (at[w[1]] - at[w[0]], at[w[0]], w))):
        x, top, end, bow = xs[a], at[a], at[b], 0.0
        if any(xs[o] == x and top < at[o] < end for o in at):
            taken = {lane for start, stop, lane in used[x] if start < end and top < stop}
            lane = next((i for i in range(1, _BOWS) if i not in taken), _BOWS)
            used[x].append((top, end, lane))
            bow = _BOW * lane
        corners = [(x, top), (x - bow, top + bow), (x - bow, end - bow), (x, end), (xs[b], end)]
        rows += [
            {"link": n, "corner": i, "x": cx, "y": cy} for i, (cx, cy) in enumerate(dict.fromkeys(corners))
        ]
    return rows


def _own(found: Licensing) -> Held:
    from codellm_graph.analyses.licenses import Held

    return Held(*found[:6], 0)


def _columns(found: Licensing) -> list[tuple[str, str, str]]:
    """Return name, label and fate of each term: lost ones first, those the model adds last."""
    fates = {True: KEPT, False: LOST, None: UNKNOWN}
    down = [(t.term, t.label, fates[t.carried]) for t in found.inherited]
    down.sort(key=lambda t: (LOST, UNKNOWN, KEPT).index(t[2]))
    known = {t.term for t in found.inherited}
    return down + [(t, t.replace("-", " "), NEW) for t in sorted(set(found.terms or ()) - known)]


def _holder(h: Held, view: View, x: float, y: float) -> Row:
    node = view.nodes.get(h.id)
    steps = f"{h.steps} step{'s' if h.steps > 1 else ''} up" if h.steps else "this model"
    kind = class_of(h.openness)
    unread = h.license is not None and h.terms is None
    return {
        "model": h.id,
        "label": cut(h.label, LIMITS[0]),
        "when": cut(f"{(node and node.released) or 'no date'}, {steps}", LIMITS[0], 10),
        "license": cut(h.license_label or "licence not known", LIMITS[1]),
        "class": kind,
        "about": "" if h.license is None else f"{kind}, terms not known" if unread else kind,
        "dated": bool(node and node.earliest),
        "x": x,
        "y": y,
        "above": y - 8,
        "licence_y": y - 8 if h.license else y,
        "below": y + 9,
    }


def _states(term: str, fate: str, holders: list[Held]) -> list[tuple[Held, str]]:
    """Say for each model from the first that has a term what its licence says of it."""
    found: list[tuple[Held, str]] = []
    for h in holders:
        has = None if h.terms is None else term in h.terms
        if h.steps == 0:
            found.append((h, fate))
        elif has:
            found.append((h, KEPT))
        elif found:
            found.append((h, UNKNOWN if has is None else LACKED))
    return found


def _lanes(
    found: Licensing, columns: list[tuple[str, str, str]], middles: list[float], at: dict[str, float]
) -> list[Row]:
    origins = {t.term: t.origins for t in found.inherited}
    return [
        {
            "term": term,
            "fate": fate,
            "x": x,
            "y": min(at[o] for o in origins[term]),
            "end": at[found.id],
        }
        for x, (term, _, fate) in zip(middles, columns, strict=True)
        if term in origins
    ]


def _time(days: list[str]) -> tuple[list[Row], Callable[[str | None], float]]:
    """Return the years of the time axis, and where a day stands; what has no date stands before it."""
    first = date.fromisoformat(min(days)).replace(month=1, day=1) if days else date(2020, 1, 1)
    last = date.fromisoformat(max(days)) if days else first
    span = max((last - first).days, 365)

    def place(day: str | None) -> float:
        return 34 + (date.fromisoformat(day) - first).days / span * (TIME - 42) if day else 0.0

    shown = range(first.year, (first + timedelta(days=span)).year + 1) if days else range(0)
    every = -(-len(shown) * 36 // int(TIME))
    years = [{"text": str(y), "x": place(f"{y:04}-01-01"), "y": HEAD - 16} for y in shown[:: max(every, 1)]]
    return [y for y in years if float(str(y["x"])) <= TIME], place
