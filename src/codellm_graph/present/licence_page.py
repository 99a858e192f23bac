"""The charts of licences as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codellm_graph.analyses.steps import load_statements
from codellm_graph.present import charts, licence_words
from codellm_graph.present.charts_files import Figure, Table, html_page, picture, sources
from codellm_graph.present.licence_flows import CLASSES, class_of, class_rows, pairs
from codellm_graph.present.notes import Notes, route_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codellm_graph.analyses.licenses import Licensing
    from codellm_graph.analyses.steps import Step
    from codellm_graph.store import Store
    from codellm_graph.view import View

__all__ = ["LIMIT", "write"]

LIMIT = 12  # models that one page draws


def write(
    store: Store, view: View, found: Sequence[Licensing], suffix: str, *, title: str, whole: bool = False
) -> bytes:
    """Write the lineage of licences in the format of a suffix.

    Parameters
    ----------
    store : Store
        The graph.
    view : View
        Its projection, from which the licensings were read.
    found : sequence of Licensing
        Of one thing's models: each is drawn, up to `LIMIT`, and none left out of the tables.
    suffix : str
        One of `charts_files.SUFFIXES`; HTML holds the numbers and their sources as tables, too.
    title : str
        Heading of a page.
    whole : bool, optional
        Draw the flows between licences instead; `found` is of all models with ancestors.

    Returns
    -------
    bytes
        The file's content.
    """
    drawn = found[:LIMIT]
    if suffix != "html":
        return picture(charts.licence_flows(found) if whole else charts.licences(drawn, view), suffix)
    reading = [licence_words.READING]
    if whole:
        caption = "models by class of licence, and the licences between which terms get lost"
        figures = [Figure("flows", caption, charts.licence_flows(found))]
        notes = [f"{licence_words.headline(found)}. {licence_words.LOST.capitalize()}."]
        return html_page(title, figures, _flow_tables(found), notes=notes, reading=reading)
    figures = [
        Figure(f"licences-{n}", licence_words.story(x), charts.licences([x], view), column=True)
        for n, x in enumerate(drawn)
    ]
    more = len(found) - len(drawn)
    notes = [f"{more} more of its models are in the tables only."] if more else []
    return html_page(title, figures, _tables(store, view, found), notes=notes, reading=reading)


def _flow_tables(found: Sequence[Licensing]) -> list[Table]:
    cells = {(r["origin"], r["own"]): r for r in class_rows(found)}

    def cell(origin: str, own: str) -> str:
        r = cells[origin, own]
        return f"{r['models']}, {r['losing']} of them with losses" if r["losing"] else str(r["models"])

    return [
        _lost(found),
        Table(
            "Models by a licence among their ancestors and by their own",
            ("ancestor's licence", "own licence", "models", "with losses", "same maker", "lost", "kept"),
            [
                (
                    p.origin_label or "unknown",
                    p.license_label or "unknown",
                    len(p.models),
                    len(p.losing),
                    p.same,
                    ", ".join(label for _, label in p.lost),
                    ", ".join(label for _, label in p.kept),
                )
                for p in pairs(found)
            ],
        ),
        Table(
            "Models by class of licence: their ancestors' (rows, each class once a model) and their own",
            ("ancestors", *CLASSES),
            [(a, *(cell(a, b) for b in CLASSES)) for a in CLASSES],
        ),
    ]


def _tables(store: Store, view: View, found: Sequence[Licensing]) -> list[Table]:
    said = load_statements(store, view.schema)
    own = {step.subject: step for step in said.steps["license"]}
    return [
        Table(
            "Licences along the weights, and who says so",
            ("model", "of", "steps up", "licence", "class", "terms", "sources"),
            [
                (
                    x.label,
                    label,
                    steps,
                    name or "unknown",
                    class_of(openness),
                    _terms(terms),
                    _cited(_licence(view, own, thing)),
                )
                for x in found
                for thing, label, _, name, openness, terms, steps in ((*x[:6], 0), *x.chain)
            ],
        ),
        Table(
            "Terms that come down the weights",
            ("model", "term", "in its own licence", "from"),
            [
                (
                    x.label,
                    t.label,
                    {True: "yes", False: "no: lost", None: "not known"}[t.carried],
                    ", ".join(h.label for h in x.chain if h.id in t.origins),
                )
                for x in found
                for t in x.inherited
            ],
        ),
        _lost(found),
    ]


def _lost(found: Iterable[Licensing]) -> Table:
    columns = ("model", "its licence", "lacks the term", "of the licence", "through", "note", "sources")
    return Table(
        "Terms that got lost, with the way that proves it",
        columns,
        [
            (
                x.label,
                x.license_label,
                c.label,
                c.license_label,
                route_text(c.path, Notes(False)),
                "same organization" if c.same_organization else "",
                _cited((*c.path, *c.proof)),
            )
            for x in found
            for c in x.conflicts
        ],
    )


def _terms(terms: tuple[str, ...] | None) -> str:
    return "unknown" if terms is None else ", ".join(terms)


def _licence(view: View, own: dict[str, Step], model: str) -> list[Step]:
    """Return the statement of a model's licence, or of its family's."""
    seen: set[str] = set()
    thing: str | None = model
    while thing in view.nodes and thing not in seen:
        if thing in own:
            return [own[thing]]
        seen.add(thing)
        thing = view.nodes[thing].family
    return []


def _cited(steps: Iterable[Step]) -> object:
    from markupsafe import Markup

    return Markup("; ").join(sources(dict.fromkeys(c for step in steps for c in step.citations)))
