"""The questions that come with the graph: they parse, they have answers, both engines agree on them."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from codellm_graph.namespaces import PREFIXES, curie
from codellm_graph.present.answers import render
from codellm_graph.questions import bindings, questions
from codellm_graph.sources import ontology_folder
from codellm_graph.sparql import bind
from codellm_graph.store import to_rdflib

QUESTIONS = questions()
FOLDER = ontology_folder() / "competency"
DOCUMENT = Path(__file__).parents[1] / "docs" / "questions.md"
NUMBERS = {"integer", "decimal", "double", "float"}

# rdflib 7.6 calls its own deprecated properties while it parses and answers.
pytestmark = pytest.mark.filterwarnings("ignore:Dataset[.]:DeprecationWarning:rdflib")

every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)


def literal(text: str, datatype: str, language: str | None) -> tuple:
    """Return a literal for comparison: numbers by value, because Oxigraph rewrites 671.0 to 671."""
    kind = datatype.rpartition("#")[2]
    return ("number", Decimal(text)) if kind in NUMBERS else (kind, text, language or "")


def from_oxigraph(term) -> tuple | None:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return ("iri", term.value)
    return literal(term.value, term.datatype.value, term.language)


def from_rdflib(term) -> tuple | None:
    if term is None:
        return None
    if isinstance(term, rdflib.URIRef):
        return ("iri", str(term))
    return literal(
        str(term), str(term.datatype or ("#langString" if term.language else "#string")), term.language
    )


def rows(graph, question) -> list[tuple]:
    answer = graph.query(question.text, bindings(graph, question.text))
    names = [v.value for v in answer.variables]
    return [tuple(from_oxigraph(row[name]) for name in names) for row in answer]


@pytest.fixture(scope="module")
def dataset(graph):
    """Return the same graph in rdflib."""
    return to_rdflib(graph)


def test_there_are_questions_and_each_has_its_answer():
    names = {q.name for q in QUESTIONS}
    assert len(names) >= 40
    assert names == {p.stem for p in FOLDER.glob("*.csv")}
    assert {p.suffix for p in FOLDER.iterdir()} == {".rq", ".csv"}


def test_titles_tell_questions_apart():
    titles = [q.title for q in QUESTIONS]
    assert len(set(titles)) == len(titles)
    assert all(re.fullmatch(r"[A-Z].*[?]", title) for title in titles)


@every_question
def test_header_declares_exactly_the_parameters(question):
    query = re.sub(r"^#.*$", "", question.text, flags=re.MULTILINE)
    assert set(re.findall(r"[$](\w+)", query)) == set(question.parameters)
    assert set(re.findall(r"[$](\w+)", question.title)) <= set(question.parameters)
    assert all(
        re.fullmatch(rf"({'|'.join(PREFIXES)}):[\w.-]+", value) for value in question.parameters.values()
    )
    assert not re.search(r"\bPREFIX\b", query, re.IGNORECASE), "all prefixes are declared already"


@every_question
def test_default_answer_has_rows_in_a_total_order(graph, question):
    found = rows(graph, question)
    assert found
    assert len(set(found)) == len(found), "equal rows: use DISTINCT"
    assert "ORDER BY" in question.text


@every_question
def test_expected_answer(graph, question):
    answer = graph.query(question.text, bindings(graph, question.text))
    expected = (FOLDER / f"{question.name}.csv").read_text(encoding="utf-8")
    assert render(answer, "csv") + "\n" == expected, (
        "if the change is meant: python tests/regenerate_answers.py"
    )


@every_question
def test_rdflib_answers_the_same(graph, dataset, question):
    query = bind(question.text, bindings(graph, question.text))
    found = [tuple(from_rdflib(term) for term in row) for row in dataset.query(query, initNs=PREFIXES)]
    # The same rows in the same order: every question orders by as many columns as it takes.
    assert found == rows(graph, question)


def test_parameters_take_any_name_at_any_level(graph):
    asked = next(q for q in QUESTIONS if q.name == "ancestors")

    def ancestors(name):
        values = bindings(graph, asked.text, [f"model={name}"])
        return values["model"], {curie(row["ancestor"].value) for row in graph.query(asked.text, values)}

    model, found = ancestors("DeepSWE-Preview")
    assert model == "model:deepswe-preview"
    assert "model:qwen3-32b" in found
    # Lineage stands on the models; a family answers for its members.
    family, found_for_family = ancestors("DeepSWE")
    assert family == "model:deepswe"
    assert found <= found_for_family
    assert "model:deepseek-r1-distill-qwen-14b" in ancestors("DeepCoder-14B-Preview")[1]


def test_document_lists_every_question_with_its_command():
    text = DOCUMENT.read_text(encoding="utf-8")
    for question in QUESTIONS:
        options = "".join(f" --set {name}={value}" for name, value in question.parameters.items())
        entry = f"- {question.title}\n  `codellm-graph query --name {question.name}{options}`\n"
        assert entry in text, f"docs/questions.md wants:\n{entry}"
    listed = re.findall(r"^  `codellm-graph query --name ([\w-]+)", text, re.MULTILINE)
    assert sorted(listed) == sorted(q.name for q in QUESTIONS)
