// What the text quotes of the code in a stage has a bar there, and a row of buttons
// leads to each part, named by the section that speaks of it; the part of the
// section that is being read is marked. Loaded when a stage's code is first shown.

/** Fewer lines than this are found by chance. */
const FEWEST = 3;
/** Room kept above a part that is scrolled to, in pixels. */
const ABOVE = 8;

/** @typedef {{section: Element, title: string, lines: Element[]}} Quote */

/** @type {WeakMap<Element, {quotes: Quote[], row: HTMLElement}>} */
const marked = new WeakMap();

/**
 * Finds the quoted parts, once, and shows the one of the section that is being read.
 * @param {HTMLElement} panel the stage's code
 */
export function showQuotes(panel) {
  let known = marked.get(panel);
  if (!known) {
    const quotes = find(panel);
    known = { quotes, row: buttons(panel, quotes) };
    marked.set(panel, known);
    for (const { lines } of quotes) for (const line of lines) line.classList.add("quoted");
    if (quotes.length) panel.prepend(known.row);
  }
  const read = [...document.querySelectorAll(".section")].findLast((s) => s.checkVisibility() && s.getBoundingClientRect().top < innerHeight / 2);
  const seen = known.quotes.filter(({ lines }) => lines[0].checkVisibility()); // in the language that is shown
  const here = seen.find(({ section }) => section === read) ?? seen[0];
  if (here) show(panel, known.row, here);
}

/** @param {HTMLElement} panel @returns {Quote[]} in the order of the lesson */
function find(panel) {
  const listings = [...panel.querySelectorAll("figure.code")].map(linesOf);
  const figures = [...document.querySelectorAll(".section figure.code")].filter((f) => !f.closest("duplex-stage"));
  return figures.flatMap((figure) => {
    const part = linesOf(figure).map(wordsOf).filter(Boolean);
    const section = figure.closest(".section");
    if (part.length < FEWEST || !section) return [];
    const title = section.querySelector("h2")?.firstChild?.textContent?.trim() ?? "";
    return listings.flatMap((lines) => {
      const found = within(lines, part);
      return found.length ? [{ section, title, lines: found }] : [];
    });
  });
}

/** @param {Element} figure */
const linesOf = (figure) => [...figure.querySelectorAll(".line")];
/** @param {Element} line its words, without the indent, which a quote does not keep */
const wordsOf = (line) => line.textContent?.trim() ?? "";

/**
 * The lines of a listing that read as the part does. Empty lines count for nothing.
 * @param {Element[]} lines @param {string[]} part
 */
function within(lines, part) {
  const full = lines.filter(wordsOf);
  const words = full.map(wordsOf);
  const at = words.findIndex((_, i) => part.every((p, k) => words[i + k] === p));
  return at < 0 ? [] : lines.slice(lines.indexOf(full[at]), lines.indexOf(full[at + part.length - 1]) + 1);
}

/** @param {HTMLElement} panel @param {Quote[]} quotes */
function buttons(panel, quotes) {
  const row = document.createElement("div");
  row.className = "stage-quotes";
  row.role = "group";
  row.ariaLabel = "Parts that the lesson quotes";
  row.append("Quoted in:");
  for (const title of new Set(quotes.map((q) => q.title))) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "tool", textContent: title });
    button.addEventListener("click", () => {
      const quote = quotes.find((q) => q.title === title && q.lines[0].checkVisibility());
      if (quote) show(panel, row, quote);
    });
    row.append(button);
  }
  return row;
}

/** Scrolls the panel, and nothing but the panel. @param {HTMLElement} panel @param {HTMLElement} row @param {Quote} quote */
function show(panel, row, { lines, title }) {
  panel.scrollTop += lines[0].getBoundingClientRect().top - panel.getBoundingClientRect().top - row.offsetHeight - ABOVE;
  for (const line of panel.querySelectorAll(".quoted")) line.classList.toggle("mark", lines.includes(line));
  for (const button of row.querySelectorAll("button")) button.ariaCurrent = button.textContent === title ? "true" : null;
}
