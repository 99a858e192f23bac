"""The questions that come with the graph."""

from __future__ import annotations

import re

import pytest

from codellm_graph import questions as module
from codellm_graph.errors import AmbiguousName, UnknownName, UsageError
from codellm_graph.namespaces import PREFIXES
from codellm_graph.questions import bindings, question, questions

TEXT = """# title: Who comes from $model, by $relation?
# model: model:pine-1
# relation: clg:rlFrom
SELECT ?m { ?m $relation $model } # a note: not a parameter
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    made = tmp_path / "competency"
    made.mkdir()
    (made / "children.rq").write_text(TEXT, encoding="utf-8")
    (made / "all.rq").write_text("SELECT * { ?s ?p ?o }", encoding="utf-8")
    monkeypatch.setattr(module, "ontology_folder", lambda: tmp_path)
    return made


def test_a_file_is_a_question_with_parameters(folder):
    found = question("children")
    assert (found.name, found.title, found.text) == ("children", "Who comes from $model, by $relation?", TEXT)
    assert found.parameters == {"model": "model:pine-1", "relation": "clg:rlFrom"}
    assert [q.name for q in questions()] == ["all", "children"]
    assert (question("all").title, question("all").parameters) == ("all", {})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("childrn", "no question is called 'childrn'. Did you mean children?"),
        ("zzz", "no question is called 'zzz'. List them with: codellm-graph query --list"),
        ("../children", "no question is called"),
    ],
)
def test_an_unknown_question_lists_the_closest(folder, name, message):
    with pytest.raises(UsageError) as caught:
        question(name)
    assert str(caught.value).startswith(message)


def test_the_bundled_questions_ask_what_their_titles_say(graph):
    assert questions()
    for found in questions():
        assert found.title.endswith("?"), found.name
        text = "\n".join(line for line in found.text.splitlines() if not line.startswith("#"))
        for name, default in found.parameters.items():
            assert f"${name}" in text, found.name
            assert default.partition(":")[0] in PREFIXES, found.name
        graph.query(found.text, bindings(graph, found.text))


def test_defaults_come_from_the_header_and_are_overridden(tiny):
    default = {"model": "model:pine-1", "relation": "clg:rlFrom"}
    assert bindings(tiny, TEXT) == default
    assert bindings(tiny, TEXT, ["model=model:pine-2"]) == default | {"model": "model:pine-2"}
    assert bindings(tiny, TEXT, ["model=model:pine-2", "model=model:pine"])["model"] == "model:pine"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("model=Pine-2-7B", "model:pine-2-7b"),
        ("model=松树", "model:pine"),
        ("model=clg:Model", "clg:Model"),
        ("model=https://example.org/a=b", "https://example.org/a=b"),
        ("model=pine 2", "model:pine-2"),
    ],
)
def test_values_are_curies_iris_or_any_name(tiny, value, expected):
    assert bindings(tiny, TEXT, [value])["model"] == expected


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("model", UsageError, "--set 'model': want PARAMETER=VALUE"),
        ("mode=model:pine", UsageError, "the query has no parameter $mode"),
        ("models=model:pine", UsageError, "the query has no parameter $models"),
        ("mod.*=model:pine", UsageError, "the query has no parameter"),
        ("model=Nothing at all", UnknownName, "nothing is called 'Nothing at all'"),
        ("model=", UnknownName, "nothing is called ''"),
        ("model=model", UnknownName, "nothing is called 'model'"),
    ],
)
def test_values_that_make_no_sense_are_refused(tiny, value, error, message):
    with pytest.raises(error, match=re.escape(message)):
        bindings(tiny, TEXT, [value])


def test_an_ambiguous_value_lists_candidates(store_of):
    store = store_of(
        'cite:a { model:a a clg:Model ; rdfs:label "Oak" . dataset:b a clg:Dataset ; rdfs:label "Oak" }'
    )
    with pytest.raises(AmbiguousName, match="dataset:b"):
        bindings(store, TEXT, ["model=Oak"])


def test_only_parameters_of_the_query_are_bound(tiny):
    assert bindings(tiny, "# note: see the paper\nSELECT ?m { ?m ?p $m }", ["m=model:pine"]) == {
        "m": "model:pine"
    }
    # A longer name is another parameter.
    assert bindings(tiny, "# m: model:pine\nSELECT ?x { ?x ?p $model }") == {}


def test_a_question_is_asked_on_the_command_line(run, tiny_path, tmp_path):
    file = tmp_path / "question.rq"
    file.write_text(TEXT, encoding="utf-8")
    done = run(
        "--data", tiny_path, "query", "--file", file, "--set", "model=Pine 1 7B Chat", "--format", "csv"
    )
    assert (done.stdout, done.stderr) == (f"m\n{PREFIXES['model']}pine-2-7b\n", "")
