// The panels below an exercise's editor, behind tabs, by ARIA's pattern. Whoever
// fills them hears of "ex:shown", and what was filled stays.

import { keepFocus } from "../../lib/focus.js";

/** @typedef {{tab: HTMLButtonElement, panel: HTMLElement, label: string}} Entry */

export class Panels {
  /** @type {Map<string, Entry>} */ #all = new Map();
  #tabs = document.createElement("div");
  shown = "";

  /** @param {HTMLElement} root in which they stand @param {string} label @param {string} prefix of ids */
  constructor(root, label, prefix) {
    this.root = root;
    this.prefix = prefix;
    this.#tabs.className = "tabs ex-tabs";
    this.#tabs.role = "tablist";
    this.#tabs.ariaLabel = label;
    this.#tabs.addEventListener("keydown", (e) => this.#key(e));
    root.append(this.#tabs);
  }

  /**
   * @param {string} name @param {string} label
   * @param {boolean} [scrolls] it scrolls, and may hold nothing that takes the focus
   */
  add(name, label, scrolls = false) {
    const panel = document.createElement("div");
    panel.className = `ex-panel ex-${name}`;
    panel.id = `${this.prefix}-${name}`;
    panel.role = "tabpanel";
    panel.hidden = true;
    if (scrolls) panel.tabIndex = 0;
    const tab = Object.assign(document.createElement("button"), { type: "button", role: "tab", id: `${panel.id}-tab`, textContent: label });
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", () => this.show(name));
    tab.tabIndex = -1;
    this.#all.set(name, { tab, panel, label });
    this.#tabs.append(tab);
    this.root.append(panel);
    return panel;
  }

  /** @param {string} name */
  show(name) {
    const entry = this.#all.get(name);
    if (!entry) return;
    keepFocus(this.root, () => this.#select(name), () => entry.tab);
    this.shown = name;
    this.root.dispatchEvent(new CustomEvent("ex:shown", { detail: name }));
  }

  /** @param {string} name */
  #select(name) {
    for (const [other, { tab, panel }] of this.#all) {
      const here = other === name;
      tab.ariaSelected = String(here);
      tab.tabIndex = here ? 0 : -1;
      panel.hidden = !here;
    }
  }

  /** Which of them can be chosen. @param {Record<string, boolean>} which */
  offer(which) {
    for (const [name, { tab }] of this.#all) if (name in which) tab.hidden = !which[name];
    if (this.#all.get(this.shown)?.tab.hidden) this.show([...this.#all.keys()][0]);
  }

  /** Says on a tab what its panel holds. @param {string} name @param {string} words */
  mark(name, words) {
    const entry = this.#all.get(name);
    if (!entry) return;
    entry.tab.replaceChildren(entry.label);
    if (words) entry.tab.append(" ", Object.assign(document.createElement("span"), { className: "count", textContent: words }));
  }

  /** @param {string} name */
  panel(name) { return /** @type {Entry} */ (this.#all.get(name)).panel; }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const names = [...this.#all].filter(([, e]) => !e.tab.hidden).map(([name]) => name);
    const at = names.indexOf(this.shown);
    const last = names.length - 1;
    /** @type {Record<string, number>} */
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last };
    if (!(event.key in to)) return;
    event.preventDefault();
    this.show(names[to[event.key]]);
    this.#all.get(this.shown)?.tab.focus();
  }
}
