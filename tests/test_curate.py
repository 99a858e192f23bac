"""The skeleton of a new model."""

from __future__ import annotations

import datetime

import pytest

from codellm_graph.citations import read_citations
from codellm_graph.curate import model_name, skeleton
from codellm_graph.errors import UsageError
from codellm_graph.trig import format_trig


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Qwen/Qwen2.5-Coder-32B", "qwen2.5-coder-32b"),
        ("CodeT5+ 770M", "codet5-plus-770m"),
        ("_Odd__Name-", "odd-name"),
    ],
)
def test_names(label, name):
    assert model_name(label) == name


def test_a_label_that_leaves_no_name():
    with pytest.raises(UsageError, match="leaves no name"):
        model_name("模型")


def test_skeleton_is_canonical_and_says_what_is_known(graph, tmp_path):
    text = skeleton(
        graph,
        "New-7B",
        maker="new-maker",
        hf="new/New-7B",
        arxiv="2501.00001",
        parents=[("rlFrom", "model:qwen3-8b")],
        today=datetime.date(2026, 1, 2),
    )
    assert format_trig(text) == text
    path = tmp_path / "new.trig"
    path.write_text(text, encoding="utf-8")
    said = {tuple(t.value for t in fact)[1:]: cited for fact, cited in read_citations([path]).said.items()}
    assert any(p.endswith("rlFrom") and o.endswith("/qwen3-8b") for p, o in said)
    assert any(p.endswith("hfRepo") and o == "new/New-7B" for p, o in said)
    assert '"2026-01-02"^^xsd:date' in text
    assert "maker:new-maker a clg:Organization" in text
    assert "#   clg:license " in text


def test_filled_skeleton_passes_and_the_placeholder_does_not(run, tmp_path):
    done = run(
        "new", "model", "New-7B", "--maker", "agentica", "--hf", "new/New-7B", "--parent", "rlFrom=Qwen3-8B"
    )
    assert done.returncode == 0, done.stderr
    file = tmp_path / "new.trig"
    file.write_text(done.stdout, encoding="utf-8")
    checked = run("check", str(file))
    assert checked.returncode == 1
    assert "cite:new-7b-parents: has no clg:locator" in checked.stdout
    file.write_text(done.stdout.replace('"WHERE"', '"Introduction"'), encoding="utf-8")
    checked = run("check", str(file))
    assert checked.returncode == 0, checked.stdout


def test_what_cannot_be_new(run):
    again = run("new", "model", "DeepSWE-Preview", "--maker", "agentica")
    assert again.returncode == 2
    assert "model:deepswe-preview is in the graph already" in again.stderr
    assert "want RELATION=NAME" in run("new", "model", "X", "--maker", "a", "--parent", "Qwen3-8B").stderr
    assert (
        "no lineage relation" in run("new", "model", "X", "--maker", "a", "--parent", "uses=Qwen3-8B").stderr
    )
