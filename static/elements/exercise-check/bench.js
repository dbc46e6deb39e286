// The workbench of an exercise in the page: the learner's files, their program as it
// runs, what it says, and a demo that tries it. Fetched where there is one to show.

import { Desk } from "./desk.js";
import { Keeper } from "./keeper.js";
import { Running } from "./running.js";
import { Refused, Work, hasBench } from "./work.js";

/** @typedef {import("./output.js").Output} Output */
/** @typedef {import("./trying.js").Trying} Trying */
/** @typedef {import("./panels.js").Panels} Panels */

/**
 * @typedef {object} Page the parts of the exercise's element that a bench draws in
 * @property {HTMLElement} desk @property {HTMLElement} findings @property {HTMLElement} runState
 * @property {Panels} panels
 * @property {(words: string) => void} say @property {(words: string) => void} problem
 * @property {() => unknown} changed called when there is a folder, or another one
 * @property {() => void} reveal brings the panels into view
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
    this.desk = new Desk(page.desk, { keeper: this.keeper, language, findings: page.findings, say: page.say, made: () => this.#made() });
    if (language === "go") this.running = new Running({ words: page.runState, run: () => this.run(), stop: () => this.#do("stop") });
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
    this.#stop = this.work?.watch((news) => this.#heard(news));
    if (this.keeper.unsaved.length && this.work && !this.keeper.exists) this.desk.askOffer();
  }

  close() {
    this.#stop?.();
    this.running?.close();
  }

  /** The text of the program. */
  get code() { return this.desk.doc(); }

  /**
   * Saves, and says why where that is impossible.
   * @param {() => unknown} then what is to be done once there is a folder
   * @returns {Promise<boolean>}
   */
  async save(then) {
    if (this.keeper.unsaved.length) this.page.say("Saving…");
    const outcome = await this.keeper.save();
    switch (outcome) {
      case "saved":
        if (this.keeper.note) this.page.problem(`Not formatted: ${this.keeper.note}`);
        return true;
      case "no-workspace":
        if (this.language === "js") return true; // it runs in the page: no folder is needed
        this.#pending = then;
        this.desk.askOffer(true);
        this.page.say("Your program is built in a folder: choose where to keep it.");
        return false;
      case "conflict":
        this.page.say("Not saved: the file changed here and on disk. Choose above the editor, then go on.");
        return false;
      case "away":
        this.page.say("Not saved: the Duplex server does not answer. Your edits are kept in this browser, and are saved once it is back.");
        return false;
      default:
        this.page.say("Not saved. Your edits are kept in this browser.");
        this.page.problem(this.keeper.trouble);
        return false;
    }
  }

  /** Makes the folder from elsewhere than the desk. @param {string} dir */
  async make(dir) {
    await this.keeper.make(dir);
    await this.#made();
  }

  async #made() {
    this.page.changed();
    const then = this.#pending;
    this.#pending = undefined;
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
  async #heard({ files, run, build, log, dropped }) {
    if (files) {
      const names = this.keeper.heard(files);
      if (names.length) this.page.say(`${names.join(", ")} changed on disk: the page shows it.`);
      if (names.length && this.page.panels.shown === "versions") this.#versions?.refresh();
    }
    if (run) this.#ran(run);
    if (build) this.desk.problems(build);
    if (log || dropped) this.said(log ?? [], dropped);
    if (!this.keeper.owes) return;
    // It was said that this will be made up for.
    if ((await this.keeper.save()) === "saved") this.page.say("The server is back: your edits are saved.");
  }

  /** @param {import("./work.js").Run} run */
  #ran(run) {
    this.running?.show(run);
    this.#trying?.then((trying) => trying.show(run));
  }

  /** Lines of the program. @param {import("./output.js").Line[]} lines @param {number} [dropped] */
  async said(lines, dropped = 0) {
    if (this.page.panels.shown !== "output") {
      this.#unread += lines.length;
      this.page.panels.mark("output", this.#unread > 999 ? "999+" : this.#unread ? String(this.#unread) : "");
    }
    const output = await this.output();
    output.left(dropped);
    output.add(lines);
  }

  /** The panel of the log, made when it is first needed. */
  output() {
    return this.#output ??= import("./output.js").then(({ Output }) => new Output(this.page.panels.panel("output"),
      this.language === "go" ? "Nothing yet. Run your program, and its log appears here." : "Nothing yet. What your program logs while it is checked appears here."));
  }

  /** Fills a panel that is shown. @param {string} name */
  async show(name) {
    if (name === "output") {
      this.#unread = 0;
      this.page.panels.mark("output", "");
      await this.output();
    }
    if (name === "try" && this.work) {
      const { work } = this;
      this.#trying ??= import("./trying.js").then(({ Trying }) => new Trying(this.page.panels.panel("try"),
        { exercise: work.exercise, proxied: (path) => work.proxied(path), run: () => this.#runHere() }));
      const trying = await this.#trying;
      trying.show(this.running?.now ?? { state: "idle" });
    }
    if (name === "versions") {
      const { Versions } = await import("./versions.js");
      this.#versions ??= new Versions(this.page.panels.panel("versions"), { keeper: this.keeper, file: () => this.desk.shown, say: this.page.say });
      await this.#versions.refresh();
    }
  }

  /** Runs it for who waits to try it. */
  async #runHere() {
    if (await this.save(() => this.#runHere())) await this.#do("run");
  }
}
