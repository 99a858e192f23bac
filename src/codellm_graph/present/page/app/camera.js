// The camera: what part of the picture is on the screen, and what the pointer is on.
const stage = document.getElementById("stage");
const LOWEST = 0.004, HIGHEST = 6;

/** What a camera has in common: it fits, moves and finds; a kind of camera brings `frame` and `look`. */
function makeCamera(kind) {
  const view = { x: 0, y: 0, s: 1 };
  // Behind the table the stage has no size: it keeps the one that it had.
  let last = { width: 800, height: 600 };
  const size = () => (stage.clientWidth && stage.clientHeight ? (last = { width: stage.clientWidth, height: stage.clientHeight }) : last);
  let moving = 0;
  const camera = {
    view, labels: [], kind,
    toScreen: (p) => ({ x: (p.x - view.x) * view.s, y: (p.y - view.y) * view.s }),
    toWorld: (p) => ({ x: p.x / view.s + view.x, y: p.y / view.s + view.y }),
    size,
    /** Takes a view over that is already painted. */
    take(to) { cancelAnimationFrame(moving); Object.assign(view, to); moved(); },
    /** Goes to a view, at once or in a short flight. */
    moveTo(to, fly) {
      cancelAnimationFrame(moving);
      const from = { ...view }, start = performance.now(), time = fly && !still() ? 320 : 0;
      const step = (now) => {
        const part = time ? clamp((now - start) / time, 0, 1) : 1, ease = 1 - (1 - part) ** 3;
        view.s = from.s * (to.s / from.s) ** ease;
        for (const key of ["x", "y"]) view[key] = from[key] + (to[key] - from[key]) * ease;
        if (part === 1) Object.assign(view, to);
        camera.look();
        if (part < 1) moving = requestAnimationFrame(step);
        else moved();
      };
      step(start);
    },
    fit(box, largest, fly) {
      const { width, height } = size(), s = clamp(Math.min(width / (box.right - box.left), (height - 30) / (box.bottom - box.top)), LOWEST, largest);
      camera.moveTo({ s, x: (box.left + box.right) / 2 - width / 2 / s, y: (box.top + box.bottom) / 2 - (height + 24) / 2 / s }, fly);
    },
    center(p, s, fly) {
      const { width, height } = size();
      camera.moveTo({ s, x: p.x - width / 2 / s, y: p.y - height / 2 / s }, fly);
    },
    zoom(factor, at) {
      const { width, height } = size(), p = at || { x: width / 2, y: height / 2 }, w = camera.toWorld(p), s = clamp(view.s * factor, LOWEST, HIGHEST);
      camera.moveTo({ s, x: w.x - p.x / s, y: w.y - p.y / s });
    },
    pan(dx, dy) { camera.moveTo({ s: view.s, x: view.x - dx / view.s, y: view.y - dy / view.s }); },
    find,
  };
  const moved = () => { state.view = { ...view }; keepHash(); };
  return camera;
}

/** What is under a point of the screen: {mark}, {node}, {thing} or {link}, as a selection; null if nothing is. */
function find(p, reachPixels = 6) {
  const { view } = camera, w = camera.toWorld(p), near = reachPixels / view.s;
  let best = null, least = Infinity;
  for (const m of [...scene.items, ...scene.marks]) {
    const r = m.r * clamp(view.s, 0.45, 1.6) / view.s + near, d = Math.hypot(m.x - w.x, m.y - w.y);
    if (d <= r && d < least) { least = d; best = m; }
  }
  if (!best) best = (camera.labels.find(({ box }) => p.x >= box.left && p.x <= box.right && p.y >= box.top && p.y <= box.bottom) || {}).item;
  if (best) return best.kind === "node" ? { kind: "node", node: best.node, mark: best.mark } : best.kind === "thing" ? { kind: "thing", thing: best.thing } : pick(best.mark.id);
  let link = null;
  least = near;
  for (const item of scene.lines) if (item.on && beside(item.points, w, near)) { const d = distance(item, w); if (d <= least) { least = d; link = item.link; } }
  return link && { kind: "link", link };
}

