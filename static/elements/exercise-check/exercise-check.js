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
// Keys, anywhere in the stage: Ctrl+Enter and Ctrl+S save and check. What is saved in
// an editor of one's own is checked once somebody has asked for a check here.

import { keepFocus } from "../../lib/focus.js";
import { nameKey } from "../../lib/keys.js";
import { load } from "../../lib/live.js";
import { progress } from "../../lib/progress.js";
import { Checks } from "./checks.js";
import { noBench, noGo } from "./notes.js";
import { Panels } from "./panels.js";
import { button, tag } from "./parts.js";
import { choiceOf, drawOwnEditor, rememberedPlace, urlField } from "./places.js";
import { Steps } from "./steps.js";

/** @typedef {import("./places.js").Place} Place */
/** @typedef {import("./bench.js").Bench} Bench */

/** What tries which exercise. @type {Record<string, import("./trying.js").Trial>} */
const TRIALS = {
  echo: { element: "echo-demo", path: "ws", says: "What you send goes to your server, and comes back as it answers." },
  handshake: { element: "echo-demo", path: "ws", attributes: { view: "handshake" }, says: "A browser asks your server to upgrade. Below is what both said." },
  events: { element: "events-demo", path: "events", attributes: { drop: "no" }, says: "A real EventSource reads your stream. Run it anew, and see the browser come back." },
  chat: { element: "members", path: "ws", says: "Two members of your room, each with a connection of its own." },
};

class ExerciseCheck extends HTMLElement {
  /** @type {Checks|undefined} */ #checks;
  /** @type {Steps|undefined} */ #steps;
  /** @type {Panels|undefined} */ #panels;
  /** @type {Bench|undefined} */ #bench;
  /** @type {import("./solution.js").Solution|undefined} */ #solution;
  /** @type {Place} */ #place = "server";
  /** @type {ReturnType<typeof choiceOf>|undefined} */ #choice;
  #url = urlField();
  /** Settled when the workbench is there, or was not to be had. @type {Promise<void>} */ #opening = Promise.resolve();
  #closed = false;
  #ends = new AbortController();
  /** @type {(() => void)|undefined} */ #off;

  get #exercise() { return this.getAttribute("exercise") ?? ""; }
  get #language() { return this.getAttribute("language") === "js" ? /** @type {const} */ ("js") : /** @type {const} */ ("go"); }
  get #trial() { return this.#language === "go" ? TRIALS[this.#exercise] : undefined; }
  /** Whether the server offers a workbench: then its pages hold a token. */
  get #offered() { return document.querySelector("meta[name=duplex-token]") !== null; }

