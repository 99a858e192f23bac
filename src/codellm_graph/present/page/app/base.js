// Elements, words, and unpacking. Everything is made of text nodes: no markup is ever parsed.
const WORDS = JSON.parse(document.getElementById("words").textContent);

/** Words of the interface in the language that is chosen; {0}, {1} are filled in. */
function t(key, ...values) {
  const pair = WORDS[key] || [key, key];
  return pair[state.lang === "zh" ? 1 : 0].replace(/\{(\d)\}/g, (_, n) => String(values[n]));
}

/** A label in the language that is chosen, where there is one. */
const named = (en, zh) => (state.lang === "zh" && zh) || en;
/** What a model, technique or dataset is called. */
const nameOf = (x) => named(x.label, x.zh);

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("aria-") || key === "role" || key === "for") node.setAttribute(key, value);
    else if (key === "dataset") Object.assign(node.dataset, value);
    else node[key] = value;
  }
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
}

function svgEl(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** A link to an address of the web; any other address is shown as text. */
function link(url, text) {
  let web = false;
  try { web = /^https?:$/.test(new URL(url).protocol); } catch { web = false; }
  return web ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text) : document.createTextNode(text);
}

/** A button in a line of text. */
const button = (text, onclick, more) => el("button", { type: "button", className: "link", onclick, ...more }, text);

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
/** What names are compared by: letters and digits of any script. */
const fold = (text) => text.toLowerCase().normalize("NFKC").replace(/[^\p{L}\p{N}]/gu, "");

/** Calls a function once per frame, however often it is asked to; `drop` forgets what was asked. */
function perFrame(work) {
  let asked = 0;
  const ask = () => { asked = asked || requestAnimationFrame(() => { asked = 0; work(); }); };
  ask.drop = () => { cancelAnimationFrame(asked); asked = 0; };
  return ask;
}
