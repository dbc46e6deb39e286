// A learner's files, as they were last heard of: on disk, in other tabs, and in what is
// typed. What a change leads to is decided in file.js; saving is keeper.js's business.

import { Drafts } from "./drafts.js";
import { dirty, draftOf, next, open, orphan } from "./file.js";
import { ask, home, onHome } from "./work.js";

/** @typedef {import("./file.js").Model} Model */
/** @typedef {import("./work.js").Home} Home */
/** @typedef {import("./work.js").News} News */

export class Files extends EventTarget {
  /** @type {Map<string, Model>} */ files = new Map();
  /** Those that can't be shown here, and why. @type {Map<string, string>} */ problems = new Map();
  /** Whether the folder is there. */ exists = false;
  /** Whether it was there before, and is not now. */ gone = false;
  /** @type {import("./work.js").Loaded|undefined} */ loaded;
  /** @type {Home|undefined} */ home;
  /** When the files of a folder that this page has made are there. @protected @type {Promise<void>} */ arrived = Promise.resolve();
  #ends = new AbortController();

  /** @param {string} exercise @param {import("./work.js").Work|undefined} work */
  constructor(exercise, work) {
    super();
    this.exercise = exercise;
    this.work = work;
    // Where there is no folder to save to, a draft is of the starter alone, and no other's business.
    this.drafts = new Drafts(`${work ? "work" : "page"}:${exercise}`);
    this.drafts.watch(() => this.files.keys(), (name) => this.#shared(name), this.#ends.signal);
    if (work) onHome((now) => this.#found(now), this.#ends.signal);
  }

  /** Ends what listens. */
  close() { this.#ends.abort(); }

  /** Fetches the files, and opens each with its draft. */
  async load() {
    if (this.work) {
      [this.home, this.loaded] = await Promise.all([home(), this.work.load()]);
      this.exists = this.loaded.exists !== false && this.home.exists;
      this.gone = !this.exists && this.home.gone === true;
      if (!this.exists) this.#lose();
      this.opened(this.loaded.files, "disk", this.exists);
      this.#adopt();
    } else {
      const { starter } = await ask("GET", `/exercises/${this.exercise}`);
      this.opened(starter.map((/** @type {{name: string, content: string}} */ f) => ({ ...f, hash: "", starter: true })));
    }
  }

  /** @protected @param {import("./work.js").FileOnDisk[]} files @param {"disk"|"theirs"} [type] what happens to those that are known @param {boolean} [there] false where they are on no disk */
  opened(files, type = "disk", there = true) {
    for (const { name, problem, ...copy } of files) {
      const before = this.files.get(name);
      if (problem) this.#shut(name, problem);
      else if (!before) {
        this.problems.delete(name);
        this.become(name, open(copy, this.#draft(name), there));
      } else if (there || !dirty(before)) this.happen(name, { type, copy });
    }
  }

  /** What this page, or else the browser, has kept of a file. @param {string} name */
  #draft(name) {
    const draft = this.drafts.read(name);
    return this.drafts.unkept.get(name) ?? draft;
  }

  /** Shows what there is of files that are not there. */
  #adopt() {
    if (this.exists) for (const [name, { lost }] of this.files) if (lost) this.happen(name, { type: "again" });
    for (const name of this.drafts.names()) if (!this.files.has(name) && !this.problems.has(name)) this.#orphaned(name);
  }

  /** @param {string} name @returns {boolean} whether there is a draft of it */
  #orphaned(name) {
    const draft = this.#draft(name);
    if (draft) this.become(name, orphan(draft, this.exists));
    return draft !== undefined;
  }

  /** A file that can't be shown. What was typed into it stays among the drafts. @param {string} name @param {string} problem */
  #shut(name, problem) {
    if (this.problems.get(name) === problem) return;
    this.problems.set(name, problem);
    this.files.delete(name);
    this.#tell(name);
  }

  /** @param {string} name */
  #tell(name) { this.dispatchEvent(new CustomEvent("file", { detail: name })); }

  /** @protected @param {string} name @param {import("./file.js").Happening} what */
  happen(name, what) {
    const before = this.files.get(name);
    const now = before && next(before, what);
    if (now && now !== before) this.become(name, now);
  }

  /** @protected @param {string} name @param {Model} now */
  become(name, now) {
    this.files.set(name, now);
    const other = this.drafts.write(name, draftOf(now));
    if (!other) return this.#tell(name);
    // Another tab has typed at the same time.
    this.happen(name, { type: dirty(now) ? "tab" : "shared", draft: other });
    if (this.files.get(name) !== now) return;
    this.drafts.write(name, draftOf(now));
    this.#tell(name);
  }

  /** Another tab wrote or let go a draft. @param {string} name */
  #shared(name) {
    const known = this.drafts.known(name);
    const draft = this.drafts.read(name);
    const now = this.files.get(name);
    if (!now) return;
    if (dirty(now) && now.doc !== known) return draft && this.happen(name, { type: "tab", draft });
    // It is not written again: by now the other tab may have typed on.
    this.files.set(name, next(now, { type: "shared", draft }));
    this.#tell(name);
  }

