// The focus, where what has it goes away. Left to the browser it falls to the page,
// whose keys are single letters: who types on would leave the lesson.

import { takesLetters } from "./keys.js";

/**
 * Makes a change that may hide or remove what has the focus, and then gives it to a
 * successor. While that has it, letters are no keys if they were none before.
 * @param {Element} part in which something may go away
 * @param {() => void} change
 * @param {() => HTMLElement|null|undefined} successor asked for when it is needed
 */
export function keepFocus(part, change, successor) {
  const held = document.activeElement;
  const within = held instanceof HTMLElement && part.contains(held);
  const typed = within && lettersTyped();
  change();
  if (!within || (held.isConnected && held.checkVisibility())) return;
  const to = successor();
  if (to) giveFocus(to, typed);
}

/**
 * Gives the focus to an element. While that has it, letters are no keys if they were
 * none before.
 * @param {HTMLElement} to @param {boolean} [typed] whether letters were typed before
 */
export function giveFocus(to, typed = lettersTyped()) {
  to.focus({ preventScroll: true });
  if (!typed) return;
  to.dataset.keys = "off";
  to.addEventListener("blur", () => { delete to.dataset.keys; }, { once: true });
}

/** Whether what is typed now belongs to what has the focus. */
function lettersTyped() {
  const held = document.activeElement;
  return held instanceof HTMLElement && takesLetters(innermost(held));
}

/** What has the focus in an element's shadow, if that has one. @param {HTMLElement} el @returns {HTMLElement} */
function innermost(el) {
  const inner = el.shadowRoot?.activeElement;
  return inner instanceof HTMLElement ? innermost(inner) : el;
}
