"""Comparing two models: what they come from together, and what they share.

The lowest common ancestors of two nodes of a directed acyclic graph are a set [1]_: the common ancestors
that have no other common ancestor below them.

References
----------
.. [1] M. A. Bender et al., Lowest common ancestors in trees and directed acyclic graphs, Journal of
   Algorithms 57(2), 2005.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codellm_graph.analyses.lineage import MEMBERSHIP, walk
from codellm_graph.analyses.paths import lowest, shortest_path
from codellm_graph.analyses.steps import Score, Statements, Step, load_statements
from codellm_graph.evidence import CitationInfo, Thing, describe_all
from codellm_graph.namespaces import CLG
from codellm_graph.store import plain
from codellm_graph.view import relations

if TYPE_CHECKING:
    from codellm_graph.store import Store
    from codellm_graph.view import Edge, View

__all__ = ["Ancestor", "Ancestry", "Common", "Comparison", "Fact", "compare"]

#: What is compared, with its more specific relations, in the order of display.
_COMPARED = ("uses", "trainedOn", "license", "stage", "target", "organization")
_DENIALS = "SELECT ?p ?denied WHERE { ?p clg:denies ?denied }"


class Ancestor(NamedTuple):
    """A lowest common ancestor.

    Parameters
    ----------
    id, label : str
        CURIE and label; it may be one of the two themselves.
    distances : tuple of (int, int)
        Steps from the first and from the second; from a family the step to its member counts.
    paths : tuple of (tuple of Step, tuple of Step)
        A shortest way from each up to it.
    """

    id: str
    label: str
    distances: tuple[int, int]
    paths: tuple[tuple[Step, ...], tuple[Step, ...]]


class Ancestry(NamedTuple):
    """What two models come from together.

    Parameters
    ----------
    common : tuple of (str, str)
        CURIE and label of each common ancestor; either of the two, if it is an ancestor of the other.
    lowest : tuple of Ancestor
        Those with no other common ancestor below them, nearest first.
    """

    common: tuple[tuple[str, str], ...]
    lowest: tuple[Ancestor, ...]


class Fact(NamedTuple):
    """A value that one or both have.

    Parameters
    ----------
    value, label : str
        CURIE or text, and label.
    citations : tuple of (tuple of CitationInfo, tuple of CitationInfo)
        Who says so of each; empty where it does not hold, or where a rule computed it.
    """

    value: str
    label: str
    citations: tuple[tuple[CitationInfo, ...], tuple[CitationInfo, ...]]


class Common(NamedTuple):
    """Values of one property.

    Parameters
    ----------
    property, label : str
        CURIE and label of the property.
    shared, first, second : tuple of Fact
        Of both, of the first only, of the second only.
    """

    property: str
    label: str
    shared: tuple[Fact, ...]
    first: tuple[Fact, ...]
    second: tuple[Fact, ...]


class Benchmark(NamedTuple):
    """A benchmark on which one or both report.

    Parameters
    ----------
    id, label : str
        CURIE and label.
    first, second : tuple of Score
        What each reports there; scores compare only where metric and setting do.
    """

    id: str
    label: str
    first: tuple[Score, ...]
    second: tuple[Score, ...]


class Comparison(NamedTuple):
    """Two models side by side.

    Parameters
    ----------
    ids, labels : tuple of (str, str)
        CURIEs and labels.
    by_weights, by_any : Ancestry
        Common ancestors by relations that pass weights on, and by all relations.
    facts : tuple of Common
        Techniques, training data, licence and more; what is said of a family holds for its member.
    benchmarks : tuple of Benchmark
        Those on which both report first.
    """

    ids: tuple[str, str]
    labels: tuple[str, str]
    by_weights: Ancestry
    by_any: Ancestry
    facts: tuple[Common, ...]
    benchmarks: tuple[Benchmark, ...]


def compare(store: Store, view: View, first: str, second: str) -> Comparison:
    """Compare two models.

    Parameters
    ----------
    store : Store
        The graph.
    view : View
        Its projection, or that as of a date.
    first, second : str
        CURIEs of series, families, models or checkpoints.

    Returns
    -------
    Comparison
        Every step and value with its citations.

    Raises
    ------
    UsageError
        If one of them is not in the view.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> from codellm_graph.view import load_view
    >>> store = open_store()
    >>> found = compare(store, load_view(store), "model:octocoder", "model:starchat-alpha")
    >>> [(a.id, a.distances) for a in found.by_weights.lowest]
    [('model:starcoderbase', (2, 1))]
    """
    said = load_statements(store, view.schema)
    by_weights = ancestry(view, said, first, second, weights=True)
    return Comparison(
        (first, second),
        (view.nodes[first].label, view.nodes[second].label),
        by_weights,
        ancestry(view, said, first, second),
        tuple(_facts(store, view, first, second)),
        tuple(_benchmarks(view, said, first, second)),
    )


def ancestry(view: View, said: Statements, first: str, second: str, *, weights: bool = False) -> Ancestry:
    """Return what two models come from together.

    Parameters
    ----------
    view : View
        The models.
    said : Statements
        For labels.
    first, second : str
        CURIEs.
    weights : bool, optional
        Only relations that pass weights on.

    Returns
    -------
    Ancestry
        Common and lowest common ancestors.
    """
    walked = [walk(view, thing, weights=weights) for thing in (first, second)]
    reached = [
        {e.parent for e in edges if e.relation not in MEMBERSHIP} | {thing}
        for thing, (_, edges) in zip((first, second), walked, strict=True)
    ]
    common = reached[0] & reached[1]
    edges = list(dict.fromkeys([*walked[0][1], *walked[1][1]]))
    found = []
    for thing in lowest(common, edges):
        ways = tuple(
            tuple(_step(said, e) for e in shortest_path(mine, thing, start))
            for start, (_, mine) in zip((first, second), walked, strict=True)
        )
        steps = walked[0][0][thing], walked[1][0][thing]
        found.append(Ancestor(thing, view.nodes[thing].label, steps, (ways[0], ways[1])))
    found.sort(key=lambda a: (sum(a.distances), a.label, a.id))
    named = sorted((view.nodes[thing].label, thing) for thing in common)
    return Ancestry(tuple((thing, label) for label, thing in named), tuple(found))


def _step(said: Statements, edge: Edge) -> Step:
    """Return an edge as a step upwards; a family stands for its members."""
    if edge.relation in MEMBERSHIP:
        return said.member(edge.child, edge.parent)._replace(relation=edge.relation)
    return said.of_edge(edge)


def _facts(store: Store, view: View, first: str, second: str) -> list[Common]:
    """Return the values of what is compared."""
    families = {t: _above(view, t) for t in (first, second)}
    things = describe_all(store, [first, second, *(f for above in families.values() for f in above)])
    denials = {(str(plain(r["p"])), r["denied"].value.removeprefix(CLG)) for r in store.select(_DENIALS)}
    found = []
    for top in _COMPARED:
        sides = [_values(view, things, t, families[t], top, denials) for t in (first, second)]
        label = next(
            (s.property_label for t in things.values() for s in t.statements if s.property == f"clg:{top}"),
            top,
        )
        facts = {
            value: Fact(value, name, tuple(side.get(value, ("", ()))[1] for side in sides))  # type: ignore[arg-type]
            for side in sides
            for value, (name, _) in side.items()
        }
        ordered = sorted(facts.values(), key=lambda f: (f.label, f.value))
        have = [set(side) for side in sides]
        found.append(
            Common(
                f"clg:{top}",
                label,
                tuple(f for f in ordered if f.value in have[0] & have[1]),
                tuple(f for f in ordered if f.value in have[0] - have[1]),
                tuple(f for f in ordered if f.value in have[1] - have[0]),
            )
        )
    return [c for c in found if c.shared or c.first or c.second]


def _above(view: View, thing: str) -> list[str]:
    """Return the family and series of a model."""
    found: list[str] = []
    family = view.nodes[thing].family
    while family and family in view.nodes and family not in found and family != thing:
        found.append(family)
        family = view.nodes[family].family
    return found


def _values(
    view: View,
    things: dict[str, Thing],
    thing: str,
    above: list[str],
    top: str,
    denials: set[tuple[str, str]],
) -> dict[str, tuple[str, tuple[CitationInfo, ...]]]:
    """Return the accepted values of a property, those stated of the family included."""
    properties = {f"clg:{r}" for r in relations(view.schema, top)}
    denying = {p for p, denied in denials if denied == top}
    denied = {s.value for s in things[thing].statements if s.accepted and s.property in denying}
    values: dict[str, tuple[str, tuple[CitationInfo, ...]]] = {}
    for holder in (thing, *above):
        # A single value of the member's own is the family's overridden, and already flowed down.
        if holder != thing and top not in ("uses", "trainedOn"):
            continue
        for s in things[holder].statements:
            if (
                s.property in properties
                and s.accepted
                and (holder == thing or (s.citations and s.value not in denied))
            ):
                known = values.get(s.value, (s.label, ()))[1]
                values[s.value] = (s.label, tuple(dict.fromkeys([*known, *s.citations])))
    return values


def _benchmarks(view: View, said: Statements, first: str, second: str) -> list[Benchmark]:
    """Return what both, or one, report."""
    scores = [
        [score for thing in (t, *view.below(t)) for score in said.scores.get(thing, ())]
        for t in (first, second)
    ]
    names = {score.benchmark: score.benchmark_label for side in scores for score in side}
    rows = [
        Benchmark(b, name, *(tuple(score for score in side if score.benchmark == b) for side in scores))
        for b, name in names.items()
    ]
    return sorted(rows, key=lambda b: (not (b.first and b.second), not b.first, b.label, b.id))
