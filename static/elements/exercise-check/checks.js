// When an exercise is checked, of which text, and how that is told. A check whose
// text changes meanwhile says nothing of what one has now: it begins anew.
//
//   const checks = new Checks(element, { … });
//   checks.start();          // all steps; start("text"): one
//   checks.renew();          // somebody saved: what runs may be of an old text
//   checks.filed();          // a file changed on disk: once there was a check, it is checked, too
//   checks.cancel();

import { keepFocus } from "../../lib/focus.js";
import { load } from "../../lib/live.js";
import { drawDone } from "./done.js";

/** @typedef {import("./bench.js").Bench} Bench */
/** @typedef {import("./places.js").Place} Place */
/** @typedef {{verdict: string, passed: number, total: number, took: number}} Total */

/**
 * @typedef {object} Exercise the parts of its element that a check needs
 * @property {string} name @property {"go"|"js"} language
 * @property {import("./steps.js").Steps} steps @property {import("./panels.js").Panels} panels
 * @property {() => {place: Place, bench: Bench|undefined, opening: Promise<void>}} now opening: settled when the workbench is there, or was not to be had
 * @property {() => string} url of the learner's server
 * @property {(words: string) => void} say @property {(words: string) => void} problem
 * @property {(running: boolean) => void} turned called when a check begins to run, and when none does any more
 * @property {() => void} reveal brings what is said into view
 * @property {() => void} undone takes away that all steps pass
 * @property {() => void} retold verdicts have come from another door meanwhile
 */

const OFFLINE = "See whether Duplex still runs in its terminal; start it again if not. The steps that were decided are kept. Then press Check";
/** Why a check is ended: there is another text by now, which is checked instead. */
const CHANGED = Symbol("changed");
/** Editors write a file in several goes, and several files at a time. */
const SAVED_MS = 300;

export class Checks {
  /** The check that runs. @type {AbortController|undefined} */ #run;
  /** The text that it checks. */ #checked = "";
  /** What the compiler said in it. @type {import("./work.js").Build|undefined} */ #build;
  /** Nobody has asked for it now. */ #auto = false;
  /** What is saved elsewhere is checked, too: from the first check on, until Stop is pressed. */ follows = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #soon;

  /** @param {HTMLElement} root the exercise's element @param {Exercise} exercise */
  constructor(root, exercise) {
    this.root = root;
    this.exercise = exercise;
  }

