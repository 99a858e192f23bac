// A pen that records what is painted as SVG. Text goes through the DOM, which escapes it.
const hundredths = (n) => String(Math.round(n * 100) / 100);
/** Text without the characters that XML cannot hold. */
const xmlText = (text) => text.toWellFormed().replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "\uFFFD");

/** What `paint` needs of a 2D context; `svg` is the picture, `text()` writes it. */
function svgPen(width, height, title) {
  const svg = svgEl("svg", { width: hundredths(width), height: hundredths(height), viewBox: `0 0 ${hundredths(width)} ${hundredths(height)}`, role: "img", "font-family": FONT, "stroke-linejoin": "round" }, svgEl("title", {}, xmlText(title)));
  const anchors = { left: "start", center: "middle", right: "end" };
  let path = "", dash = [], at = "", last = null;
  const add = (node, kind, more) => { svg.append(node); last = { node, kind, ...more }; };
  const number = (...list) => list.map(hundredths).join(" ");
  const go = (letter, ...list) => { path += letter + number(...list); at = number(...list.slice(-2)); };
  const rects = new Set();
  const pen = {
    globalAlpha: 1, fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, lineJoin: "miter", font: "12px", textAlign: "left", textBaseline: "alphabetic",
    beginPath() { path = ""; at = ""; },
    moveTo(x, y) { go("M", x, y); },
    lineTo(x, y) { go(path ? "L" : "M", x, y); },
    quadraticCurveTo(...list) { go("Q", ...list); },
    bezierCurveTo(...list) { go("C", ...list); },
    closePath() { path += "Z"; },
    arc(x, y, r, from, to) {
      const point = (turn) => [x + r * Math.cos(turn), y + r * Math.sin(turn)];
      if (number(...point(from)) !== at) pen.lineTo(...point(from));
      // An arc of SVG cannot end where it began: a circle is two halves.
      const whole = to - from >= 2 * Math.PI - 1e-9, ends = whole ? [from + Math.PI, from + 2 * Math.PI] : [to];
      for (const end of ends) go("A", r, r, 0, !whole && to - from > Math.PI ? 1 : 0, 1, ...point(end));
      if (whole) path += "Z";
    },
    setLineDash(list) { dash = list; },
    fill() {
      if (path) add(svgEl("path", { d: path, fill: pen.fillStyle, ...faint("fill") }), "fill", { path });
    },
    stroke() {
      if (!path) return;
      const look = { stroke: pen.strokeStyle, "stroke-width": hundredths(pen.lineWidth), ...faint("stroke") };
      if (dash.length) look["stroke-dasharray"] = number(...dash);
      // The edge of what was just filled is part of the same element.
      if (last && last.kind === "fill" && last.path === path) { for (const [key, value] of Object.entries(look)) last.node.setAttribute(key, value); last = null; }
      else add(svgEl("path", { d: path, fill: "none", ...look }), "stroke");
    },
    fillRect(x, y, w, h) {
      const d = `M${number(x, y)}h${hundredths(w)}v${hundredths(h)}h${hundredths(-w)}Z`, look = `${pen.fillStyle} ${pen.globalAlpha}`;
      if (last && last.kind === "rect" && last.look === look) last.parts.push(d);
      else add(svgEl("path", { fill: pen.fillStyle, ...faint("fill") }), "rect", { look, parts: [d] });
      rects.add(last);
    },
    strokeText(text, x, y) {
      add(words(text, x, y, { fill: "none", stroke: pen.strokeStyle, "stroke-width": hundredths(pen.lineWidth), ...faint("stroke") }), "words", { key: `${number(x, y)} ${text}` });
    },
    fillText(text, x, y) {
      if (last && last.kind === "words" && last.key === `${number(x, y)} ${text}`) {
        for (const [key, value] of Object.entries({ fill: pen.fillStyle, "paint-order": "stroke", ...faint("fill") })) last.node.setAttribute(key, value);
        last = null;
      } else add(words(text, x, y, { fill: pen.fillStyle, ...faint("fill") }), "text");
    },
    /** The picture as a document of its own. */
    text() { return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(pen.svg)}\n`; },
    get svg() { for (const rect of rects) rect.node.setAttribute("d", rect.parts.join("")); return svg; },
  };
  const faint = (kind) => (pen.globalAlpha < 1 ? { [`${kind}-opacity`]: String(pen.globalAlpha) } : {});
  function words(text, x, y, look) {
    const [, weight, size] = /^(?:(\d+) )?([\d.]+)px/.exec(pen.font), more = weight ? { "font-weight": weight } : {};
    // Not every viewer knows dominant-baseline; every one knows dy.
    if (pen.textBaseline === "middle") more.dy = ".35em";
    return svgEl("text", { x: hundredths(x), y: hundredths(y), "font-size": hundredths(Number(size)), "text-anchor": anchors[pen.textAlign], ...more, ...look }, xmlText(text));
  }
  return pen;
}
