// <duplex-line kind="websocket|chat|sse">: the line that joins this page and the
// server, at the head of a stage. It is information, not decoration: what is sent
// travels along it as a blue circle, what is received as an orange square; cut,
// the connection is closed; with a gap at one end, that end waits.
//
//   line.state = "open";           // idle connecting open closing closed retrying offline stalled
//   line.pulse("sent");            // or "received"
//   line.ends = { you: "Ada", others: ["Bo"] };   // chat: one end for each member
//   line.reset();                  // counts from 0
//
// Attributes `from` and `to` name its ends. Under prefers-reduced-motion nothing
// travels; the counts say the same.

import { count, grouped } from "../../lib/bytes.js";

const SVG = "http://www.w3.org/2000/svg";
/** Further messages at the same time are counted, but draw nothing. */
const MAX_PULSES = 12;
const TRAVEL_MS = 700;
/** Members drawn in a chat; the others are a number. */
const MAX_ENDS = 4;
const Y = { sent: 34, received: 50, mid: 42 };
const HEIGHT = 84;

/** @typedef {"sent"|"received"} Direction */

class DuplexLine extends HTMLElement {
  static observedAttributes = ["kind", "from", "to"];
  #state = "idle";
  #counts = { sent: 0, received: 0 };
  /** @type {{you: string, others: string[]}} */ #ends = { you: "", others: [] };
  #width = 640;
  #frame = 0;
  #still = matchMedia("(prefers-reduced-motion: reduce)");
  #sizes = new ResizeObserver(([entry]) => {
    // In sixteenths of a rem, so that the whole drawing grows with the type.
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    const width = Math.round(entry.contentRect.width * 16 / rem);
    if (!width || width === this.#width) return;
    this.#width = width;
    this.#draw();
  });
  #svg = make("svg", { role: "img", class: "line" });

  connectedCallback() {
    this.replaceChildren(this.#svg);
    this.#sizes.observe(this);
    this.#draw();
  }

  disconnectedCallback() {
    this.#sizes.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#draw();
  }

  get state() { return this.#state; }
  set state(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#draw();
  }

  get ends() { return this.#ends; }
  set ends(ends) {
    this.#ends = ends;
    this.#draw();
  }

  get count() { return { ...this.#counts }; }

  reset() {
    this.#counts = { sent: 0, received: 0 };
    this.#label();
  }

  /** A message travels. @param {Direction} dir */
  pulse(dir) {
    this.#counts[dir]++;
    this.#frame ||= requestAnimationFrame(() => this.#label());
    if (this.#still.matches || document.hidden) return;
    if (this.#svg.querySelectorAll(`.pulse.${dir}`).length >= MAX_PULSES) return;
    const { page, server, members } = this.#places();
    const y = this.#kind === "sse" ? Y.mid : Y[dir];
    if (dir === "sent") return this.#travel(dir, page, y, server, y);
    this.#travel(dir, server, y, page, y);
    for (const m of members) this.#travel(dir, server, Y.mid, m.x, m.y); // a broadcast: to everybody
  }

  /**
   * @param {Direction} dir @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2
   */
  #travel(dir, x1, y1, x2, y2) {
    const shape = dir === "sent"
      ? make("circle", { r: "5", class: "pulse sent" })
      : make("rect", { x: "-4.5", y: "-4.5", width: "9", height: "9", rx: "1.5", class: "pulse received" });
    this.#svg.append(shape);
    const to = this.#state === "stalled" ? 0.5 : 1; // what is stuck shows where
    const at = (/** @type {number} */ part) => `translate(${x1 + (x2 - x1) * part}px, ${y1 + (y2 - y1) * part}px)`;
    const run = shape.animate(
      [{ transform: at(0) }, { transform: at(to) }],
      { duration: TRAVEL_MS, easing: "cubic-bezier(.45,.05,.35,1)" },
    );
    run.finished.catch(() => {}).finally(() => shape.remove());
  }

  get #kind() { return this.getAttribute("kind") ?? "websocket"; }

  /** Where things stand. */
  #places() {
    const margin = Math.max(48, Math.min(96, this.#width * 0.15));
    const chat = this.#kind === "chat";
    const page = margin;
    const right = this.#width - margin;
    const others = chat ? this.#ends.others.slice(0, MAX_ENDS) : [];
    const rows = others.length + (chat && this.#ends.others.length > MAX_ENDS ? 1 : 0); // the last says how many more
    const server = others.length ? page + (right - page) * 0.55 : right;
    const members = others.map((name, i) => ({
      name, x: right, y: Y.mid + (i - (rows - 1) / 2) * (rows > 3 ? 15 : 20),
    }));
    return { page, server, members };
  }

  #draw() {
    if (!this.isConnected) return;
    const { page, server, members } = this.#places();
    this.#svg.setAttribute("viewBox", `0 0 ${this.#width} ${HEIGHT}`);
    this.dataset.state = this.#state;
    const hidden = this.#ends.others.length - members.length;
    this.#svg.replaceChildren(
      ...this.#lanes(page, server),
      ...members.flatMap((m) => [
        make("line", { class: "lane member", x1: server, y1: Y.mid, x2: m.x, y2: m.y }),
        make("circle", { class: "end", cx: m.x, cy: m.y, r: 5 }),
        text("sub name", m.x + 10, m.y + 4, short(m.name)),
      ]),
      ...(this.#kind === "chat" && hidden > 0 ? [text("sub name", members[0].x + 10, members[members.length - 1].y + 19, `and ${hidden} more`)] : []),
      make("circle", { class: "end", cx: page, cy: Y.mid, r: 12 }),
      make("rect", { class: "end", x: server - 12, y: Y.mid - 12, width: 24, height: 24, rx: 6 }),
      text("", page, 74, short(this.#ends.you || this.getAttribute("from") || "this page")),
      text("", server, 74, this.getAttribute("to") || "server"),
      text("sub sent-count", (page + server) / 2, 24, ""),
      text("sub got-count", (page + server) / 2, 70, ""),
    );
    this.#label();
  }

  /**
   * One lane each way, whole or cut.
   * @param {number} page @param {number} server
   */
  #lanes(page, server) {
    const mid = (page + server) / 2;
    const cut = ["idle", "closed"].includes(this.#state);
    const waits = ["retrying", "offline"].includes(this.#state);
    // Waiting, only this page's end still reaches out; cut, both ends stop short.
    const reach = waits ? page + (server - page) * 0.3 : mid - 14;
    /** @type {Direction[]} */
    const lanes = this.#kind === "sse" ? ["received"] : ["sent", "received"];
    return lanes.flatMap((dir) => {
      const y = this.#kind === "sse" ? Y.mid : Y[dir];
      if (!cut && !waits) return [make("line", { class: `lane ${dir}`, x1: page, y1: y, x2: server, y2: y })];
      const near = make("line", { class: `lane ${dir}`, x1: page, y1: y, x2: reach, y2: y });
      if (waits) return [near, make("line", { class: "tick", x1: reach, y1: y - 5, x2: reach, y2: y + 5 })];
      const far = make("line", { class: `lane ${dir}`, x1: mid + 14, y1: y, x2: server, y2: y });
      return [near, far, ...[mid - 14, mid + 14].map((x) => make("line", { class: "tick", x1: x - 3, y1: y + 5, x2: x + 3, y2: y - 5 }))];
    });
  }

  #label() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { sent, received } = this.#counts;
    const sse = this.#kind === "sse";
    put(this.#svg, ".sent-count", sse ? "" : `sent ${grouped(sent)}`);
    put(this.#svg, ".got-count", `received ${grouped(received)}`);
    const members = this.#kind === "chat" ? ` ${count(this.#ends.others.length, "other member")}.` : "";
    const moved = sse ? `Received ${received}.` : `Sent ${sent}, received ${received}.`;
    this.#svg.setAttribute("aria-label", `The line between ${this.getAttribute("from") ?? "this page"} and ${this.getAttribute("to") ?? "the server"}: ${this.#state}. ${moved}${members}`);
  }
}

/** @param {string} name */
const short = (name) => (name.length > 12 ? `${name.slice(0, 11)}…` : name);

/**
 * @param {string} tag @param {Record<string, string|number>} attributes
 * @returns {SVGElement}
 */
function make(tag, attributes) {
  const el = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, String(value));
  return el;
}

/** @param {string} kind @param {number} x @param {number} y @param {string} words */
function text(kind, x, y, words) {
  const el = make("text", { class: kind, x, y });
  el.textContent = words;
  return el;
}

/** @param {Element} parent @param {string} selector @param {string} words */
function put(parent, selector, words) {
  const el = parent.querySelector(selector);
  if (el) el.textContent = words;
}

customElements.define("duplex-line", DuplexLine);
