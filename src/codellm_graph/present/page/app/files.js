// What can be taken away: the picture as PNG, SVG and print, the graph as JSON, the address of the view.
const saveButton = document.getElementById("save"), saveMenu = document.getElementById("savemenu"), printBox = document.getElementById("print");
const LARGEST_SIDE = 16000, LARGEST_AREA = 120e6, PICTURE_MARGIN = 16, AXIS_HEIGHT = 24;

/** What is asked about, in words. */
function pictureSubject() {
  const asked = { technique: state.technique, exposure: state.benchmark }[state.mode];
  if (asked) return nameOf(asked);
  if (["path", "compare"].includes(state.mode) && state.a && state.b) return `${nameOf(state.a)} – ${nameOf(state.b)}`;
  const sel = state.sel;
  if (!sel) return graph.title;
  return sel.kind === "link" ? `${labelOf(marks[sel.link.child])} – ${labelOf(marks[sel.link.parent])}` : titleOf(sel);
}
/** A name that every file system takes. */
const fileName = (ending) => `${pictureSubject().normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}.]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 80) || "codellm-graph"}.${ending}`;

function saveBlob(blob, ending) {
  const url = URL.createObjectURL(blob), name = fileName(ending), anchor = el("a", { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
  say(t("save.saved", name));
}

/** The view that holds everything, at the size at which labels have room. */
function wholeView() {
  const box = extent();
  return { view: { x: box.left - PICTURE_MARGIN, y: box.top - PICTURE_MARGIN - AXIS_HEIGHT, s: 1 }, width: Math.ceil(box.right - box.left + 2 * PICTURE_MARGIN), height: Math.ceil(box.bottom - box.top + 2 * PICTURE_MARGIN + AXIS_HEIGHT) };
}
/** Twice as fine as the screen, unless a browser could not hold so many pixels. */
const pixelRatio = (width, height) => Math.min(2, LARGEST_SIDE / width, LARGEST_SIDE / height, Math.sqrt(LARGEST_AREA / (width * height)));

async function savePng() {
  const { view, width, height } = wholeView(), ratio = pixelRatio(width, height);
  const canvas = el("canvas", { width: Math.floor(width * ratio), height: Math.floor(height * ratio) }), pen = canvas.getContext("2d", { alpha: false });
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  paint(pen, view, width, height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  if (blob) saveBlob(blob, "png"); else say(t("save.failed"));
}

function pictureSvg({ view, width, height }) {
  const pen = svgPen(width, height, pictureSubject());
  paint(pen, view, width, height);
  return pen;
}
const saveSvg = () => saveBlob(new Blob([pictureSvg(wholeView()).text()], { type: "image/svg+xml" }), "svg");

const NODE_KINDS = ["Model", "Checkpoint", "Family", "Series"];
/** What is shown, in networkx's node-link form. */
function nodeLink() {
  const models = shownModels(), found = shownEdges(models), ends = new Set([...models, ...found.flatMap((e) => [nodes[e.parent], nodes[e.child]])]);
  const cited = (c) => { const [source, locator] = evidence.citations[c], [title, url] = evidence.sources[source]; return { title, locator, url }; };
  return {
    directed: true, multigraph: true, graph: {}, root: graph.rootNode >= 0 ? nodes[graph.rootNode].id : "",
    nodes: [...ends].map((n) => ({
      id: n.id, label: n.label, kind: NODE_KINDS[n.kind], released: n.released || null, stage: n.stage >= 0 ? graph.stages[n.stage][0] : null,
      organization: n.organizations.map((i) => graph.organizations[i][0]).sort().join(", ") || null, license: n.license >= 0 ? graph.licenses[n.license] : null,
    })),
    edges: found.map((e) => { const { name } = relations[e.relation]; return { source: nodes[e.parent].id, target: nodes[e.child].id, key: name, relation: name, grade: e.grade || null, citations: evidence.edges[e.i].map(cited) }; }),
  };
}
async function saveJson() {
  await readEvidence();
  saveBlob(new Blob([`${JSON.stringify(nodeLink(), null, 2)}\n`], { type: "application/json" }), "json");
}

/** Copies the address of what is shown; where a browser does not let us, shows it to be copied by hand. */
async function copyLink() {
  const address = `${location.href.split("#")[0]}#${toHash()}`;
  try {
    await navigator.clipboard.writeText(address);
    say(t("save.copied"));
    closeMenu(true);
  } catch {
    const field = el("input", { type: "text", readOnly: true, value: address, "aria-label": t("save.link") });
    saveMenu.querySelector("input")?.remove();
    saveMenu.append(field);
    field.focus();
    field.select();
    say(t("save.byHand"));
  }
}

function openMenu() {
  const entry = (key, run, stays) => el("button", { type: "button", dataset: { save: key }, onclick: () => { if (!stays) closeMenu(true); run(); } }, t(`save.${key}`));
  saveMenu.replaceChildren(entry("png", savePng), entry("svg", saveSvg), entry("json", saveJson), entry("copy", copyLink, true), entry("print", () => window.print()));
  saveMenu.hidden = false;
  saveMenu.style.top = `${saveButton.offsetTop + saveButton.offsetHeight + 6}px`;
  saveButton.setAttribute("aria-expanded", "true");
  saveMenu.firstChild.focus();
}
function closeMenu(back) {
  if (saveMenu.hidden) return;
  saveMenu.hidden = true;
  saveButton.setAttribute("aria-expanded", "false");
  if (back) saveButton.focus();
}
saveButton.addEventListener("click", () => (saveMenu.hidden ? openMenu() : closeMenu(true)));
saveMenu.addEventListener("keydown", (event) => {
  const list = [...saveMenu.querySelectorAll("button")], step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") { event.stopPropagation(); closeMenu(true); }
  else if (step && event.target.type === "button") { event.preventDefault(); event.stopPropagation(); list[(list.indexOf(event.target) + step + list.length) % list.length].focus(); }
});
saveMenu.addEventListener("focusout", (event) => { if (event.relatedTarget && event.relatedTarget !== saveButton && !saveMenu.contains(event.relatedTarget)) closeMenu(false); });
document.addEventListener("pointerdown", (event) => { if (!saveMenu.contains(event.target) && !saveButton.contains(event.target)) closeMenu(false); });
panels.push((changes) => { if ("lang" in changes) closeMenu(false); });

// On a sheet the picture comes first.
document.querySelector("main").before(printBox);
/** What of the picture is on the screen, without the room around it. */
function screenView() {
  const { view } = camera, { width, height } = camera.size(), box = extent();
  const at = (edge, from, low, high, room) => clamp((edge - from) * view.s + room, low, high);
  // Labels of a small picture are larger than the picture makes them.
  const left = at(box.left, view.x, 0, width, -40), right = at(box.right, view.x, 0, width, 90), top = at(box.top, view.y, 0, height, -40), bottom = at(box.bottom, view.y, 0, height, 20);
  if (right - left < 120 || bottom - top < 60) return { view, width, height };
  return { view: { x: view.x + left / view.s, y: view.y + top / view.s, s: view.s }, width: right - left, height: bottom - top };
}
/** Puts what is on the screen on the sheet, in the colours of paper. */
function preparePrint() {
  if (state.table) return;
  const { theme } = state;
  state.theme = "light";
  try { printBox.replaceChildren(pictureSvg(screenView()).svg); } finally { state.theme = theme; }
}
window.addEventListener("beforeprint", preparePrint);
window.addEventListener("afterprint", () => printBox.replaceChildren());
