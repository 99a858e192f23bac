// The table: what the picture shows, as rows that can be read, sorted and copied.
const tableBox = document.getElementById("table"), tableButton = document.getElementById("tablebutton");
const TABLE_CHUNK = 300;
const tableOrder = { models: { key: "released", up: true }, links: { key: "child", up: true } };
let tableList = "models", tableRoom = TABLE_CHUNK, viewBefore = null, selBefore = null;

const inMark = (n) => n.mark >= 0 && marks[n.mark].members.includes(n);

/** What the mode says of a model: itself, or through the nearest of its families; null if nothing. */
function tellers() {
  const byNode = new Map(), say_ = (n, words) => { if (!byNode.has(n)) byNode.set(n, []); if (!byNode.get(n).includes(words)) byNode.get(n).push(words); };
  if (state.mode === "technique" && state.technique) for (const a of adopters(state.technique)) say_(a.node, t(`table.${a.mode}`) + (a.necessity ? ` (${t("table.necessity")})` : ""));
  else if (state.mode === "exposure" && state.benchmark) for (const row of exposed(state.benchmark)) say_(row.node, t(`table.${row.kind}`) + (row.possible ? ` (${t("table.possible")})` : ""));
  else if (state.mode === "compare" && lit && lit.one) for (const n of nodes) { const [a, b] = [lit.one.nodes.has(n), lit.two.nodes.has(n)]; if (a || b) say_(n, a && b ? t("table.both") : nameOf((a ? state.a : state.b))); }
  else return null;
  return (n) => { for (let m = n; m; m = nodes[m.family]) if (byNode.has(m)) return byNode.get(m).join("; "); return ""; };
}

/** The models of the picture: of a release that is lit up, those that were asked for, else all that are visible. */
function shownModels() {
  const users = state.mode === "technique" && state.technique ? new Set(state.technique.users) : null;
  const met = state.mode === "exposure" && state.benchmark ? new Set(exposed(state.benchmark).map((row) => row.node)) : null;
  const asked = (n) => (met || users || (lit && lit.nodes) || visible.nodes).has(n), found = [];
  for (const m of marks) {
    if (!visible.marks.has(m) || (lit && !lit.marks.has(m))) continue;
    const all = m.members.filter((n) => visible.nodes.has(n)), own = lit ? all.filter(asked) : all;
    found.push(...(own.length ? own : all));
  }
  return found;
}

/** The edges of the picture: those of the lines that are drawn, and those within a release. */
function shownEdges(models) {
  const has = new Set(models), found = [];
  for (const item of scene.lines) if (item.on) for (const i of item.link.edges) if (allowed(edges[i])) found.push(edges[i]);
  for (const e of edges) if (!e.link && has.has(nodes[e.child]) && has.has(nodes[e.parent]) && nodes[e.child].mark === nodes[e.parent].mark && allowed(e)) found.push(e);
  return found;
}

const relationName = (e) => named(relations[e.relation].en, relations[e.relation].zh);
const makersOf = (n) => n.organizations.map((i) => named(...graph.organizations[i])).join(", ");
const gradeTag = (grade) => (grade ? el("span", { className: "soft" }, ` ${t("grade.short", grade)}`) : null);
const nameButton = (n, more) => button(nameOf(n), () => show(pick(n.id)), more);

