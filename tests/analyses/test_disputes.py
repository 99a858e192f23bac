"""Disputes: contradictions with the reason why one is believed."""

from __future__ import annotations

import json

import codellm_graph as cg
from codellm_graph.analyses.disputes import disputes


def by_property(graph, thing):
    return {(d.kind, d.property): d for d in disputes(graph, thing)}


def test_the_survey_errors_are_visible_and_outweighed(graph):
    """The survey says one thing, primary sources another; the better one is believed."""
    expected = {
        ("model:deepcoder", "clg:target"): ("concept:competitive-programming", "concept:repo-level-editing"),
        ("model:deepcoder", "clg:released"): ("2025-04-08", "2025-03"),
        ("model:deepseek-coder-v2-lite-base", "clg:activeParametersB"): ("2.4", "2.5"),
        ("model:yi-coder", "clg:released"): ("2024-09-05", "2024-03"),
        ("model:codestral", "clg:released"): ("2024-05-29", "2024-09"),
        ("model:codegeex", "clg:released"): ("2022-09-30", "2023"),
    }
    for (thing, prop), (believed, outweighed) in expected.items():
        statements = by_property(graph, thing)["values", prop].statements
        assert (statements[0].value, statements[0].accepted) == (believed, True)
        losing = {s.value: s.grade for s in statements[1:]}
        assert losing[outweighed] == 4
    assert ("denial", "clg:track") in by_property(graph, "model:olympiccoder")
    assert ("deprecated", "clg:uses") in {
        (d.kind, d.property) for d in disputes(graph) if "seed-coder" in d.id
    }
    shared = by_property(graph, "technique:shared-experts")["values", "clg:introducedBy"]
    assert shared.statements[0].grade < 4


def test_values_that_agree_are_no_dispute(graph):
    for dispute in disputes(graph):
        assert not any(s.agrees for s in dispute.statements)
        if dispute.kind == "values":
            assert dispute.statements[0].accepted
            assert len(dispute.statements) > 1
            assert dispute.reason
        assert all(s.citations for s in dispute.statements)


def test_a_precise_date_agrees_with_its_month(tiny):
    import pyoxigraph as ox

    from codellm_graph.choose import compatible

    xsd = "http://www.w3.org/2001/XMLSchema#"
    month = ox.Literal("2025-04", datatype=ox.NamedNode(xsd + "gYearMonth"))
    day = ox.Literal("2025-04-08", datatype=ox.NamedNode(xsd + "date"))
    assert compatible(month, day)


def test_command(run, graph):
    found = json.loads(run("disputes", "--format", "json").stdout)
    assert len(found) == len(disputes(graph))
    assert {"id", "label", "property", "kind", "reason", "statements"} <= set(found[0])
    done = run("disputes", "DeepCoder")
    assert "✗ repository-level editing" in done.stdout
    assert f"{len(disputes(graph, cg.show(graph, 'DeepCoder').id))} disputes" in done.stderr
