// <exercise-check exercise="echo" lesson="echo" path="lessons/echo/exercise/main.go">
//   <p class="goal">…</p>
//   <ol class="steps"><li data-step="text">A text message comes back…</li>…</ol>
// </exercise-check>
//
// Checks the learner's own server, wherever it runs on this machine: POST
// /check/{exercise} runs the exercise's script against its URL and streams each
// step's result as it is decided. What passed on the wire goes to the stage's
// Wire tab. Verdicts of `duplex check` and `go test` appear here as well.
//
// Keys, anywhere in the stage: Ctrl+Enter and Ctrl+S check.

import { count } from "../../lib/bytes.js";
import { progress } from "../../lib/progress.js";
import { recall, remember } from "../../lib/store.js";

/** @typedef {import("./result.js").Result} Result */
/** @typedef {{verdict: string, passed: number, total: number, took: number}} Total */

const DEFAULT_URL = "http://localhost:3000";

/** A verdict is a sign and a word; its colour only repeats them. @type {Record<string, string>} */
const SIGNS = { "not run": "○", checking: "◌", pass: "✓", fail: "✗", "not started": "–", inconclusive: "?", error: "!" };

class ExerciseCheck extends HTMLElement {
  /** The check that runs. @type {AbortController|undefined} */ #run;
  /** Verdicts before the check that runs, to go back to. @type {Map<string, string>} */ #before = new Map();
  /** Verdicts as the server remembers them. @type {Record<string, string>} */ #remembered = {};
  #ends = new AbortController();
  /** @type {(() => void)|undefined} */ #off;

  get #exercise() { return this.getAttribute("exercise") ?? ""; }

