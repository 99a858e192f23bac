"""Routes by which items of a dataset come into the training of models."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from codellm_graph.view import relations

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from codellm_graph.analyses.steps import Statements, Step
    from codellm_graph.view import Edge, View

__all__ = ["CLASSES", "Network", "Route", "Seed"]

#: Classes of route, best first: by data alone, then through weights, then through a teacher's outputs.
CLASSES = ("direct", "through an ancestor", "through a teacher")
_DATA, _WEIGHTS, _TEACHER = range(3)
_UNGRADED = 5


class Route(NamedTuple):
    """A shortest route of the best class.

    Parameters
    ----------
    possible : bool
        Whether it is no more than possible: from data that contain items of the target it goes on to a
        part of them, or to what was made from them, where the items may be missing.
    rank : int
        Position in `CLASSES`.
    hops : int
        Its length; a membership and the step after it are one.
    weakest : int
        Weakest grade on it, 5 if some step has no graded source.
    steps : tuple of Step
        From the start to the target.
    """

    possible: bool
    rank: int
    hops: int
    weakest: int
    steps: tuple[Step, ...]


class Seed(NamedTuple):
    """What counts as a target.

    Parameters
    ----------
    steps : tuple of Step
        How it leads on to the target; none for the target itself.
    possible : bool
        Whether it may hold nothing of the target.
    wider : bool
        Whether it holds more than the target, so that what is made from it may have left the target out.
    """

    steps: tuple[Step, ...] = ()
    possible: bool = False
    wider: bool = False


class _Hop(NamedTuple):
    start: str
    rank: int
    steps: tuple[Step, ...]


class Network:
    """Models and data, joined by how content passes from one to the other.

    Parameters
    ----------
    view : View
        The models; those that it leaves out are no part of any route.
    said : Statements
        What is stated of training data.

    Attributes
    ----------
    trained, claims : dict of str to list of Step
        Statements of training and of decontamination, by subject.
    """

    def __init__(self, view: View, said: Statements):
        self.view, self.said = view, said
        self.trained, self.claims = said.of("trainedOn"), said.of("decontaminatedAgainst")
        self._denied = {(s.subject, s.object) for s in said.steps["notTrainedOn"]}
        self._part_of = {step.subject: step for step in said.steps["sliceOf"]}
        self._parts: dict[str, list[Step]] = defaultdict(list)
        for step in said.steps["sliceOf"]:
            self._parts[step.object].append(step)
        self._into: dict[str, list[_Hop]] = defaultdict(list)
        self._join()

    def up(self, thing: str) -> list[str]:
        """Return a model, its family, and the series of that."""
        found = [thing]
        while thing in self.view.nodes:
            above = self.view.nodes[thing].family
            if above is None or above in found or above not in self.view.nodes:
                break
            found.append(above)
            thing = above
        return found

    def wholes(self, dataset: str) -> dict[str, tuple[Step, ...]]:
        """Return what a dataset is a slice of, at every level, each with the steps that say so."""
        found: dict[str, tuple[Step, ...]] = {}
        steps: tuple[Step, ...] = ()
        step = self._part_of.get(dataset)
        while step and step.object not in found and step.object != dataset:
            steps = (*steps, step)
            found[step.object] = steps
            step = self._part_of.get(step.object)
        return found

    def slices(self, dataset: str) -> dict[str, tuple[Step, ...]]:
        """Return the slices of a dataset, at every level, each with the steps that say so."""
        found: dict[str, tuple[Step, ...]] = {}
        todo: list[tuple[str, tuple[Step, ...]]] = [(dataset, ())]
        while todo:
            whole, steps = todo.pop(0)
            for step in self._parts.get(whole, ()):
                if step.subject not in found and step.subject != dataset:
                    found[step.subject] = (step, *steps)
                    todo.append((step.subject, found[step.subject]))
        return found

    def _join(self) -> None:
        """Lay out every hop, by where it leads."""
        for top in ("contains", "derivedFrom", "sliceOf"):
            for step in self.said.steps[top]:
                if step.subject not in self.view.nodes:
                    self._hop(step.subject, step.object, _DATA, (step,))
        for step in self.said.steps["generatedWith"]:
            self._hop(step.subject, step.object, _TEACHER, (step,))
        weights = relations(self.view.schema, "weightsFrom")
        teacher = relations(self.view.schema, "distilledFrom")
        for model in self.view.nodes:
            above = self.up(model)
            for i, holder in enumerate(above):
                way = tuple(self.said.member(a, b) for a, b in pairwise(above[: i + 1]))
                for step in self.trained.get(holder, ()):
                    # What is said of a family holds for a member that does not deny it.
                    if not any((below, step.object) in self._denied for below in above[:i]):
                        self._hop(model, step.object, _DATA, (*way, step))
            for rank, allowed in ((_WEIGHTS, weights), (_TEACHER, teacher)):
                self._lineage(model, above, rank, allowed)

    def _lineage(self, model: str, above: list[str], rank: int, allowed: Collection[str]) -> None:
        """Add lineage: a model of which nothing is said goes on with what is said of its family."""
        for i, holder in enumerate(above[:2]):
            edges: list[Edge] = [e for e in self.view.parents.get(holder, ()) if e.relation in allowed]
            way = tuple(self.said.member(a, b) for a, b in pairwise(above[: i + 1]))
            for edge in edges:
                self._hop(model, edge.parent, rank, (*way, self.said.of_edge(edge)))
            if edges:
                return

    def _hop(self, start: str, end: str, rank: int, steps: tuple[Step, ...]) -> None:
        if start.partition(":")[0] != "model" or start in self.view.nodes:
            self._into[end].append(_Hop(start, rank, steps))

    def search(self, seeds: Mapping[str, Seed], blocked: Collection[str] = ()) -> dict[str, Route]:
        """Find the best route from everything that leads to a target.

        Parameters
        ----------
        seeds : mapping of str to Seed
            What counts as the target.
        blocked : collection of str, optional
            What no route may pass.

        Returns
        -------
        dict of str to Route
            By start: recorded rather than possible, then of the best class, then the shortest, then the
            one whose weakest grade is best. The seeds themselves are in it.
        """
        best: dict[str, Route] = {}
        for possible in (False, True):
            for rank in range(len(CLASSES)):
                for thing, route in self._breadth_first(seeds, rank, possible, blocked).items():
                    best.setdefault(thing, route._replace(possible=possible, rank=rank))
        return best

    def _breadth_first(
        self, seeds: Mapping[str, Seed], rank: int, possible: bool, blocked: Collection[str]
    ) -> dict[str, Route]:
        # The state says whether a thing holds only some items, which what is made from it may have left out.
        found: dict[tuple[str, bool], Route] = {
            (thing, seed.wider): Route(False, 0, 0, _weakest(seed.steps), seed.steps)
            for thing, seed in seeds.items()
            if possible or not seed.possible
        }
        frontier = sorted(found)
        while frontier:
            new: dict[tuple[str, bool], Route] = {}
            for thing, some in frontier:
                route = found[thing, some]
                for hop in self._into.get(thing, ()):
                    relation = hop.steps[-1].relation
                    # Slices of a whole are seeds where they count, and else share nothing that is known.
                    side = thing in seeds and relation == "sliceOf"
                    loose = (
                        some
                        and hop.rank == _DATA
                        and hop.start not in self.view.nodes
                        and relation != "contains"
                    )
                    state = (hop.start, hop.start not in self.view.nodes and (some or relation == "contains"))
                    if (
                        hop.rank > rank
                        or side
                        or hop.start in blocked
                        or state in found
                        or (loose and not possible)
                    ):
                        continue
                    weakest = max(route.weakest, _weakest(hop.steps))
                    way = Route(False, 0, route.hops + 1, weakest, (*hop.steps, *route.steps))
                    if state not in new or _better(way, new[state]):
                        new[state] = way
            found |= new
            frontier = sorted(new)
        best: dict[str, Route] = {}
        for (thing, _), route in sorted(found.items(), key=lambda item: (item[1].hops, item[0])):
            best.setdefault(thing, route)
        return best


def _weakest(steps: tuple[Step, ...]) -> int:
    """Return the weakest grade; memberships do not count."""
    return max((s.grade or _UNGRADED for s in steps if s.relation != "memberOf"), default=0)


def _better(a: Route, b: Route) -> bool:
    """Say which of two routes of as many hops is taken: the family's word comes after the model's own."""

    def key(route: Route) -> tuple[int, int, list[tuple[str, str, str]]]:
        return route.weakest, len(route.steps), [(s.subject, s.relation, s.object) for s in route.steps]

    return key(a) < key(b)
