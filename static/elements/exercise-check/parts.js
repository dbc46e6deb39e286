// The parts that an exercise is drawn with.

/** @param {string} name @param {string} [text] @param {string} [className] */
export function tag(name, text, className) {
  const el = document.createElement(name);
  if (text) el.textContent = text;
  if (className) el.className = className;
  return el;
}

/** @param {string} words @param {(event: Event) => unknown} press @param {string} [className] */
export function button(words, press, className = "btn") {
  const el = Object.assign(document.createElement("button"), { type: "button", className, textContent: words });
  el.addEventListener("click", press);
  return el;
}

/** A command to be typed in a terminal, with a button that copies it. @param {string} words */
export function command(words) {
  const box = tag("span", "", "mono ex-rerun");
  const copy = button("Copy", async () => {
    const done = await navigator.clipboard?.writeText(words).then(() => true, () => false);
    copy.textContent = done ? "Copied" : "Select it to copy";
  });
  box.append(tag("code", words), copy);
  return box;
}

/**
 * Asks inline, in place of what was asked there before. If that had the focus, the
 * first choice has it now.
 * @param {HTMLElement} root
 * @param {(Node|string)[]} words
 * @param {HTMLElement[]} choices
 */
export function question(root, words, choices) {
  const had = root.contains(document.activeElement);
  const p = tag("p");
  p.append(...words);
  const row = tag("div", "", "ex-choices");
  row.append(...choices);
  root.replaceChildren(p, row);
  root.hidden = false;
  if (had) choices[0]?.focus();
}

/** Brings one of a row into sight, where the row is too long. @param {HTMLElement} row @param {HTMLElement} [one] */
export function uncover(row, one) {
  if (one?.isConnected) row.scrollLeft += one.getBoundingClientRect().left - row.getBoundingClientRect().left;
}
