// A WebSocket that comes back.
//
//   const socket = new ReconnectingSocket(() => socketURL("/live"));
//   socket.addEventListener("state", () => show(socket.status));
//   socket.addEventListener("message", (e) => read(e.data));
//   socket.open();
//   socket.send("hello") || keep("hello");   // false: not open, nothing was sent
//   socket.close();                          // says goodbye and stays closed
//
// A browser's WebSocket lives once: when its connection is lost it stays lost.
// Every page that relies on one needs what stands here: wait, longer after each
// failure and by chance, so that a thousand pages do not return in the same
// instant to a server that has just come up; say what is going on; and never
// hold two connections at once.
//
// What to do next is decided by `next`, a function of plain values: no clock, no
// network. The class below it does what was decided, and nothing more.

// region backoff
/** The longest wait before the first retry. Each further one may be twice as long. */
export const BACKOFF_BASE_MS = 1_000;
/** No wait is longer than this, so that a page left open comes back soon enough. */
export const BACKOFF_CAP_MS = 30_000;

/**
 * How long to wait before trying again: "full jitter", a random time between
 * nothing and a limit that doubles with each failure.
 * @param {number} attempt failures before this one
 * @param {() => number} random
 */
export function backoff(attempt, random) {
  const limit = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** attempt);
  return Math.round(random() * limit);
}
// endregion backoff

/** A connection counts as good, and the back-off starts afresh, once it has lasted this long. */
export const STABLE_MS = 5_000;
/** A handshake that has not been answered by then has failed: browsers would wait for minutes. */
export const CONNECT_LIMIT_MS = 10_000;
/** How often waiting is announced, for a countdown. */
const TICK_MS = 1_000;

/**
 * Close codes that end it (RFC 6455 §7.4.1): the server is done (1000), or it
 * refused something that we would do again in the same way.
 */
const FINAL_CODES = new Set([1000, 1002, 1003, 1007, 1008, 1009, 1010]);

/** @typedef {"idle"|"connecting"|"open"|"closing"|"closed"|"retrying"|"offline"} Phase */

/**
 * What is known of the connection.
 * @typedef {object} Model
 * @property {Phase} phase
 * @property {number} attempt  failures in a row, so far
 * @property {number} [wait]   ms until the next try, in the phases that wait
 * @property {boolean} [again] open again as soon as the closing is over
 */

/**
 * What can happen to it.
 * @typedef {{type: "open"|"close"|"opened"|"stable"|"due"|"online"|"offline"}
 *   | {type: "ended", code: number}} Happening
 */

/**
 * The world a decision depends on.
 * @typedef {object} World
 * @property {boolean} online      navigator.onLine: false is sure, true is a guess
 * @property {boolean} local       the server is on this machine, reachable without any network: what the browser knows of one says nothing about it
 * @property {boolean} [always]    come back whatever the close code says
 * @property {() => number} random from 0 up to, not including, 1
 */

/**
 * Decides what follows from a happening. The model that comes back is the very
 * one given where nothing changes.
 * @param {Model} now
 * @param {Happening} what
 * @param {World} world
 * @returns {Model}
 */
export function next(now, what, world) {
  const resting = now.phase === "idle" || now.phase === "closed";
  const waiting = now.phase === "retrying" || now.phase === "offline";
  switch (what.type) {
    case "open":
      if (resting || waiting) return { phase: "connecting", attempt: 0 };
      return now.phase === "closing" ? { ...now, again: true } : now;
    case "close":
      if (waiting) return { phase: "closed", attempt: 0 };
      return resting ? now : { phase: "closing", attempt: 0 };
    case "opened":
      return now.phase === "connecting" ? { ...now, phase: "open" } : now;
    case "stable":
      return now.phase === "open" ? { ...now, attempt: 0 } : now;
    case "ended":
      return ended(now, what.code, world);
    case "due":
      return waiting ? { phase: "connecting", attempt: now.attempt } : now;
    case "online":
      return waiting ? { phase: "connecting", attempt: 0 } : now;
    case "offline":
      // What was open may hang for minutes before it is found to be dead: begin anew.
      return resting || (world.local && waiting) || now.phase === "closing" || now.phase === "offline" ? now : waitFrom(now.attempt, world);
  }
}

