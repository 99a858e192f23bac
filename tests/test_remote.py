"""Asking a graph behind a SPARQL endpoint."""

from __future__ import annotations

import socket
import threading

import pyoxigraph as ox
import pytest

from codellm_graph import cache, sources
from codellm_graph.analyses.lineage import trace
from codellm_graph.errors import QueryError, StoreError
from codellm_graph.store import Remote, open_store, plain
from codellm_graph.view import load_view


@pytest.fixture(scope="module")
def quads(tiny):
    return list(tiny.quads())


@pytest.fixture
def endpoint(serve, quads):
    store = ox.Store()
    store.bulk_extend(quads)
    with serve(store) as served:
        yield served


def test_an_address_opens_an_endpoint(endpoint):
    assert isinstance(open_store(endpoint.url), Remote)
    assert endpoint.asked == []


def test_select_ask_construct(endpoint, tiny):
    remote = open_store(endpoint.url)
    for query in (
        "SELECT ?s ?o { ?s clg:rlFrom ?o } ORDER BY ?s",
        "SELECT ?l { model:pine rdfs:label ?l } ORDER BY ?l",
        "SELECT ?nothing { }",
    ):
        here, there = tiny.select(query), remote.select(query)
        assert [v.value for v in here.variables] == [v.value for v in there.variables]
        assert [tuple(r) for r in here] == [tuple(r) for r in there]
    assert bool(remote.query("ASK { ?s clg:rlFrom ?o }"))
    assert not bool(remote.query("ASK { ?s clg:nothing ?o }"))
    assert set(remote.query("CONSTRUCT WHERE { ?s clg:sftFrom ?o }")) == set(
        tiny.query("CONSTRUCT WHERE { ?s clg:sftFrom ?o }")
    )


def test_prefixes_and_parameters_are_sent(endpoint):
    remote = open_store(endpoint.url)
    query = "PREFIX model: <http://example.org/> SELECT ?o { $m clg:rlFrom ?o FILTER(?o != model:x) }"
    rows = remote.select(query, {"m": "model:pine-2-7b"})
    assert [plain(r["o"]) for r in rows] == ["model:pine-1-7b-chat"]


def test_everything_can_be_fetched(endpoint, tiny):
    assert {str(q) for q in open_store(endpoint.url).quads() if "_:" not in str(q)} == {
        str(q) for q in tiny.quads() if "_:" not in str(q)
    }


def test_the_view_is_the_same(endpoint, tiny):
    here, there = load_view(tiny), load_view(open_store(endpoint.url))
    assert here.nodes == there.nodes
    assert here.edges == there.edges
    assert trace(here, "model:pine-2") == trace(there, "model:pine-2")


def test_the_command_line_gives_the_same_answer_as_the_bundled_graph(serve, run):
    opened, _ = cache.open_built(sources.bundled())
    with serve(opened()) as served:
        for arguments in (["lineage", "DeepSWE", "--format", "json"], ["show", "GRPO"]):
            there, here = run("--store", served.url, *arguments), run(*arguments)
            assert (there.stdout, there.stderr, there.returncode) == (here.stdout, "", 0)
        assert served.asked


def test_service_is_refused_before_anything_is_sent(endpoint):
    with pytest.raises(QueryError, match="SERVICE"):
        open_store(endpoint.url).query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    assert endpoint.asked == []


def test_a_rejected_query_is_a_query_error_with_the_endpoints_words(endpoint, run):
    with pytest.raises(QueryError, match="rejects the query: error at 1:"):
        open_store(endpoint.url).query("SELECT nonsense")
    done = run("--store", endpoint.url, "query", "SELECT nonsense")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: {endpoint.url} rejects the query")


@pytest.mark.parametrize(
    ("status", "kind", "body", "message"),
    [
        (500, "text/plain", b"out of memory", "answers 500 Internal Server Error: out of memory"),
        (503, "text/html", b"", "answers 503 Service Unavailable"),
        (404, "text/plain", b"no such page", "answers 404 Not Found: no such page"),
        (200, "text/html", b"<html>hello</html>", "is no SPARQL endpoint: it answers text/html"),
        (200, "text/html", b"", "is no SPARQL endpoint: it answers text/html"),
        (200, "text/plain", b"# welcome\n", "is no SPARQL endpoint: it answers text/plain"),
        (200, "application/json", b"{}", "is no SPARQL endpoint: it answers application/json"),
        (200, "application/sparql-results+json", b"", "is no SPARQL endpoint"),
        (200, "application/sparql-results+json", b"[1, 2]", "is no SPARQL endpoint"),
        (
            200,
            "application/sparql-results+json",
            b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"urn:x"}},',
            "is no SPARQL endpoint",
        ),
        (200, "application/n-triples", b"<urn:a> <urn:b>", "is no SPARQL endpoint"),
        (200, "application/sparql-results+json", b"\xff\xfe", "is no SPARQL endpoint"),
    ],
)
def test_what_is_no_answer_is_a_store_error_with_the_address(serve, status, kind, body, message):
    with serve(lambda _: (status, kind, body)) as served:
        with pytest.raises(StoreError) as caught:
            list(open_store(served.url).query("SELECT * { ?s ?p ?o }"))
        assert served.url in str(caught.value)
        assert message in str(caught.value)


@pytest.mark.parametrize(
    "said", [b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", b""]
)
def test_a_server_that_speaks_something_else_is_a_store_error(said, run):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        done = run("--store", url, "query", "ASK { ?s ?p ?o }")
        thread.join()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: {url}")
    assert len(done.stderr.splitlines()) == 1


def test_an_unreachable_port_is_a_store_error(run):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
    done = run("--store", url, "lineage", "DeepSWE")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: {url} cannot be reached: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "url", ["http://", "http://127.0.0.1:port/", "http://[::1/", "http://127.0.0.1:99999/", "http://a b/"]
)
def test_an_address_that_is_none_is_an_error_without_a_traceback(run, url):
    done = run("--store", url, "query", "ASK { ?s ?p ?o }")
    assert done.returncode in (1, 2)
    assert done.stderr.startswith("Error: ")
    assert url in done.stderr
