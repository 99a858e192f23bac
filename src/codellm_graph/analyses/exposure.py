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

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from codellm_graph.analyses.routes import CLASSES, Network, Route, Seed
from codellm_graph.analyses.steps import Score, Step, Window, load_statements, weakest
from codellm_graph.errors import UsageError
from codellm_graph.evidence import best_grade

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codellm_graph.store import Store
    from codellm_graph.view import View

__all__ = ["NO_EVIDENCE", "Exposure", "Held", "Met", "Report", "exposure", "exposures"]

NO_EVIDENCE = "no evidence"
_ORDER = {name: rank for rank, name in enumerate((*CLASSES, NO_EVIDENCE))}


class Report(NamedTuple):
    """An evaluation that a model reports.

    Parameters
    ----------
    score : Score
        Where, how much, and who says so.
    overlap : {"yes", "no", "unknown"} or None
        Whether a window that the model met overlaps the evaluated one; None where it met nothing.
    """

    score: Score
    overlap: str | None


class Met(NamedTuple):
    """How a model met a benchmark.

    Parameters
    ----------
    id, label, family, benchmark, benchmark_label : str
        CURIEs and labels; the family is None for a model without one.
    exposure : str
        ``direct``, ``through an ancestor``, ``through a teacher`` or ``no evidence``: the best of all routes.
    possible : bool
        Whether no route is more than possible: from data that contain items of the benchmark each goes on
        to a part of them, or to what was made from them, where the items may be missing.
    route : tuple of Step
        A shortest route of that class, from the model to the benchmark.
    grade : int or None
        Weakest evidence grade on the route.
    overlap : {"yes", "no", "unknown"} or None
        Whether a window that it met, by any route, overlaps a window on which it reports; None without
        a route or a report.
    claims : tuple of Step
        Claims of decontamination against the benchmark: by the model, its family, or what lies on the
        route (without a route, a dataset that it was trained on). They are listed, not weighed.
    reports : tuple of Report
        Evaluations there, by the model or its family.
    """

    id: str
    label: str
    family: str | None
    benchmark: str
    benchmark_label: str
    exposure: str
    possible: bool
    route: tuple[Step, ...]
    grade: int | None
    overlap: str | None
    claims: tuple[Step, ...]
    reports: tuple[Report, ...]


class Held(NamedTuple):
    """A dataset that holds items of another.

    Parameters
    ----------
    id, label : str
        CURIE and label.
    route : tuple of Step
        From the dataset to the other.
    possible : bool
        As for `Met`.
    grade : int or None
        Weakest evidence grade on the route.
    """

    id: str
    label: str
    route: tuple[Step, ...]
    possible: bool
    grade: int | None


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


