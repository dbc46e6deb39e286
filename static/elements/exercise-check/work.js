// The learner's folder, as the server offers it to pages of this very computer. Where
// the page has no token, because it came over the network, there is none.
//
//   const work = new Work("echo");
//   const now = await work.load();
//   const stop = work.watch(({ files, run, build, log }) => …);
//
// What the server refuses is thrown as a Refused, with its words; what it does not
// answer as the TypeError of fetch.

import { live } from "../../lib/live.js";

/** @typedef {import("./file.js").Copy} Copy */
/** @typedef {Copy & {name: string, problem?: string}} FileOnDisk problem: why it can't be read or edited here */
/** @typedef {{file: string, line: number, column?: number, severity: "error"|"warning", source: string, text: string}} Finding */
/** @typedef {{state: "ok"|"failed"|"building"|"none", problems: Finding[], output?: string, took?: number}} Build */
/** @typedef {{state: "idle"|"building"|"starting"|"running"|"stopping"|"ended"|"failed", url?: string, since?: string, what?: string, why?: string, next?: string, took?: {build?: number, start?: number}}} Run */
/** @typedef {{at: number, stream: "out"|"err", text: string}} Line */
/** @typedef {{files?: FileOnDisk[], names?: string[], exists?: boolean, gone?: boolean, run?: Run, build?: Build, log?: Line[], dropped?: number, clear?: boolean, refused?: string}} News names: of all files; gone: as in Home, and then it is of no files; clear: the log begins anew; refused: why there will be no news */
/** @typedef {{exercise: string, language: string, folder: string, exists?: boolean, files: FileOnDisk[], run?: Run, build?: Build}} Loaded */
/** @typedef {{dir: string, exists: boolean, gone?: boolean, offer: string, go: {found: boolean, version?: string, why?: string, next?: string}}} Home gone: it was there before, and is not now */
/** @typedef {{id: string, at: string, size: number, why: string}} Version */

/** What the server said instead of doing it. */
export class Refused extends Error {
  /** @param {{what?: string, why?: string, next?: string, code?: string, theirs?: Copy}} error @param {number} status of the answer */
  constructor(error, status) {
    super(error.what ?? `The server answered ${status}`);
    this.why = error.why ?? "";
    this.next = error.next ?? "";
    this.code = error.code ?? "";
    this.theirs = error.theirs;
  }

  /** All of it, in sentences. */
  get words() {
    return [this.message, this.why].filter(Boolean).join(": ") + (this.next ? `. ${this.next}.` : ".");
  }
}

let token = document.querySelector("meta[name=duplex-token]")?.getAttribute("content") ?? "";

/** Whether there is a workbench for this page. */
export const hasBench = () => token !== "";

/** Another start of the server has another token: the page is asked for anew, for it alone. */
export async function renew() {
  const answer = await fetch(location.pathname).catch(() => undefined);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : undefined;
  token = page?.querySelector("meta[name=duplex-token]")?.getAttribute("content") ?? token;
}

/**
 * @param {string} method @param {string} path @param {object} [body]
 * @returns {Promise<any>}
 */
export async function ask(method, path, body, again = true) {
  const answer = await fetch(path, {
    method,
    headers: { "Duplex-Token": token, ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  if (said.code === "token" && again) {
    await renew();
    return ask(method, path, body, false);
  }
  throw new Refused({ ...said, ...said.error }, answer.status);
}

/** The header of a request that is not made here. */
export const tokenHeader = () => (token ? { "Duplex-Token": token } : undefined);

/** The folder of all exercises. @returns {Promise<Home>} */
export const home = () => ask("GET", "/work");

/** @type {Set<(home: Home) => void>} */
const homes = new Set();

/** Makes it, or opens one that is there; every exercise of the page learns of it. @param {string} dir @returns {Promise<Home>} */
export async function makeHome(dir) {
  const made = await ask("POST", "/work", { dir });
  for (const fn of homes) fn(made);
  return made;
}

/** Calls fn when the folder was made from this page. @param {(home: Home) => void} fn @param {AbortSignal} signal */
export function onHome(fn, signal) {
  homes.add(fn);
  signal.addEventListener("abort", () => homes.delete(fn));
}

/** @type {Map<string, Set<(news: News) => void>>} */
const watchers = new Map();
/** The start of the server that the token is of. */
let start = "";

const watch = (/** @type {string} */ id) => live.send({ watch: "work", id, token });
/** Those that the server would not let us watch, the first time. @type {Set<string>} */
const refused = new Set();
/** @param {string} id @param {News} news */
const tell = (id, news) => { for (const fn of watchers.get(id) ?? []) fn(news); };
live.on("work", ({ id, work }) => {
  refused.delete(id);
  tell(id, work);
});
live.on("error", async ({ id, error }) => {
  if (!watchers.has(id)) return;
  if (refused.has(id)) return tell(id, { refused: error.why });
  refused.add(id); // the token may be of another start
  await renew();
  watch(id);
});
live.on("hello", async (hello) => {
  if (hello.start !== start) await renew();
  start = hello.start;
  for (const id of watchers.keys()) watch(id);
});

/** One exercise in it. */
export class Work {
  #path;
  /** @param {string} exercise */
  constructor(exercise) {
    this.exercise = exercise;
    this.#path = `/work/${exercise}`;
  }

  /** @returns {Promise<Loaded>} */
  load() { return ask("GET", this.#path); }
  /** @param {string} file @param {{content: string, base: string, format: boolean, why?: string}} what @returns {Promise<Copy & {note?: string}>} */
  put(file, what) { return ask("PUT", `${this.#path}/${file}`, what); }
  /** @param {string} file @returns {Promise<Version[]>} */
  versions(file) { return ask("GET", `${this.#path}/${file}/versions`); }
  /** The files that have versions, whether they are there or not. @returns {Promise<string[]>} */
  versioned() { return ask("GET", `${this.#path}/versions`); }
  /** @param {string} file @param {string} id @returns {Promise<{content: string}>} */
  version(file, id) { return ask("GET", `${this.#path}/${file}/versions/${id}`); }
  /** @returns {Promise<{files: FileOnDisk[]}>} */
  reset() { return ask("POST", `${this.#path}/reset`, {}); }
  /** @returns {Promise<Run>} */
  run() { return ask("POST", `${this.#path}/run`, {}); }
  /** @returns {Promise<Run>} */
  stop() { return ask("POST", `${this.#path}/stop`, {}); }

  /** The learner's running server, by way of ours. @param {string} path without the slash before it */
  proxied(path) { return `/proxy/${this.exercise}/${path}?token=${token}`; }

  /** Calls fn with all that is, unless it is watched already, and then with what changes. @param {(news: News) => void} fn @returns {() => void} stops */
  watch(fn) {
    const fns = watchers.get(this.exercise) ?? new Set();
    watchers.set(this.exercise, fns.add(fn));
    watch(this.exercise);
    return () => {
      fns.delete(fn);
      if (fns.size) return;
      watchers.delete(this.exercise);
      live.send({ unwatch: "work", id: this.exercise });
    };
  }
}
