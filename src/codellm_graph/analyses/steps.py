"""Statements as steps of a route: accepted, stated by a source, with who says so."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from codellm_graph.choose import bounds
from codellm_graph.evidence import CitationInfo, best_grade, citations
from codellm_graph.names import labels
from codellm_graph.namespaces import CLG
from codellm_graph.store import plain
from codellm_graph.view import relations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codellm_graph.schema import Schema
    from codellm_graph.store import Store
    from codellm_graph.view import Edge

__all__ = ["Score", "Statements", "Step", "Window", "load_statements", "weakest"]

#: What routes are made of, besides the lineage of models; each with its more specific relations.
_TOPS = (
    "trainedOn", "notTrainedOn", "generatedWith", "contains", "derivedFrom", "sliceOf",
    "decontaminatedAgainst", "evaluatedOn", "license", "term",
)  # fmt: skip

_ACCEPTED = "SELECT ?s ?p ?o WHERE { VALUES ?p { %s } ?s ?p ?o FILTER(isIRI(?o)) }"
_SAID = """
SELECT ?s ?p ?o ?c WHERE {
  VALUES ?p { %s }
  GRAPH ?c { ?s ?p ?o }
  ?c clg:source ?source .
}"""
_RESULTS = """
SELECT ?s ?r ?b ?score ?metric ?setting ?c WHERE {
  GRAPH ?c { ?s clg:result ?r } ?c clg:source ?source .
  ?s clg:result ?r . ?r clg:benchmark ?b .
  OPTIONAL { ?r clg:score ?score } OPTIONAL { ?r clg:metric ?metric } OPTIONAL { ?r clg:setting ?setting }
}"""
_WINDOWS = """
SELECT ?s ?p ?v ?c WHERE {
  VALUES ?p { clg:windowStart clg:windowEnd }
  ?s ?p ?v .
  GRAPH ?c { ?s ?p ?v } ?c clg:source ?source .
}"""
_DATASETS = "SELECT ?s WHERE { ?s a clg:Dataset }"
_BENCHMARKS = "SELECT ?s WHERE { ?s a clg:Benchmark }"
_OPENNESS = "SELECT ?s ?o WHERE { ?s clg:openness ?o }"


class Step(NamedTuple):
    """A statement on a route.

    Parameters
    ----------
    subject, subject_label, relation, object, object_label : str
        CURIEs and labels, and the local name of the relation. The relation ``memberOf`` leads from a
        model to the family of which the next step is said.
    grade : int or None
        Best evidence grade of its citations.
    citations : tuple of CitationInfo
        Who says so, or says less but compatible; best grade first. Empty for ``memberOf``.
    """

    subject: str
    subject_label: str
    relation: str
    object: str
    object_label: str
    grade: int | None
    citations: tuple[CitationInfo, ...]


class Score(NamedTuple):
    """A score that a source reports.

    Parameters
    ----------
    model, benchmark, benchmark_label : str
        CURIEs, and what the benchmark is called.
    score : float or None
        The value; None where the source reports an evaluation without one.
    metric, setting : str
        What is measured, and how.
    citations : tuple of CitationInfo
        Who says so.
    """

    model: str
    benchmark: str
    benchmark_label: str
    score: float | None
    metric: str
    setting: str
    citations: tuple[CitationInfo, ...]


class Window(NamedTuple):
    """The time window of a slice.

    Parameters
    ----------
    first, last : str or None
        Days (ISO 8601); None where not known.
    citations : tuple of CitationInfo
        Who says so.
    """

    first: str | None = None
    last: str | None = None
    citations: tuple[CitationInfo, ...] = ()


class Statements(NamedTuple):
    """Stated and accepted statements about training data, evaluations and licences.

    Parameters
    ----------
    steps : dict of str to list of Step
        By the widest relation: ``trainedOn`` has those with ``rlOn``.
    scores : dict of str to list of Score
        By model; evaluations without a score included.
    windows : dict of str to Window
        Of time-window slices.
    datasets, benchmarks : frozenset of str
        CURIEs; a benchmark is also a dataset.
    openness : dict of str to str
        By licence: ``open``, ``restricted`` or ``closed``.
    labels : dict of str to str
        Of everything in a step.
    """

    steps: dict[str, list[Step]]
    scores: dict[str, list[Score]]
    windows: dict[str, Window]
    datasets: frozenset[str]
    benchmarks: frozenset[str]
    openness: dict[str, str]
    labels: dict[str, str]

    def of(self, relation: str) -> dict[str, list[Step]]:
        """Return the statements of a relation by subject.

        Parameters
        ----------
        relation : str
            Local name of a widest relation.

        Returns
        -------
        dict of str to list of Step
            By subject.
        """
        found: dict[str, list[Step]] = defaultdict(list)
        for step in self.steps[relation]:
            found[step.subject].append(step)
        return found

    def of_edge(self, edge: Edge) -> Step:
        """Return a lineage edge as a step, from child to parent as it is stated.

        Parameters
        ----------
        edge : Edge
            An edge of the view.

        Returns
        -------
        Step
            With the edge's citations.
        """
        child, parent = self.labels.get(edge.child, edge.child), self.labels.get(edge.parent, edge.parent)
        return Step(edge.child, child, edge.relation, edge.parent, parent, edge.grade, edge.citations)

    def member(self, thing: str, family: str) -> Step:
        """Return the step from a model to its family.

        Parameters
        ----------
        thing, family : str
            CURIEs.

        Returns
        -------
        Step
            Without citations: membership is naming.
        """
        names = self.labels
        return Step(thing, names.get(thing, thing), "memberOf", family, names.get(family, family), None, ())


def weakest(route: Iterable[Step]) -> int | None:
    """Return the weakest grade on a route.

    Parameters
    ----------
    route : iterable of Step
        Steps; memberships do not count.

    Returns
    -------
    int or None
        1 (best) to 4; None where some step has no graded source.
    """
    grades = [step.grade for step in route if step.relation != "memberOf"]
    known = [grade for grade in grades if grade is not None]
    return max(known) if known and len(known) == len(grades) else None


def load_statements(store: Store, schema: Schema) -> Statements:
    """Load what routes are made of.

    Parameters
    ----------
    store : Store
        The graph.
    schema : Schema
        Which relations are more specific than others.

    Returns
    -------
    Statements
        What is accepted and stated by some source; what only a rule computed is left out.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> from codellm_graph.view import load_view
    >>> store = open_store()
    >>> found = load_statements(store, load_view(store).schema)
    >>> found.windows["dataset:livecodebench-2305-2407"][:2]
    ('2023-05-01', '2024-07-31')
    """
    found: dict[str, Any] = store.projection("statements", lambda: _project(store, schema))  # type: ignore[assignment]
    cited = {c: CitationInfo(*row) for c, row in found["citations"].items()}
    names: dict[str, str] = found["labels"]

    def who(by: list[str]) -> tuple[CitationInfo, ...]:
        return tuple(cited[c] for c in by)

    def step(row: list[Any]) -> Step:
        s, relation, o, grade, by = row
        return Step(s, names.get(s, s), relation, o, names.get(o, o), grade, who(by))

    def score(model: str, row: list[Any]) -> Score:
        benchmark, value, metric, setting, by = row
        return Score(model, benchmark, names.get(benchmark, benchmark), value, metric, setting, who(by))

    return Statements(
        {top: [step(row) for row in rows] for top, rows in found["steps"].items()},
        {model: [score(model, row) for row in rows] for model, rows in found["scores"].items()},
        {dataset: Window(first, last, who(by)) for dataset, (first, last, by) in found["windows"].items()},
        frozenset(found["datasets"]),
        frozenset(found["benchmarks"]),
        found["openness"],
        names,
    )


def _project(store: Store, schema: Schema) -> dict[str, object]:
    """Project the graph to values that JSON can hold."""
    top_of = {r: top for top in _TOPS for r in relations(schema, top)}
    words = " ".join(f"clg:{r}" for r in sorted(top_of))
    between: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in store.select(_ACCEPTED % words):
        relation = row["p"].value
        top = top_of[relation.removeprefix(CLG)]
        between[top, str(plain(row["s"])), str(plain(row["o"]))].add(relation)
    said: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in store.select(_SAID % words):
        relation = row["p"].value
        key = (top_of[relation.removeprefix(CLG)], str(plain(row["s"])), str(plain(row["o"])))
        said[key].append((relation, str(plain(row["c"]))))
    results: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    values: dict[tuple[str, str, str], tuple[object, ...]] = {}
    for row in store.select(_RESULTS):
        result = (str(plain(row["s"])), str(plain(row["r"])), str(plain(row["b"])))
        score = plain(row["score"])
        number = float(score) if isinstance(score, (int, float)) and not isinstance(score, bool) else None
        values[result] = (number, str(plain(row["metric"]) or ""), str(plain(row["setting"]) or ""))
        results[result].add(str(plain(row["c"])))
    windows = _windows(store)
    every = {c for *_, by in windows.values() for c in by} | {c for rows in results.values() for c in rows}
    every |= {c for rows in said.values() for _, c in rows}
    table = citations(store, every) if every else {}

    def order(by: Iterable[str]) -> list[str]:
        known = {table[c] for c in by if c in table}
        return [c.id for c in sorted(known, key=lambda c: (c.grade or 9, c.id))]

    steps: dict[str, list[tuple[object, ...]]] = {top: [] for top in _TOPS}
    for (top, s, o), found in sorted(between.items()):
        stated = {relation for relation, _ in said[top, s, o]} & found
        for relation in sorted(stated - schema.superseded(stated)):
            supporting = schema.super_properties.get(relation, frozenset()) | {relation}
            who = order(c for r, c in said[top, s, o] if r in supporting)
            grade = best_grade(table[c] for c in who)
            steps[top].append((s, relation.removeprefix(CLG), o, grade, who))
    scores: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for result, cites in sorted(results.items()):
        scores[result[0]].append((result[2], *values[result], order(cites)))
    for model, _, benchmark, _, evaluated in steps["evaluatedOn"]:
        if all(row[0] != benchmark for row in scores[str(model)]):
            scores[str(model)].append((benchmark, None, "", "", evaluated))
    names = labels(store)
    things = {str(t) for rows in steps.values() for row in rows for t in (row[0], row[2])}
    things |= {str(row[0]) for rows in scores.values() for row in rows}
    things |= {t for t in names if t.startswith(("model:", "dataset:"))}
    return {
        "steps": steps,
        "scores": scores,
        "windows": {d: (first, last, order(by)) for d, (first, last, by) in sorted(windows.items())},
        "datasets": sorted(str(plain(r["s"])) for r in store.select(_DATASETS)),
        "benchmarks": sorted(str(plain(r["s"])) for r in store.select(_BENCHMARKS)),
        "openness": {str(plain(r["s"])): r["o"].value.rpartition("/")[2] for r in store.select(_OPENNESS)},
        "labels": {t: names[t] for t in sorted(things) if t in names},
        "citations": table,
    }


def _windows(store: Store) -> dict[str, tuple[str | None, str | None, set[str]]]:
    """Return first day, last day and citations of each slice that has a window."""
    days: dict[str, list[str | None]] = defaultdict(lambda: [None, None])
    by: dict[str, set[str]] = defaultdict(set)
    for row in store.select(_WINDOWS):
        dataset, end = str(plain(row["s"])), row["p"].value == CLG + "windowEnd"
        span = bounds(row["v"])
        if span:
            days[dataset][end] = span[end]
            by[dataset].add(str(plain(row["c"])))
    return {dataset: (first, last, by[dataset]) for dataset, (first, last) in days.items()}
