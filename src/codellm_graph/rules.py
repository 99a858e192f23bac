"""The rules by which statements follow from accepted ones.

Each rule is a generator over the accepted facts that yields conclusions with their premises; they run in
a fixed order (see ``ontology/concepts.ttl``), and their result does not depend on the order of the facts.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import pyoxigraph as ox

from codellm_graph.choose import bounds
from codellm_graph.namespaces import CLG, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codellm_graph.citations import Fact
    from codellm_graph.schema import Schema

__all__ = ["Derived", "Facts", "apply_rules"]

_N = ox.NamedNode
_TYPE = _N(PREFIXES["rdf"] + "type")
_MEMBER_OF = _N(CLG + "memberOf")
_USES = _N(CLG + "uses")
_KIND = _N(CLG + "kind")
_FAMILY = _N(CLG + "Family")
_DATE = _N(PREFIXES["xsd"] + "date")


class Derived(NamedTuple):
    """A conclusion with what it came from."""

    fact: Fact
    premises: tuple[Fact, ...]


class Facts:
    """Accepted statements with the indexes the rules need."""

    def __init__(self) -> None:
        self.why: dict[Fact, tuple[str, tuple[Fact, ...]]] = {}
        self.objects: dict[tuple[str, str], list[ox.NamedNode | ox.Literal]] = defaultdict(list)
        self.by_property: dict[str, list[Fact]] = defaultdict(list)

    def add(self, fact: Fact, rule: str = "", premises: tuple[Fact, ...] = ()) -> bool:
        """Add a statement unless it is known; the first rule to conclude it is its reason."""
        if fact in self.why:
            return False
        self.why[fact] = (rule, premises)
        s, p, o = fact
        self.objects[s.value, p.value].append(o)
        self.by_property[p.value].append(fact)
        return True


def apply_rules(facts: Facts, schema: Schema) -> None:
    """Run the rules; those that feed each other run together until nothing new follows."""
    _run(facts, "entailed", lambda: _entailed(facts, schema))
    while True:
        new = _run(facts, "down", lambda: _down(facts, schema))
        new += _run(facts, "along-weights", lambda: _along_weights(facts, schema))
        new += _run(facts, "entailed", lambda: _entailed(facts, schema))
        if not new:
            break
    _run(facts, "bounds", lambda: _bounds(facts))
    _run(facts, "up", lambda: _up(facts, schema))
    _run(facts, "up", lambda: _up_bounds(facts))
    _run(facts, "entailed", lambda: _entailed(facts, schema))
    _run(facts, "family", lambda: _family(facts))


def _run(facts: Facts, rule: str, conclude: Callable[[], Iterator[Derived]]) -> int:
    """Add what a rule concludes; of several reasons for one fact, the first in sorting order."""
    found: dict[Fact, tuple[Fact, ...]] = {}
    for fact, premises in conclude():
        if fact not in facts.why:
            known = found.get(fact)
            found[fact] = premises if known is None else min(known, premises, key=str)
    for fact, premises in found.items():
        facts.add(fact, rule, premises)
    return len(found)


def _entailed(facts: Facts, schema: Schema) -> Iterator[Derived]:
    """Yield what super-properties and super-classes entail."""
    for s, p, o in list(facts.why):
        for above in schema.super_properties.get(p.value, ()):
            yield Derived((s, _N(above), o), ((s, p, o),))
        if not isinstance(o, ox.NamedNode):
            continue
        if p.value in schema.mints_object:
            for kind in schema.ranges.get(p.value, ()):
                yield Derived((o, _TYPE, _N(kind)), ((s, p, o),))
        if p == _TYPE:
            for above in schema.super_classes.get(o.value, ()):
                yield Derived((s, p, _N(above)), ((s, p, o),))


Link: TypeAlias = "tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode]"


def _links(facts: Facts, prop: str) -> list[Link]:
    """Return the statements of a property that lead to a thing, not to a text."""
    found = facts.by_property.get(prop, ())
    return sorted(((s, p, o) for s, p, o in found if isinstance(o, ox.NamedNode)), key=str)


def _memberships(facts: Facts) -> list[Link]:
    return _links(facts, _MEMBER_OF.value)


def _techniques(facts: Facts, schema: Schema, direction: str) -> dict[str, Fact]:
    """Return the techniques whose kind flows in a direction, each with the statement of its kind."""
    kinds = schema.flows(direction)
    return {s.value: (s, p, o) for s, p, o in facts.by_property[_KIND.value] if o.value in kinds}


def _lacking(facts: Facts, schema: Schema) -> set[tuple[str, str, str]]:
    """Return (subject, denied property, object) of accepted denials."""
    return {
        (s.value, denied, o.value)
        for p, denies in schema.denies.items()
        for s, _, o in facts.by_property[p]
        for denied in denies
    }


def _down(facts: Facts, schema: Schema) -> Iterator[Derived]:
    """Yield defaults that members take from their family, and the architecture they share with it."""
    added = schema.flows("down-added") & set(facts.by_property)
    properties = (schema.flows("down") | added) & set(facts.by_property)
    techniques = _techniques(facts, schema, "down")
    lacking = _lacking(facts, schema)
    for membership in _memberships(facts):
        member, _, family = membership
        for p in properties:
            if p in added or not facts.objects.get((member.value, p)):
                for o in facts.objects.get((family.value, p), ()):
                    if not _is_denied(lacking, schema, member.value, p, o.value):
                        yield Derived((member, _N(p), o), (membership, (family, _N(p), o)))
        for o in facts.objects.get((family.value, _USES.value), ()):
            if o.value in techniques and (member.value, _USES.value, o.value) not in lacking:
                yield Derived((member, _USES, o), (membership, (family, _USES, o), techniques[o.value]))


def _is_denied(lacking: set[tuple[str, str, str]], schema: Schema, s: str, p: str, o: str) -> bool:
    return any((s, above, o) in lacking for above in {p} | schema.super_properties.get(p, frozenset()))


def _weight_edges(facts: Facts, schema: Schema) -> Iterator[Link]:
    """Yield accepted, stated weight edges along which the architecture stays the parent's."""
    relations = schema.at_or_below(CLG + "weightsFrom")
    changed = {
        (s.value, o.value) for p in schema.changes_architecture for s, _, o in facts.by_property.get(p, ())
    }
    for p in sorted(relations - schema.changes_architecture):
        for fact in _links(facts, p):
            if not facts.why[fact][0] and (fact[0].value, fact[2].value) not in changed:
                yield fact


