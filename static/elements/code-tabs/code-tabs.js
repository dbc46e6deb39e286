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
