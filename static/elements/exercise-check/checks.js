// When an exercise is checked, of which text, and how that is told. A check whose
// text changes meanwhile says nothing of what one has now: it begins anew.
//
//   const checks = new Checks(element, { … });
//   checks.start();          // all steps; start("text"): one
//   checks.renew();          // somebody pressed the key again: what runs may be of an old text
//   checks.filed();          // a file changed on disk: who works there, has checked before and has nothing unsaved here gets it checked
//   checks.cancel();

import { giveFocus, keepFocus } from "../../lib/focus.js";
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
  /** The text that it checks, or that the last one checked. */ #checked = "";
  /** What the compiler said in it. @type {import("./work.js").Build|undefined} */ #build;
  /** Nobody has asked for it now. */ #auto = false;
  /** A press has asked for what begins next: it saves first. */ #asked = false;
  /** The stage has been told that a check runs. */ #told = false;
  /** What is saved elsewhere is checked, too: from the first check on, until Stop is pressed, or Cancel where there is no Stop. */ follows = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #soon;

  /** @param {HTMLElement} root the exercise's element @param {Exercise} exercise */
  constructor(root, exercise) {
    this.root = root;
    this.exercise = exercise;
  }

  get running() { return this.#run !== undefined; }
  get #place() { return this.exercise.now().place; }
  get #bench() { return this.exercise.now().bench; }
  /** Whether the server builds it, from the folder. */
  get #go() { return this.exercise.language === "go"; }

  /** Ends the check that runs, and what may begin by itself. */
  cancel() {
    clearTimeout(this.#soon);
    if (!this.#go) this.follows = false;
    this.#run?.abort("cancelled");
  }

  /** @param {string} selector @returns {HTMLElement} */
  #get(selector) { return /** @type {HTMLElement} */ (this.root.querySelector(selector)); }

  /** The check that runs begins anew, unless it is of the text as it stands. */
  renew() {
    if (this.#place === "server" || this.#text() === this.#checked) return;
    this.#asked = true;
    this.#run?.abort(CHANGED);
  }

  /** All that is checked of what stands in the page. @param {boolean} [built] as far as it is saved: what is built comes from the folder */
  #text(built = false) {
    return JSON.stringify([...(this.#bench?.keeper.files ?? [])].map(([name, { doc, saved }]) => [name, built ? saved.content : doc]));
  }

  /** A file changed on disk. Who has something unsaved here, too, is left to press a key. */
  filed() {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.#follow(), SAVED_MS);
  }

  /** Checks what changed on disk, unless that has been done. */
  #follow() {
    const now = this.#text(this.#go);
    if (this.#run && this.#go) return void (this.#checked = now); // the server has seen it, too: it builds that, or ends the check
    if (now === this.#checked) return;
    if (this.#run) this.#run.abort(CHANGED);
    else if (this.follows && this.#place === "editor" && !this.#open) this.start("", true);
  }

  /** Whether something here is unsaved, or to be chosen about: it is saved by a press alone. */
  get #open() {
    const { disputed = [], unsaved = [] } = this.#bench?.keeper ?? {};
    return disputed.length + unsaved.length > 0;
  }

  /**
   * Checks all steps, or one. Where the text changes meanwhile, the new one.
   * @param {string} [only] the step's name @param {boolean} [auto] nobody has asked for it now
   */
  async start(only = "", auto = false) {
    if (this.#run) return;
    this.#asked = !auto;
    this.#told = false;
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
    const saved = await this.#saved(only);
    if (!saved || signal.aborted) return this.#unsaved(saved, signal);
    this.#checked = this.#text(this.#go);
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

  /** Saves what is to be checked, if a press has asked for it. @param {string} only @returns {Promise<boolean|undefined>} whether all is saved; undefined: there is nothing here */
  async #saved(only) {
    const asked = this.#asked;
    this.#auto = !asked;
    this.#asked = false;
    if (this.#place === "server") return true;
    await this.exercise.now().opening;
    this.#checked = this.#text();
    if (asked) return this.#bench?.save(() => this.start(only));
    if (this.#open) this.exercise.say("Not checked: files changed. Save to check.");
    return this.#bench && !this.#open;
  }

  /** There is no check, or it is begun anew. @param {boolean|undefined} saved @param {AbortSignal} signal */
  #unsaved(saved, signal) {
    if (saved && signal.reason === CHANGED) return true;
    this.#checked = "";
    if (this.#told) this.#announce("idle", "Not checked");
    if (signal.aborted && signal.reason !== CHANGED) this.exercise.say("Cancelled.");
    else if (saved === undefined) this.exercise.say("Not checked: your code is not here.");
    const stage = /** @type {(HTMLElement & {show?: (index: number) => void})|null} */ (this.root.closest("duplex-stage"));
    if (!stage || !this.root.hidden || this.#auto) return false;
    keepFocus(stage, () => stage.show?.(0), () => this.#get(".ex-bar [aria-keyshortcuts]"));
    const choice = this.#get(".wb-ask:not([hidden]) button");
    if (choice) giveFocus(choice); // what is in the way is asked here
    return false;
  }

  /** Says at once that something happens, and puts aside what was said before. @param {string} only */
  #begin(only) {
    this.#told = true;
    this.exercise.undone();
    this.exercise.turned(true);
    this.#turn("steps");
    this.exercise.reveal();
    this.exercise.steps.begin(only);
    if (this.#go) this.root.closest("duplex-stage")?.querySelector("duplex-line")?.setAttribute("from", "checker");
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
    if (!this.#go) await checkClient(this.exercise.name, { code: this.#bench?.code ?? "", step }, on, signal);
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
