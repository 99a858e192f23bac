// The modes: questions put to the picture. Each has a form above it, and its answer in the details.
const modeForm = document.getElementById("modeform");
const MODE_STEP = 900, MODE_LONGEST = 16000, MODE_FROM = 3, MODE_FOLD = 10;

const adopterCount = (x) => (graph.adoption[x.i] || []).length;
const byLabel = (a, b) => a.label.localeCompare(b.label, "en");
/** Techniques, those with most adopters first, and benchmarks, those that most have met. */
const techniquesByUse = things.filter((x) => x.kind === "technique").sort((a, b) => adopterCount(b) - adopterCount(a) || byLabel(a, b));
const benchmarksByUse = things.filter((x) => Object.hasOwn(graph.exposure, x.i)).sort((a, b) => graph.exposure[b.i].length - graph.exposure[a.i].length || byLabel(a, b));
/** What the fields of the modes take: the list of suggestions, and what they choose from. */
const MODE_FIELDS = { technique: ["techniques", techniquesByUse], benchmark: ["benchmarks", benchmarksByUse], a: ["modelnames", nodes], b: ["modelnames", nodes] };
const MODE_OF_FIELD = { technique: ["technique"], exposure: ["benchmark"], path: ["a", "b"], compare: ["a", "b"] };

/** Asks something: the answer takes the place of what was selected. */
function ask(changes) {
  update({ sel: null, ...changes });
  if (state.mode !== "explore") lookAtLit(MODE_OF_FIELD[state.mode].length > 1);
}

/** Brings what is lit up into the picture, unless all of it is there already. */
function lookAtLit(always, fly = true) {
  const on = lit && !state.table ? scene.marks.filter((m) => m.on) : [], { width, height } = camera.size();
  const inside = (m) => { const p = camera.toScreen(m); return p.x > 8 && p.x < width - 60 && p.y > 30 && p.y < height - 12; };
  if (on.length && (always || !on.every(inside))) camera.fit(fitting(on).box, 1.15, fly);
}

// Names that are typed.
/** How many letters have to be added, left out, exchanged or swapped to make one word of another. */
function edits(a, b) {
  let [before, row] = [[], Array.from({ length: b.length + 1 }, (_, n) => n)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}

/** What a text names in a list: {found}, or {near}: up to three whose names are most like it. */
function nameIn(text, list) {
  const wanted = fold(text).slice(0, 80);
  const found = wanted && (list.find((x) => fold(x.label) === wanted) || list.find((x) => keysOf(x).includes(wanted)));
  if (found) return { found };
  const holding = wanted ? list.filter((x) => keysOf(x).some((key) => key.includes(wanted))) : [];
  if (holding.length === 1) return { found: holding[0] };
  const unlike = (key) => (key.includes(wanted) ? 0.3 * (1 - wanted.length / key.length) : edits(wanted, key) / Math.max(wanted.length, key.length));
  const rated = wanted ? list.map((x) => [Math.min(...keysOf(x).map(unlike)), x]).filter(([far]) => far <= 0.6) : [];
  return { near: rated.sort((a, b) => a[0] - b[0]).slice(0, 3).map(([, x]) => x) };
}

/** Takes over what was typed into a field, or says what may have been meant. */
function takeField(key, input) {
  const text = input.value.trim(), { found, near } = text ? nameIn(text, MODE_FIELDS[key][1]) : { found: null };
  tellField(input, text && !found ? [text, near, key] : null);
  if (near) return;
  if (found) input.value = nameOf(found);
  if (found !== state[key]) ask({ [key]: found });
}

function tellField(input, problem) {
  const place = modeForm.querySelector(".message");
  place.replaceChildren();
  for (const field of modeForm.querySelectorAll("input")) { field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); }
  if (!problem) return;
  const [text, near, key] = problem;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", place.id);
  place.append(t("mode.unknown", text));
  near.forEach((x, n) => place.append(n ? t("mode.listed") : t("mode.meant"), button(nameOf(x), () => { input.value = nameOf(x); takeField(key, input); })));
  if (near.length) place.append(t("mode.meantEnd"));
  say(place.textContent);
}

function modeField(key) {
  const input = el("input", {
    type: "text", value: state[key] ? nameOf(state[key]) : "", placeholder: t(`field.${key}.hint`), autocomplete: "off", spellcheck: false, dataset: { field: key },
    onchange: () => takeField(key, input),
    // What is chosen from the list of suggestions is meant at once.
    oninput: (event) => { if (!event.inputType || event.inputType === "insertReplacementText") takeField(key, input); },
  });
  input.setAttribute("list", MODE_FIELDS[key][0]);
  return el("label", { className: "field" }, el("span", {}, t(state.mode === "compare" ? `field.${key}.compare` : `field.${key}`)), input);
}

