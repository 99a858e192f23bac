"""Why a computed statement holds."""

from __future__ import annotations

from collections import defaultdict

import pyoxigraph as ox
import pytest

from codellm_graph.build import DERIVATIONS
from codellm_graph.namespaces import BASE, CLG, PREFIXES

DEFAULT = ox.DefaultGraph()


def _reasons(quads):
    """Return accepted statements, computed ones with their rules, and derivations, all by statement."""
    accepted = {q.triple for q in quads if q.graph_name == DEFAULT}
    computed = defaultdict(set)
    said, parts, rules, premises = set(), defaultdict(dict), {}, defaultdict(set)
    for q in quads:
        if q.graph_name == DEFAULT:
            continue
        if q.graph_name.value.startswith(PREFIXES["rule"]):
            computed[q.triple].add(q.graph_name.value)
        elif q.graph_name.value != DERIVATIONS:
            said.add(q.triple)
        elif q.predicate.value.startswith(PREFIXES["rdf"]) and not q.predicate.value.endswith("#type"):
            parts[q.subject][q.predicate.value.rpartition("#")[2]] = q.object
        elif q.predicate.value == CLG + "rule":
            rules[q.subject] = q.object.value
        elif q.predicate.value == CLG + "premise":
            premises[q.subject].add(q.object)
    statement = {node: ox.Triple(p["subject"], p["predicate"], p["object"]) for node, p in parts.items()}
    return (
        accepted,
        computed,
        said,
        {statement[node]: (rule, {statement[p] for p in premises[node]}) for node, rule in rules.items()},
    )


@pytest.fixture(scope="module", params=["tiny", "bundled"])
def reasons(request, tiny_built, graph):
    return _reasons(tiny_built.quads if request.param == "tiny" else list(graph.quads()))


def test_every_computed_statement_is_accepted_and_has_a_derivation_by_its_rule(reasons):
    accepted, computed, _, derivations = reasons
    assert computed
    for fact, graphs in computed.items():
        assert fact in accepted
        rule, premises = derivations[fact]
        assert graphs == {rule}
        assert premises
        assert premises <= accepted


def test_every_accepted_statement_about_the_world_is_said_by_a_citation_or_computed(reasons, words):
    accepted, computed, said, _ = reasons
    ontology = {q.triple for q in words}
    about = (PREFIXES["cite"], PREFIXES["src"])
    for fact in accepted - ontology:
        # The ontology's lists are blank nodes, named anew wherever they are read.
        if not isinstance(fact.subject, ox.BlankNode) and not fact.subject.value.startswith(about):
            assert fact in said or fact in computed


def test_derivations_end_at_statements_that_are_stated(reasons):
    _, computed, _, derivations = reasons
    settled: set = set()
    waiting = set(computed)
    while waiting:
        done = {f for f in waiting if all(p in settled or p not in computed for p in derivations[f][1])}
        assert done, f"these rest on each other: {sorted(map(str, waiting))[:3]}"
        settled |= done
        waiting -= done


def test_architecture_comes_along_an_edge_that_somebody_states(reasons):
    _, _, said, derivations = reasons
    along = [premises for rule, premises in derivations.values() if rule.endswith("/along-weights")]
    assert along
    for premises in along:
        edges = [p for p in premises if p.predicate.value.removeprefix(CLG) not in ("uses", "kind")]
        assert len(edges) == 1
        assert edges[0] in said


def test_a_choice_names_its_reason_and_what_it_is_against(reasons):
    accepted, _, said, derivations = reasons
    chosen = {
        fact: against for fact, (rule, against) in derivations.items() if rule == PREFIXES["rule"] + "chosen"
    }
    assert chosen
    for fact, against in chosen.items():
        assert fact in accepted & said
        assert against
        assert against <= said
        assert not against & accepted


def test_the_reason_of_a_choice(tiny_built):
    reasons = [
        q.object.value
        for q in tiny_built.quads
        if q.predicate.value == CLG + "reason" and q.graph_name != DEFAULT
    ]
    assert sorted(reasons) == ["authority", "rank"]


def test_every_rule_that_is_named_is_described(reasons, words):
    rules = {q.subject.value for q in words if q.object.value == CLG + "Rule"}
    assert {rule for rule, _ in reasons[3].values()} <= rules
    assert BASE + "rule/along-weights" in rules
