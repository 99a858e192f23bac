"""Time the permutation test of all techniques against the plain loop over networkx, in one run.

(a) ours: ``significance``, all techniques in one pass over the same permutations.
(b) the plain loop: for each technique and permutation deal the carriers out within each organization, and
count on a ``networkx.DiGraph`` the carriers with a predecessor that carries.

Both take the same random numbers, and their p-values have to be equal. Run by hand::

    python benchmarks/permutation.py [PERMUTATIONS [RUNS]]

Processor time is measured, so that a busy machine matters less; both use one thread. The ratio is what
counts; the goal is at least 50.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from codellm_graph.analyses.carriers import carriers, chances
from codellm_graph.analyses.field import read_field
from codellm_graph.analyses.permutation import Case, Design, reason, significance
from codellm_graph.store import open_store
from codellm_graph.view import load_view

if TYPE_CHECKING:
    from collections.abc import Sequence


def cases() -> tuple[Design, list[Case]]:
    """Return the bundled graph's testable techniques."""
    store = open_store()
    field = read_field(store, load_view(store))
    design = Design(list(field.units), {u.id: u.organizations for u in field.units.values()}, field.parents)
    found = []
    for technique in field.techniques.values():
        carried = carriers(field, technique.id)
        case = Case(frozenset(carried), frozenset(chances(field, technique, carried)))
        if reason(case) is None:
            found.append(case)
    return design, found


def plain(design: Design, found: Sequence[Case], permutations: int, seed: int) -> list[float]:
    """Test each technique as the definition reads."""
    graph = nx.DiGraph()
    graph.add_nodes_from(design.units)
    graph.add_edges_from((p, child) for child, above in design.parents.items() for p in above)
    members: dict[tuple[str, ...], list[str]] = {}
    for unit in design.units:
        if design.strata[unit]:
            members.setdefault(design.strata[unit], []).append(unit)

    def statistic(carrying: set[str], eligible: frozenset[str]) -> int:
        return sum(
            any(p in carrying for p in graph.predecessors(unit)) for unit in carrying if unit in eligible
        )

    p = []
    for case in found:
        carrying, eligible = frozenset(case.carrying), frozenset(case.eligible)
        strata = []
        for units in members.values():
            able = [u for u in units if u in eligible]
            number = sum(u in carrying for u in able)
            if 0 < number < len(able):
                strata.append((able, number))
        fixed = carrying - {u for able, _ in strata for u in able}
        observed = statistic(set(carrying), eligible)
        reached = 0
        generator = np.random.Generator(np.random.PCG64(seed))
        for _ in range(permutations):
            key = dict(zip(design.units, generator.random(len(design.units)).tolist(), strict=True))
            dealt = set(fixed)
            for able, number in strata:
                dealt.update(sorted(able, key=key.__getitem__)[:number])
            reached += statistic(dealt, eligible) >= observed
        p.append((1 + reached) / (permutations + 1))
    return p


def main() -> None:
    """Run both in turn and report medians and the ratio."""
    permutations = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    design, found = cases()
    significance(design, found, 100)  # fill caches
    ours, loop = [], []
    for seed in range(runs):
        start = time.process_time()
        outcomes = significance(design, found, permutations, seed)
        ours.append(time.process_time() - start)
        start = time.process_time()
        expected = plain(design, found, permutations, seed)
        loop.append(time.process_time() - start)
        different = [
            (o.p, p) for o, p in zip(outcomes, expected, strict=True) if o.p is not None and o.p != p
        ]
        if different:
            raise SystemExit(f"p-values differ at seed {seed}: {different}")
    mine, plains = statistics.median(ours), statistics.median(loop)
    edges = sum(map(len, design.parents.values()))
    print(f"{len(design.units)} units, {edges} edges, {len(found)} techniques, {permutations} permutations")
    print(f"{mine:9.2f} s  ours")
    print(f"{plains:9.2f} s  plain loop over networkx, the same p-values")
    print(f"{plains / mine:9.1f} x  faster; goal: at least 50")


if __name__ == "__main__":
    main()
