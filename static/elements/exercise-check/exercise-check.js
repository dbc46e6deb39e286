// <exercise-check exercise="echo" language="go" path="lessons/echo/exercise/main.go">
//   <p class="goal">…</p>
//   <ol class="steps"><li data-step="text">A text message comes back…</li>…</ol>
// </exercise-check>
//
// The exercise: an editor with the learner's files, their program as it runs, and
// the check. Where the learner works is a choice: in this page, in an editor of
// their own on the same folder, or on a server in any language at a URL.
//
// The workbench (bench.js) is fetched where the server offers one: on its own
// machine. Elsewhere a server's exercise is checked at its URL, and a client's is
// written here and kept in this browser. What passed on the wire goes to the stage's
// Wire tab. Verdicts of `duplex check` and `go test` appear here as well.
//
// Keys, anywhere in the stage: Ctrl+Enter and Ctrl+S save and check.

import { progress } from "../../lib/progress.js";
import { Panels } from "./panels.js";
import { button, tag } from "./parts.js";
import { choiceOf, drawOwnEditor, ownWays, rememberedPlace, urlField } from "./places.js";
import { Steps } from "./steps.js";

/** @typedef {import("./places.js").Place} Place */
/** @typedef {import("./bench.js").Bench} Bench */
/** @typedef {{verdict: string, passed: number, total: number, took: number}} Total */

const OFFLINE = "See whether Duplex still runs in its terminal; start it again if not. The steps that were decided are kept. Then press Check";

class ExerciseCheck extends HTMLElement {
  /** The check that runs. @type {AbortController|undefined} */ #run;
  /** What the compiler said in it. @type {import("./work.js").Build|undefined} */ #build;
  /** @type {Steps|undefined} */ #steps;
  /** @type {Panels|undefined} */ #panels;
  /** @type {Bench|undefined} */ #bench;
  /** @type {import("./solution.js").Solution|undefined} */ #solution;
  /** @type {Place} */ #place = "server";
  #url = urlField();
  /** Settled when the workbench is there, or was not to be had. @type {Promise<void>} */ #opening = Promise.resolve();
  #ends = new AbortController();
  /** @type {(() => void)|undefined} */ #off;

  get #exercise() { return this.getAttribute("exercise") ?? ""; }
  get #language() { return this.getAttribute("language") === "js" ? /** @type {const} */ ("js") : /** @type {const} */ ("go"); }
  /** Whether the server offers a workbench: then its pages hold a token. */
  get #offered() { return document.querySelector("meta[name=duplex-token]") !== null; }

  connectedCallback() {
    if (!this.#steps) this.#draw();
    this.#ends = new AbortController();
    const { signal } = this.#ends;
    (this.closest("duplex-stage") ?? this).addEventListener("keydown", (e) => this.#key(/** @type {KeyboardEvent} */ (e)), { signal });
    this.#off = progress.on((now) => this.#known(now.exercises?.[this.#exercise]));
  }

  disconnectedCallback() {
    this.#ends.abort();
    this.#off?.();
    this.#run?.abort();
  }

  /** @param {string} selector @returns {HTMLElement} */
  #get(selector) { return /** @type {HTMLElement} */ (this.querySelector(selector)); }

  #draw() {
    const frame = document.createElement("template");
    frame.innerHTML = `
      <div class="ex-note" hidden></div>
      <div class="ex-desk" hidden></div>
      <div class="ex-outside" hidden></div>
      <form class="ex-bar"><button class="btn go" aria-keyshortcuts="Control+Enter Control+S">Check</button><span class="ex-run-state"></span></form>
      <p class="ex-state" role="status">Not checked yet. Ctrl+Enter checks.</p>
      <div class="ex-problem" role="alert"></div>
      <section class="ex-findings" aria-label="What the compiler says" hidden></section>
      <div class="ex-lower"></div>`;
    const list = this.#get(".steps");
    list.before(frame.content);
    this.#panels = new Panels(this.#get(".ex-lower"), "About this exercise", this.closest("duplex-stage")?.getAttribute("name") ?? this.#exercise);
    this.#panels.add("steps", "Steps", true).append(list);
    for (const [name, label] of [["output", "Output"], ["try", "Try"], ["versions", "Versions"], ["solution", "Solution"]]) this.#panels.add(name, label, name === "solution");
    this.#steps = new Steps(list);
    this.#get(".ex-bar").addEventListener("submit", (e) => {
      e.preventDefault();
      if (this.#run) this.#run.abort("cancelled");
      else this.check();
    });
    this.#get(".ex-lower").addEventListener("ex:shown", (e) => this.#fill(/** @type {CustomEvent<string>} */ (e).detail));
    this.#get(".ex-bar").prepend(this.#url.label);
    this.#panels.show("steps");
    this.#tally();
    this.#settle();
  }