  connectedCallback() {
    if (!this.#steps) this.#draw();
    else if (this.#closed) this.#opening = this.#open();
    nameKey("Ctrl+S,Ctrl+Enter", "In an exercise: save and check");
    this.#ends = new AbortController();
    const { signal } = this.#ends;
    (this.closest("duplex-stage") ?? this).addEventListener("keydown", (e) => this.#key(/** @type {KeyboardEvent} */ (e)), { signal });
    this.#off = progress.on((now) => this.#known(now.exercises?.[this.#exercise]));
  }

  async disconnectedCallback() {
    this.#ends.abort();
    this.#off?.();
    this.#checks?.cancel();
    await null; // moved, it is back at once
    if (!this.isConnected && this.#bench) this.#close();
  }

  /** Lets go of the workbench, and of what that has drawn. */
  #close() {
    this.#closed = true;
    this.#bench?.close();
    this.#bench = undefined;
    for (const name of ["output", "try", "versions"]) this.#panels?.panel(name).replaceChildren();
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
    const checks = (this.#checks = new Checks(this, {
      name: this.#exercise, language: this.#language, steps: this.#steps, panels: this.#panels,
      now: () => ({ place: this.#place, bench: this.#bench, opening: this.#opening }), url: () => this.#url.url,
      say: (words) => this.#say(words), problem: (words) => this.#trouble(words), turned: (running) => this.#turned(running),
      reveal: () => this.#reveal(), undone: () => this.#undone(), retold: () => this.#retold(),
    }));
    this.#get(".ex-bar").addEventListener("submit", (e) => {
      e.preventDefault();
      if (checks.running) checks.cancel();
      else checks.start();
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
    const choice = (this.#choice = choiceOf(this.#exercise, places, (place) => this.#go(place)));
    if (places.length > 1) this.#get(".goal").after(choice.root);
    if (!js && !this.#offered) this.#note(...noBench(this.#exercise, this.getAttribute("path") ?? ""));
    choice.choose(rememberedPlace(places, places[0]));
    if (places[0] === "page") this.#opening = this.#open();
  }

  /** @param {Node[]} nodes */
  #note(...nodes) {
    this.#get(".ex-note").replaceChildren(...nodes);
    this.#get(".ex-note").hidden = false;
  }

  /** Fetches the workbench. */
  async #open() {
    const desk = this.#get(".ex-desk");
    this.#closed = false;
    desk.replaceChildren(tag("p", "Fetching your code…", "ex-empty"));
    try {
      /** @type {typeof import("./bench.js")} */
      const { Bench } = await load("elements/exercise-check/bench.js");
      if (!this.isConnected) return void (this.#closed = true);
      this.#bench ??= new Bench(this.#exercise, this.#language, {
        desk, findings: this.#get(".ex-findings"), runState: this.#get(".ex-run-state"),
        panels: /** @type {Panels} */ (this.#panels), trial: this.#trial, say: (words) => this.#say(words), problem: (words) => this.#trouble(words),
        changed: () => this.#go(this.#place), toDesk: () => { if (this.#place === "editor") this.#choice?.choose("page"); }, reveal: () => this.#reveal(),
        filed: () => this.#checks?.filed(), stopped: () => { if (this.#checks) this.#checks.follows = false; },
      });
      await this.#bench.open();
      if (this.#language === "go" && this.#bench.keeper.home?.go.found === false) {
        this.#note(noGo(this.#bench.keeper.home.go));
        this.#choice?.choose("server");
      }
      this.#go(this.#place);
      this.#fill(/** @type {Panels} */ (this.#panels).shown);
    } catch (err) {
      this.#close();
      const words = err instanceof TypeError ? "Your code could not be fetched: the Duplex server does not answer." : /** @type {any} */ (err).words ?? String(err);
      const box = tag("div", "", "ex-empty");
      box.append(tag("p", `✗ ${words}`), button("Try again", () => { this.#opening = this.#open(); }));
      desk.replaceChildren(box);
    }
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
    this.#panels?.offer({ output: here, try: bench && this.#trial !== undefined, versions: bench });
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
    if (name === "solution") return this.#solve();
    const panel = /** @type {Panels} */ (this.#panels).panel(name);
    panel.querySelector(":scope > .ex-none")?.remove();
    if (this.#bench) return this.#bench.show(name);
    if (!panel.firstChild) panel.append(tag("p", "Nothing can be shown here before your code is there. Above the tabs stands what is the matter with it.", "ex-quiet ex-none"));
  }

  /** @returns {Promise<void>} */
  async #solve() {
    const panel = /** @type {Panels} */ (this.#panels).panel("solution");
    /** @type {typeof import("./solution.js")|undefined} */
    const module = await load("elements/exercise-check/solution.js").catch(() => undefined);
    if (!module) return panel.replaceChildren(tag("p", "✗ The solution could not be fetched: the Duplex server does not answer.", "ex-quiet"), button("Try again", () => this.#solve()));
    if (!this.#solution) panel.replaceChildren();
    const own = (/** @type {string} */ file) => (this.#place === "server" ? undefined : this.#bench?.keeper.files.get(file)?.doc);
    this.#solution ??= new module.Solution(panel, { exercise: this.#exercise, own });
    await this.#solution.refresh();
  }

  /** What the server remembers, from any door. @param {{steps?: Record<string, string>, verdict?: string}|undefined} known */
  #known(known) {
    if (this.#steps?.remembered(known?.steps ?? {})) this.#retold();
  }

  /** Verdicts have come from another door, or are forgotten. */
  #retold() {
    const { all = [], words = "" } = this.#steps ?? {};
    this.#tally();
    if (all.some((li) => li.dataset.verdict !== "pass")) this.#undone();
    this.#say(all.every((li) => li.dataset.verdict === "not run") ? "Not checked yet. Ctrl+Enter checks." : `${words} passed when last checked.`);
  }

  /** It is not said any more that all steps pass. */
  #undone() {
    keepFocus(this, () => this.querySelector(".ex-done")?.remove(), () => this.#panels?.panel("steps"));
  }

  /** How many steps pass, on their tab. */
  #tally() { this.#panels?.mark("steps", `${this.#steps?.passed}/${this.#steps?.all.length}`); }

  /** @param {KeyboardEvent} e */
  #key(e) {
    if (!(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey || (e.key !== "Enter" && e.key.toLowerCase() !== "s")) return;
    e.preventDefault(); // else Ctrl+S would save the page, and Enter submit it twice
    if (this.#checks?.running) this.#checks.renew();
    else this.#checks?.start();
  }

  /** Where all of it scrolls as one, brings what is said into view; not while one types. */
  #reveal() {
    const bar = this.#get(".ex-bar");
    if (this.#get(".ex-desk").contains(document.activeElement)) return;
    if (this.#get(".ex-lower").getBoundingClientRect().top + bar.offsetHeight > this.getBoundingClientRect().bottom) this.scrollTop += bar.getBoundingClientRect().top - this.getBoundingClientRect().top;
  }

  /** @param {string} words what is wrong, or "" */
  #trouble(words) { this.#get(".ex-problem").textContent = words && `✗ ${words}`; }

  /** @param {string} words */
  #say(words) { this.#get(".ex-state").textContent = words; }

  /** A check runs, or none any more. @param {boolean} running */
  #turned(running) {
    const check = this.#get(".ex-bar [aria-keyshortcuts]");
    check.textContent = running ? "Cancel" : "Check";
    check.classList.toggle("go", !running);
    if (!running) this.#tally();
  }
}

customElements.define("exercise-check", ExerciseCheck);