/** Columns as [key, heading, value to sort by, cell], a number being right-aligned. */
function modelColumns(found) {
  const above = new Map(), tell = tellers();
  const put = (n, e) => { if (!above.has(n)) above.set(n, []); above.get(n).push(e); };
  for (const e of found) {
    const child = nodes[e.child];
    if (inMark(child)) put(child, e);
    // What is said of a family stands with its models of that release, as it does in the picture.
    else for (const n of marks[child.mark].members) put(n, e);
  }
  const parent = (n) => (e) => el("li", {}, el("span", { className: "soft" }, `${relationName(e)} `), nameButton(nodes[e.parent]), gradeTag(e.grade), nodes[e.child] === n ? null : el("span", { className: "soft" }, ` ${t("table.ofFamily")}`));
  const doubt = (n) => (evidence ? evidence.disputed[n.i] || 0 : 0), list = (n) => above.get(n) || [];
  return [
    ["name", t("table.name"), nameOf, (n) => nameButton(n, { dataset: { row: n.id } })],
    tell && ["says", t(`table.says.${state.mode}`), tell, tell],
    ["released", t("table.released"), (n) => n.day, (n) => n.released],
    ["parents", t("table.parents"), (n) => list(n).length, (n) => (list(n).length ? el("ul", {}, ...list(n).map(parent(n))) : "")],
    ["organizations", t("organizationHead"), makersOf],
    ["stage", t("table.stage"), (n) => (n.stage >= 0 ? named(...graph.stages[n.stage]) : "")],
    ["license", t("table.licence"), (n) => (n.license >= 0 ? graph.licenses[n.license] : ""), (n) => [n.license >= 0 ? `${graph.licenses[n.license]} ` : "", el("span", { className: "soft" }, t(`openness.${graph.openness[n.openness][0]}`))]],
    ["parameters", t("table.parameters"), (n) => n.parameters, (n) => (n.parameters ? `${n.parameters} B` : "")],
    ["family", t("table.family"), (n) => (nodes[n.family] ? nameOf(nodes[n.family]) : ""), (n) => (nodes[n.family] ? nameButton(nodes[n.family]) : "")],
    ["disputed", t("table.disputed"), doubt, (n) => (evidence ? String(doubt(n) || "") : "…")],
  ].filter(Boolean);
}

function linkColumns() {
  const sources = (e) => (evidence ? evidence.edges[e.i].length : 0);
  return [
    ["child", t("table.child"), (e) => nameOf(nodes[e.child]), (e) => nameButton(nodes[e.child], { dataset: { row: String(e.i) } })],
    ["relation", t("table.relation"), relationName],
    ["parent", t("table.parent"), (e) => nameOf(nodes[e.parent]), (e) => nameButton(nodes[e.parent])],
    ["grade", t("table.grade"), (e) => e.grade, (e) => (e.grade ? String(e.grade) : t("grade.none"))],
    ["sources", t("sources"), sources, (e) => (evidence ? String(sources(e)) : "…")],
  ];
}
const NUMBER_COLUMNS = new Set(["parameters", "disputed", "grade", "sources"]);

/** Sorts by a column; what has no value there comes last either way. */
function inOrder(list, columns, { key, up }) {
  const [, , value] = columns.find(([k]) => k === key) || columns[0], order = new Intl.Collator(state.lang, { numeric: true, sensitivity: "base" });
  return list.map((row) => [value(row), row]).sort(([a], [b]) => {
    if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1);
    return (up ? 1 : -1) * (typeof a === "number" ? a - b : order.compare(a, b));
  }).map(([, row]) => row);
}

function tableHead(columns, order) {
  return el("thead", {}, el("tr", {}, ...columns.map(([key, title]) => {
    const on = order.key === key, turn = () => { Object.assign(order, { up: on ? !order.up : !NUMBER_COLUMNS.has(key), key }); tableRoom = TABLE_CHUNK; drawTable(); tableBox.scrollTop = 0; };
    const cell = el("th", { scope: "col", className: NUMBER_COLUMNS.has(key) ? "number" : "", ...(on ? { "aria-sort": order.up ? "ascending" : "descending" } : {}) },
      el("button", { type: "button", className: "sort", onclick: turn, dataset: { sort: key } }, title, el("span", { "aria-hidden": "true", className: "arrow" }, on ? (order.up ? "▲" : "▼") : "")));
    return cell;
  })));
}

