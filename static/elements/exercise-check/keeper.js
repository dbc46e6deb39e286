// Keeps a learner's files: what is typed goes to this browser at once, and to the
// folder when it is saved. What is known of each is files.js's business.
//
//   keeper.addEventListener("file", (e) => draw(e.detail));    // a file's name
//   keeper.addEventListener("home", () => …);                  // there is a folder now, or none
//   await keeper.load();
//   keeper.edit("main.go", text);
//   await keeper.save();    // "saved", or why not
//
// Without a workbench (work is undefined) the browser is all there is.

import { dirty, orphan } from "./file.js";
import { Files } from "./files.js";
import { Refused, makeHome } from "./work.js";

/** @typedef {import("./file.js").Model} Model */
/** @typedef {"saved"|"conflict"|"away"|"no-workspace"|"refused"} Outcome conflict: something is to be chosen first */

export class Keeper extends Files {
  /** What was in the way of the last save, in words. */ trouble = "";
  /** What came back as it was sent, and why. */ note = "";
  /** The newest write, which fails by its outcome alone. @type {Promise<unknown>} */ #last = Promise.resolve();

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

  /**
   * Makes up for the saves that found no server. Whatever comes of it, unless there is
   * none still, that was it.
   * @returns {Promise<Outcome>}
   */
  async makeUp() {
    const outcome = await this.save();
    if (outcome !== "away") for (const name of this.files.keys()) this.happen(name, { type: "waived" });
    return outcome;
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
    this.happen(name, { type: "send" });
    const model = /** @type {Model} */ (this.files.get(name));
    try {
      const { content, hash, note } = await this.work.put(name, { content: model.doc, base: model.saved.hash, ...how });
      if (note) this.note += `${this.note && "; "}${name} was ${note}`;
      this.happen(name, { type: "saved", copy: { content, hash } });
      return "saved";
    } catch (err) {
      const outcome = this.#failed(name, err);
      const { theirs, removed } = this.files.get(name) ?? {};
      return outcome === "conflict" && !theirs && !removed ? this.#write(name, how) : outcome; // there is nothing to choose after all
    }
  }

