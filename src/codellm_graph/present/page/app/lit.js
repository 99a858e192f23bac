// What is visible, and what is lit up.
let visible = { nodes: new Set(), marks: new Set(), links: new Set() };
let lit = null; // {marks, links, nodes, kinds: Map of mark to tone}

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
  reached = new Map();
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

let reached = new Map();
/** What the selection comes from, or went into; traced once for all parts of the page that ask. */
function reachSelected(down) {
  const sel = state.sel;
  if (!reached.has(down)) reached.set(down, sel.kind === "node" ? reach(sel.node, down, allowed) : reachOf(sel.mark, down, allowed));
  return reached.get(down);
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
const toneOf = (a) => (a.mode === "inherited" ? "inherited" : a.mode === "undated" ? "undated" : "taken");
/** Whether somebody is among the adopters at the date that is shown; who has no date is so only if none is chosen. */
const adoptedBy = (a) => !state.to || (!!a.day && a.day <= `${state.to}~`);

/** The models of a family or series, at every level; a model itself. */
function modelsOf(node, seen = new Set()) {
  if (seen.has(node)) return [];
  seen.add(node);
  return node.members.length ? node.members.flatMap((n) => modelsOf(n, seen)) : [node];
}
const shownAt = (list) => list.filter((n) => n.mark >= 0);
/** The models by which an adopter is seen: those that are said to use it, else its first one. */
function usersIn(a, users) {
  const all = shownAt(modelsOf(a.node)), own = all.filter((n) => users.has(n));
  const oldest = [...all].sort((x, y) => (x.day || "9").localeCompare(y.day || "9"));
  return own.length ? own : oldest.length ? oldest.slice(0, 1) : shownAt([a.node]);
}

function litByTechnique() {
  if (!state.technique) return null;
  const kinds = new Map(), users = new Set(state.technique.users), found = gather([]);
  for (const a of adopters(state.technique)) {
    if (!adoptedBy(a)) continue;
    const own = usersIn(a, users).filter((n) => inTime(n.day)), at = new Set(own.map((n) => marks[n.mark]));
    for (const n of own) found.nodes.add(n);
    for (const m of at) { found.marks.add(m); kinds.set(m, toneOf(a)); }
    if (a.mode === "inherited") for (const e of inheritance(own, a.from)) if (e.link) found.links.add(e.link);
  }
  return { ...found, kinds };
}

/** The edges by which some models have their weights from some ancestors. */
function inheritance(models, ancestors) {
  const found = new Set(), weights = (e) => allowed(e) && graph.relations[e.relation][6];
  for (const n of models) {
    const up = reach(n, false, weights);
    for (const from of ancestors) if (up.nodes.has(from)) for (const e of reach(from, true, (x) => up.edges.has(x)).edges) found.add(e);
  }
  return found;
}

/** Rows of exposure to a benchmark: [{node, kind, possible, overlap, route}]. */
function exposed(benchmark) {
  return (graph.exposure[benchmark.i] || []).map(([node, kind, possible, overlap, route], n) => ({ n, node: nodes[node], kind: graph.classes[kind], possible: !!possible, overlap, route }));
}

function litByExposure() {
  if (!state.benchmark) return null;
  const found = gather([]), kinds = new Map(), order = ["teacher", "ancestor", "direct"];
  for (const row of exposed(state.benchmark)) {
    const kind = row.kind.split(" ").at(-1), own = shownAt([row.node]).length ? [row.node] : shownAt(modelsOf(row.node));
    for (const n of own) {
      const m = marks[n.mark];
      found.nodes.add(n); found.marks.add(m);
      if (order.indexOf(kind) > order.indexOf(kinds.get(m))) kinds.set(m, kind);
    }
    for (const [from, , to] of row.route) for (const l of linksBetween(nodeOf.get(to), nodeOf.get(from))) { found.links.add(l); found.marks.add(marks[l.parent]); found.marks.add(marks[l.child]); }
  }
  return { ...found, kinds };
}

/** The links that are said of a parent and a child. */
const linksBetween = (parent, child) => (parent && child ? child.up.filter((e) => e.parent === parent.i && e.link && allowed(e)).map((e) => e.link) : []);

/** The ends of a question, as long as one of them is missing. */
function litEnds() {
  const given = [state.a, state.b].filter(Boolean), found = gather([{ nodes: new Set(given), edges: [] }]);
  for (const n of given) if (n.mark >= 0) found.kinds.set(marks[n.mark], n === state.a ? "first" : "second");
  return found;
}

function litByPath() {
  if (!state.a && !state.b) return null;
  const path = state.a && state.b ? way(state.a, state.b, allowed) : null, ends = litEnds();
  if (!path) return { ...ends, path: null };
  return { ...gather([{ nodes: new Set([state.a, ...path.map((s) => s.to)]), edges: path.flatMap((s) => (s.edge ? [s.edge] : [])) }], ends.kinds), path };
}

function litByCompare() {
  if (!state.a && !state.b) return null;
  if (!state.a || !state.b) return litEnds();
  const one = reach(state.a, false, allowed), two = reach(state.b, false, allowed), kinds = new Map();
  for (const [part, kind] of [[one, "first"], [two, "second"]]) for (const n of part.nodes) if (n.mark >= 0) kinds.set(marks[n.mark], kinds.has(marks[n.mark]) && kinds.get(marks[n.mark]) !== kind ? "both" : kind);
  return { ...gather([one, two], kinds), one, two };
}

/** What two things come from together, either of them included, and those with no other of them below. */
function shared() {
  const above = (n) => reach(n, false, allowed).far, with_ = (n) => new Set([n, ...above(n)]);
  const [one, two] = [with_(state.a), with_(state.b)], common = [...one].filter((n) => two.has(n)), over = new Map(common.map((n) => [n, above(n)]));
  const lowest = common.filter((x) => !common.some((y) => over.get(y).has(x) && !over.get(x).has(y)));
  return { common, lowest, first: [...one].filter((n) => !two.has(n) && n !== state.a), second: [...two].filter((n) => !one.has(n) && n !== state.b) };
}
