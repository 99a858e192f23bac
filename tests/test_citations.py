"""Reading TriG files into statements with their support."""

from __future__ import annotations

import pytest

from codellm_graph.choose import Support
from codellm_graph.citations import parse, read_citations
from codellm_graph.errors import DataError
from codellm_graph.namespaces import CLG, PREFIXES
from codellm_graph.sources import Files, bundled


@pytest.fixture
def citations(trig):
    return lambda *texts: read_citations([trig(text) for text in texts])


def short(fact):
    return tuple(term.value.rpartition("#")[2].rpartition("/")[2] for term in fact)


def test_default_graph_is_metadata_and_named_graphs_are_what_is_said(citations):
    found = citations(
        "cite:a clg:source src:a . GRAPH cite:a { model:x clg:uses technique:y } cite:b { model:x clg:uses technique:y }"
    )
    assert {short(f) for f in found.metadata} == {("a", "source", "a")}
    assert {short(f): by for f, by in found.said.items()} == {
        ("x", "uses", "y"): {PREFIXES["cite"] + "a", PREFIXES["cite"] + "b"}
    }


def test_the_same_statement_in_two_files_has_both_citations(citations):
    found = citations("cite:a { model:x a clg:Model }", "cite:b { model:x a clg:Model }")
    assert list(found.said.values()) == [{PREFIXES["cite"] + "a", PREFIXES["cite"] + "b"}]


def test_supports_describe_citation_and_source(citations):
    found = citations("""
        src:a a clg:Paper , clg:Source ; clg:grade 2 ; dcterms:issued "2024-05"^^xsd:gYearMonth .
        cite:a clg:source src:a ; clg:rank concept:preferred ; clg:certainty concept:inferred .
        cite:a { model:x a clg:Model }
        cite:unknown { model:x a clg:Model }""")
    supports = found.supports()
    assert supports[PREFIXES["cite"] + "a"] == Support(
        PREFIXES["cite"] + "a",
        PREFIXES["src"] + "a",
        frozenset((CLG + "Paper", CLG + "Source")),
        2,
        "2024-05",
        "preferred",
        "inferred",
    )
    assert supports[PREFIXES["cite"] + "unknown"] == Support(PREFIXES["cite"] + "unknown")


@pytest.mark.parametrize("grade", ['"²"^^xsd:integer', "-1", "2.5", '"best"', "src:a"])
def test_a_grade_that_is_none_counts_as_ungraded(citations, grade):
    found = citations(f"src:a clg:grade {grade} . cite:a clg:source src:a . cite:a {{ model:x a clg:Model }}")
    assert [s.grade for s in found.supports().values()] == [5]


def test_blank_nodes_are_named_after_what_is_said_of_them(citations):
    result = "[ clg:benchmark dataset:b ; clg:score 1.5 ]"
    turned = "[ clg:score 1.5 ; clg:benchmark dataset:b ]"
    found = citations(
        f"cite:a {{ model:x clg:result {result} }}", f"cite:b {{ model:x clg:result {turned} }}"
    )
    assert len(found.said) == 3
    assert all(len(by) == 2 for by in found.said.values())
    other = citations("cite:a { model:x clg:result [ clg:benchmark dataset:b ; clg:score 1.6 ] }")
    assert not {f[0] for f in other.said if short(f)[1] == "score"} & {f[0] for f in found.said}


def test_results_of_two_models_stay_apart(citations):
    result = "clg:result [ clg:benchmark dataset:b ; clg:score 1.5 ]"
    found = citations(f"cite:a {{ model:x {result} . model:y {result} }}")
    assert len({f[2] for f in found.said if short(f)[1] == "result"}) == 2


def test_nested_blank_nodes_have_the_same_name_in_every_run(citations):
    text = "cite:a { model:x clg:result [ clg:setting [ clg:score 1 ] ] }"
    assert set(citations(text).said) == set(citations(text).said)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("cite:a { model:x a clg:Model", ":{line}:"),
        ("cite:a { model:x nope:y model:z }", ":{line}:"),
        ('cite:a { model:x rdfs:label "open }', ":{line}:"),
    ],
)
def test_malformed_text_names_file_and_line(trig, text, where):
    path = trig("\n\n" + text)
    line = path.read_text().count("\n") + 1
    with pytest.raises(DataError) as caught:
        parse(path)
    assert f"{path}{where.format(line=line)}" in str(caught.value)
    assert "not valid TriG" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "GRAPH _:g { model:x a clg:Model }",
        "cite:a { model:x clg:uses <<( model:x clg:uses technique:y )>> }",
        "cite:a clg:source <<( model:x clg:uses technique:y )>> .",
        "cite:a { << model:x clg:uses technique:y >> clg:grade 1 }",
    ],
)
def test_rdf_that_can_be_no_citation_is_refused_with_the_name_of_the_file(trig, text):
    path = trig(text)
    with pytest.raises(DataError, match=path.name):
        read_citations([path])


def test_what_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "latin.trig"
    path.write_bytes('<urn:a> { <urn:b> <urn:c> "é" }'.encode("latin-1"))
    with pytest.raises(DataError, match=r"latin\.trig"):
        parse(path)


def test_a_file_that_is_gone_is_named(tmp_path):
    with pytest.raises(DataError, match=r"gone\.trig: cannot be read: No such file"):
        read_citations([tmp_path / "gone.trig"])


def test_files_are_found_under_folders_and_the_ontology_comes_along(tmp_path, trig):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    one, two = trig("", tmp_path, "one.trig"), trig("", tmp_path / "deep" / "er", "two.trig")
    (tmp_path / "notes.txt").write_text("no data")
    assert Files.under(tmp_path).data == tuple(sorted((one, two)))
    assert Files.under(one).data == (one,)
    assert Files.under(tmp_path, one).data == tuple(sorted((one, two)))
    assert Files.under(one).ontology == bundled().ontology


@pytest.mark.parametrize("make", [None, "empty"])
def test_a_folder_without_data_is_refused(tmp_path, make):
    folder = tmp_path / "data"
    if make:
        folder.mkdir()
    with pytest.raises(DataError, match=str(folder)):
        Files.under(folder)


def test_the_key_depends_on_content_alone(tmp_path, trig):
    (tmp_path / "sub").mkdir()
    one = trig("cite:a { model:x a clg:Model }", tmp_path, "one.trig")
    two = trig("cite:b { model:y a clg:Model }", tmp_path, "two.trig")
    moved = trig("cite:a { model:x a clg:Model }", tmp_path / "sub", "renamed.trig")
    key = Files((), (one, two)).key()
    assert key == Files((), (two, one)).key() == Files((), (two, moved)).key()
    assert key != Files((), (one,)).key()
    assert key != Files((), (one, two, two)).key()
