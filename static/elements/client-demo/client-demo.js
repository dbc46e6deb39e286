// <client-demo>: a client's code in an editor, run against the live demos. Its
// console is below it, its frames are in the Wire tab.
//
// The code runs in the sandbox frame (lib/sandbox.js), which can reach nothing
// but the demo endpoints. What the reader writes is kept by sample in
// localStorage, and in the page where the browser stores nothing; Reset puts the
// sample back, and can be undone.
//
// Keys, anywhere in the stage: Ctrl+Enter and Ctrl+S run.

import { count } from "../../lib/bytes.js";
import { mountEditor } from "../../lib/editor.js";
import { nameKey } from "../../lib/keys.js";
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

const AWAY = "the Duplex server does not answer. See whether it still runs in its terminal, and try again.";

const markup = `
  <div class="demo-row cl-tools">
    <label class="quiet" for="cl-sample">Program</label>
    <select class="field" id="cl-sample">${Object.entries(SAMPLES).map(([k, v]) => `<option value="${k}">${v}</option>`).join("")}</select>
    <button class="btn go" type="button" data-do="run" aria-keyshortcuts="Control+Enter">Run</button>
    <button class="btn" type="button" data-do="stop" aria-disabled="true">Stop</button>
    <button class="btn" type="button" data-do="reset">Reset</button>
  </div>
  <div class="cl-editor"></div>
  <p class="cl-lost" role="alert" hidden>✗ The program could not be fetched: the Duplex server does not answer. <button class="btn" type="button" data-do="again">Try again</button></p>
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
  /** The sample whose program is shown. */ #sample = "";
  /** The newest choice; those before it are over. */ #turn = 0;
  /** What the reader made of samples in this page. @type {Map<string, string>} */ #mine = new Map();
  /** What Reset took away of samples. @type {Map<string, string>} */ #undos = new Map();
  /** Samples of which only the page has what the reader made. @type {Set<string>} */ #unkept = new Set();
  /** Asks before the page is left. @param {Event} event */ #guard = (event) => event.preventDefault();
  /** Samples as they came. @type {Map<string, string>} */ #texts = new Map();
  #ends = new AbortController();

  async connectedCallback() {
    this.#ends = new AbortController();
    const { signal } = this.#ends;
    (this.closest("duplex-stage") ?? this).addEventListener("keydown", (e) => this.#key(/** @type {KeyboardEvent} */ (e)), { signal });
    nameKey("Ctrl+S,Ctrl+Enter", "In your own client: run it");
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
      if (what === "again") this.#choose(/** @type {HTMLSelectElement} */ (this.#get("#cl-sample")).value);
      if (what === "clear") this.#get(".cl-lines").replaceChildren();
    });
    this.#get("#cl-sample").addEventListener("change", (e) => this.#choose(/** @type {HTMLSelectElement} */ (e.target).value));
  }

  /** @param {string} selector @returns {HTMLElement} */
  #get(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }

  /** Shows a sample, or what the reader made of it. Until that has come, all is as before. @param {string} name */
  async #choose(name) {
    const sample = name in SAMPLES ? name : "life";
    const turn = ++this.#turn;
    /** @type {HTMLSelectElement} */ (this.#get("#cl-sample")).value = sample;
    try {
      const doc = this.#mine.get(sample) ?? recall(KEY + sample, /** @type {string|undefined} */ (undefined)) ?? await this.#text(sample);
      if (turn === this.#turn) await this.#edit(sample, doc, turn);
    } catch {
      if (turn === this.#turn) this.#notChosen(sample);
    }
  }

  /** @param {string} sample @param {string} doc @param {number} turn */
  async #edit(sample, doc, turn) {
    const host = this.#get(".cl-editor");
    const editor = await mountEditor(host, {
      doc, language: "javascript", label: "Your client, JavaScript", onChange: (text) => this.#changed(sample, text),
    });
    if (turn !== this.#turn) return editor.destroy();
    this.#editor?.destroy();
    this.#editor = editor;
    this.#sample = sample;
    remember(`${KEY}sample`, sample);
    this.#get(".cl-lost").hidden = true;
    this.#offerUndo(this.#undos.get(sample));
  }

  /** What was there before stays. @param {string} sample */
  #notChosen(sample) {
    /** @type {HTMLSelectElement} */ (this.#get("#cl-sample")).value = this.#sample || sample;
    if (this.#editor) return this.#say("error", `“${SAMPLES[sample]}” could not be fetched: ${AWAY}`);
    this.#get(".cl-lost").hidden = false;
  }

  /** The text of a sample as it came. It fails where the server does not answer. @param {string} name */
  async #text(name) {
    const known = this.#texts.get(name);
    if (known !== undefined) return known;
    const answer = await fetch(new URL(`samples/${name}.txt`, import.meta.url));
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    const text = await answer.text();
    this.#texts.set(name, text);
    return text;
  }

  /** @param {string} sample @param {string} text */
  #changed(sample, text) {
    this.#mine.set(sample, text);
    this.#kept(sample, remember(KEY + sample, text));
    if (sample === this.#sample && text !== this.#texts.get(sample)) this.#offerUndo(undefined);
  }

  /** Who leaves the page would lose what is not kept. @param {string} sample @param {boolean} kept */
  #kept(sample, kept) {
    if (kept) this.#unkept.delete(sample);
    else this.#unkept.add(sample);
    if (this.#unkept.size) addEventListener("beforeunload", this.#guard);
    else removeEventListener("beforeunload", this.#guard);
  }

  async #reset() {
    const back = this.#undos.get(this.#sample);
    if (back !== undefined) {
      this.#editor?.replace(back);
      return this.#offerUndo(undefined);
    }
    const editor = this.#editor;
    const name = this.#sample;
    const sample = await this.#text(name).catch(() => undefined);
    if (!editor || editor !== this.#editor) return; // another one was chosen meanwhile
    if (sample === undefined) return this.#say("error", `Not reset, your program is as it was: ${AWAY}`);
    const before = editor.doc;
    if (before === sample) return this.#say("note", "This is the program as it came: there is nothing to reset.");
    editor.replace(sample);
    forget(KEY + name);
    this.#mine.delete(name);
    this.#kept(name, true);
    this.#offerUndo(before);
  }

  /** @param {string|undefined} text what Undo would bring back of the sample that is shown */
  #offerUndo(text) {
    if (text === undefined) this.#undos.delete(this.#sample);
    else this.#undos.set(this.#sample, text);
    this.#get("[data-do=reset]").textContent = text === undefined ? "Reset" : "Undo reset";
  }

  /** @param {KeyboardEvent} e */
  #key(e) {
    if (!(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey || (e.key !== "Enter" && e.key.toLowerCase() !== "s")) return;
    e.preventDefault();
    this.#run();
  }

  async #run() {
    if (!this.#editor) return;
    this.#stop();
    this.#box.remove(); // a server that was started anew does not know the ticket of the frame that there is
    const code = this.#editor.doc;
    const tap = (this.#tap = new Tap((events) => this.#passed(events)));
    this.#state(true, "Running");
    this.#say("note", `Run at ${new Date().toLocaleTimeString()}`);
    try {
      await this.#box.run({ code, wire: tap.id });
    } catch {
      if (this.#tap !== tap) return;
      this.#stop();
      this.#state(false, "Not run");
      this.#say("error", `Not run: ${AWAY}`);
    }
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
