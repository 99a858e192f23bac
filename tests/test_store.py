"""Asking the graph in this process and in a directory."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph import cache, sources
from codellm_graph.errors import CodellmGraphError, QueryError, StoreError, UsageError
from codellm_graph.namespaces import PREFIXES
from codellm_graph.sparql import bind, refuse_network
from codellm_graph.store import Embedded, open_store, plain, to_rdflib

ELSEWHERE = "<http://127.0.0.1:9/>"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE %s { ?s ?p ?o } }",
        "SELECT * { service %s { ?s ?p ?o } }",
        "SELECT * { SeRvIcE SILENT %s { ?s ?p ?o } }",
        "SELECT * {SERVICE%s{ ?s ?p ?o }}",
        "SELECT * { {?s ?p ?o}SERVICE %s { ?a ?b ?c } }",
        "SELECT * { SERVICE\n\t%s { ?s ?p ?o } }",
        "SELECT * { SERVICE # a comment\n%s { ?s ?p ?o } }",
        "SELECT * { # it's a comment\n SERVICE %s { ?s ?p 'x' } }",
        "SELECT * { VALUES ?x { %s } SERVICE ?x { ?s ?p ?o } }",
        "SELECT * { VALUES ?x { %s } SERVICE?x { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o .SERVICE %s { ?a ?b ?c } }",
        "SELECT * { ?s ?p ?o.SERVICE %s { ?a ?b ?c } }",
        "SELECT * { ?s ?p 1SERVICE %s { ?a ?b ?c } }",
        "SELECT * { ?s ?p 1.5e3SERVICE %s { ?a ?b ?c } }",
        'SELECT * { ?s ?p "x"SERVICE %s { ?a ?b ?c } }',
        'SELECT * { ?s ?p """a"b""" SERVICE %s { ?a ?b ?c } }',
        "SELECT * { ?s ?p '''a'b\\'''' SERVICE %s { ?a ?b ?c } }",
        "SELECT * { ?s ?p ?o FILTER(?o<2)SERVICE %s { ?a ?b ?c } FILTER(3>2) }",
        "SELECT * { OPTIONAL { ?s ?p model:a\\#b } SERVICE %s { ?a ?b ?c } }",
        "SELECT * { OPTIONAL { ?s ?p model:a\\'b } SERVICE %s { ?a ?b \"'\" } }",
        "SELECT * { OPTIONAL { <http://a/\\u0062#> ?p ?o } SERVICE %s { ?a ?b ?c } }",
        "SELECT * { \\u0053ERVICE %s { ?a ?b ?c } }",
        # The parser takes keywords without a gap, comments to a carriage return, and < as an operator.
        "SELECT * { ?s ?p trueSERVICE %s { ?a ?b ?c } }",
        "SELECT * { SERVICESILENT%s { ?a ?b ?c } }",
        "SELECT * { ?s ?p 1.SERVICE %s { ?a ?b ?c } }",
        "PREFIX ex: %s SELECT * { SERVICEex:q { ?a ?b ?c } }",
        "PREFIX : %s SELECT * { SERVICE:q { ?a ?b ?c } }",
        "PREFIX SERVICE: <http://a/> PREFIX : %s SELECT * { SERVICE:q { ?a ?b ?c } }",
        "SELECT * { OPTIONAL { ?s ?p model:.SERVICE %s { ?a ?b ?c } } }",
        "SELECT * { # a comment\r SERVICE %s { ?a ?b ?c } }",
        "SELECT * { # a comment\r SERVICE %s { ?a ?b ?c }\n }",
        # Other parsers expand these escapes before they look for the ends of strings.
        'SELECT * { ?s ?p "x\\u0022 , " . SERVICE %s { ?a ?b ?c } ?d ?e " , \\u0022y" }',
        "SELECT * { ?s ?p ?o FILTER(?o<2)SERVICE#>\n%s { ?a ?b ?c } }",
        "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE %s { ?s ?p ?o } }",
        "ASK { FILTER EXISTS { SERVICE %s { ?s ?p ?o } } }",
    ],
)
def test_no_query_sends_requests_elsewhere(serve, query):
    store = ox.Store()
    for value in (ox.Literal(1), ox.Literal(True)):
        store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), value))
    found = b'{"head":{"vars":["s"]},"results":{"bindings":[]}}'
    with serve(lambda _: (200, "application/sparql-results+json", found)) as elsewhere:
        with pytest.raises(QueryError):
            list(Embedded(store).query(query % f"<{elsewhere.url}>"))
        assert elsewhere.asked == []


