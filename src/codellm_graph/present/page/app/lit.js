// What is visible, and what is lit up.
let visible = { nodes: new Set(), marks: new Set(), links: new Set() };
let lit = null; // {marks, links, kinds: Map of mark to kind, up, down}

const openTo = (kind, i) => !state.off[kind].has(i < 0 ? VALUES[kind].length - 1 : i);
const gradeOpen = (grade) => !state.off.grade.has(grade ? grade - 1 : 4);
const allowed = (e) => !state.off.relation.has(e.relation) && gradeOpen(e.grade);

/** Whether a day lies within the dates that are chosen; what has no date is not hidden by them. */
function inTime(day) {
  if (!day) return true;
  return (!state.from || day >= state.from) && (!state.to || day <= `${state.to}~`);
}

function showsNode(n) {
  return openTo("stage", n.stage) && openTo("openness", n.openness) && inTime(n.day) &&
    (n.organizations.length ? n.organizations.some((o) => openTo("organization", o)) : openTo("organization", -1)) &&
    (!state.uses || n.uses.some((u) => u.thing === state.uses) || (n.family >= 0 && nodes[n.family].uses.some((u) => u.thing === state.uses)));
}

function compute() {
  const shown = new Set(nodes.filter(showsNode));
  const marksShown = new Set(marks.filter((m) => m.members.some((n) => shown.has(n))));
  visible = {
    nodes: shown, marks: marksShown,
    links: new Set(links.filter((l) => marksShown.has(marks[l.parent]) && marksShown.has(marks[l.child]) && l.edges.some((e) => allowed(edges[e])))),
  };
  lit = { explore: litBySelection, technique: litByTechnique, exposure: litByExposure, path: litByPath, compare: litByCompare }[state.mode]() || litBySelection();
  scene = makeScene();
}

function gather(parts, kinds) {
  const found = { marks: new Set(), links: new Set(), nodes: new Set(), kinds: kinds || new Map() };
  for (const part of parts) {
    for (const n of part.nodes) { found.nodes.add(n); if (n.mark >= 0) found.marks.add(marks[n.mark]); }
    for (const e of part.edges) if (e.link) found.links.add(e.link);
  }
  return found;
}

function reachSelected(down) {
  const sel = state.sel;
  return sel.kind === "node" ? reach(sel.node, down, allowed) : reachOf(sel.mark, down, allowed);
}

function litBySelection() {
  const sel = state.sel;
  if (!sel) return null;
  if (sel.kind === "link") return { marks: new Set([marks[sel.link.parent], marks[sel.link.child]]), links: new Set([sel.link]), nodes: new Set(), kinds: new Map() };
  if (sel.kind === "thing") return gather([{ nodes: new Set(sel.thing.users), edges: [] }]);
  const up = reachSelected(false), down = reachSelected(true);
  return gather({ up: [up], down: [down], both: [up, down] }[state.dir]);
}

/** Adopters of a technique, oldest first: [{node, mode, day, necessity, from}]. */
function adopters(technique) {
  return (graph.adoption[technique.i] || []).map(([node, mode, day, necessity, from]) => ({ node: nodes[node], mode: graph.modes[mode], day, necessity: !!necessity, from: from.map((i) => nodes[i]) }));
}
/** The marks of an adopter: of a family those of its models that are said to use it, else its first one. */
function marksOf(node) {
  const members = node.members.length ? node.members : [node];
  return [...new Set(members.filter((n) => n.mark >= 0).map((n) => marks[n.mark]))];
}

function litByTechnique() {
  if (!state.technique) return null;
  const kinds = new Map(), users = new Set(state.technique.users), found = gather([]);
  for (const a of adopters(state.technique)) {
    // A later size of a family does not take a technique up anew.
    const own = (a.node.members.length ? a.node.members : [a.node]).filter((n) => users.has(n));
    const at = own.length ? [...new Set(own.map((n) => marks[n.mark]))] : marksOf(a.node).slice(0, 1);
    for (const m of at) { found.marks.add(m); kinds.set(m, a.mode === "inherited" ? "inherited" : a.mode === "undated" ? "undated" : "taken"); }
    // The lines along which it was inherited.
    if (a.mode === "inherited") for (const from of a.from) for (const m of at) for (const l of m.up) if (marksOf(from).includes(marks[l.parent]) || marks[l.parent] === marks[from.mark]) found.links.add(l);
  }
  return { ...found, kinds };
}

/** Rows of exposure to a benchmark: [{node, kind, possible, overlap, route}]. */
function exposed(benchmark) {
  return (graph.exposure[benchmark.i] || []).map(([node, kind, possible, overlap, route], n) => ({ n, node: nodes[node], kind: graph.classes[kind], possible: !!possible, overlap, route }));
}

function litByExposure() {
  if (!state.benchmark) return null;
  const found = gather([]), kinds = new Map(), order = ["teacher", "ancestor", "direct"];
  for (const row of exposed(state.benchmark)) {
    const kind = row.kind.split(" ").at(-1), m = marks[row.node.mark];
    if (!m) continue;
    found.marks.add(m);
    if (order.indexOf(kind) > order.indexOf(kinds.get(m))) kinds.set(m, kind);
    for (const [from, , to] of row.route) {
      const a = nodeOf.get(from), b = nodeOf.get(to);
      if (a && b) for (const l of marks[a.mark].up) if (marks[l.parent] === marks[b.mark]) found.links.add(l);
    }
  }
  return { ...found, kinds };
}

function litByPath() {
  if (!state.a || !state.b) return null;
  const path = way(state.a, state.b, allowed);
  if (!path) return { ...gather([{ nodes: new Set([state.a, state.b]), edges: [] }]), path: null };
  return { ...gather([{ nodes: new Set([state.a, ...path.map((s) => s.to)]), edges: path.flatMap((s) => (s.edge ? [s.edge] : [])) }]), path };
}

function litByCompare() {
  if (!state.a || !state.b) return null;
  const one = reach(state.a, false, allowed), two = reach(state.b, false, allowed), kinds = new Map();
  for (const [part, kind] of [[one, "first"], [two, "second"]]) for (const n of part.nodes) if (n.mark >= 0) kinds.set(marks[n.mark], kinds.has(marks[n.mark]) && kinds.get(marks[n.mark]) !== kind ? "both" : kind);
  return { ...gather([one, two], kinds), one, two };
}
