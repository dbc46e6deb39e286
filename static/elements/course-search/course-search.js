// <course-search>: finds words in all lessons. Opened by its button or "/"; the
// text of the course is fetched on the first use.

/** @typedef {{lesson: string, title: string, section: string, id: string, text: string}} Entry */

const SHOWN = 12;
/** How much of the text stands around what was found. */
const AROUND = 70;

class CourseSearch extends HTMLElement {
  /** @type {Promise<Entry[]>|undefined} */ #entries;
  #dialog = document.createElement("dialog");
  #input = document.createElement("input");
  #list = document.createElement("ol");
  #count = document.createElement("p");

  connectedCallback() {
    if (!this.#dialog.isConnected) this.#build();
    this.querySelector("button")?.addEventListener("click", () => this.open());
  }

  open() {
    if (this.#dialog.open) return;
    this.#dialog.showModal();
    this.#input.select();
    this.#find();
  }

  #build() {
    this.#input.type = "search";
    this.#input.className = "field";
    this.#input.placeholder = "Words to look for";
    this.#input.ariaLabel = "Search the course";
    this.#input.autocomplete = "off";
    this.#input.addEventListener("input", () => this.#find());
    this.#count.role = "status";
    this.#dialog.ariaLabel = "Search the course";
    const close = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: "Close" });
    close.addEventListener("click", () => this.#dialog.close());
    const row = document.createElement("div");
    row.className = "ask";
    row.append(this.#input, close);
    this.#dialog.append(row, this.#count, this.#list);
    this.#dialog.addEventListener("keydown", this.#key);
    // A click on the backdrop is a click on the dialog itself, beside its content.
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog && outside(this.#dialog, event)) this.#dialog.close();
    });
    this.#list.addEventListener("click", () => this.#dialog.close()); // a result may be on this very page
    this.append(this.#dialog);
  }

  async #find() {
    try {
      const words = this.#input.value.toLowerCase().split(/\s+/).filter(Boolean);
      this.#entries ??= fetch("/search.json").then((r) => r.ok ? r.json() : Promise.reject(new Error(String(r.status))));
      const found = rank(await this.#entries, words);
      this.#list.replaceChildren(...found.slice(0, SHOWN).map((entry) => row(entry, words)));
      const n = found.length;
      this.#count.textContent = words.length === 0 ? "Type to search all lessons. ↑ ↓ choose, Enter opens."
        : n === 0 ? "Nothing found. Try fewer or shorter words."
        : n > SHOWN ? `${n} sections, the first ${SHOWN} shown` : `${n} section${n === 1 ? "" : "s"}`;
    } catch {
      this.#entries = undefined;
      this.#count.textContent = "The server does not answer, so there is nothing to search in. Try again when it is back.";
    }
  }

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    const links = [...this.#list.querySelectorAll("a")];
    const at = links.indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement));
    if (event.key === "ArrowDown") links[Math.min(at + 1, links.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (at > 0 ? links[at - 1] : this.#input).focus();
    else if (event.key === "Enter" && event.target === this.#input) links[0]?.click();
    else if (event.key === "Escape") this.#dialog.close(); // at once: else the first press only empties the field
    else return;
    event.preventDefault();
  };
}

/**
 * The entries that hold all the words, best first: a word in a heading counts
 * more than one in the text.
 * @param {Entry[]} entries @param {string[]} words
 */
function rank(entries, words) {
  if (words.length === 0) return [];
  const scored = entries.map((entry) => {
    const head = `${entry.title} ${entry.section}`.toLowerCase();
    const text = entry.text.toLowerCase();
    let score = 0;
    for (const word of words) {
      const points = (entry.section.toLowerCase().includes(word) ? 4 : 0) + (head.includes(word) ? 2 : 0) + (text.includes(word) ? 1 : 0);
      if (points === 0) return { entry, score: 0 };
      score += points;
    }
    return { entry, score };
  });
  return scored.filter((s) => s.score > 0).sort((a, b) => b.score - a.score).map((s) => s.entry);
}

/** @param {Entry} entry @param {string[]} words */
function row(entry, words) {
  const li = document.createElement("li");
  const a = document.createElement("a");
  a.href = `/lessons/${entry.lesson}${entry.id ? `#${entry.id}` : ""}`;
  const where = document.createElement("small");
  where.textContent = entry.title;
  const name = document.createElement("b");
  name.append(...marked(entry.section || entry.title, words));
  const text = document.createElement("span");
  text.append(...marked(around(entry.text, words), words));
  a.append(where, name, text);
  li.append(a);
  return li;
}

/** The part of a text that holds the first of the words. @param {string} text @param {string[]} words */
function around(text, words) {
  const hits = words.map((word) => text.toLowerCase().indexOf(word)).filter((i) => i >= 0);
  const at = Math.max(0, Math.min(...hits, text.length) - AROUND);
  const start = hits.length ? at : 0;
  return `${start > 0 ? "…" : ""}${text.slice(start, start + 2 * AROUND + 20)}…`;
}

/** The text with the words in <mark>. @param {string} text @param {string[]} words */
function marked(text, words) {
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  return text.split(new RegExp(`(${pattern})`, "gi")).map((part, i) => {
    if (i % 2 === 0) return document.createTextNode(part);
    return Object.assign(document.createElement("mark"), { textContent: part });
  });
}

/** @param {Element} el @param {MouseEvent} at */
function outside(el, { clientX, clientY }) {
  const box = el.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}

customElements.define("course-search", CourseSearch);
