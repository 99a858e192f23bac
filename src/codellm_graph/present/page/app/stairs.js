// The staircase of a technique: one step for each adopter, at its date; and the adopters in words.
const stairBox = document.getElementById("stairs");
const STAIR_MARGIN = { left: 40, right: 26, top: 22, bottom: 24 }, STAIR_HEIGHT = 196, STAIR_NARROWEST = 620, STAIR_DOT = 5, STAIR_LETTERS = 12;
/** Shapes of the modes, as in the charts. */
const STAIR_SHAPES = { "first recorded": "diamond", "other organization": "triangle", "own organization": "square", inherited: "dot" };
let stairsOpen = true, stairAt = null, stairDrawn = "";

const timeOf = (day) => Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7) || 1) - 1, Number(day.slice(8, 10) || 1));
const lastDay = nodes.reduce((last, n) => (n.day > last ? n.day : last), "");
const adoptionWords = (a) => t(`table.${a.mode}`) + (a.necessity ? ` (${t("table.necessity")})` : "");

/** The places of everything in a staircase of some width. */
function stairPlan(list, paper, wide) {
  const { left, right, top, bottom } = STAIR_MARGIN, days = [...list.map((a) => a.day), ...(paper ? [paper] : [])].map(timeOf);
  const first = Math.min(...days), last = Math.max(...days, timeOf(lastDay)), room = Math.max(last - first, 86400000 * 30);
  // The name of the first adopter has room on its left.
  const early = (timeOf(list[0].day) - first) / room, pad = Math.max(8, (widthOf(nameOf(list[0].node)) * 1.09 + 16 - early * (wide - left - right)) / (1 - early));
  const x = (time) => left + pad + ((time - first) / room) * (wide - left - right - pad), y = (count) => STAIR_HEIGHT - bottom - (count / list.length) * (STAIR_HEIGHT - top - bottom);
  return { x, y, first, last: first + room, wide, dots: list.map((a, n) => ({ a, n, x: x(timeOf(a.day)), y: y(n + 1) })) };
}

/** The first days of the years that are shown, or of the quarters if there are few years. */
function stairTicks(plan) {
  const years = (plan.last - plan.first) / 31557600000, every = years > 3 ? 12 : years > 0.9 ? 3 : 1, found = [], start = new Date(plan.first);
  for (let month = start.getUTCFullYear() * 12; Date.UTC(0, month) && found.length < 80; month += every) {
    const time = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (time > plan.last) break;
    if (time >= plan.first) found.push([plan.x(time), month % 12 ? isoMonth(month) : String(month / 12)]);
  }
  return found;
}

/** Whole numbers for the axis of counts, three or four of them. */
function stairCounts(most) {
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000].find((n) => most / n <= 4) || Math.ceil(most / 4);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, n) => n * step);
}

const apart = (a, b) => a.right < b.left || a.left > b.right || a.bottom < b.top || a.top > b.bottom;
/** The names that find room beside their dots, the first adopter's first: [{dot, x, y, anchor, box}]. */
function stairLabels(plan, taken) {
  const found = [], grow = STAIR_LETTERS / LETTERS, lines = stairSegments(plan).map(([x1, y1, x2, y2]) => ({ left: Math.min(x1, x2) - 1, right: Math.max(x1, x2) + 1, top: Math.min(y1, y2) - 1, bottom: Math.max(y1, y2) + 1 }));
  const dots = plan.dots.map((d) => ({ left: d.x - STAIR_DOT, right: d.x + STAIR_DOT, top: d.y - STAIR_DOT, bottom: d.y + STAIR_DOT }));
  const order = [plan.dots[0], plan.dots.at(-1), ...plan.dots.slice(1, -1)].filter((d, n, all) => all.indexOf(d) === n);
  for (const dot of order) {
    const w = widthOf(nameOf(dot.a.node)) * grow * (dot.n ? 1 : 1.09), places = [["end", dot.x - 9, dot.y], ["end", dot.x - 1, dot.y - 14], ["start", dot.x + 8, dot.y + 11], ["start", dot.x - 4, dot.y - 14]];
    for (const [anchor, x, y] of places) {
      const left = anchor === "end" ? x - w : x, box = { left: left - 2, right: left + w + 2, top: y - 8, bottom: y + 8 };
      if (box.left < 2 || box.right > plan.wide - 2 || box.top < 2 || box.bottom > STAIR_HEIGHT - STAIR_MARGIN.bottom + 1) continue;
      // The first adopter is named even across the line of the paper.
      if (!(dot.n ? [...taken, ...found.map((f) => f.box), ...lines, ...dots] : [...taken.slice(0, 1), ...dots]).every((o) => apart(o, box))) continue;
      found.push({ dot, x, y, anchor, box });
      break;
    }
  }
  return found;
}

