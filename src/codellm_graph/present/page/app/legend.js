// The legend: what the marks mean, and, as its rows are switches, the filters.
function swatch(width, ...children) { return svgEl("svg", { width, height: 16, "aria-hidden": "true", focusable: "false" }, ...children); }

const lineSwatch = (r) => swatch(34, svgEl("line", { x1: 1, y1: 8, x2: 33, y2: 8, stroke: strokeOf(r), "stroke-width": 2.4, "stroke-dasharray": r.dash.join(" ") }));

function shapeSwatch(shape, fill) {
  const points = OUTLINES[shape];
  return swatch(16, points ? svgEl("polygon", { points: points.map(([x, y]) => `${8 + 6 * x},${8 + 6 * y}`).join(" "), fill }) : svgEl("circle", { cx: 8, cy: 8, r: 5.4, fill }));
}

/** A row that shows or hides something. */
function toggle(kind, i, label, count, picture) {
  const off = state.off[kind];
  const box = el("input", {
    type: "checkbox", checked: !off.has(i), dataset: { kind, value: VALUES[kind][i] },
    onchange: () => { const next = new Set(off); box.checked ? next.delete(i) : next.add(i); update({ off: { ...state.off, [kind]: next } }); },
  });
  return el("label", { className: "row" }, box, picture, el("span", { className: "name" }, label), el("span", { className: "count" }, String(count)));
}

/** Rows of one kind with their heading, and a button that switches all of them. */
function section(kind, title, rows_, open) {
  const all = rows_.map(([i]) => i), some = all.some((i) => state.off[kind].has(i));
  const flip = button(t(some ? "all" : "none"), (event) => { event.preventDefault(); update({ off: { ...state.off, [kind]: new Set(some ? [] : all) } }); }, { "aria-label": `${t(some ? "all" : "none")}: ${title}` });
  return el("details", { open, dataset: { kind }, ontoggle: (event) => { opened[kind] = event.target.open; } },
    el("summary", {}, el("h2", {}, title)), el("div", { className: "rows" }, ...rows_.map((row) => toggle(kind, ...row)), rows_.length > 1 ? flip : null));
}
const opened = { relation: true, stage: true, openness: true, organization: false, grade: false };

function drawLegend() {
  const count = (list, test) => list.filter(test).length, soft = ink().soft;
  const modelRows = nodes.filter((n) => n.mark >= 0 && marks[n.mark].members.includes(n));
  const relationRows = relations.map((r) => [r.i, named(r.en, r.zh), count(edges, (e) => e.relation === r.i), lineSwatch(r)]);
  const last = (kind) => VALUES[kind].length - 1;
  const stageRows = [...graph.stages.map(([en, zh], i) => [i, named(en, zh), count(modelRows, (n) => n.stage === i), shapeSwatch(graph.shapes[en] || "dot", soft)]),
    [last("stage"), t("noStage"), count(modelRows, (n) => n.stage < 0), shapeSwatch("dot", soft)]];
  const opennessRows = graph.openness.map((o, i) => [i, t(`openness.${o[0]}`), count(modelRows, (n) => n.openness === i), shapeSwatch("dot", shade(o))]);
  const gradeRows = VALUES.grade.map((g, i) => [i, t(`grade.${g}`), count(edges, (e) => (e.grade || 5) === i + 1), null]);
  const makers = [...graph.organizations.map(([en, zh], i) => [i, named(en, zh), count(modelRows, (n) => n.organizations.includes(i)), null]),
    [last("organization"), t("noOrganization"), count(modelRows, (n) => !n.organizations.length), null]].sort((a, b) => b[2] - a[2]);
  const some = (list) => list.filter((row) => row[2]);
  const quiet = el("input", { type: "checkbox", checked: state.quiet, onchange: (event) => update({ quiet: event.target.checked }) });
  const uses = el("input", { type: "search", id: "uses", value: state.uses ? nameOf(state.uses) : "", placeholder: t("anyTechnique"), autocomplete: "off", onchange: (event) => { const x = findThing(event.target.value, (y) => y.kind === "technique"); if (x || !event.target.value.trim()) update({ uses: x || null }); } });
  uses.setAttribute("list", "techniques");
  const day = (key, label) => el("label", { className: "row" }, el("span", { className: "name" }, label), el("input", { type: "month", value: state[key].slice(0, 7), dataset: { day: key }, onchange: (event) => update({ [key]: DAY.test(event.target.value) ? event.target.value : "" }) }));
  const focus = document.activeElement && document.activeElement.dataset ? { ...document.activeElement.dataset } : {};
  document.getElementById("legend").replaceChildren(...[
    section("relation", t("relationHead"), some(relationRows), opened.relation),
    links.some((l) => l.group) ? el("label", { className: "row" }, quiet, el("span", { className: "name" }, t("ofFamilies")), el("span", { className: "count" }, String(count(links, (l) => l.group)))) : null,
    section("stage", t("stageHead"), some(stageRows), opened.stage),
    section("openness", t("licenceHead"), some(opennessRows), opened.openness),
    section("organization", t("organizationHead"), some(makers), opened.organization),
    section("grade", t("gradeHead"), some(gradeRows), opened.grade),
    el("h2", {}, el("label", { for: "uses" }, t("usesHead"))), uses,
    el("h2", {}, t("releasedHead")), day("from", t("from")), day("to", t("to")),
    el("p", { className: "soft" }, t("sizeNote"))].filter(Boolean));
  // A row that was just used keeps the focus.
  if (focus.kind) { const again = [...document.querySelectorAll("#legend input")].find((x) => x.dataset.kind === focus.kind && x.dataset.value === focus.value); if (again) again.focus(); }
}
panels.push((changes) => { if (!("sel" in changes) || Object.keys(changes).length > 1) drawLegend(); });
