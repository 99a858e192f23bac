"""From what sources say to what we hold true.

The builder accepts the best supported statements, computes what follows from them (`rules`), and lays
everything out in named graphs. The result does not depend on the order of files or statements.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from codellm_graph.choose import Support, choose, strength
from codellm_graph.citations import Citations, Fact, parse, read_citations
from codellm_graph.namespaces import CLG, PREFIXES
from codellm_graph.rules import Facts, apply_rules
from codellm_graph.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from codellm_graph.sources import Files

__all__ = ["DERIVATIONS", "Built", "assemble", "build"]

DERIVATIONS = CLG + "derivations"

_N = ox.NamedNode
_TYPE = _N(PREFIXES["rdf"] + "type")


class Built(NamedTuple):
    """A built graph.

    Parameters
    ----------
    quads : frozenset of pyoxigraph.Quad
        Citations in their named graphs; sources, citations, ontology and accepted statements in the
        default graph; computed statements also in the graph of their rule; derivations in
        `DERIVATIONS`.
    """

    quads: frozenset[ox.Quad]

    def digest(self) -> str:
        """Return a hash of the graph's content.

        Returns
        -------
        str
            40 hexadecimal digits.
        """
        text = "\n".join(sorted(map(str, self.quads))).encode()
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
    apply_rules(facts, schema)

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
    return Built(frozenset(quads))


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