/** The treads and risers, as lines. */
function stairSegments({ dots, x, y, last }) {
  const found = [];
  dots.forEach((d, n) => { found.push([d.x, y(n), d.x, d.y], [d.x, d.y, dots[n + 1] ? dots[n + 1].x : x(last), d.y]); });
  return found;
}

function stairDot({ a, n, x, y }) {
  const c = ink(), tone = c[toneOf(a)], shape = STAIR_SHAPES[a.mode] || "dot", points = OUTLINES[shape], r = STAIR_DOT;
  const on = adoptedBy(a), chosen = state.sel && (state.sel.node === a.node || (state.sel.kind === "mark" && nodes[a.node.i].mark === state.sel.mark.i));
  const mark = points ? svgEl("polygon", { points: points.map(([px, py]) => `${x + px * r},${y + py * r}`).join(" ") }) : svgEl("circle", { cx: x, cy: y, r: r * 0.95 });
  mark.setAttribute("fill", tone); mark.setAttribute("stroke", c.paper); mark.setAttribute("class", "shape");
  const parts = [svgEl("circle", { cx: x, cy: y, r: 11, fill: "transparent" }), ...(chosen ? [svgEl("circle", { cx: x, cy: y, r: 9, fill: "none", stroke: c.ring, "stroke-width": 1.6 })] : []), mark];
  if (a.mode === "inherited") parts.push(svgEl("circle", { cx: x, cy: y, r: 1.9, fill: c.paper }));
  const dot = svgEl("g", { class: on ? "dot" : "dot later", role: "button", tabindex: a === stairAt ? "0" : "-1", "aria-label": `${a.day}, ${nameOf(a.node)}, ${adoptionWords(a)}`, "data-dot": String(n) }, ...parts);
  dot.addEventListener("click", () => { stairAt = a; show(pick(a.node.id)); });
  dot.addEventListener("pointerenter", () => stairTip(a, dot));
  dot.addEventListener("pointerleave", () => stairTip(null));
  dot.addEventListener("focus", () => stairTip(a, dot));
  dot.addEventListener("blur", () => stairTip(null));
  return dot;
}

const stairNote = el("div", { id: "stairtip", hidden: true });
document.getElementById("centre").append(stairNote);
/** A few words over a dot: when, who, how. */
function stairTip(a, dot) {
  stairNote.hidden = !a;
  if (!a) return;
  const near = a.from.slice(0, MODE_FROM).map(nameOf).join(", ");
  stairNote.replaceChildren(...[["strong", nameOf(a.node)], ["div", a.day], ["div", adoptionWords(a)], ["div", near && t(a.mode === "inherited" ? "adopter.from" : "adopter.after", near)]].filter(([, text]) => text).map(([tag, text]) => el(tag, {}, text)));
  const box = dot.getBoundingClientRect(), home = document.getElementById("centre").getBoundingClientRect(), x = box.x + box.width / 2 - home.x, y = box.y - home.y;
  stairNote.style.left = `${clamp(x - stairNote.offsetWidth / 2, 4, Math.max(4, home.width - stairNote.offsetWidth - 4))}px`;
  stairNote.style.top = `${Math.max(4, y - stairNote.offsetHeight - 4)}px`;
}

