"""Compare the time-clade layout with three others, all measured by the same counting.

(a) graphviz ``dot``, left to right, once with the nodes of a quarter on one rank, once without dates.
(b) ``networkx.multipartite_layout``, a layer for each quarter, straight edges.
(c) ``elkjs``, layered, left to right, once with a partition for each quarter, once without dates.

Each is given the same nodes, edges and sizes of labels, and is otherwise left as it comes. Processor time is
measured, so that a busy machine matters less; of ``dot`` it is that of the whole process. Run by hand::

    python benchmarks/layout.py [LARGEST [SECONDS]]

The first table is the bundled graph, as the releases that a picture shows and as every model for itself; the
second grows invented forests up to LARGEST nodes (20000). A layout that takes longer than SECONDS (120) is
given up. ``dot`` and ``node`` have to be on the path; elkjs is fetched by npm into a temporary folder.
"""

from __future__ import annotations

import datetime
import json
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx

from codellm_graph.analyses.lineage import everything
from codellm_graph.present.geometry import LABEL_GAP, Box, flat
from codellm_graph.present.layout import ROW, time_clade
from codellm_graph.present.lettering import SIZE, width
from codellm_graph.present.picture import picture
from codellm_graph.present.reading import measure
from codellm_graph.store import open_store
from codellm_graph.view import Edge, Node, load_view, relations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from codellm_graph.present.geometry import Path as Way
    from codellm_graph.present.layout import Dated, Layout
    from codellm_graph.view import View

ELK = "elkjs@0.12.1"
GAP = 32.0  # between layers that do not say themselves how far they stand apart
MEASURED = 1000  # nodes up to which all are compared

LAYERED = """
const ELK = require("elkjs");
const graph = JSON.parse(require("fs").readFileSync(0, "utf8"));
const start = process.cpuUsage();
new ELK().layout(graph).then((found) => {
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  process.stdout.write(JSON.stringify({ seconds, nodes: found.children, edges: found.edges }));
});
"""


class Graph(NamedTuple):
    """What is drawn: nodes by name, and each pair of parent and child once."""

    nodes: Mapping[str, Dated]
    edges: list[tuple[str, str]]


class Drawn(NamedTuple):
    """A drawing, and how long it took."""

    seconds: float
    paths: list[Way]
    boxes: dict[str, Box]


class Failed(Exception):
    """Says why there is no drawing."""


def quarter(node: Dated) -> int:
    """Return the number of the quarter of a release, what has no date last."""
    if not node.earliest:
        return 9999 * 4
    day = datetime.date.fromisoformat(node.earliest)
    return day.year * 4 + (day.month - 1) // 3


def label(node: Dated, left: float, middle: float) -> Box:
    """Return the room of a label right of a mark."""
    return Box(left + LABEL_GAP, middle - SIZE / 2, left + LABEL_GAP + width(node.label), middle + SIZE / 2)


def extent(node: Dated) -> float:
    """Return the width of a mark and its label."""
    return LABEL_GAP + width(node.label)


def ours(graph: Graph, layout: Callable[[], Layout]) -> Drawn:
    """Draw with time-clade, several times while that is quick."""
    seconds: list[float] = []
    while sum(seconds) < 1 and len(seconds) < 9:
        start = time.process_time()
        found = layout()
        seconds.append(time.process_time() - start)
    paths = [found.path(*ends) for ends in graph.edges]
    return Drawn(statistics.median(seconds), paths, found.boxes(graph.nodes))


def dot(graph: Graph, most: float, *, dated: bool) -> Drawn:
    """Draw with graphviz."""
    if not shutil.which("dot"):
        raise Failed("no dot on the path; on Debian or Ubuntu: apt-get install graphviz")
    number = {i: f"n{n}" for n, i in enumerate(graph.nodes)}
    lines = ["digraph {", "rankdir=LR", 'node [shape=box, fixedsize=true, label=""]', "edge [dir=none]"]
    for i, node in graph.nodes.items():
        lines.append(f"{number[i]} [width={extent(node) / 72:.4f}, height={SIZE / 72:.4f}]")
    if dated:
        quarters = sorted({quarter(n) for n in graph.nodes.values()})
        lines += [f"q{q} [style=invis, width=0.01, height=0.01]" for q in quarters]
        lines += [f"q{a} -> q{b} [style=invis]" for a, b in pairwise(quarters)]
        for q in quarters:
            same = "; ".join(number[i] for i, node in graph.nodes.items() if quarter(node) == q)
            lines.append(f"{{ rank=same; q{q}; {same} }}")
    lines += [f"{number[p]} -> {number[c]}" for p, c in graph.edges]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    text = process(["dot", "-Tplain"], "\n".join([*lines, "}"]), most)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    name = {n: i for i, n in number.items()}
    boxes, paths = {}, []
    for kind, *words in map(str.split, text.splitlines()):
        if kind == "node" and words[0] in name:
            i = name[words[0]]
            x, y, wide = (72 * float(w) for w in words[1:4])
            boxes[i] = label(graph.nodes[i], x - wide / 2, y)
        elif kind == "edge" and words[0] in name:
            ends = [72 * float(w) for w in words[3 : 3 + 2 * int(words[2])]]
            points = list(zip(ends[::2], ends[1::2], strict=True))
            way = points[:1]
            for n in range(0, len(points) - 1, 3):
                a, b, c, d = points[n : n + 4]
                way += flat((a, b, c, d))[1:]
            paths.append((name[words[0]], name[words[1]], way))
    return Drawn(seconds, paths, boxes)


