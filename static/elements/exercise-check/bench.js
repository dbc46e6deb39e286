// The workbench of an exercise in the page: the learner's files, their program as it
// runs, what it says, and a demo that tries it. Fetched where there is one to show.

import { load } from "../../lib/live.js";
import { Desk } from "./desk.js";
import { Keeper } from "./keeper.js";
import { Running } from "./running.js";
import { button, tag } from "./parts.js";
import { Refused, Work, hasBench } from "./work.js";

/** @typedef {import("./output.js").Output} Output */
/** @typedef {import("./trying.js").Trying} Trying */
/** @typedef {import("./panels.js").Panels} Panels */

/**
 * @typedef {object} Page the parts of the exercise's element that a bench draws in
 * @property {HTMLElement} desk @property {HTMLElement} findings @property {HTMLElement} runState
 * @property {Panels} panels
 * @property {import("./trying.js").Trial|undefined} trial what tries the program
 * @property {(words: string) => void} say @property {(words: string) => void} problem
 * @property {() => unknown} changed called when there is a folder, or another one
 * @property {() => void} toDesk shows the files, where something is to be chosen about them
 * @property {() => void} reveal brings the panels into view
 * @property {() => void} filed called when files changed on disk, and show that
 * @property {() => void} stopped called when the program is stopped by a press
 */

export class Bench {
  /** @type {Promise<Output>|undefined} */ #output;
  /** @type {Promise<Trying>|undefined} */ #trying;
  /** @type {import("./versions.js").Versions|undefined} */ #versions;
  /** @type {(() => void)|undefined} */ #stop;
  /** @type {Running|undefined} */ running;
  #unread = 0;
  /** @type {Promise<void>} */ #opened = Promise.resolve();
  /** What waits for the folder to be made. @type {(() => unknown)|undefined} */ #pending;

  /** @param {string} exercise @param {"go"|"js"} language @param {Page} page */
  constructor(exercise, language, page) {
    this.language = language;
    this.page = page;
    this.work = hasBench() ? new Work(exercise) : undefined;
    this.keeper = new Keeper(exercise, this.work);
    this.desk = new Desk(page.desk, { keeper: this.keeper, language, findings: page.findings, say: page.say, make: (dir) => this.make(dir), turned: () => this.#turned() });
    this.keeper.addEventListener("home", () => {
      if (this.keeper.exists) this.#pending = undefined; // it has come in another way
      page.changed();
    });
    if (language === "go") this.running = new Running({ words: page.runState, run: () => this.run(), stop: () => this.#halt() });
  }

  /** Fetches the files and shows them. */
  open() {
    this.#opened = this.#open();
    return this.#opened;
  }

  async #open() {
    await this.keeper.load();
    await this.desk.open();
    const { run, build } = this.keeper.loaded ?? {};
    if (run) this.#ran(run);
    if (build) this.desk.problems(build);
    this.#watch();
    if (this.keeper.gone || (this.keeper.unsaved.length && this.work && !this.keeper.exists)) this.desk.asking.offer();
  }

  /** Hears all that is, and then what changes. */
  #watch() {
    this.#stop?.();
    this.#stop = this.work?.watch((news) => this.#heard(news));
  }

  close() {
    this.#stop?.();
    this.keeper.close();
    this.running?.close();
    this.#trying?.then((trying) => trying.close(), () => {});
  }

  /** The text of the program, whichever file is shown. */
  get code() { return this.desk.doc(`main.${this.language}`); }

  /** Another file is shown. */
  #turned() {
    if (this.page.panels.shown === "versions") this.#versions?.refresh();
  }

  /**
   * Saves, and says why where that is impossible.
   * @param {() => unknown} then what is to be done once there is a folder
   * @returns {Promise<boolean>}
   */
  async save(then) {
    this.#pending = undefined;
    if (this.keeper.unsaved.length) this.page.say("Saving…");
    const outcome = await this.keeper.save();
    if (outcome === "saved" && this.keeper.note) this.page.problem(this.keeper.note);
    if (outcome === "saved" || (outcome === "no-workspace" && this.language === "js")) return true; // a client runs in the page: no folder is needed
    this.#notSaved(outcome, then);
    return false;
  }

  /** Says why. @param {import("./keeper.js").Outcome} outcome @param {() => unknown} [then] what waits for the folder */
  #notSaved(outcome, then) {
    switch (outcome) {
      case "no-workspace":
        this.#pending = then ?? this.#pending;
        this.desk.asking.offer(then !== undefined);
        return this.page.say(this.keeper.gone ? "Not saved: the folder is gone. Choose whether to make it again." : "Your program is built in a folder: choose where to keep it.");
      case "conflict":
        this.page.toDesk();
        this.desk.asking.again();
        return this.page.say(`Not saved: ${this.#dispute()}. Choose above the editor, then go on.`);
      case "away":
        return this.page.say(`Not saved: the Duplex server does not answer. ${this.keeper.fate} They are saved once it is back.`);
      default:
        this.page.say(`Not saved. ${this.keeper.fate}`);
        this.page.problem(this.keeper.trouble);
    }
  }

