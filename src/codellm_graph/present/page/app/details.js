// The panel of details: every statement about what is selected, with its sources and its disputes.
const panel = document.getElementById("details");
/** What a selection is called. */
const titleOf = (sel) => ({ mark: () => labelOf(sel.mark), node: () => nameOf(sel.node), thing: () => nameOf(sel.thing), link: () => named(relations[sel.link.relation].en, relations[sel.link.relation].zh) }[sel.kind]());
const jumpNode = (n) => button(nameOf(n), () => show(pick(n.id), true));
const jumpMark = (m) => button(labelOf(m), () => show(pick(m.id), true));
const jumpThing = (x) => button(nameOf(x), () => show({ kind: "thing", thing: x }));

/** Notes in the order in which they are first used, listed at the end. */
function notes() {
  const used = [];
  const label = ([source, place]) => { const [title, , grade] = evidence.sources[source]; return { title, place, grade, url: evidence.sources[source][1] }; };
  return {
    mark(list) {
      const sup = el("sup", {});
      for (const c of list) {
        if (!used.includes(c)) used.push(c);
        const { url, title } = label(evidence.citations[c]), n = link(url, String(used.indexOf(c) + 1));
        if (n.setAttribute) n.setAttribute("aria-label", t("sourceN", used.indexOf(c) + 1, title));
        sup.append(" ", n);
      }
      return sup;
    },
    list() {
      if (!used.length) return el("p", { className: "soft" }, t("noSources"));
      return el("ol", { className: "sources" }, ...used.map((c) => { const { title, place, grade, url } = label(evidence.citations[c]); return el("li", {}, link(url, title), place ? ` ${place}` : "", grade ? el("span", { className: "soft" }, ` ${t("grade.short", grade)}`) : ""); }));
    },
  };
}

/** What a rule says, in a few words. */
const ruleWords = (name) => (WORDS[`rule.${name}`] ? t(`rule.${name}`) : name);

function statementRow([property, value, accepted, rule, cited, target], note) {
  const [, en, zh] = evidence.properties[property], thing = thingOf.get(target), node = nodeOf.get(target);
  return el("li", { className: accepted ? "" : "rejected" },
    el("span", { className: "property" }, named(en, zh)), accepted ? "" : el("span", { className: "tag" }, t("notBelieved")),
    thing ? jumpThing(thing) : node ? jumpNode(node) : el("span", { className: "value" }, value),
    rule >= 0 ? el("span", { className: "soft" }, ` ${t("byRule", ruleWords(evidence.rules[rule]))}`) : note.mark(cited));
}

function statementList(list, note) {
  const doubted = list.some(([, , accepted]) => !accepted);
  return [el("h3", {}, `${t("statements")} (${list.length})`), doubted ? el("p", { className: "soft" }, t("disputeNote")) : null, el("ul", { className: "statements" }, ...list.map((s) => statementRow(s, note)))];
}

/** An edge of what is shown; of several models, it says whose it is. */
const edgeRow = (e, down, note, whose) => el("li", {}, el("span", { className: "property" }, named(relations[e.relation].en, relations[e.relation].zh)), jumpNode(nodes[down ? e.child : e.parent]), note.mark(evidence.edges[e.i]), whose ? el("span", { className: "soft" }, ` · ${nameOf(nodes[down ? e.parent : e.child])}`) : "");

function lineageParts(list, note) {
  const up = [...new Set(list.flatMap((n) => n.up))].filter(allowed), down = [...new Set(list.flatMap((n) => n.down))].filter(allowed), parts = [];
  const part = (key, found, isDown) => { if (found.length) parts.push(el("h3", {}, `${t(key)} (${found.length})`), el("ul", {}, ...found.map((e) => edgeRow(e, isDown, note, list.length > 1)))); };
  part("comesFrom", up, false);
  part("wentInto", down, true);
  return parts;
}

const counts = () => el("p", { className: "soft", id: "counts" }, t("counts", countOf(false), countOf(true)));

/** How many models and families the selection comes from, or went into. */
const countOf = (down) => reachSelected(down).far.size;

/** What can be done with a model or release. */
function actions(mark, node) {
  const act = (key, run, pressed) => el("button", { type: "button", onclick: run, ...(pressed === undefined ? {} : { "aria-pressed": String(pressed) }) }, t(key));
  const flip = (kind) => { const next = new Set(state.things); next.has(kind) ? next.delete(kind) : next.add(kind); update({ things: next }); };
  const it = node || nodeOf.get(mark.id) || mark.members[0];
  return el("div", { className: "actions" },
    mark.members.length > 1 ? act(state.open.has(mark) ? "close" : "open", () => openMark(mark), state.open.has(mark)) : null,
    act("showData", () => flip("data"), state.things.has("data")), act("showTechniques", () => flip("techniques"), state.things.has("techniques")),
    act("pathFrom", () => enterMode("path", { a: it, b: null })), act("compareWith", () => enterMode("compare", { a: it, b: null })));
}

function facts(n) {
  const size = n.parameters ? `${n.parameters} B` : "", organizations = n.organizations.map((i) => named(...graph.organizations[i])).join(", ");
  const rows_ = [["released", n.released || t("unknown")], ["organization", organizations], ["parameters", size], ["stage", n.stage >= 0 ? named(...graph.stages[n.stage]) : ""], ["licence", n.license >= 0 ? `${graph.licenses[n.license]} (${t(`openness.${graph.openness[n.openness][0]}`)})` : ""]];
  return el("dl", {}, ...rows_.filter(([, value]) => value).flatMap(([key, value]) => [el("dt", {}, t(key)), el("dd", {}, value)]));
}

