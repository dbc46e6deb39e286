// Keeps a learner's files: what is typed goes to this browser at once, and to the
// folder when it is saved. What a change leads to is decided in file.js.
//
//   keeper.addEventListener("file", (e) => draw(e.detail));    // a file's name
//   keeper.addEventListener("home", () => …);                  // there is a folder now, or none
//   await keeper.load();
//   keeper.edit("main.go", text);
//   await keeper.save();    // "saved", or why not
//
// Without a workbench (work is undefined) the browser is all there is.

import { Drafts } from "./drafts.js";
import { dirty, next, open } from "./file.js";
import { Refused, ask, home, makeHome, onHome } from "./work.js";

/** @typedef {import("./file.js").Model} Model */
/** @typedef {"saved"|"conflict"|"away"|"no-workspace"|"refused"} Outcome conflict: something is to be chosen first */

export class Keeper extends EventTarget {
  /** @type {Map<string, Model>} */ files = new Map();
  /** Those that can't be shown here, and why. @type {Map<string, string>} */ problems = new Map();
  /** Whether the folder is there. */ exists = false;
  /** @type {import("./work.js").Loaded|undefined} */ loaded;
  /** @type {import("./work.js").Home|undefined} */ home;
  /** What was in the way of the last save, in words. */ trouble = "";
  /** Why the last text came back as it was sent. */ note = "";
  /** The newest write, which fails by its outcome alone. @type {Promise<unknown>} */ #last = Promise.resolve();
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
      this.#open(this.loaded.files);
    } else {
      const { starter } = await ask("GET", `/exercises/${this.exercise}`);
      this.#open(starter.map((/** @type {{name: string, content: string}} */ f) => ({ ...f, hash: "", starter: true })));
    }
  }

  /** @param {import("./work.js").FileOnDisk[]} files @param {"disk"|"theirs"} [type] what happens to those that are known */
  #open(files, type = "disk") {
    for (const { name, problem, ...copy } of files) {
      if (problem) this.#shut(name, problem);
      else if (this.files.has(name)) this.#happen(name, { type, copy });
      else {
        this.problems.delete(name);
        const draft = this.drafts.read(name);
        this.#become(name, open(copy, this.drafts.unkept.get(name) ?? draft));
      }
    }
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

  /** @param {string} name @param {import("./file.js").Happening} what */
  #happen(name, what) {
    const before = this.files.get(name);
    const now = before && next(before, what);
    if (now && now !== before) this.#become(name, now);
  }

  /** @param {string} name @param {Model} now */
  #become(name, now) {
    this.files.set(name, now);
    const other = this.drafts.write(name, draftOf(now));
    if (!other) return this.#tell(name);
    // Another tab has typed at the same time.
    this.#happen(name, { type: dirty(now) ? "tab" : "shared", draft: other });
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
    if (dirty(now) && now.doc !== known) return draft && this.#happen(name, { type: "tab", draft });
    // It is not written again: by now the other tab may have typed on.
    this.files.set(name, next(now, { type: "shared", draft }));
    this.#tell(name);
  }

  /** A file is no more. @param {string} name */
  #drop(name) {
    this.files.delete(name);
    this.problems.delete(name);
    this.drafts.write(name, undefined);
    this.#tell(name);
  }

  /** Something was typed. @param {string} name @param {string} doc */
  edit(name, doc) { this.#happen(name, { type: "edit", doc }); }

  /**
   * Files changed on disk.
   * @param {import("./work.js").News} news
   * @returns {{changed: string[], gone: string[]}} those whose new text is shown, and those that are shown no more
   */
  heard({ files = [], names, exists }) {
    if (exists !== undefined && exists !== this.exists) this.#moved(exists);
    const before = new Map([...this.files].map(([name, m]) => [name, m.doc]));
    this.#open(files);
    const changed = files.map((f) => f.name).filter((name) => this.files.get(name)?.doc !== before.get(name));
    return { changed, gone: names && this.exists ? this.#gone(names) : [] };
  }

  /** @param {string[]} names of all that are there @returns {string[]} */
  #gone(names) {
    const away = [...this.files.keys(), ...this.problems.keys()].filter((name) => !names.includes(name));
    for (const name of away) {
      const now = this.files.get(name);
      if (now && (dirty(now) || now.sending !== undefined)) this.#happen(name, { type: "gone" });
      else this.#drop(name);
    }
    return away.filter((name) => !this.files.has(name));
  }

  /** There is a folder, as another exercise of the page has learned. @param {import("./work.js").Home} now */
  #found(now) {
    const before = this.exists;
    this.home = now;
    this.exists = now.exists;
    if (before !== now.exists) this.dispatchEvent(new Event("home"));
  }

  /** There is a folder now, or none any more, as another tab or program has made it. @param {boolean} exists */
  async #moved(exists) {
    this.exists = exists;
    this.home = await home().catch(() => this.home);
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
    if (before.theirs || before.removed) return "conflict";
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
    if (err.code === "removed") this.#happen(name, { type: "gone" });
    if (err.code === "conflict" || err.code === "removed") return "conflict";
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
    this.trouble = "";
    const theirs = this.files.get(name)?.theirs;
    if (!theirs) return "saved";
    if (which === "theirs") {
      const kept = await this.#keep(name);
      return kept === "saved" ? this.put(name, theirs.content) : kept;
    }
    if (theirs.tab && this.exists) await this.#pass(name, theirs.content);
    this.#happen(name, { type: "mine" });
    return this.exists ? this.#put(name, { format: true }) : "saved";
  }

  /** What another tab has is a version as soon as it was written; then the page's text is there again. @param {string} name @param {string} content */
  async #pass(name, content) {
    const doc = this.files.get(name)?.doc ?? "";
    this.#happen(name, { type: "mine" });
    await this.put(name, content);
    this.edit(name, doc);
  }

  /**
   * Writes what the page has, so that it is among the versions before something else
   * takes its place; over what stands on disk, where both have changed. Where that
   * can't be done, both are there as before.
   * @param {string} name @returns {Promise<Outcome>}
   */
  async #keep(name) {
    const { saved, theirs, removed } = this.files.get(name) ?? {};
    if (removed) return this.letGo(name);
    if (theirs?.tab && this.exists) await this.#pass(name, theirs.content);
    this.#happen(name, { type: "mine" });
    if (!this.exists) return "saved";
    const outcome = await this.#put(name, { format: false });
    if (outcome !== "saved" && saved && theirs) this.#happen(name, { type: "both", saved, theirs });
    return outcome;
  }

  /** Writes a file again that is gone from disk. @param {string} name @returns {Promise<Outcome>} */
  again(name) {
    this.trouble = "";
    this.#happen(name, { type: "again" });
    return this.#put(name, { format: true });
  }

  /** Lets a file go that is gone from disk. What the page has of it is sent once more, since the server then keeps it as a version. @param {string} name @returns {Promise<Outcome>} */
  async letGo(name) {
    this.trouble = "";
    const model = this.files.get(name);
    if (!model || !this.work) return "refused";
    try {
      await this.work.put(name, { content: model.doc, base: model.saved.hash, format: false });
    } catch (err) {
      if (!(err instanceof Refused)) return "away";
      if (err.code !== "removed") return this.#failed(name, err);
    }
    this.#drop(name);
    return "saved";
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
   * Puts the starter back, once all that the page has is among the versions.
   * @returns {Promise<{outcome: Outcome, undo: () => Promise<Outcome>}>}
   */
  async reset() {
    this.trouble = "";
    const before = new Map([...this.files].map(([name, m]) => [name, m.doc]));
    const undo = () => this.#undo(before);
    for (const name of this.unsaved) {
      const outcome = await this.#keep(name);
      if (outcome !== "saved") return { outcome, undo };
    }
    if (this.exists && this.work) this.#open((await this.work.reset()).files, "theirs");
    else for (const [name, { saved }] of this.files) this.edit(name, saved.content);
    return { outcome: "saved", undo };
  }

  /** @param {Map<string, string>} before @returns {Promise<Outcome>} */
  async #undo(before) {
    for (const [name, doc] of before) {
      const outcome = this.files.has(name) ? await this.put(name, doc) : "saved";
      if (outcome !== "saved") return outcome;
    }
    return "saved";
  }
}

/** What the browser keeps of a file: what the disk does not have. @param {Model} m @returns {import("./file.js").Draft|undefined} */
function draftOf({ doc, saved, theirs }) {
  if (doc === saved.content) return;
  return { content: doc, base: saved.hash, ...(theirs?.tab && { other: theirs.content }) };
}
