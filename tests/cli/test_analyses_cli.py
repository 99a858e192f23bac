"""The commands exposure, licenses and compare: thin, cited, plain in a pipe."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from codellm_graph.analyses.compare import compare
from codellm_graph.analyses.exposure import exposure
from codellm_graph.analyses.licenses import all_licenses, licenses
from codellm_graph.cli.compare import command as compare_command
from codellm_graph.cli.exposure import command as exposure_command
from codellm_graph.cli.licenses import command as licenses_command
from codellm_graph.errors import AmbiguousName, CodellmGraphError, UnknownName, UsageError
from codellm_graph.view import load_view

COMMANDS = {"exposure": exposure_command, "licenses": licenses_command, "compare": compare_command}


@pytest.fixture(scope="module")
def ask():
    """Run a command on its own, as the group would call it."""

    def call(name, *args, data=(), as_of=None):
        options = {"store": None, "data": data, "as_of": as_of, "quiet": False}
        done = CliRunner().invoke(COMMANDS[name], [*map(str, args)], obj=options)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return call


def notes_are_used_and_listed(text):
    """Every mark has its note, every note its mark, numbered from 1 in the order of first use."""
    body, _, listed = text.partition("\n[1] ")
    marks = [int(n) for group in re.findall(r" \[([\d,]+)\]", body) for n in group.split(",")]
    numbers = [int(n) for n in re.findall(r"^\[(\d+)\] ", "[1] " + listed, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert list(dict.fromkeys(marks)) == numbers
    return numbers


def test_exposure_prints_routes(ask):
    done = ask("exposure", "LiveCodeBench")
    [line] = [x for x in done.stdout.splitlines() if x.startswith("DeepCoder-14B-Preview")]
    cells = re.split(r"  +", line)
    assert cells[:5] == [
        "DeepCoder-14B-Preview",
        "direct",
        "rlOn LiveCodeBench 2023-05 to 2024-07 › sliceOf LiveCodeBench v5 › sliceOf LiveCodeBench",
        "1",
        "no",
    ]
    assert "LiveCodeBench 2024-08 to 2025-02 60.6" in cells[-1]
    assert re.search(r"^\d+ models met, \d+ more possibly; of \d+ nothing is recorded$", done.stderr.strip())
    assert "[1]" not in done.stdout
    assert "\x1b" not in done.stdout


def test_the_words_are_met_and_no_evidence(ask):
    for args in (("exposure", "HumanEval"), ("exposure", "DeepCoder"), ("exposure", "--help")):
        text = ask(*args).output.lower()
        assert "clean" not in text
        # Only a claim of decontamination may have the word in it.
        assert "contaminated" not in text.replace("decontaminated", "")
    assert "no evidence" in ask("exposure", "HumanEval").stdout


def test_exposure_of_a_model_names_benchmarks(ask):
    done = ask("exposure", "DeepCoder", "--cite")
    assert done.stdout.splitlines()[0].split()[:2] == ["model", "benchmark"]
    assert len(notes_are_used_and_listed(done.stdout)) > 3
    assert "benchmarks met" in done.stderr


def test_exposure_in_json_is_the_analysis_with_citations(ask, graph):
    data = json.loads(ask("exposure", "LiveCodeBench", "--format", "json").stdout)
    found = exposure(graph, load_view(graph), "dataset:livecodebench")
    assert set(data) == {"id", "label", "kind", "met", "datasets", "others"}
    assert [(m["id"], m["exposure"], m["overlap"]) for m in data["met"]] == [
        (m.id, m.exposure, m.overlap) for m in found.met
    ]
    for row in data["met"]:
        for step in row["route"]:
            assert {"subject", "relation", "object", "grade", "citations"} <= set(step)
            assert step["relation"] == "memberOf" or {"source", "title", "locator", "url"} <= set(
                step["citations"][0]
            )


def test_direct_leaves_out_the_rest(ask):
    rows = json.loads(ask("exposure", "HumanEval", "--direct", "--format", "json").stdout)["met"]
    every = json.loads(ask("exposure", "HumanEval", "--format", "json").stdout)["met"]
    assert rows == [m for m in every if m["exposure"] == "direct"]
    assert 0 < len(rows) < len(every)


def test_what_nobody_met_is_said(ask, trig):
    path = trig(
        'cite:x a clg:Citation ; clg:source src:x ; clg:locator "x" .\n'
        'src:x a clg:WebPage ; dcterms:title "X" ; clg:grade 3 ; clg:address "https://example.org/"^^xsd:anyURI .\n'
        'GRAPH cite:x { dataset:x a clg:Benchmark ; rdfs:label "X-Bench\\u001b[31m" . model:y a clg:Model ; rdfs:label "Y" . }'
    )
    assert (
        "no evidence that any model met X-Bench\\x1b[31m"
        in ask("exposure", "dataset:x", data=(path.parent,)).stdout
    )
    assert "no evidence that Y met anything" in ask("exposure", "Y", data=(path.parent,)).stdout


def test_as_of_leaves_later_models_out(ask):
    done = ask("exposure", "LiveCodeBench", as_of="2024")
    assert "DeepCoder" not in done.stdout
    with pytest.raises(UsageError, match="later than the date"):
        ask("licenses", "DeepCoder-14B-Preview", as_of="2020")
    with pytest.raises(UsageError):
        ask("compare", "DeepCoder", "StarCoder2", as_of="2020")


def test_licenses_prints_chain_terms_and_conflicts(ask):
    done = ask("licenses", "DeepSeek-R1-Distill-Llama-8B", "--cite")
    lines = done.stdout.rstrip("\n").splitlines()
    assert lines[0].split() == ["steps", "model", "licence", "openness", "terms"]
    assert re.split(r"  +", lines[2])[:4] == [
        "1",
        "Llama 3.1 8B",
        "Llama 3.1 Community License",
        "restricted",
    ]
    assert "inherited terms: attribution, naming, user or revenue threshold, use restrictions" in lines
    conflicts = [x for x in lines if x.startswith("conflict: ")]
    assert len(conflicts) == 3
    assert conflicts[0].startswith(
        "conflict: naming, of Llama 3.1 Community License from Llama 3.1 8B, is not in MIT License: "
        "DeepSeek-R1-Distill-Llama-8B › sftFrom Llama 3.1 8B ["
    )
    notes_are_used_and_listed(done.stdout)
    assert lines[-1] == "Not legal advice."


def test_licenses_in_json(ask, graph):
    done = ask("licenses", "DeepSeek-R1-Distill-Llama-8B", "--format", "json")
    data = json.loads(done.stdout)
    assert {"id", "label", "license", "terms", "inherited", "conflicts", "unknown"} <= set(data)
    assert {"term", "from", "path", "proof", "license"} <= set(data["conflicts"][0])
    assert {c["from"] for c in data["conflicts"]} == {"model:llama-3.1-8b"}
    assert all(step["citations"] for c in data["conflicts"] for step in c["path"])
    assert data["inherited"][0]["from"] == ["model:llama-3.1-8b"]
    assert "Not legal advice." in done.stderr
    family = json.loads(ask("licenses", "DeepSeek-R1-Distill", "--format", "json").stdout)
    assert {x["id"] for x in family} == {
        x.id for x in licenses(graph, load_view(graph), "model:deepseek-r1-distill")
    }


def test_licenses_of_all(ask, graph):
    found = all_licenses(graph, load_view(graph))
    text = ask("licenses", "--all").stdout
    with_conflicts = [x for x in found if x.conflicts]
    assert text.splitlines()[0].startswith(
        f"{len(with_conflicts)} of {len(found)} models with weight ancestors"
    )
    assert all(x.label in text for x in with_conflicts)
    assert text.rstrip("\n").endswith("Not legal advice.")
    data = json.loads(ask("licenses", "--all", "--format", "json").stdout)
    assert [x["id"] for x in data] == [x.id for x in found]


def test_licenses_wants_a_name_or_all(ask):
    for args in ((), ("DeepCoder", "--all")):
        with pytest.raises(UsageError, match="a NAME, or --all"):
            ask("licenses", *args)


def test_compare_prints_both_ancestries_and_values(ask):
    text = ask("compare", "DeepCoder-14B-Preview", "Skywork-OR1-32B", "--cite").stdout
    assert text.splitlines()[0] == "DeepCoder-14B-Preview and Skywork-OR1-32B"
    assert "common ancestors by weights: none known" in text
    assert "  lowest: DeepSeek-R1, 2 and 2 steps away" in text
    assert re.search(
        r"    rlFrom DeepSeek-R1-Distill-Qwen-14B \[[\d,]+\] › distilledFrom DeepSeek-R1 \[", text
    )
    assert re.search(r"^  only DeepCoder-14B-Preview: .*GRPO\+", text, re.MULTILINE)
    assert re.search(r"^  both: .*RLVR", text, re.MULTILINE)
    assert len(notes_are_used_and_listed(text)) > 10


def test_compare_in_json_is_the_analysis(ask, graph):
    data = json.loads(ask("compare", "DeepSWE", "DeepCoder", "--format", "json").stdout)
    found = compare(graph, load_view(graph), "model:deepswe", "model:deepcoder")
    assert data["ids"] == ["model:deepswe", "model:deepcoder"]
    assert [a["id"] for a in data["by_any"]["lowest"]] == [a.id for a in found.by_any.lowest]
    assert {"ids", "labels", "by_weights", "by_any", "facts", "benchmarks"} == set(data)
    assert {f["property"] for f in data["facts"]} >= {"clg:uses", "clg:trainedOn"}


@pytest.mark.parametrize(
    "args", [("exposure", "nobody-at-all"), ("licenses", "HumanEval"), ("compare", "DeepSWE", "zzzzz")]
)
def test_unknown_names_are_named_errors(ask, args):
    with pytest.raises((UnknownName, AmbiguousName)) as caught:
        ask(*args)
    assert isinstance(caught.value, CodellmGraphError)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_examples_and_one_sentence_first(ask, name):
    text = ask(name, "--help").stdout
    assert f"codellm-graph {name} " in text
    assert "--format" in text
    assert "--cite" in text


def test_only_through_keeps_what_hangs_on_one_model(run, graph):
    import csv

    from codellm_graph.analyses.dominators import only_through
    from codellm_graph.view import load_view

    done = run("lineage", "Qwen3-32B", "--down", "--only-through", "--format", "csv")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(done.stdout.splitlines()))
    kept = only_through(load_view(graph), "model:qwen3-32b")
    assert {row["child"] for row in rows} == kept
    assert "model:deepswe-preview" in kept
    assert "want its descendants" in run("lineage", "Qwen3-32B", "--only-through").stderr
    assert "want its descendants" in run("lineage", "Qwen3", "--down", "--only-through").stderr
