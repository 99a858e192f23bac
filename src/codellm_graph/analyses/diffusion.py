"""Diffusion: how each technique spread through families, stages and lineages.

For every technique: who carries it since when and how it can have come there (`adoption`), how far and how
fast it got (`carriers`), how closely carrying goes with descent (`strength`), whether that is more than
chance (`permutation`), and whether the answer stands on config files alone, on good evidence alone, and
without any one organization.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codellm_graph.analyses.adoption import Adoption, adoptions, crossed
from codellm_graph.analyses.carriers import Lag, StageShare, carriers, chances, curve, lags, stage_shares
from codellm_graph.analyses.permutation import Case, Design, Outcome, significance
from codellm_graph.analyses.strength import Strength, benjamini_hochberg, strength
from codellm_graph.store import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from codellm_graph.analyses.field import Field, Technique
    from codellm_graph.store import Store

__all__ = ["ALL", "CONFIG", "GRADED", "Headline", "Repeat", "Spread", "headlines", "spread"]

#: The evidence that an answer rests on.
ALL, CONFIG, GRADED = "all accepted statements", "config files only", "evidence grade 1 or 2 only"

_CITED = """
SELECT ?c ?grade ?config WHERE {
  ?c clg:source ?source .
  OPTIONAL { ?c clg:rank ?rank }
  FILTER(!BOUND(?rank) || ?rank != concept:deprecated)
  OPTIONAL { ?source clg:grade ?grade }
  BIND(EXISTS { ?source a clg:ConfigFile } AS ?config)
}"""


@dataclass(frozen=True)
class Repeat:
    """The headline numbers of one technique on part of the evidence.

    Parameters
    ----------
    evidence : str
        `ALL`, `CONFIG`, `GRADED`, or the CURIE of the organization that was left out.
    adopters, stages : int
        Carriers, and stages with a carrier.
    strength : Strength
        How closely carrying goes with descent.
    outcome : Outcome
        The permutation test.
    q : float or None
        Benjamini-Hochberg over the testable techniques of the same evidence, architecture apart; None
        where not all techniques were tested on it.
    """

    evidence: str
    adopters: int
    stages: int
    strength: Strength
    outcome: Outcome
    q: float | None = None


@dataclass(frozen=True)
class Spread:
    """How one technique spread.

    Parameters
    ----------
    technique : Technique
        What, and where it was introduced.
    adoptions : tuple of Adoption
        Its carriers, oldest first.
    stages : tuple of StageShare
        Adopters and chances by stage, then of general ancestors and of units without a stage.
    lags : tuple of Lag
        How long it took.
    curve : tuple of (str, int, int)
        Day, carriers so far, eligible so far; general ancestors left out.
    crossed : tuple of (str, str, int)
        Adopters that inherited it across a border: from stage, to stage, how many.
    result : Repeat
        Strength and significance on all accepted statements.
    repeats : tuple of Repeat
        The same on config files only, and on evidence of grade 1 or 2 only.
    left_out : tuple of Repeat
        The same without one organization; empty if not asked for.
    """

    technique: Technique
    adoptions: tuple[Adoption, ...]
    stages: tuple[StageShare, ...]
    lags: tuple[Lag, ...]
    curve: tuple[tuple[str, int, int], ...]
    crossed: tuple[tuple[str, str, int], ...]
    result: Repeat
    repeats: tuple[Repeat, ...] = ()
    left_out: tuple[Repeat, ...] = ()

    @property
    def reached(self) -> int:
        """Stages with an adopter."""
        return self.result.stages


@dataclass(frozen=True)
class Headline:
    """What the tests say over all techniques taken up by choice.

    Parameters
    ----------
    evidence : str
        `ALL`, `CONFIG`, `GRADED`, or the CURIE of the organization that was left out.
    tested : int
        Testable techniques.
    found : tuple of str
        CURIEs of those that go with descent more than chance would have it, at a false discovery rate of
        5 %.
    """

    evidence: str
    tested: int
    found: tuple[str, ...]


def spread(
    field: Field,
    store: Store,
    *,
    permutations: int = 10_000,
    seed: int = 0,
    leave_out: Collection[str] = (),
) -> list[Spread]:
    """Analyse how every technique spread.

    Parameters
    ----------
    field : Field
        Units, techniques and lineage.
    store : Store
        The graph that it was read from.
    permutations, seed : int, optional
        Of the permutation test.
    leave_out : collection of str, optional
        Techniques for which each organization is left out in turn.

    Returns
    -------
    list of Spread
        The techniques that have a carrier, those that reached most stages and most adopters first.

    Examples
    --------
    >>> from codellm_graph.analyses.field import read_field
    >>> from codellm_graph.store import open_store
    >>> from codellm_graph.view import load_view
    >>> store = open_store()
    >>> found = spread(read_field(store, load_view(store)), store, permutations=99)
    >>> grpo = next(s for s in found if s.technique.id == "technique:grpo")
    >>> grpo.adoptions[0].carrier.unit, grpo.adoptions[0].mode
    ('model:deepseek-math', 'first recorded')
    """
    evidence = _evidence(store)
    rows: list[tuple[str, Repeat, Case]] = []
    spreads: dict[str, Spread] = {}
    for technique in field.techniques.values():
        for name, said in evidence.items():
            uses = field.uses[technique.id] if said is None else _restricted(field, technique, said)
            repeat, case = _case(field, technique, name, uses)
            rows.append((technique.id, repeat, case))
            if name == ALL and repeat.adopters:
                spreads[technique.id] = _described(field, technique, repeat)
        if technique.id in leave_out:
            for organization in sorted({o for u in field.units.values() for o in u.organizations}):
                without = {u.id for u in field.units.values() if organization in u.organizations}
                repeat, case = _case(field, technique, organization, field.uses[technique.id], without)
                rows.append((technique.id, repeat, case))
    rows = [row for row in rows if row[0] in spreads]
    # Without an organization the number of tests is known only where all techniques were tested so.
    correct = None if spreads.keys() <= set(leave_out) else evidence.keys()
    repeats = _tested(field, rows, permutations, seed, correct)
    found = [
        replace(
            s,
            result=repeats[t, ALL],
            repeats=(repeats[t, CONFIG], repeats[t, GRADED]),
            left_out=tuple(r for (other, name), r in repeats.items() if other == t and name not in evidence),
        )
        for t, s in spreads.items()
    ]
    return sorted(found, key=lambda s: (-s.reached, -s.result.adopters, s.technique.id))


def _evidence(store: Store) -> dict[str, frozenset[str] | None]:
    """Return the citations of each kind of evidence; None stands for all."""
    config, graded = set(), set()
    for row in store.select(_CITED):
        citation, grade = str(plain(row["c"])), plain(row["grade"])
        if plain(row["config"]) is True:
            config.add(citation)
        if isinstance(grade, int) and grade <= 2:
            graded.add(citation)
    return {ALL: None, CONFIG: frozenset(config), GRADED: frozenset(graded)}


def _restricted(field: Field, technique: Technique, said: frozenset[str]) -> dict[str, frozenset[str]]:
    """Return the uses that some of the citations say, and what is computed from those."""
    uses = field.uses[technique.id]
    found = {n: graphs & said for n, graphs in uses.items() if graphs & said}
    if technique.stays:
        rest = {n: frozenset(g for g in graphs if g.startswith("rule:")) for n, graphs in uses.items()}
        rest = {n: rules for n, rules in rest.items() if rules and n not in found}
        while True:
            new = {
                n: rules
                for n, rules in rest.items()
                if n not in found
                and (field.unit_of[n] in found or any(p in found for p in field.started_from[n]))
            }
            if not new:
                break
            found.update(new)
    return found


def _case(
    field: Field,
    technique: Technique,
    evidence: str,
    uses: Mapping[str, frozenset[str]],
    without: Collection[str] = (),
) -> tuple[Repeat, Case]:
    carried = {u: c for u, c in carriers(field, technique.id, uses).items() if u not in without}
    able = [u for u in chances(field, technique, carried) if u not in without]
    parents = {
        u: [p for p in above if p not in without] if without else above for u, above in field.parents.items()
    }
    stages = {field.units[u].stage for u in carried} - {None}
    counted = strength(parents, carried.keys(), frozenset(able))
    untested = Outcome(0, None, None, None)
    return Repeat(evidence, len(carried), len(stages), counted, untested), Case(
        carried.keys(), frozenset(able)
    )


def _described(field: Field, technique: Technique, result: Repeat) -> Spread:
    carried = carriers(field, technique.id)
    chance = chances(field, technique, carried)
    adopted = adoptions(field, technique, carried)
    return Spread(
        technique,
        adopted,
        stage_shares(field, carried, chance),
        lags(field, technique, carried),
        curve(field, carried, chance),
        crossed(field, adopted),
        result,
    )


def _tested(
    field: Field,
    rows: list[tuple[str, Repeat, Case]],
    permutations: int,
    seed: int,
    correct: Collection[str] | None,
) -> dict[tuple[str, str], Repeat]:
    """Run all tests in one pass and correct them for their number, evidence by evidence."""
    design = Design(list(field.units), {u.id: u.organizations for u in field.units.values()}, field.parents)
    outcomes = significance(design, [case for _, _, case in rows], permutations, seed)
    found = {
        (t, repeat.evidence): replace(repeat, outcome=outcome)
        for (t, repeat, _), outcome in zip(rows, outcomes, strict=True)
    }
    groups: dict[tuple[str, bool], list[tuple[str, str]]] = {}
    for key, repeat in found.items():
        if repeat.outcome.p is not None and (correct is None or repeat.evidence in correct):
            groups.setdefault((key[1], field.techniques[key[0]].stays), []).append(key)
    for keys in groups.values():
        values = benjamini_hochberg([found[k].outcome.p or 0.0 for k in keys])
        for key, q in zip(keys, values, strict=True):
            found[key] = replace(found[key], q=q)
    return found


def headlines(spreads: Iterable[Spread]) -> list[Headline]:
    """Say over all techniques taken up by choice how many go with descent more than chance would have it.

    Parameters
    ----------
    spreads : iterable of Spread
        From `spread`; with organizations left out if their range is wanted.

    Returns
    -------
    list of Headline
        One for each kind of evidence.
    """
    tested: dict[str, list[str]] = {}
    found: dict[str, list[str]] = {}
    for s in spreads:
        for repeat in (s.result, *s.repeats, *s.left_out):
            tested.setdefault(repeat.evidence, [])
            if repeat.q is not None and not s.technique.stays:
                tested[repeat.evidence].append(s.technique.id)
                if repeat.q < 0.05:
                    found.setdefault(repeat.evidence, []).append(s.technique.id)
    return [Headline(e, len(ids), tuple(found.get(e, ()))) for e, ids in tested.items()]
