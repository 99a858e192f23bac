"""Licences as text and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codellm_graph.analyses.licenses import NOT_ADVICE
from codellm_graph.errors import printable
from codellm_graph.present.formats import plain_data
from codellm_graph.present.notes import Notes, route_text
from codellm_graph.present.text import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codellm_graph.analyses.licenses import Held, Licensing

__all__ = ["plain", "report"]


def report(
    found: Sequence[Licensing], *, only_conflicts: bool = False, cite: bool = False, colour: bool = False
) -> str:
    """Lay out licences along the weights' lineage.

    Parameters
    ----------
    found : sequence of Licensing
        A block for each.
    only_conflicts : bool, optional
        One table of all conflicts instead.
    cite : bool, optional
        Number the sources and list them.
    colour : bool, optional
        For a terminal.

    Returns
    -------
    str
        The text; says that it is no legal advice.
    """
    notes = Notes(cite)
    blocks = (
        [_conflicts(found, notes, colour)] if only_conflicts else [_text(x, notes, colour) for x in found]
    )
    return "\n\n".join([*blocks, *(["\n".join(notes.lines())] if notes.numbers else []), NOT_ADVICE])


def plain(found: Licensing) -> dict[str, Any]:
    """Write a licensing for JSON, where ``from`` is no reserved word.

    Parameters
    ----------
    found : Licensing
        Of a model.

    Returns
    -------
    dict
        Its fields.
    """
    data: dict[str, Any] = plain_data(found)
    for row in data["inherited"]:
        row["from"] = row.pop("origins")
    for row in data["conflicts"]:
        row["from"], row["from_label"] = row.pop("origin"), row.pop("origin_label")
    return data


def _terms(terms: tuple[str, ...] | None) -> str:
    return "unknown" if terms is None else ", ".join(terms)


def _conflicts(found: Sequence[Licensing], notes: Notes, colour: bool) -> str:
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
    return f"{head}\n\n{table(columns, rows, colour)}"


def _proof(proof: Any, notes: Notes) -> str:
    """Mark the citations of the licences and of the term, each once."""
    return notes.mark(dict.fromkeys(c for step in proof for c in step.citations))


def _text(found: Licensing, notes: Notes, colour: bool) -> str:
    def row(holder: Held) -> tuple[object, ...]:
        license_label = holder.license_label or "unknown"
        return (holder.steps, holder.label, license_label, holder.openness, _terms(holder.terms))

    me = (0, found.label, found.license_label or "unknown", found.openness, _terms(found.terms))
    columns = ("steps", "model", "licence", "openness", "terms")
    lines = [table(columns, [me, *(row(h) for h in found.chain)], colour)]
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
