// The colours that a program asks a terminal for: the SGR sequences of ECMA-48 §8.3.117,
// as pieces of text with the names of their looks. Other sequences are left out.

/** @typedef {{text: string, looks: string[]}} Piece */

/** ESC [ parameters letter; ESC ] … BEL or ESC \; ESC and one more. */
const SEQUENCE = /\x1b(?:\[([0-?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])/g;
const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
/** Which SGR number begins which look. @type {Record<number, string>} */
const BEGINS = { 1: "bold", 2: "faint", 3: "italic", 4: "underline", 9: "struck" };
/** And which ends which. @type {Record<number, string[]>} */
const ENDS = { 22: ["bold", "faint"], 23: ["italic"], 24: ["underline"], 29: ["struck"] };

/**
 * Cuts a text in pieces of one look each. What holds at its end holds for the next.
 * @param {string} text
 * @param {Set<string>} [looks] that hold at its beginning; left as they are at its end
 * @returns {Piece[]}
 */
export function pieces(text, looks = new Set()) {
  /** @type {Piece[]} */
  const list = [];
  let at = 0;
  const put = (/** @type {string} */ part) => { if (part) list.push({ text: part, looks: [...looks] }); };
  for (const m of text.matchAll(SEQUENCE)) {
    put(text.slice(at, m.index));
    at = m.index + m[0].length;
    if (m[2] === "m") apply(looks, (m[1] || "0").split(/[;:]/).map(Number));
  }
  put(text.slice(at));
  return list;
}

/** @param {Set<string>} looks @param {number[]} codes */
function apply(looks, codes) {
  for (let i = 0; i < codes.length; i++) {
    const n = codes[i];
    if (n === 0) looks.clear();
    else if (BEGINS[n]) looks.add(BEGINS[n]);
    else if (ENDS[n]) for (const look of ENDS[n]) looks.delete(look);
    else if (n === 38 || n === 48) i += codes[i + 1] === 5 ? extended(looks, n, codes[i + 2]) : 4; // 5;n of a palette, 2;r;g;b
    else if ((n >= 30 && n <= 39) || (n >= 90 && n <= 97)) colour(looks, n % 10);
  }
}

/** Of a palette of 256 the first sixteen have names. @param {Set<string>} looks @param {number} ground @param {number} n */
function extended(looks, ground, n) {
  if (ground === 38) colour(looks, n < 16 ? n % 8 : 9);
  return 2;
}

/** @param {Set<string>} looks @param {number} n 9 is the text's own */
function colour(looks, n) {
  for (const name of COLOURS) looks.delete(name);
  if (n < 8) looks.add(COLOURS[n]);
}
