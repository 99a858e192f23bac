// Putting it together: search, choices, the start.
/** What a text names: equal names first, then those that begin with it, then those that hold it. */
function search(text, limit = 8) {
  const wanted = fold(text);
  if (!wanted) return [];
  const best = [];
  for (const x of [...nodes, ...things]) {
    const score = Math.min(...keysOf(x).map((key) => (key === wanted ? 0 : key.startsWith(wanted) ? 1 : key.includes(wanted) ? 2 : 9)));
    if (score < 9) best.push([score, x.label.length, { label: x.label, sel: () => pick(x.id) }]);
  }
  return best.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, limit).map(([, , name]) => name);
}
function findThing(text, test) {
  const wanted = fold(text), list = wanted ? things.filter(test) : [];
  return list.find((x) => keysOf(x).includes(wanted)) || list.find((x) => fold(x.label).includes(wanted)) || null;
}

/** Selects something and brings it into the picture. */
function show(sel, look) {
  if (sel && sel.kind === "node" && sel.mark.members.length > 1 && sel.mark.members.includes(sel.node) && !state.open.has(sel.mark)) state.open = new Set([...state.open, sel.mark]);
  update({ sel });
  if (sel) say(sel);
  if (sel && sel.mark && look) lookAt(sel);
}
/** A click on the picture. */
function choose(sel) { sel || state.mode === "explore" ? show(sel) : null; }

function openMark(mark) {
  const open = new Set(state.open);
  open.has(mark) ? open.delete(mark) : open.add(mark);
  // A model that is folded away is no longer selected; its release is.
  const sel = state.sel && state.sel.kind === "node" && state.sel.mark === mark && !open.has(mark) ? { kind: "mark", mark } : state.sel;
  update({ open, sel });
}

/** Shows the whole lineage of the selection where its labels stay readable, else the selection itself. */
function lookAt(sel) {
  const on = scene.marks.filter((m) => m.on && lit), { box, s } = fitting(on.length ? on : null);
  const own = scene.items.find((x) => x.node && x.node === sel.node) || scene.marks.find((m) => m.mark === sel.mark);
  if (s >= 0.55) camera.fit(box, 1.15, true);
  else if (own) camera.center(own, clamp(camera.view.s, 0.75, 1.2), true);
}

/** Says to screen readers what happened. */
function say(text) {
  const words = typeof text === "string" ? text : titleOf(text);
  document.getElementById("live").textContent = words;
}

const tip = document.getElementById("tip");
/** Shows a few words beside the pointer. */
function hover(sel, p) {
  stage.style.cursor = sel ? "pointer" : "";
  if (!sel) { tip.hidden = true; return; }
  const n = sel.kind === "node" ? sel.node : sel.kind === "mark" ? sel.mark.members[0] : null, lines = [];
  if (sel.kind === "mark" && sel.mark.members.length > 1) lines.push(labelOf(sel.mark), n.released || t("noDate"), n.organizations.map((i) => named(...graph.organizations[i])).join(", "), t("doubleClick"));
  else if (n) lines.push(nameOf(n), n.released || t("noDate"), n.organizations.map((i) => named(...graph.organizations[i])).join(", "), n.parameters ? `${n.parameters} B` : "", n.license >= 0 ? graph.licenses[n.license] : "");
  else if (sel.kind === "thing") lines.push(nameOf(sel.thing), t(`kind.${sel.thing.kind}`));
  else lines.push(`${labelOf(marks[sel.link.child])} ← ${labelOf(marks[sel.link.parent])}`, named(relations[sel.link.relation].en, relations[sel.link.relation].zh));
  tip.replaceChildren(...lines.filter(Boolean).map((text, i) => el(i ? "div" : "strong", {}, text)));
  tip.hidden = false;
  tip.style.left = `${Math.min(p.x + 14, stage.clientWidth - tip.offsetWidth - 6)}px`;
  tip.style.top = `${clamp(p.y + 14, 4, stage.clientHeight - tip.offsetHeight - 6)}px`;
}