/** A mark in the colour and with the sign of what a mode says of it. */
function toneSwatch(tone) {
  const c = ink(), look = TONE_LOOKS[tone], part = (r, fill) => svgEl("circle", { cx: 8, cy: 8, r, fill });
  const inner = { full: [], eye: [part(2.3, c.paper)], hollow: [part(3.8, c.paper)], target: [part(4.2, c.paper), part(2, c[tone])] }[look];
  return swatch(16, part(6, c[tone]), ...inner);
}
const toneKey = ([tone, words, count]) => el("span", { className: "tone", dataset: { tone } }, toneSwatch(tone), words, count === undefined ? null : el("span", { className: "count" }, String(count)));

/** What the colours of a mode say: [tone, words, how many]. */
function modeTones() {
  const { mode } = state, count = (list, test) => list.filter(test).length;
  if (mode === "technique") {
    const list = state.technique ? adopters(state.technique) : null;
    return ["taken", "inherited", "undated"].map((tone) => [tone, t(`tone.${tone}`), list ? count(list, (a) => toneOf(a) === tone) : undefined]);
  }
  if (mode === "exposure") {
    const list = state.benchmark ? exposed(state.benchmark) : null;
    return graph.classes.map((name) => [name.split(" ").at(-1), t(`table.${name}`), list ? count(list, (row) => row.kind === name) : undefined]);
  }
  const pair = [["first", state.a ? nameOf(state.a) : t("field.a.compare")], ["second", state.b ? nameOf(state.b) : t("field.b.compare")]];
  if (mode === "path") return pair;
  return pair.map(([tone, name]) => [tone, t("tone.only", name)]).concat([["both", t("tone.both")]]);
}

// Technique by technique, and in the order of their dates.
function stepTechnique(by) {
  const at = techniquesByUse.indexOf(state.technique), count = techniquesByUse.length;
  ask({ technique: techniquesByUse[at < 0 ? (by > 0 ? 0 : count - 1) : (at + by + count) % count] });
}

let modePlay = null;
const adoptionDays = () => [...new Set(adopters(state.technique).map((a) => a.day).filter(Boolean))].sort();
function stopModePlay() {
  if (!modePlay) return;
  clearTimeout(modePlay.timer);
  modePlay = null;
  drawPlay();
}

/** Shows the adopters up to the next date, and says who came; after the last date, all. */
function playStep(days) {
  const day = state.to ? days.find((d) => d > `${state.to}~`) : days[0];
  if (modePlay) modePlay.day = day || "";
  update({ to: day || "" });
  if (day) say(`${day}: ${adopters(state.technique).filter((a) => a.day === day).map((a) => nameOf(a.node)).join(", ")}`);
  return !!day;
}

function playTechnique() {
  const days = adoptionDays();
  if (modePlay) { stopModePlay(); return; }
  if (!days.length) return;
  // Who wants no motion goes from date to date by hand.
  if (still()) { playStep(days); return; }
  modePlay = { timer: 0, day: state.to };
  const each = clamp(MODE_LONGEST / days.length, 150, MODE_STEP);
  const run = () => { if (playStep(days)) modePlay.timer = setTimeout(run, each); else stopModePlay(); };
  run();
  drawPlay();
}
const modePlayButton = el("button", { type: "button", id: "playtechnique", onclick: playTechnique });
function drawPlay() {
  modePlayButton.textContent = modePlay ? `❚❚ ${t("timeline.pause")}` : `▶ ${t(still() ? "technique.step" : "technique.play")}`;
  modePlayButton.disabled = !state.technique || !adoptionDays().length;
}

function modeParts() {
  const act = (key, run, text) => el("button", { type: "button", onclick: run, dataset: { act: key }, "aria-label": t(key), title: t(key) }, text);
  const fields = MODE_OF_FIELD[state.mode].map(modeField);
  if (state.mode === "technique") {
    const place = techniquesByUse.indexOf(state.technique) + 1;
    return [...fields, el("span", { className: "group" }, act("technique.previous", () => stepTechnique(-1), "‹"), act("technique.next", () => stepTechnique(1), "›")),
      place ? el("span", { className: "soft", id: "techniqueplace" }, t("technique.place", place, techniquesByUse.length)) : null, modePlayButton];
  }
  return fields.length === 2 ? [fields[0], act("mode.swap", () => ask({ a: state.b, b: state.a }), "⇄"), fields[1]] : fields;
}

