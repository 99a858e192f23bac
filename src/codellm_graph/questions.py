"""The questions that come with the graph: ``ontology/competency/NAME.rq`` with their expected answers.

A file begins with comments: ``# title: ...`` and, for each parameter ``$p`` of the query, ``# p: DEFAULT``
with a CURIE as default.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codellm_graph.errors import UsageError
from codellm_graph.namespaces import PREFIXES
from codellm_graph.sources import ontology_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from codellm_graph.store import Store

__all__ = ["Question", "bindings", "question", "questions"]

_HEADER = re.compile(r"^#\s*([A-Za-z_]\w*):\s*(.*?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """A question in SPARQL.

    Parameters
    ----------
    name, title, text : str
        Name, question in words, and query.
    parameters : dict of str to str
        Name of each parameter with its default, a CURIE.
    """

    name: str
    title: str
    text: str
    parameters: dict[str, str] = field(default_factory=dict)


def _read(path: Path) -> Question:
    text = path.read_text(encoding="utf-8")
    title = dict(_HEADER.findall(text)).get("title", path.stem)
    return Question(path.stem, title, text, _defaults(text))


def _defaults(text: str) -> dict[str, str]:
    """Return the defaults of the parameters that the query has; other comments are comments."""
    return {k: v for k, v in _HEADER.findall(text) if re.search(rf"[$]{re.escape(k)}\b", text)}


def questions() -> list[Question]:
    """Return all questions that come with the graph.

    Returns
    -------
    list of Question
        Sorted by name.

    Examples
    --------
    >>> len(questions()) >= 20
    True
    """
    return [_read(p) for p in sorted((ontology_folder() / "competency").glob("*.rq"))]


def question(name: str) -> Question:
    """Return a question by its name.

    Parameters
    ----------
    name : str
        Name of the file, without suffix.

    Returns
    -------
    Question
        The question.

    Raises
    ------
    UsageError
        If there is none; the closest names are listed.
    """
    known = {q.name: q for q in questions()}
    if name not in known:
        from difflib import get_close_matches

        close = get_close_matches(name, known, n=3)
        hint = f"Did you mean {', '.join(close)}?" if close else "List them with: codellm-graph query --list"
        raise UsageError(f"no question is called {name!r}. {hint}")
    return known[name]


def bindings(store: Store, text: str, values: Iterable[str] = ()) -> dict[str, str]:
    """Return the parameters of a query: defaults from its header, overridden by ``P=VALUE``.

    Parameters
    ----------
    store : Store
        The graph, to resolve names in.
    text : str
        The query.
    values : iterable of str
        ``P=VALUE``, with a CURIE or any name of the graph as value.

    Returns
    -------
    dict of str to str
        Parameter to CURIE.

    Raises
    ------
    UsageError
        If a value has no ``=`` or the query no such parameter.
    """
    found = _defaults(text)
    for value in values:
        name, equals, thing = value.partition("=")
        if not equals:
            raise UsageError(f"--set {value!r}: want PARAMETER=VALUE")
        if not re.search(rf"[$]{re.escape(name)}\b", text):
            raise UsageError(f"the query has no parameter ${name}")
        if ":" not in thing or thing.partition(":")[0] not in {*PREFIXES, "http", "https"}:
            from codellm_graph.names import resolve

            thing = resolve(store, thing)
        found[name] = thing
    return found
