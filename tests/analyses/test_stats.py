"""Counting what is in the graph."""

from __future__ import annotations

from collections import Counter

import pytest

from codellm_graph import api
from codellm_graph.evidence import describe_all
from codellm_graph.view import load_view


def test_counts_of_the_small_graph(tiny):
    found = api.stats(tiny)
    assert found.classes == {
        "Model": 7,
        "Citation": 6,
        "Source": 4,
        "Dataset": 3,
        "Technique": 3,
        "Family": 2,
        "License": 2,
        "Benchmark": 1,
        "Checkpoint": 1,
        "Organization": 1,
        "Result": 1,
        "Series": 1,
    }
    assert found.stages == {"agentic": 1}
    assert found.years == {"2024": 1, "2025": 1}
    assert found.relations == {
        "continuedFrom": 2,
        "sftFrom": 2,
        "convertedFrom": 1,
        "distilledFrom": 1,
        "rlFrom": 1,
        "succeeds": 1,
        "tunedFrom": 1,
    }


def test_the_largest_come_first_and_stages_and_years_in_order(graph):
    found = api.stats(graph)
    for counts in (found.classes, found.relations):
        assert list(counts.values()) == sorted(counts.values(), reverse=True)
    assert list(found.stages) == ["encoder", "generative", "code LLM", "agentic"]
    assert list(found.years) == sorted(found.years)
    assert list(found.grades) == ["1", "2", "3", "4"]


def test_counts_agree_with_the_view(graph):
    found, view = api.stats(graph), load_view(graph)
    kinds = Counter(n.kind for n in view.nodes.values())
    assert {k: found.classes[k] for k in kinds} == kinds
    # What is counted is announced as one: a family, or a model that is in none.
    units = [n for n in view.nodes.values() if not n.family or view.nodes[n.family].kind != "Family"]
    assert found.stages == Counter(n.stage for n in units if n.stage)
    dated = [n for n in units if n.earliest and n.kind in ("Family", "Model")]
    assert found.years == Counter(n.earliest[:4] for n in dated)
    # The view keeps the most specific of several relations between two models.
    shown = Counter(e.relation for e in view.edges)
    assert all(found.relations.get(relation, 0) >= count for relation, count in shown.items())


@pytest.mark.parametrize("which", ["tiny", "graph"])
def test_grades_agree_with_what_is_shown_for_each_model(request, which):
    store = request.getfixturevalue(which)
    naming = {r["p"] for r in api.select(store, "SELECT ?p { ?p clg:isNaming|clg:isRemark true }")}
    things = describe_all(store, load_view(store).nodes)
    shown = Counter(
        str(s.grade)
        for thing in things.values()
        for s in thing.statements
        if s.accepted and s.grade and s.property not in naming
    )
    assert api.stats(store).grades == shown


def test_a_deprecated_citation_gives_no_grade(store_of):
    store = store_of("""
        src:a clg:grade 1 . src:b clg:grade 3 . cite:a clg:source src:a ; clg:rank concept:deprecated . cite:b clg:source src:b .
        cite:a { model:x clg:uses technique:y } cite:b { model:x clg:uses technique:y ; a clg:Model }""")
    assert api.stats(store).grades == {"3": 1}


def test_nearly_all_statements_rest_on_makers_and_papers(graph):
    grades = api.stats(graph).grades
    assert (grades["1"] + grades["2"]) / sum(grades.values()) >= 0.95
