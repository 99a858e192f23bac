// Where everything stands: releases on their rows, what was opened in rows below them.
const ROW = graph.row, GAP = graph.gap, INDENT = 18, BULGE = 60, LETTERS = 12;
let scene = null;

const radius = (parameters) => Math.min(3.4 + 1.15 * (parameters || 1) ** 0.25, 9.5);
const shapeOf = (stage) => (stage >= 0 && graph.shapes[graph.stages[stage][0]]) || "dot";

/** What stands below a release: its models if it is open, and the data and techniques of the selected one. */
function below(mark) {
  const found = [];
  if (state.open.has(mark)) for (const n of mark.members) found.push({ kind: "node", node: n, label: nameOf(n) });
  const sel = state.sel, picked = sel && (sel.kind === "node" ? [sel.node] : sel.kind === "mark" && sel.mark === mark ? [...mark.members, ...mark.groups] : []);
  if (picked && sel.mark === mark && state.things.size) {
    const seen = new Set();
    for (const n of picked) for (const use of [...(state.things.has("data") ? n.data : []), ...(state.things.has("techniques") ? n.uses : [])]) {
      if (!seen.has(use.thing)) { seen.add(use.thing); found.push({ kind: "thing", thing: use.thing, label: nameOf(use.thing) }); }
    }
  }
  return found;
}

/** Corners of an elbow, or control points of a curve, from parent to child. */
function course(l, from, to) {
  if (l.line) {
    // Of several relations between the same two releases, each has a line of its own.
    const [a, b] = [from, to].map((p) => ({ x: p.x + 3 * l.nth, y: p.y + 3 * l.nth }));
    return a.y === b.y || a.x === b.x ? [a, b] : [a, { x: a.x, y: b.y }, b];
  }
  let [across, down, back, up] = graph.bends[l.bend];
  const ahead = to.x > from.x, first = ahead ? to.x - from.x : BULGE, last = ahead ? first : -BULGE, fall = to.y - from.y;
  if (ahead) { across = clamp(across, 0, 1); back = clamp(back, 0, 1); }
  return [from, { x: from.x + across * first, y: from.y + down * fall }, { x: to.x - back * last, y: to.y - up * fall }, to];
}

function makeScene() {
  const opened = new Map(), extra = new Map();
  const asked = new Set(state.open);
  if (state.sel && state.sel.mark && state.things.size) asked.add(state.sel.mark);
  for (const m of asked) if (visible.marks.has(m)) {
    const items = below(m);
    opened.set(m, items);
    extra.set(m.row, Math.max(extra.get(m.row) || 0, items.length));
  }
  // Rows below an open release make room for what it holds.
  const openRows = [...extra.keys()].sort((a, b) => a - b);
  const shift = (row) => { let sum = 0; for (const r of openRows) { if (r >= row) break; sum += extra.get(r); } return sum; };
  const shown = [], items = [], at = new Map();
  for (const m of marks) {
    const place = { x: m.x, y: (m.row + (openRows.length ? shift(m.row) : 0)) * ROW };
    at.set(m, place);
    if (!visible.marks.has(m)) continue;
    const best = m.members.find((n) => visible.nodes.has(n)) || m.members[0];
    shown.push({
      mark: m, x: place.x, y: place.y, r: radius(m.size), shape: shapeOf(best.stage), openness: best.openness, many: m.members.length > 1,
      label: labelOf(m), above: !!m.above, on: !lit || lit.marks.has(m), tone: lit && lit.kinds.get(m),
      selected: !!state.sel && state.sel.mark === m, root: graph.root === m.i, open: opened.has(m),
    });
    (opened.get(m) || []).forEach((item, k) => items.push({
      ...item, mark: m, x: m.x + INDENT, y: place.y + (k + 1) * ROW, r: item.kind === "node" ? radius(item.node.parameters) : 4.2,
      shape: item.kind === "node" ? shapeOf(item.node.stage) : item.thing.kind === "technique" ? "hexagon" : "square",
      // Beside the selected model the others of its release stay readable.
      on: item.kind === "thing" || !lit || lit.nodes.has(item.node) || (state.sel && state.sel.mark === m) || (lit.marks.has(m) && !lit.nodes.size),
      selected: !!state.sel && (state.sel.node ? state.sel.node === item.node : state.sel.thing && state.sel.thing === item.thing),
    }));
  }
  const lines = [];
  for (const l of links) {
    const on = !!lit && lit.links.has(l);
    if (!visible.links.has(l) || (l.group && !on && !state.quiet)) continue;
    const [from, to] = [at.get(marks[l.parent]), at.get(marks[l.child])];
    lines.push({ link: l, points: course(l, from, to), line: !!l.line, relation: l.relation, on: !lit || on, strong: on });
  }
  // The order in which labels get room: what was asked for, what is lit up, what most came from.
  const weight = (m) => (m.selected ? -4e9 : m.root ? -3e9 : 0) + (lit ? -2e9 : 0) + (m.kind ? -1e9 : rank.get(m.mark));
  const all = items.length ? [...shown, ...items] : shown;
  const ordered = all.filter((m) => m.on).map((m) => [weight(m), m]).sort((a, b) => a[0] - b[0]).map(([, m]) => m);
  // What is lit up is painted over what is not.
  const painted = lit ? [...all].sort((a, b) => a.on - b.on) : all;
  return { marks: shown, items, lines, at, ordered, painted };
}