  connectedCallback() {
    if (!this.querySelector(".ex-bar")) this.#build();
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

  #build() {
    const path = this.getAttribute("path") ?? "";
    const bar = document.createElement("div");
    bar.className = "ex-bar";
    bar.innerHTML = `
      <form class="demo-row">
        <label>My server, at <input class="field" name="url" inputmode="url" spellcheck="false" autocomplete="off"></label>
        <button class="btn go" aria-keyshortcuts="Control+Enter Control+S">Check</button>
      </form>
      <p class="ex-state" role="status">Not checked yet. Ctrl+Enter checks.</p>
      <div class="ex-problem" role="alert"></div>`;
    this.querySelector(".steps")?.before(bar);
    const own = document.createElement("details");
    own.className = "ex-own";
    const summary = Object.assign(document.createElement("summary"), { textContent: "In my own editor: " });
    summary.append(Object.assign(document.createElement("code"), { textContent: path }));
    own.append(summary, ...ways(this.#exercise, path));
    bar.before(own);
    this.#url.value = recall("check:url", DEFAULT_URL);
    for (const li of this.#steps) this.#buildStep(li);
    bar.addEventListener("submit", (e) => {
      e.preventDefault();
      if (this.#run) this.#run.abort("cancelled");
      else this.check();
    });
    this.#offerSolution(false);
  }

  /** Before a step's words stand its sign and its verdict. @param {HTMLElement} li */
  #buildStep(li) {
    const head = document.createElement("div");
    head.className = "ex-step";
    const says = document.createElement("span");
    says.className = "says";
    says.append(...li.childNodes);
    head.append(piece("sign"), piece("name", li.dataset.step ?? ""), says, piece("word"));
    li.append(head);
    this.#mark(li, "not run");
  }

  /** @returns {HTMLElement[]} */
  get #steps() { return [...this.querySelectorAll(":scope > .steps > li")].map((li) => /** @type {HTMLElement} */ (li)); }
  get #url() { return /** @type {HTMLInputElement} */ (this.querySelector("[name=url]")); }

  /** @param {string} name */
  #step(name) { return this.#steps.find((li) => li.dataset.step === name); }

  /** @param {HTMLElement} li @param {string} verdict @param {string} [word] */
  #mark(li, verdict, word = verdict) {
    li.dataset.verdict = verdict;
    /** @type {HTMLElement} */ (li.querySelector(".sign")).textContent = SIGNS[verdict] ?? "?";
    /** @type {HTMLElement} */ (li.querySelector(".word")).textContent = word;
  }

  /** What the server remembers, from any door. @param {{steps?: Record<string, string>, verdict?: string}|undefined} known */
  #known(known) {
    if (!known?.steps) return;
    const before = this.#remembered;
    this.#remembered = known.steps;
    if (this.#run) return;
    for (const li of this.#steps) {
      const name = li.dataset.step ?? "";
      const verdict = known.steps[name];
      // What did not change there says nothing new: an inconclusive check is not remembered, but it is what one looks at.
      if (!verdict || verdict === li.dataset.verdict || verdict === before[name]) continue;
      li.querySelector(".fail")?.remove(); // the evidence was of another verdict
      this.#mark(li, verdict);
    }
    this.#offerSolution(true);
    const passed = this.#steps.filter((li) => li.dataset.verdict === "pass").length;
    if (!this.querySelector(".ex-state.told")) this.#say(`${passed} of ${count(this.#steps.length, "step")} passed when last checked.`);
  }

  /** @param {KeyboardEvent} e */
  #key(e) {
    if (!(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey || (e.key !== "Enter" && e.key.toLowerCase() !== "s")) return;
    e.preventDefault(); // else Ctrl+S would save the page, and Enter submit it twice
    if (!this.#run) this.check();
  }

  /** Checks all steps, or one. @param {string} [only] the step's name */
  async check(only = "") {
    const url = this.#url.value.trim() || DEFAULT_URL;
    remember("check:url", url);
    this.#run = new AbortController();
    this.#begin(only);
    try {
      await this.#stream(url, only, this.#run.signal);
    } catch (err) {
      this.#broke(err);
    }
    this.#run = undefined;
    this.#button("Check");
    for (const li of this.#steps) if (li.dataset.verdict === "checking") this.#back(li);
  }

  /** A step that was not decided is as it was, unless what was said of it is gone. @param {HTMLElement} li */
  #back(li) {
    const before = this.#before.get(li.dataset.step ?? "") ?? "";
    this.#mark(li, before === "pass" || before === "fail" ? before : "not run");
  }

  /** Says at once that something happens, and clears what was said before. @param {string} only */
  #begin(only) {
    this.#problem();
    this.querySelector(".ex-done")?.remove();
    this.#say("Checking…");
    this.#button("Cancel");
    for (const li of this.#steps) {
      if (only && li.dataset.step !== only) continue;
      this.#before.set(li.dataset.step ?? "", li.dataset.verdict ?? "not run");
      li.querySelector(".fail")?.remove();
      this.#mark(li, "checking");
    }
    this.dispatchEvent(new CustomEvent("duplex:wire-clear", { bubbles: true }));
    this.#announce("connecting", "Checking…");
  }

  /** @param {string} url @param {string} step @param {AbortSignal} signal */
  async #stream(url, step, signal) {
    const [{ resultOf, linesOf, eventsOf }, answer] = await Promise.all([
      import("./result.js"),
      fetch(`/check/${this.#exercise}`, {
        method: "POST", signal, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ url, step }),
      }),
    ]);
    if (!answer.ok || !answer.body) return this.#refused(answer);
    let ended = false;
    for await (const line of linesOf(answer.body)) {
      const said = JSON.parse(line);
      if (said.type === "step") this.#decided(said.result, resultOf, eventsOf);
      if (said.type === "end") {
        this.#ended(said.report, step);
        ended = true;
      }
    }
    if (!ended) this.#broke(new Error("the answer broke off"));
  }

  /** @param {Result} result @param {typeof import("./result.js").resultOf} resultOf @param {typeof import("./result.js").eventsOf} eventsOf */
  #decided(result, resultOf, eventsOf) {
    const li = this.#step(result.step);
    const events = eventsOf(result);
    this.dispatchEvent(new CustomEvent("duplex:wire", { bubbles: true, detail: { events } }));
    if (!li) return;
    this.#mark(li, result.verdict, result.skipped ? "not tried" : result.verdict);
    if (result.verdict === "pass") return;
    // One cause first: what follows from it is not told again, other causes open on demand.
    const shown = /** @type {HTMLElement[]} */ ([...this.querySelectorAll(".fail")]);
    if (result.skipped || (result.verdict !== "fail" && shown.some((box) => box.dataset.why === result.why))) return;
    li.append(resultOf(result, { open: !shown.length, rerun: () => { if (!this.#run) this.check(result.step); } }));
  }

  /** @param {Total} total @param {string} only */
  #ended({ verdict, passed, total, took }, only) {
    const words = only ? `Step ${only}: ${verdict}` : `${passed} of ${count(total, "step")} passed`;
    const none = !passed && (verdict === "inconclusive" || verdict === "not started");
    this.#say(`${none ? `${verdict[0].toUpperCase()}${verdict.slice(1)}: ` : ""}${words}, in ${took < 1000 ? `${Math.round(took)} ms` : `${(took / 1000).toFixed(1)} s`}.`);
    this.#announce("idle", only ? words : `${passed} of ${total} passed`);
    this.#offerSolution(true);
    if (this.#steps.every((li) => li.dataset.verdict === "pass")) this.#done();
  }

  /** One quiet mark of joy, and the way on. */
  #done() {
    const done = document.createElement("div");
    done.className = "ex-done";
    done.innerHTML = `<svg viewBox="0 0 40 20" aria-hidden="true"><circle cx="8" cy="10" r="5"/><rect x="27" y="5.5" width="9" height="9" rx="1.5"/></svg><p>All steps pass.</p>`;
    const next = document.querySelector("a[rel=next]");
    if (next instanceof HTMLAnchorElement) {
      const link = document.createElement("a");
      link.className = "btn go";
      link.href = next.href;
      link.textContent = `Next: ${next.querySelector(".to")?.textContent ?? "the next lesson"}`;
      done.append(link);
    }
    this.querySelector(".steps")?.before(done);
  }

  /** @param {Response} answer */
  async #refused(answer) {
    const { error } = await answer.json().catch(() => ({}));
    this.#problem(error?.what ?? "The check did not start", error?.why ?? `the server answered ${answer.status}`, error?.next ?? "Press Check again");
    this.#say("Not checked.");
    this.#announce("idle", "Not checked");
  }

  /** The stream ended before its end. What has come is kept. @param {unknown} err */
  #broke(err) {
    this.#announce("idle", "Not checked");
    if (this.#run?.signal.aborted) return this.#say("Cancelled. The steps that were decided are kept.");
    this.#say("The check broke off.");
    const why = err instanceof TypeError ? "the Duplex server does not answer" : /** @type {Error} */ (err).message;
    this.#problem("The check broke off", why, "See whether Duplex still runs in its terminal; start it again if not. The steps that were decided are kept. Then press Check");
  }

  /** @param {string} [what] @param {string} [why] @param {string} [next] */
  #problem(what, why, next) {
    const box = /** @type {HTMLElement} */ (this.querySelector(".ex-problem"));
    box.textContent = what ? `✗ ${what}: ${why}. ${next}.` : "";
  }

  /** @param {string} words */
  #say(words) {
    const state = /** @type {HTMLElement} */ (this.querySelector(".ex-state"));
    state.textContent = words;
    state.classList.toggle("told", words !== "");
  }

  /** @param {string} label */
  #button(label) {
    const button = /** @type {HTMLElement} */ (this.querySelector(".ex-bar .btn"));
    button.textContent = label;
    button.classList.toggle("go", label === "Check");
  }

  /** Tells the stage. @param {string} state @param {string} word */
  #announce(state, word) {
    this.dispatchEvent(new CustomEvent("duplex:state", { bubbles: true, detail: { state, word } }));
  }

  /** The solution can be looked at once there was a try. @param {boolean} tried */
  #offerSolution(tried) {
    for (const details of this.closest("duplex-stage")?.querySelectorAll("details.solution") ?? []) {
      /** @type {HTMLElement} */ (details).hidden = !tried;
      const note = details.previousElementSibling;
      if (note?.classList.contains("ex-later")) /** @type {HTMLElement} */ (note).hidden = tried;
      else if (!tried) details.before(Object.assign(document.createElement("p"), { className: "ex-later", textContent: "The solution appears here once you have pressed Check." }));
    }
  }
}