const query = document.getElementById("query"), hits = document.getElementById("hits");
function listHits() {
  const found = search(query.value);
  hits.replaceChildren(...found.map((name, i) => el("li", { id: `hit-${i}`, role: "option", "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); take(name); } }, name.label, el("span", { className: "soft" }, ` ${kindOf(name.sel())}`))));
  hits.hidden = !found.length;
  query.setAttribute("aria-expanded", String(!hits.hidden));
  query.removeAttribute("aria-activedescendant");
  return found;
}
const kindOf = (sel) => (sel.kind === "thing" ? t(`kind.${sel.thing.kind}`) : sel.kind === "mark" && sel.mark.members.length > 1 ? t("kind.release") : t("kind.model"));
function take(name) { hits.hidden = true; query.setAttribute("aria-expanded", "false"); query.value = name.label; query.blur(); if (state.mode !== "explore") state.mode = "explore"; show(name.sel(), true); }
query.addEventListener("input", listHits);
query.addEventListener("blur", () => { hits.hidden = true; query.setAttribute("aria-expanded", "false"); });
query.addEventListener("keydown", (event) => {
  const rows_ = [...hits.children], now = rows_.findIndex((r) => r.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!rows_.length) return;
    const next = (now + (event.key === "ArrowDown" ? 1 : -1) + rows_.length) % rows_.length;
    rows_.forEach((r, i) => r.setAttribute("aria-selected", String(i === next)));
    query.setAttribute("aria-activedescendant", rows_[next].id);
  } else if (event.key === "Escape") { event.stopPropagation(); query.value = ""; query.blur(); stage.focus(); }
  else if (event.key === "Enter") {
    event.preventDefault();
    const found = search(query.value);
    if (found.length) take(found[Math.max(now, 0)]); else say(t("nothingFound", query.value));
  }
});

for (const b of document.querySelectorAll("#directions button")) b.addEventListener("click", () => update({ dir: b.dataset.dir }));
panels.push(() => {
  const has = state.sel && state.sel.mark && state.mode === "explore";
  for (const b of document.querySelectorAll("#directions button")) {
    b.setAttribute("aria-pressed", String(b.dataset.dir === state.dir));
    const counts = { up: () => countOf(false), down: () => countOf(true), both: () => countOf(false) + countOf(true) };
    const count = has ? ` ${counts[b.dataset.dir]()}` : "";
    b.textContent = t(`dir.${b.dataset.dir}`) + count;
  }
});

// On a narrow screen the details are below: a card on the picture says what is selected, and leads there.
const peek = document.getElementById("peek"), narrow = matchMedia("(max-width: 820px)");
panels.push(() => {
  const { sel } = state;
  peek.hidden = !sel || !narrow.matches || state.table;
  if (peek.hidden) return;
  peek.replaceChildren(el("strong", {}, titleOf(sel)), el("button", { type: "button", onclick: () => panel.scrollIntoView({ behavior: still() ? "auto" : "smooth" }) }, t("details")));
});

/** Writes the interface in the language that is chosen. */
function translate() {
  document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of document.querySelectorAll("[data-t-hint]")) node.placeholder = t(node.dataset.tHint);
}
function dress() {
  document.documentElement.dataset.theme = dark() ? "dark" : "light";
  translate();
}
panels.unshift((changes) => { if ("lang" in changes || "theme" in changes) dress(); });
document.getElementById("language").addEventListener("click", () => update({ lang: state.lang === "zh" ? "en" : "zh" }));
document.getElementById("theme").addEventListener("click", () => update({ theme: dark() ? "light" : "dark" }));
document.getElementById("fit").addEventListener("click", () => camera.fit(fitting().box, 1.5, true));
night.addEventListener("change", () => update({ theme: state.theme }));

fromHash(location.hash);
const camera = graph.camera === "vis" ? await visCamera() : canvasCamera();
if (!state.sel && graph.root >= 0 && !location.hash.includes("=")) state.sel = graph.rootNode >= 0 ? pick(nodes[graph.rootNode].id) : { kind: "mark", mark: marks[graph.root] };
dress();
compute();
if (state.view) camera.moveTo(state.view);
else start();
camera.now();
// The picture first, then the panels around it.
await new Promise((done) => requestAnimationFrame(done));
const firstFrame = performance.now();
update({ lang: state.lang, theme: state.theme });
window.addEventListener("hashchange", () => { fromHash(location.hash); update({ lang: state.lang, theme: state.theme }); if (state.view) camera.moveTo(state.view); });

/** The first view: everything where that can be read, else the lineage of the selection, else the latest years. */
function start() {
  const { box, s } = fitting(), { width, height } = camera.size();
  if (s > 0.4) { camera.fit(box, 1.25); return; }
  if (state.sel && state.sel.mark) { lookAt(state.sel); return; }
  const near = Math.min(Math.max(s / 0.4, 0.22), Math.max((height - 40) / (box.bottom - box.top), s));
  const right = scene.marks.reduce((x, m) => Math.max(x, m.x), 0) + Math.min(150, width / 3) / near;
  camera.moveTo({ s: near, x: right - width / near, y: (box.top + box.bottom) / 2 - (height + 24) / 2 / near });
}

// For tests, and for whoever scripts the page.
window.codellmGraph = {
  firstFrame,
  graph, nodes, marks, links, edges, things, state, update, show, pick, search, toHash, camera, reach, way, allowed, adopters, exposed,
  get scene() { return scene; }, get lit() { return lit; }, get visible() { return visible; }, get evidence() { return evidence; }, readEvidence,
};
