"""Tables and trees for terminals and pipes."""

from __future__ import annotations

import sys
import unicodedata
from typing import TYPE_CHECKING

from codellm_graph.analyses.lineage import far_end
from codellm_graph.errors import printable
from codellm_graph.present.notes import Notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codellm_graph.analyses.lineage import Lineage
    from codellm_graph.evidence import Thing
    from codellm_graph.view import Edge, Node

__all__ = ["lineage_table", "lineage_tree", "statements", "table"]

_CODES = {
    "bold": "1",
    "dim": "2",
    "blue": "34",
    "green": "32",
    "yellow": "33",
    "red": "31",
    "magenta": "35",
    "cyan": "36",
}
_RELATION_COLOURS = {
    "continuedFrom": "blue",
    "sftFrom": "green",
    "preferenceTunedFrom": "green",
    "rlFrom": "red",
    "distilledFrom": "yellow",
    "mergedFrom": "magenta",
    "convertedFrom": "cyan",
}


def paint(text: str, style: str, colour: bool) -> str:
    """Colour a text for a terminal, or leave it as it is."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if colour and style in _CODES else text


def width(text: str) -> int:
    """Return the columns a text takes: wide characters take two."""
    return sum(
        2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c)
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], colour: bool = False) -> str:
    """Lay out rows in columns.

    Parameters
    ----------
    columns : sequence of str
        Headings.
    rows : iterable of sequence
        Values; None is shown as empty.
    colour : bool, optional
        For a terminal: ruled, coloured and wrapped to its width. Otherwise plain aligned text.

    Returns
    -------
    str
        Lines without a trailing newline.

    Examples
    --------
    >>> print(table(["a", "b"], [["x", 1], ["yyy", None]]))
    a    b
    x    1
    yyy
    """
    cells = [["" if v is None else printable(v) for v in row] for row in rows]
    if colour:
        return _rich_table(columns, cells)
    widths = [max(width(r[i]) for r in [list(columns), *cells]) for i in range(len(columns))]
    lines = []
    for row in [list(columns), *cells]:
        padded = [c + " " * (w - width(c)) for c, w in zip(row, widths, strict=True)]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _rich_table(columns: Sequence[str], cells: list[list[str]]) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        grid.add_column(Text(column), overflow="fold")
    for row in cells:
        grid.add_row(*(Text(c) for c in row))
    console = Console(file=sys.stdout, force_terminal=True)
    with console.capture() as captured:
        console.print(grid)
    return captured.get().rstrip("\n")


def _facts(node: Node) -> str:
    size = f"{node.parameters:g}B" if node.parameters else None
    return " · ".join(x for x in (node.released, node.organization, size, node.license) if x)


def lineage_tree(lineage: Lineage, *, cite: bool = False, colour: bool = False) -> str:
    """Draw a lineage as an indented tree.

    Parameters
    ----------
    lineage : Lineage
        Ancestors or descendants.
    cite : bool, optional
        Number the citations of each edge and list them below.
    colour : bool, optional
        With the colours of a terminal.

    Returns
    -------
    str
        One line for each step; what was drawn before is marked ``(see above)``.
    """
    below: dict[str, list[Edge]] = {}
    for edge in lineage.edges:
        near = edge.child if far_end(edge, lineage.down) == edge.parent else edge.parent
        below.setdefault(near, []).append(edge)
    notes = Notes()
    root = lineage.nodes[lineage.root]
    lines = [paint(printable(root.label), "bold", colour) + _dim(_facts(root), colour)]
    seen = {lineage.root}

    def steps(thing: str, indent: str) -> list[tuple[Edge, str, bool]]:
        found = below.get(thing, [])
        return [(edge, indent, i == len(found) - 1) for i, edge in enumerate(found)]

    todo = steps(lineage.root, "")[::-1]
    while todo:
        edge, indent, last = todo.pop()
        far = far_end(edge, lineage.down)
        node = lineage.nodes[far]
        again = "" if far not in seen else " (see above)"
        relation = paint(edge.relation, _RELATION_COLOURS.get(edge.relation, "dim"), colour)
        lines.append(
            f"{indent}{'└─' if last else '├─'} {relation} "
            f"{paint(printable(node.label), 'bold', colour)}{_dim(_facts(node), colour)}"
            f"{notes.mark(edge.citations) if cite else ''}{_dim(again, colour, '')}"
        )
        if far not in seen:
            seen.add(far)
            todo += steps(far, indent + ("   " if last else "│  "))[::-1]

    if len(lines) == 1:
        lines.append(f"└─ {'nothing descends from it' if lineage.down else 'no parent known'}")
    if cite:
        lines += ["", *notes.lines()]
    return "\n".join(lines)


def _dim(text: str, colour: bool, gap: str = "  ") -> str:
    return gap + paint(printable(text), "dim", colour) if text else ""


def lineage_table(lineage: Lineage, *, colour: bool = False) -> str:
    """Lay out the edges of a lineage.

    Parameters
    ----------
    lineage : Lineage
        Ancestors or descendants.
    colour : bool, optional
        For a terminal.

    Returns
    -------
    str
        One row for each edge.
    """
    rows = []
    for e in lineage.edges:
        parent, child = lineage.nodes[e.parent], lineage.nodes[e.child]
        rows.append((child.label, e.relation, parent.label, parent.released, e.grade, len(e.citations)))
    return table(("child", "relation", "parent", "released", "grade", "citations"), rows, colour)


def statements(thing: Thing, *, colour: bool = False) -> str:
    """Lay out everything that is said about a thing.

    Parameters
    ----------
    thing : Thing
        Its statements.
    colour : bool, optional
        For a terminal.

    Returns
    -------
    str
        A heading, the statements, and the citations they rest on as numbered notes.
    """
    notes = Notes()
    rows = []
    for s in thing.statements:
        mark = "" if s.accepted else "≈ " if s.agrees else "✗ "
        evidence = f"by rule {s.rule}" if s.rule else notes.mark(s.citations).strip()
        rows.append((mark + s.property_label, s.label, s.grade, evidence))
    head = paint(printable(thing.label), "bold", colour) + _dim(f"{thing.kind}  {thing.id}", colour)
    lines = [head, "", table(("property", "value", "grade", "who says so"), rows, colour)]
    if any(s.agrees for s in thing.statements):
        lines += ["", "≈ agrees with the accepted value at another precision"]
    if any(not s.accepted and not s.agrees for s in thing.statements):
        lines += ["", "✗ a better source says otherwise"]
    return "\n".join([*lines, "", *notes.lines()])
