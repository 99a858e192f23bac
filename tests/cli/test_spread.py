"""``spread`` at the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from codellm_graph.cli.spread import command
from codellm_graph.errors import UnknownName, UsageError

KEYS = {"id", "label", "kind", "introduced", "first", "adopters", "stages", "vertical_share", "test"}
FAST = ("--permutations", "50")


@pytest.fixture
def ask():
    def run(*args, **options):
        obj = {"store": None, "data": (), "as_of": None, "quiet": False} | options
        return CliRunner().invoke(command, [*args, *FAST], obj=obj)

    return run


def test_one_screen_answers_which_techniques_spread(ask):
    done = ask()
    assert done.exit_code == 0, done.exception
    lines = done.stdout.splitlines()
    assert lines[0].split()[:2] == ["technique", "kind"]
    assert len(lines) < 60
    assert any(line.startswith("Fill-in-the-middle") and "2022-07-28" in line for line in lines)
    assert "Carried along lineages more than chance would have it" in done.stdout
    assert "weights from" in done.stdout
    assert len(done.stderr.splitlines()) == 2
    assert "50 permutations, seed 0" in done.stderr
    assert not {"causes", "caused", "because of", "copied from"} & set(done.stdout.lower().split())


def test_quiet_and_all(ask):
    quiet, everything = ask(quiet=True), ask("--all")
    assert quiet.stderr == ""
    assert len(everything.stdout.splitlines()) > len(quiet.stdout.splitlines()) + 50
    assert "more with --all" not in everything.stderr


def test_the_story_of_one_technique(ask):
    done = ask("grpo")
    assert done.exit_code == 0, done.exception
    assert done.stdout.startswith("GRPO  rl  technique:grpo\n")
    for part in (
        "introduced     2024-02 by DeepSeekMath",
        "first carrier  DeepSeekMath (2024-02-06)",
        "paper to first carrier",
        "95 % interval",
        "first recorded",
        "R - S",
        "propagation score",
        "config files only",
        "evidence grade 1 or 2 only",
        "without any one organization",
    ):
        assert part in done.stdout
    assert "[1]" not in done.stdout


def test_every_adopter_leads_to_its_sources(ask):
    done = ask("GRPO", "--cite")
    head, _, notes = done.stdout.partition("\n[1] ")
    assert "[1" in head
    assert "<https://arxiv.org/abs/2402.03300>" in notes
    found = json.loads(ask("GRPO", "--format", "json").stdout)
    assert all(a["citations"] or a["rules"] for a in found["adopters"])
    assert set(found["adopters"][0]["citations"][0]) == {"source", "title", "locator", "url"}


def test_json_keeps_the_contract(ask):
    one = json.loads(ask("FIM", "--format", "json").stdout)
    assert set(one) >= KEYS
    assert one["id"] == "technique:fim"
    assert set(one["adopters"][0]) >= {"model", "released", "stage", "organization", "mode"}
    assert list(one["stages"]) == ["encoder", "generative", "code LLM", "agentic"]
    assert set(one["stages"]["agentic"]) == {"adopters", "eligible", "share", "low", "high", "first"}
    assert one["without_organization"]
    many = json.loads(ask("--format", "json").stdout)
    assert {s["id"] for s in many} >= {"technique:fim", "technique:moe"}
    assert all(set(s) == set(one) for s in many)
    same = next(s for s in many if s["id"] == one["id"])
    assert same | {"without_organization": one["without_organization"]} == one


def test_the_same_seed_gives_the_same_answer(ask):
    first, again, other = (ask("SFT", "--format", "json", "--seed", s).stdout for s in "112")
    assert first == again
    assert json.loads(first)["test"]["p"] != json.loads(other)["test"]["p"]


def test_as_of_a_date(ask):
    early = json.loads(ask("FIM", "--format", "json", as_of="2023").stdout)
    assert early["adopters"]
    assert all((a["earliest"] or "") < "2024" for a in early["adopters"])
    many = json.loads(ask("--format", "json").stdout)
    dated = next(s for s in many if all(a["earliest"] for a in s["adopters"]))
    assert isinstance(ask(dated["id"], as_of="1990").exception, UsageError)


def test_leaving_organizations_out_of_a_small_graph(ask, tiny_path, tmp_path):
    (tmp_path / "tiny.trig").write_text(tiny_path.read_text(encoding="utf-8"), encoding="utf-8")
    done = ask("--all", "--leave-one-out", data=(str(tmp_path),))
    assert done.exit_code == 0, done.exception
    assert "No technique taken up by choice can be tested." in done.stdout
    story = ask("GQA", data=(str(tmp_path),))
    assert "untestable: 2 carriers or fewer" in story.stdout
    assert "without any one organization" in story.stdout


def test_unknown_names_and_techniques_that_nobody_uses(ask, trig, tmp_path):
    assert isinstance(ask("GRRPO").exception, UnknownName)
    trig("GRAPH cite:x { technique:idle a clg:Technique ; rdfs:label 'Idle' . }", tmp_path)
    done = ask("Idle", data=(str(tmp_path),))
    assert isinstance(done.exception, UsageError)
    assert "Idle has no carrier" in str(done.exception)
    assert ask(data=(str(tmp_path),)).exit_code == 0
