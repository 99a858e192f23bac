"""One benchmark or dataset, and how models met it: what counts as it, claims and reports included."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from codellm_graph.analyses.routes import CLASSES, Network, Route, Seed
from codellm_graph.analyses.steps import Score, Step, Window, weakest
from codellm_graph.evidence import best_grade

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codellm_graph.view import View

__all__ = ["NO_EVIDENCE", "Held", "Met", "Report", "Target", "leaves", "overlap"]

NO_EVIDENCE = "no evidence"


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


def leaves(view: View) -> list[str]:
    """Return what was trained.

    Parameters
    ----------
    view : View
        The models.

    Returns
    -------
    list of str
        Models, checkpoints, and families without members.
    """
    return [
        i for i, node in view.nodes.items() if node.kind in ("Model", "Checkpoint") or not view.members.get(i)
    ]


class Target:
    """One benchmark or dataset: who reached it, claims it, reports on it.

    Parameters
    ----------
    network : Network
        Models and data.
    thing : str
        CURIE.
    """

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
        reached = [m for m in leaves(view) if m in models and m in self.routes]
        windows = self._windows() if reached else {}
        rows = [self._row(m, self.routes[m], windows[m]) for m in reached]
        silent = (m for m in view.nodes if m in models and m in self.said.scores and m not in self.routes)
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
