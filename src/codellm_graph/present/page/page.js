"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = new Map(data.nodes.map((n) => [n.id, n]));
  const ups = new Map(), downs = new Map();
  const push = (map, key, value) => map.has(key) ? map.get(key).push(value) : map.set(key, [value]);
  for (const e of data.edges) { push(ups, e.to, e); push(downs, e.from, e); }
  const state = { selected: null, edge: null, direction: "both", hidden: new Set(), dark: matchMedia("(prefers-color-scheme: dark)").matches };
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const shade = (pair) => pair[state.dark ? 1 : 0];

  // Everything is built from text: nothing of the data is ever read as markup.
  function el(tag, properties = {}, ...children) {
    const node = document.createElement(tag);
    for (const [k, v] of Object.entries(properties)) k.startsWith("on") ? node.addEventListener(k.slice(2), v) : k in node ? node[k] = v : node.setAttribute(k, v);
    node.append(...children);
    return node;
  }
  function link(url, text) {
    return /^https?:\/\//i.test(url) ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text) : document.createTextNode(text);
  }

  // --- what is lit up ---------------------------------------------------------------------------
  const shown = (e) => !state.hidden.has(e.relation);
  function reach(start, map, far) {
    const seen = new Set([start]), edges = new Set(), todo = [start];
    while (todo.length) for (const e of map.get(todo.pop()) || []) if (shown(e)) {
      edges.add(e.id);
      if (!seen.has(far(e))) { seen.add(far(e)); todo.push(far(e)); }
    }
    return { seen, edges };
  }
  let lit = null;
  function relight() {
    lit = null;
    if (state.selected !== null) {
      const up = reach(state.selected, ups, (e) => e.from), down = reach(state.selected, downs, (e) => e.to);
      const parts = { up: [up], down: [down], both: [up, down] }[state.direction];
      lit = { nodes: new Set(parts.flatMap((p) => [...p.seen])), edges: new Set(parts.flatMap((p) => [...p.edges])) };
    } else if (state.edge !== null) {
      const e = data.edges[state.edge];
      lit = { nodes: new Set([e.from, e.to]), edges: new Set([e.id]) };
    }
  }

  // --- drawing ----------------------------------------------------------------------------------
  function outline(ctx, shape, x, y, r) {
    ctx.beginPath();
    const points = { triangle: [[0, -1.1], [1, 0.8], [-1, 0.8]], triangleDown: [[0, 1.1], [1, -0.8], [-1, -0.8]], square: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]], diamond: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]] }[shape];
    if (!points) { ctx.arc(x, y, r * 0.9, 0, 2 * Math.PI); return; }
    points.forEach(([px, py], i) => i ? ctx.lineTo(x + px * r, y + py * r) : ctx.moveTo(x + px * r, y + py * r));
    ctx.closePath();
  }
  function renderer({ ctx, id, x, y, state: { selected, hover } }) {
    const node = byId.get(id), on = !lit || lit.nodes.has(id), r = node.size;
    return {
      drawNode() {
        ctx.save();
        ctx.globalAlpha = on ? 1 : 0.18;
        outline(ctx, node.drawn, x, y, r);
        ctx.fillStyle = shade(data.openness[node.openness]);
        ctx.fill();
        ctx.lineWidth = selected || id === data.root ? 3 : 1;
        ctx.strokeStyle = selected || hover || id === data.root ? css("--ink") : css("--paper");
        ctx.stroke();
        if (on) {
          ctx.font = (selected || id === data.root ? "600 " : "") + "12px system-ui, sans-serif";
          ctx.textBaseline = "middle";
          ctx.lineWidth = 3; ctx.strokeStyle = css("--paper"); ctx.lineJoin = "round";
          ctx.strokeText(node.label, x + r + 5, y); ctx.fillStyle = css("--ink"); ctx.fillText(node.label, x + r + 5, y);
        }
        ctx.restore();
      },
      nodeDimensions: { width: 2 * r + 4, height: 2 * r + 4 },
    };
  }
  function edgeLook(e) {
    const style = data.styles[e.relation], on = !lit || lit.edges.has(e.id);
    return { color: { color: shade(style), opacity: on ? 1 : 0.08, hover: shade(style), highlight: shade(style) }, dashes: style[2].length ? style[2] : false, hidden: !shown(e), width: lit && on ? 2.4 : 1.5 };
  }
  const nodes = new vis.DataSet(data.nodes.map((n) => ({ id: n.id, x: n.x, y: n.y, title: n.title, shape: "custom", ctxRenderer: renderer })));
  for (const n of data.nodes) n.drawn = n.shape;
  const edges = new vis.DataSet(data.edges.map((e) => ({ id: e.id, from: e.from, to: e.to, title: e.title, ...edgeLook(e) })));
  const network = new vis.Network(document.getElementById("canvas"), { nodes, edges }, {
    physics: false, layout: { improvedLayout: false },
    interaction: { hover: true, tooltipDelay: 120, dragNodes: false, keyboard: { enabled: true, bindToWindow: false } },
    nodes: { fixed: true, chosen: false },
    edges: { arrows: { to: { enabled: true, scaleFactor: 0.5 } }, chosen: false, smooth: { enabled: true, type: "cubicBezier", forceDirection: "horizontal", roundness: 0.45 } },
  });
  network.on("beforeDrawing", (ctx) => {
    const scale = network.getScale(), top = network.DOMtoCanvas({ x: 0, y: 0 }), bottom = network.DOMtoCanvas({ x: 0, y: document.getElementById("canvas").clientHeight });
    ctx.save();
    ctx.font = `${12 / scale}px system-ui, sans-serif`; ctx.textAlign = "center"; ctx.textBaseline = "top";
    const marks = data.ticks.map(([x, label]) => [x, label]);
    if (data.undated !== null) marks.push([data.undated, "no date"]);
    let last = -Infinity;
    for (const [x, label] of marks.sort((a, b) => a[0] - b[0])) {
      ctx.strokeStyle = css("--line"); ctx.lineWidth = (/^\d/.test(label) ? 1.4 : 0.6) / scale;
      ctx.beginPath(); ctx.moveTo(x, top.y); ctx.lineTo(x, bottom.y); ctx.stroke();
      if ((x - last) * scale > 44) { ctx.fillStyle = css("--soft"); ctx.fillText(label, x, top.y + 6 / scale); last = x; }
    }
    ctx.restore();
  });
  function redraw() {
    relight();
    edges.update(data.edges.map((e) => ({ id: e.id, ...edgeLook(e) })));
    network.redraw();
  }

  // --- legend -----------------------------------------------------------------------------------
  const svgNode = (tag, attributes) => { const n = document.createElementNS("http://www.w3.org/2000/svg", tag); for (const [k, v] of Object.entries(attributes)) n.setAttribute(k, v); return n; };
  function swatch(width, child) { const s = svgNode("svg", { width, height: 16, "aria-hidden": "true" }); s.append(child); return s; }
  const words = (name) => name.replace(/([A-Z])/g, " $1").toLowerCase();
  function legend() {
    const box = document.getElementById("legend");
    const count = (test, list) => list.filter(test).length;
    box.replaceChildren(el("h2", {}, "Relation, parent to child"));
    for (const [relation, style] of Object.entries(data.styles)) {
      const line = svgNode("line", { x1: 0, y1: 8, x2: 34, y2: 8, stroke: shade(style), "stroke-width": 2.4, "stroke-dasharray": style[2].join(" ") });
      const tick = el("input", { type: "checkbox", checked: !state.hidden.has(relation), onchange: (event) => { event.target.checked ? state.hidden.delete(relation) : state.hidden.add(relation); redraw(); } });
      box.append(el("label", { className: "row" }, tick, swatch(34, line), words(relation), el("span", { className: "count" }, String(count((e) => e.relation === relation, data.edges)))));
    }
    box.append(el("h2", {}, "Stage, by shape"));
    for (const [stage, shape] of [...Object.entries(data.shapes), ["", "dot"]]) {
      const n = count((x) => x.stage === stage, data.nodes);
      if (!n) continue;
      const mark = { triangle: ["polygon", { points: "8,2 14,13 2,13" }], triangleDown: ["polygon", { points: "8,14 14,3 2,3" }], square: ["rect", { x: 3, y: 3, width: 10, height: 10 }], diamond: ["polygon", { points: "8,1 15,8 8,15 1,8" }], dot: ["circle", { cx: 8, cy: 8, r: 5 }] }[shape];
      box.append(el("div", { className: "row" }, swatch(16, svgNode(mark[0], { ...mark[1], fill: css("--soft") })), stage || "no stage", el("span", { className: "count" }, String(n))));
    }
    box.append(el("h2", {}, "Licence, by colour"));
    for (const [name, pair] of Object.entries(data.openness)) {
      const n = count((x) => x.openness === name, data.nodes);
      if (n) box.append(el("div", { className: "row" }, swatch(16, svgNode("circle", { cx: 8, cy: 8, r: 6, fill: shade(pair) })), name, el("span", { className: "count" }, String(n))));
    }
    box.append(el("p", { className: "soft" }, "Size of a mark: parameters. Click a model or an edge to read who says so."));
  }

  // --- details ----------------------------------------------------------------------------------
  const panel = document.getElementById("details");
  function notes() {
    const used = [];
    return {
      mark(numbers) {
        const sup = el("sup");
        for (const n of numbers) { if (!used.includes(n)) used.push(n); sup.append(" ", link(data.sources[n][2], String(used.indexOf(n) + 1))); }
        return sup;
      },
      list() {
        return el("ol", {}, ...used.map((n) => { const [title, place, url, grade] = data.sources[n]; return el("li", {}, link(url, title), ` ${place}`, grade ? ` (grade ${grade})` : ""); }));
      },
    };
  }
  const jump = (id) => el("button", { type: "button", className: "link", onclick: () => select(id, true) }, byId.get(id).label);
  function edgeLine(e, other, note) { return el("li", {}, el("span", { className: "property" }, words(e.relation)), jump(other), note.mark(data.cited[e.id])); }
  function showNode(id) {
    const node = byId.get(id), note = notes();
    const parents = (ups.get(id) || []).filter(shown), children = (downs.get(id) || []).filter(shown);
    panel.replaceChildren(el("h2", {}, node.label), el("p", { className: "soft" }, node.title.split("\n").slice(1).join(" · ")));
    if (parents.length) panel.append(el("h2", {}, `Comes from (${parents.length})`), el("ul", {}, ...parents.map((e) => edgeLine(e, e.from, note))));
    if (children.length) panel.append(el("h2", {}, `Went into (${children.length})`), el("ul", {}, ...children.map((e) => edgeLine(e, e.to, note))));
    const total = [reach(id, ups, (e) => e.from).seen.size - 1, reach(id, downs, (e) => e.to).seen.size - 1];
    panel.append(el("p", { className: "soft" }, `${total[0]} ancestors, ${total[1]} descendants shown here`), el("h2", {}, "Statements"));
    panel.append(el("ul", {}, ...(data.statements[id] || []).map(([property, value, accepted, rule, cited]) =>
      el("li", { className: accepted ? "" : "rejected" }, el("span", { className: "property" }, property), value, rule ? el("span", { className: "soft" }, ` (by rule: ${rule})`) : note.mark(cited)))));
    panel.append(el("h2", {}, "Sources"), note.list());
  }
  function showEdge(number) {
    const e = data.edges[number], note = notes();
    panel.replaceChildren(el("h2", {}, words(e.relation)), el("dl", {}, el("dt", {}, "child"), el("dd", {}, jump(e.to)), el("dt", {}, "parent"), el("dd", {}, jump(e.from)), el("dt", {}, "evidence"), el("dd", {}, e.grade ? `grade ${e.grade}` : "not graded", note.mark(data.cited[e.id]))), el("h2", {}, "Sources"), note.list());
  }
  function showNothing() {
    panel.replaceChildren(el("h2", {}, data.title), el("p", {}, `${data.nodes.length} models, ${data.edges.length} lineage edges. Time runs from left to right.`), el("p", { className: "soft" }, "Select a model to see where it comes from, what it went into, and who says so."), el("h2", {}, "Models"), el("ul", {}, ...[...data.nodes].sort((a, b) => a.label.localeCompare(b.label)).map((n) => el("li", {}, jump(n.id)))));
  }

  // --- interaction ------------------------------------------------------------------------------
  function select(id, move) {
    state.selected = id; state.edge = null;
    id === null ? network.unselectAll() : network.selectNodes([id], false);
    id === null ? showNothing() : showNode(id);
    redraw();
    if (move && id !== null) look(id);
  }
  // Show the whole lineage of the selection where its labels stay readable, else the model itself.
  function look(id) {
    const box = document.getElementById("canvas"), on = [...lit.nodes].map((n) => byId.get(n));
    const left = Math.min(...on.map((n) => n.x)) - 40, right = Math.max(...on.map((n) => n.x)) + 190;
    const top = Math.min(...on.map((n) => n.y)) - 50, bottom = Math.max(...on.map((n) => n.y)) + 40;
    const scale = Math.min(box.clientWidth / (right - left), box.clientHeight / (bottom - top), 1.2);
    const whole = scale >= 0.45, node = byId.get(id);
    network.moveTo({ position: whole ? { x: (left + right) / 2, y: (top + bottom) / 2 } : { x: node.x, y: node.y }, scale: whole ? scale : 0.8, animation: !matchMedia("(prefers-reduced-motion: reduce)").matches && { duration: 350 } });
  }
  network.on("click", (event) => {
    if (event.nodes.length) select(event.nodes[0], false);
    else if (event.edges.length) { state.selected = null; state.edge = event.edges[0]; showEdge(state.edge); redraw(); }
    else select(null, false);
  });
  const names = document.getElementById("names");
  for (const n of data.nodes) names.append(el("option", { value: n.label }));
  const fold = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  document.getElementById("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = fold(document.getElementById("query").value);
    const hit = data.nodes.find((n) => fold(n.label) === wanted) || data.nodes.find((n) => fold(n.label).includes(wanted));
    if (wanted && hit) select(hit.id, true);
  });
  document.getElementById("query").addEventListener("change", () => document.getElementById("search").requestSubmit());
  for (const button of document.querySelectorAll("#directions button")) button.addEventListener("click", () => {
    state.direction = button.dataset.direction;
    for (const other of document.querySelectorAll("#directions button")) other.setAttribute("aria-pressed", String(other === button));
    redraw();
  });
  // The extent with the labels, which vis does not know of.
  const measure = document.createElement("canvas").getContext("2d");
  measure.font = "600 12px system-ui, sans-serif";
  const extent = { left: Math.min(...data.nodes.map((n) => n.x)) - 30, right: Math.max(...data.nodes.map((n) => n.x + n.size + 12 + measure.measureText(n.label).width)), top: Math.min(...data.nodes.map((n) => n.y)) - 60, bottom: Math.max(...data.nodes.map((n) => n.y)) + 30 };
  // A whole graph is far taller than a screen: start where its labels can be read.
  function fit(all) {
    const box = document.getElementById("canvas"), width = extent.right - extent.left, height = extent.bottom - extent.top;
    const scale = Math.min(box.clientWidth / width, box.clientHeight / height, 1.5);
    if (all || scale > 0.6) { network.moveTo({ position: { x: extent.left + width / 2, y: extent.top + height / 2 }, scale }); return; }
    const anchor = byId.get(data.root) || data.nodes.reduce((a, b) => a.x > b.x ? a : b), near = 0.8;
    network.moveTo({ position: { x: data.root ? anchor.x : extent.right - box.clientWidth / near / 2, y: Math.max(anchor.y, extent.top + box.clientHeight / near / 2) }, scale: near });
  }
  document.getElementById("fit").addEventListener("click", () => fit(true));
  function theme() { document.documentElement.dataset.theme = state.dark ? "dark" : "light"; legend(); redraw(); }
  document.getElementById("theme").addEventListener("click", () => { state.dark = !state.dark; theme(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement.tagName !== "INPUT") { event.preventDefault(); document.getElementById("query").focus(); }
    if (event.key === "Escape") select(null, false);
  });
  theme(); fit(false);
  data.root && byId.has(data.root) ? select(data.root, false) : showNothing();
  // For tests and for whoever scripts the page.
  window.codellmGraph = { network, data, state, select, get lit() { return lit && { nodes: [...lit.nodes], edges: [...lit.edges] }; } };
})();
