// The keys of a page. A link or a button says its key in the markup, and a press
// of the key is a click on it:
//
//   <a href="/lessons/chat" data-key="n" data-says="Next lesson">…</a>
//
// Scripts bind others with onKey. Two keys in a row are written "g c". Keys never
// fire while typing, with Ctrl, Alt or ⌘ held, or beneath an open dialog. Those that
// an element listens to by itself are listed with nameKey.

/**
 * Run returns false for a press that it leaves to the browser.
 * @typedef {{keys: string, says: string, run: (event: KeyboardEvent) => void|boolean|Promise<void>}} Binding
 */

/** @type {Set<Binding>} */
const bound = new Set();
/** The keys that others listen to, by what they do. @type {Map<string, string>} */
const named = new Map();
/** How long the second key of a pair may take. */
const PAIR_MS = 1_200;
let first = "";
let firstAt = 0;

/**
 * Binds keys (KeyboardEvent.key, several separated by commas) to a function.
 * @param {string} keys
 * @param {string} says what it does, for the list of keys
 * @param {Binding["run"]} run returns false for a press that it leaves to the browser
 * @returns {() => void} unbinds
 */
export function onKey(keys, says, run) {
  const binding = { keys, says, run };
  bound.add(binding);
  return () => bound.delete(binding);
}

/**
 * Lists keys that do something somewhere on this page, whoever listens to them.
 * @param {string} keys several separated by commas, as in "Ctrl+S,Ctrl+Enter"
 * @param {string} says what they do, and where
 */
export const nameKey = (keys, says) => void named.set(says, keys);

/** All keys that work on this page now, for the list of keys. */
export function allKeys() {
  const marked = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-key]"));
  const list = [...marked].map((el) => ({ keys: el.dataset.key ?? "", says: el.dataset.says ?? "" }));
  return [...[...bound].map(({ keys, says }) => ({ keys, says })), ...list, ...[...named].map(([says, keys]) => ({ keys, says }))];
}

/**
 * Says whether a key press belongs to what has the focus: an input, an editor.
 * @param {Event} event
 */
export function typing(event) {
  const el = event.composedPath()[0];
  return el instanceof HTMLElement && takesLetters(el);
}

/** Whether what is typed there belongs to it. @param {HTMLElement} el */
export function takesLetters(el) {
  return el.isContentEditable || el.closest("input:not([type=radio], [type=checkbox], [type=button]), textarea, select, [data-keys=off], .cm-editor") !== null;
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (typing(event) || document.querySelector("dialog[open]")) return;
  const pair = event.timeStamp - firstAt < PAIR_MS ? `${first} ${event.key}` : "";
  const used = (pair && fire(pair, event)) || fire(event.key, event);
  first = used ? "" : event.key;
  firstAt = event.timeStamp;
  if (used) event.preventDefault();
}

/**
 * @param {string} keys
 * @param {KeyboardEvent} event
 */
function fire(keys, event) {
  for (const binding of bound) {
    if (binding.keys.split(",").includes(keys) && binding.run(event) !== false) return true;
  }
  const el = document.querySelector(`[data-key="${CSS.escape(keys)}"]`);
  if (!(el instanceof HTMLElement)) return false;
  el.click();
  return true;
}

document.addEventListener("keydown", pressed);