  /** What is to be chosen about, in words. */
  #dispute() {
    const [name] = this.keeper.disputed;
    const model = this.keeper.files.get(name);
    if (model?.removed) return `${name} was removed on disk`;
    return `${name ?? "the file"} changed here and ${model?.theirs?.tab ? "in another tab" : "on disk"}`;
  }

  /** Makes the folder, saves into it what was typed, and does what waited for it. @param {string} dir */
  async make(dir) {
    const then = this.#pending;
    this.page.say(`Making ${dir}…`);
    const outcome = await this.keeper.make(dir).catch((err) => {
      this.#pending = then; // it is tried again
      this.page.say(this.keeper.home?.exists ? "The folder is there, but its files could not be fetched." : "The folder was not made.");
      throw err;
    });
    this.page.changed();
    if (outcome === "saved") this.page.say(`Your work is in ${this.keeper.home?.dir}.`);
    else this.#notSaved(outcome);
    await then?.();
  }

  /** Saves and runs it. */
  async run() {
    await this.#opened;
    this.page.problem("");
    if (!(await this.save(() => this.run()))) return;
    this.page.panels.show("output");
    this.page.reveal();
    await this.#do("run");
  }

  #halt() {
    this.page.stopped();
    return this.#do("stop");
  }

  /** @param {"run"|"stop"} what */
  async #do(what) {
    try {
      const run = await this.work?.[what]();
      if (run) this.#ran(run);
    } catch (err) {
      this.page.problem(err instanceof Refused ? err.words : "The Duplex server does not answer: see whether it still runs in its terminal.");
    }
  }

  /** @param {import("./work.js").News} news */
  async #heard(news) {
    const { run, build, log, dropped, clear, refused } = news;
    if (refused) return this.page.problem(`This page does not hear what happens in your folder, nor what your program says: ${refused}. Load it anew; close other pages first.`);
    this.#filed(news);
    if (run) this.#ran(run);
    if (build) this.desk.problems(build);
    if (clear) this.#anew();
    if (log || dropped) this.said(log ?? [], dropped, clear);
    if (!this.keeper.owes) return;
    const outcome = await this.keeper.makeUp(); // as was said
    if (outcome === "saved") this.page.say("The server is back: your edits are saved.");
    else if (outcome !== "away") this.#notSaved(outcome);
  }

  /** What became of the files. @param {import("./work.js").News} news */
  #filed(news) {
    const { changed, gone } = this.keeper.heard(news);
    if (changed.length) this.page.say(`${changed.join(", ")} changed on disk: the page shows it.`);
    if (gone.length) this.page.say(`${gone.join(", ")} ${gone.length > 1 ? "were" : "was"} removed on disk, and so in this page.`);
    if (changed.length || gone.length) this.#turned();
    if (changed.length || gone.length) this.page.filed();
  }

  /** The log begins anew: another run, or a connection that tells all of it again. */
  #anew() {
    this.#unread = 0;
    this.page.panels.mark("output", "");
    this.#output?.then((output) => output.clear(), () => {});
  }

  /** @param {import("./work.js").Run} run */
  #ran(run) {
    this.running?.show(run);
    this.#trying?.then((trying) => trying.show(run), () => {}); // said where it was asked for
  }

  /** Lines of the program. @param {import("./output.js").Line[]} lines @param {number} [dropped] @param {boolean} [clear] they are the first that are kept */
  async said(lines, dropped = 0, clear = false) {
    if (this.page.panels.shown !== "output") {
      this.#unread += lines.length;
      this.page.panels.mark("output", this.#unread > 999 ? "999+" : this.#unread ? String(this.#unread) : "");
    }
    const output = await this.output().catch(() => undefined); // then said where it is looked for
    output?.left(dropped, clear);
    output?.add(lines);
  }

  /** The panel of the log, made when it is first needed. */
  output() {
    this.#output ??= load("elements/exercise-check/output.js").then((/** @type {typeof import("./output.js")} */ { Output }) => new Output(this.page.panels.panel("output"),
      this.language === "go" ? "Nothing yet. Run your program, and its log appears here." : "Nothing yet. What your program logs while it is checked appears here."));
    this.#output.catch(() => { this.#output = undefined; });
    return this.#output;
  }

  /** Fills a panel that is shown; where that can't be, says so in its place. @param {string} name */
  async show(name) {
    const root = this.page.panels.panel(name);
    try {
      await this.#fill(name);
      root.querySelector(":scope > .ex-lost")?.remove();
    } catch {
      const box = tag("div", "", "ex-empty ex-lost");
      box.append(tag("p", "✗ This part of the page could not be fetched: the Duplex server does not answer. See whether it still runs in its terminal."),
        button("Try again", () => this.#again(name)));
      root.replaceChildren(box);
    }
  }

  /** @param {string} name of a panel that could not be fetched */
  async #again(name) {
    this.page.panels.panel(name).replaceChildren();
    await this.show(name);
    if (name === "output" && this.#output) this.#watch(); // what was said meanwhile is told again
  }

  /** @param {string} name */
  async #fill(name) {
    if (name === "output") {
      this.#unread = 0;
      this.page.panels.mark("output", "");
      await this.output();
    }
    if (name === "try" && this.work && this.page.trial) {
      const trying = await this.#tried(this.work, this.page.trial);
      await trying.show(this.running?.now ?? { state: "idle" });
    }
    if (name === "versions") {
      /** @type {typeof import("./versions.js")} */
      const { Versions } = await load("elements/exercise-check/versions.js");
      this.#versions ??= new Versions(this.page.panels.panel("versions"), { keeper: this.keeper, file: () => this.desk.shown, say: this.page.say });
      await this.#versions.refresh();
    }
  }

  /** @param {Work} work @param {import("./trying.js").Trial} trial */
  #tried(work, trial) {
    this.#trying ??= load("elements/exercise-check/trying.js").then((/** @type {typeof import("./trying.js")} */ { Trying }) => new Trying(this.page.panels.panel("try"),
      { trial, proxied: (path) => work.proxied(path), run: () => this.#runHere() }));
    this.#trying.catch(() => { this.#trying = undefined; });
    return this.#trying;
  }

  /** Runs it for who waits to try it. */
  async #runHere() {
    if (await this.save(() => this.#runHere())) await this.#do("run");
  }
}
