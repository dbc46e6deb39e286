// <code-tabs>: the same code in several languages, one shown at a time.
//
//   <code-tabs>
//     <figure class="code" data-tab="Go">…</figure>
//     <figure class="code" data-tab="Rust">…</figure>
//   </code-tabs>
//
// Figures of one label are shown together. What is chosen in one group holds for
// all, on every page, for good. Without the script the figures stand one below
// the other.
//
// <copy-button> copies the code of the figure that it stands in. It has no module
// of its own because the two come together on every page, and a request saved is
// a request saved.

import { recall, remember } from "../../lib/store.js";

class CodeTabs extends HTMLElement {
  /** @type {HTMLElement[]} */ #figures = [];
  /** @type {HTMLButtonElement[]} */ #tabs = [];

  connectedCallback() {
    if (!this.#tabs.length) this.#build();
    document.addEventListener("duplex:tab", this.#chosen);
    this.#chosen();
  }

  disconnectedCallback() {
    document.removeEventListener("duplex:tab", this.#chosen);
  }

  #build() {
    this.#figures = [.../** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll(":scope > [data-tab]"))];
    const list = document.createElement("div");
    list.className = "tabs";
    list.role = "group";
    list.ariaLabel = "Language";
    for (const label of new Set(this.#figures.map((figure) => figure.dataset.tab ?? ""))) {
      const tab = document.createElement("button");
      tab.type = "button";
      tab.textContent = label;
      tab.addEventListener("click", () => this.#choose(label));
      this.#tabs.push(tab);
      list.append(tab);
    }
    this.prepend(list);
  }

  /** @param {string} label */
  #choose(label) {
    // Groups above may change their height: what was clicked must not move.
    const before = this.getBoundingClientRect().top;
    remember("tab", label);
    document.dispatchEvent(new CustomEvent("duplex:tab"));
    scrollBy({ top: this.getBoundingClientRect().top - before, behavior: "instant" });
  }

  #chosen = () => {
    const labels = this.#tabs.map((tab) => tab.textContent);
    const want = recall("tab", "");
    const now = labels.includes(want) ? want : labels[0];
    for (const tab of this.#tabs) tab.ariaPressed = String(tab.textContent === now);
    for (const figure of this.#figures) figure.hidden = figure.dataset.tab !== now;
  };
}

customElements.define("code-tabs", CodeTabs);

/** How long it says that it has copied. */
const SAID_MS = 2_000;

class CopyButton extends HTMLElement {
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;

  connectedCallback() {
    if (this.firstElementChild) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tool";
    button.textContent = "Copy";
    button.addEventListener("click", () => this.#copy(button));
    this.append(button);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /** @param {HTMLButtonElement} button */
  async #copy(button) {
    const lines = this.closest("figure")?.querySelector("pre code")?.textContent ?? "";
    try {
      await navigator.clipboard.writeText(lines);
      button.textContent = "✓ Copied";
    } catch {
      // Refused, or a page without https on another machine: leave it selected, to be copied by hand.
      const code = this.closest("figure")?.querySelector("pre code");
      if (code) getSelection()?.selectAllChildren(code);
      button.textContent = "Press Ctrl+C";
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { button.textContent = "Copy"; }, SAID_MS);
  }
}

customElements.define("copy-button", CopyButton);
