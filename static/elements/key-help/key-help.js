// <key-help>: the list of keys that work on this page, opened by its button or "?".

import { allKeys } from "../../lib/keys.js";

/** How keys are written for people. @type {Record<string, string>} */
const NAMES = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", PageUp: "Page ↑", PageDown: "Page ↓", Escape: "Esc" };

class KeyHelp extends HTMLElement {
  #dialog = document.createElement("dialog");

  connectedCallback() {
    this.querySelector("button")?.addEventListener("click", () => this.open());
    this.append(this.#dialog);
  }

  open() {
    if (this.#dialog.open) return;
    const title = Object.assign(document.createElement("h2"), { textContent: "Keys" });
    const list = document.createElement("dl");
    for (const { keys, says } of allKeys()) {
      const dt = document.createElement("dt");
      const dd = document.createElement("dd");
      for (const key of keys.split(",")) dt.append(...key === " " ? [kbd(key)] : key.split(" ").map(kbd));
      dd.textContent = says;
      list.append(dt, dd);
    }
    const note = Object.assign(document.createElement("p"), { textContent: "A letter that you type is a letter: these keys do nothing then, but for those with Ctrl and those of the editor. In a stage, ← and → walk its tabs." });
    const form = document.createElement("form");
    form.method = "dialog";
    form.className = "choices";
    form.append(Object.assign(document.createElement("button"), { className: "btn go", textContent: "Close", autofocus: true }));
    this.#dialog.ariaLabel = "Keys";
    this.#dialog.replaceChildren(title, list, note, form);
    this.#dialog.showModal();
  }
}

/** @param {string} key */
function kbd(key) {
  return Object.assign(document.createElement("kbd"), { textContent: NAMES[key] ?? key });
}

customElements.define("key-help", KeyHelp);
