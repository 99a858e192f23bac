"""What users install: the wheel and the sdist carry ontology and data."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: object, **options: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Build sdist and wheel from a copy of what git knows, as a release does."""
    folder = tmp_path_factory.mktemp("built")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT)
    run(sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", folder, cwd=ROOT)
    return folder


def test_sdist_holds_ontology_data_and_tests(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for wanted in (
        "ontology/codellm.ttl",
        "graph_data/survey.trig",
        "graph_data/LICENSE",
        "tests/test_packaging.py",
        "README.md",
    ):
        assert wanted in names


def test_wheel_holds_ontology_and_data(built):
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        names = set(archive.namelist())
    data = {p.relative_to(ROOT).as_posix() for p in (ROOT / "graph_data").rglob("*.trig")}
    assert {f"codellm_graph/_bundle/{d}" for d in data} <= names
    for wanted in (
        "_bundle/ontology/codellm.ttl",
        "_bundle/ontology/shapes/any-model.ttl",
        "present/page/start.js",
        "present/page/app/main.js",
        "present/page/words.json",
        "py.typed",
    ):
        assert f"codellm_graph/{wanted}" in names


def test_wheel_runs_in_an_empty_environment(built, tmp_path):
    environment = tmp_path / "venv"
    run(sys.executable, "-m", "venv", environment)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    run(scripts / "python", "-m", "pip", "install", "--quiet", next(built.glob("*.whl")))
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    options = {"cwd": elsewhere, "env": clean | {"CODELLM_GRAPH_CACHE": str(tmp_path / "cache")}}
    tool = scripts / "codellm-graph"
    assert "rlFrom Qwen3-32B" in run(tool, "lineage", "DeepSWE", **options).stdout
    run(tool, "export", "deepswe.html", "--root", "DeepSWE", **options)
    page = (elsewhere / "deepswe.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "<title>Lineage of DeepSWE</title>" in page
    run(tool, "export", "deepswe.svg", "--root", "DeepSWE", **options)
    assert "DeepSWE-Preview" in (elsewhere / "deepswe.svg").read_text(encoding="utf-8")
    assert run(tool, "check", **options).stderr.startswith("0 violations")
    where = run(
        scripts / "python", "-c", "import codellm_graph; print(codellm_graph.__file__)", **options
    ).stdout
    assert Path(where.strip()).is_relative_to(environment)
