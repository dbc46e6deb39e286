// The page's own connection to the server: one WebSocket, /live, on which the
// server says what has changed and the page says what it wants to watch.
// One for everything, because a browser opens only a few connections to a
// server (six over HTTP/1.1), and each open tab would hold as many.
//
//   live.on("progress", ({ progress }) => show(progress));
//   const stop = live.watchWire(id, (events) => log.append(events));
//   const { Versions } = await load("elements/exercise-check/versions.js");
//
// It comes back by itself when it is lost, and says meanwhile that it is gone:
// a page that looks alive but is not is worse than one that says so. What the page
// fetches later can fail for the same reason, and goes through load.

import { ReconnectingSocket, socketURL } from "./socket.js";

/** @typedef {{topic: string, [field: string]: any}} Message */

class Live {
  /** @type {Map<string, Set<(message: Message) => void>>} */
  #topics = new Map();
  /** What is watched, to be asked for again on each new connection. @type {Map<string, (events: any[]) => void>} */
  #watched = new Map();
  #socket = new ReconnectingSocket(() => socketURL("/live"), { always: true });

  constructor() {
    this.#socket.addEventListener("open", () => {
      for (const id of this.#watched.keys()) this.send({ watch: "wire", id });
    });
    this.#socket.addEventListener("message", (event) => this.#received(/** @type {MessageEvent} */ (event).data));
    this.#socket.addEventListener("state", () => banner(this.#socket.status, () => this.#socket.open()));
    this.on("wire", ({ id, events }) => this.#watched.get(id)?.(events));
    this.on("reload", ({ lesson }) => reload(lesson));
    this.#socket.open();
  }

  /**
   * Calls fn with each message of a topic.
   * @param {string} topic
   * @param {(message: Message) => void} fn
   * @returns {() => void} stops
   */
  on(topic, fn) {
    const fns = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, fns.add(fn));
    return () => fns.delete(fn);
  }

  /**
   * Sends a message, if the connection is open.
   * @param {object} message
   * @returns {boolean} whether it was sent
   */
  send(message) {
    return this.#socket.send(JSON.stringify(message));
  }

  /**
   * Asks for what the server sees of the demo connection that carries ?wire=id.
   * @param {string} id
   * @param {(events: any[]) => void} fn called with wire events, in batches
   * @returns {() => void} stops
   */
  watchWire(id, fn) {
    this.#watched.set(id, fn);
    this.send({ watch: "wire", id });
    return () => {
      if (this.#watched.delete(id)) this.send({ unwatch: "wire", id });
    };
  }

  /** @param {unknown} data */
  #received(data) {
    if (typeof data !== "string") return;
    /** @type {Message} */
    const message = JSON.parse(data);
    for (const fn of this.#topics.get(message.topic) ?? []) fn(message);
  }
}

/**
 * Shows the page's offline banner while there is no connection.
 * @param {{state: string, attempt: number, retryIn?: number}} status
 * @param {() => void} retry
 */
function banner({ state, attempt, retryIn }, retry) {
  const el = document.querySelector("[data-live]");
  if (!(el instanceof HTMLElement)) return;
  // The first lost attempt may be a reload of the server: the second is news.
  const lost = state === "offline" || state === "closed" || (state === "retrying" && attempt > 1) || (state === "connecting" && attempt > 1);
  if (!lost) {
    el.hidden = true;
    el.replaceChildren();
    return;
  }
  if (el.hidden) {
    const what = document.createElement("b");
    what.textContent = "✗ Offline.";
    const why = document.createElement("span");
    const again = document.createElement("button");
    again.className = "btn";
    again.type = "button";
    again.ariaLive = "off"; // the countdown on it is not read aloud
    again.addEventListener("click", retry);
    el.replaceChildren(what, why, again);
    el.hidden = false;
  }
  const why = `${state === "offline" ? "This device has no network." : "The Duplex server does not answer. Is it still running?"} You can read on; progress is saved once it is back.`;
  const span = /** @type {HTMLElement} */ (el.querySelector("span"));
  if (span.textContent !== why) span.textContent = why;
  const button = el.querySelector("button");
  if (button) button.textContent = state === "connecting" ? "Trying…" : retryIn === undefined ? "Try now" : `Try now (or in ${Math.ceil(retryIn / 1000)} s)`;
}

/**
 * The lessons changed on disk. A page that shows another lesson stays as it is.
 * @param {string} lesson a slug; "" means the whole course
 */
async function reload(lesson) {
  const here = document.body.dataset.lesson;
  if (lesson && here && lesson !== here) return;
  const { keepPlace } = await load("lib/place.js");
  keepPlace();
  location.reload();
}

/**
 * Makes a load(path): it fails as import() does, and can be asked for again. Browsers
 * remember that an address failed, so the next attempt has another one. Whoever asks
 * while a module is on its way waits for the same one, and what has come stays: none is
 * there twice, with two states. So a module that is loaded is imported by none.
 * @param {(address: string) => Promise<any>} fetch gets a module at an address
 * @returns {(path: string) => Promise<any>}
 */
export function loader(fetch) {
  /** @type {Map<string, Promise<any>>} */
  const modules = new Map();
  /** @type {Map<string, number>} */
  const failures = new Map();
  return (path) => {
    const known = modules.get(path);
    if (known) return known;
    const failed = failures.get(path) ?? 0;
    const module = fetch(failed ? `${path}?again=${failed}` : path);
    modules.set(path, module);
    module.catch(() => {
      failures.set(path, failed + 1);
      modules.delete(path);
    });
    return module;
  };
}

/** Fetches a module when it is needed. Paths are those below /static/. */
export const load = loader((address) => import(`../${address}`));

export const live = new Live();