/** Arrows go from dot to dot; Enter and the space bar select. */
function stairKey(event, list) {
  const now = list.indexOf(stairAt), to = { ArrowRight: now + 1, ArrowUp: now + 1, ArrowLeft: now - 1, ArrowDown: now - 1, Home: 0, End: list.length - 1 }[event.key];
  if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); show(pick(stairAt.node.id)); return; }
  if (to === undefined) return;
  event.preventDefault(); event.stopPropagation();
  const dots = [...stairBox.querySelectorAll(".dot")], next = clamp(to, 0, list.length - 1);
  stairAt = list[next];
  dots.forEach((d, n) => d.setAttribute("tabindex", n === next ? "0" : "-1"));
  dots[next].focus();
}

function stairPicture(list, paper, wide) {
  const c = ink(), plan = stairPlan(list, paper, wide), { left, top, bottom } = STAIR_MARGIN, foot = STAIR_HEIGHT - bottom, parts = [], taken = [];
  const text = (x, y, anchor, words, more) => svgEl("text", { x, y, dy: ".35em", "text-anchor": anchor, fill: c.soft, "font-size": STAIR_LETTERS, ...more }, words);
  const rule = (x1, y1, x2, y2, stroke, more) => svgEl("line", { x1, y1, x2, y2, stroke, ...more });
  let free = left - 8;
  for (const [x, words] of stairTicks(plan)) {
    const half = widthOf(words) / 2 + 4;
    parts.push(rule(x, top - 8, x, foot, c.grid));
    if (x - half >= free && x + half <= wide) { parts.push(text(x, STAIR_HEIGHT - 10, "middle", words)); free = x + half; }
  }
  for (const count of stairCounts(list.length)) parts.push(rule(left, plan.y(count), wide - STAIR_MARGIN.right, plan.y(count), count ? c.grid : c.strong), text(left - 8, plan.y(count), "end", String(count)));
  if (paper) {
    const x = plan.x(timeOf(paper)), words = t("stairs.paper", paper), w = widthOf(words), end = x + 6 + w > wide - 4;
    parts.push(rule(x, 16, x, foot, c.soft, { "stroke-dasharray": "2 3", "data-paper": paper }), text(end ? x - 6 : x + 6, 10, end ? "end" : "start", words, { class: "paper" }));
    taken.push({ left: end ? x - 8 - w : x - 2, right: end ? x + 2 : x + 8 + w, top: 0, bottom: 18 }, { left: x - 1, right: x + 1, top: 16, bottom: foot });
  }
  parts.push(svgEl("path", { d: stairSegments(plan).map(([x1, y1, x2, y2], n) => `${n ? "L" : "M"}${x1} ${y1}L${x2} ${y2}`).join(""), fill: "none", stroke: c.soft, "stroke-width": 1.4 }));
  if (state.to) { const x = clamp(plan.x(timeOf(state.to.length === 4 ? `${state.to}-12-31` : state.to.length === 7 ? `${state.to}-31` : state.to)), left, wide - 2); parts.push(rule(x, top - 8, x, foot, ink().ring, { "stroke-width": 1.4, class: "now" })); }
  const labels = stairLabels(plan, taken).map(({ dot, x, y, anchor }) => text(x, y, anchor, nameOf(dot.a.node), { fill: c.ink, class: adoptedBy(dot.a) ? "name" : "name later", ...(dot.n ? {} : { "font-weight": 600 }) }));
  const svg = svgEl("svg", { width: wide, height: STAIR_HEIGHT, viewBox: `0 0 ${wide} ${STAIR_HEIGHT}`, role: "group", "aria-label": t("stairs.label", nameOf(state.technique)), "font-family": FONT }, ...parts, ...labels, ...plan.dots.map(stairDot));
  svg.addEventListener("keydown", (event) => stairKey(event, list));
  return svg;
}