/**
 * The ways to work on it outside of the page.
 * @param {string} exercise @param {string} path of its main.go in the repository
 */
function ways(exercise, path) {
  const folder = path.replace(/\/[^/]*$/, "").replace(/^(?!\/|[A-Z]:)/, "./"); // a course elsewhere has an absolute path
  /** @type {[string, string[]][]} */
  const list = [
    [`In a clone of the course: edit ${path}, then run it, check it, test it.`, [`go run ${folder}`, `go run ./cmd/duplex check ${exercise} ${DEFAULT_URL}`, `go test ${folder}`]],
    ["In a folder of your own, which needs no network:", ["duplex init my-course", "cd my-course && go test ./..."]],
    ["In any other language: let your server listen on port 3000, or write its URL below.", []],
  ];
  return list.flatMap(([words, commands]) => {
    const p = Object.assign(document.createElement("p"), { textContent: words });
    const pre = Object.assign(document.createElement("pre"), { textContent: commands.join("\n"), tabIndex: 0 });
    return commands.length ? [p, pre] : [p];
  });
}

/** @param {string} className @param {string} [text] */
function piece(className, text = "") {
  const el = document.createElement("span");
  el.className = className;
  el.textContent = text;
  if (className === "sign") el.ariaHidden = "true";
  return el;
}

customElements.define("exercise-check", ExerciseCheck);
