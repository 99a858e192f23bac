"""What things are called: labels in English and Chinese, and every other name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

import pyoxigraph as ox

from codellm_graph.names import labels
from codellm_graph.namespaces import curie

if TYPE_CHECKING:
    from codellm_graph.store import Store

__all__ = ["Table", "Words", "text"]

_NAMES = """
SELECT ?s ?p ?name WHERE {
  VALUES ?p { rdfs:label skos:prefLabel skos:altLabel dcterms:title clg:hfRepo clg:arxiv }
  ?s ?p ?name .
}"""
Row = TypeVar("Row")
_LABELS = frozenset(("rdfs:label", "skos:prefLabel"))
_STAGES = """
SELECT ?s ?label WHERE {
  ?s clg:order ?n ; rdfs:label ?label .
  FILTER(LANG(?label) IN ("", "en"))
} ORDER BY ?n"""
_MAKERS = """
SELECT ?s ?maker ?label WHERE {
  ?s clg:organization ?maker . ?maker rdfs:label ?label .
  FILTER(LANG(?label) IN ("", "en"))
}"""


def text(value: object) -> str:
    r"""Return a value as text that can be written as UTF-8.

    Parameters
    ----------
    value : object
        Anything; None is the empty text.

    Returns
    -------
    str
        With ``?`` for what is no character.

    Examples
    --------
    >>> text("a\ud800"), text(None)
    ('a?', '')
    """
    return "" if value is None else str(value).encode("utf-8", "replace").decode()


class Table(dict[Row, int]):
    """Rows that are written once, and pointed at by their place.

    Examples
    --------
    >>> table = Table[str]()
    >>> table.place("a"), table.place("b"), table.place("a"), list(table)
    (0, 1, 0, ['a', 'b'])
    """

    __slots__ = ()

    def place(self, row: Row) -> int:
        """Return the place of a row, at the end if it is new.

        Parameters
        ----------
        row : hashable
            The row.

        Returns
        -------
        int
            Its place.
        """
        return self.setdefault(row, len(self))


class Words:
    """The names of a graph.

    Parameters
    ----------
    store : Store
        The graph.

    Attributes
    ----------
    english : dict of str to str
        CURIE to label.
    chinese : dict of str to str
        CURIE to Chinese label, where there is one.
    stages : dict of str to str
        Label of each stage, in order, to its CURIE.
    makers : dict of str to dict of str to str
        Model to its organizations: label to CURIE, sorted.
    """

    def __init__(self, store: Store):
        self.english = labels(store)
        self.chinese: dict[str, str] = {}
        self._names: dict[str, list[str]] = defaultdict(list)
        for row in sorted(store.select(_NAMES), key=str):
            name, thing = row["name"], curie(row["s"].value)
            if not isinstance(name, ox.Literal):
                continue
            if curie(row["p"].value) in _LABELS and (name.language or "").lower().startswith("zh"):
                self.chinese.setdefault(thing, text(name.value))
            self._names[thing].append(text(name.value))
        self.stages = {text(r["label"].value): curie(r["s"].value) for r in store.select(_STAGES)}
        self.makers: dict[str, dict[str, str]] = defaultdict(dict)
        for row in sorted(store.select(_MAKERS), key=lambda r: (r["label"].value, r["maker"].value)):
            self.makers[curie(row["s"].value)].setdefault(row["label"].value, curie(row["maker"].value))

    def label(self, thing: str) -> str:
        """Return the English label of a thing, else the name in its CURIE.

        Parameters
        ----------
        thing : str
            CURIE.

        Returns
        -------
        str
            Its label.
        """
        return text(self.english.get(thing) or thing.partition(":")[2] or thing)

    def pair(self, thing: str, label: str = "") -> tuple[str, str]:
        """Return the labels of a thing.

        Parameters
        ----------
        thing : str
            CURIE.
        label : str, optional
            The English one, if it is known.

        Returns
        -------
        (str, str)
            English and Chinese; the second is empty where there is none of its own.
        """
        english, chinese = text(label) or self.label(thing), self.chinese.get(thing, "")
        return english, "" if chinese == english else chinese

    def aliases(self, thing: str, label: str) -> str:
        """Return every other name of a thing, Chinese ones and identifiers elsewhere included.

        Parameters
        ----------
        thing : str
            CURIE.
        label : str
            The name that is shown.

        Returns
        -------
        str
            Names with ``|`` between them.
        """
        known = {label, self.chinese.get(thing, "")}
        return "|".join(
            dict.fromkeys(n.replace("|", " ") for n in self._names.get(thing, ()) if n not in known)
        )
