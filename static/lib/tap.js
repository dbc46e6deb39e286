// A page's look at the true bytes of its own demo connections, as the server's
// end of them records them (server/wire). The page chooses an id, asks to watch
// it on /live, and puts it into the connection's URL as ?wire=ID.

import { toHex } from "./bytes.js";
import { live } from "./live.js";
import { ReconnectingSocket, socketURL } from "./socket.js";
import { contentFields } from "./wire.js";

/** @typedef {import("./wire.js").WireEvent} WireEvent */

/** A fresh name that nobody guesses: 32 hexadecimal digits. (randomUUID needs https or localhost.) */
export const newID = () => toHex(crypto.getRandomValues(new Uint8Array(16))).replaceAll(" ", "");

/** How long a page waits for the tap before it shows what it saw itself. */
export const PATIENCE_MS = 1_000;

/**
 * The true bytes of one connection. Where no tap answers, what the page itself
 * saw is all there is: then that is shown, and said.
 */
export class Tap {
  id = newID();
  #t0 = performance.now();
  /** Whose events are shown. @type {"undecided"|"tap"|"own"|"over"} */ #source = "undecided";
  /** The page's own, until that is decided. @type {WireEvent[]} */ #held = [];
  /** The tap has told of this connection's end. */ #told = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  #emit;
  #stop;

  /** @param {(events: WireEvent[]) => void} emit gets each event once, all from one source */
  constructor(emit) {
    this.#emit = emit;
    this.#stop = live.watchWire(this.id, (events) => this.#fromTap(events));
  }

  /** @param {WireEvent[]} events */
  #fromTap(events) {
    if (this.#source === "undecided") this.#source = "tap";
    if (this.#source !== "tap") return;
    for (const e of events) this.#told = e.kind === "closed" || (this.#told && e.kind !== "request");
    // What the page saw of the end is only needed if the tap does not say it.
    this.#held = this.#told ? [] : this.#held.filter((e) => e.kind === "closed");
    this.#emit(events);
  }

  /**
   * What the page itself saw.
   * @param {Omit<WireEvent, "at"|"end">} seen
   */
  own(seen) {
    /** @type {WireEvent} */
    const e = { ...seen, at: performance.now() - this.#t0, end: "client" };
    if (this.#source === "own") return this.#emit([e]);
    if (this.#source === "over") return;
    if (this.#source === "tap" && (e.kind !== "closed" || this.#told)) return;
    this.#held.push(e);
    if (e.kind !== "open" && e.kind !== "closed") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#settle(), PATIENCE_MS);
  }

  /** The tap has had its time: what is held is now shown. */
  #settle() {
    const held = this.#held.splice(0);
    const told = this.#source === "undecided" && held.some((e) => e.kind !== "closed");
    if (told) {
      this.#source = "own";
      const text = "The server's tap did not answer: this is what the page saw, without frames.";
      this.#emit([{ at: 0, end: "client", kind: "note", size: text.length, text }]);
    }
    if (held.length) this.#emit(held);
  }

  /** The connection is over: waits for the tap's last words, then stops watching. */
  finish() {
    setTimeout(() => this.stop(), 2 * PATIENCE_MS);
  }

  /** Stops watching at once. */
  stop() {
    clearTimeout(this.#timer);
    if (this.#source === "over") return;
    this.#settle();
    this.#source = "over";
    this.#stop();
  }
}

/**
 * A reconnecting socket to a demo, whose every connection is tapped.
 */
export class TappedSocket extends ReconnectingSocket {
  /** @type {Tap|undefined} */ #tap;

  /**
   * @param {string} path
   * @param {() => Record<string, string>} query asked anew for each connection
   * @param {(events: WireEvent[]) => void} emit gets what passed
   */
  constructor(path, query, emit) {
    super(() => {
      this.#tap?.finish();
      this.#tap = new Tap(emit);
      return socketURL(path, { ...query(), wire: this.#tap.id });
    });
    this.addEventListener("open", () => this.#tap?.own({ kind: "open", size: 0 }));
    this.addEventListener("message", (e) => this.#own("received", /** @type {MessageEvent} */ (e).data));
    this.addEventListener("close", (e) => this.#closed(/** @type {CloseEvent} */ (e)));
  }

  /** @override @param {string | ArrayBuffer | Uint8Array<ArrayBuffer>} data */
  send(data) {
    const sent = super.send(data);
    if (sent) this.#own("sent", data);
    return sent;
  }

  /** @param {"sent"|"received"} dir @param {string | ArrayBuffer | Uint8Array<ArrayBuffer>} data */
  #own(dir, data) {
    this.#tap?.own({ kind: "message", dir, ...contentFields(data) });
  }

  /** @param {CloseEvent} e */
  #closed({ code, reason, wasClean: clean }) {
    this.#tap?.own({ kind: "closed", size: 0, close: { code, reason, clean } });
    this.#tap?.finish();
    this.#tap = undefined;
  }
}

/** How long a demo waits for the stage around it to be ready. */
const STAGE_LIMIT_MS = 3_000;

/**
 * Waits until what shows a demo's events is there: the first bytes of a
 * connection, its handshake, are said once.
 * @param {HTMLElement} demo
 */
export async function stageOf(demo) {
  const stage = demo.closest("duplex-stage");
  if (!stage) return;
  const defined = ["duplex-stage", "wire-log"].filter((tag) => stage.matches(tag) || stage.querySelector(tag))
    .map((tag) => customElements.whenDefined(tag));
  const late = new Promise((resolve) => setTimeout(resolve, STAGE_LIMIT_MS));
  await Promise.race([Promise.all(defined), late]);
}

/**
 * Shows a connection's state in words. Inside a stage its head says it aloud;
 * elsewhere a change of state is announced, a countdown or a round trip is not.
 * @param {HTMLElement} line
 * @param {string} state @param {string} words
 */
export function showState(line, state, words) {
  line.textContent = words;
  const quiet = line.dataset.state === state || line.closest("duplex-stage");
  line.setAttribute("aria-live", quiet ? "off" : "polite");
  line.dataset.state = state;
}

/**
 * Tells the stage around a demo its state.
 * @param {HTMLElement} demo
 * @param {import("./socket.js").Status & {rtt?: number, text?: string}} status
 */
export function announce(demo, status) {
  demo.dispatchEvent(new CustomEvent("duplex:state", { bubbles: true, detail: status }));
}

/**
 * Gives the stage around a demo what passed.
 * @param {HTMLElement} demo @param {WireEvent[]} events
 */
export function passOn(demo, events) {
  demo.dispatchEvent(new CustomEvent("duplex:wire", { bubbles: true, detail: { events } }));
}
