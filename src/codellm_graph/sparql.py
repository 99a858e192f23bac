"""The text of SPARQL queries: parameters, what is not allowed, and where an error is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from codellm_graph.errors import QueryError, UsageError
from codellm_graph.namespaces import PREFIXES, iri

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["bind", "refuse_network", "syntax_error"]

_NOT_CODE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\'|<[^<>"{}|^`\s]*>|#[^\n\r]*',
    re.DOTALL,
)
# Names that may hold the word, with their escapes: variables, prefixed names, blank nodes, language tags.
_NAMES = re.compile(r"[?$]\w+|(?:[^\W\d_][\w.-]*|_)?:(?:[\w:%.-]|\\.)*|@[A-Za-z-]+")
#: The word, or a way to spell it: the engine reads SERVICE without a space behind it, and escapes anywhere.
_SERVICE = re.compile(r"service|\\u", re.IGNORECASE)
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


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
    """Say whether a query that holds the word has the clause; doubt counts.

    Two readings must agree that it has none. The engine's grammar has no word boundaries, which a pattern
    cannot follow; rdflib's parser differs from it in comments and escapes, which a pattern can.
    """
    if "service" in _NAMES.sub(" ", _NOT_CODE.sub(" ", text)).lower():
        return True
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


def syntax_error(error: SyntaxError, text: str) -> QueryError:
    """Turn the engine's error into one that shows where it is.

    Parameters
    ----------
    error : SyntaxError
        As pyoxigraph raises it.
    text : str
        The query.

    Returns
    -------
    QueryError
        With line and column, and in words.
    """
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
