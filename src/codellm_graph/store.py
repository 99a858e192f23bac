"""Asking the graph: the bundled one, a directory, or a SPARQL endpoint, behind the same functions."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pyoxigraph as ox

from codellm_graph import cache, sources
from codellm_graph.engines import Answer, Embedded, Remote
from codellm_graph.errors import StoreError
from codellm_graph.namespaces import PREFIXES, curie

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import rdflib

    Term = ox.NamedNode | ox.BlankNode | ox.Literal

__all__ = ["Answer", "Embedded", "Remote", "Store", "open_store", "plain", "to_rdflib"]


class Store(Protocol):
    """A graph that answers SPARQL."""

    def select(self, text: str, bindings: Mapping[str, str] | None = None) -> ox.QuerySolutions:
        """Answer a SELECT query."""
        ...

    def query(self, text: str, bindings: Mapping[str, str] | None = None) -> Answer:
        """Answer any SPARQL query."""
        ...

    def projection(self, name: str, compute: Callable[[], object]) -> object:
        """Return a projection of the graph, computed now or earlier."""
        ...

    def quads(self) -> Iterator[ox.Quad]:
        """Return everything that is stored."""
        ...


def open_store(
    where: str | Path | None = None,
    *,
    data: Iterable[str | Path] = (),
    on_build: Callable[[], None] | None = None,
) -> Store:
    """Open a graph.

    Parameters
    ----------
    where : str or pathlib.Path, optional
        A directory written by Oxigraph, or the address of a SPARQL endpoint.
    data : iterable of str or pathlib.Path, optional
        Folders with ``.trig`` files to build the graph from, instead of the bundled data.
    on_build : callable, optional
        Called once if the graph has to be built first.

    Returns
    -------
    Store
        The bundled graph if nothing is given.

    Raises
    ------
    StoreError
        If the directory or endpoint cannot be opened.
    DataError
        If a data file cannot be read or is malformed.

    Examples
    --------
    >>> g = open_store()
    >>> bool(g.query("ASK { model:deepswe-preview clg:rlFrom model:qwen3-32b }"))
    True
    """
    if where is None:
        paths = [Path(p) for p in data]
        files = sources.Files.under(*paths) if paths else sources.bundled()
        return Embedded(*cache.open_built(files, on_build))
    text = str(where)
    if re.match(r"https?://", text):
        return Remote(text)
    if not (Path(text) / "CURRENT").is_file():
        raise StoreError(f"{text}: no Oxigraph store. --store wants such a directory, or an http(s) address")
    try:
        return Embedded(ox.Store.read_only(text))
    except (OSError, RuntimeError) as error:
        raise StoreError(f"{text}: cannot be opened: {error}") from error


def plain(term: Term | None) -> str | int | float | bool | None:
    """Turn a term into a plain value.

    Parameters
    ----------
    term : pyoxigraph term or None
        A term of a solution.

    Returns
    -------
    str, int, float, bool or None
        A CURIE for an IRI, a number or truth value where the datatype says so, else the text.

    Examples
    --------
    >>> plain(ox.Literal(200)), plain(ox.NamedNode("https://w3id.org/codellm-graph/model/deepswe"))
    (200, 'model:deepswe')
    """
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return curie(term.value)
    if isinstance(term, ox.Literal):
        kind = term.datatype.value.rpartition("#")[2]
        # A literal that is none of its datatype keeps its text; the shapes report it.
        with contextlib.suppress(ValueError):
            if kind == "integer":
                return int(term.value)
            if kind in ("decimal", "double", "float"):
                return float(term.value)
        if kind == "boolean":
            return term.value in ("true", "1")
    return term.value


def to_rdflib(store: Store) -> rdflib.Dataset:
    """Copy a graph into an rdflib Dataset.

    Parameters
    ----------
    store : Store
        Any graph.

    Returns
    -------
    rdflib.Dataset
        The same named graphs; the default graph holds the accepted statements.
    """
    import rdflib

    dataset = rdflib.Dataset()
    for prefix, namespace in PREFIXES.items():
        dataset.bind(prefix, namespace, replace=True)
    text = ox.serialize(list(store.quads()), format=ox.RdfFormat.N_QUADS) or b""
    dataset.parse(data=text.decode(), format="nquads")
    return dataset
