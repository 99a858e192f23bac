"""What the page holds: the numbers of the analyses, in tables that point into each other."""

from __future__ import annotations

import json

import pytest

import codellm_graph as cg
from codellm_graph.analyses.adoption import adoptions
from codellm_graph.analyses.carriers import carriers
from codellm_graph.analyses.exposure import NO_EVIDENCE, exposure, exposures
from codellm_graph.analyses.field import read_field
from codellm_graph.analyses.lineage import Lineage, everything
from codellm_graph.analyses.steps import load_statements
from codellm_graph.errors import UsageError
from codellm_graph.evidence import CitationInfo, describe_all
from codellm_graph.present.exports import contents
from codellm_graph.present.looks import STYLES
from codellm_graph.present.payload import payload
from codellm_graph.present.payload_pack import packed_evidence, packed_graph, squeezed
from codellm_graph.present.picture import picture
from codellm_graph.view import Edge, Node, View, load_view

ODD = ("", "\x00\x1b\x7f", "a\ud800b", "<!--<script>", "|", "constructor", "\u2028", "日本語", "x" * 5000)


def payload_of(store, root=None):
    shown = contents(store, root)
    return payload(store, picture(shown.view, shown.lineage), shown.title)


@pytest.fixture(scope="module")
def whole(graph):
    return payload_of(graph)


@pytest.fixture(scope="module")
def view(graph):
    return load_view(graph)


def ids(found, table="nodes"):
    return found.graph[table]["id"]


def thing(found, name):
    return ids(found, "things").index(name)


def test_tables_are_complete_and_point_into_each_other(whole, view):
    graph, evidence = whole
    for name in ("nodes", "marks", "links", "edges", "things"):
        assert len({len(column) for column in graph[name].values()}) == 1
    assert set(ids(whole)) == set(view.nodes)
    assert len(graph["edges"]["parent"]) == len(view.edges)
    assert len(evidence["nodes"]) == len(evidence["disputed"]) == len(view.nodes)
    assert len(evidence["things"]) == len(ids(whole, "things"))
    edges, links, marks = graph["edges"], graph["links"], graph["nodes"]["mark"]
    for parent, child, relation, of in zip(
        links["parent"], links["child"], links["relation"], links["edges"], strict=True
    ):
        for e in of:
            assert edges["relation"][e] == relation
            assert marks[edges["parent"][e]] == parent
            assert marks[edges["child"][e]] == child
    assert min(marks) >= 0
    order = [name for name, *_ in graph["relations"]]
    assert order == [r for r in STYLES if r in {e.relation for e in view.edges}]
    assert all(zh for _, _, zh, *_ in graph["relations"])


def test_a_root_is_marked_and_membership_is_no_edge(graph):
    found = payload_of(graph, "DeepSWE")
    assert ids(found)[found.graph["rootNode"]] == "model:deepswe"
    assert found.graph["nodes"]["mark"][found.graph["rootNode"]] == found.graph["root"]
    assert not {"hasMember", "memberOf"} & {name for name, *_ in found.graph["relations"]}
    preview = ids(found).index("model:deepswe-preview")
    assert found.graph["nodes"]["family"][preview] == found.graph["rootNode"]


def test_edges_lead_to_the_ancestors_of_the_analysis(whole, view, graph):
    edges, nodes = whole.graph["edges"], ids(whole)
    weights = {n for n, relation in enumerate(whole.graph["relations"]) if relation[6]}
    start, above, todo = "model:deepswe-preview", set(), ["model:deepswe-preview"]
    while todo:
        here = todo.pop()
        for parent, child, relation in zip(edges["parent"], edges["child"], edges["relation"], strict=True):
            if nodes[child] == here and relation in weights and nodes[parent] not in above:
                above.add(nodes[parent])
                todo.append(nodes[parent])
    assert above == cg.ancestors(graph, start, weights=True)
    assert len(above) > 1


