"""Gaps, coverage and samples."""

from __future__ import annotations

import json

import codellm_graph as cg
from codellm_graph.analyses.audit import coverage, gaps, sample
from codellm_graph.analyses.lineage import descendants
from codellm_graph.view import load_view


def test_coverage_divides_what_is_wanted(graph):
    wanted = {
        r["label"]
        for r in cg.select(
            graph, 'SELECT ?label { ?p clg:isWanted true ; rdfs:label ?label . FILTER(LANG(?label) = "en") }'
        )
    }
    assert len(wanted) > 8
    found = coverage(graph)
    for row in found:
        groups = [set(group) for group in row[2:]]
        assert set().union(*groups) == wanted
        assert sum(map(len, groups)) == len(wanted)
    counted = sum(cg.stats(graph).years.values())
    assert len(found) >= counted


def test_what_a_member_knows_its_family_knows(graph):
    row = {c.id: c for c in coverage(graph)}["model:deepcoder"]
    assert {"size", "licence", "released", "result"} <= set(row.known)


def test_gaps_are_ranked_by_descendants(graph):
    view = load_view(graph)
    found = gaps(graph, view)
    assert [g.touched for g in found] == sorted((g.touched for g in found), reverse=True)
    for gap in found[:200]:
        if gap.kind in ("licence unknown", "release date unknown"):
            assert gap.touched == len(descendants(view, gap.id))
    kinds = {g.kind for g in found}
    assert {"licence unknown", "sources disagree", "lineage rests on one source only"} <= kinds


def test_samples_are_seeded_accepted_and_graded(graph):
    drawn = sample(graph, 50, seed=1)
    assert drawn == sample(graph, 50, seed=1)
    assert drawn != sample(graph, 50, seed=2)
    assert len({(s.subject, s.property, s.value, s.citation.id) for s in drawn}) == 50
    for one in drawn:
        assert one.citation.grade in (1, 2, 3, 4)
        assert one.citation.locator
        if one.value.startswith("model:"):
            assert graph.query(f"ASK {{ {one.subject} {one.property} {one.value} }}")


def test_commands(run):
    rows = json.loads(run("audit", "--limit", "5", "--format", "json").stdout)
    assert len(rows) == 5
    assert set(rows[0]) == {"kind", "id", "label", "detail", "touched"}
    assert "not looked for" in run("audit", "--coverage").stdout.splitlines()[0]
    assert len(json.loads(run("audit", "--sample", "3", "--format", "json").stdout)) == 3
    assert "exclude each other" in run("audit", "--coverage", "--sample", "3").stderr
