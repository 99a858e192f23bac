"""Every rule and every shape finds what it is for, says what to do, and leaves right data alone."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import OWL, RDF, SH

from codellm_graph import validate
from codellm_graph.errors import DataError
from codellm_graph.namespaces import PREFIXES, curie
from codellm_graph.sources import ontology_folder
from codellm_graph.store import Embedded
from codellm_graph.validate import Result, check

BROKEN = Path(__file__).parent / "broken"
INPUTS = sorted(BROKEN.glob("*.trig"))
RULES = sorted((ontology_folder() / "checks").glob("*.rq"))
SHAPES = sorted((ontology_folder() / "shapes").glob("*.ttl"))
HEAD = re.compile(r"^# (title|severity|message): (.+)$", re.MULTILINE)

CARD = """
src:alpha-card a clg:ModelCard ; dcterms:title "Alpha model card" ;
  clg:address "https://example.org/alpha"^^xsd:anyURI ; clg:grade 1 .
cite:alpha-card-overview a clg:Citation ; clg:source src:alpha-card ; clg:locator "Overview" .
cite:alpha-card-data a clg:Citation ; clg:source src:alpha-card ; clg:locator "Data" ;
  clg:rank concept:deprecated ; clg:reason "Corrected in the overview." .
src:fim-paper a clg:Paper ; dcterms:title "FIM" ; clg:address "https://example.org/fim"^^xsd:anyURI ;
  clg:grade 2 ; dcterms:issued "2022-07"^^xsd:gYearMonth .