def overlap(a: Window, b: Window) -> str:
    """Say whether two time windows overlap.

    Parameters
    ----------
    a, b : Window
        Their first and last days, each None where not known.

    Returns
    -------
    {"yes", "no", "unknown"}
        ``no`` needs only the two days that lie apart.

    Examples
    --------
    >>> overlap(Window("2023-05-01", "2024-07-31"), Window("2024-08-01", "2025-02-01"))
    'no'
    >>> overlap(Window(None, "2024-07-31"), Window("2024-07-01", "2025-02-01"))
    'unknown'
    """
    if any(x.last and y.first and x.last < y.first for x, y in ((a, b), (b, a))):
        return "no"
    return "yes" if a.first and a.last and b.first and b.last else "unknown"


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
        wanted = _units(view, thing)
        whole = [b for b in sorted(said.benchmarks) if not network.wholes(b)]
        met = sorted(
            (row for b in whole for row in _Target(network, b).met(wanted)),
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
    target = _Target(network, thing)
    met = sorted(target.met(), key=_rank)
    kind = "benchmark" if thing in said.benchmarks else "dataset"
    rest = len(set(_leaves(view)) - {m.id for m in met})
    return Exposure(thing, said.labels.get(thing, thing), kind, tuple(met), tuple(target.held()), rest)


def _rank(met: Met) -> tuple[int, int, str, str]:
    """Sort by class; what reports without evidence comes last, what is no more than possible before it."""
    last = met.exposure == NO_EVIDENCE
    return 2 * last + met.possible, _ORDER[met.exposure], met.label, met.id


def _leaves(view: View) -> list[str]:
    """Return what was trained: models, checkpoints, and families without members."""
    return [
        i for i, node in view.nodes.items() if node.kind in ("Model", "Checkpoint") or not view.members.get(i)
    ]


def _units(view: View, thing: str) -> set[str]:
    """Return a thing and its members at every level."""
    found, todo = {thing}, [thing]
    while todo:
        new = [m for m in view.members.get(todo.pop(), ()) if m not in found]
        found.update(new)
        todo += new
    return found


class _Target:
    """One benchmark or dataset: who reached it, claims it, reports on it."""

    def __init__(self, network: Network, thing: str):
        self.network, self.thing = network, thing
        self.said = network.said
        self.apart: set[str] = set()
        self.seeds = self._seeds()
        self.routes = network.search(self.seeds, self.apart)

    def _seeds(self) -> dict[str, Seed]:
        """Return what counts as the thing."""
        network, thing = self.network, self.thing
        seeds = {thing: Seed()}
        for part, steps in network.slices(thing).items():
            seeds.setdefault(part, Seed(steps))
        wholes, mine = network.wholes(thing), self._window(thing)
        for whole, steps in wholes.items():
            # What is trained on as a whole may be an earlier release, or all but the slice.
            seeds.setdefault(whole, Seed(steps, not _covers(self._window(whole), mine), True))
        # Releases of one benchmark are slices side by side that share most of their items.
        for part in {part for whole in wholes for part in network.slices(whole)} - set(seeds):
            theirs = self._window(part)
            shared = overlap(theirs, mine)
            if shared == "yes" or (shared == "unknown" and theirs.citations and mine.citations):
                names, cited = self.said.labels, (*theirs.citations, *mine.citations)
                step = (part, names.get(part, part), "overlaps", thing, names.get(thing, thing))
                seeds[part] = Seed((Step(*step, best_grade(cited), cited),), shared != "yes", True)
            elif shared == "no":
                self.apart.add(part)
        return seeds

    def _window(self, dataset: str) -> Window:
        return self.said.windows.get(dataset, Window())

    def held(self) -> list[Held]:
        """Return the datasets that hold items of it."""
        names, left_out = self.said.labels, {self.thing, *self.network.wholes(self.thing)}
        rows = [
            Held(t, names.get(t, t), route.steps, route.possible, weakest(route.steps))
            for t, route in self.routes.items()
            if t in self.said.datasets and t not in left_out and route.rank == 0
        ]
        return sorted(rows, key=lambda h: (h.possible, len(h.route), h.label, h.id))

    def met(self, wanted: Iterable[str] | None = None) -> list[Met]:
        """Return how each model that is wanted met it; at the end those that only report."""
        view = self.network.view
        models = set(view.nodes if wanted is None else wanted)
        reached = [m for m in _leaves(view) if m in models and m in self.routes]
        windows = self._windows() if reached else {}
        rows = [self._row(m, self.routes[m], windows[m]) for m in reached]
        silent = (m for m in view.nodes if m in models and m not in self.routes)
        return rows + [self._row(m, None, ()) for m in silent if self._scores(m, own=True)]

    def _windows(self) -> dict[str, list[Window]]:
        """Return the windows that each model met, by any route."""
        found: dict[str, list[Window]] = defaultdict(list)
        for seed in self.seeds:
            reached = self.network.search({seed: Seed()}, blocked={*self.seeds, *self.apart} - {seed})
            for thing in reached:
                found[thing].append(self._window(seed))
        return found

    def _row(self, model: str, route: Route | None, windows: Iterable[Window]) -> Met:
        names, node = self.said.labels, self.network.view.nodes[model]
        reports = tuple(
            Report(score, _worst([overlap(w, self._window(score.benchmark)) for w in windows]))
            for score in self._scores(model)
        )
        steps = route.steps if route else ()
        return Met(
            model,
            node.label,
            node.family,
            self.thing,
            names.get(self.thing, self.thing),
            CLASSES[route.rank] if route else NO_EVIDENCE,
            route is not None and route.possible,
            steps,
            weakest(steps),
            _worst([r.overlap for r in reports if r.overlap]),
            tuple(self._claims(model, steps)),
            reports,
        )

    def _scores(self, model: str, *, own: bool = False) -> list[Score]:
        wholes = set(self.network.wholes(self.thing))
        things = [model] if own else self.network.up(model)
        return [
            score
            for thing in things
            for score in self.said.scores.get(thing, ())
            if score.benchmark in self.seeds and score.benchmark not in wholes
        ]

    def _claims(self, model: str, route: tuple[Step, ...]) -> list[Step]:
        above = self.network.up(model)
        # A claim about one dataset says nothing of what came in through another.
        trained = [step for thing in above for step in self.network.trained.get(thing, ())]
        data = [step.object for step in (route or trained)]
        return [
            step
            for thing in dict.fromkeys([*above, *data])
            for step in self.network.claims.get(thing, ())
            if step.object in self.seeds
        ]


def _covers(whole: Window, part: Window) -> bool:
    """Say whether a window is known to cover another."""
    if not (whole.first and whole.last and part.first and part.last):
        return False
    return whole.first <= part.first and part.last <= whole.last


def _worst(found: list[str]) -> str | None:
    """Return ``yes`` if any is, else ``unknown`` if any is, else ``no``; None of nothing."""
    return next((word for word in ("yes", "unknown", "no") if word in found), None)
