// The keyboard: a walk from release to release, the camera, and what else has a key; and the help.
const helpDialog = document.getElementById("helpdialog"), WALK_MARGIN = { left: 30, right: 90, top: 50, bottom: 40 };

/** How the walk came to a release: from which parent, and from which child. */
let walked = { mark: null, parent: null, child: null };

const rowGap = (a, b) => Math.abs(a.row - b.row);
const seenLinks = (list) => list.filter((l) => visible.links.has(l) && l.parent !== l.child);
/** Releases at the far ends of links: those of a line first, if that is asked for, then what is lit up, then the nearest. */
function ends(mark, list, end, line) {
  const rank_ = (l) => (line && l.line ? 0 : 2) + (lit && lit.links.has(l) ? 0 : 1);
  const sorted = seenLinks(list).sort((a, b) => rank_(a) - rank_(b) || rowGap(marks[a[end]], mark) - rowGap(marks[b[end]], mark) || a[end] - b[end]);
  return [...new Set(sorted.map((l) => marks[l[end]]))];
}
const parentsOf = (mark) => ends(mark, mark.up, "parent", true);
const childrenOf = (mark) => ends(mark, mark.down, "child", false);

/** The parent among whose children a release stands: the one the walk came from, else the one of its line. */
function parentOf(mark) {
  const found = parentsOf(mark);
  return walked.mark === mark && found.includes(walked.parent) ? walked.parent : found[0] || null;
}
/** The children of a release from top to bottom. */
const siblings = (parent) => childrenOf(parent).sort((a, b) => a.row - b.row || a.i - b.i);

/** The nearest release above or below on the screen. */
function nearest(mark, sign) {
  const from = scene.at.get(mark);
  let best = null, least = Infinity;
  for (const m of scene.marks) {
    const down = (m.y - from.y) * sign, far = down + Math.abs(m.x - from.x) / 2;
    if (down > 0 && far < least) { least = far; best = m.mark; }
  }
  return best;
}

/** The release nearest to the middle of the screen. */
function middle() {
  const { width, height } = camera.size(), w = camera.toWorld({ x: width / 2, y: height / 2 });
  let best = null, least = Infinity;
  for (const m of scene.marks) { const far = Math.hypot(m.x - w.x, m.y - w.y); if (far < least) { least = far; best = m.mark; } }
  return best;
}

const markSel = (mark) => (mark ? { kind: "mark", mark } : null);
const memberSel = (mark, node) => ({ kind: "node", node, mark });

/** Where an arrow leads from a selection; null if nowhere. The models of an open release stand below it. */
function stepFrom(sel, key) {
  if (sel.kind === "link") return markSel(marks[key === "ArrowLeft" ? sel.link.parent : sel.link.child]);
  const mark = sel.mark, inside = state.open.has(mark) ? mark.members : [], at = sel.kind === "node" ? inside.indexOf(sel.node) : -1;
  if (key === "ArrowLeft") {
    if (at >= 0) return markSel(mark);
    const to = parentOf(mark);
    if (to) walked = { mark: to, parent: null, child: mark };
    return markSel(to);
  }
  if (key === "ArrowRight") {
    const found = childrenOf(mark), to = walked.mark === mark && found.includes(walked.child) ? walked.child : found[0];
    if (to) walked = { mark: to, parent: mark, child: null };
    return markSel(to);
  }
  const sign = key === "ArrowDown" ? 1 : -1;
  if (inside[at + sign]) return memberSel(mark, inside[at + sign]);
  if (at >= 0 && sign < 0) return markSel(mark);
  const parent = parentOf(mark), all = parent ? siblings(parent) : [], to = all[all.indexOf(mark) + sign];
  if (parent && to && all.includes(mark)) { walked = { mark: to, parent, child: null }; return markSel(to); }
  return markSel(nearest(mark, sign));
}

/** Selects, says where that is, and moves the camera only if it would be off the screen. */
function walk(sel) {
  if (!sel) { say(t("walk.end")); return; }
  show(sel);
  const item = (sel.kind === "node" && scene.items.find((x) => x.node === sel.node)) || scene.marks.find((m) => m.mark === sel.mark);
  if (item) {
    const p = camera.toScreen(item), { width, height } = camera.size();
    if (p.x < WALK_MARGIN.left || p.x > width - WALK_MARGIN.right || p.y < WALK_MARGIN.top || p.y > height - WALK_MARGIN.bottom) camera.center(item, Math.max(camera.view.s, 0.35), true);
  }
  say(whereabouts(sel));
}

/** A selection in words: name, date, organization, how many parents and children, and which of its siblings it is. */
function whereabouts(sel) {
  const mark = sel.mark, n = sel.kind === "node" ? sel.node : mark.members[0], one = (key, count) => t(count === 1 ? `${key}.one` : key, count);
  const words = [sel.kind === "node" ? nameOf(n) : labelOf(mark), n.released || t("noDate"), n.organizations.map((i) => named(...graph.organizations[i])).join(", ")];
  if (sel.kind === "node") words.push(t("walk.member", mark.members.indexOf(n) + 1, mark.members.length, labelOf(mark)));
  else {
    words.push(one("walk.parents", parentsOf(mark).length), one("walk.children", childrenOf(mark).length));
    const parent = parentOf(mark), all = parent ? siblings(parent) : [];
    if (all.includes(mark)) words.push(t("walk.place", all.indexOf(mark) + 1, all.length, labelOf(parent)));
    if (mark.members.length > 1) words.push(t(state.open.has(mark) ? "walk.isOpen" : "walk.canOpen"));
  }
  return words.filter(Boolean).join(", ");
}

