// The colours that a program asks a terminal for: the SGR sequences of ECMA-48 §8.3.117,
// as pieces of text with the names of their looks. Other sequences are left out.

/** @typedef {{text: string, looks: string[]}} Piece */

/** ESC [ parameters letter; ESC ] … BEL or ESC \; ESC and one more. */
const SEQUENCE = /\x1b(?:\[([0-?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])/g;
const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
/** Which SGR number begins which look. @type {Record<number, string>} */
const BEGINS = { 1: "bold", 2: "faint", 3: "italic", 4: "underline", 7: "inverse", 9: "struck" };
/** And which ends which. @type {Record<number, string[]>} */
const ENDS = { 22: ["bold", "faint"], 23: ["italic"], 24: ["underline"], 27: ["inverse"], 29: ["struck"] };
/** The text's own colour, as a number. */
const NONE = 9;
/** How far the parts of a colour lie apart, at least, unless it is a grey. */
const GREY = 48;

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
    if (m[2] === "m") apply(looks, (m[1] || "0").split(";"));
  }
  put(text.slice(at));
  return list;
}

/** @param {Set<string>} looks @param {string[]} codes */
function apply(looks, codes) {
  while (codes.length) {
    const [code = "", ...parts] = (codes.shift() ?? "").split(":"); // the parts of one may stand behind colons
    const n = Number(code);
    if (n === 0) looks.clear();
    else if (n === 38 || n === 48) paint(looks, n === 48, extended(parts.length ? parts : codes, parts.length > 0));
    else if (BEGINS[n] && parts[0] === "0") looks.delete(BEGINS[n]);
    else if (BEGINS[n]) looks.add(BEGINS[n]);
    else if (ENDS[n]) for (const look of ENDS[n]) looks.delete(look);
    else if ((n >= 30 && n <= 49) || (n >= 90 && n <= 107)) paint(looks, n % 60 >= 40, n % 10);
  }
}

/**
 * The colour of a palette, 5;n, or of its parts, 2;r;g;b, as the nearest that has a
 * name: only those can be read on any ground, light or dark.
 * @param {string[]} rest what is read is taken out of it @param {boolean} colons a colour space stands before the parts, and may be empty
 */
function extended(rest, colons) {
  const kind = rest.shift();
  if (kind === "5") return ofPalette(Number(rest.shift()));
  if (kind !== "2") return NONE;
  const [r = 0, g = 0, b = 0] = rest.splice(0, colons ? rest.length : 3).map(Number).slice(-3);
  return nearest(r, g, b);
}

/** Sixteen with names, a cube of 6 × 6 × 6, and greys. @param {number} n */
function ofPalette(n) {
  if (n < 16) return n % 8;
  const level = (/** @type {number} */ of) => (of ? 55 + 40 * of : 0);
  const at = n - 16;
  const grey = 8 + 10 * (n - 232);
  return n > 231 ? nearest(grey, grey, grey) : nearest(level(Math.floor(at / 36)), level(Math.floor(at / 6) % 6), level(at % 6));
}

/** A named colour is made of those of red, green and blue that are strong in it. @param {number} r @param {number} g @param {number} b from 0 to 255 */
function nearest(r, g, b) {
  const least = Math.min(r, g, b);
  const most = Math.max(r, g, b);
  if (most - least < GREY) return most < 128 ? 0 : 7;
  return [r, g, b].reduce((n, part, i) => n + (part > (least + most) / 2 ? 1 << i : 0), 0);
}

/** @param {Set<string>} looks @param {boolean} ground behind the text @param {number} n */
function paint(looks, ground, n) {
  const before = ground ? "on-" : "";
  for (const name of COLOURS) looks.delete(before + name);
  if (n < 8) looks.add(before + COLOURS[n]);
}
