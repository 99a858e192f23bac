// The data of the page: from letters to bytes, from bytes to tables, and from packed tables to those in use.

/** Undoes LZMA (the .lzma form, with its end marked): a range decoder, literals, and matches further back. */
function unlzma(data) {
  const lc = data[0] % 9, lp = Math.floor(data[0] / 9) % 5, pb = Math.floor(data[0] / 45);
  let at = 18, range = 0xffffffff, code = ((data[14] << 24) | (data[15] << 16) | (data[16] << 8) | data[17]) >>> 0;
  let out = new Uint8Array(8 * data.length), end = 0;
  const odds = (count) => new Uint16Array(count).fill(1024);
  const more = () => { if (range < 0x1000000) { range *= 256; code = code * 256 + data[at++]; } };
  const bit = (table, i) => {
    const bound = (range >>> 11) * table[i];
    let found = 0;
    if (code < bound) { range = bound; table[i] += (2048 - table[i]) >> 5; } else { range -= bound; code -= bound; table[i] -= table[i] >> 5; found = 1; }
    more();
    return found;
  };
  const tree = (table, from, bits) => { let m = 1; for (let i = 0; i < bits; i++) m = 2 * m + bit(table, from + m); return m - (1 << bits); };
  const backward = (table, from, bits) => { let m = 1, found = 0; for (let i = 0; i < bits; i++) { const b = bit(table, from + m); m = 2 * m + b; found |= b << i; } return found; };
  const even = (bits) => { let found = 0; while (bits--) { range >>>= 1; const b = code >= range ? 1 : 0; if (b) code -= range; found = 2 * found + b; more(); } return found; };
  const lengths = () => {
    const choice = odds(2), low = odds(128), middle = odds(128), high = odds(256);
    return (p) => (!bit(choice, 0) ? tree(low, p << 3, 3) : !bit(choice, 1) ? 8 + tree(middle, p << 3, 3) : 16 + tree(high, 0, 8));
  };
  const put = (byte) => {
    if (end === out.length) { const wider = new Uint8Array(2 * end); wider.set(out); out = wider; }
    out[end++] = byte;
  };
  const isMatch = odds(192), isRep = odds(12), isRep0 = odds(12), isRep1 = odds(12), isRep2 = odds(12), isLong = odds(192);
  const slots = odds(256), near = odds(115), align = odds(16), literals = odds(0x300 << (lc + lp)), matchLength = lengths(), repLength = lengths();
  let state = 0, r0 = 0, r1 = 0, r2 = 0, r3 = 0;
  for (;;) {
    const p = end & ((1 << pb) - 1);
    if (!bit(isMatch, (state << 4) + p)) {
      const from = 0x300 * (((end & ((1 << lp) - 1)) << lc) + ((end ? out[end - 1] : 0) >> (8 - lc)));
      let symbol = 1;
      for (let match = state > 6 ? out[end - r0 - 1] : -1; match >= 0 && symbol < 0x100; match = (match << 1) & 0xff) {
        const hint = match >> 7, b = bit(literals, from + ((1 + hint) << 8) + symbol);
        symbol = 2 * symbol + b;
        if (b !== hint) break;
      }
      while (symbol < 0x100) symbol = 2 * symbol + bit(literals, from + symbol);
      put(symbol & 0xff);
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let length;
    if (bit(isRep, state)) {
      if (!bit(isRep0, state)) {
        if (!bit(isLong, (state << 4) + p)) { put(out[end - r0 - 1]); state = state < 7 ? 9 : 11; continue; }
      } else if (!bit(isRep1, state)) [r0, r1] = [r1, r0];
      else if (!bit(isRep2, state)) [r0, r1, r2] = [r2, r0, r1];
      else [r0, r1, r2, r3] = [r3, r0, r1, r2];
      length = repLength(p);
      state = state < 7 ? 8 : 11;
    } else {
      [r1, r2, r3] = [r0, r1, r2];
      length = matchLength(p);
      state = state < 7 ? 7 : 10;
      const slot = tree(slots, Math.min(length, 3) << 6, 6), bits = (slot >> 1) - 1;
      if (slot < 4) r0 = slot;
      else {
        r0 = (2 + (slot & 1)) * 2 ** bits;
        r0 += slot < 14 ? backward(near, r0 - slot, bits) : even(bits - 4) * 16 + backward(align, 0, 4);
      }
      if (r0 === 0xffffffff) return new TextDecoder().decode(out.subarray(0, end));
    }
    for (length += 2; length; length--) put(out[end - r0 - 1]);
  }
}

/** Numbers from the differences between them. */
const summed = (steps) => { let sum = 0; return steps.map((step) => (sum += step)); };
const across = (columns) => (columns[0] || []).map((_, n) => columns.map((column) => column[n]));

function unpackGraph(graph) {
  // A name that follows from the label is not written down.
  const name = (label) => label.toLowerCase().replace(/[^a-z0-9.]+/g, "-").replace(/^-+|-+$/g, "");
  const { nodes, things } = graph;
  nodes.id = nodes.id.map((id, n) => id || `model:${name(nodes.label[n])}`);
  things.id = things.id.map((id, n) => id || `${things.kind[n] === "technique" ? "technique" : "dataset"}:${name(things.label[n])}`);
  for (const name of ["uses", "data"]) graph[name] = across([summed(graph[name][0]), ...graph[name].slice(1)]);
  // Where the possible sources of an adopter are all those before it, they are not written down.
  for (const rows of Object.values(graph.adoption)) for (const row of rows) if (row[4] === 0) row[4] = rows.filter(([, , day]) => day && day < row[2]).map(([n]) => n);
  return graph;
}

/** Statements as rows; texts that stand in the graph are found there. */
function unpackEvidence(packed, graph) {
  const names = [graph.nodes, graph.things].flatMap((part) => part.label.map((label, n) => [label, part.zh[n], ...part.aliases[n].split("|")]));
  const ids = [...graph.nodes.id, ...graph.things.id], { count, property, value, held, cited } = packed.statements;
  const lists = packed.lists.map(summed), { source, locator } = packed.citations, next = packed.values.map(() => 0);
  let fresh_ = 0;
  const cite = (n) => lists[n ? n - 1 : fresh_++];
  const shown = (n, own, about) => {
    if (n < 0) return [names[own][-1 - n], ""];
    if (n > 0 && n <= names.length) return [names[n - 1][0], ids[n - 1]];
    const found = packed.values[about][n ? n - 1 - names.length : next[about]++];
    return Array.isArray(found) ? found : [found, ""];
  };
  let at = 0;
  const statements = count.map((many, own) => Array.from({ length: many }, () => {
    const n = at++, [label, target] = shown(value[n], own, property[n]);
    return [property[n], label, 1 - (held[n] % 2), (held[n] >> 1) - 1, cite(cited[n]), target];
  }));
  const models = graph.nodes.id.length;
  return {
    properties: packed.properties, rules: packed.rules, sources: across(packed.sources), citations: across([summed(source), locator]),
    nodes: statements.slice(0, models), edges: packed.edges.map(cite), things: statements.slice(models),
    routes: Object.fromEntries(Object.entries(packed.routes).map(([b, rows_]) => [b, rows_.map((steps) => steps.map(cite))])), disputed: packed.disputed,
  };
}

/** A part of the page's data: "graph" or "evidence". */
async function readData(id) {
  const bytes = codellmPacked.bytes(id);
  // What is large was compressed by gzip, which the browser undoes faster.
  const packed = JSON.parse(bytes[0] === 0x1f ? await codellmPacked.text(id) : unlzma(bytes));
  return id === "graph" ? unpackGraph(packed) : unpackEvidence(packed, graph);
}
