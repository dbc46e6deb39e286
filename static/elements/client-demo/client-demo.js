// <client-demo>: a client's code in an editor, run against the live demos. Its
// console is below it, its frames are in the Wire tab.
//
// The code runs in the sandbox frame (lib/sandbox.js), which can reach nothing
// but the demo endpoints. What the reader writes is kept by sample in
// localStorage; Reset puts the sample back, and can be undone.
//
// Keys, anywhere in the stage: Ctrl+Enter and Ctrl+S run.

import { count } from "../../lib/bytes.js";
import { mountEditor } from "../../lib/editor.js";
import { Sandbox } from "../../lib/sandbox.js";
import { forget, recall, remember } from "../../lib/store.js";
import { Tap, announce, passOn, stageOf } from "../../lib/tap.js";

/** @typedef {import("../../lib/wire.js").WireEvent} WireEvent */

/** Lines of the console kept. */
const LINES = 1_000;
const KEY = "client:";
/** A level has a sign as well as a colour. @type {Record<string, string>} */
const MARKS = { warn: "! ", error: "✗ " };
/** Samples by the name of their file. @type {Record<string, string>} */
const SAMPLES = { life: "One connection", reconnect: "Coming back", stream: "Server-sent events" };

const markup = `
  <div class="demo-row cl-tools">
    <label class="quiet" for="cl-sample">Program</label>
    <select class="field" id="cl-sample">${Object.entries(SAMPLES).map(([k, v]) => `<option value="${k}">${v}</option>`).join("")}</select>
    <button class="btn go" type="button" data-do="run" aria-keyshortcuts="Control+Enter">Run</button>
    <button class="btn" type="button" data-do="stop" aria-disabled="true">Stop</button>
    <button class="btn" type="button" data-do="reset">Reset</button>
  </div>
  <div class="cl-editor"></div>
  <p class="cl-hint">Ctrl+Enter runs. Escape, then Tab, leaves the editor.</p>
  <div class="cl-console">
    <div class="cl-head"><h3 id="cl-console">Console</h3><p class="demo-state" role="status">Not run yet</p><button class="cl-clear" type="button" data-do="clear">Clear</button></div>
    <div class="cl-view at-end" tabindex="0" role="group" aria-labelledby="cl-console"><ol class="cl-lines"></ol></div>
  </div>`;

class ClientDemo extends HTMLElement {
  /** @type {import("../../lib/editor.js").Editor|undefined} */ #editor;
  #box = new Sandbox(this, (said) => this.#heard(said));
  /** @type {Tap|undefined} */ #tap;
  /** Connections of the program that are open. */ #open = 0;
  #running = false;
  /** Lines not drawn yet. @type {HTMLElement[]} */ #lines = [];
  #drawing = 0;
  #sample = "life";
  /** What Reset took away. @type {string|undefined} */ #undo;
  /** Samples as they came. @type {Map<string, string>} */ #texts = new Map();
  #ends = new AbortController();

  async connectedCallback() {
    this.#ends = new AbortController();
    const { signal } = this.#ends;
    (this.closest("duplex-stage") ?? this).addEventListener("keydown", (e) => this.#key(/** @type {KeyboardEvent} */ (e)), { signal });
    if (this.querySelector(".cl-editor")) return;
    this.#build();
    announce(this, { state: "idle", url: "", attempt: 0 });
    await this.#choose(recall(`${KEY}sample`, "life"));
    await stageOf(this);
  }

  async disconnectedCallback() {
    this.#ends.abort();
    await null; // moved, it is back at once; a moved frame starts anew
    this.#stop();
    this.#box.remove();
  }

  #build() {
    this.innerHTML = markup;
    this.addEventListener("click", (e) => {
      const what = /** @type {HTMLElement} */ (e.target).closest("button")?.dataset.do;
      if (what === "run") this.#run();
      if (what === "stop") this.#stop();
      if (what === "reset") this.#reset();
      if (what === "clear") this.#get(".cl-lines").replaceChildren();
    });
    this.#get("#cl-sample").addEventListener("change", (e) => this.#choose(/** @type {HTMLSelectElement} */ (e.target).value));
  }

  /** @param {string} selector @returns {HTMLElement} */
  #get(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }

  /** Shows a sample, or what the reader made of it. @param {string} name */
  async #choose(name) {
    this.#sample = name in SAMPLES ? name : "life";
    remember(`${KEY}sample`, this.#sample);
    /** @type {HTMLSelectElement} */ (this.#get("#cl-sample")).value = this.#sample;
    const doc = recall(KEY + this.#sample, /** @type {string|undefined} */ (undefined)) ?? await this.#text(this.#sample);
    this.#offerUndo(undefined);
    this.#editor?.destroy();
    this.#editor = await mountEditor(this.#get(".cl-editor"), {
      doc, language: "javascript", label: "Your client, JavaScript", onChange: (text) => this.#changed(text),
    });
  }

