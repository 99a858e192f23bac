"""Paths in the lineage, held against networkx."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.analyses.dominators import only_through
from codellm_graph.analyses.paths import (
    all_paths,
    cycles,
    generations,
    lineage_edges,
    lowest,
    roots,
    shortest_path,
)
from codellm_graph.view import Edge, Node, View, load_view

RELATIONS = ["rlFrom", "sftFrom", "distilledFrom", "succeeds"]


@pytest.fixture(scope="module")
def schema(tiny):
    return load_view(tiny).schema


@st.composite
def lineages(draw, cyclic=False):
    """Draw edges (parent, child, relation); merges and double edges are common."""
    count = draw(st.integers(1, 9))
    pair = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.sampled_from(RELATIONS))
    edges = draw(st.lists(pair, max_size=20, unique=True))
    if not cyclic:
        edges = [(min(a, b), max(a, b), r) for a, b, r in edges if a != b]
    return sorted(set(edges)), count


def view_of(edges, count, schema):
    nodes = {f"m{i}": Node(f"m{i}", f"M{i}", "Model") for i in range(count)}
    return View(nodes, [Edge(f"m{p}", f"m{c}", r) for p, c, r in edges], schema)


def plain(view, weights=False):
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(view.nodes)
    for e in view.edges:
        if not weights or e.relation in ("rlFrom", "sftFrom"):
            graph.add_edge(e.parent, e.child, key=e.relation)
    return graph


@given(lineages(), st.booleans())
def test_only_through_is_what_a_model_dominates(schema, drawn, weights):
    view = view_of(*drawn, schema)
    graph = nx.DiGraph(plain(view, weights))
    graph.add_edges_from([("start", x) for x in view.nodes if not graph.in_degree(x)])
    above = dict(nx.immediate_dominators(graph, "start"))
    for thing in view.nodes:
        dominated = set()
        for x in view.nodes:
            dominator = x
            while dominator not in ("start", thing) or dominator == x:
                if dominator == "start":
                    break
                dominator = above[dominator]
            if dominator == thing and x != thing:
                dominated.add(x)
        assert only_through(view, thing, weights=weights) == dominated


@given(lineages(cyclic=True))
def test_only_through_is_what_is_lost_without_the_model(schema, drawn):
    """By definition, with cycles: what nothing outside its descendants reaches once it is taken away."""
    view = view_of(*drawn, schema)
    graph = nx.DiGraph(plain(view))
    for thing in view.nodes:
        below = nx.descendants(graph, thing) - {thing}
        without = graph.copy()
        without.remove_node(thing)
        reached = set()
        for x in set(view.nodes) - below - {thing}:
            reached |= nx.descendants(without, x)
        assert only_through(view, thing) == below - reached


@given(lineages(), st.booleans())
def test_generations_are_networkxs(schema, drawn, weights):
    view = view_of(*drawn, schema)
    found = generations(view, weights=weights)
    assert found.layers == tuple(tuple(sorted(x)) for x in nx.topological_generations(plain(view, weights)))
    assert found.cyclic == ()


@given(lineages(cyclic=True))
def test_cycles_are_strongly_connected_and_have_no_generation(schema, drawn):
    view = view_of(*drawn, schema)
    graph = plain(view)
    components = [
        c for c in nx.strongly_connected_components(graph) if len(c) > 1 or graph.has_edge(*list(c) * 2)
    ]
    assert cycles(view) == sorted(tuple(sorted(c)) for c in components)
    on = set().union(*components) if components else set()
    below = on.union(*(nx.descendants(graph, x) for x in on))
    assert set(generations(view).cyclic) == below
    assert sorted(x for layer in generations(view).layers for x in layer) == sorted(set(view.nodes) - below)


@given(lineages(cyclic=True), st.booleans())
def test_roots_are_ancestors_without_parents(schema, drawn, weights):
    view = view_of(*drawn, schema)
    graph = plain(view, weights)
    for thing in view.nodes:
        above = nx.ancestors(graph, thing) | {thing}
        assert roots(view, thing, weights=weights) == {x for x in above if not graph.in_degree(x)}


@given(lineages(cyclic=True), st.booleans())
def test_all_paths_are_networkxs(schema, drawn, weights):
    view = view_of(*drawn, schema)
    graph = plain(view, weights)
    for a in view.nodes:
        for b in view.nodes:
            found = all_paths(view, a, b, weights=weights, limit=100_000)
            edges = [[(e.parent, e.child, e.relation) for e in path] for path in found.paths]
            expected = [] if a == b else list(nx.all_simple_edge_paths(graph, a, b))
            assert found.complete
            assert len(edges) == len(expected)
            assert sorted(edges) == sorted(map(list, expected))


def test_paths_are_limited_and_say_so(schema):
    """Twenty diamonds in a row have a million paths."""
    edges = [
        (n, m, "sftFrom")
        for k in range(20)
        for n, m in ((3 * k, 3 * k + 1), (3 * k, 3 * k + 2), (3 * k + 1, 3 * k + 3), (3 * k + 2, 3 * k + 3))
    ]
    view = view_of(edges, 61, schema)
    found = all_paths(view, "m0", "m60", limit=10)
    assert (len(found.paths), found.complete) == (10, False)
    assert all(len(path) == 40 for path in found.paths)
    assert all_paths(view, "m0", "m3", limit=2).complete
    assert only_through(view, "m30") == {f"m{i}" for i in range(31, 61)}


def test_hostile_cycles_end(schema):
    """Beyond the gate everything is the parent of everything, and no way leads back through the gate."""
    tangle = [(a, b, "sftFrom") for a in range(2, 15) for b in range(2, 15)]
    view = view_of([(0, 2, "sftFrom"), (2, 1, "sftFrom"), *tangle], 15, schema)
    found = all_paths(view, "m0", "m1", limit=10)
    assert ([[e.child for e in path] for path in found.paths], found.complete) == ([["m2", "m1"]], False)
    many = all_paths(view, "m3", "m1", limit=10)
    assert (len(many.paths), many.complete) == (10, False)
    assert cycles(view) == [tuple(sorted(f"m{i}" for i in range(2, 15)))]
    assert generations(view).layers == (("m0",),)
    assert roots(view, "m7") == {"m0"}
    assert only_through(view, "m2") == {"m1", *(f"m{i}" for i in range(3, 15))}


@given(lineages(cyclic=True))
def test_a_shortest_path_is_as_short_as_networkxs(schema, drawn):
    view = view_of(*drawn, schema)
    graph = plain(view)
    for a in view.nodes:
        for b in view.nodes:
            path = shortest_path(view.edges, a, b)
            if a == b or not nx.has_path(graph, a, b):
                assert path == ()
            else:
                assert len(path) == nx.shortest_path_length(graph, a, b)
                assert (path[0].child, path[-1].parent) == (b, a)
                assert [e.parent for e in path[:-1]] == [e.child for e in path[1:]]


@given(lineages())
def test_lowest_common_ancestors_are_those_with_none_below(schema, drawn):
    view = view_of(*drawn, schema)
    graph = plain(view)
    edges = lineage_edges(view)
    for a in view.nodes:
        for b in view.nodes:
            common = (nx.ancestors(graph, a) | {a}) & (nx.ancestors(graph, b) | {b})
            found = lowest(common, edges)
            assert found == {x for x in common if not nx.descendants(graph, x) & common}
            theirs = nx.lowest_common_ancestor(nx.DiGraph(graph), a, b)
            assert (theirs in found) if theirs else not found


def test_the_bundled_lineage_has_no_cycle(graph):
    view = load_view(graph)
    assert cycles(view) == []
    assert generations(view).cyclic == ()
    assert "model:deepcoder-14b-preview" in only_through(
        view, "model:deepseek-r1-distill-qwen-14b", weights=True
    )
    assert roots(view, "model:deepswe-preview", weights=True) == {"model:qwen3-32b-base"}
