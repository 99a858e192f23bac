"""Reading TriG files into statements with their support.

The default graph of a file describes sources and citations; each named graph holds what is said at the
citation of the same name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from codellm_graph.choose import Support
from codellm_graph.errors import DataError
from codellm_graph.namespaces import CLG, PREFIXES, curie
from codellm_graph.sources import read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["Citations", "parse", "read_citations"]

#: Subject, predicate, object.
Fact: TypeAlias = "tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]"

_TYPE = PREFIXES["rdf"] + "type"
_ISSUED = PREFIXES["dcterms"] + "issued"
_GRADES = ("1", "2", "3", "4")
#: Beginnings of the names of graphs that the builder writes.
_BUILT = (PREFIXES["rule"], CLG)


@dataclass
class Citations:
    """What the files say.

    Parameters
    ----------
    metadata : set of (subject, predicate, object)
        The description of sources and citations.
    said : dict of (subject, predicate, object) to set of str
        Each statement with the IRIs of the citations that make it.
    """

    metadata: set[Fact] = field(default_factory=set)
    said: dict[Fact, set[str]] = field(default_factory=dict)

    def supports(self) -> dict[str, Support]:
        """Describe each citation as the support it gives.

        Returns
        -------
        dict of str to Support
            By IRI of the citation; a citation that is not described has the weakest support.
        """
        about: dict[str, dict[str, set[str]]] = {}
        for s, p, o in self.metadata:
            about.setdefault(s.value, {}).setdefault(p.value, set()).add(o.value)

        def one(subject: str, predicate: str) -> str:
            # Hostile or careless files may give several: the smallest is chosen in every order.
            return min(about.get(subject, {}).get(predicate, {""}))

        found = {}
        for citation in {c for cited in self.said.values() for c in cited}:
            source = one(citation, CLG + "source")
            grade = one(source, CLG + "grade")
            found[citation] = Support(
                citation,
                source,
                frozenset(about.get(source, {}).get(_TYPE, ())),
                int(grade) if grade in _GRADES else 5,
                one(source, _ISSUED),
                one(citation, CLG + "rank").rpartition("/")[2] or "normal",
                one(citation, CLG + "certainty").rpartition("/")[2] or "stated",
            )
        return found


def parse(path: Path) -> list[ox.Quad]:
    """Parse a Turtle or TriG file.

    Parameters
    ----------
    path : pathlib.Path
        A ``.ttl`` or ``.trig`` file in UTF-8.

    Returns
    -------
    list of pyoxigraph.Quad
        Its quads.

    Raises
    ------
    DataError
        If it cannot be read or is malformed; the message names file, line and column.
    """
    text = read(path)
    form = ox.RdfFormat.TURTLE if path.suffix == ".ttl" else ox.RdfFormat.TRIG
    try:
        return list(ox.parse(text, format=form))
    except SyntaxError as error:
        where = f":{error.lineno}:{error.offset}" if error.lineno else ""
        problem = error.msg.partition(": ")[2] or error.msg
        raise DataError(f"{path}{where}: not valid {form.name}: {problem}") from error


def _skolem(quads: Iterable[ox.Quad]) -> dict[str, ox.NamedNode]:
    """Name each blank node after what is said of it, so that the same result has the same name anywhere."""
    below: dict[str, list[tuple[str, str, str | None]]] = {}
    above: dict[str, list[str]] = {}
    for q in quads:
        inner = q.object.value if isinstance(q.object, ox.BlankNode) else None
        if isinstance(q.subject, ox.BlankNode):
            below.setdefault(q.subject.value, []).append((str(q.predicate), str(q.object), inner))
        if inner is not None:
            outer = "" if isinstance(q.subject, ox.BlankNode) else str(q.subject)
            above.setdefault(inner, []).append(f"of {outer} {q.predicate}")

    def text(label: str, path: tuple[str, ...]) -> str:
        rows = list(above.get(label, ()))
        for predicate, value, inner in below.get(label, ()):
            # The label of a blank node inside is random: its content stands for it.
            shown = value if inner is None else "" if inner in path else f"[{text(inner, (*path, inner))}]"
            rows.append(f"{predicate} {shown}")
        return "\n".join(sorted(rows))

    def name(label: str) -> ox.NamedNode:
        digest = hashlib.sha1(text(label, (label,)).encode(), usedforsecurity=False)
        return ox.NamedNode(PREFIXES["result"] + digest.hexdigest()[:12])

    return {label: name(label) for label in {*below, *above}}


def read_citations(paths: Iterable[Path]) -> Citations:
    """Read TriG files.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        The files; their order does not matter.

    Returns
    -------
    Citations
        What they say. Blank nodes have become IRIs named after their content.

    Raises
    ------
    DataError
        If a file cannot be read or is malformed.
    """
    citations = Citations()
    for path in paths:
        quads = parse(path)
        names = _skolem(quads)
        for q in quads:
            subject = names[q.subject.value] if isinstance(q.subject, ox.BlankNode) else q.subject
            value = names[q.object.value] if isinstance(q.object, ox.BlankNode) else q.object
            if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
                raise DataError(f"{path}: triple terms (RDF 1.2) have no meaning here; say it in a citation")
            if isinstance(q.graph_name, ox.BlankNode):
                raise DataError(f"{path}: a graph without a name; every graph is a citation, GRAPH cite:NAME")
            if not isinstance(q.graph_name, ox.DefaultGraph) and q.graph_name.value.startswith(_BUILT):
                name = curie(q.graph_name.value)
                raise DataError(f"{path}: GRAPH {name} is the builder's; write GRAPH cite:NAME")
            fact = (subject, q.predicate, value)
            if isinstance(q.graph_name, ox.DefaultGraph):
                citations.metadata.add(fact)
            else:
                citations.said.setdefault(fact, set()).add(q.graph_name.value)
    return citations
