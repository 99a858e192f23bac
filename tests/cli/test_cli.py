"""The command line as a process: answers, errors, exit codes, pipes."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import networkx as nx
import pytest

from codellm_graph.cli import _COMMANDS, _SUMMARIES, main

TOOL = [sys.executable, "-m", "codellm_graph"]


def test_help_imports_nothing_heavy(run):
    code = (
        "import sys\nfrom codellm_graph.cli import main\n"
        "main.main(args=['--help'], standalone_mode=False)\n"
        "heavy = {'rdflib', 'networkx', 'pyvis', 'pyshacl', 'rich', 'jinja2', 'pyoxigraph'} & set(sys.modules)\n"
        "print('HEAVY', sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "HEAVY []" in done.stdout


@pytest.mark.parametrize("arguments", [["lineage", "DeepSWE"], ["find", "swe"], ["show", "GRPO"], ["stats"]])
def test_commands_import_only_what_they_need(arguments):
    code = (
        "import sys\nfrom codellm_graph.cli import main\n"
        f"main.main(args={arguments!r}, standalone_mode=False)\n"
        "print('HEAVY', sorted({'rdflib', 'networkx', 'pyvis', 'pyshacl', 'jinja2', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_summaries_are_the_commands_own():
    import click

    context = click.Context(main)
    for name in _COMMANDS:
        command = main.get_command(context, name)
        assert command.help.partition("\n")[0] == _SUMMARIES[name]
        assert "Example" in command.epilog


def test_lineage_tree_and_citations(run):
    done = run("lineage", "DeepSWE", "--cite")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "rlFrom Qwen3-32B" in done.stdout
    assert "<https://huggingface.co/agentica-org/DeepSWE-Preview>" in done.stdout


def test_lineage_json_is_node_link(run):
    found = json.loads(run("lineage", "DeepSWE", "--format", "json").stdout)
    graph = nx.node_link_graph(found, edges="edges")
    assert found["root"] == "model:deepswe"
    assert "model:qwen3-32b" in nx.ancestors(graph, "model:deepswe")
    assert set(found["nodes"][0]) == {"id", "label", "kind", "released", "stage", "organization", "license"}
    edge = next(e for e in found["edges"] if e["relation"] == "rlFrom")
    assert {"source", "target", "relation", "grade", "citations"} <= set(edge)
    assert set(edge["citations"][0]) == {"source", "title", "locator", "url"}


@pytest.mark.parametrize(
    ("form", "begin"),
    [
        ("mermaid", "flowchart LR"),
        ("dot", "digraph lineage {"),
        ("csv", "parent,child,relation"),
        ("table", "child"),
    ],
)
def test_lineage_in_other_forms(run, form, begin):
    assert run("lineage", "DeepSWE", "--format", form).stdout.startswith(begin)


def test_lineage_options(run):
    down = run("lineage", "Qwen3-32B", "--down", "--relation", "rlFrom", "--format", "csv").stdout
    assert "model:qwen3-32b,model:deepswe-preview,rlFrom" in down
    assert {row["relation"] for row in csv.DictReader(io.StringIO(down))} == {"rlFrom"}
    early = run("--as-of", "2025-06", "lineage", "Qwen3-32B", "--down").stdout
    assert "DeepSWE" not in early
    assert "is no lineage relation; they are" in run("lineage", "DeepSWE", "--relation", "rlfrom").stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["lineage", "DeepSWEE"], 2, "Did you mean:\n  model:deepswe "),
        (["lineage", "zzzzqqqq"], 2, "codellm-graph find"),
        (["show", "DeepSWEE"], 2, "Did you mean"),
        (["linage", "x"], 2, "Did you mean 'lineage'?"),
        (["query", "SELECT ?s {\n ?s ?p }"], 2, "line 2, column"),
        (["query", "SELECT ?s { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"], 2, "SERVICE is not allowed"),
        (["query"], 2, "give one of TEXT"),
        (["query", "--name", "ancestor"], 2, "Did you mean ancestors"),
        (["query", "--file", "/does/not/exist.rq"], 1, "/does/not/exist.rq: cannot be read: No such file"),
        (["query", "ASK { ?s ?p ?o }", "--format", "turtle"], 2, "use table, csv, tsv, json, xml"),
        (
            ["query", "CONSTRUCT WHERE { ?s ?p ?o }", "--format", "csv"],
            2,
            "use table, turtle, ntriples, jsonld",
        ),
        (["export", "x.doc"], 2, "cannot tell the format"),
        (["export", "/does/not/exist/x.html"], 1, "/does/not/exist/x.html: cannot be written: No such file"),
        (["--store", "/does/not/exist", "stats"], 1, "no Oxigraph store"),
        (["--store", "http://127.0.0.1:9/sparql", "stats"], 1, "cannot be reached"),
        (["--data", "/does/not/exist", "stats"], 1, "no such file or folder"),
        (["--as-of", "yesterday", "lineage", "DeepSWE"], 2, "want YYYY, YYYY-MM or YYYY-MM-DD"),
        (["--as-of", "2020", "lineage", "DeepSWE"], 2, "later than the date"),
        (["find", "zzzzqqqq"], 1, "nothing is called anything like"),
    ],
)
def test_errors_help_and_say_so_on_stderr(run, arguments, code, message):
    done = run(*arguments)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout in ("", "\n")


def test_malformed_data_names_file_and_line(run, tmp_path):
    (tmp_path / "bad.trig").write_text(
        "@prefix a: <http://a/> .\na:b a:c a:d .\na:b a:c .\n", encoding="utf-8"
    )
    for arguments in (["--data", str(tmp_path), "stats"], ["check", str(tmp_path / "bad.trig")]):
        done = run(*arguments)
        assert done.returncode == 1
        assert f"{tmp_path / 'bad.trig'}:3:" in done.stderr
        assert "not valid TriG" in done.stderr
    (tmp_path / "bad.trig").write_bytes(b"\xff\xfe")
    assert "bad.trig" in run("--data", str(tmp_path), "stats").stderr


def test_ambiguous_names_list_candidates(run, tmp_path):
    text = (Path(__file__).parents[1] / "fixtures" / "tiny.trig").read_text(encoding="utf-8")
    extra = (
        'cite:twins a clg:Citation ; clg:source src:codellm-graph ; clg:locator "names" .\n'
        'GRAPH cite:twins { model:twin-a a clg:Model ; rdfs:label "Twin" . model:twin-b a clg:Model ; rdfs:label "TWIN" . }\n'
    )
    (tmp_path / "tiny.trig").write_text(text + extra, encoding="utf-8")
    done = run("--data", str(tmp_path), "lineage", "t-w-i-n")
    assert done.returncode == 2
    assert "'t-w-i-n' is ambiguous. Use one of these identifiers:" in done.stderr
    assert "model:twin-a" in done.stderr
    assert "model:twin-b" in done.stderr
    assert run("--data", str(tmp_path), "lineage", "TWIN").returncode == 0


def test_query_from_text_file_stdin_and_name(run, tmp_path):
    query = "SELECT ?o { model:deepswe-preview clg:rlFrom ?o }"
    (tmp_path / "q.rq").write_text(query, encoding="utf-8")
    answers = [
        run("query", query, "--format", "csv").stdout,
        run("query", "--file", str(tmp_path / "q.rq"), "--format", "csv").stdout,
        run("query", "-", "--format", "csv", stdin=query).stdout,
    ]
    assert set(answers) == {"o\nhttps://w3id.org/codellm-graph/model/qwen3-32b\n"}
    named = run("query", "--name", "ancestors", "--set", "model=DeepSWE-Preview", "--format", "csv")
    assert "model/qwen3-32b" in named.stdout
    assert "ancestors" in run("query", "--list").stdout


def test_query_in_every_result_format(run):
    select, graph = (
        "SELECT ?o { model:deepswe-preview clg:rlFrom ?o }",
        "CONSTRUCT WHERE { model:deepswe-preview clg:rlFrom ?o }",
    )
    assert run("query", select).stdout == "o\nmodel:qwen3-32b\n"
    assert run("query", select, "--format", "tsv").stdout.startswith("?o\n<https")
    assert json.loads(run("query", select, "--format", "json").stdout)["head"]["vars"] == ["o"]
    assert run("query", select, "--format", "xml").stdout.startswith('<?xml version="1.0"')
    turtle = run("query", graph, "--format", "turtle").stdout
    assert "model:deepswe-preview clg:rlFrom model:qwen3-32b" in turtle
    assert run("query", graph).stdout == turtle
    assert run("query", graph, "--format", "ntriples").stdout.count("\n") == 1
    assert "@id" in run("query", graph, "--format", "jsonld").stdout
    assert run("query", "ASK { model:deepswe-preview clg:rlFrom model:qwen3-32b }").stdout == "true\n"


def test_find_show_and_stats(run):
    found = json.loads(run("find", "deepswe", "--format", "json").stdout)
    assert found[0] == {
        "id": "model:deepswe",
        "label": "DeepSWE",
        "kind": "Family",
        "released": found[0]["released"],
    }
    shown = json.loads(run("show", "agentica-org/DeepSWE-Preview", "--format", "json").stdout)
    assert list(shown) == ["id", "label", "kind", "statements"]
    statement = next(s for s in shown["statements"] if s["property"] == "clg:rlFrom")
    assert {"property", "value", "label", "accepted", "grade", "citations"} <= set(statement)
    assert {"source", "title", "locator", "url"} <= set(statement["citations"][0])
    counts = json.loads(run("stats", "--format", "json").stdout)
    assert list(counts) == ["classes", "stages", "years", "relations", "grades"]
    assert run("find", "中间填充").stdout.splitlines()[1].startswith("technique:fim")


@pytest.mark.parametrize(
    "suffix", ["html", "svg", "ttl", "trig", "nq", "jsonld", "graphml", "json", "csv", "dot", "mmd"]
)
def test_export_by_suffix(run, tmp_path, suffix):
    file = tmp_path / f"out.{suffix}"
    done = run("export", str(file), "--root", "DeepSWE")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert file.name in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == [file.name]
    text = file.read_text(encoding="utf-8")
    # A page holds its data compressed; what they are is tested with the page.
    assert "deepswe" in text.lower()
    assert "qwen3" in text.lower() or suffix == "html"
    again = run("export", "-", "--as", suffix, "--root", "DeepSWE")
    assert again.stdout == text
    assert run("--quiet", "export", str(file), "--root", "DeepSWE").stderr == ""


def test_exported_rdf_reads_back(run, tmp_path, graph):
    import pyoxigraph as ox

    run("export", str(tmp_path / "g.nq"))
    assert set(ox.parse(path=tmp_path / "g.nq")) == set(graph.quads())
    run("export", str(tmp_path / "g.trig"))
    assert set(ox.parse(path=tmp_path / "g.trig")) == set(graph.quads())
    run("export", str(tmp_path / "g.ttl"))
    accepted = {q.triple for q in graph.quads() if isinstance(q.graph_name, ox.DefaultGraph)}
    assert {q.triple for q in ox.parse(path=tmp_path / "g.ttl")} == accepted


def test_unwritable_output_leaves_what_was_there(run, tmp_path):
    folder = tmp_path / "taken.html"
    folder.mkdir()
    done = run("export", str(folder), "--root", "DeepSWE")
    assert done.returncode == 1
    assert "Is a directory" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["taken.html"]


@pytest.mark.parametrize("command", [("export", "-", "--as", "nq"), ("show", "Qwen2.5"), ("stats",)])
@pytest.mark.parametrize("read", [0, 10])
def test_broken_pipe_is_silent(command, read):
    """Whether the reader leaves before the answer or in the middle of it."""
    producer = subprocess.Popen([*TOOL, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
    producer.stdout.read(read)
    producer.stdout.close()
    with producer.stderr:
        assert producer.stderr.read() == b""
    assert producer.wait(timeout=60) == 0


def test_interrupt_exits_130():
    # Standard input stays open, so that the command waits and can be interrupted.
    process = subprocess.Popen(
        [*TOOL, "query", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell that runs tests in the background makes its children ignore the signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not _reads_stdin(process.pid):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.strip() == b"Interrupted."


def _reads_stdin(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/wchan").read_text(encoding="ascii")
        modules = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
    except OSError:
        return False
    return "pipe" in state or ("click" in modules and "read" in state)


def test_terminal_gets_colour_and_pipes_do_not(run):
    main_end, other = pty.openpty()
    process = subprocess.Popen(
        [*TOOL, "lineage", "DeepSWE"],
        stdout=other,
        stderr=other,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    os.close(other)
    shown = b""
    while True:
        try:
            chunk = os.read(main_end, 65536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    assert process.wait(timeout=60) == 0
    assert b"\x1b[1mDeepSWE" in shown
    assert "\x1b" not in run("lineage", "DeepSWE").stdout
    assert "\x1b" not in run("lineage", "DeepSWE", env={"TERM": "xterm"}).stdout


def test_check_passes_on_the_bundled_data(run):
    done = run("check")
    assert done.stdout.count("violation") == 0, done.stdout
    assert done.returncode == 0
    assert done.stderr.startswith("0 violations")
