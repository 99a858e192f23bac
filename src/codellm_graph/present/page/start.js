// Unpacks the page's own scripts and adds them as one; the page's policy names its hash.
const codellmPacked = {
  /** Bytes that stand in an element as letters of base 85. */
  bytes(id) {
    const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%:()*+-;,=.?@^_/{|}~";
    const text = document.getElementById(id).textContent.trim(), codes = new Uint8Array(128);
    for (let i = 0; i < 85; i++) codes[LETTERS.charCodeAt(i)] = i;
    const groups = Math.ceil(text.length / 5), bytes = new Uint8Array(4 * groups), view = new DataView(bytes.buffer);
    for (let g = 0; g < groups; g++) {
      let number = 0;
      // The last group may be short, as if it were filled up with the last letter.
      for (let k = 0; k < 5; k++) { const at = 5 * g + k; number = 85 * number + (at < text.length ? codes[text.charCodeAt(at)] : 84); }
      view.setUint32(4 * g, number);
    }
    return bytes.subarray(0, Math.floor((4 * text.length) / 5));
  },
  /** Text that stands in an element compressed by gzip. */
  text: (id) => new Response(new Blob([codellmPacked.bytes(id)]).stream().pipeThrough(new DecompressionStream("gzip"))).text(),
};
Promise.all(["words", "app"].map(codellmPacked.text)).then(([words, app]) => {
  document.getElementById("words").textContent = words;
  const script = document.createElement("script");
  script.textContent = app;
  document.head.append(script);
});
