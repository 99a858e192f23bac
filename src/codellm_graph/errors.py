"""What can go wrong, and with which exit code the command line says so.

::

    CodellmGraphError
    ├── DataError       a data file cannot be read or is malformed (exit 1)
    ├── OutputError     an answer cannot be written (exit 1)
    ├── StoreError      a store directory or endpoint cannot be opened or asked (exit 1)
    ├── QueryError      a SPARQL query is malformed or not allowed (exit 2)
    ├── NamingError      a name is unknown (UnknownName) or ambiguous (AmbiguousName) (exit 2)
    └── UsageError      an option's value makes no sense (exit 2)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AmbiguousName",
    "CodellmGraphError",
    "DataError",
    "NamingError",
    "OutputError",
    "QueryError",
    "StoreError",
    "UnknownName",
    "UsageError",
    "printable",
]


def printable(text: object) -> str:
    r"""Show control characters instead of sending them to a terminal.

    Parameters
    ----------
    text : object
        What is shown; names and labels come from data that anybody may have written.

    Returns
    -------
    str
        Its text on one line.

    Examples
    --------
    >>> printable("red\x1b[31m")
    'red\\x1b[31m'
    """
    return "".join(c if c.isprintable() else " " if c in "\n\t" else f"\\x{ord(c):02x}" for c in str(text))


class CodellmGraphError(Exception):
    """Whatever this package raises on purpose."""

    exit_code = 1


class DataError(CodellmGraphError):
    """A data file cannot be read or is malformed; the message names file and line."""


class OutputError(CodellmGraphError):
    """An answer cannot be written where it was asked for."""


class StoreError(CodellmGraphError):
    """A store directory or SPARQL endpoint cannot be opened or asked."""


class UsageError(CodellmGraphError):
    """An argument's value makes no sense."""

    exit_code = 2


class QueryError(CodellmGraphError):
    """A SPARQL query is malformed or not allowed.

    Parameters
    ----------
    problem : str
        What is wrong.
    query : str
        The text of the query.
    line, column : int, optional
        Where, counted from 1.
    """

    exit_code = 2

    def __init__(self, problem: str, query: str = "", line: int | None = None, column: int | None = None):
        self.problem, self.query, self.line, self.column = problem, query, line, column
        super().__init__(self._text())

    def _text(self) -> str:
        if self.line is None or self.column is None:
            return self.problem
        lines = self.query.split("\n")
        shown = lines[: self.line]
        caret = " " * (self.column - 1) + "^"
        numbered = "\n".join(
            f"{n:4d} | {printable(text)}" for n, text in enumerate(shown, 1) if n > self.line - 3
        )
        return (
            f"SPARQL syntax error at line {self.line}, column {self.column}: "
            f"{self.problem}\n{numbered}\n     | {caret}"
        )


class NamingError(CodellmGraphError):
    """A name does not lead to exactly one thing.

    Parameters
    ----------
    name : str
        What was asked for.
    candidates : sequence of (str, str)
        CURIE and label of what may have been meant, best first.
    """

    exit_code = 2

    def __init__(self, name: str, candidates: Sequence[tuple[str, str]] = ()):
        self.name, self.candidates = name, tuple(candidates)
        super().__init__(self._text())

    def _listing(self) -> str:
        width = max((len(curie) for curie, _ in self.candidates), default=0)
        rows = ((printable(curie), printable(label)) for curie, label in self.candidates)
        return "".join(f"\n  {curie:<{width}}  {label}" for curie, label in rows)

    def _text(self) -> str:
        raise NotImplementedError


class UnknownName(NamingError):
    """Nothing is called that."""

    def _text(self) -> str:
        if not self.candidates:
            return f"nothing is called {self.name!r}. Look for it with: codellm-graph find TEXT"
        return f"nothing is called {self.name!r}. Did you mean:{self._listing()}"


class AmbiguousName(NamingError):
    """Several things are called that."""

    def _text(self) -> str:
        return f"{self.name!r} is ambiguous. Use one of these identifiers:{self._listing()}"
