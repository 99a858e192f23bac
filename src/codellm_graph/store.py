"""Asking the graph: the bundled one, a directory, or a SPARQL endpoint, behind the same functions."""

from __future__ import annotations

import contextlib
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

import pyoxigraph as ox

from codellm_graph import cache, sources
from codellm_graph.errors import QueryError, StoreError, UsageError
from codellm_graph.namespaces import PREFIXES, iri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import rdflib

    Term = ox.NamedNode | ox.BlankNode | ox.Literal

__all__ = ["Embedded", "Remote", "Store", "open_store", "plain", "refuse_network"]

#: What a query answers: solutions, a truth value, or triples.
Answer: TypeAlias = "ox.QuerySolutions | ox.QueryBoolean | list[ox.Triple]"

_NOT_CODE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\'|<[^<>"{}|^`\s]*>|#[^\n\r]*',
    re.DOTALL,
)
#: The word, or a way to spell it: the engine reads SERVICE without a space behind it, and escapes anywhere.
_SERVICE = re.compile(r"service|\\u", re.IGNORECASE)
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


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


def refuse_network(text: str) -> None:
    """Refuse a query that would send requests to addresses named in it.

    Parameters
    ----------
    text : str
        A SPARQL query.

    Raises
    ------
    QueryError
        If the query has a ``SERVICE`` clause.

    Examples
    --------
    >>> refuse_network('SELECT * { ?s ?p "SERVICE <http://example.org>" }')
    """
    found = _SERVICE.search(text)
    if found and _has_service(text):
        before = text[: found.start()]
        raise QueryError(
            "SERVICE is not allowed: a query of this graph sends no requests to other addresses "
            "(if that is no SERVICE clause, the query is malformed)",
            text,
            before.count("\n") + 1,
            found.start() - before.rfind("\n"),
        )


def _has_service(text: str) -> bool:
    """Say whether a query that holds the word has the clause: rdflib's parser decides, and doubt counts.

    No pattern can: the engine's grammar has no word boundaries, strings and names have escapes.
    """
    from rdflib.plugins.sparql import prepareQuery

    def services(node: object) -> bool:
        if getattr(node, "name", "") == "ServiceGraphPattern":
            return True
        parts = node.values() if isinstance(node, dict) else node if isinstance(node, (list, tuple)) else ()
        return any(services(part) for part in parts)

    try:
        return services(prepareQuery(text, initNs=PREFIXES).algebra)
    except Exception:  # whatever pyparsing and rdflib raise: what cannot be read is not let through
        return True


def bind(text: str, bindings: Mapping[str, str] | None) -> str:
    """Put IRIs in the place of a query's parameters.

    Parameters
    ----------
    text : str
        A query with parameters written ``$name``.
    bindings : mapping of str to str or None
        Parameter to CURIE or IRI.

    Returns
    -------
    str
        The query; strings, comments and IRIs in it are left alone.

    Examples
    --------
    >>> bind("SELECT ?m { ?m clg:uses $t }", {"t": "technique:fim"})
    'SELECT ?m { ?m clg:uses <https://w3id.org/codellm-graph/technique/fim> }'
    """
    for name, value in (bindings or {}).items():
        # A parameter is also a variable: look for it before the rest that is no keyword.
        pattern = re.compile(rf"([$]{re.escape(name)}\b)|{_NOT_CODE.pattern}", re.DOTALL)
        try:
            term = str(ox.NamedNode(iri(value)))
        except ValueError as error:
            raise UsageError(f"{value!r} is no IRI and no name of the graph") from error
        text = pattern.sub(lambda m, term=term: term if m.group(1) else m.group(), text)  # type: ignore[misc]
    return text


