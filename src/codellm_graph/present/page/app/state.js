// What the reader has chosen, kept in the address so that a link restores it.
const MODES = ["explore", "technique", "exposure", "path", "compare"];
const OFF = ["relation", "stage", "openness", "grade", "organization"];

const fresh = () => ({
  sel: null, dir: "both", mode: "explore", technique: null, benchmark: null, a: null, b: null,
  off: Object.fromEntries(OFF.map((key) => [key, new Set()])), uses: null, from: "", to: "",
  open: new Set(), things: new Set(), quiet: false, table: false, lang: "en", theme: "auto", view: null,
});
const state = fresh();
state.lang = /^zh/i.test(navigator.language) ? "zh" : "en";

/** The names by which a filter's values stand in the address. */
const VALUES = {
  relation: relations.map((r) => r.name), stage: [...graph.stages.map(([en]) => en), "none"],
  openness: graph.openness.map(([name]) => name), grade: ["1", "2", "3", "4", "none"],
  organization: [...graph.organizations.map(([en]) => en), "none"],
};
const DAY = /^\d{4}(-\d\d(-\d\d)?)?$/;

/** A selection: what kind of thing, and which. */
function pick(id) {
  if (nodeOf.has(id) && !(markOf.has(id) && nodeOf.get(id).members.length)) {
    const node = nodeOf.get(id);
    // The only model of a release is the release.
    return markOf.has(id) ? { kind: "mark", mark: markOf.get(id) } : { kind: "node", node, mark: marks[node.mark] };
  }
  if (markOf.has(id)) return { kind: "mark", mark: markOf.get(id) };
  if (thingOf.has(id)) return { kind: "thing", thing: thingOf.get(id) };
  return null;
}
const selId = (sel) => (sel ? { mark: () => sel.mark.id, node: () => sel.node.id, thing: () => sel.thing.id, link: () => `${marks[sel.link.parent].id}>${relations[sel.link.relation].name}>${marks[sel.link.child].id}` }[sel.kind]() : "");

function pickLink(id) {
  const [parent, relation, child] = id.split(">");
  const found = links.find((l) => marks[l.parent].id === parent && relations[l.relation].name === relation && marks[l.child].id === child);
  return found ? { kind: "link", link: found } : null;
}

function toHash() {
  const parts = [];
  const put = (key, value) => { if (value) parts.push(`${key}=${encodeURIComponent(value).replace(/%3A/g, ":").replace(/%2C/g, ",")}`); };
  put("sel", selId(state.sel));
  put("dir", state.dir === "both" ? "" : state.dir);
  put("mode", state.mode === "explore" ? "" : state.mode);
  put("technique", state.technique && state.technique.id);
  put("benchmark", state.benchmark && state.benchmark.id);
  put("a", state.a && state.a.id);
  put("b", state.b && state.b.id);
  for (const key of OFF) put(`off.${key}`, [...state.off[key]].sort((a, b) => a - b).map((i) => VALUES[key][i]).map(encodeURIComponent).join(","));
  put("uses", state.uses && state.uses.id);
  put("from", state.from); put("to", state.to);
  put("open", [...state.open].map((m) => encodeURIComponent(m.id)).join(","));
  put("show", [...state.things].sort().join(","));
  put("quiet", state.quiet ? "1" : ""); put("table", state.table ? "1" : "");
  put("lang", state.lang); put("theme", state.theme === "auto" ? "" : state.theme);
  if (state.view) put("at", [state.view.x, state.view.y].map(Math.round).join(",") + "," + state.view.s.toPrecision(3));
  return parts.join("&");
}

/** Whether the address says what part of the picture to show. */
let viewGiven = false;

/** Reads an address; whatever it does not understand is as if it were not there. */
function fromHash(text) {
  const found = fresh(), given = new Map();
  found.lang = state.lang;
  for (const part of text.replace(/^#/, "").slice(0, 20000).split("&")) {
    const cut = part.indexOf("=");
    if (cut <= 0) continue;
    try { given.set(part.slice(0, cut), decodeURIComponent(part.slice(cut + 1))); } catch { /* not an address of ours */ }
  }
  const one = (key) => given.get(key) || "";
  const list = (key) => one(key).split(",").map((value) => { try { return decodeURIComponent(value); } catch { return ""; } });
  const thing = (key, test) => { const x = thingOf.get(one(key)); return x && test(x) ? x : null; };
  const choice = (key, values) => { if (values.includes(one(key))) found[key] = one(key); };
  found.sel = one("sel").includes(">") ? pickLink(one("sel")) : pick(one("sel"));
  choice("dir", ["up", "both", "down"]); choice("mode", MODES); choice("lang", ["en", "zh"]); choice("theme", ["light", "dark"]);
  found.technique = thing("technique", (x) => x.kind === "technique");
  found.uses = thing("uses", (x) => x.kind === "technique");
  found.benchmark = thing("benchmark", (x) => Object.hasOwn(graph.exposure, x.i));
  for (const key of ["a", "b"]) found[key] = nodeOf.get(one(key)) || null;
  for (const key of OFF) for (const value of list(`off.${key}`)) {
    const i = VALUES[key].indexOf(value);
    if (i >= 0) found.off[key].add(i);
  }
  for (const key of ["from", "to"]) if (DAY.test(one(key))) found[key] = one(key);
  for (const id of list("open")) { const m = markOf.get(id); if (m && m.members.length > 1) found.open.add(m); }
  for (const kind of list("show")) if (["data", "techniques"].includes(kind)) found.things.add(kind);
  found.quiet = one("quiet") === "1"; found.table = one("table") === "1";
  const at = one("at").split(",").map(Number);
  if (at.length === 3 && at.every(Number.isFinite) && at[2] > 0) found.view = { x: clamp(at[0], -1e7, 1e7), y: clamp(at[1], -1e7, 1e7), s: clamp(at[2], 0.002, 8) };
  viewGiven = !!found.view;
  Object.assign(state, found);
}

const keepHash = (() => {
  let timer = 0;
  const write = () => {
    // A page in a notebook's frame has no address of its own.
    try { history.replaceState(null, "", `#${toHash()}`); } catch { /* nothing to keep */ }
  };
  return () => { clearTimeout(timer); timer = setTimeout(write, 120); };
})();

/** The one way to change what is shown: takes changes over, and redraws what they touch. */
function update(changes) {
  Object.assign(state, changes);
  compute();
  for (const refresh of panels) refresh(changes);
  camera.draw();
  keepHash();
}
/** Functions that redraw a part of the page after a change. */
const panels = [];