def test_the_refusal_says_where():
    with pytest.raises(QueryError, match="SERVICE is not allowed") as caught:
        refuse_network(f"SELECT *\n{{ 'x' SERVICE {ELSEWHERE} {{}} }}")
    assert (caught.value.line, caught.value.column, caught.value.exit_code) == (2, 7, 2)


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "SERVICE <http://127.0.0.1:9/> { }" }',
        "SELECT * { ?s ?p '''it's a SERVICE''' , \"\"\"a \"SERVICE\" b\"\"\" , 'a \\' SERVICE' }",
        "SELECT * { ?s ?p <http://example.org/SERVICE> }",
        "SELECT * { ?s ?p ?o # SERVICE <http://127.0.0.1:9/>\n}",
        "SELECT ?service { $service ?p model:service , model:a.service , model:service-b , model:a-service }",
        "PREFIX ex: <http://example.org/> SELECT * { ?s ex:service ?o . ?s model:a/ex:SERVICE-b/ex:x.service ?o }",
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> SELECT * { ?s a sd:Service FILTER(?s != <http://x/(service)#y>) }",
        "SELECT * { _:service ?p 'x'@en-service }",
    ],
)
def test_the_word_alone_is_no_service(tiny, query):
    refuse_network(query)
    list(tiny.query(query))


def test_prefixes_are_declared_and_may_be_declared_again(tiny):
    for prefix in PREFIXES:
        tiny.query(f"ASK {{ ?s ?p {prefix}:x }}")
    assert bool(tiny.query("ASK { model:pine-1 ?p ?o }"))
    assert not bool(tiny.query("PREFIX model: <http://example.org/> ASK { model:pine-1 ?p ?o }"))


def test_kinds_of_answer(tiny):
    assert bool(tiny.query("ASK { model:pine-2-7b clg:rlFrom model:pine-1-7b-chat }"))
    rows = tiny.query("SELECT ?o { model:pine-2-7b clg:rlFrom ?o }")
    assert [r["o"].value for r in rows] == [PREFIXES["model"] + "pine-1-7b-chat"]
    assert len(tiny.query("CONSTRUCT WHERE { model:pine-2-7b clg:rlFrom ?o }")) == 1
    assert tiny.query("DESCRIBE model:pine-2-7b")
    with pytest.raises(QueryError, match="SELECT"):
        tiny.select("ASK { ?s ?p ?o }")


def test_named_graphs_hold_citations_and_the_default_graph_what_is_accepted(tiny):
    found = tiny.select("SELECT ?c ?v { GRAPH ?c { model:pine-2 clg:released ?v } }")
    assert {(plain(r["c"]), r["v"].value) for r in found} == {
        ("cite:pine-card-2", "2025-01-10"),
        ("cite:blog-post", "2025-02"),
    }


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("SELECT * {\n  ?s ?p }", 2, 10),
        ("SELECT * { ?s ?p ?o } LIMIT x", 1, 30),
        ("SELECT * {\n '中文' ?p }", 2, 11),
        ("", 1, 1),
        ("SELECT * {\n", 2, 1),
        ("SELECT * {\r\n ?s }", 2, 6),
    ],
)
def test_syntax_errors_say_line_and_column_and_show_the_line(tiny, query, line, column):
    with pytest.raises(QueryError) as caught:
        tiny.query(query)
    assert caught.value.line == line
    # The parser may see the error a blank or a word earlier, never later.
    assert column - 2 <= caught.value.column <= column
    text = str(caught.value)
    assert text.startswith(f"SPARQL syntax error at line {line}, column {caught.value.column}: ")
    assert text.splitlines()[-1] == "     | " + " " * (caught.value.column - 1) + "^"


def test_the_line_above_is_shown_too(tiny):
    with pytest.raises(QueryError, match=re.compile(r"^   2 \| # b\n   3 \| \?s \?p\n     \|", re.MULTILINE)):
        tiny.query("SELECT * { # a\n# b\n?s ?p\n}".replace("\n}", ""))


@pytest.mark.parametrize(
    ("query", "prefix"),
    [
        ("SELECT * { ?s nope:x ?o }", "nope:"),
        ("SELECT * {\n  ?s\n  wikidata:P31 ?o }", "wikidata:"),
        ("SELECT * { ?s ?p '中文'^^foo-bar.baz:x }", "foo-bar.baz:"),
        ("SELECT * # \u2028 \x0b \x85\n{ ?s nope:x ?o }", "nope:"),
    ],
)
def test_an_unknown_prefix_is_named_and_the_known_ones_listed(tiny, query, prefix):
    with pytest.raises(QueryError) as caught:
        tiny.query(query)
    assert f"the prefix {prefix} is not declared; known are clg, model, technique" in str(caught.value)


