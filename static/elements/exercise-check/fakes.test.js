// What the tests of a keeper share: a page with nothing in it, a browser that remembers,
// and a server with a folder.

import { beforeEach } from "node:test";

/** @type {Map<string, string>} */
export const stored = new Map();
/** What the server says of the folder, and whether the browser has no room. */
export const now = { full: false, folder: { dir: "/w", exists: true, gone: false } };
export const page = new EventTarget();
/** @type {any} */
const browser = globalThis;
const { setTimeout } = browser;
Object.assign(browser, {
  document: { querySelector: () => null },
  location: new URL("http://127.0.0.1/"),
  fetch: async (/** @type {string} */ path, /** @type {{method: string}} */ { method }) => {
    if (method === "POST") now.folder = { dir: "/w", exists: true, gone: false };
    return { ok: true, json: async () => now.folder, path };
  },
  HTMLElement: class {},
  setTimeout: (/** @type {any[]} */ ...args) => setTimeout(.../** @type {[any]} */ (args)).unref(), // nothing here waits for the connection
  WebSocket: class extends EventTarget { send() {} close() {} },
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
  localStorage: {
    get length() { return stored.size; },
    key: (/** @type {number} */ i) => [...stored.keys()][i] ?? null,
    getItem: (/** @type {string} */ key) => stored.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ text) => {
      if (now.full) throw new Error("QuotaExceededError");
      stored.set(key, text);
    },
    removeItem: (/** @type {string} */ key) => stored.delete(key),
  },
});
const module = await import("./keeper.js");
/** Those of a test, which end with it: they would be other tabs of the next one's page. @type {Set<InstanceType<typeof Keeper>>} */
const keepers = new Set();
export class Keeper extends module.Keeper {
  /** @param {ConstructorParameters<typeof module.Keeper>} args */
  constructor(...args) {
    super(...args);
    keepers.add(this);
  }
}
export const { Refused } = await import("./work.js");

export const FILE = "main.go";
export const KEY = `duplex:work:echo/${FILE}`;
/** @param {string} content */
export const copy = (content) => ({ name: FILE, content, hash: `#${content}`, starter: content === "starter" });

/** A folder on a server, with what was written to it. */
export class Disk {
  /** @type {string[]} */ written = [];
  /** What it did not write, and keeps as versions. @type {string[]} */ kept = [];
  /** @type {unknown} */ failure;
  content = "starter";
  gone = false;
  /** What is to happen before it answers. */ meanwhile = () => {};

  /** @param {string} _ @param {{content: string, base: string}} what */
  async put(_, { content, base }) {
    if (this.failure) throw this.failure;
    const refused = this.gone ? base !== "" : base !== `#${this.content}` && content !== this.content;
    (refused ? this.kept : this.written).push(content);
    if (!refused) [this.gone, this.content] = [false, content];
    const now = copy(this.content);
    await this.#time();
    if (refused && this.gone) throw new Refused({ what: "It is gone", code: "removed" }, 409);
    if (refused) throw new Refused({ what: "It changed", code: "conflict", theirs: now }, 409);
    return copy(content);
  }
  async reset() {
    this.content = "starter";
    await this.#time();
    return { files: [copy("starter")] };
  }
  async load() { return { exercise: "echo", language: "go", folder: "/w/echo", ...now.folder, files: [copy(now.folder.exists ? this.content : "starter")] }; }

  async #time() {
    const { meanwhile } = this;
    this.meanwhile = () => {};
    meanwhile();
  }
}

/** A page that has opened the folder. @param {Disk} disk */
export function opened(disk) {
  const keeper = new Keeper("echo", /** @type {any} */ (disk));
  keeper.exists = true;
  keeper.heard({ files: [copy(disk.content)] });
  return keeper;
}
/** @param {InstanceType<typeof Keeper>} keeper */
export const model = (keeper) => /** @type {import("./file.js").Model} */ (keeper.files.get(FILE));
/** What a browser does in the other tabs. */
export const heardInTabs = () => page.dispatchEvent(Object.assign(new Event("storage"), { key: KEY }));

/** The folder is taken away under a page. @param {Disk} disk @param {InstanceType<typeof Keeper>} keeper */
export function vanish(disk, keeper) {
  now.folder = { dir: "/w", exists: false, gone: true };
  [disk.gone, disk.content] = [true, "starter"];
  return keeper.heard({ exists: false, gone: true });
}

/** A page with a text that is saved. @param {Disk} disk */
export async function saved(disk) {
  const keeper = opened(disk);
  keeper.edit(FILE, "mine");
  await keeper.save();
  return keeper;
}

/** Makes the folder again, which has the starter then. @param {Disk} disk @param {InstanceType<typeof Keeper>} keeper */
export function madeAgain(disk, keeper) {
  disk.gone = false;
  return keeper.make("/w");
}

beforeEach(() => {
  for (const keeper of keepers) keeper.close();
  keepers.clear();
  stored.clear();
  now.full = false;
  now.folder = { dir: "/w", exists: true, gone: false };
});