  get running() { return this.#run !== undefined; }
  get #place() { return this.exercise.now().place; }
  get #bench() { return this.exercise.now().bench; }

  /** Ends the check that runs, and what may begin by itself. */
  cancel() {
    clearTimeout(this.#soon);
    this.#run?.abort("cancelled");
  }

  /** @param {string} selector @returns {HTMLElement} */
  #get(selector) { return /** @type {HTMLElement} */ (this.root.querySelector(selector)); }

  /** The check that runs begins anew, unless it is of the text as it stands. */
  renew() {
    if (this.#place !== "server" && this.#text() !== this.#checked) this.#run?.abort(CHANGED);
  }

  /** All that is checked of what stands in the page. @param {boolean} [built] as far as it is saved: what is built comes from the folder */
  #text(built = false) {
    return JSON.stringify([...(this.#bench?.keeper.files ?? [])].map(([name, { doc, saved }]) => [name, built ? saved.content : doc]));
  }

  /** A file changed on disk. Who has something unsaved here, too, is left to press a key. */
  filed() {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => {
      if (this.#run) return this.renew();
      const { disputed = [], unsaved = [] } = this.#bench?.keeper ?? {};
      if (this.follows && this.#place === "editor" && !disputed.length && !unsaved.length) this.start("", true);
    }, SAVED_MS);
  }

  /**
   * Checks all steps, or one. Where the text changes meanwhile, the new one.
   * @param {string} [only] the step's name @param {boolean} [auto] nobody has asked for it now
   */
  async start(only = "", auto = false) {
    if (this.#run) return;
    this.#auto = auto;
    this.follows = true;
    let changed = true;
    while (changed) changed = await this.#once(only, (this.#run = new AbortController()).signal);
    this.#run = undefined;
    this.exercise.turned(false);
  }

  /** @param {string} only @param {AbortSignal} signal @returns {Promise<boolean>} whether the text has changed meanwhile */
  async #once(only, signal) {
    this.exercise.problem("");
    this.#build = undefined;
    this.exercise.say("Checking…");
    if (this.#place !== "server") await this.exercise.now().opening;
    this.#checked = this.#text();
    const saved = this.#place === "server" || (await this.#bench?.save(() => this.start(only)));
    if (!saved || signal.aborted) return this.#unsaved(saved, signal);
    this.#checked = this.#text(this.exercise.language === "go");
    this.#begin(only);
    let changed = false;
    try {
      changed = await this.#ask(only, signal);
    } catch (err) {
      changed = signal.reason === CHANGED;
      if (!changed) this.#broke(err, signal);
    }
    if (this.exercise.steps.settle() && !changed) this.exercise.retold();
    return changed;
  }

  /** There is no check, or it is begun anew. @param {boolean|undefined} saved @param {AbortSignal} signal */
  #unsaved(saved, signal) {
    if (saved && signal.reason === CHANGED) return true;
    if (signal.aborted && signal.reason !== CHANGED) this.exercise.say("Cancelled.");
    else if (saved === undefined) this.exercise.say("Not checked: your code is not here.");
    const stage = /** @type {(HTMLElement & {show?: (index: number) => void})|null} */ (this.root.closest("duplex-stage"));
    if (!stage || !this.root.hidden) return false;
    keepFocus(stage, () => stage.show?.(0), () => this.#get(".ex-bar .go"));
    this.#get(".wb-ask:not([hidden]) button")?.focus(); // what is in the way is asked here
    return false;
  }

  /** Says at once that something happens, and puts aside what was said before. @param {string} only */
  #begin(only) {
    this.exercise.undone();
    this.exercise.turned(true);
    this.#turn("steps");
    this.exercise.reveal();
    this.exercise.steps.begin(only);
    if (this.exercise.language === "go") this.root.closest("duplex-stage")?.querySelector("duplex-line")?.setAttribute("from", "checker");
    this.root.dispatchEvent(new CustomEvent("duplex:wire-clear", { bubbles: true }));
    this.#announce("connecting", "Checking…");
  }

  /** Shows a panel, but not in place of one that is being used when nobody has asked. @param {string} name */
  #turn(name) {
    if (!(this.#auto && this.#get(".ex-lower").contains(document.activeElement))) this.exercise.panels.show(name);
  }

  /** @param {string} step @param {AbortSignal} signal @returns {Promise<boolean>} whether the text has changed meanwhile */
  async #ask(step, signal) {
    /** @type {typeof import("./checking.js")} */
    const { checkServer, checkClient, resultOf, eventsOf } = await load("elements/exercise-check/checking.js");
    signal.throwIfAborted();
    let changed = false;
    /** @type {import("./checking.js").Listener} */
    const on = {
      step: (result) => {
        this.root.dispatchEvent(new CustomEvent("duplex:wire", { bubbles: true, detail: { events: eventsOf(result) } }));
        this.exercise.steps.decided(result, (open) => resultOf(result, { open, rerun: () => { if (!this.#run) this.start(result.step); } }));
      },
      build: (build) => {
        this.#build = build;
        this.#bench?.desk.problems(build);
      },
      log: (level, text) => this.#bench?.said([{ stream: level, text }]),
      failed: (error, output) => {
        changed = error.code === "superseded";
        if (!changed) this.#failed(error, output);
      },
      end: (report) => this.#ended(report, step),
    };
    if (this.exercise.language === "js") await checkClient(this.exercise.name, { code: this.#bench?.code ?? "", step }, on, signal);
    else await checkServer(this.exercise.name, this.#place === "server" ? { url: this.exercise.url(), step } : { run: true, step }, on, signal);
    return changed;
  }

  /** @param {Total} total @param {string} only */
  #ended({ verdict, passed, total, took }, only) {
    if (this.#build?.state === "failed") {
      this.exercise.steps.settle();
      this.#announce("idle", "Does not build");
      return this.exercise.say(`Not checked: it does not build.${this.exercise.steps.passed ? " The verdicts are of the last check." : ""}`);
    }
    const words = only ? `Step ${only}: ${verdict}` : `${this.exercise.steps.words} passed`;
    const none = !passed && (verdict === "inconclusive" || verdict === "not started");
    this.exercise.say(`${none ? `${verdict[0].toUpperCase()}${verdict.slice(1)}: ` : ""}${words}, in ${took < 1000 ? `${Math.round(took)} ms` : `${(took / 1000).toFixed(1)} s`}.`);
    this.#announce("idle", only ? words : `${passed} of ${total} passed`);
    if (this.exercise.steps.all.every((li) => li.dataset.verdict === "pass")) this.#get(".steps").before(drawDone(this.root));
  }

  /** There was nothing to check. What the program said has come as its log, by the page's connection. @param {import("./work.js").Refused} error @param {string} output */
  #failed({ words }, output) {
    this.exercise.steps.settle();
    this.#announce("idle", "Not checked");
    this.exercise.say(`Not checked.${this.exercise.steps.passed ? " The verdicts are of the last check." : ""}`);
    this.exercise.problem(words + (output ? " What it said is under Output." : ""));
    if (output) this.#turn("output");
  }

  /** The check did not come to its end. What has come is kept. @param {any} err @param {AbortSignal} signal */
  #broke(err, signal) {
    this.#announce("idle", "Not checked");
    if (signal.aborted) return this.exercise.say("Cancelled. The steps that were decided are kept.");
    if (err.words) {
      this.exercise.say("Not checked.");
      return this.exercise.problem(err.words);
    }
    this.exercise.say("The check broke off.");
    this.exercise.problem(`The check broke off: ${err instanceof TypeError ? "the Duplex server does not answer" : err.message}. ${OFFLINE}.`);
  }

  /** Tells the stage, which does not say aloud what is said here as long as that is shown. @param {string} state @param {string} word */
  #announce(state, word) {
    this.root.dispatchEvent(new CustomEvent("duplex:state", { bubbles: true, detail: { state, word, quiet: !this.root.hidden } }));
  }
}
