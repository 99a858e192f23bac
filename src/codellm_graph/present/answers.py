"""Answers to SPARQL queries in every form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from codellm_graph.errors import UsageError
from codellm_graph.namespaces import PREFIXES
from codellm_graph.present.text import table
from codellm_graph.store import plain

if TYPE_CHECKING:
    from codellm_graph.store import Answer

__all__ = ["render", "serialize_quads"]

_RESULTS = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
_GRAPHS = {
    "table": ox.RdfFormat.TURTLE,
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
}


def render(answer: Answer, form: str, colour: bool = False) -> str:
    """Write an answer.

    Parameters
    ----------
    answer : pyoxigraph.QuerySolutions, pyoxigraph.QueryBoolean or list of pyoxigraph.Triple
        What a query returned.
    form : str
        ``table``, ``csv``, ``tsv``, ``json``, ``xml``, ``turtle``, ``ntriples`` or ``jsonld``.
    colour : bool, optional
        For a terminal, where the form is a table.

    Returns
    -------
    str
        Without a trailing newline.

    Raises
    ------
    UsageError
        If the form does not suit the answer.
    """
    if isinstance(answer, list):
        if form not in _GRAPHS:
            raise UsageError(
                f"the query returns a graph: --format {form} wants a table; use {', '.join(_GRAPHS)}"
            )
        return _serialized(answer, _GRAPHS[form]).decode().rstrip("\n")
    if form in _RESULTS:
        text = answer.serialize(format=_RESULTS[form])
        return (text or b"").decode().replace("\r\n", "\n").rstrip("\n")
    if form != "table":
        raise UsageError(f"the query returns a table or truth value: use table, {', '.join(_RESULTS)}")
    if isinstance(answer, ox.QueryBoolean):
        return "true" if answer else "false"
    columns = [v.value for v in answer.variables]
    return table(columns, [[plain(row[c]) for c in columns] for row in answer], colour)


def serialize_quads(quads: list[ox.Quad], suffix: str) -> bytes:
    """Write quads in the format of a file name's suffix.

    Parameters
    ----------
    quads : list of pyoxigraph.Quad
        What to write; for ``ttl`` all in the default graph.
    suffix : {"ttl", "trig", "nq", "jsonld"}
        The format.

    Returns
    -------
    bytes
        UTF-8.
    """
    formats = {
        "ttl": ox.RdfFormat.TURTLE,
        "trig": ox.RdfFormat.TRIG,
        "nq": ox.RdfFormat.N_QUADS,
        "jsonld": ox.RdfFormat.JSON_LD,
    }
    ordered = sorted(
        quads, key=lambda q: (str(q.graph_name), str(q.subject), str(q.predicate), str(q.object))
    )
    return _serialized(ordered, formats[suffix])


def _serialized(statements: list[ox.Triple] | list[ox.Quad], form: ox.RdfFormat) -> bytes:
    """Serialize with the prefixes that are used, in the order of the prefix map.

    The engine writes prefixes in an order that changes from run to run.
    """
    text = ox.serialize(statements, format=form, prefixes=PREFIXES) or b""
    if form not in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG):
        return text
    lines = text.decode().splitlines(keepends=True)
    body = "".join(line for line in lines if not line.startswith("@prefix "))
    used = [f"@prefix {p}: <{ns}> .\n" for p, ns in PREFIXES.items() if f"{p}:" in body]
    return "".join([*used, body]).encode()
