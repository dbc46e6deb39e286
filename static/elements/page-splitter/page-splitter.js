// <page-splitter role="separator">: the line between the text and the stage. It is
// dragged, or moved with the arrow keys (Home and End go as far as they can; a
// double click goes back), and its place is remembered.

import { forget, recall, remember } from "../../lib/store.js";

const MIN = 30, MAX = 70, USUAL = 49, STEP = 2;

class PageSplitter extends HTMLElement {
  #at = USUAL;

  connectedCallback() {
    this.#at = recall("split", USUAL);
    this.#tell();
    this.addEventListener("pointerdown", this.#grab);
    this.addEventListener("keydown", this.#key);
    this.addEventListener("dblclick", this.#usual);
  }

  disconnectedCallback() {
    this.removeEventListener("pointerdown", this.#grab);
    this.removeEventListener("keydown", this.#key);
    this.removeEventListener("dblclick", this.#usual);
  }

  /** @param {number} at percent of the width */
  #move(at) {
    this.#at = Math.round(Math.min(MAX, Math.max(MIN, at)) * 10) / 10;
    document.documentElement.style.setProperty("--split-at", `${this.#at}%`);
    remember("split", this.#at);
    this.#tell();
  }

  #tell() {
    this.ariaValueNow = String(Math.round(this.#at));
    this.ariaValueText = `${Math.round(this.#at)} % of the width`;
  }

  #usual = () => {
    this.#move(USUAL);
    forget("split");
  };

  /** @param {PointerEvent} event */
  #grab = (event) => {
    event.preventDefault(); // or the drag selects text
    this.setPointerCapture(event.pointerId);
    const room = /** @type {HTMLElement} */ (this.parentElement).getBoundingClientRect();
    /** @param {PointerEvent} e */
    const drag = (e) => this.#move((100 * (e.clientX - room.left)) / room.width);
    this.addEventListener("pointermove", drag);
    this.addEventListener("lostpointercapture", () => this.removeEventListener("pointermove", drag), { once: true });
  };

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    /** @type {Record<string, number>} */
    const to = { ArrowLeft: this.#at - STEP, ArrowRight: this.#at + STEP, Home: MIN, End: MAX };
    if (!(event.key in to)) return;
    event.preventDefault();
    this.#move(to[event.key]);
  };
}

customElements.define("page-splitter", PageSplitter);
