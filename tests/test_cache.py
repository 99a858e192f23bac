"""The built graph, kept between commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codellm_graph import cache
from codellm_graph.errors import DataError
from codellm_graph.sources import Files
from codellm_graph.store import open_store

CHILD = "Pine-2-7B"
PARENT = "Pine-1-7B-Chat"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    chosen = tmp_path / "cache"
    monkeypatch.setenv("CODELLM_GRAPH_CACHE", str(chosen))
    return chosen


@pytest.fixture
def data(tmp_path, tiny_path):
    made = tmp_path / "data"
    made.mkdir()
    shutil.copy(tiny_path, made)
    return made


def answers(store) -> bool:
    return bool(store.query("ASK { model:pine-2-7b clg:basedOn model:pine-1-7b-chat }"))


def left(folder: Path) -> list[str]:
    return sorted(p.name.partition("-")[0] for p in folder.iterdir())


def test_the_folder_is_the_users_choice_or_the_platforms(folder, monkeypatch):
    assert cache.cache_folder() == folder
    monkeypatch.delenv("CODELLM_GRAPH_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    assert cache.cache_folder().name == "codellm-graph"


def test_a_graph_is_built_once(folder, data):
    built = []
    for _ in range(3):
        assert answers(open_store(data=[data], on_build=lambda: built.append(1)))
    assert len(built) == 1
    assert left(folder) == ["graph"]


def test_a_changed_file_rebuilds_and_the_old_graph_is_still_known(folder, data, run):
    path = data / "tiny.trig"
    text = path.read_text(encoding="utf-8")
    assert PARENT in run("--data", data, "lineage", CHILD, "--depth", 1).stdout
    path.write_text(text.replace('"Pine-1-7B-Chat"', '"Pine-1-7B-Talk"'), encoding="utf-8")
    assert "Pine-1-7B-Talk" in run("--data", data, "lineage", CHILD, "--depth", 1).stdout
    (data / "more.trig").write_text("# nothing new", encoding="utf-8")
    assert "Pine-1-7B-Talk" in run("--data", data, "lineage", CHILD, "--depth", 1).stdout
    assert left(folder) == ["graph"] * 3
    (data / "more.trig").unlink()
    path.write_text(text, encoding="utf-8")
    built = []
    assert answers(open_store(data=[data], on_build=lambda: built.append(1)))
    assert not built


def test_only_the_newest_graphs_are_kept(folder, data):
    for number in range(8):
        (data / "more.trig").write_text(f"# {number}", encoding="utf-8")
        assert answers(open_store(data=[data]))
    assert left(folder) == ["graph"] * 5


def test_two_processes_at_once_both_answer_and_leave_one_graph(folder, data):
    command = [sys.executable, "-m", "codellm_graph", "--data", str(data), "lineage", CHILD]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    done = [(*process.communicate(), process.returncode) for process in started]
    assert done == [done[0]] * 3
    assert done[0][1:] == ("", 0)
    assert PARENT in done[0][0]
    assert left(folder) == ["graph"]


def _unusable(tmp_path: Path) -> dict[str, Path]:
    file = tmp_path / "a-file"
    file.write_text("mine")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    return {
        "a file": file,
        "under a file": file / "cache",
        "too long": tmp_path / ("x" * 300),
        "without permission": locked / "cache",
        # Nobody can make a folder there, not even root, for whom no mode locks a folder.
        "never writable": Path("/proc/codellm-graph") if Path("/proc").is_dir() else file / "x",
    }


@pytest.mark.parametrize(
    "which", ["a file", "under a file", "too long", "without permission", "never writable"]
)
def test_an_unusable_folder_still_answers(tmp_path, data, run, which):
    folder = _unusable(tmp_path)[which]
    done = run("--data", data, "lineage", CHILD, env={"CODELLM_GRAPH_CACHE": str(folder)})
    assert PARENT in done.stdout
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "a-file").read_text() == "mine"


def test_a_kept_graph_that_nothing_can_be_added_to_still_answers(folder, data):
    assert answers(open_store(data=[data]))
    (graph,) = folder.iterdir()
    # A folder stands where the projection would be written.
    (graph / "names.json").mkdir()
    store = open_store(data=[data])
    assert store.projection("names", lambda: {"a": 1}) == {"a": 1}


def _truncate(path: Path, share: float) -> None:
    os.truncate(path, int(path.stat().st_size * share))


@pytest.mark.parametrize("share", [0, 0.5])
@pytest.mark.parametrize("pattern", ["CURRENT", "MANIFEST-*", "*.sst", "*"])
def test_a_damaged_graph_still_answers(folder, data, run, pattern, share):
    assert answers(open_store(data=[data]))
    (graph,) = folder.iterdir()
    for path in (graph / "store").glob(pattern):
        _truncate(path, share)
    done = run("--data", data, "show", CHILD)
    assert (done.returncode, done.stderr) == (0, "")
    assert PARENT in done.stdout


def test_a_damaged_graph_with_whole_projections_still_answers(folder, data, run):
    first = run("--data", data, "lineage", CHILD)
    (graph,) = folder.iterdir()
    for path in (graph / "store").iterdir():
        _truncate(path, 0)
    for arguments in (["lineage", CHILD], ["show", CHILD]):
        again = run("--data", data, *arguments)
        assert (again.returncode, again.stderr) == (0, "")
        assert first.stdout.split("\n")[0].split("  ")[0] in again.stdout
        assert PARENT in again.stdout


@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_a_damaged_projection_still_answers(folder, data, run, share):
    first = run("--data", data, "lineage", CHILD)
    (graph,) = folder.iterdir()
    projections = [graph / "names.json", graph / "view.json"]
    whole = [p.read_bytes() for p in projections]
    for path in projections:
        _truncate(path, share)
    again = run("--data", data, "lineage", CHILD)
    assert (again.stdout, again.stderr, again.returncode) == (first.stdout, "", 0)
    assert [p.read_bytes() for p in projections] == whole


@pytest.mark.parametrize("what", ["store", "whole"])
def test_a_graph_that_lost_its_files_still_answers(folder, data, what):
    assert answers(open_store(data=[data]))
    (graph,) = folder.iterdir()
    shutil.rmtree(graph / "store" if what == "store" else graph)
    assert answers(open_store(data=[data]))
    assert left(folder) == ["graph"]


def test_a_build_that_fails_leaves_nothing(folder, data):
    (data / "broken.trig").write_text("<urn:a> <urn:b>", encoding="utf-8")
    with pytest.raises(DataError, match=r"broken\.trig"):
        open_store(data=[data]).query("ASK { ?s ?p ?o }")
    assert left(folder) == []


def test_a_build_that_is_interrupted_leaves_nothing(folder, data, monkeypatch):
    def interrupted(files):
        raise KeyboardInterrupt

    monkeypatch.setattr("codellm_graph.build.build", interrupted)
    with pytest.raises(KeyboardInterrupt):
        open_store(data=[data])
    assert left(folder) == []


def test_what_is_remembered_is_computed_once_for_each_graph(tmp_path):
    asked = []

    def compute():
        asked.append(1)
        return {"中": [1, None]}

    assert [cache.remember(tmp_path, "x", compute) for _ in range(3)] == [{"中": [1, None]}] * 3
    assert len(asked) == 1
    assert [cache.remember(None, "x", compute) for _ in range(3)] == [{"中": [1, None]}] * 3
    assert len(asked) == 4
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


def test_the_key_changes_with_the_ontology_too(folder, data, tmp_path):
    files = Files.under(data)
    words = tmp_path / "codellm.ttl"
    words.write_bytes(files.ontology[0].read_bytes() + b"# more\n")
    cache.open_built(files)
    cache.open_built(Files((words, *files.ontology[1:]), files.data))
    assert left(folder) == ["graph", "graph"]


def test_what_a_killed_build_left_is_removed_after_a_day(folder, data):
    folder.mkdir(parents=True, exist_ok=True)
    for name, age in (("unfinished-old", 100_000), ("unfinished-new", 10)):
        (folder / name / "graph").mkdir(parents=True)
        os.utime(folder / name, (time.time() - age,) * 2)
    assert answers(open_store(data=[data]))
    assert sorted(p.name for p in folder.glob("unfinished-*")) == ["unfinished-new"]
