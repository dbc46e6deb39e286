// What a browser keeps of an exercise's files until they are saved. All tabs share it,
// so a draft is written only over one that this tab knows: another tab's is handed
// back instead, and both are there.

import { forget, recall, remember } from "../../lib/store.js";

/** @typedef {import("./file.js").Draft} Draft */

export class Drafts {
  /** What this tab last wrote or read of each file. @type {Map<string, string|undefined>} */ #known = new Map();
  /** The drafts that the browser did not take. @type {Map<string, Draft>} */ unkept = new Map();
  /** Asks before the page is left. @param {Event} event */ #guard = (event) => event.preventDefault();
  #place;

  /** @param {string} place of their keys */
  constructor(place) { this.#place = place; }

  /** @param {string} name */
  #key(name) { return `${this.#place}/${name}`; }

  /** @param {string} name @returns {Draft|undefined} */
  read(name) {
    const draft = recall(this.#key(name), /** @type {Draft|undefined} */ (undefined));
    this.#known.set(name, draft?.content);
    return draft;
  }

  /** What this tab knows to be there. @param {string} name */
  known(name) { return this.#known.get(name); }

  /**
   * Keeps a draft, or lets it go. What another tab wrote meanwhile is not written
   * over, but comes back; from then on it is known.
   * @param {string} name @param {Draft|undefined} draft
   * @returns {Draft|undefined}
   */
  write(name, draft) {
    const before = this.#known.get(name);
    const there = this.read(name);
    if (there && there.content !== before && there.content !== draft?.content) return there;
    if (!draft && there) forget(this.#key(name));
    const kept = !draft || remember(this.#key(name), draft);
    this.#note(name, kept ? undefined : draft);
    if (kept) this.#known.set(name, draft?.content);
  }

  /** The files that there are drafts of. @returns {string[]} */
  names() {
    try {
      const before = `duplex:${this.#key("")}`;
      const keys = Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i) ?? "");
      return keys.filter((key) => key.startsWith(before)).map((key) => key.slice(before.length));
    } catch {
      return []; // nothing is kept in this browser
    }
  }

  /** Who leaves the page would lose what is not kept. @param {string} name @param {Draft|undefined} draft that was not taken */
  #note(name, draft) {
    if (draft) this.unkept.set(name, draft);
    else this.unkept.delete(name);
    if (this.unkept.size) globalThis.addEventListener("beforeunload", this.#guard);
    else globalThis.removeEventListener("beforeunload", this.#guard);
  }

  /**
   * Calls fn when another tab has written or let go a draft, and, when this tab comes
   * back from where a browser puts pages that one has left, for each draft that there
   * is: it heard of none meanwhile.
   * @param {() => Iterable<string>} names @param {(name: string) => void} fn @param {AbortSignal} signal
   */
  watch(names, fn, signal) {
    globalThis.addEventListener("storage", (e) => {
      for (const name of names()) if (e.key === `duplex:${this.#key(name)}`) fn(name);
    }, { signal });
    globalThis.addEventListener("pageshow", (e) => {
      if (e.persisted) for (const name of names()) if (recall(this.#key(name), undefined)) fn(name);
    }, { signal });
  }
}