function bodyRow(row, columns) {
  return el("tr", {}, ...columns.map(([key, , value, cell], i) => {
    const made = (cell || value)(row);
    return el(i ? "td" : "th", { className: NUMBER_COLUMNS.has(key) ? "number" : key === "released" ? "day" : "", ...(i ? {} : { scope: "row" }) }, ...(Array.isArray(made) ? made : [made]));
  }));
}

function drawTable() {
  const models = shownModels(), found = shownEdges(models), isModels = tableList === "models";
  const columns = isModels ? modelColumns(found) : linkColumns(), order = tableOrder[tableList];
  const list = inOrder(isModels ? models : found, columns, order), first = list.slice(0, tableRoom);
  const kind = (key, count) => el("button", { type: "button", "aria-pressed": String(tableList === key), dataset: { list: key }, onclick: () => { tableList = key; tableRoom = TABLE_CHUNK; drawTable(); tableBox.scrollTop = 0; } }, `${t(`table.${key}`)} (${count})`);
  const whole = lit ? el("button", { type: "button", dataset: { list: "whole" }, onclick: () => update({ sel: null, mode: "explore" }) }, t("table.whole")) : null;
  const caption = t(isModels ? "table.caption" : "table.linkCaption", list.length, isModels ? nodes.filter(inMark).length : edges.length, columns.find(([key]) => key === order.key)?.[1] || "");
  const body = el("tbody", {}, ...first.map((row) => bodyRow(row, columns)));
  const more = list.length > tableRoom ? el("button", { type: "button", className: "more", dataset: { list: "more" }, onclick: () => growTable(list, columns, body, more) }, moreWords(list.length)) : null;
  const focus = tableBox.contains(document.activeElement) ? { ...document.activeElement.dataset } : {};
  const { scrollLeft, scrollTop } = tableBox;
  tableBox.replaceChildren(
    el("div", { className: "bar" }, el("div", { className: "group", role: "group", "aria-label": t("table.which") }, kind("models", models.length), kind("links", found.length)), whole),
    list.length ? el("table", {}, el("caption", {}, caption), tableHead(columns, order), body) : el("p", { className: "empty" }, t("table.nothing")), ...(more ? [more] : []));
  Object.assign(tableBox, { scrollLeft, scrollTop });
  // What was just used keeps the focus, if it is still there.
  for (const key of ["sort", "row", "list"]) if (focus[key]) [...tableBox.querySelectorAll("button")].find((b) => b.dataset[key] === focus[key])?.focus({ preventScroll: true });
}
const moreWords = (count) => t("table.more", Math.min(TABLE_CHUNK, count - tableRoom), count - tableRoom);

/** Adds the next rows; the first of them takes the focus. */
function growTable(list, columns, body, more) {
  const next = list.slice(tableRoom, tableRoom + TABLE_CHUNK).map((row) => bodyRow(row, columns));
  tableRoom += TABLE_CHUNK;
  body.append(...next);
  if (list.length > tableRoom) more.textContent = moreWords(list.length); else more.remove();
  next[0].querySelector("button")?.focus();
}

tableButton.addEventListener("click", () => update({ table: !state.table }));
panels.push((changes) => {
  tableButton.setAttribute("aria-pressed", String(state.table));
  if (state.table === tableBox.hidden) {
    if (state.table) { viewBefore = { ...camera.view }; selBefore = state.sel; }
    stage.hidden = state.table; tableBox.hidden = !state.table;
    if (!state.table) {
      // A hidden picture has no size to be moved in: it takes its place up again.
      camera.moveTo(viewBefore);
      if (state.sel !== selBefore && state.sel && state.sel.mark) lookAt(state.sel);
      tableBox.replaceChildren();
    }
  }
  if (!state.table) return;
  if (Object.keys(changes).some((key) => key !== "lang" && key !== "theme")) tableRoom = TABLE_CHUNK;
  drawTable();
  if (!evidence) readEvidence().then(() => { if (state.table) drawTable(); });
});