/** @param {Model} now @param {number} code @param {World} world @returns {Model} */
function ended(now, code, world) {
  if (now.phase === "closing") {
    return { phase: now.again ? "connecting" : "closed", attempt: 0 };
  }
  if (now.phase !== "open" && now.phase !== "connecting") return now;
  if (FINAL_CODES.has(code) && !world.always) return { phase: "closed", attempt: 0 };
  return waitFrom(now.attempt, world);
}

/**
 * Waits for the next try. Without a network there is nothing to try, unless the
 * server is on this very machine.
 * @param {number} attempt @param {World} world @returns {Model}
 */
function waitFrom(attempt, world) {
  if (!world.online && !world.local) return { phase: "offline", attempt: attempt + 1, wait: undefined };
  return { phase: "retrying", attempt: attempt + 1, wait: backoff(attempt, world.random) };
}

/**
 * The state as listeners see it.
 * @typedef {object} Status
 * @property {Phase} state
 * @property {string} url       of the newest attempt
 * @property {number} attempt   failures in a row
 * @property {number} [retryIn] ms until the next try
 * @property {number} [code]    of the last close
 * @property {string} [reason]
 * @property {"page"|"server"|"network"} [by] who ended it
 */

/**
 * The reconnecting socket. It dispatches
 *
 * - `state` whenever the state changes, and every second while it waits;
 * - `open`, `message` and `close` as a WebSocket does, for each connection.
 *
 * All timers and listeners end with `close()`.
 */
export class ReconnectingSocket extends EventTarget {
  /** @type {Model} */ #model = { phase: "idle", attempt: 0 };
  /** @type {WebSocket|undefined} */ #ws;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #ticks;
  /** @type {AbortController|undefined} */ #watching;
  #dueAt = 0;
  #url = "";
  /** @type {Pick<Status, "code"|"reason"|"by">} */ #end = {};
  #makeURL;
  #protocols;
  #always;

  /** Set it before `open`: how binary messages arrive. @type {BinaryType} */
  binaryType = "arraybuffer";

  /**
   * @param {string | (() => string)} url asked anew for each attempt
   * @param {object} [options]
   * @param {string[]} [options.protocols] subprotocols to offer
   * @param {boolean} [options.always] come back even after a close code that says not to
   */
  constructor(url, { protocols = [], always = false } = {}) {
    super();
    this.#makeURL = typeof url === "string" ? () => url : url;
    this.#protocols = protocols;
    this.#always = always;
  }

