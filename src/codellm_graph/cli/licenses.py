"""``codellm-graph licenses``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from codellm_graph.cli.common import as_of, emit, format_option, is_terminal, open_graph
from codellm_graph.errors import UsageError, printable

if TYPE_CHECKING:
    from codellm_graph.analyses.licenses import Held, Licensing
    from codellm_graph.present.notes import Notes

_EPILOG = """\b
Examples:
  codellm-graph licenses DeepSeek-R1-Distill-Llama-8B --cite
  codellm-graph licenses Kimi-Dev-72B --format json
  codellm-graph licenses --all
"""


@click.command(epilog=_EPILOG)
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="List the conflicts of all models instead.")
@click.option("--cite", is_flag=True, help="Number the sources and list them (table).")
@format_option("table", "json", default="table")
@click.pass_context
def command(ctx: click.Context, name: str | None, every: bool, cite: bool, form: str) -> None:
    """Show licences along the weights' lineage, and terms that got lost.

    A conflict is a term of an ancestor's licence that the model's own licence does not carry, shown with the
    path that proves it. Licences and terms that are not known are named as unknown. A family is answered for
    each of its members. Not legal advice.
    """
    from codellm_graph.analyses import licenses as analysis
    from codellm_graph.names import resolve
    from codellm_graph.present.notes import Notes
    from codellm_graph.view import load_view

    if bool(name) == every:
        raise UsageError("licenses wants a NAME, or --all")
    store = open_graph(ctx)
    view = load_view(store).until(as_of(ctx))
    if name:
        found = analysis.licenses(store, view, resolve(store, name, ["model"]))
    else:
        found = analysis.all_licenses(store, view)
    if form == "json":
        from codellm_graph.present.formats import to_json

        data = [_plain(x) for x in found]
        emit(to_json(data[0] if name and len(data) == 1 else data))
        click.echo(analysis.NOT_ADVICE, err=True)
        return
    notes = Notes(cite)
    lines = [_conflicts(found, notes)] if every else [_text(x, notes) for x in found]
    emit("\n\n".join([*lines, *(["\n".join(notes.lines())] if notes.numbers else []), analysis.NOT_ADVICE]))


def _plain(found: Licensing) -> dict[str, Any]:
    """Write a licensing for JSON, where ``from`` is no reserved word."""
    from codellm_graph.present.formats import plain_data

    data: dict[str, Any] = plain_data(found)
    for row in data["inherited"]:
        row["from"] = row.pop("origins")
    for row in data["conflicts"]:
        row["from"], row["from_label"] = row.pop("origin"), row.pop("origin_label")
    return data


def _terms(terms: tuple[str, ...] | None) -> str:
    return "unknown" if terms is None else ", ".join(terms)


def _conflicts(found: list[Licensing], notes: Notes) -> str:
    from codellm_graph.present.notes import route_text
    from codellm_graph.present.text import table

    rows = []
    for x in found:
        for i, c in enumerate(x.conflicts):
            same = "same organization" if c.same_organization else ""
            path = route_text(c.path, notes) + _proof(c.proof, notes)
            rows.append((x.label if i == 0 else "", x.license_label, c.label, c.license_label, path, same))
    columns = ("model", "its licence", "lacks the term", "of the licence", "through", "note")
    models = sum(1 for x in found if x.conflicts)
    unknown = sum(1 for x in found if x.unknown)
    head = (
        f"{models} of {len(found)} models with weight ancestors; on the way of {unknown} something is unknown"
    )
    return f"{head}\n\n{table(columns, rows, is_terminal())}"


def _proof(proof: Any, notes: Notes) -> str:
    """Mark the citations of the licences and of the term, each once."""
    return notes.mark(dict.fromkeys(c for step in proof for c in step.citations))


def _text(found: Licensing, notes: Notes) -> str:
    from codellm_graph.present.notes import route_text
    from codellm_graph.present.text import table

    def row(holder: Held) -> tuple[object, ...]:
        license_label = holder.license_label or "unknown"
        return (holder.steps, holder.label, license_label, holder.openness, _terms(holder.terms))

    me = (0, found.label, found.license_label or "unknown", found.openness, _terms(found.terms))
    columns = ("steps", "model", "licence", "openness", "terms")
    lines = [table(columns, [me, *(row(h) for h in found.chain)], is_terminal())]
    if not found.chain:
        lines += ["", "no weight ancestor is known"]
    if found.inherited:
        lines += ["", f"inherited terms: {', '.join(t.label for t in found.inherited)}"]
    for c in found.conflicts:
        same = " (same organization)" if c.same_organization else ""
        path = f"{found.label} › {route_text(c.path, notes)}{_proof(c.proof, notes)}"
        what = f"{c.label}, of {c.license_label} from {c.origin_label}, is not in {found.license_label}{same}"
        lines.append(printable(f"conflict: {what}: {path}"))
    for holder in found.unknown:
        what = f"terms of {holder.license_label}" if holder.license else "licence"
        lines.append(printable(f"unknown: {what}, {holder.label}"))
    return "\n".join(lines)
