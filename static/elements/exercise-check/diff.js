// What one text has otherwise than another, line by line, and how a page shows it.

/** @typedef {{kind: "same"|"less"|"more", text: string}} Row less: only the first has it; more: only the second */

/** Lines around a difference that are shown; the others are counted. */
const AROUND = 3;

/**
 * The rows of two texts: the fewest that lead from a to b.
 * @param {string} a @param {string} b
 * @returns {Row[]}
 */
export function diffOf(a, b) {
  const [x, y] = [a, b].map((text) => text.replace(/\n$/, "").split("\n"));
  let start = 0;
  while (start < x.length && start < y.length && x[start] === y[start]) start++;
  let end = 0;
  while (end < x.length - start && end < y.length - start && x.at(-1 - end) === y.at(-1 - end)) end++;
  const same = (/** @type {string} */ text) => ({ kind: /** @type {const} */ ("same"), text });
  return [
    ...x.slice(0, start).map(same),
    ...middle(x.slice(start, x.length - end), y.slice(start, y.length - end)),
    ...x.slice(x.length - end).map(same),
  ];
}

/**
 * By the longest common subsequence; files of exercises have few lines.
 * @param {string[]} x @param {string[]} y
 * @returns {Row[]}
 */
function middle(x, y) {
  const common = Array.from({ length: x.length + 1 }, () => new Uint32Array(y.length + 1));
  for (let i = x.length - 1; i >= 0; i--) {
    for (let j = y.length - 1; j >= 0; j--) {
      common[i][j] = x[i] === y[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  /** @type {Row[]} */
  const rows = [];
  for (let i = 0, j = 0; i < x.length || j < y.length;) {
    if (i < x.length && j < y.length && x[i] === y[j]) {
      rows.push({ kind: "same", text: x[i++] });
      j++;
    } else if (i < x.length && (j === y.length || common[i + 1][j] >= common[i][j + 1])) rows.push({ kind: "less", text: x[i++] });
    else rows.push({ kind: "more", text: y[j++] });
  }
  return rows;
}

const SIGNS = { same: " ", less: "−", more: "+" };

/**
 * Draws a difference. What is the same on both sides is folded where it is long.
 * @param {Row[]} rows
 * @param {{less: string, more: string}} words what each side is called, for those who hear it
 * @returns {HTMLElement}
 */
export function drawDiff(rows, words) {
  const box = document.createElement("div");
  box.className = "df";
  box.tabIndex = 0;
  box.role = "group";
  box.ariaLabel = `What differs: ${words.less}, ${words.more}`;
  const list = document.createElement("ol");
  const near = rows.map((_, i) => rows.slice(Math.max(0, i - AROUND), i + AROUND + 1).some((r) => r.kind !== "same"));
  for (let i = 0; i < rows.length;) {
    let n = 0;
    while (i + n < rows.length && !near[i + n]) n++;
    if (n > 1) list.append(fold(rows.slice(i, i + n)));
    else if (n === 1) list.append(line(rows[i], words));
    i += n;
    if (i < rows.length) list.append(line(rows[i++], words));
  }
  box.append(list);
  return box;
}

/** @param {Row} row @param {{less: string, more: string}} words */
function line({ kind, text }, words) {
  const li = document.createElement("li");
  li.className = kind;
  const sign = document.createElement("span");
  sign.className = "df-sign";
  sign.textContent = SIGNS[kind];
  sign.ariaHidden = "true";
  li.append(sign);
  if (kind !== "same") li.append(Object.assign(document.createElement("span"), { className: "quiet", textContent: `${words[kind]}: ` }));
  li.append(Object.assign(document.createElement("code"), { textContent: text || " " }));
  return li;
}

/** @param {Row[]} rows */
function fold(rows) {
  const li = document.createElement("li");
  li.className = "df-fold";
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${rows.length} lines are the same` });
  button.addEventListener("click", () => {
    const lines = rows.map((row) => line(row, { less: "", more: "" }));
    li.replaceWith(...lines);
    lines[0].tabIndex = -1;
    lines[0].focus();
  });
  li.append(button);
  return li;
}