  /** @returns {Status} */
  get status() {
    const { phase, attempt, wait } = this.#model;
    const retryIn = wait === undefined ? undefined : Math.max(0, this.#dueAt - Date.now());
    const end = phase === "connecting" || phase === "open" ? {} : this.#end;
    return { state: phase, url: this.#url, attempt, retryIn, ...end };
  }

  /** Bytes that were handed to the browser and have not left it yet. */
  get bufferedAmount() {
    return this.#ws?.bufferedAmount ?? 0;
  }

  /** Connects, and from now on reconnects. At once, when it was waiting to. */
  open() {
    this.#watch();
    this.#happen({ type: "open" });
  }

  /**
   * Closes with a Close frame and stays closed. The code is 1000 or from 3000 to
   * 4999: pages may send no other.
   * @param {number} [code] @param {string} [reason]
   */
  close(code, reason) {
    this.#ws?.close(code, reason); // throws on a wrong code, before anything has changed
    this.#watching?.abort();
    this.#watching = undefined;
    if (!this.#ws) this.#end = { by: "page" };
    this.#happen({ type: "close" });
  }

  /**
   * Sends a message if the connection is open.
   * @param {string | Blob | BufferSource} data
   * @returns {boolean} false: not open, and nothing was sent
   */
  send(data) {
    if (this.#model.phase !== "open" || !this.#ws) return false;
    this.#ws.send(data);
    return true;
  }

  /** Learns from the browser when the network goes and comes. */
  #watch() {
    if (this.#watching || typeof window === "undefined") return;
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    window.addEventListener("online", () => this.#happen({ type: "online" }), { signal });
    window.addEventListener("offline", () => this.#offline(signal), { signal });
  }

  /**
   * The browser has no network. To a server on this machine that is nothing, unless
   * the browser only plays it, as its developer tools do: that one is asked.
   * @param {AbortSignal} signal
   */
  async #offline(signal) {
    if (isLocal(this.#url) && await answers(this.#url)) return;
    if (!signal.aborted) this.#happen({ type: "offline" });
  }

  /** @param {Happening} what */
  #happen(what) {
    const before = this.#model;
    this.#model = next(before, what, {
      online: globalThis.navigator?.onLine !== false,
      local: isLocal(this.#url),
      always: this.#always,
      random: Math.random,
    });
    if (this.#model === before) return;
    if (what.type === "offline") this.#abandon();
    if (what.type !== "stable") this.#enter();
    this.dispatchEvent(new Event("state"));
  }

  /** Does what the phase just entered asks for. */
  #enter() {
    clearTimeout(this.#timer);
    clearInterval(this.#ticks);
    const { phase, wait } = this.#model;
    if (phase === "connecting") return this.#connect();
    if (phase === "open") this.#timer = setTimeout(() => this.#happen({ type: "stable" }), STABLE_MS);
    if (wait === undefined) return;
    this.#dueAt = Date.now() + wait;
    this.#timer = setTimeout(() => this.#happen({ type: "due" }), wait);
    this.#ticks = setInterval(() => this.dispatchEvent(new Event("state")), TICK_MS);
  }

  #connect() {
    this.#url = this.#makeURL();
    const ws = new WebSocket(this.#url, this.#protocols);
    this.#ws = ws;
    ws.binaryType = this.binaryType;
    this.#timer = setTimeout(() => ws.close(), CONNECT_LIMIT_MS);
    ws.onopen = () => {
      this.#happen({ type: "opened" });
      this.dispatchEvent(new Event("open"));
    };
    ws.onmessage = (e) => this.dispatchEvent(new MessageEvent("message", { data: e.data }));
    ws.onclose = (e) => this.#ended(e);
  }

  /** Lets go of a connection whose network has gone: its own goodbye would take minutes. */
  #abandon() {
    const ws = this.#ws;
    if (!ws) return;
    ws.onopen = ws.onmessage = ws.onclose = null;
    ws.close();
    this.#ws = undefined;
    this.#end = { by: "network" };
    this.dispatchEvent(Object.assign(new Event("close"), { code: 1006, reason: "", wasClean: false }));
  }

  /** @param {CloseEvent} e */
  #ended({ code, reason, wasClean }) {
    this.#ws = undefined;
    const asked = this.#model.phase === "closing";
    this.#end = { code, reason, by: asked ? "page" : wasClean ? "server" : "network" };
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason, wasClean }));
    this.#happen({ type: "ended", code });
  }
}

/**
 * The ws: or wss: address of a path on the server that this page came from.
 * @param {string} path @param {Record<string, string|undefined>} [query]
 */
export function socketURL(path, query = {}) {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(key, value);
  }
  return url.href;
}

/** Whether the server of a socket answers a request. @param {string} url */
const answers = (url) => fetch(new URL("/healthz", url.replace(/^ws/, "http")), { cache: "no-store" }).then(() => true, () => false);

/** @param {string} url */
function isLocal(url) {
  return /^wss?:\/\/(localhost|127(\.\d+){3}|\[::1\])(:|\/|$)/.test(url);
}
