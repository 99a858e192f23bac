// The graph: tables to objects, and who derives from whom.
const graph = await readData("graph");

/** Turns a table of columns into objects. */
function rows(table) {
  const keys = Object.keys(table), count = table[keys[0]] ? table[keys[0]].length : 0;
  return Array.from({ length: count }, (_, i) => {
    const row = { i };
    for (const key of keys) row[key] = table[key][i];
    return row;
  });
}

const MODEL = 0, CHECKPOINT = 1, FAMILY = 2, SERIES = 3;
const nodes = rows(graph.nodes), marks = rows(graph.marks), links = rows(graph.links), edges = rows(graph.edges);
const things = rows(graph.things), relations = graph.relations.map(([name, en, zh, light, dark, dash], i) => ({ i, name, en, zh, light, dark, dash }));
const nodeOf = new Map(nodes.map((n) => [n.id, n])), markOf = new Map(marks.map((m) => [m.id, m])), thingOf = new Map(things.map((x) => [x.id, x]));

// Most of what could hang on a node does not: an empty list is shared until something is added.
const EMPTY = Object.freeze([]);
const add = (owner, key, item) => { owner[key] === EMPTY ? (owner[key] = [item]) : owner[key].push(item); };
for (const n of nodes) n.up = n.down = n.members = n.uses = n.data = EMPTY;
for (const m of marks) m.members = m.groups = m.up = m.down = EMPTY;
for (const x of things) { x.users = []; x.aliases = x.aliases || ""; }
for (const n of nodes) if (n.family >= 0) add(nodes[n.family], "members", n);
for (const n of nodes) {
  const group = (n.kind === FAMILY || n.kind === SERIES) && n.members.length;
  if (n.mark >= 0) add(marks[n.mark], group ? "groups" : "members", n);
}
for (const e of edges) { add(nodes[e.child], "up", e); add(nodes[e.parent], "down", e); }
for (const l of links) { add(marks[l.child], "up", l); add(marks[l.parent], "down", l); for (const e of l.edges) edges[e].link = l; }
for (const [n, x, grade] of graph.uses) { add(nodes[n], "uses", { thing: things[x], grade }); things[x].users.push(nodes[n]); }
for (const [n, x, property, grade] of graph.data) { add(nodes[n], "data", { thing: things[x], property, grade }); things[x].users.push(nodes[n]); }
const pairs = new Map();
for (const l of links) { const key = `${l.parent} ${l.child}`; l.nth = pairs.get(key) || 0; pairs.set(key, l.nth + 1); }
for (const m of marks) m.size = Math.max(0, ...m.members.map((n) => n.parameters));

const findable = new Map();
/** By what a model or thing is found: its names, folded. */
function keysOf(x) {
  if (!findable.has(x)) findable.set(x, [...new Set([x.label, x.zh, x.id.replace(/^\w+:/, ""), ...x.aliases.split("|")].filter(Boolean).map(fold))]);
  return findable.get(x);
}

/** Steps from a thing that lineage follows, as [edge or null, next]; a family speaks for silent members. */
function steps(node, down, start, allowed) {
  const said = (n) => n.up.some(allowed);
  const speaks = (family, member) => family !== member && said(family) && !said(member);
  const own = (down ? node.down : node.up).filter(allowed).map((e) => [e, nodes[down ? e.child : e.parent]]);
  if (start && (node.kind === FAMILY || node.kind === SERIES)) {
    const found = [], seen = new Set([node]), todo = [...node.members].reverse();
    while (todo.length) {
      const member = todo.pop();
      if (seen.has(member)) continue;
      seen.add(member);
      found.push([null, member, true]);
      todo.push(...[...member.members].reverse());
    }
    const far = new Set(found.flatMap(([, m]) => (down ? m.down : m.up).filter(allowed).map((e) => (down ? e.child : e.parent))));
    return [...found, ...own.filter(([, n]) => !far.has(n.i))];
  }
  if (down) return [...own, ...node.members.filter((m) => speaks(node, m)).map((m) => [null, m])];
  const family = nodes[node.family];
  return !own.length && family && speaks(family, node) ? [[null, family]] : own;
}

/** Everything that is reached from a node: nodes, the edges on the way, and who counts as reached. */
function reach(start, down, allowed) {
  const found = new Set([start]), followed = new Set(), far = new Set(), todo = [start];
  for (let n = 0; n < todo.length; n++) {
    for (const [edge, next, stands] of steps(todo[n], down, todo[n] === start, allowed)) {
      if (edge) followed.add(edge);
      // Members that stand for the start do not count, nor does a family that only speaks for a member.
      if (edge || (down && !stands)) far.add(next);
      if (!found.has(next)) { found.add(next); todo.push(next); }
    }
  }
  far.delete(start);
  return { nodes: found, edges: followed, far };
}

/** As `reach`, from a release: its family if it bears the name of one, else each of its models. */
function reachOf(mark, down, allowed) {
  const whole = nodeOf.get(mark.id);
  const starts = whole && whole.members.length ? [whole] : mark.members;
  const all = { nodes: new Set(), edges: new Set(), far: new Set() };
  for (const start of starts) {
    const part = reach(start, down, allowed);
    for (const n of part.far) if (!starts.includes(n)) all.far.add(n);
    for (const n of part.nodes) all.nodes.add(n);
    for (const e of part.edges) all.edges.add(e);
  }
  return all;
}

/** A shortest way between two nodes over lineage in either direction, as [{edge, from, to}], or null. */
function way(from, to, allowed) {
  const before = new Map([[from, null]]), todo = [from];
  // Straight down or straight up first: a common ancestor is only a way if there is no descent.
  for (const directions of [[true], [false], [true, false]]) {
    before.clear(); before.set(from, null); todo.length = 0; todo.push(from);
    for (let n = 0; n < todo.length && !before.has(to); n++) {
      for (const down of directions) for (const [edge, next] of steps(todo[n], down, n === 0, allowed)) {
        if (!before.has(next)) { before.set(next, { edge, from: todo[n], to: next, down }); todo.push(next); }
      }
    }
    if (before.has(to)) {
      const found = [];
      for (let step = before.get(to); step; step = before.get(step.from)) found.unshift(step);
      return found;
    }
  }
  return null;
}

let evidence = null;
/** Statements and sources, unpacked when they are first asked for. */
async function readEvidence() {
  if (!evidence) evidence = await readData("evidence");
  return evidence;
}
