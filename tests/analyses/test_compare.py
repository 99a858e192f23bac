"""Two models side by side."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.analyses.compare import ancestry, compare
from codellm_graph.analyses.steps import Statements, load_statements
from codellm_graph.errors import UsageError
from codellm_graph.view import Edge, Node, View, load_view

NOTHING = Statements({}, {}, {}, frozenset(), frozenset(), {}, {})


@pytest.fixture(scope="module")
def view(tiny):
    return load_view(tiny)


@pytest.fixture(scope="module")
def pines(tiny, view):
    return compare(tiny, view, "model:pine-2-mini", "model:pine-2-7b-long")


def test_lowest_common_ancestors_with_distances_and_paths(pines):
    assert [a for a, _ in pines.by_weights.common] == ["model:pine-1-7b", "model:pine-1-7b-draft"]
    [found] = pines.by_weights.lowest
    assert (found.id, found.label, found.distances) == ("model:pine-1-7b", "Pine-1-7B", (1, 3))
    assert [(s.subject, s.relation, s.object) for s in found.paths[1]] == [
        ("model:pine-2-7b-long", "continuedFrom", "model:pine-2-7b"),
        ("model:pine-2-7b", "rlFrom", "model:pine-1-7b-chat"),
        ("model:pine-1-7b-chat", "sftFrom", "model:pine-1-7b"),
    ]
    assert all(s.citations for path in found.paths for s in path)
    # The mini learnt from the outputs of Pine-2-7B, which is nearer.
    assert [(a.id, a.distances) for a in pines.by_any.lowest] == [("model:pine-2-7b", (1, 1))]


def test_one_of_the_two_may_be_the_ancestor(tiny, view):
    found = compare(tiny, view, "model:pine-1-7b", "model:pine-2-7b").by_weights
    assert [(a.id, a.distances) for a in found.lowest] == [("model:pine-1-7b", (0, 2))]
    assert found.lowest[0].paths[0] == ()
    same = compare(tiny, view, "model:pine-1-7b", "model:pine-1-7b").by_weights
    assert [(a.id, a.distances) for a in same.lowest] == [("model:pine-1-7b", (0, 0))]


def test_a_family_stands_for_its_members(tiny, view):
    found = compare(tiny, view, "model:pine-2", "model:pine-1-7b-chat").by_weights
    assert [(a.id, a.distances) for a in found.lowest] == [("model:pine-1-7b-chat", (2, 0))]
    assert [s.relation for s in found.lowest[0].paths[0]] == ["hasMember", "rlFrom"]


def test_facts_are_shared_or_one_sides(tiny, view):
    found = compare(tiny, view, "model:pine-1-7b", "model:pine-1-7b-chat")
    facts = {c.property: c for c in found.facts}
    uses, data, licence = facts["clg:uses"], facts["clg:trainedOn"], facts["clg:license"]
    assert [f.value for f in uses.shared] == ["technique:gqa"]
    # Stated of the first, kept by the second with its weights.
    assert [len(c) for c in uses.shared[0].citations] == [1, 0]
    assert ([f.value for f in data.first], [f.value for f in data.second]) == (
        ["dataset:needles"],
        ["dataset:cones"],
    )
    assert [c.id for c in data.second[0].citations[1]] == ["cite:pine-card-1"]
    assert ([f.label for f in licence.first], [f.label for f in licence.second]) == (
        ["Apache License 2.0"],
        ["Forest License"],
    )
    assert licence.shared == ()


def test_what_is_said_of_the_family_holds_unless_denied(store_of):
    store = store_of(
        """
