"""Lineage in the formats of other tools: Mermaid, Graphviz dot, CSV, JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codellm_graph.analyses.lineage import Lineage

__all__ = ["plain_data", "to_csv", "to_dot", "to_json", "to_mermaid"]

_DASHED = frozenset({"distilledFrom", "architectureFrom", "succeeds", "basedOn", "memberOf", "hasMember"})


def to_json(value: object) -> str:
    """Write JSON for people and programs.

    Parameters
    ----------
    value : object
        Anything that JSON knows.

    Returns
    -------
    str
        Indented, Unicode as it is.
    """
    return json.dumps(value, ensure_ascii=False, indent=2)


def plain_data(value: Any) -> Any:
    """Turn named tuples into objects, at every depth.

    Parameters
    ----------
    value : object
        Named tuples, sequences, and what JSON knows.

    Returns
    -------
    object
        What JSON knows.

    Examples
    --------
    >>> from codellm_graph.view import Edge
    >>> plain_data([Edge("a", "b", "sftFrom")])[0]["relation"]
    'sftFrom'
    """
    if hasattr(value, "_asdict"):
        return {key: plain_data(part) for key, part in value._asdict().items()}
    if isinstance(value, (list, tuple)):
        return [plain_data(part) for part in value]
    return value


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def to_dot(lineage: Lineage) -> str:
    """Write a lineage for Graphviz.

    Parameters
    ----------
    lineage : Lineage
        Ancestors or descendants.

    Returns
    -------
    str
        A ``digraph`` from left to right; the relation labels each edge.
    """
    lines = [
        "digraph lineage {",
        "  rankdir=LR;",
        '  node [shape=box, style=rounded, fontname="sans-serif"];',
    ]
    for node in lineage.nodes.values():
        label = f"{node.label}\n{node.released}" if node.released else node.label
        text = _quoted(label.replace("\n", "\x00")).replace("\x00", "\\n")
        bold = ", penwidth=2" if node.id == lineage.root else ""
        lines.append(f"  {_quoted(node.id)} [label={text}{bold}];")
    for e in lineage.edges:
        style = ", style=dashed" if e.relation in _DASHED else ""
        lines.append(f"  {_quoted(e.parent)} -> {_quoted(e.child)} [label={_quoted(e.relation)}{style}];")
    return "\n".join([*lines, "}"])


def _mermaid_text(text: str) -> str:
    """Escape for a quoted Mermaid label, which knows HTML entities by number."""
    return "".join(c if c.isalnum() or c in " .-_+:()/" else f"#{ord(c)};" for c in text)


def to_mermaid(lineage: Lineage) -> str:
    """Write a lineage as a Mermaid flowchart.

    Parameters
    ----------
    lineage : Lineage
        Ancestors or descendants.

    Returns
    -------
    str
        A ``flowchart LR``; dashed arrows are relations that pass no weights on.
    """
    number = {node: f"n{i}" for i, node in enumerate(lineage.nodes)}
    lines = ["flowchart LR"]
    for node in lineage.nodes.values():
        facts = f"<br/>{_mermaid_text(node.released)}" if node.released else ""
        lines.append(f'  {number[node.id]}["{_mermaid_text(node.label)}{facts}"]')
    for e in lineage.edges:
        arrow = "-.->" if e.relation in _DASHED else "-->"
        lines.append(f"  {number[e.parent]} {arrow}|{e.relation}| {number[e.child]}")
    return "\n".join(lines)


def to_csv(lineage: Lineage) -> str:
    """Write the edges of a lineage as CSV (RFC 4180).

    Parameters
    ----------
    lineage : Lineage
        Ancestors or descendants.

    Returns
    -------
    str
        One row for each edge, its citations as CURIEs separated by spaces.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["parent", "child", "relation", "grade", "depth", "citations"])
    for e in lineage.edges:
        depth = max(lineage.depths[e.parent], lineage.depths[e.child])
        writer.writerow(
            [e.parent, e.child, e.relation, e.grade or "", depth, " ".join(c.id for c in e.citations)]
        )
    return out.getvalue().rstrip("\n")
