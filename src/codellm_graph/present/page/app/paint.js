// Painting: the same strokes on a canvas and as SVG. A pen is whatever has the methods of a 2D context.
const night = matchMedia("(prefers-color-scheme: dark)");
const dark = () => (state.theme === "auto" ? night.matches : state.theme === "dark");
const INK = {
  light: { paper: "#ffffff", ink: "#16191d", soft: "#59616c", grid: "#e7eaee", strong: "#cfd5dc", ring: "#16191d", inherited: "#1F5FBF", taken: "#C8440C", undated: "#757b85", direct: "#C8440C", ancestor: "#1F5FBF", teacher: "#8F3F97", first: "#1F5FBF", second: "#C8440C", both: "#8F3F97" },
  dark: { paper: "#0f1317", ink: "#edf0f3", soft: "#a4adb8", grid: "#1f262d", strong: "#36404a", ring: "#ffffff", inherited: "#6FA8FF", taken: "#FF8A5B", undated: "#9AA3AE", direct: "#FF8A5B", ancestor: "#6FA8FF", teacher: "#D78BE0", first: "#6FA8FF", second: "#FF8A5B", both: "#D78BE0" },
};
const ink = () => INK[dark() ? "dark" : "light"];
const shade = (pair) => pair[dark() ? 2 : 1];
const strokeOf = (relation) => (dark() ? relation.dark : relation.light);

const OUTLINES = {
  triangle: [[0, -1.1], [1, 0.8], [-1, 0.8]], triangleDown: [[0, 1.1], [1, -0.8], [-1, -0.8]],
  square: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]], diamond: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
  hexagon: [[-0.5, -0.9], [0.5, -0.9], [1, 0], [0.5, 0.9], [-0.5, 0.9], [-1, 0]],
};

function outline(pen, shape, x, y, r) {
  const points = OUTLINES[shape];
  if (!points) { pen.moveTo(x + r * 0.9, y); pen.arc(x, y, r * 0.9, 0, 2 * Math.PI); return; }
  points.forEach(([px, py], i) => (i ? pen.lineTo(x + px * r, y + py * r) : pen.moveTo(x + px * r, y + py * r)));
  pen.closePath();
}

/** How what a mode says of a mark is told apart without its colour: full, or with a hole, or hollow, or a ring. */
const TONE_LOOKS = { taken: "full", direct: "full", first: "full", inherited: "eye", ancestor: "eye", second: "eye", undated: "hollow", teacher: "hollow", both: "target" };
function paintTone(pen, m, x, y, r) {
  const c = ink(), look = TONE_LOOKS[m.tone], part = (shape, size, fill) => { pen.beginPath(); outline(pen, shape, x, y, size); pen.fillStyle = fill; pen.fill(); };
  if (look === "eye") part("dot", r * 0.48, c.paper);
  else if (look !== "full") part(m.shape, r * 0.62, c.paper);
  if (look === "target") part("dot", r * 0.36, c[m.tone]);
}

/** Draws the time axis; its words keep to the top of the picture. */
function paintAxis(pen, view, width, height) {
  const c = ink(), ticks = graph.ticks.map(([x, label]) => ({ x: (x - view.x) * view.s, label, year: /^\d/.test(label) }));
  if (graph.undated !== null) ticks.push({ x: (graph.undated - view.x) * view.s, label: t("noDate"), year: true });
  pen.lineWidth = 1;
  for (const tick of ticks) {
    if (tick.x < -2 || tick.x > width + 2 || (!tick.year && view.s < 0.25)) continue;
    pen.strokeStyle = tick.year ? c.strong : c.grid;
    pen.beginPath(); pen.moveTo(tick.x, 0); pen.lineTo(tick.x, height); pen.stroke();
  }
  return () => {
    // Over everything else: years first, quarters where there is room.
    const taken = [];
    pen.globalAlpha = 0.9; pen.fillStyle = c.paper; pen.fillRect(0, 0, width, 24); pen.globalAlpha = 1;
    pen.textAlign = "center"; pen.textBaseline = "middle"; pen.fillStyle = c.soft;
    for (const tick of [...ticks].sort((a, b) => b.year - a.year)) {
      pen.font = `${tick.year ? "600 " : ""}12px ${FONT}`;
      const half = widthOf(tick.label) / 2 + 7;
      if (tick.x < half || tick.x > width - half || taken.some(([l, r]) => l < tick.x + half && r > tick.x - half)) continue;
      taken.push([tick.x - half, tick.x + half]);
      pen.fillText(tick.label, tick.x, 12);
    }
    pen.textAlign = "left";
  };
}

