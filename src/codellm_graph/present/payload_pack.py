"""Packing a payload for the page: tables to columns, columns to letters.

A text that stands elsewhere in the page is pointed at, and what counts up is written as differences.
`present/page/app/unpack.js` undoes it.
"""

from __future__ import annotations

import base64
import gzip
import json
import lzma
import re
from typing import TYPE_CHECKING, Any

from codellm_graph.present.payload_words import Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from codellm_graph.present.payload import Payload

__all__ = ["letters", "packed_evidence", "packed_graph", "squeezed", "zipped"]

#: Letters of base 85 that HTML could take for markup, and what is written instead.
_LETTERS = bytes.maketrans(b"<>&`", b",.:/")
#: LZMA with contexts for text instead of numbers of four bytes.
#: It packs a fifth smaller than gzip, but the page undoes it itself, which takes too long for large data.
_FILTER = {"id": lzma.FILTER_LZMA1, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}

_LARGE = 1_000_000


def letters(data: bytes) -> str:
    r"""Write bytes in 85 letters, none of which means anything to HTML.

    Parameters
    ----------
    data : bytes
        Anything.

    Returns
    -------
    str
        Five letters for four bytes.

    Examples
    --------
    >>> letters(b"\x00\x01\x02\x03")
    '009C6'
    """
    return base64.b85encode(data).translate(_LETTERS).decode("ascii")


def zipped(text: str) -> bytes:
    """Compress text by gzip, without the time of day.

    Parameters
    ----------
    text : str
        Anything that is UTF-8.

    Returns
    -------
    bytes
        Of the same text always the same.
    """
    return gzip.compress(text.encode(), 9, mtime=0)


