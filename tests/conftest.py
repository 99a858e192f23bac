"""What the tests share: graphs, a command line in a process of its own, endpoints on the loopback address."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import hypothesis
import pyoxigraph as ox
import pytest

from codellm_graph import api, sources
from codellm_graph.build import assemble
from codellm_graph.citations import parse, read_citations
from codellm_graph.namespaces import PREFIXES, curie, iri
from codellm_graph.store import Embedded

HERE = Path(__file__).parent

# No deadline: a busy machine is no bug. The same examples on every run: a failure is somebody's change.
hypothesis.settings.register_profile("project", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("project")


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="Rewrite the files under tests/golden.")


class _Cache:
    """Keeps built graphs out of the user's cache."""

    @pytest.fixture(autouse=True, scope="session")
    @classmethod
    def _own_cache(cls, tmp_path_factory):
        base = tmp_path_factory.getbasetemp()
        # The workers of pytest-xdist have a folder each, in one that they share.
        shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CODELLM_GRAPH_CACHE", str(shared / "codellm-graph-cache"))
            # A proxy of the machine is not for the loopback address.
            patch.setenv("NO_PROXY", "127.0.0.1")
            patch.setenv("no_proxy", "127.0.0.1")
            yield


def pytest_configure(config):
    # Registered rather than defined here, so that it also holds for the doctests of src/ and docs/.
    config.pluginmanager.register(_Cache(), "own-cache")


@pytest.fixture(scope="session")
def graph():
    """Load the bundled graph."""
    return api.load()


@pytest.fixture(scope="session")
def words():
    """Read the ontology."""
    return [quad for path in sources.bundled().ontology for quad in parse(path)]


@pytest.fixture(scope="session")
def trig(tmp_path_factory):
    """Write TriG, whose prefixes are declared for it, to a file of its own folder."""

    def write(text: str, folder: Path | None = None, name: str = "data.trig") -> Path:
        path = (folder or tmp_path_factory.mktemp("trig")) / name
        head = "".join(f"@prefix {p}: <{ns}> .\n" for p, ns in PREFIXES.items())
        path.write_text(head + text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def build_text(words, trig):
    """Build the graph of TriG texts."""

    def build(*texts: str):
        return assemble(words, read_citations([trig(text) for text in texts]))

    return build


def in_memory(quads) -> Embedded:
    store = ox.Store()
    store.bulk_extend(quads)
    return Embedded(store)


@pytest.fixture(scope="session")
def store_of(build_text):
    """Build the graph of TriG texts and open it."""
    return lambda *texts: in_memory(build_text(*texts).quads)


@pytest.fixture(scope="session")
def tiny_path():
    return HERE / "fixtures" / "tiny.trig"


@pytest.fixture(scope="session")
def tiny_built(words, tiny_path):
    return assemble(words, read_citations([tiny_path]))


@pytest.fixture(scope="session")
def tiny(tiny_built):
    """Open the small graph written for the tests."""
    return in_memory(tiny_built.quads)


@pytest.fixture(scope="session")
def values():
    """Return the accepted values of a property in a built graph, as CURIEs and texts."""

    def accepted(built, subject: str, prop: str) -> set[str]:
        key = ox.NamedNode(iri(subject)), ox.NamedNode(iri(prop if ":" in prop else f"clg:{prop}"))
        return {
            curie(q.object.value)
            for q in built.quads
            if (q.subject, q.predicate) == key and q.graph_name == ox.DefaultGraph()
        }

    return accepted


@pytest.fixture(scope="session")
def of_tiny(tiny_built, values):
    """Return the accepted values of a property in the small graph."""
    return lambda subject, prop: values(tiny_built, subject, prop)


@pytest.fixture(scope="session")
def run():
    """Run the real command line, in a process of its own."""

    def command(*args, stdin="", env=None, cwd=None):
        return subprocess.run(
            [sys.executable, "-m", "codellm_graph", *map(str, args)],
            input=stdin,
            env=os.environ | (env or {}),
            cwd=cwd,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return command


@pytest.fixture(scope="session")
def golden(request):
    """Compare a text with the file of that name under tests/golden."""

    def compare(name: str, text: str):
        path = HERE / "golden" / name
        if request.config.getoption("--update-golden"):
            path.write_text(text + "\n", encoding="utf-8")
        assert text + "\n" == path.read_text(encoding="utf-8"), (
            "if the change is meant: pytest --update-golden"
        )

    return compare


@contextlib.contextmanager
def _serve(answer):
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            query = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            asked.append(query)
            status, kind, body = answer(query)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815 - the name is http.server's

        def log_message(self, *args):
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}/query", asked=asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sparql(store: ox.Store):
    """Return a function that answers as a SPARQL 1.1 endpoint does."""

    def answer(query: str) -> tuple[int, str, bytes]:
        try:
            found = store.query(query)
        except SyntaxError as error:
            return 400, "text/plain", str(error).encode()
        if isinstance(found, ox.QueryTriples):
            return 200, "application/n-triples", ox.serialize(found, format=ox.RdfFormat.N_TRIPLES)
        return 200, "application/sparql-results+json", found.serialize(format=ox.QueryResultsFormat.JSON)

    return answer


@pytest.fixture(scope="session")
def serve():
    """Serve a pyoxigraph store, or what a function (query -> status, type, body) answers, on the loopback address."""
    return lambda what: _serve(sparql(what) if isinstance(what, ox.Store) else what)