function trace(pen, { points, line }, view) {
  const p = points.map(({ x, y }) => [(x - view.x) * view.s, (y - view.y) * view.s]);
  pen.moveTo(...p[0]);
  if (!line) { pen.bezierCurveTo(...p[1], ...p[2], ...p[3]); return; }
  if (p.length === 2) { pen.lineTo(...p[1]); return; }
  const r = Math.min(6 * view.s, Math.abs(p[1][1] - p[0][1]), Math.abs(p[2][0] - p[1][0]));
  pen.lineTo(p[1][0], p[1][1] - Math.sign(p[1][1] - p[0][1]) * r);
  pen.quadraticCurveTo(...p[1], p[1][0] + Math.sign(p[2][0] - p[1][0]) * r, p[1][1]);
  pen.lineTo(...p[2]);
}

function paintLinks(pen, view, width, height) {
  const groups = new Map(), fine = view.s > 0.3 && scene.lines.length < 3000;
  for (const item of scene.lines) {
    const [a, b] = [item.points[0], item.points.at(-1)], [x, u] = [(a.x - view.x) * view.s, (b.x - view.x) * view.s], [y, v] = [(a.y - view.y) * view.s, (b.y - view.y) * view.s];
    if (Math.max(x, u) < -80 || Math.min(x, u) > width + 80 || Math.max(y, v) < -20 || Math.min(y, v) > height + 20) continue;
    const key = `${item.relation} ${item.on ? (item.strong ? 2 : 1) : 0} ${item.line ? 1 : 0}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  for (const [key, items] of [...groups].sort((a, b) => a[0].split(" ")[1] - b[0].split(" ")[1])) {
    const [relation, level, line] = key.split(" ").map(Number);
    pen.strokeStyle = strokeOf(relations[relation]);
    // What is no line of descent is faint by being thin: its colour keeps its contrast.
    pen.globalAlpha = level ? 1 : 0.09;
    pen.lineWidth = (level === 2 ? 2.4 : line ? 1.6 : 0.9) * clamp(view.s, 0.5, 1.3);
    pen.setLineDash(fine ? relations[relation].dash.map((d) => d * clamp(view.s, 0.6, 1.3)) : []);
    pen.beginPath();
    for (const item of items) trace(pen, item, view);
    pen.stroke();
    if (level === 2 || !line) { pen.setLineDash([]); pen.fillStyle = pen.strokeStyle; if (fine) for (const item of items) arrow(pen, item, view); }
  }
  pen.setLineDash([]); pen.globalAlpha = 1;
}

/** A head before the child of an edge, so that its direction shows without the axis. */
function arrow(pen, item, view) {
  const to = item.points.at(-1), before = item.points.at(-2), turn = Math.atan2(to.y - before.y, to.x - before.x), gap = 9;
  const [x, y] = [(to.x - Math.cos(turn) * gap - view.x) * view.s, (to.y - Math.sin(turn) * gap - view.y) * view.s], size = 6 * clamp(view.s, 0.6, 1.3);
  pen.beginPath();
  pen.moveTo(x, y);
  for (const side of [0.42, -0.42]) pen.lineTo(x - Math.cos(turn + side) * size, y - Math.sin(turn + side) * size);
  pen.closePath(); pen.fill();
}

function paintMarks(pen, view, width, height) {
  const c = ink(), scale = clamp(view.s, 0.45, 1.6), tiny = scene.marks.length > 2000 && view.s < 0.3;
  if (tiny) {
    // Far away a mark is a dot: one fill for each colour.
    const groups = new Map();
    for (const m of scene.marks) {
      const x = (m.x - view.x) * view.s, y = (m.y - view.y) * view.s;
      if (x < -4 || x > width + 4 || y < -4 || y > height + 4) continue;
      const key = `${m.on ? 1 : 0}${m.tone ? c[m.tone] : shade(graph.openness[m.openness])}`;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(x, y);
    }
    for (const [key, places] of groups) {
      pen.globalAlpha = key[0] === "1" ? 1 : 0.15; pen.fillStyle = key.slice(1);
      for (let n = 0; n < places.length; n += 2) pen.fillRect(places[n] - 1.5, places[n + 1] - 1.5, 3, 3);
    }
    pen.globalAlpha = 1;
    return;
  }
  for (const m of scene.painted) {
    const x = (m.x - view.x) * view.s, y = (m.y - view.y) * view.s, r = Math.max(m.r * scale, m.tone && m.on ? 4 : 0);
    if (x < -20 || x > width + 20 || y < -20 || y > height + 20) continue;
    pen.globalAlpha = m.on ? 1 : 0.16;
    if (m.kind === "node" || m.kind === "thing") {
      // What stands below an open release hangs on it.
      const top = (scene.at.get(m.mark).y - view.y) * view.s;
      pen.strokeStyle = c.strong; pen.lineWidth = 1; pen.beginPath(); pen.moveTo((m.mark.x - view.x) * view.s, top); pen.lineTo((m.mark.x - view.x) * view.s, y); pen.lineTo(x, y); pen.stroke();
    }
    const openness = m.kind === "node" ? m.node.openness : m.openness, thing = m.kind === "thing";
    const fill = thing ? c.paper : m.tone ? c[m.tone] : shade(graph.openness[openness]);
    if (m.many) { pen.beginPath(); outline(pen, m.shape, x + 2.4 * scale, y - 2.4 * scale, r); pen.fillStyle = c.paper; pen.fill(); pen.strokeStyle = fill; pen.lineWidth = 1.2 * scale; pen.stroke(); }
    pen.beginPath(); outline(pen, m.shape, x, y, r);
    pen.fillStyle = m.open ? c.paper : fill; pen.fill();
    pen.lineWidth = (thing || m.open ? 1.6 : 1) * scale; pen.strokeStyle = thing ? c.soft : m.open ? fill : c.paper; pen.stroke();
    if (m.tone && m.on && !m.open) paintTone(pen, m, x, y, r);
    if (m.selected || m.root) { pen.beginPath(); outline(pen, "dot", x, y, r * 1.2 + 5); pen.lineWidth = m.selected ? 2 : 1.2; pen.strokeStyle = c.ring; pen.stroke(); }
  }
  pen.globalAlpha = 1;
}

function paintLabels(pen, view, width, height) {
  const c = ink(), labels = chooseLabels(view, width, height);
  pen.textAlign = "left"; pen.textBaseline = "middle"; pen.lineJoin = "round"; pen.lineWidth = 3.2;
  for (const { item, x, y, size, bold } of labels) {
    pen.font = `${bold ? "600 " : ""}${size}px ${FONT}`;
    pen.strokeStyle = c.paper; pen.strokeText(item.label, x, y);
    pen.fillStyle = item.kind === "thing" ? c.soft : c.ink; pen.fillText(item.label, x, y);
  }
  return labels;
}

/** Paints a view of the scene; returns the labels that found room. */
function paint(pen, view, width, height) {
  pen.globalAlpha = 1; pen.fillStyle = ink().paper; pen.fillRect(0, 0, width, height);
  const words = paintAxis(pen, view, width, height);
  paintLinks(pen, view, width, height);
  paintMarks(pen, view, width, height);
  const labels = paintLabels(pen, view, width, height);
  words();
  return labels;
}
