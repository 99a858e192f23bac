"""What a model comes from, and what came from it."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph import api
from codellm_graph.analyses.lineage import MEMBERSHIP, ancestors, around, descendants, everything, trace, walk
from codellm_graph.errors import UsageError
from codellm_graph.view import Edge, Node, View, load_view, relations

RELATIONS = ["rlFrom", "sftFrom", "mergedFrom", "distilledFrom", "architectureFrom", "succeeds"]


@pytest.fixture(scope="module")
def view(tiny):
    return load_view(tiny)


@pytest.fixture(scope="module")
def schema(view):
    return view.schema


def models(edges, count, schema, members=()):
    family = dict(members)
    kinds = dict.fromkeys(family.values(), "Family")
    nodes = {
        f"m{i}": Node(f"m{i}", f"M{i}", kinds.get(f"m{i}", "Model"), family=family.get(f"m{i}"))
        for i in range(count)
    }
    return View(nodes, [Edge(f"m{p}", f"m{c}", r) for p, c, r in edges], schema)


@st.composite
def dags(draw, cyclic=False):
    """Draw edges (parent, child, relation) among a few nodes; merges and double edges are common."""
    count = draw(st.integers(2, 12))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.sampled_from(RELATIONS))
    edges = draw(st.lists(pairs, max_size=30, unique=True))
    if not cyclic:
        edges = [(min(a, b), max(a, b), r) for a, b, r in edges if a != b]
    return sorted(set(edges)), count


@given(dags())
def test_ancestors_and_descendants_are_networkxs(schema, drawn):
    view = models(*drawn, schema)
    graph = view.to_networkx()
    for node in view.nodes:
        assert ancestors(view, node) == nx.ancestors(graph, node)
        assert descendants(view, node) == nx.descendants(graph, node)


@given(dags(cyclic=True))
def test_an_ancestor_has_its_descendant_and_cycles_end(schema, drawn):
    view = models(*drawn, schema)
    up = {node: ancestors(view, node) for node in view.nodes}
    down = {node: descendants(view, node) for node in view.nodes}
    for a in view.nodes:
        assert a not in up[a]
        for b in view.nodes:
            assert (a in up[b]) == (b in down[a])


@given(dags(), st.integers(1, 5))
def test_depth_is_the_shortest_path(schema, drawn, depth):
    view = models(*drawn, schema)
    reverse = view.to_networkx().reverse()
    for node in view.nodes:
        shortest = nx.single_source_shortest_path_length(reverse, node, cutoff=depth)
        depths, edges = walk(view, node, depth=depth)
        assert depths == shortest
        assert set(edges) == {e for e in view.edges if depths.get(e.child, depth) < depth}
        assert len(edges) == len(set(edges))


@given(
    dags(), st.sampled_from([*RELATIONS, "tunedFrom", "weightsFrom", "derivedFrom", "basedOn"]), st.booleans()
)
def test_relation_and_weights_filter_edges_everywhere_on_the_way(schema, drawn, relation, weights):
    view = models(*drawn, schema)
    allowed = relations(schema, relation) & relations(schema, "weightsFrom" if weights else "basedOn")
    kept = models([e for e in drawn[0] if e[2] in allowed], drawn[1], schema)
    for node in view.nodes:
        assert walk(view, node, relation=relation, weights=weights) == walk(kept, node)
        assert walk(view, node, down=True, relation=relation, weights=weights) == walk(kept, node, down=True)


@given(dags(cyclic=True))
def test_around_is_both_directions_together(schema, drawn):
    view = models(*drawn, schema)
    for node in view.nodes:
        both = around(view, node)
        assert set(both.nodes) == ancestors(view, node) | descendants(view, node) | {node}
        assert all(e.parent in both.nodes and e.child in both.nodes for e in both.edges)
        assert len(both.edges) == len(set(both.edges))


def test_lineage_of_a_model(view):
    found = trace(view, "model:pine-2-mini")
    assert [(e.child, e.relation, e.parent) for e in found.edges] == [
        ("model:pine-2-mini", "sftFrom", "model:pine-1-7b"),
        ("model:pine-2-mini", "distilledFrom", "model:pine-2-7b"),
        ("model:pine-1-7b", "continuedFrom", "model:pine-1-7b-draft"),
        ("model:pine-2-7b", "rlFrom", "model:pine-1-7b-chat"),
        ("model:pine-1-7b-chat", "sftFrom", "model:pine-1-7b"),
    ]
    assert found.depths == {
        "model:pine-2-mini": 0,
        "model:pine-1-7b": 1,
        "model:pine-2-7b": 1,
        "model:pine-1-7b-draft": 2,
        "model:pine-1-7b-chat": 2,
    }
    assert set(trace(view, "model:pine-2-mini", weights=True).nodes) == {
        "model:pine-2-mini",
        "model:pine-1-7b",
        "model:pine-1-7b-draft",
    }


def test_a_model_without_lineage_is_alone(view):
    found = trace(view, "model:pine-1-7b-draft")
    assert (list(found.nodes), found.edges) == (["model:pine-1-7b-draft"], ())


def test_a_family_stands_for_its_members_where_it_is_asked_about(view):
    members = set(view.members["model:pine-2"])
    found = trace(view, "model:pine-2")
    assert {e.parent for e in found.edges if e.relation == "hasMember"} == members
    assert ancestors(view, "model:pine-2") == {
        "model:pine-1",
        "model:pine-1-7b",
        "model:pine-1-7b-chat",
        "model:pine-1-7b-draft",
        "model:pine-2-7b",
    }
    assert members | {"model:pine-2", "model:pine-1-7b-chat"} == descendants(view, "model:pine-1")
    assert trace(view, "model:pine-2", depth=1).depths.keys() == members | {"model:pine-1", "model:pine-2"}


def test_a_series_stands_for_the_members_of_its_families(view):
    reached = set(trace(view, "model:pine").nodes)
    assert reached == set(view.nodes)
    assert ancestors(view, "model:pine") >= ancestors(view, "model:pine-2-7b")


def test_what_is_said_of_a_family_holds_for_members_of_which_nothing_is_said(view):
    found = trace(view, "model:pine-2-7b-long")
    assert "model:pine-1" not in found.nodes
    lonely = View(view.nodes, [e for e in view.edges if e.child == "model:pine-2"], view.schema)
    found = trace(lonely, "model:pine-2-moe")
    assert [(e.child, e.relation, e.parent) for e in found.edges] == [
        ("model:pine-2-moe", "memberOf", "model:pine-2"),
        ("model:pine-2", "succeeds", "model:pine-1"),
    ]
    assert ancestors(lonely, "model:pine-2-moe") == {"model:pine-1"}
    assert ancestors(lonely, "model:pine-2-moe", weights=True) == set()
    # And so the other way round.
    assert "model:pine-2-moe" in descendants(lonely, "model:pine-1")
    assert "model:pine-2-moe" not in descendants(lonely, "model:pine-1", weights=True)


@pytest.mark.parametrize("weights", [False, True])
def test_every_ancestor_of_a_model_has_it_among_its_descendants(graph, weights):
    view = load_view(graph)
    down = {i: descendants(view, i, weights=weights) for i in view.nodes}
    single = [i for i, n in view.nodes.items() if n.kind in ("Model", "Checkpoint")]
    missing = [(a, b) for b in single for a in ancestors(view, b, weights=weights) if b not in down[a]]
    assert missing == []
    # Families stand for their members only where they are asked about, so this direction is for models.
    extra = [(a, b) for a in single for b in down[a] if a not in ancestors(view, b, weights=weights)]
    assert extra == []


@pytest.mark.parametrize(
    "members", [[("m0", "m0")], [("m0", "m1"), ("m1", "m0")], [("m0", "m1"), ("m1", "m2"), ("m2", "m1")]]
)
@pytest.mark.parametrize("down", [False, True])
def test_a_cycle_of_memberships_ends(schema, members, down):
    view = models([(0, 2, "rlFrom")], 3, schema, members)
    for node in view.nodes:
        found = trace(view, node, down=down)
        assert len(found.edges) == len(set(found.edges))
    assert around(view, "m0").nodes


def test_an_unknown_relation_lists_the_relations(view):
    with pytest.raises(UsageError) as caught:
        trace(view, "model:pine-2", relation="bornFrom")
    assert "'bornFrom' is no lineage relation; they are adapterOf, architectureFrom, basedOn," in str(
        caught.value
    )
    for relation in ("uses", "memberOf", "hasMember", ""):
        with pytest.raises(UsageError):
            trace(view, "model:pine-2", relation=relation)


def test_a_root_that_is_not_in_the_view_is_refused(view):
    for root in ("dataset:bench", "model:pine-2"):
        with pytest.raises(UsageError, match="has no lineage here: it is no model, or later than"):
            trace(view.until("2024"), root)


def test_everything_leaves_out_families_with_members(view):
    found = everything(view)
    assert {view.nodes[i].kind for i in found.nodes} == {"Model", "Checkpoint"}
    assert all(e.relation not in MEMBERSHIP for e in found.edges)
    assert len(found.edges) == len(view.edges) - 1


def test_the_api_says_the_same(tiny, view):
    assert api.ancestors(tiny, "Pine-2-7B") == ancestors(view, "model:pine-2-7b")
    assert api.descendants(tiny, "Pine 1 7B", weights=True) == descendants(
        view, "model:pine-1-7b", weights=True
    )
    assert api.descendants(tiny, "Pine-1-7B", as_of="2024") == {"model:pine-1-7b-chat"}
    found = api.lineage(tiny, "Pine-2-7B", relation="rlFrom", depth=3)
    assert [e.relation for e in found.edges] == ["rlFrom"]
    assert api.lineage(tiny, "松树", down=True) == trace(view, "model:pine", down=True)
