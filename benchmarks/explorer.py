"""Size and speed of the explorer, beside the page that pyvis writes of the same graph.

Run by hand, with the extra ``test`` and a Chromium (Debian's ``chromium``, or CHROMIUM)::

    python benchmarks/explorer.py [NODES]

It prints the sizes of the bundled graph's page with both cameras, then, for a seeded graph of NODES
(20,000 if not given), medians of one run in headless Chromium: how long it takes from opening the file
to the first frame, and how much time the main thread needs for the same drags and turns of the wheel.
pyvis gets the same positions, physics off. Goals: 700 KB with vis, 300 KB with canvas; a quarter; a fifth.
"""

from __future__ import annotations

import datetime
import os
import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import codellm_graph as cg
from codellm_graph.analyses.lineage import Lineage
from codellm_graph.present.html import to_html
from codellm_graph.present.payload import payload
from codellm_graph.present.picture import picture
from codellm_graph.view import Edge, Node, View, load_view

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RUNS = 3
WIDTH, HEIGHT = 1400, 900
#: Runs before the page's own scripts: notes when pyvis has drawn its first frame.
HOOK = """
let drawn; Object.defineProperty(window, 'network', { configurable: true, get: () => drawn, set: (made) => {
  drawn = made; made.once('afterDrawing', () => { window.firstFrame = performance.now(); }); } });
"""


def synthetic(count: int) -> View:
    """Return a forest that grows over eight years, with teachers across it."""
    chance = random.Random(7)
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for i in range(count):
        day = datetime.date(2018, 1, 1) + datetime.timedelta(days=int(3000 * (i / count) ** 0.5))
        name, maker = f"model:m{i}", f"Maker {chance.randrange(60)}"
        nodes[name] = Node(
            name,
            f"Model-{i}-{chance.choice(('Base', 'Instruct', 'Coder-7B', 'SWE'))}",
            "Model",
            day.isoformat(),
            day.isoformat(),
            chance.choice((None, "code LLM", "agentic")),
            maker,
            "MIT License",
            chance.choice(("open", "restricted", "closed")),
            chance.choice((1.0, 7.0, 32.0, 400.0)),
        )
        if i and chance.random() < 0.75:
            edges.append(Edge(f"model:m{chance.randrange(max(0, i - count // 5), i)}", name, "sftFrom", 1))
        if i and chance.random() < 0.15:
            edges.append(Edge(f"model:m{chance.randrange(i)}", name, "distilledFrom", 2))
    return View(nodes, edges, load_view(cg.load()).schema)


def pages(count: int, folder: Path) -> tuple[Path, Path]:
    """Write the same graph by our page and by pyvis; return both files."""
    from pyvis.network import Network

    view = synthetic(count)
    shown = picture(view, Lineage("", False, view.nodes, tuple(view.edges), dict.fromkeys(view.nodes, 0)))
    ours = folder / "ours.html"
    ours.write_text(to_html(payload(cg.load(), shown, "Synthetic"), title="Synthetic"), encoding="utf-8")

    # Stock pyvis, its quadratic adding of nodes gone around: only its page is measured.
    network = Network(height="100vh", width="100%", directed=True, cdn_resources="in_line")
    network.toggle_physics(False)
    for release in shown.releases.marks.values():
        x, y = shown.layout.positions[release.id]
        node = {"id": release.id, "label": release.label, "x": x, "y": y, "shape": "dot", "size": 8}
        network.nodes.append(node | {"physics": False})
    network.edges = [{"from": e.parent, "to": e.child, "arrows": "to"} for e in view.edges]
    stock = folder / "pyvis.html"
    stock.write_text(network.generate_html(notebook=False), encoding="utf-8")
    return ours, stock


def measure(browser: Browser, page_file: Path, *, stock: bool) -> tuple[float, float]:
    """Return milliseconds to the first frame, and of main thread for a fixed lot of moves."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, offline=True)
    page = context.new_page()
    page.set_default_timeout(600_000)
    if stock:
        page.add_init_script(HOOK)
    page.goto(page_file.as_uri(), wait_until="commit")
    ready = "window.firstFrame" if stock else "window.codellmGraph && window.codellmGraph.firstFrame"
    while not (first := page.evaluate(ready)):
        page.wait_for_timeout(50)
    page.wait_for_timeout(1500)
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def busy() -> float:
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))

    before = busy()
    page.mouse.move(WIDTH / 2, HEIGHT / 2)
    for step in range(10):
        page.mouse.wheel(0, -60 if step < 5 else 60)
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.mouse.down()
    for step in range(10):
        page.mouse.move(WIDTH / 2 + 12 * step, HEIGHT / 2 + 7 * step)
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.mouse.up()
    moved = 1000 * (busy() - before)
    context.close()
    return float(first), moved


def main() -> None:
    """Print the tables."""
    from playwright.sync_api import sync_playwright

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    graph = cg.load()
    for camera in ("canvas", "vis"):
        size = len(cg.to_html(graph, camera=camera).encode())
        print(f"{size / 1000:8.0f} KB  the bundled graph's page, camera {camera}", flush=True)
    candidates = (os.environ.get("CHROMIUM"), shutil.which("chromium"), shutil.which("google-chrome"))
    chromium = next((path for path in candidates if path), None)
    if chromium is None:
        sys.exit("no Chromium found: install Debian's package chromium, or set CHROMIUM to its path")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        print(f"writing {count:,} nodes twice ...", file=sys.stderr)
        ours, stock = pages(count, Path(folder))
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        rows = []
        for run in range(RUNS):
            print(f"run {run + 1} of {RUNS} ...", file=sys.stderr)
            rows.append((measure(browser, ours, stock=False), measure(browser, stock, stock=True)))
        browser.close()
        print(f"{ours.stat().st_size / 1e6:8.1f} MB  our page of {count:,} nodes")
        print(f"{stock.stat().st_size / 1e6:8.1f} MB  pyvis's")
    for n, what in enumerate(("to the first frame", "of main thread for 10 turns of the wheel and 10 moves")):
        mine, theirs = (statistics.median(row[who][n] for row in rows) for who in (0, 1))
        print(f"{mine:8.0f} ms  {mine / theirs:6.3f} x pyvis's {theirs:.0f} ms  {what}", flush=True)


if __name__ == "__main__":
    main()