def process(command: list[str], text: str, most: float) -> str:
    """Return what a program makes of a text."""
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, encoding="utf-8", timeout=most, check=True
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"given up after {most:.0f} s") from None
    except subprocess.CalledProcessError as error:
        raise Failed(f"{Path(command[0]).name} failed: {error.stderr.strip()[-200:]}") from None
    return done.stdout


def multipartite(graph: Graph) -> Drawn:
    """Draw with networkx; its unit square is stretched until labels of neighbouring places keep apart."""
    start = time.process_time()
    drawn = nx.DiGraph(graph.edges)
    members: dict[int, list[str]] = {}
    for i, node in graph.nodes.items():
        drawn.add_node(i)
        members.setdefault(quarter(node), []).append(i)
    # Lists of nodes: of an attribute it would make sets, in another order in each run.
    unit = nx.multipartite_layout(drawn, subset_key=members)
    seconds = time.process_time() - start

    def scale(values: Iterable[float], step: float) -> float:
        apart = [b - a for a, b in pairwise(sorted({round(float(v), 9) for v in values}))]
        return step / min(apart, default=1.0)

    across = scale((p[0] for p in unit.values()), GAP + max(map(extent, graph.nodes.values())))
    down = min(scale((unit[i][1] for i in layer), ROW) for layer in members.values() if len(layer) > 1)
    at = {i: (float(x) * across, float(y) * down) for i, (x, y) in unit.items()}
    boxes = {i: label(node, *at[i]) for i, node in graph.nodes.items()}
    return Drawn(seconds, [(p, c, [at[p], at[c]]) for p, c in graph.edges], boxes)


def elk(graph: Graph, folder: str, most: float, *, dated: bool) -> Drawn:
    """Draw with elkjs."""
    if not Path(folder, "node_modules", "elkjs").exists():
        raise Failed("no elkjs; put node and npm on the path, with a registry that npm can reach")
    number = {i: str(n) for n, i in enumerate(graph.nodes)}
    quarters = {q: n for n, q in enumerate(sorted({quarter(n) for n in graph.nodes.values()}))}
    options = {"elk.algorithm": "layered", "elk.direction": "RIGHT"}
    if dated:
        # Components that are drawn apart would each have a time of their own.
        options |= {"elk.partitioning.activate": "true", "elk.separateConnectedComponents": "false"}
    children = [
        {
            "id": number[i],
            "width": extent(node),
            "height": SIZE,
            "layoutOptions": {"elk.partitioning.partition": str(quarters[quarter(node)])} if dated else {},
        }
        for i, node in graph.nodes.items()
    ]
    edges = [
        {"id": f"e{n}", "sources": [number[p]], "targets": [number[c]]}
        for n, (p, c) in enumerate(graph.edges)
    ]
    asked = {"id": "root", "layoutOptions": options, "children": children, "edges": edges}
    script = Path(folder) / "layered.js"
    script.write_text(LAYERED, encoding="utf-8")
    found = json.loads(process(["node", str(script)], json.dumps(asked), most))
    boxes = {
        i: label(graph.nodes[i], node["x"], node["y"] + SIZE / 2)
        for i, node in zip(graph.nodes, found["nodes"], strict=True)
    }
    paths = []
    for (parent, child), edge in zip(graph.edges, found["edges"], strict=True):
        (section,) = edge["sections"]
        points = [section["startPoint"], *section.get("bendPoints", ()), section["endPoint"]]
        paths.append((parent, child, [(p["x"], p["y"]) for p in points]))
    return Drawn(found["seconds"], paths, boxes)


def fetched(folder: str) -> None:
    """Put elkjs into a folder, if it can be had."""
    if shutil.which("npm") and shutil.which("node"):
        command = ["npm", "install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", ELK]
        print(f"fetching {ELK} ...", file=sys.stderr)
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)


def row(name: str, draw: Callable[[], Drawn]) -> None:
    """Print one line of the table."""
    print(f"{name} ...", file=sys.stderr)
    try:
        drawn = draw()
    except Failed as failure:
        print(f"{name:36} {failure}", flush=True)
        return
    found = measure(drawn.paths, drawn.boxes)
    size = f"{found.width:.0f} x {found.height:.0f}"
    print(
        f"{name:36} {drawn.seconds:8.3f} {found.crossings:9} {found.through_labels:14} "
        f"{found.overlapping:11}  {size}",
        flush=True,
    )