def _along_weights(facts: Facts, schema: Schema) -> Iterator[Derived]:
    """Yield the architecture that a model keeps from the model whose weights it started from."""
    techniques = _techniques(facts, schema, "along-weights")
    lacking = _lacking(facts, schema)
    for edge in _weight_edges(facts, schema):
        child, _, parent = edge
        for o in facts.objects.get((parent.value, _USES.value), ()):
            if o.value in techniques and (child.value, _USES.value, o.value) not in lacking:
                yield Derived((child, _USES, o), (edge, (parent, _USES, o), techniques[o.value]))


def _up(facts: Facts, schema: Schema) -> Iterator[Derived]:
    """Yield what a family collects from its members."""
    families = {s.value for s, _, o in facts.by_property[_TYPE.value] if o == _FAMILY}
    for membership in _memberships(facts):
        member, _, family = membership
        if family.value in families:
            for p, target in schema.rolls_up_as.items():
                for o in facts.objects.get((member.value, p), ()):
                    yield Derived((family, _N(target), o), (membership, (member, _N(p), o)))


def _bounds(facts: Facts) -> Iterator[Derived]:
    """Yield first and last day of release dates."""
    for s, p, o in facts.by_property[CLG + "released"]:
        span = bounds(o)
        if span:
            for name, day in zip(("earliest", "latest"), span, strict=True):
                yield Derived((s, _N(CLG + name), ox.Literal(day, datatype=_DATE)), ((s, p, o),))


def _up_bounds(facts: Facts) -> Iterator[Derived]:
    """Yield, for a family without a date, the bounds of its first member."""
    members: dict[ox.NamedNode, list[tuple[str, str, Fact, Fact]]] = defaultdict(list)
    for membership in _memberships(facts):
        member, _, family = membership
        for first in facts.objects.get((member.value, CLG + "earliest"), ()):
            for last in facts.objects.get((member.value, CLG + "latest"), ()):
                members[family].append(
                    (first.value, last.value, membership, (member, _N(CLG + "earliest"), first))
                )
    for family, rows in members.items():
        if not facts.objects.get((family.value, CLG + "earliest")):
            first_day, last_day, joined, premise = min(rows, key=lambda r: (r[0], r[1], str(r[3])))
            for name, day in (("earliest", first_day), ("latest", last_day)):
                yield Derived((family, _N(CLG + name), ox.Literal(day, datatype=_DATE)), (joined, premise))


def _family(facts: Facts) -> Iterator[Derived]:
    """Yield the families that a family is based on, through members without a parent inside it."""
    family_of: dict[str, tuple[ox.NamedNode, Fact]] = {}
    for thing, p, kind in facts.by_property[_TYPE.value]:
        if kind == _FAMILY:
            family_of[thing.value] = (thing, (thing, p, kind))
    for member, p, above in _memberships(facts):
        if above.value in family_of:
            family_of.setdefault(member.value, (above, (member, p, above)))
    edges: dict[str, list[Link]] = defaultdict(list)
    for link in _links(facts, CLG + "basedOn"):
        edges[link[0].value].append(link)
    for child, rows in edges.items():
        if child not in family_of:
            continue
        family, membership = family_of[child]
        parents = [(row, *family_of.get(row[2].value, (None, row))) for row in rows]
        if child != family.value and any(other == family for _, other, _ in parents):
            continue
        for row, other, their_membership in parents:
            if other is not None and other != family:
                fact = (family, _N(CLG + "familyBasedOn"), other)
                yield Derived(fact, (membership, row, their_membership))