@pytest.mark.parametrize("technique", ["technique:fim", "technique:gqa", "technique:grpo"])
def test_modes_of_adoption_are_those_of_the_analysis(whole, graph, view, technique):
    field = read_field(graph, view)
    expected = [
        (a.carrier.unit, a.mode, a.carrier.earliest or "", a.by_necessity, list(a.candidates))
        for a in adoptions(field, field.techniques[technique], carriers(field, technique))
    ]
    n, nodes = thing(whole, technique), ids(whole)
    rows = [
        (nodes[node], whole.graph["modes"][mode], day, bool(necessity), [nodes[c] for c in candidates])
        for node, mode, day, necessity, candidates in whole.graph["adoption"][str(n)]
    ]
    assert rows == expected
    assert len(rows) > 3
    users = {nodes[node] for node, used, _ in whole.graph["uses"] if used == n}
    assert users == set(field.uses[technique])


def test_a_family_that_is_not_shown_adopts_through_its_models(graph, view):
    found = payload_of(graph, "Qwen3-32B")
    field = read_field(graph, view)
    nodes = ids(found)
    for n, rows in found.graph["adoption"].items():
        name = ids(found, "things")[int(n)]
        units = {a.carrier.unit: a for a in adoptions(field, field.techniques[name], carriers(field, name))}
        for node, mode, *_ in rows:
            assert found.graph["modes"][mode] == units[field.unit_of[nodes[node]]].mode
            assert nodes[node] in units or nodes[node] in field.uses[name]
    assert found.graph["adoption"]


def test_exposure_is_that_of_the_analysis(whole, graph, view):
    all_of_them = exposures(graph, view)
    nodes, classes = ids(whole), whole.graph["classes"]
    with_rows = {b for b, found in all_of_them.items() if any(m.route for m in found.met)}
    assert {ids(whole, "things")[int(n)] for n in whole.graph["exposure"]} == with_rows
    for benchmark in ("dataset:livecodebench", "dataset:humaneval"):
        found = exposure(graph, view, benchmark)
        assert all_of_them[benchmark] == found
        expected = [
            (m.id, m.exposure, m.possible, m.overlap or "", [(s.subject, s.object) for s in m.route])
            for m in found.met
            if m.exposure != NO_EVIDENCE
        ]
        n = str(thing(whole, benchmark))
        rows = [
            (nodes[node], classes[rank], bool(possible), overlap, [(a, b) for a, _, b in route])
            for node, rank, possible, overlap, route in whole.graph["exposure"][n]
        ]
        assert rows == expected
        assert rows
        cited = [[len(step) for step in route] for route in whole.evidence["routes"][n]]
        assert cited == [[len(s.citations) for s in m.route] for m in found.met if m.route]
    ends = {
        e
        for rows in whole.graph["exposure"].values()
        for *_, route in rows
        for a, _, b in route
        for e in (a, b)
    }
    assert ends <= {*nodes, *ids(whole, "things"), *whole.graph["names"]}


def test_exposures_of_what_is_no_data(graph, view):
    assert list(exposures(graph, view, ["dataset:mbpp", "dataset:humaneval"])) == [
        "dataset:humaneval",
        "dataset:mbpp",
    ]
    with pytest.raises(UsageError, match="model:deepswe is neither data"):
        exposures(graph, view, ["model:deepswe"])


def test_training_data_is_what_is_stated(whole, graph, view):
    trained = load_statements(graph, view.schema).steps["trainedOn"]
    names = [name for name, *_ in whole.graph["dataProperties"]]
    rows = {(ids(whole)[n], names[p], ids(whole, "things")[d], g) for n, d, p, g in whole.graph["data"]}
    assert rows == {
        (s.subject, s.relation, s.object, s.grade or 0) for s in trained if s.subject in view.nodes
    }


def test_every_statement_with_its_citations(whole, graph, view):
    described = describe_all(graph, [*view.nodes, *ids(whole, "things")])
    evidence = whole.evidence
    for table, rows in (("nodes", evidence["nodes"]), ("things", evidence["things"])):
        for name, found in zip(ids(whole, table), rows, strict=True):
            expected = [s for s in described[name].statements if s.property != "rdf:type"]
            assert [(evidence["properties"][p][0], value, held) for p, value, held, *_ in found] == [
                (s.property, s.label, int(s.accepted or s.agrees)) for s in expected
            ]
            for (*_, rule, cited, _), s in zip(found, expected, strict=True):
                assert (evidence["rules"][rule] if rule >= 0 else None) == s.rule
                said = [
                    (evidence["sources"][evidence["citations"][c][0]], evidence["citations"][c][1])
                    for c in cited
                ]
                assert {(title, url, where) for (title, url, _), where in said} == {
                    (c.title, c.url, c.locator) for c in s.citations
                }
    for e, cited in zip(view.edges, evidence["edges"], strict=True):
        assert len(cited) == len({(c.title, c.url, c.grade, c.locator) for c in e.citations})


