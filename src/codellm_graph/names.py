"""From what people type to one thing of the graph, and from a thing to what people call it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codellm_graph.errors import AmbiguousName, UnknownName
from codellm_graph.store import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codellm_graph.store import Store

__all__ = ["Found", "find", "resolve"]

_NAMES = """
SELECT ?s ?name (?p IN (rdfs:label, dcterms:title) AS ?main) WHERE {
  VALUES ?p { rdfs:label skos:altLabel dcterms:title clg:hfRepo clg:arxiv }
  ?s ?p ?name .
}"""

#: Kinds a name may lead to: the most specific class of each thing.
_KINDS = """
SELECT ?s ?class WHERE {
  VALUES ?class { clg:Series clg:Family clg:Model clg:Checkpoint clg:Technique clg:Dataset clg:Benchmark
    clg:Organization clg:License clg:Stage clg:Track clg:Paper clg:ModelCard clg:Repository
    clg:ConfigFile clg:LicenseText clg:WebPage clg:Survey clg:Editorial }
  ?s a ?class .
}"""

_WORDS = 'SELECT ?s ?l WHERE { ?s rdfs:label ?l . FILTER(LANG(?l) = "en") }'

_RELEASED = "SELECT ?s ?v WHERE { ?s clg:released ?v }"
_CANDIDATES = 8


@dataclass(frozen=True)
class Found:
    """A thing that matches a text.

    Parameters
    ----------
    id : str
        CURIE.
    label : str
        Its label.
    kind : str
        Its class, such as ``Model`` or ``Technique``.
    released : str or None
        Release date as fine as known.
    """

    id: str
    label: str
    kind: str
    released: str | None = None


def _fold(text: str) -> str:
    """Drop case, width, punctuation and space."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum() or c == "+") or folded.strip()


class _Index:
    """All names of the graph, and the same folded."""

    def __init__(self, store: Store):
        found: dict[str, dict[str, Any]] = store.projection("names", lambda: _collect(store))  # type: ignore[assignment]
        self.label: dict[str, str] = found["label"]
        self.kind: dict[str, str] = found["kind"]
        self.folds: dict[str, list[str]] = found["folds"]
        self.words: dict[str, str] = found["words"]

    def entry(self, thing: str) -> tuple[str, str]:
        return thing, f"{self.label[thing]} ({self.kind[thing]})"


def _collect(store: Store) -> dict[str, object]:
    kinds: dict[str, str] = {}
    for row in store.select(_KINDS):
        thing, kind = str(plain(row["s"])), row["class"].value.rpartition("#")[2]
        # A benchmark is also a dataset: keep the narrower class.
        if kinds.get(thing) != "Benchmark":
            kinds[thing] = kind
    label: dict[str, tuple[bool, str]] = {}
    folds: dict[str, set[str]] = {thing: {_fold(thing.partition(":")[2])} for thing in kinds}
    for row in store.select(_NAMES):
        thing = str(plain(row["s"]))
        if thing in kinds:
            name, language = row["name"].value, row["name"].language
            folds[thing].add(_fold(name))
            if row["main"].value == "true":
                # English or without language before others, then the first in sorting order.
                rated = (language not in (None, "en"), name)
                label[thing] = min(rated, label.get(thing, rated))
    return {
        "kind": kinds,
        "label": {thing: label[thing][1] if thing in label else thing for thing in kinds},
        "folds": {thing: sorted(names) for thing, names in folds.items()},
        "words": {str(plain(row["s"])): row["l"].value for row in store.select(_WORDS)},
    }


def resolve(store: Store, text: str, prefixes: Iterable[str] = ()) -> str:
    """Find the one thing that a text names.

    Parameters
    ----------
    store : Store
        The graph.
    text : str
        A CURIE, label, alias or Hugging Face repository; case, punctuation and width do not matter.
    prefixes : iterable of str, optional
        Prefixes of things that are wanted, such as ``model``; all if empty.

    Returns
    -------
    str
        CURIE of the thing.

    Raises
    ------
    UnknownName
        If nothing is called that; the closest names are listed.
    AmbiguousName
        If several things are; they are listed.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> resolve(open_store(), "deep swe preview")
    'model:deepswe-preview'
    """
    index = _Index(store)
    wanted = {t for t in index.kind if not prefixes or t.partition(":")[0] in set(prefixes)}
    if text in wanted:
        return text
    folded = _fold(text)
    exact = sorted(t for t in wanted if index.label[t] == text)
    hits = sorted(t for t in wanted if folded in index.folds[t])
    for candidates in (exact, hits):
        if len(candidates) == 1:
            return candidates[0]
    if hits:
        raise AmbiguousName(text, [index.entry(t) for t in hits])
    raise UnknownName(text, [index.entry(t) for t in _similar(index, wanted, folded)])


def _similar(index: _Index, wanted: set[str], folded: str) -> list[str]:
    import difflib

    folds: dict[str, str] = {}
    for thing in sorted(wanted):
        for name in index.folds[thing]:
            folds.setdefault(name, thing)
    within = [t for f, t in sorted(folds.items(), key=lambda i: len(i[0])) if len(folded) > 2 and folded in f]
    close = [folds[f] for f in difflib.get_close_matches(folded, folds, n=_CANDIDATES, cutoff=0.6)]
    return list(dict.fromkeys([*close, *within]))[:_CANDIDATES]


def find(store: Store, text: str) -> list[Found]:
    """Find everything whose name contains a text.

    Parameters
    ----------
    store : Store
        The graph.
    text : str
        Part of a label, alias, identifier or Hugging Face repository, in any language of the graph.

    Returns
    -------
    list of Found
        Best matches first: whole names, then beginnings, then the rest.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> find(open_store(), "DeepSWE")[0].id
    'model:deepswe'
    """
    index = _Index(store)
    released = {str(plain(r["s"])): r["v"].value for r in store.select(_RELEASED)}
    folded = _fold(text)
    scored = []
    for thing, names in index.folds.items():
        matches = [f for f in names if folded in f]
        if matches:
            score = min((f != folded, not f.startswith(folded), len(f)) for f in matches)
            scored.append((*score, thing))
    return [
        Found(thing, index.label[thing], index.kind[thing], released.get(thing))
        for *_, thing in sorted(scored)
    ]


def labels(store: Store) -> dict[str, str]:
    """Return the English label of every thing that has a name.

    Parameters
    ----------
    store : Store
        The graph.

    Returns
    -------
    dict of str to str
        CURIE to label; concepts and words of the vocabulary included.
    """
    index = _Index(store)
    return index.words | {thing: label for thing, label in index.label.items() if label != thing}


def kinds_of(store: Store) -> dict[str, str]:
    """Return the class of everything that has one of the graph's classes.

    Parameters
    ----------
    store : Store
        The graph.

    Returns
    -------
    dict of str to str
        CURIE to class, such as ``Benchmark``.
    """
    return _Index(store).kind