  /** Offers the places that there are, and goes to the one that was chosen before. */
  #settle() {
    const js = this.#language === "js";
    /** @type {Place[]} */
    const places = js ? (this.#offered ? ["page", "editor"] : ["page"]) : this.#offered ? ["page", "editor", "server"] : ["server"];
    const choice = choiceOf(this.#exercise, places, (place) => this.#go(place));
    if (places.length > 1) this.#get(".goal").after(choice.root);
    if (!js && !this.#offered) this.#noBench();
    choice.choose(rememberedPlace(places, places[0]));
    if (places[0] === "page") this.#opening = this.#open(choice);
  }

  /** Says why a server's code can't be written here, and how it can be checked all the same. */
  #noBench() {
    const note = this.#get(".ex-note");
    const p = tag("p", "Code can be written and run in this page on the computer that Duplex runs on. Here, let your server be checked at its URL:");
    const { lesson } = document.body.dataset;
    if (document.querySelector("present-view") && lesson) { // what is projected holds no token
      p.textContent = "To write and run code, open this exercise ";
      p.append(Object.assign(document.createElement("a"), { href: `/lessons/${lesson}${location.hash}`, textContent: "on the lesson’s page" }), ". Here a server is checked at its URL:");
    }
    note.append(p, ownWays(this.#exercise, this.getAttribute("path") ?? ""));
    note.hidden = false;
  }

  /** Fetches the workbench. @param {{choose: (place: Place) => void}} choice */
  async #open(choice) {
    const desk = this.#get(".ex-desk");
    desk.replaceChildren(tag("p", "Fetching your code…", "ex-empty"));
    try {
      const { Bench } = await import("./bench.js");
      this.#bench ??= new Bench(this.#exercise, this.#language, {
        desk, findings: this.#get(".ex-findings"), runState: this.#get(".ex-run-state"),
        panels: /** @type {Panels} */ (this.#panels), say: (words) => this.#say(words), problem: (words) => this.#trouble(words),
        changed: () => this.#go(this.#place), toDesk: () => { if (this.#place === "editor") choice.choose("page"); }, reveal: () => this.#reveal(),
      });
      await this.#bench.open();
      if (this.#language === "go" && this.#bench.keeper.home?.go.found === false) this.#noGo(this.#bench.keeper.home.go, choice);
      this.#go(this.#place);
    } catch (err) {
      this.#bench?.close();
      this.#bench = undefined;
      const words = err instanceof TypeError ? "Your code could not be fetched: the Duplex server does not answer." : /** @type {any} */ (err).words ?? String(err);
      const box = tag("div", "", "ex-empty");
      box.append(tag("p", `✗ ${words}`), button("Try again", () => { this.#opening = this.#open(choice); }));
      desk.replaceChildren(box);
    }
  }

  /** There is no Go on this computer: said once. @param {{why?: string}} go @param {{choose: (place: Place) => void}} choice */
  #noGo({ why }, choice) {
    const note = this.#get(".ex-note");
    const p = tag("p");
    const link = (/** @type {string} */ href, /** @type {string} */ text) => Object.assign(document.createElement("a"), { href, textContent: text });
    p.append(tag("b", "Your code can't be built on this computer."), ` ${why ?? "There is no Go."}${/[.!]$/.test(why ?? ".") ? "" : "."} `,
      link("https://go.dev/doc/install", "Install Go"), " and load this page anew; or write a server in any language and have it checked at its URL; or do the ",
      link("/lessons/client", "exercises in JavaScript"), ", which run in the browser.");
    note.replaceChildren(p);
    note.hidden = false;
    choice.choose("server");
  }

  /** @param {Place} place */
  #go(place) {
    this.#place = place;
    const here = place !== "server";
    this.dataset.place = place;
    this.#get(".ex-desk").hidden = place !== "page";
    this.#url.label.hidden = here;
    this.#get(".ex-run-state").hidden = !here;
    if (this.#bench?.running) this.#bench.running.button.hidden = !here;
    this.#get(".ex-findings").classList.toggle("elsewhere", !here);
    const bench = here && this.#offered;
    this.#panels?.offer({ output: here, try: bench && this.#language === "go" && ["echo", "handshake", "events", "chat"].includes(this.#exercise), versions: bench });
    const outside = this.#get(".ex-outside");
    outside.hidden = place !== "editor";
    const { keeper } = this.#bench ?? {};
    if (place === "editor" && keeper) drawOwnEditor(outside, {
      exercise: this.#exercise, language: this.#language, dir: keeper.home?.dir, exists: keeper.exists, offer: keeper.home?.offer,
      make: (dir) => this.#bench?.make(dir).catch((err) => this.#trouble(err.words ?? "The Duplex server does not answer.")),
    });
  }

  /** A panel is shown. @param {string} name */
  async #fill(name) {
    if (name !== "solution") return this.#bench?.show(name);
    const panel = /** @type {Panels} */ (this.#panels).panel("solution");
    const module = await import("./solution.js").catch(() => undefined);
    if (!module) return panel.replaceChildren(tag("p", "The Duplex server does not answer. Start it again, and load this page anew.", "ex-quiet"));
    const own = (/** @type {string} */ file) => (this.#place === "server" ? undefined : this.#bench?.keeper.files.get(file)?.doc);
    this.#solution ??= new module.Solution(panel, { exercise: this.#exercise, own });
    await this.#solution.refresh();
  }

  /** What the server remembers, from any door. @param {{steps?: Record<string, string>, verdict?: string}|undefined} known */
  #known(known) {
    if (!known?.steps || this.#run || !this.#steps) return;
    this.#steps.remembered(known.steps);
    this.#tally();
    if (!this.querySelector(".ex-state.told")) this.#say(`${this.#steps.words} passed when last checked.`);
  }

  /** How many steps pass, on their tab. */
  #tally() { this.#panels?.mark("steps", `${this.#steps?.passed}/${this.#steps?.all.length}`); }

  /** @param {KeyboardEvent} e */
  #key(e) {
    if (!(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey || (e.key !== "Enter" && e.key.toLowerCase() !== "s")) return;
    e.preventDefault(); // else Ctrl+S would save the page, and Enter submit it twice
    if (!this.#run) this.check();
    else if (e.key !== "Enter" && this.#place !== "server") this.#bench?.save(() => {}, true); // the check goes on
  }

  /** Checks all steps, or one. @param {string} [only] the step's name */
  async check(only = "") {
    const signal = (this.#run = new AbortController()).signal;
    this.#trouble("");
    this.#build = undefined;
    this.#say("Checking…");
    if (this.#place !== "server") await this.#opening;
    const saved = this.#place === "server" || (await this.#bench?.save(() => this.check(only)));
    if (signal.aborted) this.#say("Cancelled.");
    else if (saved === undefined) this.#say("Not checked: your code is not here.");
    if (saved && !signal.aborted) {
      this.#begin(only);
      try {
        await this.#ask(only, signal);
      } catch (err) {
        this.#broke(err, signal);
      }
    }
    this.#run = undefined;
    this.#button("Check");
    this.#steps?.settle();
    this.#tally();
  }

  /** Says at once that something happens, and puts aside what was said before. @param {string} only */
  #begin(only) {
    this.querySelector(".ex-done")?.remove();
    this.#say("Checking…");
    this.#button("Cancel");
    this.#panels?.show("steps");
    this.#reveal();
    this.#steps?.begin(only);
    if (this.#language === "go") this.closest("duplex-stage")?.querySelector("duplex-line")?.setAttribute("from", "checker");
    this.dispatchEvent(new CustomEvent("duplex:wire-clear", { bubbles: true }));
    this.#announce("connecting", "Checking…");
  }

  /** @param {string} step @param {AbortSignal} signal */
  async #ask(step, signal) {
    const [{ checkServer, checkClient }, { resultOf, eventsOf }] = await Promise.all([import("./checking.js"), import("./result.js")]);
    /** @type {import("./checking.js").Listener} */
    const on = {
      step: (result) => {
        this.dispatchEvent(new CustomEvent("duplex:wire", { bubbles: true, detail: { events: eventsOf(result) } }));
        this.#steps?.decided(result, (open) => resultOf(result, { open, rerun: () => { if (!this.#run) this.check(result.step); } }));
      },
      build: (build) => {
        this.#build = build;
        this.#bench?.desk.problems(build);
      },
      log: (level, text) => this.#bench?.said([{ stream: level, text }]),
      failed: (error, output) => this.#failed(error, output),
      end: (report) => this.#ended(report, step),
    };
    if (this.#language === "js") return checkClient(this.#exercise, { code: this.#bench?.code ?? "", step }, on, signal);
    return checkServer(this.#exercise, this.#place === "server" ? { url: this.#url.url, step } : { run: true, step }, on, signal);
  }

  /** @param {Total} total @param {string} only */
  #ended({ verdict, passed, total, took }, only) {
    if (this.#build?.state === "failed") {
      this.#steps?.settle();
      this.#announce("idle", "Does not build");
      return this.#say(`Not checked: it does not build.${this.#steps?.passed ? " The verdicts are of the last check." : ""}`);
    }
    const words = only ? `Step ${only}: ${verdict}` : `${this.#steps?.words} passed`;
    const none = !passed && (verdict === "inconclusive" || verdict === "not started");
    this.#say(`${none ? `${verdict[0].toUpperCase()}${verdict.slice(1)}: ` : ""}${words}, in ${took < 1000 ? `${Math.round(took)} ms` : `${(took / 1000).toFixed(1)} s`}.`);
    this.#announce("idle", only ? words : `${passed} of ${total} passed`);
    if (this.#steps?.all.every((li) => li.dataset.verdict === "pass")) this.#done();
  }

  /** There was nothing to check. What the program said has come as its log, by the page's connection. @param {import("./work.js").Refused} error @param {string} output */
  #failed({ words }, output) {
    this.#steps?.settle();
    this.#announce("idle", "Not checked");
    this.#say(`Not checked.${this.#steps?.passed ? " The verdicts are of the last check." : ""}`);
    this.#trouble(words + (output ? " What it said is under Output." : ""));
    if (output) this.#panels?.show("output");
  }

  /** One quiet mark of joy, and the way on. */
  #done() {
    const done = tag("div", "", "ex-done");
    done.innerHTML = `<svg viewBox="0 0 40 20" aria-hidden="true"><circle cx="8" cy="10" r="5"/><rect x="27" y="5.5" width="9" height="9" rx="1.5"/></svg><p>All steps pass.</p>`;
    const [href, title] = this.#next() ?? [];
    if (href) done.append(Object.assign(document.createElement("a"), { className: "btn go", href, textContent: `Next: ${title}` }));
    this.#get(".steps").before(done);
  }

  /** The way on: the next exercise of the lesson, or the next lesson. @returns {string[]|undefined} its address and its title */
  #next() {
    const all = [...document.querySelectorAll("exercise-check")];
    const section = all[all.indexOf(this) + 1]?.closest("[data-section]");
    if (section) return [`#${section.id}`, section.querySelector("h2")?.firstChild?.textContent?.trim() ?? "the next exercise"];
    const lesson = document.querySelector("a[rel=next]");
    if (lesson instanceof HTMLAnchorElement) return [lesson.href, lesson.querySelector(".to")?.textContent ?? "the next lesson"];
  }

  /** Where all of it scrolls as one, brings what is said into view; not while one types. */
  #reveal() {
    const bar = this.#get(".ex-bar");
    if (this.#get(".ex-desk").contains(document.activeElement)) return;
    if (this.#get(".ex-lower").getBoundingClientRect().top + bar.offsetHeight > this.getBoundingClientRect().bottom) this.scrollTop += bar.getBoundingClientRect().top - this.getBoundingClientRect().top;
  }

  /** The check did not come to its end. What has come is kept. @param {any} err @param {AbortSignal} signal */
  #broke(err, signal) {
    this.#announce("idle", "Not checked");
    if (signal.aborted) return this.#say("Cancelled. The steps that were decided are kept.");
    if (err.words) {
      this.#say("Not checked.");
      return this.#trouble(err.words);
    }
    this.#say("The check broke off.");
    this.#trouble(`The check broke off: ${err instanceof TypeError ? "the Duplex server does not answer" : err.message}. ${OFFLINE}.`);
  }

  /** @param {string} words what is wrong, or "" */
  #trouble(words) { this.#get(".ex-problem").textContent = words && `✗ ${words}`; }

  /** @param {string} words */
  #say(words) {
    const state = this.#get(".ex-state");
    state.textContent = words;
    state.classList.toggle("told", words !== "");
  }

  /** @param {string} label */
  #button(label) {
    const check = this.#get(".ex-bar [aria-keyshortcuts]");
    check.textContent = label;
    check.classList.toggle("go", label === "Check");
  }

  /** Tells the stage, which does not say aloud what is said here. @param {string} state @param {string} word */
  #announce(state, word) {
    this.dispatchEvent(new CustomEvent("duplex:state", { bubbles: true, detail: { state, word, quiet: true } }));
  }
}

customElements.define("exercise-check", ExerciseCheck);
