"""Terms that come down the weights' lineage, and those that got lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph import api
from codellm_graph.analyses.licenses import _Reader, all_licenses, licenses
from codellm_graph.analyses.lineage import ancestors
from codellm_graph.analyses.steps import Statements, Step
from codellm_graph.errors import UsageError
from codellm_graph.view import Edge, Node, View, load_view

SMALL = """
src:desk a clg:Editorial ; dcterms:title "Names" ; clg:address "https://example.org/names"^^xsd:anyURI .
src:card a clg:ModelCard ; dcterms:title "Card" ; clg:grade 1 ; clg:address "https://example.org/card"^^xsd:anyURI .
cite:names a clg:Citation ; clg:source src:desk ; clg:locator "names" .
GRAPH cite:names {
  license:strict a clg:License ; rdfs:label "Strict" ; clg:spdx "LicenseRef-strict" ; clg:openness concept:restricted .
  license:mit a clg:License ; rdfs:label "MIT" ; clg:spdx "MIT" ; clg:openness concept:open .
  license:apache a clg:License ; rdfs:label "Apache" ; clg:spdx "Apache-2.0" ; clg:openness concept:open .
  license:unread a clg:License ; rdfs:label "Unread" ; clg:spdx "LicenseRef-unread" .
  model:old a clg:Family ; rdfs:label "Old" .
  model:old-base a clg:Model ; rdfs:label "Old-Base" ; clg:memberOf model:old .
  model:old-chat a clg:Model ; rdfs:label "Old-Chat" ; clg:memberOf model:old .
  model:middle a clg:Model ; rdfs:label "Middle" . model:young a clg:Model ; rdfs:label "Young" .
  model:permissive a clg:Model ; rdfs:label "Permissive" . model:nothing a clg:Model ; rdfs:label "Nothing" .
  model:below-nothing a clg:Model ; rdfs:label "Below" . model:student a clg:Model ; rdfs:label "Student" .
  license:other a clg:License ; rdfs:label "Other" ; clg:spdx "LicenseRef-other" .
  model:second a clg:Model ; rdfs:label "Second" . model:merge a clg:Model ; rdfs:label "Merge" .
  maker:one a clg:Organization ; rdfs:label "One" .
}
cite:terms a clg:Citation ; clg:source src:card ; clg:locator "terms" .
GRAPH cite:terms {
  license:strict clg:term concept:attribution , concept:naming . license:mit clg:term concept:attribution .
  license:apache clg:term concept:attribution . license:other clg:term concept:naming .
}
cite:card a clg:Citation ; clg:source src:card ; clg:locator "card" .
GRAPH cite:card {
  model:old clg:license license:strict ; clg:organization maker:one .
  model:old-chat clg:sftFrom model:old-base ; clg:license license:mit .
  model:middle clg:continuedFrom model:old-base ; clg:license license:unread .
  model:young clg:rlFrom model:middle ; clg:license license:mit .
  model:permissive clg:sftFrom model:old-chat ; clg:license license:apache .
  model:nothing clg:sftFrom model:old-base . model:below-nothing clg:mergedFrom model:nothing ; clg:license license:strict .
  model:second clg:license license:other . model:merge clg:mergedFrom model:old-base , model:second ; clg:license license:mit .
  model:student clg:distilledFrom model:old-base ; clg:license license:mit .
}
"""


@pytest.fixture(scope="module")
def read(store_of):
    store = store_of(SMALL)
    view = load_view(store)
    return lambda thing: {x.id.partition(":")[2]: x for x in licenses(store, view, f"model:{thing}")}


def test_a_lost_term_is_a_conflict_with_its_proof(read):
    found = read("young")["young"]
    [conflict] = found.conflicts
    assert (conflict.term, conflict.label, conflict.origin, conflict.license) == (
        "naming",
        "naming",
        "model:old-base",
        "license:strict",
    )
    assert [(s.subject, s.relation, s.object) for s in conflict.path] == [
        ("model:young", "rlFrom", "model:middle"),
        ("model:middle", "continuedFrom", "model:old-base"),
    ]
    assert [(s.subject, s.relation, s.object) for s in conflict.proof] == [
        ("model:young", "license", "license:mit"),
        ("model:old-base", "memberOf", "model:old"),
        ("model:old", "license", "license:strict"),
        ("license:strict", "term", "concept:naming"),
    ]
    assert all(s.citations for s in (*conflict.path, *conflict.proof) if s.relation != "memberOf")
    assert not conflict.same_organization


def test_the_union_of_terms_and_who_carries_them(read):
    found = read("young")["young"]
    assert [(t.term, t.carried, t.origins) for t in found.inherited] == [
        ("attribution", True, ("model:old-base",)),
        ("naming", False, ("model:old-base",)),
    ]
    assert [(h.id, h.steps, h.openness) for h in found.chain] == [
        ("model:middle", 1, None),
        ("model:old-base", 2, "restricted"),
    ]


def test_what_is_unknown_is_named_and_no_conflict(read):
    assert [(h.id, h.license) for h in read("young")["young"].unknown] == [("model:middle", "license:unread")]
    nothing = read("nothing")["nothing"]
    assert (nothing.license, nothing.conflicts) == (None, ())
    assert [h.id for h in nothing.unknown] == ["model:nothing"]
    assert {t.carried for t in nothing.inherited} == {None}
    below = read("below-nothing")["below-nothing"]
    assert (below.conflicts, [h.id for h in below.unknown]) == ((), ["model:nothing"])


def test_permissive_licences_do_not_conflict_over_attribution(read):
    found = read("permissive")["permissive"]
    assert [c.origin for c in found.conflicts] == ["model:old-base"]
    assert [c.term for c in found.conflicts] == ["naming"]


def test_a_term_is_lost_once_for_each_licence(read):
    found = read("merge")["merge"]
    assert [(c.term, c.origin, c.license) for c in found.conflicts] == [
        ("naming", "model:old-base", "license:strict"),
        ("naming", "model:second", "license:other"),
    ]
    assert [t.origins for t in found.inherited if t.term == "naming"] == [("model:old-base", "model:second")]


def test_a_family_is_answered_for_each_member_and_its_own_maker_noted(read):
    found = read("old")
    assert set(found) == {"old-base", "old-chat"}
    [conflict] = found["old-chat"].conflicts
    assert conflict.same_organization
    assert found["old-base"].chain == found["old-base"].conflicts == ()


def test_outputs_of_a_teacher_pass_no_licence_on(read):
    assert read("student")["student"].chain == ()


def test_what_is_no_model_is_refused(read):
    with pytest.raises(UsageError, match="it is no model"):
        read("missing")


TERMS = ("attribution", "naming", "threshold")


@st.composite
def chains(draw):
    """Draw licences of terms (or unread), models with one (or none), and weight edges, cycles included."""
    count = draw(st.integers(1, 7))
    terms = draw(st.lists(st.sets(st.sampled_from(TERMS)), min_size=1, max_size=4))
    held = [draw(st.one_of(st.none(), st.integers(0, len(terms) - 1))) for _ in range(count)]
    pair = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    return terms, held, sorted(draw(st.sets(pair, max_size=12)))


@pytest.fixture(scope="module")
def schema(tiny):
    return load_view(tiny).schema


@given(chains())
def test_conflicts_are_what_the_ancestors_have_and_the_model_has_not(schema, drawn):
    terms, held, edges = drawn
    nodes = {f"m{i}": Node(f"m{i}", f"M{i}", "Model") for i in range(len(held))}
    view = View(nodes, [Edge(f"m{p}", f"m{c}", "sftFrom", 1) for p, c in edges], schema)
    steps = {
        "license": [
            Step(f"m{i}", f"M{i}", "license", f"l{x}", f"L{x}", 1, ())
            for i, x in enumerate(held)
            if x is not None
        ],
        "term": [
            Step(f"l{x}", f"L{x}", "term", f"concept:{t}", t, 1, ())
            for x, found in enumerate(terms)
            for t in sorted(found)
        ],
    }
    reader = _Reader(view, Statements(steps, {}, {}, frozenset(), frozenset(), {}, {}))
    for i, own in enumerate(held):
        found = reader.read(f"m{i}")
        above = {int(a[1:]) for a in ancestors(view, f"m{i}", weights=True)}
        known = {(t, held[a]) for a in above if held[a] is not None for t in terms[held[a]]}
        assert {t.term for t in found.inherited} == {t for t, _ in known}
        lost = {(t, f"l{x}") for t, x in known if own is not None and terms[own] and t not in terms[own]}
        assert {(c.term, c.license) for c in found.conflicts} == lost
        assert len(found.conflicts) == len(lost)
        assert {h.id for h in found.unknown} == {
            f"m{a}" for a in above | {i} if held[a] is None or not terms[held[a]]
        }
        for c in found.conflicts:
            ends = [f"m{i}", *(s.object for s in c.path)]
            assert [s.subject for s in c.path] == ends[:-1]
            assert ends[-1] == c.origin
            assert {(int(s.object[1:]), int(s.subject[1:])) for s in c.path} <= set(edges)


def test_the_licence_is_the_one_the_builder_accepts(graph):
    view = load_view(graph)
    accepted = {
        r["m"]: r["l"] for r in api.select(graph, "SELECT ?m ?l WHERE { ?m clg:license ?l ; a clg:AnyModel }")
    }
    for x in all_licenses(graph, view):
        assert x.license == accepted.get(x.id), x.id


def test_llama_terms_are_not_in_the_licence_of_a_distilled_model(graph):
    """MIT by the card of R1, which adds that the parent stands under the Llama 3.1 licence."""
    view = load_view(graph)
    [found] = licenses(graph, view, "model:deepseek-r1-distill-llama-8b")
    assert (found.license, found.openness, found.terms) == ("license:mit", "open", ("attribution",))
    assert {(c.term, c.origin, c.license) for c in found.conflicts} == {
        ("naming", "model:llama-3.1-8b", "license:llama3.1"),
        ("threshold", "model:llama-3.1-8b", "license:llama3.1"),
        ("use-restrictions", "model:llama-3.1-8b", "license:llama3.1"),
    }
    # The distilled Qwens start from weights under Apache-2.0: nothing got lost.
    [qwen] = licenses(graph, view, "model:deepseek-r1-distill-qwen-32b")
    assert (qwen.conflicts, [t.term for t in qwen.inherited]) == ((), ["attribution"])
    # Kimi-Dev is MIT, its parent Qwen2.5-72B under the Qwen licence, which names and limits.
    [kimi] = licenses(graph, view, "model:kimi-dev-72b")
    assert {(c.term, c.license) for c in kimi.conflicts} >= {
        ("naming", "license:qwen-license"),
        ("threshold", "license:qwen-license"),
    }
    assert not any(c.same_organization for c in kimi.conflicts)
