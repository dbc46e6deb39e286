// What a learner's program says: its lines as they come, with the colours that it
// asks a terminal for. It follows the newest line until the reader scrolls up.

import { count } from "../../lib/bytes.js";
import { pieces } from "./ansi.js";
import { button, tag } from "./parts.js";

/** @typedef {{at?: number, stream: string, text: string}} Line stream: out, err, or a level of the console */

/** Lines kept. */
const LINES = 2_000;
/** A level has a sign as well as a colour. @type {Record<string, string>} */
const MARKS = { warn: "! ", error: "✗ " };

export class Output {
  /** Lines not drawn yet. @type {HTMLElement[]} */ #waiting = [];
  #frame = 0;
  #looks = { out: new Set(), err: new Set() };

  /** @param {HTMLElement} root @param {string} none what stands there while nothing was said */
  constructor(root, none) {
    const head = tag("div", "", "lg-head");
    this.state = tag("p", "", "lg-state");
    this.newest = button("Jump to newest ↓", () => { this.view.scrollTop = 0; }, "wb-tool");
    this.newest.hidden = true;
    head.append(this.state, this.newest, button("Clear", () => this.clear(), "wb-tool"));
    this.view = tag("div", "", "lg-view at-end");
    this.view.tabIndex = 0;
    this.view.role = "log";
    this.view.ariaLive = "off"; // a server's log would never let its reader rest
    this.view.ariaLabel = "What the program says";
    this.none = tag("p", none, "lg-none");
    this.lines = tag("ol", "", "lg-lines");
    this.view.append(this.none, this.lines);
    // In a reversed column the newest line is where scrolling begins.
    this.view.addEventListener("scroll", () => { this.newest.hidden = this.view.scrollTop > -24; }, { passive: true });
    root.append(head, this.view);
  }

  /** @param {Line[]} lines */
  add(lines) {
    this.#waiting.push(...lines.map((line) => this.#draw(line)));
    const over = this.#waiting.length - LINES;
    if (over > 0) this.#waiting.splice(0, over);
    this.#frame ||= requestAnimationFrame(() => this.#flush());
  }

  /** A line of ours, between those of the program. @param {string} words */
  note(words) { this.add([{ stream: "note", text: words }]); }

  /** @param {number} n lines that are not here @param {boolean} [older] they came before all that is kept, else too fast */
  left(n, older = false) {
    if (n > 0) this.note(older ? `${count(n, "older line")} ${n === 1 ? "is" : "are"} no longer kept.` : `${count(n, "line")} left out: they came too fast.`);
  }

  clear() {
    cancelAnimationFrame(this.#frame); // it would draw lines that are not there
    this.#frame = 0;
    this.#waiting = [];
    this.#looks = { out: new Set(), err: new Set() };
    this.lines.replaceChildren();
    this.none.hidden = false;
    this.newest.hidden = true;
  }

  #flush() {
    this.#frame = 0;
    this.none.hidden = true;
    this.lines.append(...this.#waiting.splice(0));
    while (this.lines.childElementCount > LINES) this.lines.firstElementChild?.remove();
  }

  /** @param {Line} line */
  #draw({ stream, text }) {
    const li = tag("li", "", stream);
    if (MARKS[stream]) li.append(MARKS[stream]);
    const looks = stream === "out" || stream === "err" ? this.#looks[stream] : new Set();
    for (const piece of pieces(text, looks)) {
      if (piece.looks.length) li.append(tag("span", piece.text, piece.looks.map((look) => `sgr-${look}`).join(" ")));
      else li.append(piece.text);
    }
    return li;
  }
}
