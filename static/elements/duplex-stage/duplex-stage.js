// <duplex-stage>: a demo or an exercise with its wire and its code, behind tabs.
//
//   <duplex-stage kind="demo" name="echo" label="Echo">
//     <echo-demo src="/demo/echo"></echo-demo>
//     <wire-log></wire-log>
//     <div class="stage-code">…</div>
//   </duplex-stage>
//
// Its children are the panels, where they stand: nothing is moved. A panel that is not shown stays alive: its
// connection stays open and its log goes on; it only leaves the tab order. The
// stage listens to what the demo says (`duplex:state`, `duplex:wire`,
// `duplex:wire-clear`, `duplex:members`) and shows it at its head and in its log.

import "../duplex-line/duplex-line.js";
import "../wire-log/wire-log.js"; // it keeps its log while it is hidden, so it is needed before it is seen
import { load } from "../../lib/live.js";
import { pulsesOf } from "../../lib/wire.js";

/**
 * @typedef {object} State what a demo says of its connection
 * @property {"idle"|"connecting"|"open"|"closing"|"closed"|"retrying"|"offline"} state
 * @property {string} [text] all of it in one sentence
 * @property {string} [word] instead of the state's own name
 * @property {string} [url]
 * @property {number} [code]
 * @property {string} [reason]
 * @property {"page"|"server"|"network"} [by]
 * @property {number} [retryIn] ms
 * @property {number} [rtt] ms
 * @property {boolean} [quiet] it is said aloud elsewhere
 */
/** @typedef {HTMLElement & {add: (events: any[]) => void, clear: () => void}} WireLog */
/** @typedef {HTMLElement & {state: string, ends: object, pulse: (dir: string) => void, reset: () => void}} Line */

const WORDS = {
  idle: "Not connected", connecting: "Connecting…", open: "Open", closing: "Closing…",
  closed: "Closed", retrying: "Retrying", offline: "Offline",
};
/** Each state has a shape of its own, so that none is told by colour alone. */
const SHAPES = { idle: "○", connecting: "◌", open: "●", closing: "◍", closed: "✕", retrying: "↻", offline: "✕" };
const BY = { page: "by this page", server: "by the server", network: "by the network" };

class DuplexStage extends HTMLElement {
  /** @type {Line|undefined} */ #line;
  /** @type {WireLog|null} */ #log = null;
  /** @type {HTMLButtonElement[]} */ #tabs = [];
  /** @type {HTMLElement[]} */ #panels = [];
  #state = document.createElement("p");
  #seen = 0;

