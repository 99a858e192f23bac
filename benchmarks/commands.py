"""Time the whole process of each analysis against a bare interpreter start, in one run.

Run by hand, after installing the package::

    python benchmarks/commands.py [RUNS]

It prints medians and their ratio to ``python -c pass``. The goal is at most 30 times; ``spread`` is apart,
because it runs 10,000 permutations (see ``permutation.py``).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

COMMANDS = (
    ["lineage", "DeepSWE"],
    ["lineage", "Qwen2.5-32B", "--down", "--cite"],
    ["find", "coder"],
    ["show", "DeepCoder"],
    ["compare", "DeepCoder", "DeepSWE"],
    ["exposure", "LiveCodeBench"],
    ["exposure", "DeepCoder-14B-Preview"],
    ["licenses", "Kimi-Dev-72B"],
    ["licenses", "--all"],
    ["disputes"],
    ["audit", "--coverage"],
    ["audit"],
    ["stats"],
    ["spread", "FIM"],
)


def seconds(command: list[str]) -> float:
    """Time one process, its output thrown away."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Time each command in turn and print ratios."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    tool = str(Path(sys.executable).parent / "codellm-graph")
    if not Path(tool).exists():
        sys.exit(f"{tool} is not there: install the package into this environment first, with pip install .")
    for command in COMMANDS:
        seconds([tool, *command])  # builds the graph and its projections
        times = [(seconds([sys.executable, "-c", "pass"]), seconds([tool, *command])) for _ in range(runs)]
        bare, ours = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"{ours * 1000:8.0f} ms  {ours / bare:6.1f} x  {' '.join(command)}", flush=True)


if __name__ == "__main__":
    main()