/** Whether a point is in the rectangle around some points, which a curve between them does not leave. */
function beside(points, w, near) {
  const xs = points.map((p) => p.x), ys = points.map((p) => p.y);
  return w.x >= Math.min(...xs) - near && w.x <= Math.max(...xs) + near && w.y >= Math.min(...ys) - near && w.y <= Math.max(...ys) + near;
}

/** How far a point is from a line or curve. */
function distance({ points, line }, w) {
  let pieces = points;
  if (!line) {
    const [a, b, c, d] = points;
    pieces = Array.from({ length: 25 }, (_, n) => {
      const u = n / 24, v = 1 - u;
      return { x: v ** 3 * a.x + 3 * u * v * v * b.x + 3 * u * u * v * c.x + u ** 3 * d.x, y: v ** 3 * a.y + 3 * u * v * v * b.y + 3 * u * u * v * c.y + u ** 3 * d.y };
    });
  }
  return Math.min(...pieces.slice(1).map((b, n) => {
    const a = pieces[n], dx = b.x - a.x, dy = b.y - a.y, long = dx * dx + dy * dy;
    const part = long ? clamp(((w.x - a.x) * dx + (w.y - a.y) * dy) / long, 0, 1) : 0;
    return Math.hypot(a.x + part * dx - w.x, a.y + part * dy - w.y);
  }));
}

/** Where an event is, in pixels from the corner of the picture. */
function place(event) {
  const box = stage.getBoundingClientRect();
  return { x: event.clientX - box.x, y: event.clientY - box.y };
}

/** A wheel zooms around the pointer; sideways it pans. */
function turn(event) {
  event.preventDefault();
  event.stopPropagation();
  if (event.ctrlKey || Math.abs(event.deltaX) < Math.abs(event.deltaY)) camera.zoom(Math.exp(-clamp(event.deltaY, -120, 120) / 320), place(event));
  else camera.pan(-event.deltaX, 0);
}

/** A double click opens a release; anywhere else it zooms in. */
function twice(p) {
  const hit = camera.find(p);
  if (hit && hit.kind === "mark" && hit.mark.members.length > 1) openMark(hit.mark);
  else camera.zoom(1.8, p);
}

const tap = (p, type) => choose(camera.find(p, type === "touch" ? 14 : 6));

/** A plain canvas: drag, wheel, pinch, double click. */
function canvasCamera() {
  const camera = makeCamera("canvas"), canvas = el("canvas", {}), pen = canvas.getContext("2d", { alpha: false });
  stage.prepend(canvas);
  const frame = () => {
    const { width, height } = camera.size(), ratio = Math.min(window.devicePixelRatio || 1, 2);
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) { canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio); }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    camera.labels = paint(pen, camera.view, width, height);
  };
  camera.draw = camera.look = perFrame(frame);
  camera.now = () => { camera.draw.drop(); frame(); };

  const fingers = new Map();
  let pressed = null, far = false, apart = 0;
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    pressed = place(event); far = fingers.size > 1; apart = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const p = place(event), before = fingers.get(event.pointerId);
    if (!before) { hover(camera.find(p), p); return; }
    fingers.set(event.pointerId, p);
    if (fingers.size === 2) {
      const [a, b] = [...fingers.values()], d = Math.hypot(a.x - b.x, a.y - b.y);
      if (apart) camera.zoom(d / apart, { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
      apart = d;
    } else {
      if (Math.hypot(p.x - pressed.x, p.y - pressed.y) > 4) { far = true; hover(null); }
      if (far) camera.pan(p.x - before.x, p.y - before.y);
    }
  });
  const lift = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    if (event.type === "pointerup" && !far && !fingers.size) tap(place(event), event.pointerType);
    apart = 0;
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => hover(null));
  canvas.addEventListener("wheel", turn, { passive: false });
  canvas.addEventListener("dblclick", (event) => twice(place(event)));
  new ResizeObserver(() => camera.draw()).observe(stage);
  return camera;
}
