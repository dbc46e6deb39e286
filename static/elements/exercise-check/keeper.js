// Keeps a learner's files: what is typed goes to this browser at once, and to the
// folder when it is saved. What a change leads to is decided in file.js.
//
//   keeper.addEventListener("file", (e) => draw(e.detail));    // a file's name
//   await keeper.load();
//   keeper.edit("main.go", text);
//   await keeper.save();    // "saved", or why not
//
// Without a workbench (work is undefined) the browser is all there is.

import { forget, recall, remember } from "../../lib/store.js";
import { dirty, next, open } from "./file.js";
import { Refused, ask, home, makeHome } from "./work.js";

/** @typedef {import("./file.js").Model} Model */
/** @typedef {"saved"|"conflict"|"away"|"no-workspace"|"refused"} Outcome */

export class Keeper extends EventTarget {
  /** @type {Map<string, Model>} */ files = new Map();
  /** Whether the folder is there. */ exists = false;
  /** @type {import("./work.js").Loaded|undefined} */ loaded;
  /** @type {import("./work.js").Home|undefined} */ home;
  /** What was in the way of the last save, in words. */ trouble = "";
  /** Why the last text came back as it was sent. */ note = "";
  /** The newest write, which fails by its outcome alone. @type {Promise<unknown>} */ #last = Promise.resolve();

  /** @param {string} exercise @param {import("./work.js").Work|undefined} work */
  constructor(exercise, work) {
    super();
    this.exercise = exercise;
    this.work = work;
  }

  /** Fetches the files, and opens each with its draft. */
  async load() {
    if (this.work) {
      [this.home, this.loaded] = await Promise.all([home(), this.work.load()]);
      this.exists = this.loaded.exists !== false && this.home.exists;
      this.#open(this.loaded.files);
    } else {
      const { starter } = await ask("GET", `/exercises/${this.exercise}`);
      this.#open(starter.map((/** @type {{name: string, content: string}} */ f) => ({ ...f, hash: "", starter: true })));
    }
  }

  /** @param {import("./work.js").FileOnDisk[]} files */
  #open(files) {
    for (const { name, ...copy } of files) {
      const known = this.files.get(name);
      if (known) this.#happen(name, { type: "disk", copy });
      else {
        this.files.set(name, open(copy, recall(this.#key(name), undefined)));
        this.#tell(name);
      }
    }
  }

  /** @param {string} name */
  #key(name) { return `work:${this.exercise}/${name}`; }
  /** @param {string} name */
  #tell(name) { this.dispatchEvent(new CustomEvent("file", { detail: name })); }

  /** @param {string} name @param {import("./file.js").Happening} what */
  #happen(name, what) {
    const before = this.files.get(name);
    if (!before) return;
    const now = next(before, what);
    if (now === before) return;
    this.files.set(name, now);
    if (dirty(now)) remember(this.#key(name), { content: now.doc, base: now.saved.hash });
    else forget(this.#key(name));
    this.#tell(name);
  }

  /** Something was typed. @param {string} name @param {string} doc */
  edit(name, doc) { this.#happen(name, { type: "edit", doc }); }

  /** Files changed on disk. @param {import("./work.js").FileOnDisk[]} files @returns {string[]} those whose new text is shown */
  heard(files) {
    const before = new Map([...this.files].map(([name, m]) => [name, m.doc]));
    this.#open(files);
    return files.map((f) => f.name).filter((name) => this.files.get(name)?.doc !== before.get(name));
  }

  /** The names of those with something to save. */
  get unsaved() { return [...this.files].filter(([, m]) => dirty(m)).map(([name]) => name); }
  /** The names of those that changed here and on disk. */
  get disputed() { return [...this.files].filter(([, m]) => m.theirs).map(([name]) => name); }
  /** Whether a save is to be made up for. */
  get owes() { return [...this.files.values()].some((m) => m.wanted); }

  /** Saves all that is unsaved. @returns {Promise<Outcome>} */
  async save() {
    this.trouble = this.note = "";
    if (!this.work) return "saved";
    if (this.disputed.length) return "conflict";
    if (!this.exists) return "no-workspace";
    for (const name of this.unsaved) {
      const outcome = await this.#put(name, { format: true });
      if (outcome !== "saved") return outcome;
    }
    return "saved";
  }

  /** One after the other: each is based on what the one before left. @param {string} name @param {{format: boolean, why?: string}} how @returns {Promise<Outcome>} */
  #put(name, how) {
    const put = this.#last.then(() => this.#write(name, how));
    this.#last = put;
    return put;
  }

  /** @param {string} name @param {{format: boolean, why?: string}} how @returns {Promise<Outcome>} */
  async #write(name, how) {
    const before = this.files.get(name);
    if (!before || !this.work) return "refused";
    if (before.theirs) return "conflict";
    if (!dirty(before)) return "saved";
    this.#happen(name, { type: "send" });
    const model = /** @type {Model} */ (this.files.get(name));
    try {
      const { content, hash, note } = await this.work.put(name, { content: model.doc, base: model.saved.hash, ...how });
      this.note = note ?? "";
      this.#happen(name, { type: "saved", copy: { content, hash } });
      return "saved";
    } catch (err) {
      return this.#failed(name, err);
    }
  }

  /** @param {string} name @param {unknown} err @returns {Outcome} */
  #failed(name, err) {
    this.#happen(name, { type: err instanceof Refused ? "refused" : "away" });
    if (!(err instanceof Refused)) return "away";
    if (err.theirs) this.#happen(name, { type: "disk", copy: err.theirs });
    if (err.code === "conflict") return "conflict";
    if (err.code === "no-workspace") this.exists = false;
    this.trouble = err.words;
    return err.code === "no-workspace" ? "no-workspace" : "refused";
  }

  /** Makes the folder, and saves into it what was typed before. @param {string} dir */
  async make(dir) {
    this.home = await makeHome(dir);
    await this.load();
    return this.save();
  }

  /**
   * Settles a dispute. What is not chosen stays among the versions: mine is written
   * once before it gives way.
   * @param {string} name @param {"mine"|"theirs"} which
   * @returns {Promise<Outcome>}
   */
  async choose(name, which) {
    const theirs = this.files.get(name)?.theirs;
    if (!theirs) return "saved";
    this.#happen(name, { type: "mine" });
    const outcome = await this.#put(name, { format: which === "mine" });
    return which === "mine" || outcome !== "saved" ? outcome : this.put(name, theirs.content);
  }

  /** Puts a text in place of a file's, which stays among the versions. @param {string} name @param {string} content @param {string} [why] @returns {Promise<Outcome>} */
  async put(name, content, why) {
    if (this.exists && this.unsaved.includes(name)) {
      const kept = await this.#put(name, { format: false });
      if (kept !== "saved") return kept;
    }
    this.edit(name, content);
    return this.exists ? this.#put(name, { format: false, why }) : "saved";
  }

  /**
   * Puts the starter back.
   * @returns {Promise<() => Promise<Outcome>>} undoes it
   */
  async reset() {
    const before = new Map([...this.files].map(([name, m]) => [name, m.doc]));
    for (const name of this.unsaved) if (this.exists) await this.#put(name, { format: false });
    if (this.exists && this.work) {
      const { files } = await this.work.reset();
      for (const { name, ...copy } of files) this.#happen(name, { type: "theirs", copy });
    } else for (const [name, { saved }] of this.files) this.edit(name, saved.content);
    return async () => {
      let outcome = /** @type {Outcome} */ ("saved");
      for (const [name, doc] of before) if (this.files.has(name)) outcome = await this.put(name, doc);
      return outcome;
    };
  }
}
