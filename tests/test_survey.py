"""The survey is in the graph whole: every system it names, with its dates and contradictions."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import codellm_graph as cg
from codellm_graph.names import find

# Written by reading the survey again, not made from the graph: line, system as written, node.
_ORACLE = Path(__file__).parent / "fixtures" / "survey_systems.csv"
ROWS = list(csv.DictReader(_ORACLE.read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def said(graph) -> set[str]:
    """Return everything that the survey says something about."""
    rows = cg.select(
        graph,
        "SELECT DISTINCT ?s { GRAPH ?c { ?s ?p ?o } ?c clg:source src:survey . FILTER(?p != skos:altLabel) }",
    )
    return {row["s"] for row in rows}


def test_the_survey_names_many_systems():
    assert len(ROWS) > 70
    assert len({row["node"] for row in ROWS}) > 45


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['line']}-{row['system']}")
def test_no_system_is_missing(row, said):
    assert row["node"] in said


def test_systems_are_found_under_the_name_that_the_survey_gives(graph):
    # A heading that names two systems at once is no name of either.
    names = [
        row for row in ROWS if not any(mark in row["system"] for mark in "/&、-") and " " not in row["system"]
    ]
    missed = [
        (r["system"], r["node"]) for r in names if r["node"] not in {f.id for f in find(graph, r["system"])}
    ]
    assert missed == []


def test_two_dates_are_two_statements(graph):
    rows = cg.select(
        graph,
        """SELECT DISTINCT ?date { GRAPH ?c { model:klear-reasoner clg:released ?date } ?c clg:source src:survey }
        ORDER BY ?date""",
    )
    assert [row["date"] for row in rows] == ["2025-03", "2025-08"]


def test_typos_are_aliases(graph):
    for typo, node in (("CodeSheel", "model:codeshell"), ("REINCORCE++", "technique:reinforce-plus-plus")):
        assert cg.show(graph, typo).id == node


def test_the_entry_without_a_heading_is_kimi_k2(graph):
    rows = cg.select(
        graph,
        """SELECT ?certainty { GRAPH ?c { model:kimi-k2 clg:uses technique:muonclip }
        ?c clg:source src:survey ; clg:certainty ?certainty }""",
    )
    assert [row["certainty"] for row in rows] == ["concept:inferred"]


def test_every_stage_has_families(graph):
    stages = cg.stats(graph).stages
    assert list(stages) == ["encoder", "generative", "code LLM", "agentic"]
    assert all(n > 1 for n in stages.values())


def test_every_statement_of_the_survey_has_a_locator_and_the_lowest_grade(graph):
    rows = cg.select(
        graph,
        """SELECT ?c ?grade (COUNT(?where) AS ?n) { ?c clg:source src:survey . src:survey clg:grade ?grade .
        OPTIONAL { ?c clg:locator ?where } } GROUP BY ?c ?grade""",
    )
    assert rows
    assert all(row["grade"] == 4 and row["n"] >= 1 for row in rows)
