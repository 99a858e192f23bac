"""Who says so: statements with the citations they rest on."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from codellm_graph.choose import compatible
from codellm_graph.names import kinds_of, labels
from codellm_graph.namespaces import CLG, curie, iri
from codellm_graph.store import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codellm_graph.store import Store, Term

    Fact = tuple[Term, Term, Term]

__all__ = ["CitationInfo", "Statement", "Thing", "best_grade", "citations", "describe", "describe_all"]

_CITATIONS = """
SELECT ?c ?source ?title ?locator ?url ?grade ?rank ?certainty WHERE {
  %s
  ?c clg:source ?source .
  OPTIONAL { ?source dcterms:title ?title FILTER(LANG(?title) IN ("", "en")) }
  OPTIONAL { ?c clg:locator ?locator }
  OPTIONAL { ?source clg:address ?url }
  OPTIONAL { ?source clg:grade ?grade }
  OPTIONAL { ?c clg:rank ?rank }
  OPTIONAL { ?c clg:certainty ?certainty }
}"""

_SAID = "SELECT ?s ?p ?o ?g WHERE { %s GRAPH ?g { ?s ?p ?o } }"
_ACCEPTED = "SELECT ?s ?p ?o WHERE { %s ?s ?p ?o }"
_SINGLE = "SELECT ?p WHERE { ?p a owl:FunctionalProperty }"
_UNITS = "SELECT ?p ?unit WHERE { ?p clg:unit ?unit }"
_RESULTS = "SELECT ?r ?p ?o WHERE { %s ?s clg:result ?r . ?r ?p ?o }"


class CitationInfo(NamedTuple):
    """A citation, as shown to a reader.

    Parameters
    ----------
    id, source, title, locator, url : str
        CURIEs of citation and source, title of the source, place in it, address.
    grade : int or None
        Evidence grade of the source, 1 (best) to 4.
    rank, certainty : str
        As in the citation.
    """

    id: str
    source: str
    title: str
    locator: str
    url: str
    grade: int | None
    rank: str = "normal"
    certainty: str = "stated"


class Statement(NamedTuple):
    """A statement with who says so.

    Parameters
    ----------
    property, value, label : str
        CURIE of the property, CURIE or text of the value, label of the value with its unit.
    accepted : bool
        Whether it is held true.
    grade : int or None
        Best evidence grade of its citations; None where it is computed or editorial.
    citations : tuple of CitationInfo
        Empty where it is computed.
    rule : str or None
        The rule that computed it.
    property_label : str
        What the property is called.
    agrees : bool
        Whether a value that is not the accepted one says the same at another precision.
    """

    property: str
    value: str
    label: str
    accepted: bool
    grade: int | None
    citations: tuple[CitationInfo, ...]
    rule: str | None = None
    property_label: str = ""
    agrees: bool = False


class Thing(NamedTuple):
    """Everything that is said about one thing.

    Parameters
    ----------
    id, label, kind : str
        CURIE, label and class.
    statements : tuple of Statement
        Stated ones first.
    """

    id: str
    label: str
    kind: str
    statements: tuple[Statement, ...]


def citations(store: Store, wanted: Iterable[str]) -> dict[str, CitationInfo]:
    """Return citations as shown to a reader.

    Parameters
    ----------
    store : Store
        The graph.
    wanted : iterable of str
        Their CURIEs.

    Returns
    -------
    dict of str to CitationInfo
        By CURIE. A source with several titles, addresses or places shows the first in sorting order.
    """
    table: dict[str, CitationInfo] = {}
    values = _values("c", sorted(set(wanted)))
    for row in sorted(store.select(_CITATIONS % values), key=str):
        value = {k: plain(row[k]) for k in ("title", "locator", "url", "grade", "rank", "certainty")}
        citation = str(plain(row["c"]))
        grade = value["grade"]
        table.setdefault(
            citation,
            CitationInfo(
                citation,
                str(plain(row["source"])),
                str(value["title"] or plain(row["source"])),
                str(value["locator"] or ""),
                str(value["url"] or ""),
                grade if isinstance(grade, int) else None,
                str(value["rank"] or "concept:normal").partition(":")[2],
                str(value["certainty"] or "concept:stated").partition(":")[2],
            ),
        )
    return table


def best_grade(cited: Iterable[CitationInfo]) -> int | None:
    """Return the best evidence grade.

    Parameters
    ----------
    cited : iterable of CitationInfo
        Citations of one statement.

    Returns
    -------
    int or None
        1 (best) to 4, None without a graded citation.
    """
    return min((c.grade for c in cited if c.grade and c.rank != "deprecated"), default=None)


def describe(store: Store, thing: str) -> Thing:
    """Return every statement about a thing and who says so.

    Parameters
    ----------
    store : Store
        The graph.
    thing : str
        CURIE.

    Returns
    -------
    Thing
        Stated and rejected statements with their citations, and computed ones with their rule.
        Pure entailments (super-properties, super-classes) are left out.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> thing = describe(open_store(), "model:deepswe-preview")
    >>> [s.grade for s in thing.statements if s.property == "clg:rlFrom"]
    [1]
    """
    return describe_all(store, [thing])[thing]


def _values(variable: str, things: Iterable[str]) -> str:
    return f"VALUES ?{variable} {{ " + " ".join(f"<{iri(t)}>" for t in dict.fromkeys(things)) + " }"


def describe_all(store: Store, things: Iterable[str], properties: Iterable[str] = ()) -> dict[str, Thing]:
    """Return every statement about several things, asking the graph once.

    Parameters
    ----------
    store : Store
        The graph.
    things : iterable of str
        CURIEs.
    properties : iterable of str, optional
        CURIEs of the properties wanted; all if empty.

    Returns
    -------
    dict of str to Thing
        As `describe` returns them.
    """
    wanted = list(dict.fromkeys(things))
    values = _values("s", wanted)
    if listed := list(properties):
        values += " " + _values("p", listed)
    names = labels(store)
    accepted: dict[tuple[Term, Term], set[Term]] = defaultdict(set)
    for r in store.select(_ACCEPTED % values):
        accepted[r["s"], r["p"]].add(r["o"])
    single = {r["p"] for r in store.select(_SINGLE)}
    units = {r["p"]: f" {r['unit'].value}" for r in store.select(_UNITS)}
    results = result_texts(store, wanted)
    rows = [((r["s"], r["p"], r["o"]), curie(r["g"].value)) for r in store.select(_SAID % values)]
    table = citations(store, (graph for _, graph in rows if graph.startswith("cite:")))
    said: dict[Fact, list[CitationInfo]] = defaultdict(list)
    computed: dict[Fact, str] = {}
    for fact, graph in rows:
        if graph.startswith("rule:"):
            computed[fact] = graph.partition(":")[2]
        elif graph in table:
            said[fact].append(table[graph])

    found: dict[str, list[Statement]] = {thing: [] for thing in wanted}
    # Sources, citations and the vocabulary are described outside citations.
    described = ((s, p, o) for (s, p), values in accepted.items() for o in values)
    shown = [*said, *(f for f, rule in computed.items() if rule != "entailed" and f not in said)]
    shown += [fact for fact in described if fact not in said and fact not in computed]
    for fact in shown:
        s, p, o = fact
        value = str(plain(o))
        label = results.get(value) or names.get(value, value) + units.get(p, "")
        cited = tuple(sorted(said.get(fact, ()), key=lambda c: (c.grade or 9, c.id)))
        rule = None if cited else computed.get(fact)
        held = o in accepted[s, p]
        agrees = not held and p in single and any(_compatible(o, other) for other in accepted[s, p])
        key = curie(p.value)
        called = names.get(key, key.partition(":")[2])
        found[str(plain(s))].append(
            Statement(key, value, label, held, best_grade(cited), cited, rule, called, agrees)
        )
    kinds = kinds_of(store)
    return {
        thing: Thing(thing, names.get(thing, thing), kinds.get(thing, ""), tuple(sorted(rows, key=_order)))
        for thing, rows in found.items()
    }


def _compatible(a: Term, b: Term) -> bool:
    return not isinstance(a, ox.BlankNode) and not isinstance(b, ox.BlankNode) and compatible(a, b)


def _order(s: Statement) -> tuple[bool, bool, str, str]:
    return s.rule is not None, not s.accepted, s.property, s.value


def result_texts(store: Store, things: Iterable[str]) -> dict[str, str]:
    """Write each result of some models as one line: benchmark, score, metric, setting.

    Parameters
    ----------
    store : Store
        The graph.
    things : iterable of str
        CURIEs of models.

    Returns
    -------
    dict of str to str
        By CURIE of the result.
    """
    names = labels(store)
    values = _values("s", things)
    rows: dict[str, dict[str, str]] = defaultdict(dict)
    for row in store.select(_RESULTS % values):
        value = str(plain(row["o"]))
        rows[str(plain(row["r"]))][row["p"].value.removeprefix(CLG)] = names.get(value, value)
    return {
        r: " ".join(
            part
            for part in (
                v.get("benchmark", ""),
                v.get("score", ""),
                v.get("metric", ""),
                f"({v['setting']})" if "setting" in v else "",
            )
            if part
        )
        for r, v in rows.items()
    }