  /** @param {string} name */
  async #text(name) {
    const known = this.#texts.get(name);
    if (known !== undefined) return known;
    const answer = await fetch(new URL(`samples/${name}.txt`, import.meta.url)).catch(() => undefined);
    if (!answer?.ok) return "// This sample could not be fetched: is the server still running? Reload the page.\n";
    const text = await answer.text();
    this.#texts.set(name, text);
    return text;
  }

  /** @param {string} text */
  #changed(text) {
    remember(KEY + this.#sample, text);
    if (text !== this.#texts.get(this.#sample)) this.#offerUndo(undefined);
  }

  async #reset() {
    const button = this.#get("[data-do=reset]");
    if (button.dataset.undo && this.#undo !== undefined) {
      const back = this.#undo;
      this.#editor?.replace(back);
      return this.#offerUndo(undefined);
    }
    const before = this.#editor?.doc;
    const sample = await this.#text(this.#sample);
    if (before === sample) return this.#say("note", "This is the program as it came: there is nothing to reset.");
    this.#editor?.replace(sample);
    forget(KEY + this.#sample);
    this.#offerUndo(before);
  }

  /** @param {string|undefined} text what Undo would bring back */
  #offerUndo(text) {
    this.#undo = text;
    const button = this.#get("[data-do=reset]");
    button.textContent = text === undefined ? "Reset" : "Undo reset";
    button.dataset.undo = text === undefined ? "" : "yes";
  }

  /** @param {KeyboardEvent} e */
  #key(e) {
    if (!(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey || (e.key !== "Enter" && e.key !== "s")) return;
    e.preventDefault();
    this.#run();
  }

  async #run() {
    if (!this.#editor) return;
    this.#stop();
    const code = this.#editor.doc;
    this.#tap = new Tap((events) => this.#passed(events));
    this.#state(true, "Running");
    this.#say("note", `Run at ${new Date().toLocaleTimeString()}`);
    await this.#box.run({ code, wire: this.#tap.id });
  }

  #stop() {
    if (!this.#running) return;
    this.#box.stop();
    this.#tap?.finish();
    this.#tap = undefined;
    this.#open = 0;
    this.#state(false, "Stopped");
    announce(this, { state: "idle", url: "", attempt: 0 });
  }

  /** @param {boolean} running @param {string} words */
  #state(running, words) {
    this.#running = running;
    this.#get("[data-do=stop]").ariaDisabled = String(!running);
    this.#get(".cl-console .demo-state").textContent = words;
  }

  /** @param {import("../../lib/sandbox.js").Said} said */
  #heard(said) {
    if (said.type === "log") this.#say(said.level, said.text);
    if (said.type === "error") this.#failed(said);
    if (said.type === "left") this.#say("note", `${count(said.lines, "line")} left out: they came too fast.`);
  }

  /** @param {{text: string, line?: number}} error */
  #failed({ text, line }) {
    this.#say("error", line ? `Line ${line}: ${text}` : text);
    if (!text.startsWith("Uncaught SyntaxError")) return; // what is thrown later stops nothing else
    this.#stop();
    this.#state(false, "Not run: the program cannot be read");
  }

  /** @param {WireEvent[]} events of all connections of the program */
  #passed(events) {
    passOn(this, events);
    for (const e of events) {
      if (e.kind === "open") this.#open++;
      if (e.kind === "closed") this.#open = Math.max(0, this.#open - 1);
      if (e.kind !== "open" && e.kind !== "closed") continue;
      const by = e.close?.by === "client" ? "page" : e.close?.by === "server" ? "server" : "network";
      const { code, reason } = e.close ?? {};
      announce(this, { url: "", attempt: 0, ...(this.#open ? { state: "open" } : { state: "closed", code: code || undefined, reason, by }) });
    }
  }

  /** Adds a line to the console, with the next frame. @param {string} level @param {string} text */
  #say(level, text) {
    const li = document.createElement("li");
    li.className = level;
    li.textContent = (MARKS[level] ?? "") + text;
    this.#lines.push(li);
    if (this.#lines.length > LINES) this.#lines.shift();
    this.#drawing ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#drawing = 0;
    const list = this.#get(".cl-lines");
    list.append(...this.#lines.splice(0));
    while (list.childElementCount > LINES) list.firstElementChild?.remove();
  }
}

customElements.define("client-demo", ClientDemo);
