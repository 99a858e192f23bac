"""The engines behind a store: Oxigraph in this process, or a SPARQL endpoint."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from codellm_graph import cache
from codellm_graph.errors import QueryError, StoreError
from codellm_graph.namespaces import PREFIXES
from codellm_graph.sparql import bind, refuse_network, syntax_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = ["Answer", "Embedded", "Remote"]

#: What a query answers: solutions, a truth value, or triples.
Answer: TypeAlias = "ox.QuerySolutions | ox.QueryBoolean | list[ox.Triple]"


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
        self._projections: dict[str, object] = {}

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
        if name not in self._projections:
            self._projections[name] = cache.remember(self._folder, name, compute)
        return self._projections[name]

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
            raise syntax_error(error, text) from error
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
