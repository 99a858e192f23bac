"""The field in which techniques spread: units, what their parts use, and what they descend from.

The *unit* of every count is the family, or the model that has none: models are born with their techniques
and announced together, so a family is one adopter. Lineage is followed among models, because unit-level
edges do not compose.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from codellm_graph.analyses.units import bases, climb, units
from codellm_graph.choose import bounds
from codellm_graph.names import labels
from codellm_graph.namespaces import CLG
from codellm_graph.store import plain
from codellm_graph.view import relations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codellm_graph.store import Store
    from codellm_graph.view import View

#: Release date as fine as known, first day, last day, and whether it is a date or only a lower bound.
Date: TypeAlias = "tuple[str | None, str | None, str | None, bool]"

__all__ = ["Field", "Technique", "Unit", "read_field"]

# What rolls up from members is left out: members are looked at themselves, each with its own date.
_USES = """
SELECT ?m ?t ?g WHERE {
  ?m clg:uses ?t .
  GRAPH ?g { ?m clg:uses ?t }
  FILTER(?g != rule:up)
}"""
_TECHNIQUES = """
SELECT ?t ?kind ?along ?paper ?issued WHERE {
  ?t a clg:Technique .
  OPTIONAL { ?t clg:kind ?kind . BIND(EXISTS { ?kind clg:flow concept:along-weights } AS ?along) }
  OPTIONAL { ?t clg:introducedBy ?paper . OPTIONAL { ?paper dcterms:issued ?issued } }
}"""
_BROADER = "SELECT ?t ?wider WHERE { ?t skos:broader ?wider . ?t a clg:Technique }"
_STAGES = """
SELECT ?label WHERE {
  ?s clg:order ?n ; rdfs:label ?label .
  FILTER(LANG(?label) IN ("", "en"))
} ORDER BY ?n"""
_ABOUT = """
SELECT ?m ?key ?v WHERE {
  { ?m clg:organization ?v . BIND("organization" AS ?key) } UNION
  { ?m clg:earliest ?v . BIND("earliest" AS ?key) } UNION
  { ?m clg:latest ?v . BIND("latest" AS ?key) } UNION
  { ?m clg:inScope ?v . BIND("scope" AS ?key) }
}"""
_CHANGES = "SELECT ?p WHERE { ?p clg:changesArchitecture true }"


@dataclass(frozen=True)
class Unit:
    """A family, or a model that has none.

    Parameters
    ----------
    id, label : str
        CURIE and label.
    organizations : tuple of str
        CURIEs, sorted; empty where unknown.
    organization, stage : str or None
        Labels.
    in_scope : bool
        False for general ancestors, which have no stage.
    released : str or None
        Release date as fine as known.
    releases : tuple of str
        First days on which something of it came out, in order.
    parts : tuple of str
        Itself and its members.
    """

    id: str
    label: str
    organizations: tuple[str, ...]
    organization: str | None
    stage: str | None
    in_scope: bool
    released: str | None
    releases: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def group(self) -> str:
        """Its stage, ``general`` for a general ancestor, else ``no stage``."""
        return self.stage or ("no stage" if self.in_scope else "general")


@dataclass(frozen=True)
class Technique:
    """A technique and where it was introduced.

    Parameters
    ----------
    id, label, kind : str
        CURIE, label, name of the kind such as ``rl``.
    stays : bool
        Whether it stays with the weights, as architecture does.
    introduced : str or None
        Date of the paper that introduced it, as fine as known.
    span : (str, str) or None
        First and last day that the date allows.
    paper : str or None
        CURIE of that paper.
    """

    id: str
    label: str
    kind: str
    stays: bool
    introduced: str | None
    span: tuple[str, str] | None
    paper: str | None


@dataclass(frozen=True)
class Field:
    """Units, techniques and lineage, as the analyses of diffusion need them.

    Parameters
    ----------
    units : dict of str to Unit
        By CURIE, sorted.
    techniques : dict of str to Technique
        By CURIE, sorted.
    stages : tuple of str
        Labels in order.
    uses : dict of str to dict of str to frozenset of str
        Technique to node to the graphs that say so; what is said of a narrower technique included.
    unit_of : dict of str to str
        Node to unit.
    dates : dict of str to (str, str, str, bool)
        Node to its release date as fine as known, the first and last day that the date allows, and True.
        A node without a date has its unit's, or, with False, that of the newest model it started from if
        this is later.
    parents : dict of str to frozenset of str
        Unit to the units that its models directly started from.
    ancestors : dict of str to dict of str to int
        Unit to its ancestors among the nodes of other units, with the steps to the nearest of its models.
    kept : dict of str to frozenset of str
        The same, only along steps that keep the architecture.
    started_from : dict of str to frozenset of str
        Node to the nodes whose weights and architecture it started from.
    bases : frozenset of str
        Nodes that a member of their family was tuned from, and that were not tuned themselves.
    """

    units: dict[str, Unit]
    techniques: dict[str, Technique]
    stages: tuple[str, ...]
    uses: dict[str, dict[str, frozenset[str]]]
    unit_of: dict[str, str]
    dates: dict[str, Date]
    parents: dict[str, frozenset[str]]
    ancestors: dict[str, dict[str, int]]
    kept: dict[str, frozenset[str]]
    started_from: dict[str, frozenset[str]]
    bases: frozenset[str]


def read_field(store: Store, view: View, lineage: str = "weightsFrom") -> Field:
    """Read what the analyses of diffusion need.

    Parameters
    ----------
    store : Store
        The graph.
    view : View
        Its models; restrict it with `View.until` to look back from a date.
    lineage : str, optional
        The relation that counts as inheritance, with all that are more specific.

    Returns
    -------
    Field
        The same for any order of the input.

    Examples
    --------
    >>> from codellm_graph.store import open_store
    >>> from codellm_graph.view import load_view
    >>> store = open_store()
    >>> field = read_field(store, load_view(store))
    >>> sorted(field.parents["model:deepswe"])
    ['model:qwen3']
    """
    unit_of = units(view)
    about = _about(store)
    allowed = relations(view.schema, lineage)
    dates = _dates(view, unit_of, about, allowed)
    found = _units(store, view, unit_of, about, dates)
    techniques = _techniques(store)
    changing = {r["p"].value.removeprefix(CLG) for r in store.select(_CHANGES)}
    ancestors = {u.id: climb(view, u.parts, unit_of, allowed) for u in found.values()}
    kept = {u.id: frozenset(climb(view, u.parts, unit_of, allowed - changing)) for u in found.values()}
    direct = {u.id: climb(view, u.parts, unit_of, allowed, stop=True) for u in found.values()}
    return Field(
        found,
        techniques,
        tuple(dict.fromkeys(r["label"].value for r in store.select(_STAGES))),
        _uses(store, techniques, unit_of),
        unit_of,
        dates,
        {u: frozenset(unit_of[n] for n in found if n in unit_of) for u, found in direct.items()},
        ancestors,
        kept,
        {
            n: frozenset(e.parent for e in view.parents.get(n, ()) if e.relation in allowed - changing)
            for n in unit_of
        },
        bases(view, unit_of),
    )


def _about(store: Store) -> dict[tuple[str, str], set[str]]:
    about: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in store.select(_ABOUT):
        about[str(plain(row["m"])), row["key"].value].add(str(plain(row["v"])))
    return about


def _dates(
    view: View,
    unit_of: Mapping[str, str],
    about: Mapping[tuple[str, str], set[str]],
    allowed: frozenset[str],
) -> dict[str, Date]:
    def date(thing: str) -> Date:
        node, unit = view.nodes[thing], unit_of[thing]
        first = min(about.get((thing, "earliest"), ()), default=None)
        if first:
            return node.released or first, first, max(about.get((thing, "latest"), ()), default=first), True
        if thing == unit or not view.nodes[unit].earliest:
            return None, None, None, True
        familys = date(unit)
        # A later member of an old family is no older than the weights it started from.
        bound = max(
            (view.nodes[n].earliest or "" for n in climb(view, [thing], unit_of, allowed)), default=""
        )
        return familys if bound <= str(familys[1]) else (None, bound, max(bound, str(familys[2])), False)

    return {thing: date(thing) for thing in unit_of}


def _units(
    store: Store,
    view: View,
    unit_of: Mapping[str, str],
    about: Mapping[tuple[str, str], set[str]],
    dates: Mapping[str, Date],
) -> dict[str, Unit]:
    parts: dict[str, list[str]] = defaultdict(list)
    for thing in sorted(unit_of):
        parts[unit_of[thing]].append(thing)
    names = labels(store)
    found = {}
    for unit, members in sorted(parts.items()):
        node = view.nodes[unit]
        makers = tuple(sorted(about.get((unit, "organization"), ())))
        # A checkpoint was not released: its day, if it has one, is no chance to adopt anything.
        days = {str(dates[m][1]) for m in members if view.nodes[m].kind != "Checkpoint" and dates[m][1]}
        found[unit] = Unit(
            unit,
            node.label,
            makers,
            ", ".join(names.get(m, m) for m in makers) or None,
            node.stage,
            "False" not in about.get((unit, "scope"), ()),
            dates[unit][0],
            tuple(sorted(days)),
            tuple(members),
        )
    return found


def _techniques(store: Store) -> dict[str, Technique]:
    names = labels(store)
    found: dict[str, Technique] = {}
    for row in sorted(store.select(_TECHNIQUES), key=str):
        thing = str(plain(row["t"]))
        issued = row["issued"]
        span = bounds(issued) if isinstance(issued, ox.Literal) else None
        found.setdefault(
            thing,
            Technique(
                thing,
                names.get(thing, thing),
                str(plain(row["kind"]) or "").partition(":")[2],
                plain(row["along"]) is True,
                issued.value if span else None,
                span,
                str(plain(row["paper"])) if row["paper"] else None,
            ),
        )
    return dict(sorted(found.items()))


def _uses(
    store: Store, techniques: Mapping[str, Technique], unit_of: Mapping[str, str]
) -> dict[str, dict[str, frozenset[str]]]:
    wider: dict[str, set[str]] = defaultdict(set)
    for row in store.select(_BROADER):
        wider[str(plain(row["t"]))].add(str(plain(row["wider"])))
    found: dict[str, dict[str, set[str]]] = {t: defaultdict(set) for t in techniques}
    for row in store.select(_USES):
        node, graph = str(plain(row["m"])), str(plain(row["g"]))
        if node in unit_of:
            for technique in _closure(str(plain(row["t"])), wider):
                if technique in found:
                    found[technique][node].add(graph)
    return {t: {n: frozenset(g) for n, g in sorted(nodes.items())} for t, nodes in found.items()}


def _closure(start: str, wider: Mapping[str, set[str]]) -> set[str]:
    seen, todo = set(), [start]
    while todo:
        thing = todo.pop()
        if thing not in seen:
            seen.add(thing)
            todo.extend(wider.get(thing, ()))
    return seen
