"""From what sources say to what we hold true.

The builder accepts the best supported statements and computes what follows from them. Each rule is a
generator over the accepted facts that yields conclusions with their premises; the rules run in a fixed
order (see ``ontology/concepts.ttl``), their result does not depend on the order of files or statements.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import pyoxigraph as ox

from codellm_graph.choose import Support, bounds, choose, strength
from codellm_graph.citations import Citations, Fact, parse, read_citations
from codellm_graph.namespaces import CLG, PREFIXES
from codellm_graph.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from codellm_graph.sources import Files

__all__ = ["DERIVATIONS", "Built", "Derived", "build"]

DERIVATIONS = CLG + "derivations"

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


class Built(NamedTuple):
    """A built graph.

    Parameters
    ----------
    quads : list of pyoxigraph.Quad
        Citations in their named graphs; sources, citations, ontology and accepted statements in the
        default graph; computed statements also in the graph of their rule; derivations in
        `DERIVATIONS`. Sorted, so that equal input gives equal output.
    """

    quads: list[ox.Quad]

    def digest(self) -> str:
        """Return a hash of the graph's content.

        Returns
        -------
        str
            40 hexadecimal digits.
        """
        text = ox.serialize(self.quads, format=ox.RdfFormat.N_QUADS) or b""
        return hashlib.sha1(text, usedforsecurity=False).hexdigest()


def build(files: Files) -> Built:
    """Build the graph.

    Parameters
    ----------
    files : Files
        Ontology and data.

    Returns
    -------
    Built
        The graph.

    Raises
    ------
    DataError
        If a file cannot be read or is malformed.
    """
    words = [t for path in files.ontology for t in parse(path)]
    return assemble(words, read_citations(files.data))


def assemble(words: list[ox.Quad], citations: Citations) -> Built:
    """Compute the default graph and lay everything out in named graphs.

    Parameters
    ----------
    words : list of pyoxigraph.Quad
        The ontology.
    citations : Citations
        What sources say.

    Returns
    -------
    Built
        The graph.
    """
    schema = Schema.read(words)
    facts = Facts()
    for fact in sorted(citations.metadata, key=str):
        if fact[1] == _TYPE:
            facts.add(fact)
    choices = _accept(facts, schema, citations)
    _apply_rules(facts, schema)

    quads = {ox.Quad(t.subject, t.predicate, t.object) for t in words if not _has_blank(t)}
    quads.update(ox.Quad(*fact) for fact in citations.metadata)
    quads.update(ox.Quad(*fact, _N(c)) for fact, cited in citations.said.items() for c in cited)
    quads.update(ox.Quad(*fact) for fact in facts.why)
    for fact, (rule, premises) in facts.why.items():
        if rule:
            quads.add(ox.Quad(*fact, _N(PREFIXES["rule"] + rule)))
            quads.update(_derivation(fact, rule, premises))
    for fact, reason, against in choices:
        quads.update(_derivation(fact, "chosen", against))
        quads.add(ox.Quad(_statement(fact), _N(CLG + "reason"), ox.Literal(reason), _N(DERIVATIONS)))
    return Built(sorted(quads, key=str))


def _has_blank(quad: ox.Quad) -> bool:
    """Say whether a statement of the ontology is about a list: an axiom for reasoners, named at random."""
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


def _accept(facts: Facts, schema: Schema, citations: Citations) -> list[tuple[Fact, str, tuple[Fact, ...]]]:
    """Accept the best supported statements; return the choices that went against another value."""
    supports = citations.supports()
    cited: dict[Fact, list[Support]] = {
        fact: sorted((supports[c] for c in by), key=lambda s: s.citation)
        for fact, by in citations.said.items()
    }
    single: dict[tuple[ox.NamedNode, ox.NamedNode], list[tuple[ox.NamedNode | ox.Literal, list[Support]]]]
    single = defaultdict(list)
    many: list[Fact] = []
    for fact in sorted(cited, key=str):
        s, p, o = fact
        if p.value in schema.single_valued:
            single[s, p].append((o, cited[fact]))
        else:
            many.append(fact)

    choices = []
    for (s, p), candidates in single.items():
        choice = choose(candidates, schema.authority.get(p.value, frozenset()))
        if choice is not None:
            facts.add((s, p, choice.value))
            if choice.against:
                choices.append(
                    ((s, p, choice.value), choice.reason, tuple((s, p, o) for o in choice.against))
                )

    def best(fact: Fact) -> tuple[int, int, int, int]:
        return min(
            strength(support, schema.authority.get(fact[1].value, frozenset())) for support in cited[fact]
        )

    rejected = _denied(many, schema, best)
    for fact in many:
        if fact not in rejected and best(fact)[0] < 2:
            facts.add(fact)
    return choices


def _denied(many: list[Fact], schema: Schema, best: Callable[[Fact], tuple[int, int, int, int]]) -> set[Fact]:
    """Return the statements that a better, or equally good, denial rules out, and the denials that fail."""
    stated: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in many:
        stated[fact[0].value, fact[2].value].append(fact)
    rejected = set()
    for fact in many:
        for denied in schema.denies.get(fact[1].value, ()):
            relations = schema.at_or_below(denied)
            for other in stated[fact[0].value, fact[2].value]:
                if other[1].value in relations:
                    # At equal strength the denial wins: it is the more deliberate statement.
                    rejected.add(other if best(fact) <= best(other) else fact)
    return rejected


def _apply_rules(facts: Facts, schema: Schema) -> None:
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
    """Add what a rule concludes, in an order that depends on nothing but the conclusions."""
    found = sorted((d for d in conclude() if d.fact not in facts.why), key=str)
    return sum(facts.add(d.fact, rule, d.premises) for d in found)


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


def _statement(fact: Fact) -> ox.NamedNode:
    text = " ".join(map(str, fact))
    return _N(PREFIXES["statement"] + hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:16])


def _reified(fact: Fact) -> Iterable[ox.Quad]:
    node, graph = _statement(fact), _N(DERIVATIONS)
    for name, term in zip(("subject", "predicate", "object"), fact, strict=True):
        yield ox.Quad(node, _N(PREFIXES["rdf"] + name), term, graph)


def _derivation(fact: Fact, rule: str, premises: tuple[Fact, ...]) -> Iterable[ox.Quad]:
    """Yield the record of a computed statement: rule and premises, each as a reified statement."""
    node, graph = _statement(fact), _N(DERIVATIONS)
    yield from _reified(fact)
    yield ox.Quad(node, _TYPE, _N(CLG + "Derivation"), graph)
    yield ox.Quad(node, _N(CLG + "rule"), _N(PREFIXES["rule"] + rule), graph)
    for premise in premises:
        yield from _reified(premise)
        yield ox.Quad(node, _N(CLG + "premise"), _statement(premise), graph)