let modeDrawn = "";
function drawModeForm() {
  const { mode } = state, on = mode !== "explore", shown = [mode, state.lang, dark(), ...["technique", "benchmark", "a", "b"].map((key) => state[key] && state[key].i)].join(" ");
  drawPlay();
  if (shown === modeDrawn) return;
  const focus = modeForm.contains(document.activeElement) ? { ...document.activeElement.dataset, id: document.activeElement.id } : null;
  modeDrawn = shown;
  modeForm.hidden = !on;
  modeForm.setAttribute("role", "region");
  modeForm.setAttribute("aria-label", t(`mode.${mode}`));
  modeForm.replaceChildren(...(on ? [...modeParts(), el("span", { className: "tones" }, ...modeTones().map(toneKey)), el("p", { className: "message", id: "modemessage" })].filter(Boolean) : []));
  // What was just used keeps the focus; a name that is still missing gets it.
  const again = focus && [...modeForm.querySelectorAll("input, button")].find((x) => (focus.field && x.dataset.field === focus.field) || (focus.act && x.dataset.act === focus.act) || (focus.id && x.id === focus.id));
  if (again) again.focus();
}

/** Turns a mode on; its first empty field takes the focus. */
function turnMode(mode) {
  update({ mode, sel: null });
  say(t(`mode.${mode}`));
  const empty = mode === "explore" ? null : [...modeForm.querySelectorAll("input")].find((x) => !x.value);
  if (empty) empty.focus(); else lookAtLit(false);
}
/** Turns a mode on with what it is about. */
function enterMode(mode, about) {
  ask({ mode, ...about });
  const empty = [...modeForm.querySelectorAll("input")].find((x) => !x.value);
  if (empty) empty.focus();
}

// An address that names no view shows what is asked about, at once.
let modeLooked = false;
const modeButtons = [...document.querySelectorAll("#modes button")];
for (const b of modeButtons) b.addEventListener("click", () => turnMode(b.dataset.mode === state.mode ? "explore" : b.dataset.mode));
panels.push((changes) => {
  for (const b of modeButtons) { b.textContent = t(`mode.${b.dataset.mode}`); b.setAttribute("aria-pressed", String(b.dataset.mode === state.mode)); }
  if ("lang" in changes) for (const [id, list] of Object.values(MODE_FIELDS)) document.getElementById(id).replaceChildren(...[...new Set(list.length > 3000 ? [] : list.map(nameOf))].map((value) => el("option", { value })));
  // Who asks something else, or moves the slider, has seen enough.
  if (modePlay && (state.mode !== "technique" || "technique" in changes || ("to" in changes && state.to !== modePlay.day))) stopModePlay();
  drawModeForm();
  if (!modeLooked && !viewGiven && state.mode !== "explore" && !state.sel) queueMicrotask(() => lookAtLit(MODE_OF_FIELD[state.mode].length > 1, false));
  modeLooked = true;
});

/** Above the details of a selection: the way back to the answer, and the selection as an end of the question. */
function backToMode() {
  const { sel, mode } = state, node = sel.node || (sel.kind === "mark" && (nodeOf.get(sel.mark.id) || sel.mark.members[0]));
  const act = (text, run, key) => el("button", { type: "button", onclick: run, dataset: { act: key } }, text);
  const back = act(t("mode.back", t(`mode.${mode}`)), () => { update({ sel: null }); panel.focus({ preventScroll: true }); }, "back");
  const ends_ = node && MODE_OF_FIELD[mode].includes("a") ? ["a", "b"].map((key) => act(t(`field.${key}.set${mode === "compare" ? ".compare" : ""}`), () => ask({ [key]: node }), key)) : [];
  return el("div", { className: "actions modeback" }, back, ...ends_);
}

// Answers.
const foldable = (title, items, open) => (items.length ? el("details", { className: "fold", open: open || items.length <= MODE_FOLD }, el("summary", {}, el("h3", {}, `${title} (${items.length})`)), el("ul", {}, ...items)) : null);
const hintList = (mode, heading, list, key, count) => [el("h2", {}, t(`mode.${mode}`)), el("p", {}, t(`${mode}.hint`)), el("h3", {}, t(heading)), el("ul", {}, ...list.slice(0, 14).map((x) => el("li", {}, button(nameOf(x), () => ask({ [key]: x })), el("span", { className: "soft" }, ` ${count(x)}`))))];
const pairHint = (mode) => [el("h2", {}, t(`mode.${mode}`)), el("p", {}, t(`${mode}.hint`)), el("p", { className: "soft" }, t("pair.hint"))];