function drawStairs() {
  const x = state.mode === "technique" && !state.table ? state.technique : null, all = x ? adopters(x) : [], list = all.filter((a) => a.day);
  const width = stairBox.parentElement.clientWidth, shown = [x && x.i, state.to, state.lang, dark(), selId(state.sel), stairsOpen, width].join(" ");
  if (shown === stairDrawn) return;
  stairDrawn = shown;
  stairBox.hidden = !x;
  stairTip(null);
  if (!x) { stairBox.replaceChildren(); return; }
  stairAt = list.find((a) => stairAt && a.node === stairAt.node) || list[0] || null;
  const focus = document.activeElement && stairBox.contains(document.activeElement) ? document.activeElement.dataset.dot || "toggle" : null, scrolled = (stairBox.querySelector(".flight") || {}).scrollLeft || 0;
  const toggle_ = el("button", { type: "button", "aria-expanded": String(stairsOpen), "aria-controls": "flight", onclick: () => { stairsOpen = !stairsOpen; drawStairs(); } }, `${stairsOpen ? "▾" : "▸"} ${t("stairs.head")}`);
  const key = Object.entries(STAIR_SHAPES).filter(([mode]) => list.some((a) => a.mode === mode)).map(([mode, shape]) => el("span", { className: "tone" }, shapeSwatch(shape, ink()[mode === "inherited" ? "inherited" : "taken"]), t(`table.${mode}`)));
  const told = el("span", { className: "soft", id: "stairscount" }, t("stairs.count", list.length, all.length - list.length));
  const flight = el("div", { id: "flight", className: "flight", hidden: !stairsOpen }, list.length ? stairPicture(list, graph.papers[x.i] || "", Math.max(width, STAIR_NARROWEST)) : el("p", { className: "soft" }, t("stairs.none")));
  stairBox.replaceChildren(el("div", { className: "head" }, toggle_, told, el("span", { className: "tones" }, ...key)), flight);
  flight.scrollLeft = scrolled;
  if (focus) (focus === "toggle" ? toggle_ : stairBox.querySelector(`[data-dot="${focus}"]`) || toggle_).focus({ preventScroll: true });
}
panels.push(drawStairs);
new ResizeObserver(perFrame(drawStairs)).observe(stairBox.parentElement);

// The same in words.
function adopterRow(a) {
  const more = a.from.length - MODE_FROM, from = a.from.slice(0, MODE_FROM).flatMap((n, i) => [i ? ", " : "", jumpNode(n)]);
  const words = t(a.mode === "inherited" ? "adopter.from" : "adopter.after", "\u0000").split("\u0000");
  return el("li", { className: adoptedBy(a) ? "" : "later", dataset: { adopter: a.node.id } }, el("span", { className: "when" }, a.day || t("noDate")), el("div", {}, jumpNode(a.node), ...sign(adoptionWords(a))),
    from.length ? el("div", { className: "soft" }, words[0], ...from, more > 0 ? ` ${t("adopter.more", more)}` : "", words[1] || "") : null);
}

/** Counts as a short table, in the order in which they are first met, or in a given one. */
function tally(title, list, order) {
  const found = new Map(order.map((key) => [key, 0]));
  for (const key of list) found.set(key, (found.get(key) || 0) + 1);
  return [el("h3", {}, title), el("dl", { className: "tally" }, ...[...found].filter(([, n]) => n).flatMap(([key, n]) => [el("dt", {}, key), el("dd", {}, String(n))]))];
}

/** The stage of an adopter: its own, else that of the first of its models that has one. */
function stageWords(n) {
  const found = [n, ...modelsOf(n)].find((m) => m.stage >= 0);
  return found ? named(...graph.stages[found.stage]) : t("noStage");
}

function techniqueDetails() {
  const x = state.technique;
  if (!x) return hintList("technique", "technique.most", techniquesByUse, "technique", adopterCount);
  const list = adopters(x), paper = graph.papers[x.i], kind = named(x.detail, x.detailZh), stages = [...graph.stages.map((s) => named(...s)), t("noStage")];
  return [el("h2", {}, nameOf(x)), el("p", { className: "soft" }, [t("kind.technique"), kind, paper ? t("stairs.paper", paper) : t("technique.noPaper")].filter(Boolean).join(" · ")),
    el("div", { className: "actions" }, el("button", { type: "button", onclick: () => show({ kind: "thing", thing: x }) }, t("technique.about"))),
    ...tally(t("technique.modes", list.length), list.map((a) => t(`table.${a.mode}`)), graph.modes.map((m) => t(`table.${m}`))),
    ...tally(t("technique.stages"), list.map((a) => stageWords(a.node)), stages),
    el("h3", {}, t("technique.order")), el("p", { className: "soft" }, t("technique.note")), el("ol", { className: "adopters" }, ...list.map(adopterRow))];
}