  /** @param {string} name @param {unknown} err @returns {Outcome} */
  #failed(name, err) {
    this.happen(name, { type: err instanceof Refused ? "refused" : "away" });
    if (!(err instanceof Refused)) return "away";
    if (err.theirs) this.happen(name, { type: "disk", copy: err.theirs });
    if (err.code === "removed") this.happen(name, { type: "gone" });
    if (err.code === "conflict" || err.code === "removed") return "conflict";
    this.trouble = err.words;
    if (err.code === "no-workspace") this.moved(false, this.gone);
    return err.code === "no-workspace" ? "no-workspace" : "refused";
  }

  /** Makes the folder, and saves into it what was typed before. @param {string} dir */
  async make(dir) {
    await makeHome(dir);
    await this.arrived;
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
    const kept = which === "theirs" ? await this.#keep(name) : await this.#pass(name);
    if (kept !== "saved") return kept;
    if (which === "theirs") return this.put(name, theirs.content);
    this.happen(name, { type: "mine" });
    return this.exists ? this.#put(name, { format: true }) : "saved";
  }

  /** Makes what another tab has a version, and of a file that is gone the page's text, too. @param {string} name @returns {Promise<Outcome>} */
  async #pass(name) {
    const { doc, theirs, other, removed } = this.files.get(name) ?? {};
    for (const content of [theirs?.tab ? theirs.content : other, removed ? doc : undefined]) {
      const kept = content === undefined || !this.exists ? "saved" : await this.#version(name, content);
      if (kept !== "saved") return kept;
    }
    return "saved";
  }

  /** Has a text kept as a version. The server keeps each that it does not write; and it writes none over a copy that nobody has seen. @param {string} name @param {string} content @returns {Promise<Outcome>} */
  async #version(name, content) {
    try {
      await this.work?.put(name, { content, base: "none", format: false });
    } catch (err) {
      if (!(err instanceof Refused)) return "away";
      if (err.code !== "conflict" && err.code !== "removed") return this.#failed(name, err);
    }
    return "saved";
  }

  /**
   * Writes what the page has, so that it is among the versions before something else
   * takes its place; over what stands on disk, where both have changed. Where that
   * can't be done, both are there as before.
   * @param {string} name @returns {Promise<Outcome>}
   */
  async #keep(name) {
    if (this.files.get(name)?.removed) return this.letGo(name);
    const passed = await this.#pass(name);
    if (passed !== "saved") return passed;
    const { saved, theirs } = this.files.get(name) ?? {};
    this.happen(name, { type: "mine" });
    if (!this.exists) return "saved";
    const outcome = await this.#put(name, { format: false });
    if (outcome !== "saved" && saved && theirs) this.happen(name, { type: "both", saved, theirs });
    return outcome;
  }

  /** Writes a file again that is gone from disk. @param {string} name @returns {Promise<Outcome>} */
  again(name) {
    this.trouble = "";
    this.happen(name, { type: "again" });
    return this.#put(name, { format: true });
  }

  /** Lets a file go that is gone from disk. What the page has of it becomes a version. @param {string} name @returns {Promise<Outcome>} */
  async letGo(name) {
    this.trouble = "";
    const before = this.files.get(name);
    const kept = before?.removed && this.work ? await this.#pass(name) : "refused";
    if (kept !== "saved") return kept;
    if (this.files.get(name) !== before) return this.letGo(name); // typed on, or back meanwhile
    this.drop(name);
    this.drafts.write(name, undefined);
    return "saved";
  }

  /**
   * Puts a text in place of a file's, which stays among the versions, as does what is
   * typed until then. Without a folder, none does: then no version takes the place of
   * what only the page has.
   * @param {string} name @param {string} content @param {string} [why] "restore": it is a version
   * @returns {Promise<Outcome>}
   */
  async put(name, content, why) {
    this.trouble = "";
    if (!this.exists && why && this.unsaved.includes(name)) {
      this.trouble = `Without its folder, ${name} as it stands here would be lost: make the folder first.`;
      return "no-workspace";
    }
    while (this.exists && this.unsaved.includes(name)) {
      const kept = await this.#put(name, { format: false });
      if (kept !== "saved") return kept;
    }
    this.edit(name, content);
    return this.exists ? this.#put(name, { format: false, why }) : "saved";
  }

  /** Writes a file that is not there, if there is a folder. @param {string} name @param {string} content @returns {Promise<Outcome>} */
  async bringBack(name, content) {
    this.trouble = "";
    if (this.files.has(name)) return this.put(name, content, "restore");
    this.become(name, orphan({ content, base: "", lost: true }, this.exists));
    return this.exists ? this.#put(name, { format: false, why: "restore" }) : "saved";
  }

  /**
   * Puts the starter back, once all that the page has is among the versions. Without a
   * folder, undo changes places with what was undone: nothing else has that.
   * @returns {Promise<{outcome: Outcome, undo: () => Promise<Outcome>}>}
   */
  async reset() {
    this.trouble = "";
    const before = new Map([...this.files].map(([name, m]) => [name, m.doc]));
    const undo = () => this.#undo(before);
    if (!this.exists && [...this.files.values()].some((m) => m.lost)) return { outcome: "no-workspace", undo };
    for (let name; (name = this.unsaved[0]) && this.exists;) {
      const outcome = await this.#keep(name);
      if (outcome !== "saved") return { outcome, undo };
    }
    if (this.exists && this.work) await this.#starter(this.work);
    else for (const [name, { saved }] of this.files) this.edit(name, saved.content);
    return { outcome: "saved", undo };
  }

  /** What is typed while the starter comes is another text than the one that was kept. @param {import("./work.js").Work} work */
  async #starter(work) {
    const kept = new Map([...this.files].map(([name, m]) => [name, m.doc]));
    const { files } = await work.reset();
    for (const file of files) this.opened([file], this.files.get(file.name)?.doc === kept.get(file.name) ? "theirs" : "disk");
  }

  /** @param {Map<string, string>} before @returns {Promise<Outcome>} */
  async #undo(before) {
    for (const [name, doc] of before) {
      const now = this.files.get(name)?.doc;
      const outcome = now === undefined ? "saved" : await this.put(name, doc);
      if (outcome !== "saved") return outcome;
      if (now !== undefined) before.set(name, now);
    }
    return "saved";
  }
}
