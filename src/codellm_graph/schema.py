"""What the ontology says about its own words, read from the ontology.

Nothing here knows a property by name: which one has a single value, which source is its authority, how
it flows between family and member, what denies what are annotations in ``ontology/codellm.ttl``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from codellm_graph.namespaces import CLG, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


__all__ = ["Schema"]

_TYPE = PREFIXES["rdf"] + "type"
_SUB_PROPERTY = PREFIXES["rdfs"] + "subPropertyOf"
_SUB_CLASS = PREFIXES["rdfs"] + "subClassOf"


@dataclass(frozen=True)
class Schema:
    """The ontology as look-up tables of IRIs.

    Parameters
    ----------
    facts : mapping of str to mapping of str to frozenset of str
        Predicate to subject to objects, of the ontology's triples.
    """

    facts: Mapping[str, Mapping[str, frozenset[str]]]

    @classmethod
    def read(cls, triples: Iterable[ox.Triple] | Iterable[ox.Quad]) -> Schema:
        """Read the triples of the ontology files.

        Parameters
        ----------
        triples : iterable of pyoxigraph.Triple or pyoxigraph.Quad
            The ontology.

        Returns
        -------
        Schema
            Look-up tables; triples about blank nodes are left out.
        """
        table: dict[str, dict[str, set[str]]] = {}
        for t in triples:
            if isinstance(t.subject, ox.NamedNode) and isinstance(t.object, (ox.NamedNode, ox.Literal)):
                rows = table.setdefault(t.predicate.value, {})
                rows.setdefault(t.subject.value, set()).add(t.object.value)
        return cls({p: {s: frozenset(o) for s, o in rows.items()} for p, rows in table.items()})

    def _annotation(self, name: str) -> Mapping[str, frozenset[str]]:
        return self.facts.get(CLG + name, {})

    @staticmethod
    def _closure(direct: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
        """Close a relation transitively, without the node itself; a cycle ends where it began."""
        closed: dict[str, frozenset[str]] = {}
        for start in direct:
            seen: set[str] = set()
            todo = list(direct[start])
            while todo:
                node = todo.pop()
                if node not in seen:
                    seen.add(node)
                    todo.extend(direct.get(node, ()))
            closed[start] = frozenset(seen - {start})
        return closed

    @cached_property
    def super_properties(self) -> dict[str, frozenset[str]]:
        """Property to all its super-properties, without itself."""
        return self._closure(self.facts.get(_SUB_PROPERTY, {}))

    @cached_property
    def sub_properties(self) -> dict[str, frozenset[str]]:
        """Property to all its sub-properties, without itself."""
        below: dict[str, set[str]] = {}
        for sub, supers in self.super_properties.items():
            for above in supers:
                below.setdefault(above, set()).add(sub)
        return {p: frozenset(s) for p, s in below.items()}

    @cached_property
    def super_classes(self) -> dict[str, frozenset[str]]:
        """Class to all its super-classes, without itself."""
        return self._closure(self.facts.get(_SUB_CLASS, {}))

    @cached_property
    def single_valued(self) -> frozenset[str]:
        """Properties that are functional."""
        functional = PREFIXES["owl"] + "FunctionalProperty"
        return frozenset(s for s, kinds in self.facts.get(_TYPE, {}).items() if functional in kinds)

    @cached_property
    def naming(self) -> frozenset[str]:
        """Properties whose statements name or classify."""
        return frozenset(p for p, v in self._annotation("isNaming").items() if "true" in v)

    @cached_property
    def computed(self) -> frozenset[str]:
        """Properties that only the builder states."""
        return frozenset(p for p, v in self._annotation("isComputed").items() if "true" in v)

    @cached_property
    def changes_architecture(self) -> frozenset[str]:
        """Lineage relations along which the architecture does not stay the parent's."""
        return frozenset(p for p, v in self._annotation("changesArchitecture").items() if "true" in v)

    @cached_property
    def mints_object(self) -> frozenset[str]:
        """Properties whose objects are blank nodes in the files, named and typed by the builder."""
        return frozenset(p for p, v in self._annotation("mintsObject").items() if "true" in v)

    @property
    def ranges(self) -> Mapping[str, frozenset[str]]:
        """Property to the classes of its values."""
        return self.facts.get(PREFIXES["rdfs"] + "range", {})

    @property
    def authority(self) -> Mapping[str, frozenset[str]]:
        """Property to the classes of source that are believed first."""
        return self._annotation("authority")

    @property
    def denies(self) -> Mapping[str, frozenset[str]]:
        """Denying property to the properties it denies."""
        return self._annotation("denies")

    @cached_property
    def rolls_up_as(self) -> dict[str, str]:
        """Property to the family's property that collects it; sub-properties keep their own name."""
        stated = {p: min(v) for p, v in self._annotation("rollsUpAs").items()}
        rolled = dict(stated)
        for p, target in stated.items():
            if target == p:
                rolled.update({sub: sub for sub in self.sub_properties.get(p, ())})
        return rolled

    def flows(self, direction: str) -> frozenset[str]:
        """Return what flows in a direction.

        Parameters
        ----------
        direction : {"down", "along-weights"}
            Name of the concept.

        Returns
        -------
        frozenset of str
            IRIs of properties and of kinds of technique.
        """
        wanted = PREFIXES["concept"] + direction
        return frozenset(s for s, v in self._annotation("flow").items() if wanted in v)

    def at_or_below(self, prop: str) -> frozenset[str]:
        """Return a property and all its sub-properties.

        Parameters
        ----------
        prop : str
            IRI of the property.

        Returns
        -------
        frozenset of str
            IRIs.
        """
        return self.sub_properties.get(prop, frozenset()) | {prop}

    def superseded(self, props: Iterable[str]) -> frozenset[str]:
        """Return the members of a set of properties that another member entails.

        Parameters
        ----------
        props : iterable of str
            IRIs of properties that hold between the same two nodes.

        Returns
        -------
        frozenset of str
            Those that say less than another one.
        """
        above: set[str] = set()
        for p in props:
            above |= self.super_properties.get(p, frozenset())
        return frozenset(above)