def test_disputes_are_counted_by_property(whole, graph):
    counts = dict(zip(ids(whole), whole.evidence["disputed"], strict=True))
    by_property: dict[str, set[str]] = {}
    for name, found in describe_all(graph, counts).items():
        by_property[name] = {s.property for s in found.statements if not (s.accepted or s.agrees)}
    assert counts == {name: len(found) for name, found in by_property.items()}
    assert any(counts.values())


def test_names_in_two_languages_and_aliases(whole, tiny):
    assert whole.graph["things"]["zh"][thing(whole, "technique:fim")] == "中间填充"
    assert "代码填充" in whole.graph["things"]["aliases"][thing(whole, "technique:fim")].split("|")
    aliases = dict(zip(ids(whole), whole.graph["nodes"]["aliases"], strict=True))
    assert "agentica-org/DeepSWE-Preview" in aliases["model:deepswe-preview"].split("|")
    small = payload_of(tiny)
    assert small.graph["nodes"]["aliases"][ids(small).index("model:pine-1-7b-chat")] == "松树聊天"


def test_organizations_are_told_apart(build_text, store_of):
    store = store_of("""
        src:s a clg:ModelCard ; clg:grade 1 ; dcterms:title "S" .
        cite:c a clg:Citation ; clg:source src:s ; clg:locator "x" .
        GRAPH cite:c {
          maker:a a clg:Organization ; rdfs:label "A, Inc."@en , "甲"@zh . maker:b a clg:Organization ; rdfs:label "B" .
          model:one a clg:Model ; rdfs:label "One" ; clg:organization maker:a , maker:b .
          model:two a clg:Model ; rdfs:label "Two" ; clg:organization maker:a .
        }""")
    found = payload_of(store)
    makers = found.graph["organizations"]
    of = dict(zip(ids(found), found.graph["nodes"]["organizations"], strict=True))
    assert [makers[n] for n in of["model:one"]] == [("A, Inc.", "甲"), ("B", "")]
    assert [makers[n] for n in of["model:two"]] == [("A, Inc.", "甲")]


def test_the_same_graph_gives_the_same_bytes(whole, graph, tiny):
    again = payload_of(graph)
    assert squeezed(packed_graph(again.graph)) == squeezed(packed_graph(whole.graph))
    assert squeezed(packed_evidence(again)) == squeezed(packed_evidence(whole))
    assert payload_of(tiny) == payload_of(tiny)


def test_odd_values_are_carried_and_break_nothing(graph):
    nodes, edges = {}, []
    for i, odd in enumerate(ODD):
        name = f"model:x{i}{odd}"
        cited = (
            CitationInfo("cite:x", odd, odd, odd, odd, 9),
            CitationInfo("cite:y", odd, odd, odd, odd, None),
        )
        number = (float("nan"), float("inf"), -1.0, None)[i % 4]
        nodes[name] = Node(name, odd, odd, odd, None, odd, odd, odd, odd, number, f"model:gone{odd}")
        edges.append(Edge(next(iter(nodes)), name, "sftFrom", 9, cited))
    view = View(nodes, edges, load_view(graph).schema)
    shown = picture(view, Lineage("", False, nodes, tuple(edges), dict.fromkeys(nodes, 0)))
    found = payload(graph, shown, ODD[2])
    assert found.graph["title"] == "a?b"
    assert len(ids(found)) == len(ODD)
    assert set(found.graph["nodes"]["label"]) >= {"日本語", "x" * 5000, "constructor"}
    assert not any(found.graph["nodes"]["parameters"])
    assert not any(found.graph["edges"]["grade"])
    assert set(found.graph["nodes"]["openness"]) == {3}
    json.dumps(found, allow_nan=False).encode()
    squeezed(packed_evidence(found))


def test_nothing_at_all(store_of):
    store = store_of("")
    found = payload(store, picture(load_view(store), everything(load_view(store))), "Nothing")
    assert ids(found) == ids(found, "marks") == ids(found, "things") == []
    assert found.graph["root"] == found.graph["rootNode"] == -1
    packed_evidence(found)