/** A word or two beside a name. */
const sign = (text) => [" ", el("span", { className: "sign" }, text)];

/** What an end of a route is called, whether it is shown or not. */
function endOf(id) {
  const node = nodeOf.get(id), thing = thingOf.get(id), name = graph.names[id];
  return node ? jumpNode(node) : thing ? jumpThing(thing) : document.createTextNode(name ? named(...name) : id.replace(/^\w+:/, ""));
}

function exposureRow(row, note) {
  const cited = (evidence.routes[state.benchmark.i] || [])[row.n] || [];
  const tags = [row.possible ? t("table.possible") : "", row.overlap ? t(`overlap.${row.overlap}`) : ""].filter(Boolean);
  const steps_ = row.route.map(([, relation, to], n) => el("li", {}, el("span", { className: "property" }, named(relation, graph.relationWords[relation])), endOf(to), note.mark(cited[n] || [])));
  return el("li", { dataset: { met: row.node.id } }, jumpNode(row.node), ...tags.flatMap((text) => sign(text)), el("ol", { className: "route" }, ...steps_));
}

function exposureDetails() {
  const x = state.benchmark;
  if (!x) return hintList("exposure", "exposure.most", benchmarksByUse, "benchmark", (y) => graph.exposure[y.i].length);
  const note = notes(), rows_ = exposed(x);
  return [el("h2", {}, nameOf(x)), el("p", {}, t("exposure.summary", rows_.length)), el("p", { className: "soft" }, t("exposure.openWorld")),
    ...graph.classes.map((kind) => foldable(t(`table.${kind}`), rows_.filter((row) => row.kind === kind).map((row) => exposureRow(row, note)), kind === rows_[0].kind)),
    el("h3", {}, t("sources")), note.list()];
}

/** A step of a path in words: where it leads, by what relation, up or down. */
function pathStep({ edge, from, to, down }, note) {
  const r = edge && relations[edge.relation], words = edge ? (down ? "path.down" : "path.up") : nodes[from.family] === to ? "path.member" : "path.holds";
  return el("li", { dataset: { step: to.id, dir: edge ? (down ? "down" : "up") : "member" } }, el("span", { className: "arrow", "aria-hidden": "true" }, edge ? (down ? "→" : "←") : "∈"), el("span", { className: "property" }, t(words)), jumpNode(to),
    edge ? el("div", { className: "soft" }, `${named(r.en, r.zh)}${edge.grade ? ` ${t("grade.short", edge.grade)}` : ""}`, note.mark(evidence.edges[edge.i])) : null);
}

function pathDetails() {
  const { a, b } = state;
  if (!a || !b) return pairHint("path");
  const note = notes(), path = lit && lit.path, title = el("h2", {}, `${nameOf(a)} – ${nameOf(b)}`);
  if (a === b) return [title, el("p", {}, t("pair.same"))];
  if (!path) return [title, el("p", {}, t("path.none", nameOf(a), nameOf(b))), el("p", { className: "soft" }, t("path.noneNote"))];
  const moves = path.filter((s) => s.edge), kind = moves.every((s) => s.down) ? "path.into" : moves.every((s) => !s.down) ? "path.outOf" : "path.related";
  return [title, el("p", {}, t(moves.length ? kind : "path.naming", nameOf(a), nameOf(b), moves.length)),
    el("ol", { className: "path" }, el("li", { dataset: { step: a.id } }, jumpNode(a)), ...path.map((s) => pathStep(s, note))), el("h3", {}, t("sources")), note.list()];
}

/** The accepted values of some properties: a model's own, and what is said of its family unless it is denied of the model. */
function valuesOf(n, properties, denying) {
  const found = new Map(), has = ([property, , accepted], list) => accepted && list.includes(evidence.properties[property][0]), keyOf = (row) => row[5] || row[1];
  const denied = new Set((evidence.nodes[n.i] || []).filter((row) => has(row, [denying])).map(keyOf));
  const holders = [n];
  if (denying) for (let f = nodes[n.family]; f && !holders.includes(f); f = nodes[f.family]) holders.push(f);
  for (const holder of holders) for (const row of evidence.nodes[holder.i] || []) {
    const key = keyOf(row), [, value, , , cited, target] = row;
    if (!has(row, properties) || (holder !== n && (!cited.length || denied.has(key)))) continue;
    found.set(key, { value, target, cited: [...new Set([...(found.has(key) ? found.get(key).cited : []), ...cited])] });
  }
  return found;
}