function nodeDetails(n, mark) {
  const note = notes(), list = evidence.nodes[n.i] || [], family = nodes[n.family], groups = mark.groups.filter((g) => g !== n && markOf.get(mark.id) === mark && n.family === g.i);
  return [el("h2", {}, nameOf(n)), facts(n), actions(mark, n), family ? el("p", {}, `${t("memberOf")} `, jumpNode(family)) : null, counts(),
    ...lineageParts([n], note), ...statementList(list, note), ...groups.flatMap((g) => [el("h3", {}, `${t("ofFamily")} ${nameOf(g)}`), ...statementList(evidence.nodes[g.i] || [], note)]),
    el("h3", {}, t("sources")), note.list()];
}

function markDetails(mark) {
  if (mark.members.length === 1 && !mark.groups.length) return nodeDetails(mark.members[0], mark);
  if (mark.members.length === 1) return nodeDetails(mark.members[0], mark);
  const note = notes(), both = [...mark.groups, ...mark.members];
  return [el("h2", {}, labelOf(mark)), el("p", { className: "soft" }, t("releaseNote", mark.members.length, mark.members[0].released || t("unknown"))), actions(mark), counts(),
    el("h3", {}, `${t("models")} (${mark.members.length})`), el("ul", { className: "models" }, ...mark.members.map((n) => el("li", {}, jumpNode(n), n.parameters ? el("span", { className: "soft" }, ` ${n.parameters} B`) : ""))),
    ...lineageParts(both, note), ...mark.groups.flatMap((g) => [el("h3", {}, `${t("ofFamily")} ${nameOf(g)}`), ...statementList(evidence.nodes[g.i] || [], note)]),
    el("h3", {}, t("sources")), note.list()];
}

function linkDetails(l) {
  const note = notes(), r = relations[l.relation];
  return [el("h2", {}, named(r.en, r.zh)), el("dl", {}, el("dt", {}, t("child")), el("dd", {}, jumpMark(marks[l.child])), el("dt", {}, t("parent")), el("dd", {}, jumpMark(marks[l.parent]))),
    el("h3", {}, `${t("saysWho")} (${l.edges.length})`), el("ul", {}, ...l.edges.map((i) => { const e = edges[i]; return el("li", {}, jumpNode(nodes[e.child]), ` ← `, jumpNode(nodes[e.parent]), e.grade ? el("span", { className: "soft" }, ` ${t("grade.short", e.grade)}`) : "", note.mark(evidence.edges[i])); })),
    el("h3", {}, t("sources")), note.list()];
}

function thingDetails(x) {
  const note = notes(), act = (key, run) => el("button", { type: "button", onclick: run }, t(key));
  return [el("h2", {}, nameOf(x)), el("p", { className: "soft" }, [t(`kind.${x.kind}`), x.detail].filter(Boolean).join(" · ")),
    el("div", { className: "actions" }, x.kind === "technique" ? act("followTechnique", () => enterMode("technique", { technique: x })) : null, Object.hasOwn(graph.exposure, x.i) ? act("followExposure", () => enterMode("exposure", { benchmark: x })) : null),
    el("h3", {}, `${t("usedBy")} (${new Set(x.users).size})`), el("ul", { className: "models" }, ...[...new Set(x.users)].map((n) => el("li", {}, jumpNode(n)))),
    ...statementList(evidence.things[x.i] || [], note), el("h3", {}, t("sources")), note.list()];
}

function nothingDetails() {
  const models = [...visible.marks].sort((a, b) => rank.get(a) - rank.get(b));
  return [el("h2", {}, graph.title), el("p", {}, t("summary", [...visible.marks].reduce((sum, m) => sum + m.members.filter((n) => visible.nodes.has(n)).length, 0), visible.marks.size, visible.links.size)), el("p", { className: "soft" }, t("hint")), el("p", { className: "soft" }, t("openWorld")),
    el("h3", {}, t("startHere")), el("ul", { className: "models" }, ...models.slice(0, 14).map((m) => el("li", {}, jumpMark(m))))];
}

let drawn = 0;
/** Draws the panel of the mode, or of the selection; waits for the evidence if that is not unpacked yet. */
async function drawDetails() {
  const turn = ++drawn, sel = state.sel;
  if (!evidence && (sel || state.mode !== "explore")) { panel.setAttribute("aria-busy", "true"); await readEvidence(); }
  // Another selection may have been made meanwhile.
  if (turn !== drawn) return;
  panel.removeAttribute("aria-busy");
  const mode = sel ? [] : modeDetails();
  const parts = mode.length ? mode : sel ? { mark: () => markDetails(sel.mark), node: () => nodeDetails(sel.node, sel.mark), thing: () => thingDetails(sel.thing), link: () => linkDetails(sel.link) }[sel.kind]() : nothingDetails();
  if (sel && state.mode !== "explore") parts.unshift(backToMode());
  panel.replaceChildren(...parts.filter((p) => p !== null));
  panel.scrollTop = 0;
}
panels.push(drawDetails);
