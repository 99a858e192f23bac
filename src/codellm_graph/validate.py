"""Checking data: form, whole-graph rules in SPARQL, and SHACL shapes.

Bad data is a value, not an exception: what is found comes back as results with the field names of SHACL
[1]_. Only a file that cannot be parsed raises.

References
----------
.. [1] H. Knublauch, D. Kontokostas (eds.), Shapes Constraint Language (SHACL), W3C Recommendation, 2017,
   section 3.6.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pyoxigraph as ox

from codellm_graph.build import DERIVATIONS, build
from codellm_graph.citations import read_citations
from codellm_graph.namespaces import BASE, curie
from codellm_graph.sources import Files, bundled, ontology_folder
from codellm_graph.store import Embedded, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import rdflib

__all__ = ["Result", "check"]

_DERIVATIONS = ox.NamedNode(DERIVATIONS)
_HEADER = re.compile(r"^#\s*(title|severity|message):\s*(.*?)\s*$", re.MULTILINE)


class Result(NamedTuple):
    """A finding, as SHACL's ``sh:ValidationResult``.

    Parameters
    ----------
    focus_node : str
        CURIE of what is wrong.
    result_path : str
        CURIE of the property, empty where there is none.
    value : str
        The offending value, empty where there is none.
    result_message : str
        What is wrong, and what to write instead.
    result_severity : {"violation", "warning"}
        Whether the check fails.
    source_shape : str
        Name of the shape or rule that found it.
    """

    focus_node: str
    result_path: str
    value: str
    result_message: str
    result_severity: str
    source_shape: str


def check(
    paths: Iterable[Path] = (),
    *,
    data: Iterable[Path] = (),
    progress: Callable[[str], None] | None = None,
) -> list[Result]:
    """Check data files.

    Parameters
    ----------
    paths : iterable of pathlib.Path, optional
        Files or folders to report on; they are checked together with the data they refer to.
    data : iterable of pathlib.Path, optional
        Folders that are the graph, instead of the bundled data.
    progress : callable, optional
        Told the name of each step.

    Returns
    -------
    list of Result
        Violations before warnings, sorted; empty if all is well.

    Raises
    ------
    DataError
        If a file cannot be read or is malformed.
    """
    say = progress or (lambda step: None)
    paths, data = list(paths), list(data)
    files = Files.under(*data) if data else bundled()
    scope = None
    if paths:
        mine = Files.under(*paths)
        files = Files(files.ontology, tuple(sorted({p.resolve() for p in (*files.data, *mine.data)})))
        scope = _mentioned(mine.data)
    say("building the graph")
    # No rule looks at derivations, which are more than half of the graph.
    store = Embedded(_memory(q for q in build(files).quads if q.graph_name != _DERIVATIONS))
    results = []
    rules = sorted((ontology_folder() / "checks").glob("*.rq"))
    for rule in rules:
        say(f"rule {rule.stem}")
        results += _run_rule(store, rule)
    say("shapes")
    results += _run_shapes(store, scope)
    if scope is not None:
        results = [r for r in results if r.focus_node in scope or r.value in scope]
    return sorted(set(results), key=lambda r: (r.result_severity != "violation", *r))


def _memory(quads: Iterable[ox.Quad]) -> ox.Store:
    store = ox.Store()
    store.bulk_extend(quads)
    return store


def _mentioned(paths: Iterable[Path]) -> set[str]:
    """Return the CURIEs of what files describe or cite: results and cited sources too."""
    citations = read_citations(paths)
    found = {s.value for s, _, _ in (*citations.metadata, *citations.said)}
    found.update(o.value for _, _, o in citations.metadata if isinstance(o, ox.NamedNode))
    found.update(c for cited in citations.said.values() for c in cited)
    return {curie(iri) for iri in found}


def _run_rule(store: Embedded, path: Path) -> list[Result]:
    """Run one whole-graph rule: a SELECT of ?focus, and ?path and ?value where they help."""
    text = path.read_text(encoding="utf-8")
    head = dict(_HEADER.findall(text))
    results = []
    answer = store.select(text)
    names = {v.value for v in answer.variables}
    for row in answer:
        got = {
            n: str(plain(row[n])) if n in names and row[n] is not None else ""
            for n in ("focus", "path", "value")
        }
        message = head["message"].format(**got)
        results.append(Result(got["focus"], got["path"], got["value"], message, head["severity"], path.stem))
    return results


def _run_shapes(store: Embedded, scope: set[str] | None) -> list[Result]:
    """Run the SHACL shapes on what they look at in the accepted graph.

    pySHACL gets a plain Graph: on a Dataset it would merge all citations.
    """
    import pyshacl
    import rdflib
    from rdflib.namespace import SH

    shapes = rdflib.Graph()
    for path in sorted((ontology_folder() / "shapes").glob("*.ttl")):
        shapes.parse(path)
    accepted = _seen_by(shapes, store, scope)
    _, report, _ = pyshacl.validate(accepted, shacl_graph=shapes, inference="none", advanced=False)
    results = []
    for node in report.subjects(rdflib.RDF.type, SH.ValidationResult):

        def value(predicate: rdflib.URIRef, node: rdflib.term.Node = node) -> str:
            found = report.value(node, predicate)
            return curie(str(found)) if isinstance(found, rdflib.URIRef) else str(found or "")

        shape = _shape_name(shapes, report.value(node, SH.sourceShape))
        severity = "warning" if value(SH.resultSeverity).endswith("Warning") else "violation"
        focus = value(SH.focusNode)
        results.append(
            Result(
                focus,
                value(SH.resultPath),
                value(SH.value),
                f"{_named(store, focus)}: {value(SH.resultMessage)}",
                severity,
                shape,
            )
        )
    return results


def _seen_by(shapes: rdflib.Graph, store: Embedded, scope: set[str] | None) -> rdflib.Graph:
    """Return the accepted statements with a shape's path about what the shapes target, within a scope."""
    import logging

    import rdflib
    from rdflib.namespace import SH

    def terms(predicate: rdflib.URIRef) -> str:
        return " ".join(sorted(f"<{term}>" for term in set(shapes.objects(None, predicate))))

    triples: Any = store.query(
        "CONSTRUCT { ?s a ?class ; ?p ?o } WHERE { "
        f"VALUES ?class {{ {terms(SH.targetClass)} }} ?s a ?class . "
        f"OPTIONAL {{ VALUES ?p {{ {terms(SH.path)} }} ?s ?p ?o }} }}"
    )
    if scope is not None:
        triples = [t for t in triples if curie(t.subject.value) in scope]
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    accepted = rdflib.Graph()
    # rdflib logs a traceback for each ill-formed literal; the shapes say better what is wrong with it.
    logger = logging.getLogger("rdflib.term")
    before, logger.disabled = logger.disabled, True
    try:
        accepted.parse(data=text.decode(), format="nt")
    finally:
        logger.disabled = before
    return accepted


def _named(store: Embedded, focus: str) -> str:
    """Return the name of a node, and of a result, which has no name in the files, also whose it is."""
    if not focus.startswith("result:"):
        return focus
    owners = store.select("SELECT ?owner WHERE { ?owner clg:result $result }", {"result": focus})
    return " ".join([*(f"{plain(row['owner'])} clg:result" for row in owners), focus])


def _shape_name(shapes: rdflib.Graph, shape: Any) -> str:
    """Return the name of the node shape that a property shape belongs to."""
    from rdflib.namespace import SH

    owner = shapes.value(predicate=SH.property, object=shape)
    return str(owner or shape).removeprefix(BASE + "shape/")