const labelOf = (m) => (m.members.length === 1 ? nameOf(m.members[0]) : m.label);

/** The rectangle of what is shown, or of some marks; labels are as wide as they are drawn at a scale. */
function extent(list, scale = 1) {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity }, grow = lettersAt(scale) / LETTERS / scale;
  // On a narrow screen long labels at the edge may be cut.
  const longest = scale < 1 ? (0.3 * camera.size().width) / scale : Infinity;
  const all = list || [...scene.marks, ...scene.items], many = all.length > 3000;
  for (const m of all) {
    box.left = Math.min(box.left, m.x - 14 / scale); box.right = Math.max(box.right, m.x + (GAP + 8) / Math.min(scale, 1) + Math.min((many ? m.label.length * 6.5 : widthOf(m.label)) * grow, longest));
    box.top = Math.min(box.top, m.y - 20); box.bottom = Math.max(box.bottom, m.y + 16);
  }
  return box.left < box.right ? box : { left: 0, right: 100, top: 0, bottom: 100 };
}
/** Size of letters on the screen: they grow with the picture, but stay readable. */
const lettersAt = (scale) => clamp(LETTERS * scale, 10.5, 17);

/** The rectangle of some marks with the scale at which it fills the stage. */
function fitting(list) {
  const { width, height } = camera.size();
  let box = extent(list), s = 1;
  // Smaller pictures have larger labels, for their size: a few rounds find where both fit.
  for (let n = 0; n < 4; n++) {
    s = clamp(Math.min(width / (box.right - box.left), (height - 30) / (box.bottom - box.top)), LOWEST, 1.6);
    box = extent(list, s);
  }
  return { box, s: Math.min(width / (box.right - box.left), (height - 30) / (box.bottom - box.top)) };
}

const ruler = document.createElement("canvas").getContext("2d");
const FONT = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, 'Noto Sans CJK SC', sans-serif";
const widths = new Map();
/** Width of a label at its own size, in pixels. */
function widthOf(label) {
  let width = widths.get(label);
  if (width === undefined) { ruler.font = `${LETTERS}px ${FONT}`; width = ruler.measureText(label).width; widths.set(label, width); }
  return width;
}

// Which labels come first where there is no room for all: of the releases with most that came from them.
const rank = new Map();
{
  const size = marks.map(() => 1);
  for (const m of [...marks].sort((a, b) => b.x - a.x)) for (const l of m.up) if (l.line) size[l.parent] += size[m.i];
  [...marks].sort((a, b) => size[b.i] - size[a.i] || b.x - a.x || a.i - b.i).forEach((m, n) => rank.set(m, n));
}

/** Chooses labels that do not overlap on the screen: [{item, x, y, size, box}], the most important first. */
function chooseLabels(view, width, height) {
  const { s } = view, size = lettersAt(s), grow = size / LETTERS, tall = size * 0.58, cell = 48, grid = new Map(), chosen = [], NONE = [];
  for (const m of scene.ordered) {
    const x = (m.x - view.x) * s, y = (m.y - view.y) * s;
    if (x < -400 || x > width + 40 || y < -40 || y > height + 40) continue;
    const bold = m.selected || m.root, left = x + Math.max(m.r * clamp(s, 0.45, 1.6), 2) + (bold ? 9 : 4), middle = m.above ? y - 8 * Math.max(s, 0.8) : y;
    // Most labels of a crowd have no room where they begin: they need not be measured.
    const near = grid.get(Math.floor(left / cell) * 100003 + Math.floor(middle / cell));
    if (near && near.some((o) => o.left <= left && o.right >= left && o.top <= middle && o.bottom >= middle)) continue;
    const free = (right) => {
      for (let cx = Math.floor((left - 1) / cell); cx <= Math.floor(right / cell); cx++) for (let cy = Math.floor((middle - tall) / cell); cy <= Math.floor((middle + tall) / cell); cy++) {
        for (const o of grid.get(cx * 100003 + cy) || NONE) if (o.right >= left - 1 && o.left <= right && o.bottom >= middle - tall && o.top <= middle + tall) return false;
      }
      return true;
    };
    // No letter is so narrow: a label that has no room even then need not be measured.
    if (!free(left + 2.5 * m.label.length * grow)) continue;
    const w = widthOf(m.label) * grow * (bold ? 1.09 : 1);
    const box = { left: left - 1, right: left + w + 3, top: middle - tall, bottom: middle + tall };
    if (box.right < 0 || box.left > width || box.bottom < 0 || box.top > height) continue;
    if (!free(box.right)) continue;
    const cells = [];
    for (let cx = Math.floor(box.left / cell); cx <= Math.floor(box.right / cell); cx++) for (let cy = Math.floor(box.top / cell); cy <= Math.floor(box.bottom / cell); cy++) cells.push(cx * 100003 + cy);
    for (const key of cells) { if (!grid.has(key)) grid.set(key, []); grid.get(key).push(box); }
    chosen.push({ item: m, x: left, y: middle, size, bold, box });
  }
  return chosen;
}