src:card a clg:ModelCard ; dcterms:title "Card" ; clg:grade 1 ; clg:address "https://example.org/"^^xsd:anyURI .
cite:card a clg:Citation ; clg:source src:card ; clg:locator "all" .
GRAPH cite:card {
  technique:fim a clg:Technique ; rdfs:label "FIM" ; clg:kind concept:objective .
  model:f a clg:Family ; rdfs:label "F" ; clg:uses technique:fim .
  model:a a clg:Model ; rdfs:label "A" ; clg:memberOf model:f .
  model:b a clg:Model ; rdfs:label "B" ; clg:memberOf model:f ; clg:lacks technique:fim .
}
"""
    )
    [uses] = compare(store, load_view(store), "model:a", "model:b").facts
    assert ([f.value for f in uses.first], uses.shared, uses.second) == (["technique:fim"], (), ())


def test_benchmarks_with_scores(tiny, view):
    [bench] = compare(tiny, view, "model:pine-2-7b", "model:pine-1-7b").benchmarks
    assert (bench.id, bench.label, bench.second) == ("dataset:bench", "TreeBench", ())
    assert [(s.score, s.metric, s.setting, s.model) for s in bench.first] == [
        (59.0, "resolved", "one try", "model:pine-2-7b")
    ]
    assert bench.first[0].citations


def test_what_is_not_in_the_view_is_refused(tiny, view):
    with pytest.raises(UsageError):
        compare(tiny, view.until("2024"), "model:pine-1-7b", "model:pine-2-7b")


@st.composite
def lineages(draw, cyclic=False):
    count = draw(st.integers(1, 9))
    pair = st.tuples(
        st.integers(0, count - 1), st.integers(0, count - 1), st.sampled_from(["sftFrom", "distilledFrom"])
    )
    edges = draw(st.lists(pair, max_size=20, unique=True))
    if not cyclic:
        edges = [(min(a, b), max(a, b), r) for a, b, r in edges if a != b]
    return sorted(set(edges)), count


def models(edges, count, schema):
    nodes = {f"m{i}": Node(f"m{i}", f"M{i}", "Model") for i in range(count)}
    return View(nodes, [Edge(f"m{p}", f"m{c}", r) for p, c, r in edges], schema)


@given(lineages(), st.booleans())
def test_ancestry_is_what_networkx_says(view, drawn, weights):
    lineage = models(*drawn, view.schema)
    graph = nx.DiGraph()
    graph.add_nodes_from(lineage.nodes)
    graph.add_edges_from((e.parent, e.child) for e in lineage.edges if not weights or e.relation == "sftFrom")
    for a in lineage.nodes:
        for b in lineage.nodes:
            found = ancestry(lineage, NOTHING, a, b, weights=weights)
            common = (nx.ancestors(graph, a) | {a}) & (nx.ancestors(graph, b) | {b})
            assert {x for x, _ in found.common} == common
            assert {x.id for x in found.lowest} == {
                x for x in common if not nx.descendants(graph, x) & common
            }
            for x in found.lowest:
                assert x.distances == tuple(nx.shortest_path_length(graph, x.id, y) for y in (a, b))
                assert tuple(map(len, x.paths)) == x.distances


@given(lineages(cyclic=True))
def test_cycles_end_and_the_order_of_the_two_does_not_matter(view, drawn):
    lineage = models(*drawn, view.schema)
    for a in lineage.nodes:
        for b in lineage.nodes:
            one, two = ancestry(lineage, NOTHING, a, b), ancestry(lineage, NOTHING, b, a)
            assert one.common == two.common
            assert [(x.id, x.distances[::-1]) for x in one.lowest] == [
                (x.id, x.distances) for x in two.lowest
            ]
            assert bool(one.common) == bool(one.lowest)


def test_two_models_of_the_graph(graph):
    """R1's 14B and 32B distillations have no weights in common, but a teacher."""
    view = load_view(graph)
    found = compare(graph, view, "model:deepcoder-14b-preview", "model:skywork-or1-32b")
    assert found.by_weights.common == ()
    assert "model:deepseek-r1" in {a.id for a in found.by_any.lowest}
    facts = {c.property: {f.value for f in c.shared} for c in found.facts}
    assert {"technique:rlvr", "technique:gqa"} <= facts["clg:uses"]
    both = [b for b in found.benchmarks if b.first and b.second]
    assert [b.id for b in both] == ["dataset:livecodebench-2408-2502"]
    said = load_statements(graph, view.schema)
    assert {s.score for s in both[0].first} == {
        s.score for s in said.scores["model:deepcoder-14b-preview"] if s.benchmark == both[0].id
    }
