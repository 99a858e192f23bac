"""Who says so: statements with the citations they rest on."""

from __future__ import annotations

import pytest

from codellm_graph import api
from codellm_graph.evidence import CitationInfo, best_grade, citations, describe, describe_all


def by_property(thing, name):
    return {s.value: s for s in thing.statements if s.property == name}


@pytest.fixture(scope="module")
def model(tiny):
    return describe(tiny, "model:pine-2-7b")


def test_a_stated_value_names_its_citations_best_first(model):
    statement = by_property(model, "clg:rlFrom")["model:pine-1-7b-chat"]
    assert statement.label == "Pine-1-7B-Chat"
    assert statement.property_label == "reinforcement learning from"
    assert (statement.accepted, statement.grade, statement.rule) == (True, 1, None)
    assert statement.citations == (
        CitationInfo(
            "cite:pine-card-2",
            "src:pine-card",
            "Pine model card",
            "Pine-2",
            "https://example.org/pine",
            1,
            "normal",
            "stated",
        ),
    )


def test_the_same_statement_in_two_citations_names_both(store_of):
    store = store_of("""
        src:a clg:grade 3 . src:b clg:grade 2 . cite:a clg:source src:a . cite:b clg:source src:b .
        cite:a { model:x clg:uses technique:y } cite:b { model:x a clg:Model ; clg:uses technique:y }""")
    (statement,) = by_property(describe(store, "model:x"), "clg:uses").values()
    assert ([c.id for c in statement.citations], statement.grade) == (["cite:b", "cite:a"], 2)


def test_rejected_values_are_shown_as_such(tiny, model):
    denied = by_property(model, "clg:rlOn")["dataset:bench"]
    assert (denied.accepted, denied.grade) == (False, 3)
    assert [c.title for c in denied.citations] == ["Somebody's blog"]
    dates = by_property(describe(tiny, "model:pine-2"), "clg:released")
    assert {value: s.accepted for value, s in dates.items()} == {"2025-01-10": True, "2025-02": False}


def test_a_deprecated_value_has_no_grade(tiny):
    sizes = by_property(describe(tiny, "model:pine-1-3b"), "clg:totalParametersB")
    assert {v: (s.accepted, s.grade) for v, s in sizes.items()} == {"3": (True, 1), "33": (False, None)}
    assert sizes["33"].citations[0].rank == "deprecated"
    assert sizes["3"].label == "3 billion parameters"


def test_a_computed_value_names_its_rule(tiny, model):
    uses = by_property(model, "clg:uses")
    assert (uses["technique:gqa"].rule, uses["technique:gqa"].citations) == ("along-weights", ())
    assert uses["technique:grpo"].rule is None
    assert by_property(model, "clg:license")["license:apache-2.0"].rule == "down"
    family = describe(tiny, "model:pine-2")
    assert by_property(family, "clg:familyBasedOn")["model:pine-1"].rule == "family"
    assert by_property(family, "clg:earliest")["2025-01-10"].rule == "bounds"
    assert {s.rule for s in by_property(family, "clg:uses").values()} == {"up"}


def test_pure_entailments_are_left_out(model):
    assert not by_property(model, "clg:weightsFrom") | by_property(model, "prov:wasDerivedFrom")
    assert set(by_property(model, "rdf:type")) == {"clg:Model"}


def test_a_result_is_one_line(model):
    (statement,) = by_property(model, "clg:result").values()
    assert statement.label in ("TreeBench 59.0 resolved (one try)", "TreeBench 59 resolved (one try)")


def test_stated_ones_come_before_computed_ones_and_accepted_before_rejected(model):
    order = [(s.rule is not None, not s.accepted) for s in model.statements]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("thing", "label", "kind", "said"),
    [
        ("dataset:bench", "TreeBench", "Benchmark", "rdfs:label"),
        ("technique:gqa", "GQA", "Technique", "clg:kind"),
        ("maker:forest", "Forest Lab", "Organization", "rdfs:label"),
        ("license:forest", "Forest License", "License", "clg:openness"),
        ("src:pine-card", "Pine model card", "ModelCard", "clg:address"),
        ("stage:agentic", "agentic", "Stage", "clg:order"),
        ("track:rlvr", "RLVR", "Track", "skos:definition"),
    ],
)
def test_things_of_every_kind(tiny, thing, label, kind, said):
    found = describe(tiny, thing)
    assert (found.label, found.kind) == (label, kind)
    assert said in {s.property for s in found.statements}
    assert api.show(tiny, thing) == found


def test_many_at_once_are_as_one_by_one(tiny):
    wanted = ["model:pine-2", "model:pine-1-7b", "technique:gqa", "model:pine-2"]
    together = describe_all(tiny, wanted)
    assert together == {thing: describe(tiny, thing) for thing in wanted}
    assert describe_all(tiny, []) == {}


def test_every_model_of_the_bundled_graph_can_be_described(graph):
    models = [r["m"] for r in api.select(graph, "SELECT DISTINCT ?m { ?m a clg:AnyModel }")]
    things = describe_all(graph, models)
    for thing in things.values():
        assert thing.kind in ("Series", "Family", "Model", "Checkpoint")
        assert thing.label != thing.id
        for s in thing.statements:
            # Every statement leads back to its sources, or to the rule that computed it.
            assert bool(s.citations) != bool(s.rule)
            assert all(c.title and c.locator for c in s.citations)


def test_best_grade():
    def cited(grade, rank="normal"):
        return CitationInfo("cite:x", "src:x", "", "", "", grade, rank)

    assert best_grade([]) is None
    assert best_grade([cited(None)]) is None
    assert best_grade([cited(3), cited(None), cited(2)]) == 2
    assert best_grade([cited(3), cited(1, "deprecated")]) == 3


def test_a_citation_that_says_little_is_shown_all_the_same(store_of):
    store = store_of("cite:a clg:source src:a . cite:a { model:x a clg:Model }")
    assert citations(store, ["cite:a", "cite:unknown"]) == {
        "cite:a": CitationInfo("cite:a", "src:a", "src:a", "", "", None)
    }


def test_of_several_titles_and_places_the_first_is_shown(store_of):
    store = store_of("""
        src:a dcterms:title "B" , "A"@en , "C" , "丙"@zh ; clg:address "urn:2" , "urn:1" .
        cite:a clg:source src:a ; clg:locator "z" , "y" . cite:a { model:x a clg:Model }""")
    found = citations(store, ["cite:a"])["cite:a"]
    assert (found.locator, found.url) == ("y", "urn:1")
    assert found.title in ("A", "B")
    assert citations(store, ["cite:a"])["cite:a"] == found
