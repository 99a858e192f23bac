"""The default graph as a property graph of models."""

from __future__ import annotations

import networkx as nx
import pytest

from codellm_graph import api
from codellm_graph.analyses.lineage import trace
from codellm_graph.view import Edge, Node, View, load_view, relations


@pytest.fixture(scope="module")
def view(tiny):
    return load_view(tiny)


def test_nodes_carry_plain_values(view):
    assert view.nodes["model:pine-1-7b"] == Node(
        id="model:pine-1-7b",
        label="Pine-1-7B",
        kind="Model",
        released="2024-03-05",
        earliest="2024-03-05",
        stage=None,
        organization="Forest Lab",
        license="Apache License 2.0",
        openness="open",
        parameters=7.2,
        family="model:pine-1",
    )
    assert view.nodes["model:pine-1-7b-chat"].openness == "restricted"
    assert view.nodes["model:pine-2-7b"].stage == "agentic"
    assert {n.kind for n in view.nodes.values()} == {"Series", "Family", "Model", "Checkpoint"}
    assert view.nodes["model:pine"].label == "Pine"


def test_edges_are_the_most_specific_relations_with_their_citations(view):
    (edge,) = view.parents["model:pine-2-7b"]
    assert (edge.parent, edge.relation, edge.grade) == ("model:pine-1-7b-chat", "rlFrom", 1)
    # The paper says less, but nothing else: it supports the edge too.
    assert [c.id for c in edge.citations] == ["cite:pine-card-2", "cite:pine-paper-models"]
    assert [(e.parent, e.relation) for e in view.parents["model:pine-2-mini"]] == [
        ("model:pine-1-7b", "sftFrom"),
        ("model:pine-2-7b", "distilledFrom"),
    ]


def test_a_date_passes_from_a_family_to_its_models_and_no_further(store_of):
    view = load_view(
        store_of("""cite:a {
        model:s a clg:Series ; clg:released "2018"^^xsd:gYear . model:old a clg:Family ; clg:memberOf model:s ; clg:released "2019-02"^^xsd:gYearMonth .
        model:new a clg:Family ; clg:memberOf model:s . model:m a clg:Model ; clg:memberOf model:old . model:n a clg:Model ; clg:memberOf model:new .
        model:dated a clg:Model ; clg:memberOf model:old ; clg:released "2020-01-02"^^xsd:date }""")
    )
    dates = {i.partition(":")[2]: (n.released, n.earliest) for i, n in view.nodes.items()}
    assert dates["m"] == dates["old"] == ("2019-02", "2019-02-01")
    assert dates["dated"] == ("2020-01-02", "2020-01-02")
    # A brand's later families are not as old as the brand.
    assert dates["n"] == dates["new"] == (None, None)


def test_two_relations_of_which_none_entails_the_other_are_two_edges(store_of):
    view = load_view(
        store_of("""cite:a { model:x a clg:Model ; clg:sftFrom model:y ; clg:rlFrom model:y ; clg:tunedFrom model:y .
        model:y a clg:Model }""")
    )
    assert [e.relation for e in view.edges] == ["rlFrom", "sftFrom"]


def test_a_deprecated_citation_does_not_raise_the_grade(store_of):
    view = load_view(
        store_of("""
        src:a clg:grade 1 . src:b clg:grade 3 . cite:a clg:source src:a ; clg:rank concept:deprecated . cite:b clg:source src:b .
        cite:a { model:x clg:sftFrom model:y } cite:b { model:x a clg:Model ; clg:sftFrom model:y . model:y a clg:Model }""")
    )
    assert [e.grade for e in view.edges] == [3]


def test_lineage_that_leads_out_of_the_models_is_left_out(store_of):
    view = load_view(
        store_of(
            "cite:a { model:x a clg:Model ; clg:basedOn model:unknown , dataset:d . dataset:d a clg:Dataset }"
        )
    )
    assert set(view.nodes) == {"model:x"}
    assert view.edges == []


def test_parents_children_and_members_agree_with_the_edges(view):
    assert sorted(e for edges in view.parents.values() for e in edges) == sorted(view.edges)
    assert sorted(e for edges in view.children.values() for e in edges) == sorted(view.edges)
    assert view.members["model:pine"] == ["model:pine-1", "model:pine-2"]
    assert {m for ms in view.members.values() for m in ms} == {i for i, n in view.nodes.items() if n.family}


def test_relations_are_the_ontologys(view):
    assert relations(view.schema, "tunedFrom") == {"tunedFrom", "sftFrom", "preferenceTunedFrom", "rlFrom"}
    assert {"architectureFrom", "succeeds", "distilledFrom"} < relations(view.schema, "basedOn")


@pytest.mark.parametrize(
    ("date", "kept"),
    [
        ("2023", ""),
        ("2024", "yms"),
        ("2024-01", "y"),
        ("2024-02", "ym"),
        ("2024-03", "yms"),
        ("2024-01-01", "y"),
        ("2024-01-31", "y"),
        ("2024-02-01", "ym"),
        ("2024-03-04", "ym"),
        ("2024-03-05", "yms"),
        ("2025-01-01", "yms"),
    ],
)
def test_until_keeps_what_may_have_been_released(date, kept):
    days = {"y": ("2024", "2024-01-01"), "m": ("2024-02", "2024-02-01"), "s": ("2024-03-05", "2024-03-05")}
    nodes = {i: Node(i, i, "Model", *dates) for i, dates in days.items()} | {"u": Node("u", "u", "Model")}
    found = View(nodes, [], None).until(date)
    assert set(found.nodes) == {*kept, "u"}


