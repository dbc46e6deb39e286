// An event stream (WHATWG HTML §9.2) with its state named, and a ledger that
// counts what came, was missed and was repeated.
//
//   const stream = new Stream("/demo/events", () => new Tap((events) => stream.learn(events)));
//   stream.addEventListener("state", () => show(stream.status));
//   stream.addEventListener("event", (e) => read(e.detail));   // {id, type, data}
//   stream.open();
//
// EventSource reconnects by itself, and after a loss asks for what follows the
// last id it saw. It does not say when it will try, nor show a single raw line:
// the wait is told by the stream's own `retry` lines, which the tap brings.

/** What Chromium and Firefox wait where the server has not said; the standard leaves it open. */
export const DEFAULT_RETRY_MS = 3_000;
const TICK_MS = 1_000;

/** @typedef {import("./wire.js").WireEvent} WireEvent */
/** @typedef {import("./tap.js").Tap} Tap */

/**
 * Takes an id apart: a number, and what stands before it, which names the log
 * that the number counts: "k3x7qf2a:7". Nothing where there is no number.
 * @param {string} id
 * @returns {{epoch: string, n: number}|undefined}
 */
export function parseID(id) {
  const [, epoch = "", digits] = id.match(/^(?:(.*):)?([0-9]+)$/s) ?? [];
  return digits === undefined ? undefined : { epoch, n: Number(digits) };
}

/**
 * Counts events whose ids are numbers in order. A gap is an event missed, a
 * number seen before is one repeated. Another log counts anew.
 */
export class Ledger {
  received = 0;
  missed = 0;
  repeated = 0;
  /** @type {{epoch: string, n: number}|undefined} */ last;

  /** @param {string} id */
  add(id) {
    this.received++;
    this.#follow(parseID(id));
  }

  /** The server says that events up to this one are left out. @param {string} id */
  skip(id) {
    const to = parseID(id);
    if (!to) return;
    this.#follow({ ...to, n: to.n + 1 });
    this.last = to;
  }

  /** @param {{epoch: string, n: number}|undefined} at */
  #follow(at) {
    if (!at) return; // without a number there is nothing to compare
    const last = this.last?.epoch === at.epoch ? this.last.n : at.n - 1;
    if (at.n <= last) this.repeated++;
    else this.missed += at.n - last - 1;
    this.last = { epoch: at.epoch, n: Math.max(at.n, last) };
  }
}

/**
 * The wait that a line of the stream asks for, in milliseconds.
 * @param {string} line
 * @returns {number|undefined}
 */
export function retryOf(line) {
  const digits = line.match(/^retry: ?([0-9]+)$/)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** An EventSource that says how it is. It dispatches `state` and `event`. */
export class Stream extends EventTarget {
  /** @type {EventSource|undefined} */ #source;
  /** @type {Tap|undefined} */ #tap;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #ticks;
  /** @type {"idle"|"connecting"|"open"|"closed"|"retrying"} */ #state = "idle";
  /** @type {"page"|"server"|undefined} */ #by;
  #retry = DEFAULT_RETRY_MS;
  #dueAt = 0;
  #path;
  #makeTap;

  ledger = new Ledger();
  /** How often the browser connected again. */ resumed = 0;
  /** What it will send as Last-Event-ID. */ lastEventId = "";

  /**
   * @param {string} path
   * @param {() => Tap} makeTap makes the tap of a new stream; pass on to `learn` what it hears
   */
  constructor(path, makeTap) {
    super();
    this.#path = path;
    this.#makeTap = makeTap;
  }

  /** The id of the tap on this stream, "" when it is closed. */
  get wire() { return this.#tap?.id ?? ""; }

  get status() {
    const url = new URL(this.#path, location.href).href;
    const retryIn = this.#state === "retrying" ? Math.max(0, this.#dueAt - Date.now()) : undefined;
    return { state: this.#state, url, attempt: this.resumed, retryIn, by: this.#by, retry: this.#retry };
  }

  /** Starts from the first event: a new EventSource knows no last id. */
  open() {
    if (this.#source) return;
    this.ledger = new Ledger();
    this.resumed = 0;
    this.lastEventId = "";
    this.#retry = DEFAULT_RETRY_MS;
    this.#tap = this.#makeTap();
    const source = new EventSource(`${this.#path}${this.#path.includes("?") ? "&" : "?"}wire=${this.#tap.id}`);
    this.#source = source;
    source.onopen = () => this.#opened();
    source.onmessage = (e) => this.#event(e);
    source.addEventListener("reset", (e) => this.#event(e)); // the server can't go on after the last id
    source.addEventListener("lagged", (e) => this.#event(e)); // it has left events out
    source.onerror = () => this.#lost(source.readyState === EventSource.CLOSED);
    this.#enter("connecting");
  }

  close() {
    if (!this.#source) return;
    this.#end("page");
  }

  /** @param {"page"|"server"} by */
  #end(by) {
    this.#source?.close();
    this.#source = undefined;
    this.#tap?.own({ kind: "closed", size: 0 });
    this.#tap?.finish();
    this.#tap = undefined;
    this.#by = by;
    this.#enter("closed");
  }

  #opened() {
    if (this.#state === "retrying") this.resumed++;
    this.#tap?.own({ kind: "open", size: 0 });
    this.#enter("open");
  }

  /** @param {MessageEvent} e */
  #event({ lastEventId, type, data }) {
    this.lastEventId = lastEventId;
    if (type === "lagged") this.ledger.skip(lastEventId);
    else if (type !== "reset") this.ledger.add(lastEventId); // a reset has the id of the event before
    this.#tap?.own({ kind: "message", dir: "received", size: data.length, text: data });
    this.dispatchEvent(new CustomEvent("event", { detail: { id: lastEventId, type, data } }));
  }

  /** @param {boolean} final the answer was no event stream, or 204: the browser will not try again */
  #lost(final) {
    if (final) return this.#end("server");
    this.#tap?.own({ kind: "closed", size: 0 });
    this.#dueAt = Date.now() + this.#retry;
    this.#enter("retrying");
  }

  /** Learns from the raw lines how long the browser will wait. @param {WireEvent[]} events */
  learn(events) {
    for (const e of events) {
      if (e.kind === "line") this.#retry = retryOf(e.text ?? "") ?? this.#retry;
    }
  }

  /** @param {"connecting"|"open"|"closed"|"retrying"} state */
  #enter(state) {
    clearInterval(this.#ticks);
    this.#state = state;
    if (state !== "closed") this.#by = undefined;
    if (state === "retrying") this.#ticks = setInterval(() => this.dispatchEvent(new Event("state")), TICK_MS);
    this.dispatchEvent(new Event("state"));
  }
}