def test_bind_leaves_strings_iris_comments_and_longer_names_alone():
    query = "SELECT ?m { ?m clg:uses $t ; rdfs:label \"$t\" , '''$t''' ; a <http://x/$t> . $tt ?p ?t } # $t"
    assert bind(query, {"t": "technique:fim"}) == query.replace(
        "uses $t", f"uses <{PREFIXES['technique']}fim>"
    )
    assert bind(query, None) == bind(query, {}) == query


def test_parameters_are_told_apart_by_case():
    assert bind("$t $T ?t", {"t": "model:x"}) == f"<{PREFIXES['model']}x> $T ?t"


def test_bind_puts_several_values_and_does_not_look_into_them():
    bound = bind("$a $b $a", {"a": "http://x/$b", "b": "model:$a"})
    assert bound == f"<http://x/$b> <{PREFIXES['model']}$a> <http://x/$b>"


@pytest.mark.parametrize(
    "value",
    [
        "model:x> ?a ?b . <model:y",
        "model:x> ?a ?b . SERVICE SILENT <http://127.0.0.1:9/> { ?c ?d ?e } <model:y",
        "http://example.org/a b",
        'urn:x"',
        "model:x\n",
        "model:{}",
    ],
)
def test_a_value_that_is_no_iri_cannot_change_the_query(tiny, value):
    with pytest.raises(CodellmGraphError):
        list(tiny.query("SELECT * { $m ?p ?o }", {"m": value}))


def test_a_value_with_an_unknown_prefix_is_refused(tiny):
    with pytest.raises(UsageError, match="no known prefix"):
        tiny.query("ASK { $m ?p ?o }", {"m": "nope:x"})


@given(st.text("$abc \"'<>#\\\n", max_size=30))
def test_binding_a_parameter_that_is_not_there_changes_nothing(text):
    assert bind(text, {"zz": "model:x"}) == text


def test_a_directory_answers_as_the_bundled_graph_does(graph, run):
    # The cache holds the bundled graph as such a directory.
    folder = cache.open_built(sources.bundled())[1] / "store"
    plainly = run("lineage", "DeepSWE", "--format", "json")
    assert '"rlFrom"' in plainly.stdout
    done = run("--store", folder, "lineage", "DeepSWE", "--format", "json")
    assert (done.stdout, done.stderr, done.returncode) == (plainly.stdout, "", 0)
    count = "SELECT (COUNT(*) AS ?n) { ?s clg:basedOn ?o }"
    assert [r["n"] for r in open_store(folder).select(count)] == [r["n"] for r in graph.select(count)]


def test_a_folder_that_is_no_store_is_refused(tmp_path, run):
    with pytest.raises(StoreError, match="no Oxigraph store"):
        open_store(tmp_path)
    done = run("--store", tmp_path / "gone", "stats")
    assert (done.returncode, done.stdout) == (1, "")
    assert "gone: no Oxigraph store" in done.stderr


@pytest.mark.parametrize("current", ["MANIFEST-000001\n", ""])
def test_a_damaged_store_is_refused_with_its_name(tmp_path, current):
    (tmp_path / "CURRENT").write_text(current)
    with pytest.raises(StoreError, match=re.escape(str(tmp_path))):
        open_store(tmp_path).query("ASK { ?s ?p ?o }")


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (None, None),
        (ox.Literal(7), 7),
        (ox.Literal(2.5), 2.5),
        (ox.Literal("32.8", datatype=ox.NamedNode(PREFIXES["xsd"] + "decimal")), 32.8),
        (ox.Literal(True), True),
        (ox.Literal("7"), "7"),
        (ox.Literal("中", language="zh"), "中"),
        (ox.Literal("2024", datatype=ox.NamedNode(PREFIXES["xsd"] + "gYear")), "2024"),
        (ox.Literal("many", datatype=ox.NamedNode(PREFIXES["xsd"] + "integer")), "many"),
        (ox.Literal("some", datatype=ox.NamedNode(PREFIXES["xsd"] + "decimal")), "some"),
        (ox.NamedNode("urn:x"), "urn:x"),
    ],
)
def test_plain(term, expected):
    found = plain(term)
    assert (found, type(found)) == (expected, type(expected))


# rdflib's own parser and query engine use what rdflib has deprecated.
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
def test_to_rdflib_has_the_same_graphs(tiny):
    dataset = to_rdflib(tiny)
    assert len(list(dataset.quads())) == len(list(tiny.quads()))
    rows = dataset.query("SELECT ?c { GRAPH ?c { model:pine-2 clg:released ?v } }")
    assert {str(r.c) for r in rows} == {PREFIXES["cite"] + "pine-card-2", PREFIXES["cite"] + "blog-post"}
    assert dataset.query("ASK { model:pine-2-7b clg:basedOn model:pine-1-7b-chat }").askAnswer
