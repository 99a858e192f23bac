"""The public functions: a graph in, answers out, with the words of the command line."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING

from codellm_graph.analyses import lineage as lineage_module
from codellm_graph.names import find, resolve
from codellm_graph.store import Store, open_store, plain, to_rdflib
from codellm_graph.view import View, load_view

if TYPE_CHECKING:
    from collections.abc import Iterable

    import networkx as nx
    from pyvis.network import Network

    from codellm_graph.analyses.compare import Comparison
    from codellm_graph.analyses.diffusion import Spread
    from codellm_graph.analyses.disputes import Dispute
    from codellm_graph.analyses.exposure import Exposure
    from codellm_graph.analyses.licenses import Licensing
    from codellm_graph.analyses.lineage import Lineage
    from codellm_graph.analyses.stats import Stats
    from codellm_graph.evidence import Thing
    from codellm_graph.present.html import Camera

__all__ = [
    "Page",
    "ancestors",
    "compare",
    "descendants",
    "disputes",
    "exposure",
    "find",
    "licenses",
    "lineage",
    "load",
    "select",
    "show",
    "spread",
    "stats",
    "to_html",
    "to_networkx",
    "to_pyvis",
    "to_rdflib",
]


def load(store: str | Path | None = None, *, data: Iterable[str | Path] = ()) -> Store:
    """Load a graph.

    Parameters
    ----------
    store : str or pathlib.Path, optional
        A directory written by Oxigraph or the address of a SPARQL endpoint.
    data : iterable of str or pathlib.Path, optional
        Folders with ``.trig`` files to build the graph from.

    Returns
    -------
    Store
        The bundled graph if nothing is given.

    Raises
    ------
    StoreError
        If the directory or endpoint cannot be opened.
    DataError
        If a data file cannot be read or is malformed.

    Examples
    --------
    >>> import codellm_graph as cg
    >>> g = cg.load()
    """
    return open_store(store, data=data)


def select(graph: Store, query: str, **parameters: str) -> list[dict[str, str | int | float | bool | None]]:
    """Ask a graph in SPARQL.

    Parameters
    ----------
    graph : Store
        The graph.
    query : str
        A ``SELECT`` query; all prefixes of the graph are declared.
    **parameters : str
        CURIEs or IRIs for parameters written ``$name`` in the query.

    Returns
    -------
    list of dict
        A row for each solution: variable to CURIE, number, truth value or text; None where unbound.

    Raises
    ------
    QueryError
        If the query is malformed, or no ``SELECT``.

    Examples
    --------
    >>> import codellm_graph as cg
    >>> cg.select(cg.load(), "SELECT ?o { $m clg:rlFrom ?o }", m="model:deepswe-preview")
    [{'o': 'model:qwen3-32b'}]
    """
    answer = graph.select(query, parameters)
    names = [v.value for v in answer.variables]
    return [{name: plain(row[name]) for name in names} for row in answer]


def show(graph: Store, name: str) -> Thing:
    """Return every statement about a thing and who says so.

    Parameters
    ----------
    graph : Store
        The graph.
    name : str
        Any name of the thing.

    Returns
    -------
    Thing
        Its statements with their citations.

    Raises
    ------
    UnknownName, AmbiguousName
        If the name does not lead to one thing.

    Examples
    --------
    >>> import codellm_graph as cg
    >>> cg.show(cg.load(), "agentica-org/DeepSWE-Preview").label
    'DeepSWE-Preview'
    """
    from codellm_graph.evidence import describe

    return describe(graph, resolve(graph, name))


def _start(graph: Store, name: str, as_of: str | None) -> tuple[View, str]:
    return load_view(graph).until(as_of), resolve(graph, name, ["model"])


def lineage(
    graph: Store,
    name: str,
    *,
    down: bool = False,
    depth: int | None = None,
    relation: str | None = None,
    weights: bool = False,
    as_of: str | None = None,
) -> Lineage:
    """Trace where a model comes from, or what came from it.

    Parameters
    ----------
    graph : Store
        The graph.
    name : str
        Any name of a series, family, model or checkpoint.
    down : bool, optional
        Descendants instead of ancestors.
    depth : int, optional
        Longest path in steps.
    relation : str, optional
        Only this relation and more specific ones, such as ``rlFrom``.
    weights : bool, optional
        Only relations that pass weights on.
    as_of : str, optional
        Leave out what was released later than this date.

    Returns
    -------
    Lineage
        Nodes, and edges with their citations.

    Raises
    ------
    UnknownName, AmbiguousName
        If the name does not lead to one thing.
    UsageError
        If the relation is not one of lineage.

    Examples
    --------
    >>> import codellm_graph as cg
    >>> [e.parent for e in cg.lineage(cg.load(), "DeepSWE-Preview", depth=1).edges]
    ['model:qwen3-32b']
    """
    view, root = _start(graph, name, as_of)
    return lineage_module.trace(view, root, down=down, depth=depth, relation=relation, weights=weights)


def ancestors(graph: Store, name: str, *, weights: bool = False, as_of: str | None = None) -> set[str]:
    """Return everything that a model comes from.

    Parameters
    ----------
    graph : Store
        The graph.
    name : str
        Any name of the model.
    weights : bool, optional
        Only through relations that pass weights on.
    as_of : str, optional
        Leave out what was released later than this date.

    Returns
    -------
    set of str
        CURIEs.

    Examples
    --------
    >>> import codellm_graph as cg
    >>> "model:qwen3-32b" in cg.ancestors(cg.load(), "DeepSWE")
    True
    """
    return lineage_module.ancestors(*_start(graph, name, as_of), weights=weights)


def descendants(graph: Store, name: str, *, weights: bool = False, as_of: str | None = None) -> set[str]:
    """Return everything that comes from a model.

    Parameters
    ----------
    graph : Store
        The graph.
    name : str
        Any name of the model.
    weights : bool, optional
        Only through relations that pass weights on.
    as_of : str, optional
        Leave out what was released later than this date.

    Returns
    -------
    set of str
        CURIEs.

    Examples
    --------
    >>> import codellm_graph as cg
    >>> "model:deepswe-preview" in cg.descendants(cg.load(), "Qwen3-32B")
    True
    """
    return lineage_module.descendants(*_start(graph, name, as_of), weights=weights)


def exposure(graph: Store, name: str, *, as_of: str | None = None) -> Exposure:
    """Show which models met a benchmark in training, or which benchmarks a model met, and by which route.

    Parameters
    ----------
    graph : Store
        The graph.
    name : str
        Any name of a benchmark, dataset or model.
    as_of : str, optional
        Leave out what was released later than this date.

    Returns
    -------
    Exposure
        Routes with their citations; no evidence is not evidence of none.

    Examples
    --------
    >>> import codellm_graph as cg
    >>> met = {m.id: m for m in cg.exposure(cg.load(), "LiveCodeBench").met}
    >>> met["model:deepcoder-14b-preview"].exposure, met["model:deepcoder-14b-preview"].overlap
    ('direct', 'no')
    """
    from codellm_graph.analyses.exposure import exposure as analysis

    view = load_view(graph).until(as_of)
    return analysis(graph, view, resolve(graph, name, ["dataset", "model"]))


def licenses(graph: Store, name: str, *, as_of: str | None = None) -> list[Licensing]:
    """Show licences along the weights' lineage, and terms that got lost. Not legal advice.

    Parameters
    ----------
    graph : Store
        The graph.
    name : str
        Any name of a model or family.
    as_of : str, optional
        Leave out what was released later than this date.

    Returns
    -------
    list of Licensing
        One for a model, one for each member of a family.

    Examples
    --------
    >>> import codellm_graph as cg
    >>> (found,) = cg.licenses(cg.load(), "DeepSeek-R1-Distill-Llama-8B")
    >>> sorted({c.term for c in found.conflicts})
    ['naming', 'threshold', 'use-restrictions']
    """
    from codellm_graph.analyses.licenses import licenses as analysis

    return analysis(graph, load_view(graph).until(as_of), resolve(graph, name, ["model"]))


def compare(graph: Store, first: str, second: str, *, as_of: str | None = None) -> Comparison:
    """Compare two models: ancestors, techniques, data, licences, scores.

    Parameters
    ----------
    graph : Store
        The graph.
    first, second : str
        Any names of models or families.
    as_of : str, optional
        Leave out what was released later than this date.

    Returns
    -------
    Comparison
        What they share, and what each has alone.
    """
    from codellm_graph.analyses.compare import compare as analysis

    view = load_view(graph).until(as_of)
    return analysis(graph, view, resolve(graph, first, ["model"]), resolve(graph, second, ["model"]))


def spread(
    graph: Store, *, as_of: str | None = None, permutations: int = 10_000, seed: int = 0
) -> list[Spread]:
    """Tell how each technique spread through families, stages and lineages.

    Parameters
    ----------
    graph : Store
        The graph.
    as_of : str, optional
        Leave out what was released later than this date.
    permutations : int, optional
        Of the test whether carrying goes with descent by chance.
    seed : int, optional
        Of the permutations.

    Returns
    -------
    list of Spread
        One for each technique that somebody uses.
    """
    from codellm_graph.analyses.diffusion import spread as analysis
    from codellm_graph.analyses.field import read_field

    field = read_field(graph, load_view(graph).until(as_of))
    return analysis(field, graph, permutations=permutations, seed=seed)


def disputes(graph: Store, name: str | None = None) -> list[Dispute]:
    """List where sources contradict each other, and why one is believed.

    Parameters
    ----------
    graph : Store
        The graph.
    name : str, optional
        Any name of a thing: only about this.

    Returns
    -------
    list of Dispute
        Sorted by subject and property.
    """
    from codellm_graph.analyses.disputes import disputes as analysis

    return analysis(graph, resolve(graph, name) if name else None)


def stats(graph: Store) -> Stats:
    """Count what is in a graph.

    Parameters
    ----------
    graph : Store
        The graph.

    Returns
    -------
    Stats
        Counts by class, stage, year, relation and evidence grade.
    """
    from codellm_graph.analyses.stats import count

    return count(graph)


def to_networkx(graph: Store, *, as_of: str | None = None) -> nx.MultiDiGraph:
    """Return models and their lineage as a networkx graph.

    Parameters
    ----------
    graph : Store
        The graph.
    as_of : str, optional
        Leave out what was released later than this date.

    Returns
    -------
    networkx.MultiDiGraph
        Edges go from parent to child, so that ``networkx.ancestors`` means ancestors.

    Examples
    --------
    >>> import codellm_graph as cg
    >>> import networkx as nx
    >>> "model:qwen3-32b" in nx.ancestors(cg.to_networkx(cg.load()), "model:deepswe-preview")
    True
    """
    return load_view(graph).until(as_of).to_networkx()


def to_pyvis(graph: Store, root: str | None = None, *, as_of: str | None = None) -> Network:
    """Return models and their lineage as a pyvis network to restyle.

    Parameters
    ----------
    graph : Store
        The graph.
    root : str, optional
        Any name of a model: only its ancestors and descendants.
    as_of : str, optional
        Leave out what was released later than this date.

    Returns
    -------
    pyvis.network.Network
        A node for each release, at its place in time; physics off.
    """
    from codellm_graph.present.exports import contents
    from codellm_graph.present.html import to_pyvis as as_network

    shown = contents(graph, root, as_of=as_of)
    return as_network(shown.view, shown.lineage)


class Page(str):
    """An HTML page that shows itself in a notebook.

    Examples
    --------
    >>> Page("<p>x</p>")._repr_html_()[:7]
    '<iframe'
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        # The sandbox lets the page's own scripts run, in an origin of their own.
        source = html.escape(self, quote=True)
        style = "width:100%;height:600px;border:1px solid #ccc"
        allowed = "allow-scripts allow-popups allow-downloads"
        return f'<iframe sandbox="{allowed}" style="{style}" srcdoc="{source}"></iframe>'

    def save(self, path: str | Path) -> None:
        """Write the page to a file.

        Parameters
        ----------
        path : str or pathlib.Path
            Where to.
        """
        Path(path).write_text(self, encoding="utf-8")


def to_html(
    graph: Store, root: str | None = None, *, as_of: str | None = None, camera: Camera = "canvas"
) -> Page:
    """Return models and their lineage as one interactive page that needs no network.

    Parameters
    ----------
    graph : Store
        The graph.
    root : str, optional
        Any name of a model: only its ancestors and descendants.
    as_of : str, optional
        Leave out what was released later than this date.
    camera : {"canvas", "vis"}, optional
        What moves the picture: a plain canvas, or vis-network, which makes the page larger.

    Returns
    -------
    Page
        A str; it shows itself in a notebook and has a `Page.save`.

    Examples
    --------
    >>> import codellm_graph as cg
    >>> cg.to_html(cg.load(), "DeepSWE").startswith("<!DOCTYPE html>")
    True
    """
    from codellm_graph.present.exports import contents, page

    return Page(page(graph, contents(graph, root, as_of=as_of), camera))
