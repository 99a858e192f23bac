"""Licences: which terms come down the weights' lineage, and which a model's own licence does not carry.

Terms are the closed list of the vocabulary (attribution, naming, share-alike, ...), read from licence texts;
that obligations of a parent bind what is made from its weights is the reading of Duan et al. [1]_. A
*conflict* is no more than that: a term of an ancestor's licence that the child's own licence does not carry.

References
----------
.. [1] M. Duan et al., "They've Stolen My GPL-Licensed Model!": Toward Standardized and Transparent Model
   Licensing, arXiv:2412.11483, 2024.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codellm_graph.analyses.lineage import walk
from codellm_graph.analyses.paths import shortest_path
from codellm_graph.analyses.steps import Statements, Step, load_statements
from codellm_graph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codellm_graph.store import Store
    from codellm_graph.view import View

__all__ = ["NOT_ADVICE", "Conflict", "Held", "Inherited", "Licensing", "all_licenses", "licenses"]

NOT_ADVICE = "Not legal advice."


class Held(NamedTuple):
    """A model on the lineage with its licence.

    Parameters
    ----------
    id, label : str
        CURIE and label of the model.
    license, license_label, openness : str or None
        CURIE, label and class (``open``, ``restricted``, ``closed``); None where not known.
    terms : tuple of str or None
        Names of the licence's terms; None where the licence is unknown or its text has not been read.
    steps : int
        Distance along the weights; 0 for the model itself.
    """

    id: str
    label: str
    license: str | None
    license_label: str | None
    openness: str | None
    terms: tuple[str, ...] | None
    steps: int


class Inherited(NamedTuple):
    """A term that comes down the lineage.

    Parameters
    ----------
    term, label : str
        Name of the term, such as ``naming``, and what it is called.
    carried : bool or None
        Whether the model's own licence has it too; None where its terms are not known.
    origins : tuple of str
        CURIEs of the ancestors whose licence has it, nearest first.
    """

    term: str
    label: str
    carried: bool | None
    origins: tuple[str, ...]


class Conflict(NamedTuple):
    """A term of an ancestor's licence that the model's own licence does not carry.

    Parameters
    ----------
    term, label : str
        Name of the term and what it is called.
    origin, origin_label : str
        The nearest ancestor under that licence.
    license, license_label : str
        The ancestor's licence.
    same_organization : bool
        Whether one organization made both: it may license its own work anew.
    path : tuple of Step
        From the model up to the ancestor, along weights.
    proof : tuple of Step
        The model's licence, the ancestor's licence, and the licence's term: who says each.
    """

    term: str
    label: str
    origin: str
    origin_label: str
    license: str
    license_label: str
    same_organization: bool
    path: tuple[Step, ...]
    proof: tuple[Step, ...]


class Licensing(NamedTuple):
    """Licences along the weights' lineage of a model.

    Parameters
    ----------
    id, label : str
        CURIE and label.
    license, license_label, openness : str or None
        Its own licence, or its family's.
    terms : tuple of str or None
        Names of the licence's terms; None where not known.
    chain : tuple of Held
        Its weight ancestors, nearest first.
    inherited : tuple of Inherited
        The union of the ancestors' terms.
    conflicts : tuple of Conflict
        One for each term and licence; none where the model's own terms are not known.
    unknown : tuple of Held
        Models on the way, itself included, whose licence or terms are not known.
    """

    id: str
    label: str
    license: str | None
    license_label: str | None
    openness: str | None
    terms: tuple[str, ...] | None
    chain: tuple[Held, ...]
    inherited: tuple[Inherited, ...]
    conflicts: tuple[Conflict, ...]
    unknown: tuple[Held, ...]


def licenses(store: Store, view: View, thing: str) -> list[Licensing]:
    """Report the licences along the weights' lineage of a model.

    Parameters
    ----------
    store : Store
        The graph.
    view : View
        Its projection, or that as of a date.
    thing : str
        CURIE of a model, or of a family: then of each member.

    Returns
    -------
    list of Licensing
        One for each model. Not legal advice.

    Raises
    ------
    UsageError
        If the thing is not in the view.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> from codellm_graph.view import load_view
    >>> store = open_store()
    >>> [found] = licenses(store, load_view(store), "model:deepseek-r1-distill-llama-8b")
    >>> found.license, sorted({c.term for c in found.conflicts})
    ('license:mit', ['naming', 'threshold', 'use-restrictions'])
    """
    if thing not in view.nodes:
        raise UsageError(
            f"{thing} has no licence lineage here: it is no model, or later than the date asked for"
        )
    reader = _Reader(view, load_statements(store, view.schema))
    return [reader.read(model) for model in _models(view, thing)]


def all_licenses(store: Store, view: View) -> list[Licensing]:
    """Report every model that has a weight ancestor.

    Parameters
    ----------
    store : Store
        The graph.
    view : View
        Its projection, or that as of a date.

    Returns
    -------
    list of Licensing
        Most conflicts first. Not legal advice.
    """
    reader = _Reader(view, load_statements(store, view.schema))
    every = [
        reader.read(i)
        for i, node in view.nodes.items()
        if node.kind in ("Model", "Checkpoint") or not view.members.get(i)
    ]
    return sorted((x for x in every if x.chain), key=lambda x: (-len(x.conflicts), x.label, x.id))


def _models(view: View, thing: str) -> list[str]:
    """Return a model itself, or the models of a family or series."""
    return [m for m in view.below(thing) if not view.members.get(m)] or [thing]


class _Reader:
    """Reads licences along the lineage."""

    def __init__(self, view: View, said: Statements):
        self.view, self.said = view, said
        self.own = {step.subject: step for step in said.steps["license"]}
        self.terms = said.of("term")

    def statement(self, model: str) -> tuple[Step, ...]:
        """Return the statement of a model's licence: its own, else its family's."""
        way: tuple[Step, ...] = ()
        seen = {model}
        while model not in self.own:
            family = self.view.nodes[model].family
            if family is None or family in seen or family not in self.view.nodes:
                return ()
            seen.add(family)
            way = (*way, self.said.member(model, family))
            model = family
        return (*way, self.own[model])

    def held(self, model: str, steps: int) -> Held:
        """Return a model with its licence."""
        node, said = self.view.nodes[model], self.statement(model)
        if not said:
            return Held(model, node.label, None, None, None, None, steps)
        license_id = said[-1].object
        terms = tuple(t.object.partition(":")[2] for t in self.terms.get(license_id, ()))
        openness = self.said.openness.get(license_id)
        return Held(model, node.label, license_id, said[-1].object_label, openness, terms or None, steps)

    def read(self, model: str) -> Licensing:
        """Return the licences along a model's lineage."""
        depths, edges = walk(self.view, model, weights=True)
        far = {edge.parent for edge in edges if edge.relation not in ("memberOf", "hasMember")} - {model}
        mine = self.held(model, 0)
        chain = sorted((self.held(x, depths[x]) for x in far), key=lambda h: (h.steps, h.label, h.id))
        conflicts = []
        for term, holder in _firsts(chain):
            if mine.terms is not None and term not in mine.terms:
                path = tuple(
                    self.said.member(e.child, e.parent) if e.relation == "memberOf" else self.said.of_edge(e)
                    for e in shortest_path(edges, holder.id, model)
                )
                conflicts.append(self._conflict(model, term, holder, path))
        unknown = tuple(h for h in (mine, *chain) if h.terms is None)
        return Licensing(*mine[:-1], tuple(chain), self._inherited(mine, chain), tuple(conflicts), unknown)

    def _conflict(self, model: str, term: str, holder: Held, path: tuple[Step, ...]) -> Conflict:
        clause = next(t for t in self.terms[str(holder.license)] if t.object == f"concept:{term}")
        return Conflict(
            term,
            clause.object_label,
            holder.id,
            holder.label,
            str(holder.license),
            str(holder.license_label),
            bool(self._makers(model) & self._makers(holder.id)),
            path,
            (*self.statement(model), *self.statement(holder.id), clause),
        )

    def _makers(self, model: str) -> set[str]:
        return set((self.view.nodes[model].organization or "").split(", ")) - {""}

    def _inherited(self, mine: Held, chain: list[Held]) -> tuple[Inherited, ...]:
        terms = sorted({term for holder in chain for term in holder.terms or ()})
        names = self.said.labels
        return tuple(
            Inherited(
                term,
                names.get(f"concept:{term}", term),
                None if mine.terms is None else term in mine.terms,
                tuple(holder.id for holder in chain if term in (holder.terms or ())),
            )
            for term in terms
        )


def _firsts(chain: Iterable[Held]) -> list[tuple[str, Held]]:
    """Return each term of each licence with the nearest ancestor under it."""
    found: dict[tuple[str, str | None], tuple[str, Held]] = {}
    for holder in chain:
        for term in holder.terms or ():
            found.setdefault((term, holder.license), (term, holder))
    return list(found.values())
