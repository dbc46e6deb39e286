// <events-demo src="/demo/events">: a real EventSource. On one side the events
// as the page gets them, on the other the lines as they stood on the wire. Drop
// the connection, and see the browser come back and ask for what follows the
// last id it saw. What happened meanwhile then comes at once, and is marked; the
// counts say whether anything was missed or repeated.

import { count, grouped } from "../../lib/bytes.js";
import { Stream, parseID } from "../../lib/sse.js";
import { Tap, announce, passOn, showState, stageOf } from "../../lib/tap.js";
import { stateWords } from "../../lib/wire.js";

/** @typedef {import("../../lib/wire.js").WireEvent} WireEvent */

/** Rows kept in each list. */
const ROWS = 300;
/** The demo's rhythm: one event a second. */
const EVERY_MS = 1_000;

/** A page may have several: each has headings of its own. */
let demos = 0;

const markup = (/** @type {number} */ n) => `
  <div class="ev-lists">
    <section><h3 id="ev-parsed-${n}">What the page gets</h3>
      <div class="ev-view at-end" tabindex="0" role="group" aria-labelledby="ev-parsed-${n}"><ol class="ev-events"></ol></div></section>
    <section><h3 id="ev-raw-${n}">What is on the wire</h3>
      <div class="ev-view at-end" tabindex="0" role="group" aria-labelledby="ev-raw-${n}"><ol class="ev-lines"></ol></div></section>
  </div>
  <div class="demo-foot">
    <dl class="ev-counts">
      <div><dt>received</dt><dd data-n="received">0</dd></div>
      <div><dt>missed</dt><dd data-n="missed">0</dd></div>
      <div><dt>repeated</dt><dd data-n="repeated">0</dd></div>
      <div><dt>connected again</dt><dd data-n="resumed">0</dd></div>
      <div><dt>last event id</dt><dd data-n="last">none</dd></div>
    </dl>
    <p class="demo-wrong" role="alert"></p>
    <div class="demo-row">
      <p class="demo-state"></p>
      <button class="btn" type="button" data-do="drop">Drop the connection</button>
      <button class="btn" type="button" data-do="close">Close</button>
      <button class="btn go" type="button" data-do="open" hidden>Connect</button>
    </div>
  </div>`;

class EventsDemo extends HTMLElement {
  /** @type {Stream|undefined} */ #stream;
  /** When Event 0 happened, as well as this page can know. */ #began = { epoch: "", at: Infinity };
  /** What is said about the time away, while its events come. @type {{at: number, events: number, note: HTMLElement}|undefined} */ #back;

  async connectedCallback() {
    if (!this.querySelector(".demo-foot")) this.#build();
    await stageOf(this);
    if (!this.isConnected || this.#stream) return;
    this.#stream = new Stream(this.getAttribute("src") ?? "/demo/events", () => new Tap((events) => this.#passed(events)));
    this.#stream.addEventListener("state", () => this.#showState());
    this.#stream.addEventListener("event", (e) => this.#event(/** @type {CustomEvent} */ (e).detail));
    this.#stream.open();
  }

  async disconnectedCallback() {
    await null; // moved, it is back at once
    if (this.isConnected) return;
    this.#stream?.close();
    this.#stream = undefined;
  }

  #build() {
    this.innerHTML = markup(++demos);
    this.#get("[data-do=drop]").addEventListener("click", () => this.#drop());
    this.#get("[data-do=close]").addEventListener("click", () => this.#stream?.close());
    this.#get("[data-do=open]").addEventListener("click", () => this.#open());
  }

  /** @param {string} selector @returns {HTMLElement} */
  #get(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }

  #open() {
    this.#get(".ev-events").replaceChildren();
    this.#get(".ev-lines").replaceChildren();
    this.#stream?.open();
  }

  /** Asks the server to cut this stream without a goodbye. */
  async #drop() {
    this.#get(".demo-wrong").textContent = "";
    const answer = await fetch(`/demo/events/drop?wire=${this.#stream?.wire}`, { method: "POST" }).catch(() => undefined);
    if (answer?.ok) return;
    this.#get(".demo-wrong").textContent = answer
      ? `Not dropped: the server answered ${answer.status}. Is the stream open?`
      : "Not dropped: the server does not answer. Is it still running?";
  }

  /** @param {{id: string, type: string, data: string}} event */
  #event({ id, type, data }) {
    const list = this.#get(".ev-events");
    if (type === "reset") add(list, row("ev-note ev-gap", `It can't go on where you were: ${whyOf(data)}.`));
    if (type === "lagged") add(list, row("ev-note ev-gap", "Events are missing here: this page read too slowly."));
    const late = type === "message" && this.#isLate(id);
    add(list, row(late ? "ev-late" : "", idOf(type === "reset" ? "" : id), piece("ev-type", type), piece("what", data)));
    this.#showCounts();
  }

  /**
   * Says whether an event happened while there was no connection, and counts
   * it. The stream keeps time: an event's number tells when it happened.
   * @param {string} id
   */
  #isLate(id) {
    const at = parseID(id);
    if (!at) return false;
    if (at.epoch !== this.#began.epoch) this.#began = { epoch: at.epoch, at: Infinity };
    this.#began.at = Math.min(this.#began.at, performance.now() - at.n * EVERY_MS);
    if (!this.#back || this.#began.at + at.n * EVERY_MS >= this.#back.at) {
      this.#back = undefined;
      return false;
    }
    const n = ++this.#back.events;
    this.#back.note.textContent = `${this.#back.note.dataset.words} Meanwhile ${count(n, "event")} had happened; ${n === 1 ? "it" : "they"} came at once:`;
    return true;
  }

  /** @param {WireEvent[]} events */
  #passed(events) {
    passOn(this, events);
    this.#stream?.learn(events);
    const list = this.#get(".ev-lines");
    for (const e of events) {
      if (e.kind === "line") add(list, rawLine(e.text ?? ""));
      else if (e.kind === "request") add(list, row("ev-note", requestNote(e.text ?? "")));
      else if (e.kind === "closed") add(list, row("ev-note", "The connection ended."));
      else if (e.kind === "note") add(list, row("ev-note", e.text ?? ""));
    }
  }

  #showCounts() {
    if (!this.#stream) return;
    const { ledger, resumed, lastEventId } = this.#stream;
    const all = { received: ledger.received, missed: ledger.missed, repeated: ledger.repeated, resumed, last: lastEventId || "none" };
    for (const [name, n] of Object.entries(all)) {
      const dd = this.#get(`[data-n=${name}]`);
      dd.textContent = typeof n === "number" ? grouped(n) : n;
      dd.classList.toggle("wrong", (name === "missed" || name === "repeated") && n !== 0);
    }
  }

  /** @param {string} words */
  #connectedAgain(words) {
    const note = row("ev-note", words);
    note.dataset.words = words;
    add(this.#get(".ev-events"), note);
    this.#back = { at: performance.now(), events: 0, note };
  }

  #showState() {
    if (!this.#stream) return;
    const { status, resumed, lastEventId } = this.#stream;
    announce(this, status);
    if (status.state === "open" && resumed) {
      this.#connectedAgain(lastEventId ? `Connected again, after event ${lastEventId}.` : `Connected again, for the ${count(resumed, "time")}.`);
    }
    const words = { retrying: `Lost. The browser tries again in ${Math.ceil((status.retryIn ?? 0) / 1000)} s` }[String(status.state)];
    showState(this.#get(".demo-state"), status.state, words ?? stateWords(status));
    const closed = status.state === "closed" || status.state === "idle";
    const hadFocus = this.contains(document.activeElement) && document.activeElement?.tagName === "BUTTON";
    this.#get("[data-do=open]").hidden = !closed;
    this.#get("[data-do=close]").hidden = closed;
    const drops = this.getAttribute("drop") !== "no"; // a stream of somebody else's can't be cut from here
    this.#get("[data-do=drop]").hidden = closed || !drops;
    if (hadFocus && document.activeElement === document.body) this.#get(closed ? "[data-do=open]" : drops ? "[data-do=drop]" : "[data-do=close]").focus();
    /** @type {HTMLButtonElement} */ (this.#get("[data-do=drop]")).ariaDisabled = String(status.state !== "open");
    this.#showCounts();
  }
}

/** An id, with the name of the log apart from the number. @param {string} id */
function idOf(id) {
  const at = parseID(id);
  if (!at?.epoch) return piece("ev-id", id || "–");
  const el = piece("ev-id", "");
  el.append(piece("ev-epoch", `${at.epoch}:`), String(at.n));
  return el;
}

/** What a reset says. @param {string} data */
function whyOf(data) {
  try {
    return String(JSON.parse(data).why);
  } catch {
    return data;
  }
}

/** @param {string} head */
function requestNote(head) {
  const id = head.match(/^last-event-id: *(.*?)\r?$/im)?.[1];
  return id === undefined ? "A new request, without Last-Event-ID." : `A new request, with Last-Event-ID: ${id}`;
}

/** A line of the stream: field name, colon, value (WHATWG HTML §9.2.6). @param {string} line */
function rawLine(line) {
  if (line === "") return row("ev-blank", "empty line: the event is complete");
  const colon = line.indexOf(":");
  if (colon === 0) return row("ev-note", line);
  const end = colon < 0 ? line.length : colon + 1;
  return row("", piece("ev-field", line.slice(0, end)), piece("", line.slice(end)));
}

/** @param {HTMLElement} list @param {HTMLElement} li */
function add(list, li) {
  list.append(li);
  if (list.childElementCount > ROWS) list.firstElementChild?.remove();
}

/** @param {string} className @param {(Node|string)[]} children */
function row(className, ...children) {
  const li = document.createElement("li");
  li.className = className;
  li.append(...children);
  return li;
}

/** @param {string} className @param {string} text */
function piece(className, text) {
  const el = document.createElement("span");
  el.className = className;
  el.textContent = text;
  return el;
}

customElements.define("events-demo", EventsDemo);