class _Asking:
    """What every store does with its answers."""

    def query(self, text: str, bindings: Mapping[str, str] | None = None) -> Answer:
        raise NotImplementedError

    def select(self, text: str, bindings: Mapping[str, str] | None = None) -> ox.QuerySolutions:
        """Answer a ``SELECT`` query.

        Parameters
        ----------
        text : str
            The query; all prefixes of the project are declared.
        bindings : mapping of str to str, optional
            Parameter, written ``$name`` in the query, to the CURIE or IRI it stands for.

        Returns
        -------
        pyoxigraph.QuerySolutions
            An iterator of solutions.

        Raises
        ------
        QueryError
            If the query is malformed, or asks for something else.
        """
        answer = self.query(text, bindings)
        if not isinstance(answer, ox.QuerySolutions):
            raise QueryError("this wants a SELECT query", text)
        return answer


class Embedded(_Asking):
    """A graph in this process.

    Parameters
    ----------
    store : pyoxigraph.Store or callable
        In memory or a directory, or what opens it when it is first asked.
    folder : pathlib.Path, optional
        Where projections of this very graph may be remembered.
    """

    def __init__(self, store: ox.Store | Callable[[], ox.Store], folder: Path | None = None):
        self._opener, self._folder = store, folder

    @cached_property
    def _store(self) -> ox.Store:
        return self._opener if isinstance(self._opener, ox.Store) else self._opener()

    def projection(self, name: str, compute: Callable[[], object]) -> object:
        """Return a projection of the graph, remembered between processes where that is possible.

        Parameters
        ----------
        name : str
            Name of the projection.
        compute : callable
            Computes it, as values that JSON can hold.

        Returns
        -------
        object
            What `compute` returns, or returned earlier for the same graph.
        """
        return cache.remember(self._folder, name, compute)

    def query(self, text: str, bindings: Mapping[str, str] | None = None) -> Answer:
        """Answer a SPARQL 1.1 query.

        Parameters
        ----------
        text : str
            ``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE``; all prefixes of the project are declared.
        bindings : mapping of str to str, optional
            Parameter, written ``$name`` in the query, to the CURIE or IRI it stands for.

        Returns
        -------
        pyoxigraph.QuerySolutions, pyoxigraph.QueryBoolean or list of pyoxigraph.Triple
            The answer.

        Raises
        ------
        QueryError
            If the query is malformed or has a ``SERVICE`` clause.
        """
        refuse_network(text)
        text = bind(text, bindings)
        try:
            answer = self._store.query(text, prefixes=PREFIXES)
        except SyntaxError as error:
            raise _syntax_error(error, text) from error
        except (OSError, RuntimeError) as error:
            raise StoreError(f"the graph cannot be read: {error}") from error
        return list(answer) if isinstance(answer, ox.QueryTriples) else answer

    def quads(self) -> Iterator[ox.Quad]:
        """Return everything that is stored.

        Returns
        -------
        iterator of pyoxigraph.Quad
            Citations, accepted statements, derivations and the ontology.
        """
        return self._store.quads_for_pattern(None, None, None, None)


def _syntax_error(error: SyntaxError, text: str) -> QueryError:
    found = _POSITION.match(str(error))
    if not found:
        return QueryError(str(error), text)
    line, column, problem = found.groups()
    if "Prefix not found" in problem:
        # The engine counts lines by line feeds alone.
        lines = text.split("\n")
        before = "\n".join([*lines[: int(line) - 1], lines[int(line) - 1][: int(column) - 1]])
        name = re.findall(r"([\w.-]*):[^\s:]*$", before)
        problem = (
            f"the prefix {name[0] + ':' if name else 'here'} is not declared; known are {', '.join(PREFIXES)}"
        )
    elif len(problem) > 200:
        # The parser lists every character that could go on; the words among them are what helps.
        words = [
            w
            for w in problem.removeprefix("expected one of ").split(", ")
            if re.fullmatch(r"[\w (){}.*]+", w)
        ]
        problem = f"expected one of {', '.join(words)}" if words else "not expected here"
    return QueryError(problem, text, int(line), int(column))