/** The first or the last release that has a date, else of all. */
function outermost(last) {
  const shown = [...visible.marks], dated = shown.filter((m) => m.members.some((n) => n.day)), list = (dated.length ? dated : shown).sort((a, b) => a.x - b.x || a.row - b.row);
  return list.at(last ? -1 : 0);
}

/** What a key does in the picture; false if it has nothing to do there. */
function pictureKey(event) {
  const { key } = event, sel = state.sel && state.sel.kind !== "thing" && (state.sel.kind === "link" || visible.marks.has(state.sel.mark)) ? state.sel : null;
  const pan = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] }[key];
  if (pan && event.shiftKey) camera.pan(...pan);
  else if (pan) walk(sel ? stepFrom(sel, key) : markSel(middle()));
  else if (key === "Home" || key === "End") walk(markSel(outermost(key === "End")));
  else if (key === "Enter" || key === " ") {
    if (!sel || !sel.mark || sel.mark.members.length < 2) return key === " ";
    openMark(sel.mark);
    say(t(state.open.has(sel.mark) ? "walk.opened" : "walk.closed", labelOf(sel.mark), sel.mark.members.length));
  }
  else if (key === "+" || key === "=") camera.zoom(1.3);
  else if (key === "-" || key === "_") camera.zoom(1 / 1.3);
  else if (key === "0") camera.fit(fitting().box, 1.5, true);
  else return false;
  return true;
}

/** Takes one thing back: the menu, then the selection, then the mode. Filters stay. */
function back() {
  const menu = document.getElementById("savemenu"), opener = document.getElementById("save");
  if (!menu.hidden) {
    const inside = menu.contains(document.activeElement);
    menu.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    if (inside) opener.focus();
  }
  else if (state.sel) { query.value = ""; show(null); say(t("walk.nothing")); }
  else if (state.mode !== "explore") { update({ mode: "explore" }); say(t("mode.explore")); }
  else return false;
  return true;
}

const typing = (node) => node.isContentEditable || node.tagName === "SELECT" || node.tagName === "TEXTAREA" || (node.tagName === "INPUT" && node.type !== "checkbox");
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || helpDialog.open) return;
  let done = false;
  if (key === "Escape") done = back();
  else if (typing(target)) return;
  else if (key === "/") { query.focus(); query.select(); done = true; }
  else if (key.toLowerCase() === "t") { document.getElementById("tablebutton").click(); done = true; }
  else if (key === "?") { openHelp(); done = true; }
  else if (!state.table && (target === document.body || target === document.documentElement || stage.contains(target))) done = pictureKey(event);
  if (done) event.preventDefault();
});

const keyTable = (rows_) => el("table", {}, el("tbody", {}, ...rows_.map(([head, text]) => el("tr", {}, el("th", { scope: "row" }, head), el("td", {}, text)))));
const signs = (list) => el("ul", { className: "signs" }, ...list.map(([picture, text]) => el("li", {}, picture, text)));

/** The help, in the language and the colours of the page. */
function openHelp() {
  const keys = (...list) => { const cell = el("span", {}); list.forEach((k, i) => cell.append(i ? " " : "", el("kbd", {}, k))); return cell; }, soft = ink().soft;
  const close = el("button", { type: "button", onclick: () => helpDialog.close() }, t("help.close"));
  const shapes = Object.entries(graph.shapes).map(([stage_, shape]) => { const known = graph.stages.find(([en]) => en === stage_); return known ? [shapeSwatch(shape, soft), named(...known)] : null; }).filter(Boolean);
  const inside = el("div", {},
    el("div", { className: "head" }, el("h2", { id: "helptitle" }, t("help.title")), close),
    el("p", {}, t("help.what")),
    el("h3", {}, t("help.keys")), keyTable([
      [keys("←"), t("help.left")], [keys("→"), t("help.right")], [keys("↑", "↓"), t("help.updown")], [keys("Home", "End"), t("help.ends")],
      [keys("Enter"), t("help.enter")], [keys("+", "−", "0"), t("help.zoom")], [keys("Shift", "←", "→", "↑", "↓"), t("help.pan")],
      [keys("/"), t("help.search")], [keys("T"), t("help.table")], [keys("?"), t("help.help")], [keys("Esc"), t("help.escape")]]),
    el("h3", {}, t("help.marks")), signs([...shapes, [shapeSwatch("dot", soft), t("noStage")]]),
    el("p", {}, t("help.colour")), el("p", {}, t("help.size")), el("p", {}, t("help.open")),
    el("h3", {}, t("help.edges")), signs(relations.map((r) => [lineSwatch(r), named(r.en, r.zh)])),
    el("p", {}, t("help.direction")),
    el("h3", {}, t("help.grades")), el("p", {}, t("help.gradeText")),
    el("h3", {}, t("help.missing")), el("p", {}, t("help.unknown")));
  helpDialog.replaceChildren(inside);
  helpDialog.showModal();
  close.focus();
  helpDialog.scrollTop = 0;
}
document.getElementById("help").addEventListener("click", openHelp);
// A click beside the dialog falls on its backdrop.
helpDialog.addEventListener("click", (event) => { if (event.target === helpDialog) helpDialog.close(); });