  /** A file is shown no more. A draft of it stays. @protected @param {string} name */
  drop(name) {
    this.files.delete(name);
    this.problems.delete(name);
    this.#tell(name);
  }

  /** Something was typed. @param {string} name @param {string} doc */
  edit(name, doc) { this.happen(name, { type: "edit", doc }); }

  /**
   * Files changed on disk, or all of the folder is gone, or there again.
   * @param {News} news
   * @returns {{changed: string[], gone: string[]}} those whose new text is shown, and those that are shown no more
   */
  heard({ files = [], names, exists, gone = false }) {
    if (exists !== undefined && (exists !== this.exists || gone !== this.gone)) this.moved(exists, gone);
    const before = new Map([...this.files].map(([name, m]) => [name, m.doc]));
    this.opened(files, "disk", exists !== false);
    const changed = exists === false ? [] : files.map((f) => f.name).filter((name) => this.files.get(name)?.doc !== before.get(name));
    return { changed, gone: names && this.exists ? this.#removed(names) : [] };
  }

  /** @param {string[]} names of all that are there @returns {string[]} */
  #removed(names) {
    const away = [...this.files.keys(), ...this.problems.keys()].filter((name) => !names.includes(name));
    for (const name of away) {
      const now = this.files.get(name);
      if (!now && this.problems.delete(name) && this.#orphaned(name)) continue;
      if (now && (draftOf(now) || now.sending !== undefined)) this.happen(name, { type: now.lost ? "again" : "gone" });
      else this.drop(name);
    }
    return away.filter((name) => !this.files.has(name));
  }

  /** No disk has any of it now. */
  #lose() { for (const name of this.files.keys()) this.happen(name, { type: "lost" }); }

  /** There is a folder, as this exercise or another one of the page has made it. Until its files have come, nothing is saved over them. @param {Home} now */
  #found(now) {
    this.home = now;
    this.arrived = this.exists ? Promise.resolve() : this.load().then(() => { this.dispatchEvent(new Event("home")); });
    this.arrived.catch(() => {}); // the news tell of it, once the server is back
  }

  /** There is a folder now, or none any more, as another tab or program has made it. @protected @param {boolean} exists @param {boolean} gone */
  async moved(exists, gone) {
    this.exists = exists;
    this.gone = gone;
    if (!exists) this.#lose();
    this.home = await home().catch(() => this.home);
    this.gone = !this.exists && (this.gone || this.home?.gone === true);
    this.dispatchEvent(new Event("home"));
  }

  /** The names of those with something to save. */
  get unsaved() { return [...this.files].filter(([, m]) => dirty(m)).map(([name]) => name); }
  /** The names of those about which there is something to choose: changed here and on disk, or gone from it. */
  get disputed() { return [...this.files].filter(([, m]) => m.theirs || m.removed).map(([name]) => name); }
  /** Whether a save is to be made up for. */
  get owes() { return [...this.files.values()].some((m) => m.wanted); }
  /** What becomes of what can't be saved. */
  get fate() {
    return this.drafts.unkept.size ? "Your edits are not kept: this browser stores nothing. Stay here, or copy them." : "Your edits are kept in this browser.";
  }
}