class Remote(_Asking):
    """A graph behind a SPARQL 1.1 endpoint.

    Parameters
    ----------
    url : str
        Address of the query endpoint, http or https.
    timeout : float, optional
        Seconds to wait for an answer.
    """

    def __init__(self, url: str, timeout: float = 60.0):
        self.url, self.timeout = url, timeout

    def projection(self, name: str, compute: Callable[[], object]) -> object:
        """Return a projection of the graph; it may have changed, so it is computed every time.

        Parameters
        ----------
        name : str
            Name of the projection.
        compute : callable
            Computes it.

        Returns
        -------
        object
            What `compute` returns.
        """
        return compute()

    def query(self, text: str, bindings: Mapping[str, str] | None = None) -> Answer:
        """Send a query by POST, as the SPARQL 1.1 Protocol (section 2.1.3) has it.

        Parameters
        ----------
        text : str
            The query; prefixes of the project are declared for it.
        bindings : mapping of str to str, optional
            Parameter, written ``$name`` in the query, to the CURIE or IRI it stands for.

        Returns
        -------
        pyoxigraph.QuerySolutions, pyoxigraph.QueryBoolean or list of pyoxigraph.Triple
            The answer.

        Raises
        ------
        QueryError
            If the endpoint rejects the query.
        StoreError
            If the endpoint cannot be reached or answers with something else.
        """
        from http.client import HTTPException
        from urllib.error import HTTPError, URLError
        from urllib.request import Request, urlopen

        refuse_network(text)
        text = bind(text, bindings)
        declared = set(re.findall(r"PREFIX\s+(\w+):", text, re.IGNORECASE))
        head = "".join(f"PREFIX {p}: <{ns}> " for p, ns in PREFIXES.items() if p not in declared)
        headers = {
            "Content-Type": "application/sparql-query",
            "Accept": "application/sparql-results+json, application/n-triples;q=0.9",
            "User-Agent": "codellm-graph",
        }
        try:
            request = Request(self.url, (head + text).encode(), headers)  # noqa: S310 - http(s), as checked
            with urlopen(request, timeout=self.timeout) as reply:  # noqa: S310
                kind = reply.headers.get_content_type()
                body = reply.read()
        except HTTPError as error:
            detail = error.read(2000).decode("utf-8", "replace").strip()
            if error.code == 400:
                raise QueryError(f"{self.url} rejects the query: {detail}", text) from error
            raise StoreError(f"{self.url} answers {error.code} {error.reason}: {detail}") from error
        except (URLError, OSError) as error:
            raise StoreError(f"{self.url} cannot be reached: {getattr(error, 'reason', error)}") from error
        except (HTTPException, ValueError) as error:
            raise StoreError(f"{self.url} is no SPARQL endpoint: {str(error).strip() or error!r}") from error
        try:
            if kind == "application/sparql-results+json":
                # Read once to the end, so that an answer that breaks off is an error here and not later.
                for _ in ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON):  # type: ignore[union-attr]
                    pass
                return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
            if kind == "application/n-triples":
                return [q.triple for q in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)]
        except (SyntaxError, ValueError) as error:
            raise StoreError(f"{self.url} is no SPARQL endpoint: its answer is malformed") from error
        except TypeError:  # a truth value is no iterator
            return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        raise StoreError(f"{self.url} is no SPARQL endpoint: it answers {kind}")

    def quads(self) -> Iterator[ox.Quad]:
        """Fetch everything that is stored.

        Returns
        -------
        iterator of pyoxigraph.Quad
            All quads of the endpoint's default and named graphs.
        """
        for query, named in (("SELECT * { ?s ?p ?o }", False), ("SELECT * { GRAPH ?g { ?s ?p ?o } }", True)):
            for row in self.select(query):
                yield ox.Quad(row["s"], row["p"], row["o"], *([row["g"]] if named else []))


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
        from codellm_graph.namespaces import curie

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
