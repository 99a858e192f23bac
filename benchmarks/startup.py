"""Time the whole process ``codellm-graph lineage DeepSWE`` against two named alternatives, in one run.

(a) ``python -c pass``: the least that any Python program takes.
(b) the obvious script: rdflib parses the accepted graph, ``rdflib_to_networkx_multidigraph`` makes a graph
of it, ``nx.ancestors`` answers.

Run by hand::

    python benchmarks/startup.py [RUNS]

It prints medians and ratios; the ratios are what counts. The goals are at most 12 times (a), and at least
10 times faster than (b).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCRIPT = """
import sys
import networkx as nx
import rdflib
from rdflib.extras.external_graph_libs import rdflib_to_networkx_multidigraph

graph = rdflib.Graph().parse(sys.argv[1])
lineage = rdflib.Graph()
for s, p, o in graph.triples((None, rdflib.URIRef("https://w3id.org/codellm-graph/ns#basedOn"), None)):
    lineage.add((o, p, s))
root = rdflib.URIRef("https://w3id.org/codellm-graph/model/deepswe-preview")
for node in nx.ancestors(rdflib_to_networkx_multidigraph(lineage), root):
    print(node)
"""


def seconds(command: list[str]) -> float:
    """Time one process, its output thrown away."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Run the three commands in turn and report medians and ratios."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    tool = str(Path(sys.executable).parent / "codellm-graph")
    if not Path(tool).exists():
        sys.exit(f"{tool} is not there: install the package into this environment first, with pip install .")
    with tempfile.TemporaryDirectory() as folder:
        accepted = str(Path(folder) / "accepted.ttl")
        subprocess.run([tool, "--quiet", "export", accepted], check=True)
        commands = {
            "codellm-graph lineage DeepSWE": [tool, "lineage", "DeepSWE"],
            "(a) python -c pass": [sys.executable, "-c", "pass"],
            "(b) rdflib + networkx script": [sys.executable, "-c", SCRIPT, accepted],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for command in commands.values():
            seconds(command)  # fill caches
        for _ in range(runs):
            # In turn, so that a busy moment hits all three.
            for name, command in commands.items():
                times[name].append(seconds(command))
    medians = {name: statistics.median(values) for name, values in times.items()}
    ours, bare, script = medians.values()
    for name, median in medians.items():
        print(f"{median * 1000:9.1f} ms  {name}")
    print(f"{ours / bare:9.1f} x   (a); goal: at most 12")
    print(f"{script / ours:9.1f} x   faster than (b); goal: at least 10")


if __name__ == "__main__":
    main()