  connectedCallback() {
    if (!this.#tabs.length) this.#build();
    this.addEventListener("duplex:state", this.#onState);
    this.addEventListener("duplex:wire", this.#onWire);
    this.addEventListener("duplex:wire-clear", this.#onClear);
    this.addEventListener("duplex:members", this.#onMembers);
  }

  disconnectedCallback() {
    this.removeEventListener("duplex:state", this.#onState);
    this.removeEventListener("duplex:wire", this.#onWire);
    this.removeEventListener("duplex:wire-clear", this.#onClear);
    this.removeEventListener("duplex:members", this.#onMembers);
  }

  /** Shows the panel with that number. @param {number} index */
  show(index) {
    this.#tabs.forEach((tab, i) => {
      tab.ariaSelected = String(i === index);
      tab.tabIndex = i === index ? 0 : -1;
      this.#panels[i].hidden = i !== index;
    });
    const panel = this.#panels[index];
    if (panel === this.#log) this.#unseen(0);
    if (panel?.classList.contains("stage-code")) load("elements/duplex-stage/quotes.js").then(({ showQuotes }) => showQuotes(panel), () => {}); // else the code stands there without them, until it is shown again
  }

  #build() {
    const label = this.getAttribute("label") ?? this.getAttribute("name") ?? "";
    this.role = "region";
    this.ariaLabel = label;
    const log = this.querySelector(":scope > wire-log");
    const code = this.querySelector(":scope > .stage-code");
    const main = this.firstElementChild;
    this.#log = /** @type {WireLog|null} */ (log);

    const tabs = make("div", "tabs");
    tabs.role = "tablist";
    tabs.ariaLabel = label;
    tabs.addEventListener("keydown", this.#onKey);
    const exercise = this.getAttribute("kind") === "exercise";
    if (main) this.#panel(tabs, exercise ? "Exercise" : "Demo", main);
    if (log) this.#panel(tabs, "Wire", log);
    if (code) this.#panel(tabs, "Code", code);
    this.#state.className = "state";
    this.#state.role = "status";
    const head = make("div", "stage-head");
    head.append(tabs, this.#state);
    this.#line = /** @type {Line} */ (document.createElement("duplex-line"));
    this.#line.setAttribute("kind", this.#kind());
    if (exercise) { // there the checker speaks with the learner's server, or plays one to the learner's client
      const client = main?.getAttribute("language") === "js";
      this.#line.setAttribute("from", client ? "your client" : "checker");
      this.#line.setAttribute("to", client ? "checker" : "your server");
    }
    this.prepend(head, this.#line);
    if (!exercise) this.#show({ state: "idle" });
    this.show(0);
  }

  #kind() {
    if (this.querySelector("events-demo")) return "sse";
    return this.querySelector("chat-demo") ? "chat" : "websocket";
  }

  /**
   * Adds a tab for a panel.
   * @param {HTMLElement} tabs @param {string} name @param {Element} panel
   */
  #panel(tabs, name, panel) {
    const index = this.#tabs.length;
    const tab = document.createElement("button");
    panel.id ||= `${this.getAttribute("kind")}-${this.getAttribute("name")}-${name.toLowerCase()}`;
    tab.type = "button";
    tab.role = "tab";
    tab.id = `${panel.id}-tab`;
    tab.textContent = name;
    tab.setAttribute("aria-controls", panel.id);
    tab.addEventListener("click", () => this.show(index));
    panel.role = "tabpanel";
    panel.setAttribute("aria-labelledby", tab.id);
    tabs.append(tab);
    this.#tabs.push(tab);
    this.#panels.push(/** @type {HTMLElement} */ (panel));
  }

  /** Arrow keys, Home and End walk the tabs, as ARIA's pattern has it. @param {KeyboardEvent} event */
  #onKey = (event) => {
    const at = this.#tabs.findIndex((tab) => tab.ariaSelected === "true");
    const last = this.#tabs.length - 1;
    /** @type {Record<string, number>} */
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last };
    if (!(event.key in to)) return;
    event.preventDefault();
    this.show(to[event.key]);
    this.#tabs[to[event.key]].focus();
  };

  /** @param {Event} event */
  #onState = (event) => this.#show(/** @type {CustomEvent<State>} */ (event).detail);

  /** @param {Event} event */
  #onWire = (event) => {
    const { events } = /** @type {CustomEvent<{events: any[]}>} */ (event).detail;
    this.#log?.add?.(events);
    for (const dir of pulsesOf(events)) this.#line?.pulse(dir);
    if (this.#log?.hidden) this.#unseen(this.#seen + events.length);
  };

  /** From the log, that its reader cleared it; from a demo, that it begins anew. @param {Event} event */
  #onClear = (event) => {
    if (event.target !== this.#log) this.#log?.clear?.();
    this.#line?.reset();
    this.#unseen(0);
  };

  /** @param {Event} event */
  #onMembers = (event) => {
    const { you, members } = /** @type {CustomEvent<{you: string, members: string[]}>} */ (event).detail;
    if (this.#line) this.#line.ends = { you, others: members.filter((name) => name !== you) };
  };

  /** Says on its tab how much the log holds that was not seen. @param {number} n */
  #unseen(n) {
    this.#seen = n;
    const tab = this.#tabs[this.#panels.findIndex((panel) => panel === this.#log)];
    if (!tab) return;
    tab.textContent = "Wire";
    if (n) tab.append(Object.assign(make("span", "count"), { textContent: n > 999 ? "999+" : String(n) }));
  }

  /** @param {State} now */
  #show(now) {
    this.dataset.state = now.state;
    if (this.#line) this.#line.state = now.state;
    const word = now.word && now.state === "idle" ? now.word : `${SHAPES[now.state]} ${now.word ?? WORDS[now.state]}`;
    const more = detail(now);
    this.#state.ariaLive = now.quiet ? "off" : "polite";
    const [b = make("b", ""), small = make("span", "")] = /** @type {HTMLElement[]} */ ([...this.#state.children]);
    if (b.textContent !== word) b.textContent = word;
    small.textContent = more;
    this.#state.title = now.text ?? more;
    // A countdown or a round trip is not read aloud at every change.
    small.ariaHidden = String(now.state === "open" || now.state === "retrying");
    if (!b.isConnected) this.#state.append(b, small);
  }
}

/** What is known beyond the state's name. @param {State} now */
function detail({ state, url, code, reason, by, retryIn, rtt }) {
  const parts = [];
  if (state === "closed" && by) parts.push(BY[by]);
  if (state === "closed" && code !== undefined) parts.push(`${code}${reason ? ` “${reason}”` : ""}`);
  if (retryIn !== undefined && state === "retrying") parts.push(`in ${Math.ceil(retryIn / 1000)} s`);
  if (url && (state === "open" || state === "connecting")) parts.push(short(url));
  if (rtt !== undefined && state === "open") parts.push(`${rtt < 10 ? rtt.toFixed(1) : Math.round(rtt)} ms`);
  return parts.join(" · ");
}

/** An address without its query. @param {string} url */
function short(url) {
  const { protocol, host, pathname } = new URL(url, location.href);
  return `${protocol}//${host}${pathname}`;
}

/** @param {string} tag @param {string} className */
function make(tag, className) {
  const el = document.createElement(tag);
  if (className) el.className = className;
  return el;
}

customElements.define("duplex-stage", DuplexStage);