def test_until_leaves_out_the_edges_too(view):
    before = view.until("2024")
    assert set(view.nodes) - set(before.nodes) == {
        f"model:pine-2{x}" for x in ("", "-7b", "-7b-long", "-moe", "-mini")
    }
    assert {e.child for e in before.edges} == {"model:pine-1-7b", "model:pine-1-7b-chat"}
    assert before.members["model:pine"] == ["model:pine-1"]
    assert set(trace(before, "model:pine-1-7b", down=True).nodes) == {
        "model:pine-1-7b",
        "model:pine-1-7b-chat",
    }
    assert view.until(None) is view
    # A date further on changes nothing; two dates are the earlier one.
    assert view.until("2030-01").nodes == view.nodes
    assert view.until("2024").until("2030").nodes == before.nodes


@pytest.mark.parametrize("which", ["tiny", "graph"])
def test_networkx_has_scalars_only_and_edges_from_parent_to_child(request, which):
    store = request.getfixturevalue(which)
    view, graph = load_view(store), api.to_networkx(store)
    assert set(graph) == set(view.nodes)
    values = [v for _, data in graph.nodes(data=True) for v in data.values()]
    values += [v for *_, data in graph.edges(data=True) for v in data.values()]
    assert {type(v) for v in values} <= {str, int, float, bool}
    assert sorted(graph.edges(keys=True)) == sorted((e.parent, e.child, e.relation) for e in view.edges)
    assert all(key == data["relation"] for *_, key, data in graph.edges(keys=True, data=True))


def test_networkx_ancestors_are_ancestors(tiny):
    graph = api.to_networkx(tiny)
    assert nx.ancestors(graph, "model:pine-2-7b") == {
        "model:pine-1-7b-chat",
        "model:pine-1-7b",
        "model:pine-1-7b-draft",
    }
    assert "model:pine-2-7b-long" in nx.descendants(graph, "model:pine-1-7b")
    assert "model:pine-2" not in api.to_networkx(tiny, as_of="2024")


def test_networkx_formats_take_the_graph(tiny, tmp_path):
    graph = api.to_networkx(tiny)
    nx.write_graphml(graph, tmp_path / "tiny.graphml")
    again = nx.read_graphml(tmp_path / "tiny.graphml", force_multigraph=True)
    assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True))
    assert set(again.edges(keys=True)) == set(graph.edges(keys=True))


def test_node_link_round_trip(tiny):
    lineage = trace(load_view(tiny), "model:pine-2-mini")
    data = lineage.to_dict()
    graph = nx.node_link_graph(data, edges="edges")
    assert isinstance(graph, nx.MultiDiGraph)
    whole = api.to_networkx(tiny)
    assert set(graph.edges(keys=True)) == set(whole.subgraph(lineage.nodes).edges(keys=True))
    assert {i: d["label"] for i, d in graph.nodes(data=True)} == {
        i: whole.nodes[i]["label"] for i in lineage.nodes
    }
    again = nx.node_link_data(graph, edges="edges")
    assert again["nodes"] == data["nodes"]
    by_key = {(e["source"], e["target"], e["key"]): e for e in data["edges"]}
    assert {(e["source"], e["target"], e["key"]): e for e in again["edges"]} == by_key


def test_until_leaves_out_what_derives_from_something_later(view):
    nodes = {
        "a": Node("a", "A", "Model", "2025", "2025-01-01"),
        "b": Node("b", "B", "Model"),
        "c": Node("c", "C", "Model"),
        "d": Node("d", "D", "Model"),
    }
    edges = [Edge("a", "b", "sftFrom"), Edge("b", "c", "quantizedFrom"), Edge("a", "d", "succeeds")]
    assert set(View(nodes, edges, view.schema).until("2024").nodes) == {"d"}
    assert set(View(nodes, edges, view.schema).until("2025").nodes) == set(nodes)


def test_members_at_every_level(graph):
    kinds = {"s": "Series", "f": "Family", "g": "Family", "a": "Model", "b": "Model", "c": "Model"}
    above = {"f": "s", "g": "s", "a": "g", "b": "f", "c": "f"}
    days = {"f": "2024-01-01", "g": "2023-01-01", "b": "2024-03-01", "c": "2024-02-01"}
    nodes = {i: Node(i, i, kind, earliest=days.get(i), family=above.get(i)) for i, kind in kinds.items()}
    schema = load_view(graph).schema
    view = View(nodes, [], schema)
    assert view.below("s") == ["g", "f", "a", "c", "b"]
    assert view.below("f") == ["c", "b"]
    assert view.below("a") == []
    # Careless data: two families that are members of each other.
    circle = {"f": Node("f", "f", "Family", family="g"), "g": Node("g", "g", "Family", family="f")}
    assert View(circle, [], schema).below("f") == ["g"]
