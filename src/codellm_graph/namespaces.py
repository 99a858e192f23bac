"""The one prefix map, and CURIE to IRI and back.

The map is small and its namespaces do not nest, so that splitting an IRI at its last ``/`` or ``#`` is
exact; the package curies does the same for arbitrary maps but takes longer to import than a whole
command may take.
"""

from __future__ import annotations

from codellm_graph.errors import UsageError

__all__ = ["BASE", "CLG", "PREFIXES", "curie", "iri"]

BASE = "https://w3id.org/codellm-graph/"
CLG = BASE + "ns#"

PREFIXES: dict[str, str] = {
    "clg": CLG,
    "model": BASE + "model/",
    "technique": BASE + "technique/",
    "dataset": BASE + "dataset/",
    "maker": BASE + "maker/",
    "src": BASE + "source/",
    "cite": BASE + "citation/",
    "stage": BASE + "stage/",
    "track": BASE + "track/",
    "concept": BASE + "concept/",
    "license": BASE + "license/",
    "result": BASE + "result/",
    "rule": BASE + "rule/",
    "statement": BASE + "statement/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "fair4ml": "https://w3id.org/fair4ml#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_PREFIX_OF = {namespace: prefix for prefix, namespace in PREFIXES.items()}


def curie(iri: str) -> str:
    """Shorten an IRI.

    Parameters
    ----------
    iri : str
        An absolute IRI.

    Returns
    -------
    str
        The CURIE, or the IRI itself where no prefix fits.

    Examples
    --------
    >>> curie("https://w3id.org/codellm-graph/model/deepswe")
    'model:deepswe'
    >>> curie("https://example.org/x")
    'https://example.org/x'
    """
    cut = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = _PREFIX_OF.get(iri[:cut])
    return f"{prefix}:{iri[cut:]}" if prefix else iri


def iri(curie: str) -> str:
    """Expand a CURIE.

    Parameters
    ----------
    curie : str
        ``prefix:name`` with one of `PREFIXES`, or an absolute http(s) or urn IRI.

    Returns
    -------
    str
        The absolute IRI.

    Raises
    ------
    UsageError
        If the prefix is not known.

    Examples
    --------
    >>> iri("clg:rlFrom")
    'https://w3id.org/codellm-graph/ns#rlFrom'
    """
    prefix, _, name = curie.partition(":")
    if ":" in curie and prefix in PREFIXES:
        return PREFIXES[prefix] + name
    if name and prefix in ("http", "https", "urn"):
        return curie
    raise UsageError(f"{curie!r} has no known prefix; the prefixes are {', '.join(PREFIXES)}")