GRAPH cite:alpha-card-overview {
  model:alphas a clg:Family ; rdfs:label "Alphas" ; clg:released "2022-06"^^xsd:gYearMonth .
  model:alpha a clg:Model ; rdfs:label "Alpha" ; clg:memberOf model:alphas .
  dataset:bench a clg:Benchmark ; rdfs:label "Bench" .
  technique:fim a clg:Technique ; rdfs:label "FIM" ; skos:inScheme clg:techniques ; clg:introducedBy src:fim-paper ;
    clg:kind concept:objective ; skos:definition "A span is moved to the end."@en .
  model:beta a clg:Model ; rdfs:label "Beta" ; clg:uses technique:fim .
}
GRAPH cite:alpha-card-data { model:alpha clg:contextLength 2048 . }
"""

#: What may look wrong and is right.
RIGHT = {
    "a member later than its family uses what came between": """GRAPH cite:alpha-card-overview {
        model:alpha clg:released "2022-08"^^xsd:gYearMonth ; clg:uses technique:fim . }""",
    "a result that only a deprecated citation gives": """GRAPH cite:alpha-card-data {
        model:alpha clg:result [ clg:benchmark dataset:bench ; clg:metric "pass@1" ; clg:score 1 ] . }""",
    "a parent of the same month": """GRAPH cite:alpha-card-overview {
        model:alpha clg:released "2022-08-02"^^xsd:date ; clg:sftFrom model:beta .
        model:beta clg:released "2022-08"^^xsd:gYearMonth . }""",
    "a context length in thousands and in units of 1024": """GRAPH cite:alpha-card-overview {
        model:alpha clg:contextLength 128000 . model:beta clg:contextLength 131072 . }""",
}

#: What has no rule of its own and still must not pass in silence, with what the complaint names.
WRONG = {
    "a misspelt subject": (
        "GRAPH cite:alpha-card-overview { model:alpa clg:contextLength 4096 . }",
        "model:alpa",
    ),
    "a name instead of a model": (
        'GRAPH cite:alpha-card-overview { model:alpha clg:sftFrom "Beta" . }',
        "Beta",
    ),
    "a model of elsewhere": (
        "GRAPH cite:alpha-card-overview { model:alpha clg:sftFrom <https://example.org/beta> . }",
        "https://example.org/beta",
    ),
    "a score as text": ('GRAPH cite:alpha-card-overview { model:alpha clg:result "59 %" . }', "59 %"),
    "a number as text": ('GRAPH cite:alpha-card-overview { model:alpha clg:trainSteps "100k" . }', "steps"),
    "a yes as text": ('GRAPH cite:alpha-card-overview { model:alpha clg:inScope "no" . }', "inScope"),
    "a citation without a class": (
        'cite:loose clg:source src:alpha-card ; clg:locator "Data" .',
        "cite:loose",
    ),
    "a graph that is the builder's": (
        "GRAPH rule:chosen { model:alpha clg:contextLength 4096 . }",
        "rule:chosen",
    ),
    "a graph of derivations": (
        "GRAPH clg:derivations { model:alpha clg:contextLength 4096 . }",
        "clg:derivations",
    ),
    "a graph without a name": ("GRAPH _:g { model:alpha clg:contextLength 4096 . }", "GRAPH"),
    "no number": (
        'GRAPH cite:alpha-card-overview { model:alpha clg:totalParametersB "NaN"^^xsd:double , 7.0 . }',
        "clg:totalParametersB",
    ),
    "a grade that only looks like a digit": (
        'src:beta-card a clg:ModelCard ; dcterms:title "Beta" ; clg:address "https://example.org/b"^^xsd:anyURI ; clg:grade "²" .',
        "grade",
    ),
}


def lines(results: list[Result]) -> list[str]:
    return sorted(f"{r.result_severity} {r.source_shape} {r.result_message}" for r in results)


def expected(path: Path) -> list[str]:
    return path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()


def write(path: Path, text: str) -> Path:
    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    path.write_text(head + text, encoding="utf-8")
    return path


def shapes_of(path: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(path)


def property_shapes(graph: rdflib.Graph) -> dict[str, rdflib.term.Node]:
    """Return property shapes by the name of their broken input."""
    found = [
        (
            f"shape.{str(owner).rpartition('/')[2]}.{curie(str(graph.value(shape, SH.path))).partition(':')[2]}",
            shape,
        )
        for owner, shape in graph.subject_objects(SH.property)
    ]
    assert len(dict(found)) == len(found), "two shapes of one property: put them into one"
    return dict(found)


def test_every_rule_and_every_property_shape_has_a_broken_input():
    wanted = {path.stem for path in RULES} | {n for path in SHAPES for n in property_shapes(shapes_of(path))}
    assert {path.stem for path in INPUTS} == wanted
    assert {path.stem for path in BROKEN.glob("*.txt")} == wanted


@pytest.mark.parametrize("path", INPUTS, ids=lambda p: p.stem)
def test_broken_input_gives_exactly_its_findings(path):
    results = check(data=[path])
    assert lines(results) == expected(path)
    owner, _, name = path.stem.removeprefix("shape.").partition(".")
    assert {r.source_shape for r in results} == {owner}
    if name:
        assert {r.result_path.partition(":")[2] for r in results} == {name}
    assert check([path], data=[path]) == results, "the file itself mentions everything that is wrong with it"


@pytest.mark.parametrize("path", RULES, ids=lambda p: p.stem)
def test_rule_file_says_what_it_is(path):
    text = path.read_text(encoding="utf-8")
    head = dict(HEAD.findall(text))
    assert set(head) == {"title", "severity", "message"}
    assert head["severity"] in ("violation", "warning")
    projected = {v.value for v in Embedded(ox.Store()).select(text).variables}
    assert "focus" in projected
    # Doubled braces are literal ones.
    assert set(re.findall(r"(?<!{){(\w+)}(?!})", head["message"])) <= projected
    assert {line.split(" ")[0] for line in expected(BROKEN / f"{path.stem}.trig")} == {head["severity"]}


def test_every_message_ends_with_a_remedy():
    messages = {path.stem: dict(HEAD.findall(path.read_text(encoding="utf-8")))["message"] for path in RULES}
    for path in SHAPES:
        graph = shapes_of(path)
        messages |= {n: str(graph.value(s, SH.message) or "") for n, s in property_shapes(graph).items()}
    assert {n: m for n, m in messages.items() if not re.search(r"\w.*; .*\w", m)} == {}


def constraints() -> list[tuple[Path, str, rdflib.URIRef]]:
    """Return file, property shape and constraint, for every constraint that the builder does not ensure."""
    words = rdflib.Graph().parse(ontology_folder() / "codellm.ttl")
    found = []
    for path in SHAPES:
        graph = shapes_of(path)
        for name, shape in property_shapes(graph).items():
            # Of a functional property the builder accepts one value; sources and citations it takes as they are.
            functional = (graph.value(shape, SH.path), RDF.type, OWL.FunctionalProperty) in words
            ensured = {SH.maxCount} if functional and path.stem not in ("citation", "source") else set()
            predicates = set(graph.predicates(shape)) - {SH.path, SH.message, SH.severity} - ensured
            found += [(path, name, predicate) for predicate in sorted(predicates)]
    return found


@pytest.mark.parametrize(
    ("path", "name", "constraint"), constraints(), ids=lambda v: curie(str(v)).rpartition("/")[2]
)
def test_every_constraint_of_a_shape_is_needed(tmp_path, monkeypatch, path, name, constraint):
    # Without it the broken input has fewer findings: each constraint has something broken of its own.
    graph = shapes_of(path)
    graph.remove((property_shapes(graph)[name], constraint, None))
    (tmp_path / "shapes").mkdir()
    graph.serialize(tmp_path / "shapes" / path.name, format="turtle")
    monkeypatch.setattr(validate, "ontology_folder", lambda: tmp_path)
    left = lines(check(data=[BROKEN / f"{name}.trig"]))
    assert len(left) < len(expected(BROKEN / f"{name}.trig"))


@pytest.mark.parametrize("text", ["", *RIGHT.values()], ids=["nothing special", *RIGHT])
def test_right_data_give_no_violation_and_no_warning(tmp_path, text):
    assert lines(check(data=[write(tmp_path / "right.trig", CARD + text)])) == []


@pytest.mark.parametrize(("text", "named"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_does_not_pass_in_silence(tmp_path, text, named):
    try:
        complaints = lines(check(data=[write(tmp_path / "wrong.trig", CARD + text)]))
    except DataError as error:
        complaints = [str(error)]
    assert any(named in complaint for complaint in complaints), complaints


def test_results_have_the_field_names_of_shacl_and_violations_come_first():
    fields = ("focus_node", "result_path", "value", "result_message", "result_severity", "source_shape")
    assert Result._fields == fields
    # rdflib knows SHACL's words and refuses others.
    assert all(SH[re.sub(r"_(\w)", lambda m: m[1].upper(), name)] for name in fields)
    wanted = ["orphan-technique", "empty-citation", "moe-active-below-total", "shape.organization.label"]
    results = check(data=[BROKEN / f"{name}.trig" for name in wanted])
    assert [r.result_severity for r in results] == ["violation", "violation", "warning", "warning"]
    assert results == sorted(results, key=lambda r: (r.result_severity != "violation", *r))
    assert results == check(data=[BROKEN / f"{name}.trig" for name in reversed(wanted)])


def test_progress_names_every_step():
    steps = []
    check(data=[BROKEN / "moe-active-below-total.trig"], progress=steps.append)
    assert [s.removeprefix("rule ") for s in steps if s.startswith("rule ")] == [p.stem for p in RULES]
    assert steps[0] == "building the graph"
    assert steps[-1] == "shapes"


def test_a_file_is_checked_with_the_data_but_only_it_is_reported(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    write(
        folder / "theirs.trig", CARD + "GRAPH cite:alpha-card-overview { maker:alpha a clg:Organization . }"
    )
    mine = write(
        tmp_path / "mine.trig",
        """cite:gamma a clg:Citation ; clg:source src:alpha-card ; clg:locator "Gamma" .
        GRAPH cite:gamma { model:gamma a clg:Model ; clg:sftFrom model:beta ; clg:organization maker:alpha . }""",
    )
    assert [r.focus_node for r in check(data=[folder])] == ["maker:alpha"]
    assert [r.focus_node for r in check([mine], data=[folder])] == ["model:gamma"]
    assert [r.focus_node for r in check([folder], data=[folder])] == ["maker:alpha"]


@pytest.mark.parametrize("name", ["aaa", "zzz"])
def test_a_label_that_another_file_has_is_reported(tmp_path, name):
    # Whichever of the two is the focus.
    theirs = write(tmp_path / "theirs.trig", CARD)
    mine = write(
        tmp_path / "mine.trig",
        f'GRAPH cite:alpha-card-overview {{ model:{name} a clg:Model ; rdfs:label "Beta" . }}',
    )
    assert [r.source_shape for r in check([mine], data=[theirs])] == ["same-label"]


def test_a_file_that_is_not_there_or_malformed_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no such file or folder"):
        check([tmp_path / "none.trig"], data=[BROKEN / "two-levels.trig"])
    (tmp_path / "bad.trig").write_text("model:alpha", encoding="utf-8")
    with pytest.raises(DataError, match=r"bad\.trig:1:"):
        check(data=[tmp_path / "bad.trig"])


def test_violations_fail_the_command_and_warnings_only_if_strict(run, tmp_path):
    shutil.copy(BROKEN / "orphan-technique.trig", tmp_path)
    warned = run("--data", tmp_path, "check")
    assert (warned.returncode, warned.stderr) == (0, "0 violations, 1 warnings\n")
    assert "orphan-technique" in warned.stdout
    assert run("--data", tmp_path, "check", "--strict").returncode == 1
    shutil.copy(BROKEN / "two-levels.trig", tmp_path)
    failed = run("--data", tmp_path, "check", "--format", "json")
    assert (failed.returncode, failed.stderr) == (1, "1 violations, 1 warnings\n")
    assert [row["source_shape"] for row in json.loads(failed.stdout)] == ["two-levels", "orphan-technique"]
    assert run("--data", tmp_path, "--quiet", "check", BROKEN / "orphan-technique.trig").returncode == 0


def test_right_data_pass_the_strict_command_and_bad_values_print_no_traceback(run, tmp_path):
    right = run("--data", write(tmp_path / "right.trig", CARD), "check", "--strict")
    assert (right.returncode, right.stdout, right.stderr) == (0, "", "0 violations, 0 warnings\n")
    wrong = 'GRAPH cite:alpha-card-overview { model:alpha clg:ropeBase "1M"^^xsd:integer . }'
    done = run("--data", write(tmp_path / "wrong.trig", CARD + wrong), "check")
    assert (done.returncode, done.stderr) == (1, "1 violations, 0 warnings\n")