def table(title: str, graph: Graph, layout: Callable[[], Layout], folder: str, most: float) -> None:
    """Print how all draw one graph."""
    print(f"\n{title}: {len(graph.nodes)} nodes, {len(graph.edges)} edges")
    print(
        f"{'':36} {'seconds':>8} {'crossings':>9} {'through labels':>14} {'overlapping':>11}  width x height"
    )
    row("time-clade", lambda: ours(graph, layout))
    row("(a) dot, ranks by quarter", lambda: dot(graph, most, dated=True))
    row("(a) dot, no dates", lambda: dot(graph, most, dated=False))
    row("(b) networkx multipartite, by quarter", lambda: multipartite(graph))
    row("(c) elkjs layered, by quarter", lambda: elk(graph, folder, most, dated=True))
    row("(c) elkjs layered, no dates", lambda: elk(graph, folder, most, dated=False))


def releases(view: View) -> tuple[Graph, Callable[[], Layout]]:
    """Return the bundled graph as a picture shows it when it opens."""
    lineage = everything(view)
    shown = picture(view, lineage)
    edges = sorted({(i.parent, i.child) for i in shown.releases.links if i not in shown.quiet})
    return Graph(shown.releases.marks, edges), lambda: picture(view, lineage).layout


def models(view: View) -> tuple[Graph, Callable[[], Layout]]:
    """Return the bundled graph with every model for itself."""
    lineage = everything(view)
    weights = relations(view.schema, "weightsFrom")
    edges = sorted({(e.parent, e.child) for e in lineage.edges})
    return Graph(lineage.nodes, edges), lambda: time_clade(lineage.nodes, lineage.edges, weights)


def forest(count: int) -> tuple[Graph, Callable[[], Layout]]:
    """Return invented models of six years: lines of descent, and for every fifth an edge across them."""
    chance = random.Random(count)
    start = datetime.date(2020, 1, 1).toordinal()
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for n in range(count):
        day = datetime.date.fromordinal(start + n * 2190 // count).isoformat()
        name = f"m{n:05}"
        nodes[name] = Node(name, f"Model-{n}"[: chance.randint(5, 11)] + "-Coder", "Model", day, day)
        if n and chance.random() < 0.7:
            before = max(n - 1 - int(chance.expovariate(1 / (3 + count / 20))), 0)
            edges.append(Edge(f"m{before:05}", name, "sftFrom"))
        if n and chance.random() < 0.2:
            edges.append(Edge(f"m{chance.randrange(n):05}", name, "distilledFrom"))
    pairs = sorted({(e.parent, e.child) for e in edges})
    return Graph(nodes, pairs), lambda: time_clade(nodes, edges, {"sftFrom"})


def growth(largest: int, most: float) -> None:
    """Print how time and crossings grow with the size of a graph."""
    print("\nInvented forests; seconds and, where counted, crossings")
    heads = f"{'time-clade':>20} {'per node':>10} {'(a) dot':>20} {'(b) multipartite':>20}"
    print(f"{'nodes':>6} {'edges':>6} {heads}")
    for count in (n for n in (300, 1000, 2000, 5000, 10_000, 20_000) if n <= largest):
        print(f"forest of {count} ...", file=sys.stderr)
        graph, layout = forest(count)
        draws = [ours(graph, layout)]
        cells = [f"{draws[0].seconds:8.3f}"]
        for draw in (lambda g: dot(g, most, dated=True), multipartite) if count <= MEASURED else ():
            try:
                draws.append(draw(graph))
                cells.append(f"{draws[-1].seconds:8.3f}")
            except Failed as failure:
                cells.append(str(failure))
        if count <= MEASURED:
            counts = iter([measure(drawn.paths, drawn.boxes).crossings for drawn in draws])
            cells = [f"{cell} {next(counts):8}" if cell.strip()[0].isdigit() else cell for cell in cells]
        cells.insert(1, f"{draws[0].seconds / count * 1e6:.0f} us")
        rest = " ".join(f"{cell:>20}" for cell in cells[2:])
        print(f"{count:6} {len(graph.edges):6} {cells[0]:>20} {cells[1]:>10} {rest}".rstrip(), flush=True)


def main() -> None:
    """Print both tables."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    most = float(sys.argv[2]) if len(sys.argv) > 2 else 120.0
    view = load_view(open_store())
    forest(50)[1]()  # load numpy
    with tempfile.TemporaryDirectory() as folder:
        fetched(folder)
        table("The bundled graph, releases", *releases(view), folder, most)
        table("The bundled graph, every model", *models(view), folder, most)
    growth(largest, most)


if __name__ == "__main__":
    main()
