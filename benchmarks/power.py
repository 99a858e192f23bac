"""Measure on the bundled graph what the permutation test can find, and how often it finds what is not there.

Techniques are invented on the real units, dates, organizations and lineage, tested as the real ones are, and
counted. Run by hand; it prints the tables of ``docs/power.md``::

    python benchmarks/power.py [WORLDS]

A technique appears on the release day of a random unit in the first two thirds of the graph's history. Every
later unit carries it by itself with a rate of its organization's (habit: none in half of the organizations,
six times the middling rate in a quarter) that rises with time (fashion); a unit with a parent that carries
takes it over with the probability *passed on*. Those are kept that have the wanted number of carriers.
"""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

from codellm_graph.analyses.carriers import chances
from codellm_graph.analyses.field import Technique, read_field
from codellm_graph.analyses.permutation import Case, Design, significance
from codellm_graph.analyses.strength import benjamini_hochberg, clopper_pearson
from codellm_graph.store import open_store
from codellm_graph.view import load_view

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codellm_graph.analyses.field import Field

CARRIERS = (3, 5, 8, 12, 20)
PASSED_ON = (0.2, 0.4, 0.6, 0.8, 1.0)
PERMUTATIONS = 1999
#: Techniques without any inheritance that are tested beside the planted one, as in the real graph.
BESIDE = 50


class World:
    """The real units in order of time, as something to plant techniques in."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.dated = sorted(
            (u for u in field.units.values() if u.releases), key=lambda u: (u.releases[0], u.id)
        )
        self.design = Design(
            list(field.units), {u.id: u.organizations for u in field.units.values()}, field.parents
        )

    def plant(
        self, draw: random.Random, passed_on: float, wanted: int | None = None, late: bool = False
    ) -> Case:
        """Invent a technique, with about as many carriers as wanted, in the last third if late."""
        border = len(self.dated) * 2 // 3
        while True:
            first = draw.randrange(border, len(self.dated)) if late else draw.randrange(border)
            start = self.dated[first].releases[0]
            base = draw.choice((0.01, 0.02, 0.05, 0.1, 0.2))
            habits: dict[tuple[str, ...], float] = {}
            carrying: set[str] = set()
            able = [u for u in self.dated if u.releases[0] >= start]
            for i, unit in enumerate(able):
                habit = habits.setdefault(unit.organizations, draw.choice((0.0, 0.0, 1.0, 6.0)) * base)
                fashion = 0.5 + i / len(able)
                above = self.field.parents[unit.id] & carrying
                if draw.random() < habit * fashion or (above and draw.random() < passed_on):
                    carrying.add(unit.id)
            technique = Technique("technique:planted", "", "data", False, start, (start, start), None)
            case = Case(frozenset(carrying), frozenset(chances(self.field, technique, {})))
            if wanted is None and len(carrying) > 2:
                return case
            if wanted is not None and abs(len(carrying) - wanted) <= wanted // 10:
                return case


def found_at(world: World, worlds: int, passed_on: float, wanted: int, seed: int) -> tuple[int, int, int]:
    """Return how many planted techniques have q < 0.05, how many p < 0.05, and how many are untestable."""
    draw = random.Random(f"{seed} {passed_on} {wanted}")
    beside = [world.plant(draw, 0.0) for _ in range(BESIDE)]
    null = [o.p for o in significance(world.design, beside, PERMUTATIONS, seed) if o.p is not None]
    planted = [world.plant(draw, passed_on, wanted) for _ in range(worlds)]
    by_q = by_p = untestable = 0
    for outcome in significance(world.design, planted, PERMUTATIONS, seed):
        if outcome.p is None:
            untestable += 1
        else:
            by_q += benjamini_hochberg([outcome.p, *null])[0] < 0.05
            by_p += outcome.p < 0.05
    return by_q, by_p, untestable


def called(
    world: World,
    cases: Sequence[Case],
    change: Callable[[Design, Case], tuple[Design, Case]],
) -> str:
    """Return the share of techniques with p < 0.05 among the testable ones, with its interval."""
    changed = [change(world.design, case) for case in cases]
    p = [
        o.p
        for o in significance(changed[0][0], [case for _, case in changed], PERMUTATIONS)
        if o.p is not None
    ]
    found = sum(x < 0.05 for x in p)
    low, high = clopper_pearson(found, len(p))
    return f"{found / len(p):.1%} of {len(p)} ({low:.1%} to {high:.1%})"


def strata(world: World, kind: str) -> Callable[[Design, Case], tuple[Design, Case]]:
    """Return a change of the test to compare with."""
    dated = frozenset(u.id for u in world.dated)
    one = Design(world.design.units, dict.fromkeys(world.design.units, ("all",)), world.design.parents)
    years = {u.id: (u.releases[0][:4],) for u in world.dated}
    by_year = Design(
        world.design.units, {u: years.get(u, ()) for u in world.design.units}, world.design.parents
    )
    changes: dict[str, Callable[[Design, Case], tuple[Design, Case]]] = {
        "organizations, units that had the chance (as used)": lambda design, case: (design, case),
        "organizations, all units": lambda design, case: (design, Case(case.carrying, dated)),
        "years, units that had the chance": lambda _, case: (by_year, case),
        "none, units that had the chance": lambda _, case: (one, case),
    }
    return changes[kind]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown."""
    print("| " + " | ".join(head) + " |")
    print("| " + " | ".join("---" for _ in head) + " |")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def main() -> None:
    """Print all tables."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    store = open_store()
    world = World(read_field(store, load_view(store)))
    members: dict[tuple[str, ...], int] = {}
    for unit in world.field.units.values():
        members[unit.organizations] = members.get(unit.organizations, 0) + 1
    able = sum(n for makers, n in members.items() if makers and n > 1)
    print(f"{len(world.field.units)} units, of which {able} share their organizations with another;", end=" ")
    print(f"{sum(map(len, world.field.parents.values()))} edges; {worlds} techniques in each cell.\n")

    rows = []
    for wanted in CARRIERS:
        cells = []
        for passed_on in PASSED_ON:
            by_q, by_p, untestable = found_at(world, worlds, passed_on, wanted, 1)
            cells.append(f"{by_q / worlds:.0%} ({by_p / worlds:.0%}; {untestable / worlds:.0%})")
        rows.append([str(wanted), *cells])
    table(["carriers", *(f"passed on {x:.0%}" for x in PASSED_ON)], rows)

    print()
    draw = random.Random(2)
    null = [world.plant(draw, 0.0) for _ in range(10 * worlds)]
    late = [world.plant(draw, 0.0, late=True) for _ in range(10 * worlds)]
    planted = [world.plant(draw, 0.8, 12) for _ in range(2 * worlds)]
    rows = []
    for kind in (
        "organizations, units that had the chance (as used)",
        "organizations, all units",
        "years, units that had the chance",
        "none, units that had the chance",
    ):
        change = strata(world, kind)
        rows.append([kind, *(called(world, cases, change) for cases in (null, late, planted))])
    table(
        ["dealt out within", "nothing passed on", "the same, late techniques", "80% passed on, 12 carriers"],
        rows,
    )


if __name__ == "__main__":
    main()
