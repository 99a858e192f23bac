// The camera on vis-network: it keeps the marks, the gestures and the view; the strokes are ours.

/** The library that pyvis brings, run as the script whose hash the page's policy names. */
async function readVis() {
  const library = await codellmPacked.text("vis");
  // An element of that name would be taken for the library's own namespace.
  document.getElementById("vis").remove();
  document.head.append(el("script", { textContent: library }));
  return window.vis;
}

const VIS = {
  physics: false, layout: { improvedLayout: false },
  interaction: { dragNodes: false, selectable: false, hover: false, multiselect: false, keyboard: false },
  // A mark is known to vis by its place and size alone; it is painted by the scene.
  nodes: { shape: "custom", fixed: true, chosen: false, ctxRenderer: () => ({ nodeDimensions: { width: 20, height: 20 } }) },
};

async function visCamera() {
  const { DataSet, Network } = await readVis(), camera = makeCamera("vis"), holder = el("div", { className: "vis" });
  stage.prepend(holder);
  const kept = new DataSet(marks.map((m) => ({ id: m.id, x: m.x, y: m.row * ROW })));
  const network = camera.network = new Network(holder, { nodes: kept, edges: new DataSet([]) }, VIS);
  const frame = holder.firstElementChild;
  // The picture has one stop of the Tab key: the stage.
  frame.removeAttribute("tabindex");

  let told = null;
  const known = new Map(marks.map((m) => [m, { id: m.id, x: m.x, y: m.row * ROW, hidden: false }]));
  /** Tells vis where the marks stand, and which of them are hidden, after the scene has changed. */
  const tell = () => {
    if (told === scene || !scene) return;
    told = scene;
    const changed = [];
    for (const [m, before] of known) {
      const { x, y } = scene.at.get(m), hidden = !visible.marks.has(m);
      if (before.x !== x || before.y !== y || before.hidden !== hidden) changed.push(Object.assign(before, { x, y, hidden }));
    }
    if (changed.length) kept.update(changed);
  };
  /** Gives vis our view; it changes its own when it is resized or given data. */
  const aim = () => {
    const { x, y, s } = camera.view;
    network.body.view.scale = s;
    network.body.view.translation = { x: -x * s, y: -y * s };
  };
  /** Takes over what a gesture did to the view of vis, within our bounds. */
  const follow = () => {
    const { scale, translation } = network.body.view;
    if (scale < LOWEST || scale > HIGHEST) aim();
    else camera.take({ s: scale, x: -translation.x / scale, y: -translation.y / scale });
  };
  let dragged = false;
  network.on("initRedraw", () => (dragged ? follow() : aim()));
  network.on("afterDrawing", (pen) => {
    if (!scene) return;
    const { width, height } = camera.size(), ratio = pen.canvas.width / (pen.canvas.clientWidth || 1);
    pen.save();
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    camera.labels = paint(pen, camera.view, width, height);
    pen.restore();
  });
  camera.now = () => { tell(); network.redraw(); };
  camera.draw = perFrame(camera.now);
  camera.look = () => { aim(); camera.draw(); };

  network.on("dragStart", () => { dragged = true; hover(null); });
  network.on("dragEnd", () => { follow(); dragged = false; });
  network.on("zoom", follow);
  network.on("click", ({ pointer, event }) => tap(pointer.DOM, event.pointerType));
  network.on("doubleClick", ({ pointer }) => twice(pointer.DOM));
  holder.addEventListener("pointermove", (event) => { const p = place(event); if (!dragged && !event.buttons) hover(camera.find(p), p); });
  holder.addEventListener("pointerleave", () => hover(null));
  holder.addEventListener("wheel", turn, { passive: false, capture: true });
  new ResizeObserver(() => camera.draw()).observe(stage);
  return camera;
}
