"""Exposure: which models met a benchmark in training, and by which route.

A model *met* a benchmark where sources record a way by which its items came into training: the model
was trained on the benchmark, on a slice of it, or on a dataset that contains it or derives from it
(*direct*); or it started from weights of a model that did (*through an ancestor*); or it learnt from
outputs of a model that did (*through a teacher*). Leakage through derived and rephrased data is
described by Yang et al. [1]_ and Riddell, Ni and Cohan [2]_; benchmarks in time windows by Jain et al. [3]_.
What no source records is *no evidence*, which is not evidence of absence.

References
----------
.. [1] S. Yang et al., Rethinking Benchmark and Contamination for Language Models with Rephrased Samples,
   arXiv:2311.04850, 2023.
.. [2] M. Riddell, A. Ni, A. Cohan, Quantifying Contamination in Evaluating Code Generation Capabilities of
   Language Models, ACL 2024.
.. [3] N. Jain et al., LiveCodeBench: Holistic and Contamination Free Evaluation of Large Language Models
   for Code, arXiv:2403.07974, 2024.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codellm_graph.analyses.routes import CLASSES, Network
from codellm_graph.analyses.steps import load_statements
from codellm_graph.analyses.target import NO_EVIDENCE, Held, Met, Report, Target, leaves, overlap
from codellm_graph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codellm_graph.store import Store
    from codellm_graph.view import View

__all__ = ["NO_EVIDENCE", "Exposure", "Held", "Met", "Report", "exposure", "exposures", "overlap"]

_ORDER = {name: rank for rank, name in enumerate((*CLASSES, NO_EVIDENCE))}


class Exposure(NamedTuple):
    """The exposure of models to a benchmark or dataset, or of one model to benchmarks.

    Parameters
    ----------
    id, label, kind : str
        What was asked about: its kind is ``benchmark``, ``dataset`` or ``model``.
    met : tuple of Met
        Best class first. With ``no evidence`` only what reports a score.
    datasets : tuple of Held
        Slices, datasets that contain it, and datasets derived from it; empty for a model.
    others : int
        Further models (or benchmarks) with neither evidence nor a report.
    """

    id: str
    label: str
    kind: str
    met: tuple[Met, ...]
    datasets: tuple[Held, ...]
    others: int


def exposure(store: Store, view: View, thing: str) -> Exposure:
    """Report who met a benchmark or dataset, or what a model met.

    Parameters
    ----------
    store : Store
        The graph.
    view : View
        Its projection, or that as of a date.
    thing : str
        CURIE of a benchmark, dataset, slice, model or family.

    Returns
    -------
    Exposure
        Routes with their citations.

    Raises
    ------
    UsageError
        If the thing is neither data nor a model of the view.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> from codellm_graph.view import load_view
    >>> store = open_store()
    >>> found = exposure(store, load_view(store), "dataset:livecodebench")
    >>> met = {m.id: m for m in found.met}["model:deepcoder-14b-preview"]
    >>> met.exposure, met.overlap, [(s.relation, s.object) for s in met.route[:1]]
    ('direct', 'no', [('rlOn', 'dataset:livecodebench-2305-2407')])
    """
    network = Network(view, load_statements(store, view.schema))
    said = network.said
    label = said.labels.get(thing, thing)
    if thing in view.nodes:
        wanted = {thing, *view.below(thing)}
        whole = [b for b in sorted(said.benchmarks) if not network.wholes(b)]
        met = sorted(
            (row for b in whole for row in Target(network, b).met(wanted)),
            key=lambda m: (*_rank(m)[:2], m.benchmark_label, m.benchmark, m.label),
        )
        rest = len(set(whole) - {m.benchmark for m in met})
        return Exposure(thing, label, "model", tuple(met), (), rest)
    return _of_data(network, thing)


def exposures(store: Store, view: View, benchmarks: Iterable[str] | None = None) -> dict[str, Exposure]:
    """Report who met each of several benchmarks.

    Parameters
    ----------
    store : Store
        The graph.
    view : View
        Its projection, or that as of a date.
    benchmarks : iterable of str, optional
        CURIEs of benchmarks or datasets; all benchmarks that are no slice of another thing if None.

    Returns
    -------
    dict of str to Exposure
        By benchmark, sorted, as `exposure` returns them.

    Raises
    ------
    UsageError
        If one of them is not data.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> from codellm_graph.view import load_view
    >>> store = open_store()
    >>> view = load_view(store)
    >>> exposures(store, view)["dataset:humaneval"] == exposure(store, view, "dataset:humaneval")
    True
    """
    network = Network(view, load_statements(store, view.schema))
    said = network.said
    if benchmarks is None:
        benchmarks = [b for b in said.benchmarks if not network.wholes(b)]
    return {b: _of_data(network, b) for b in sorted(benchmarks)}


def _of_data(network: Network, thing: str) -> Exposure:
    """Report who met a benchmark or dataset."""
    view, said = network.view, network.said
    if thing not in said.datasets:
        raise UsageError(f"{thing} is neither data nor a model, or later than the date asked for")
    target = Target(network, thing)
    met = sorted(target.met(), key=_rank)
    kind = "benchmark" if thing in said.benchmarks else "dataset"
    rest = len(set(leaves(view)) - {m.id for m in met})
    return Exposure(thing, said.labels.get(thing, thing), kind, tuple(met), tuple(target.held()), rest)


def _rank(met: Met) -> tuple[int, int, str, str]:
    """Sort by class; what reports without evidence comes last, what is no more than possible before it."""
    last = met.exposure == NO_EVIDENCE
    return 2 * last + met.possible, _ORDER[met.exposure], met.label, met.id