def squeezed(data: object) -> str:
    """Write data as JSON, compressed by LZMA, or by gzip if it is large, in letters.

    Parameters
    ----------
    data : object
        What JSON can hold.

    Returns
    -------
    str
        Of the same data always the same.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if len(text) > _LARGE:
        return letters(zipped(text))
    return letters(lzma.compress(text.encode(), format=lzma.FORMAT_ALONE, filters=[_FILTER]))


def packed_graph(graph: Mapping[str, Any]) -> dict[str, Any]:
    """Pack the first part of a payload.

    Parameters
    ----------
    graph : mapping of str to object
        As `payload` returns it.

    Returns
    -------
    dict
        The same, with rows as columns, and without what follows from the rest.
    """
    packed = dict(graph)
    for name, width in (("uses", 3), ("data", 4)):
        packed[name] = _columns(graph[name], width)
    packed["nodes"] = {**graph["nodes"], "id": _ids(graph["nodes"], ["model"] * len(graph["nodes"]["id"]))}
    prefixes = ["technique" if kind == "technique" else "dataset" for kind in graph["things"]["kind"]]
    packed["things"] = {**graph["things"], "id": _ids(graph["things"], prefixes)}
    packed["adoption"] = {technique: _derived(rows) for technique, rows in graph["adoption"].items()}
    return packed


def _ids(table: Mapping[str, Any], prefixes: Sequence[str]) -> list[str]:
    """Leave out the names that follow from labels."""
    found = []
    for thing, label, prefix in zip(table["id"], table["label"], prefixes, strict=True):
        name = re.sub(r"[^a-z0-9.]+", "-", label.lower()).strip("-")
        # Only of ASCII is it certain that two languages have the same small letters.
        found.append("" if label.isascii() and thing == f"{prefix}:{name}" else thing)
    return found


def _derived(rows: Sequence[list[Any]]) -> list[list[Any]]:
    """Leave out candidates that are all adopters before: they follow from the other rows."""
    found = []
    for *row, candidates in rows:
        before = [other[0] for other in rows if other[2] and other[2] < row[2]]
        found.append([*row, 0 if candidates == before else candidates])
    return found


def packed_evidence(payload: Payload) -> dict[str, Any]:
    """Pack the second part of a payload.

    Parameters
    ----------
    payload : Payload
        Both parts: names that stand in the first are not written again.

    Returns
    -------
    dict
        Statements as columns: how many each node, then each thing, has, their properties, values, notes.
        A value is 0 for the next one of its property, from 1 on a node or thing, after those an earlier
        one of its property, and below 0 a name of what the statement is about.
    """
    graph, evidence = payload
    names = _names(graph)
    places = {thing: n for n, thing in enumerate([*graph["nodes"]["id"], *graph["things"]["id"]])}
    # The page reads statements, edges and routes in this order, too: what is new is the next one.
    citations = _Citations(evidence)
    values = [Table[tuple[str, str]]() for _ in evidence["properties"]]
    statements: dict[str, list[int]] = {k: [] for k in ("count", "property", "value", "held", "cited")}
    for own, rows in zip(names, [*evidence["nodes"], *evidence["things"]], strict=True):
        statements["count"].append(len(rows))
        for prop, value, accepted, rule, cited, target in rows:
            statements["property"].append(prop)
            if target and names[places[target]][0] == value:
                statements["value"].append(1 + places[target])
            elif not target and value in own:
                statements["value"].append(-1 - own.index(value))
            else:
                statements["value"].append(_next(values[prop], (value, target), len(names)))
            statements["held"].append(2 * (rule + 1) + 1 - accepted)
            statements["cited"].append(citations.several(cited))
    return {
        "properties": evidence["properties"],
        "rules": evidence["rules"],
        "statements": statements,
        "values": [[[value, target] if target else value for value, target in rows] for rows in values],
        "edges": [citations.several(cited) for cited in evidence["edges"]],
        "routes": {
            b: [[citations.several(cited) for cited in steps] for steps in rows]
            for b, rows in sorted(evidence["routes"].items(), key=lambda route: int(route[0]))
        },
        "disputed": evidence["disputed"],
        **citations.tables(),
    }


def _names(graph: Mapping[str, Any]) -> list[list[str]]:
    """Return the names of every node, then of every thing, its label first."""
    return [
        [label, zh, *aliases.split("|")]
        for part in (graph["nodes"], graph["things"])
        for label, zh, aliases in zip(part["label"], part["zh"], part["aliases"], strict=True)
    ]


class _Citations:
    """Sources in the order of their addresses, citations in that of their sources, and lists of them."""

    def __init__(self, evidence: Mapping[str, Any]):
        sources, cited = evidence["sources"], evidence["citations"]
        by_address = sorted(range(len(sources)), key=lambda n: (sources[n][1], sources[n][0], n))
        place = {n: i for i, n in enumerate(by_address)}
        order = sorted(range(len(cited)), key=lambda n: (place[cited[n][0]], cited[n][1], n))
        self._sources = [sources[n] for n in by_address]
        self._rows = [(place[cited[n][0]], cited[n][1]) for n in order]
        self._at = {n: i for i, n in enumerate(order)}
        self._lists = Table[tuple[int, ...]]()

    def several(self, cited: Iterable[int]) -> int:
        """Return 0 for the next list of citations, else the place of an earlier one, from 1 on."""
        return _next(self._lists, tuple(self._at[c] for c in cited), 0)

    def tables(self) -> dict[str, Any]:
        """Return the tables, to which no list may be added any more."""
        return {
            "sources": [list(column) for column in zip(*self._sources, strict=True)],
            "citations": {
                "source": _steps([s for s, _ in self._rows]),
                "locator": [w for _, w in self._rows],
            },
            "lists": [_steps(row) for row in self._lists],
        }


def _next(table: Table[Row], row: Row, after: int) -> int:
    """Return 0 for a row that is new in a table, else its place after some other numbers."""
    count = len(table)
    place = table.place(row)
    return 0 if place == count else 1 + after + place


def _columns(rows: Sequence[Sequence[int]], width: int) -> list[list[int]]:
    """Return rows that are sorted by their first column as columns."""
    columns = [[row[n] for row in rows] for n in range(width)]
    return [_steps(columns[0]), *columns[1:]]


def _steps(numbers: Sequence[int]) -> list[int]:
    """Return the differences from one number to the next, the first from zero.

    Examples
    --------
    >>> _steps([3, 5, 4])
    [3, 2, -1]
    """
    return [b - a for a, b in zip((0, *numbers), numbers, strict=False)]