/** What both have, and what only one of them has. */
function sharing(title, kind, properties, denying, note) {
  const { a, b } = state, [one, two] = [valuesOf(a, properties, denying), valuesOf(b, properties, denying)];
  const item = ([key, v]) => {
    const thing = thingOf.get(v.target), cited = [...new Set([...v.cited, ...(one.has(key) && two.has(key) ? two.get(key).cited : [])])];
    return el("li", { dataset: { value: key } }, thing ? jumpThing(thing) : el("span", {}, v.value), note.mark(cited));
  };
  const part = (which, list) => { const fold_ = foldable(t(`compare.${which}`, nameOf(which === "second" ? b : a)), list.map(item)); if (fold_) Object.assign(fold_.dataset, { compare: kind, part: which }); return fold_; };
  const parts = [part("both", [...one].filter(([key]) => two.has(key))), part("first", [...one].filter(([key]) => !two.has(key))), part("second", [...two].filter(([key]) => !one.has(key)))].filter(Boolean);
  return parts.length ? [el("h3", { className: "part" }, title), ...parts] : [];
}

/** Results that are reported of two things, those on the same benchmark side by side. */
function scores(note) {
  const of = (n) => modelsOf(n).concat(n.members.length ? [n] : []).flatMap((m) => (evidence.nodes[m.i] || []).filter((row) => evidence.properties[row[0]][0] === "clg:result" && row[2]).map((row) => ({ text: row[1], cited: row[4], m })));
  // A line of a result is: benchmark, score, metric, setting.
  const on = (text) => text.replace(/ \(.*$/, "").replace(/^(.+) -?\d[\d.]*(?: .*)?$/, "$1");
  const sides = [state.a, state.b].map(of), all = [...new Set(sides.flat().map(({ text }) => on(text)))];
  const shared_ = all.filter((name) => sides.every((side) => side.some((s) => on(s.text) === name)));
  const cell = (side, name) => el("td", {}, ...side.filter((s) => on(s.text) === name).map((s) => el("div", {}, s.text.slice(name.length).trim() || t("scores.noScore"), note.mark(s.cited))));
  if (!all.length) return [];
  const rows_ = [...shared_, ...all.filter((name) => !shared_.includes(name))].map((name) => el("tr", {}, el("th", { scope: "row" }, name), ...sides.map((side) => cell(side, name))));
  return [el("h3", { className: "part" }, t("scores.head")), el("p", { className: "soft" }, t("scores.note")),
    el("table", { className: "scores" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("kind.benchmark")), ...[state.a, state.b].map((n) => el("th", { scope: "col" }, nameOf(n))))), el("tbody", {}, ...rows_))];
}

function compareDetails() {
  const { a, b } = state;
  if (!a || !b) return pairHint("compare");
  const title = el("h2", {}, `${nameOf(a)} – ${nameOf(b)}`);
  if (a === b) return [title, el("p", {}, t("pair.same"))];
  const note = notes(), s = shared(), row = (n) => el("li", { dataset: { value: n.id } }, jumpNode(n), ...(s.lowest.includes(n) ? sign(t("compare.nearest")) : []));
  const part = (which, list) => { const fold_ = foldable(t(`compare.${which}`, nameOf(which === "second" ? b : a)), [...list.filter((n) => s.lowest.includes(n)), ...list.filter((n) => !s.lowest.includes(n))].map(row)); if (fold_) Object.assign(fold_.dataset, { compare: "ancestors", part: which }); return fold_; };
  const data = graph.dataProperties.map(([name]) => `clg:${name}`);
  return [title, el("div", { className: "actions" }, el("button", { type: "button", onclick: () => ask({ mode: "path" }) }, t("compare.path"))),
    el("h3", { className: "part" }, t("compare.ancestors")), s.common.length ? null : el("p", {}, t("compare.none")), part("both", s.common), part("first", s.first), part("second", s.second),
    ...sharing(t("compare.techniques"), "uses", ["clg:uses"], "clg:lacks", note), ...sharing(t("showData"), "data", data, "clg:notTrainedOn", note), ...sharing(t("table.licence"), "license", ["clg:license"], "", note),
    ...scores(note), el("p", { className: "soft" }, t("openWorld")), el("h3", {}, t("sources")), note.list()];
}

/** The answer of the mode that is on, for the details. */
const modeDetails = () => (state.mode === "explore" ? [] : { technique: techniqueDetails, exposure: exposureDetails, path: pathDetails, compare: compareDetails }[state.mode]());
