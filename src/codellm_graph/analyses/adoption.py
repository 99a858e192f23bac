"""Adoption: how a technique can have come to each of its carriers, and how far it got when.

Nothing here says that anybody copied from anybody: an ancestor that carries a technique, or an earlier
carrier elsewhere, is where it can have come from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codellm_graph.analyses.carriers import Carrier
    from codellm_graph.analyses.field import Field, Technique

__all__ = ["Adoption", "adoptions", "crossed", "crossing_matrix"]

#: Kinds of technique that come with tuning, so that the base models of a family are without them.
_BY_TUNING = frozenset(("post-training", "rl"))


@dataclass(frozen=True)
class Adoption:
    """How a technique can have come to a unit.

    Parameters
    ----------
    carrier : Carrier
        The unit, since when, and who says so.
    mode : str
        ``inherited`` (a weight ancestor carries it), ``own organization`` (none does, but an earlier unit
        of the same organization), ``other organization`` (an earlier one elsewhere), ``first recorded``,
        or ``undated``.
    candidates : tuple of str
        The nearest ancestors that carry it if inherited, else the earlier units, oldest first.
    by_necessity : bool
        Whether it is architecture that stays with the weights, rather than taken up by choice.
    of_family : bool
        Whether it is said of those ancestors' families only, so that the ancestors may be without it.
    before_paper : bool
        Whether it is older than the paper that introduced the technique: a date is wrong, or the paper
        was not the first.
    """

    carrier: Carrier
    mode: str
    candidates: tuple[str, ...] = ()
    by_necessity: bool = False
    of_family: bool = False
    before_paper: bool = False


def adoptions(field: Field, technique: Technique, carried: Mapping[str, Carrier]) -> tuple[Adoption, ...]:
    """Say for each carrier how the technique can have come to it.

    Parameters
    ----------
    field : Field
        Units and lineage.
    technique : Technique
        The technique.
    carried : mapping of str to Carrier
        Its carriers, oldest first.

    Returns
    -------
    tuple of Adoption
        In the same order.
    """
    uses = field.uses[technique.id]
    families = {u.id for u in field.units.values() if len(u.parts) > 1}
    found = []
    for unit, carrier in carried.items():
        mode, candidates = _source(field, carried, unit)
        near = _carrying(field, technique, carrier)
        if near:
            mode, candidates = "inherited", near
        elif carrier.earliest is None:
            mode, candidates = "undated", ()
        found.append(
            Adoption(
                carrier,
                mode,
                candidates,
                bool(near) and technique.stays and any(n in field.kept[unit] for n in near),
                bool(near) and not any(n in uses and n not in families for n in near),
                bool(technique.span and carrier.latest and carrier.latest < technique.span[0]),
            )
        )
    return tuple(found)


def _carrying(field: Field, technique: Technique, carrier: Carrier) -> tuple[str, ...]:
    """Return the nearest weight ancestors that carry a technique and are not younger than the carrier.

    A later member of a family may start from a model that came after the family took the technique up.
    An ancestor carries it if it uses it itself or its family is said to; a family also through any member.
    What tuning brings is not said of the base model when it is said of the family.
    """
    uses = field.uses[technique.id]
    families = {field.unit_of[n] for n in uses}

    def carries(node: str) -> bool:
        family = field.unit_of.get(node)
        if node in uses or (family == node and node in families):
            return True
        return family in uses and not (technique.kind in _BY_TUNING and node in field.bases)

    def old_enough(node: str) -> bool:
        first = field.dates[node][1] if node in field.dates else None
        return not first or not carrier.latest or first <= carrier.latest

    above = field.ancestors[carrier.unit]
    steps = {n: d for n, d in above.items() if carries(n) and old_enough(n)}
    nearest = min(steps.values(), default=0)
    return tuple(sorted(n for n, d in steps.items() if d == nearest))


def _source(field: Field, carried: Mapping[str, Carrier], unit: str) -> tuple[str, tuple[str, ...]]:
    """Return the mode of a unit that inherits nothing, and the earlier units."""
    own = set(field.units[unit].organizations)
    day = carried[unit].earliest
    earlier = [c.unit for c in carried.values() if c.earliest and day and c.earliest < day]
    same = [u for u in earlier if own & set(field.units[u].organizations)]
    if same:
        return "own organization", tuple(same)
    return ("other organization" if earlier else "first recorded"), tuple(earlier)


def crossed(field: Field, adopted: Iterable[Adoption]) -> tuple[tuple[str, str, int], ...]:
    """Count the adopters that inherited a technique across a stage border.

    Parameters
    ----------
    field : Field
        Units.
    adopted : iterable of Adoption
        The adopters.

    Returns
    -------
    tuple of (str, str, int)
        Stage of the nearest carrying ancestor, stage of the adopter, adopters. General ancestors have no
        stage: what comes from them counts as from ``general``.
    """
    counts: dict[tuple[str, str], int] = {}
    for a in adopted:
        if a.mode == "inherited":
            child = field.units[a.carrier.unit].group
            above = {field.units[field.unit_of[n]].group for n in a.candidates if n in field.unit_of}
            for parent in above - {child}:
                counts[parent, child] = counts.get((parent, child), 0) + 1
    return _ordered(field, counts)


def _ordered(field: Field, counts: Mapping[tuple[str, str], int]) -> tuple[tuple[str, str, int], ...]:
    places = {group: n for n, group in enumerate((*field.stages, "general", "no stage"))}
    rows = sorted(counts.items(), key=lambda r: [(places.get(g, len(places)), g) for g in r[0]])
    return tuple((a, b, n) for (a, b), n in rows)


def crossing_matrix(field: Field) -> tuple[tuple[str, str, int], ...]:
    """Count the lineage edges between units by the stages they lead from and to.

    Parameters
    ----------
    field : Field
        Units and their direct parents.

    Returns
    -------
    tuple of (str, str, int)
        Group of the parent, group of the child, pairs of units.
    """
    counts: dict[tuple[str, str], int] = {}
    for child, parents in field.parents.items():
        for parent in parents:
            key = field.units[parent].group, field.units[child].group
            counts[key] = counts.get(key, 0) + 1
    return _ordered(field, counts)
