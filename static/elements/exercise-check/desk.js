// The learner's files in the page: an editor for each, and the compiler's words. What is
// kept and saved is keeper.js's business, what is asked about them asking.js's.

import { mountEditor } from "../../lib/editor.js";
import { keepFocus } from "../../lib/focus.js";
import { Asking, whose } from "./asking.js";
import { button, tag, uncover } from "./parts.js";
import { dirty } from "./file.js";
import { keptWords } from "./kept.js";
import { listOf } from "./problems.js";

/** @typedef {import("../../lib/editor.js").Editor} Editor */
/** @typedef {{host: HTMLElement, tab: HTMLButtonElement, editor: Editor|undefined, problem: string|undefined, theirs: string|undefined, removed?: boolean}} Sheet theirs as the dispute began */

const LANGUAGES = { go: "Go", js: "JavaScript" };

const markup = `
  <div class="wb-head"><div class="wb-names" tabindex="-1"></div><span class="wb-kept"></span><span class="wb-hint">Ctrl+S saves and checks. Escape, then Tab, leaves the editor.</span>
    <button type="button" class="wb-tool" data-do="large" aria-pressed="false">Larger</button><button type="button" class="wb-tool" data-do="undo" hidden></button><button type="button" class="wb-tool" data-do="reset">Reset…</button></div>
  <div class="wb-ask" role="group" hidden></div><p class="quiet wb-heard" role="status"></p>
  <div class="wb-sheets"><p class="wb-wait">Fetching the editor…</p><div class="ex-empty wb-none" tabindex="-1" hidden></div></div>`;

export class Desk {
  /** @type {Map<string, Sheet>} */ #sheets = new Map();
  #shown = "";
  #opened = false;
  /** @type {import("./work.js").Finding[]} */ #findings = [];

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("./keeper.js").Keeper} options.keeper
   * @param {"go"|"js"} options.language
   * @param {HTMLElement} options.findings where the compiler's words go
   * @param {(words: string) => void} options.say
   * @param {(dir: string) => Promise<unknown>} options.make makes the folder, and says so
   * @param {() => unknown} options.turned called when another file is shown
   */
  constructor(root, { keeper, language, findings, say, make, turned }) {
    this.root = root;
    this.findings = findings;
    this.keeper = keeper;
    this.language = language;
    this.turned = turned;
    root.innerHTML = markup;
    this.asking = new Asking(root, { keeper, desk: this, say, make });
    this.#get("[data-do=large]").addEventListener("click", (e) => {
      const large = root.classList.toggle("large");
      /** @type {HTMLElement} */ (e.currentTarget).ariaPressed = String(large);
    });
    keeper.addEventListener("file", (e) => this.#draw(/** @type {CustomEvent<string>} */ (e).detail));
    keeper.addEventListener("home", () => {
      this.asking.housed();
      this.#kept();
    });
  }

  /** @param {string} selector @returns {HTMLElement} */
  #get(selector) { return /** @type {HTMLElement} */ (this.root.querySelector(selector)); }

  /** The text of a file as it stands in the page. @param {string} [name] */
  doc(name = this.#shown) { return this.keeper.files.get(name)?.doc ?? ""; }
  get shown() { return this.#shown; }

  /** Makes an editor for each file. */
  async open() {
    this.#opened = true;
    await Promise.all([...this.keeper.files.keys(), ...this.keeper.problems.keys()].map((name) => this.#add(name)));
    this.#get(".wb-wait").remove();
    this.#blank();
  }

  /** @param {string} name */
  async #add(name) {
    const problem = this.keeper.problems.get(name);
    const host = tag("div", "", "wb-editor");
    const tab = button(name, () => this.show(name), "");
    /** @type {Sheet} */
    const sheet = { host, tab, problem, editor: undefined, theirs: undefined };
    this.#sheets.set(name, sheet);
    this.#get(".wb-sheets").append(host);
    this.#names();
    this.show(this.#shown || name);
    if (problem !== undefined) return void host.append(tag("p", `✗ ${problem}`, "wb-wait wrong"));
    const editor = await mountEditor(host, {
      doc: this.doc(name), language: this.language === "go" ? "go" : "javascript",
      label: `${name}, ${LANGUAGES[this.language]}`,
      onChange: (doc) => this.#typed(name, doc),
    });
    if (this.#sheets.get(name) !== sheet) return editor.destroy();
    sheet.editor = editor;
    this.#draw(name);
  }

  /** The names of the files: tabs, where there are several. */
  #names() {
    const names = this.#get(".wb-names");
    const all = [...this.#sheets];
    const held = document.activeElement;
    names.classList.toggle("tabs", all.length > 1);
    names.replaceChildren(...(all.length > 1 ? all.map(([, s]) => s.tab) : all.map(([name]) => tag("code", name))));
    if (held instanceof HTMLElement && names.contains(held)) held.focus({ preventScroll: true }); // it was taken out and put back
    this.#blank();
  }

  /** Takes away the sheet of a file. Who types in it types in no other one. @param {string} name @param {Sheet} sheet */
  #take(name, { host, editor }) {
    keepFocus(this.root, () => {
      editor?.destroy();
      host.remove();
      this.#sheets.delete(name);
      if (this.#shown === name) this.show([...this.#sheets.keys()][0] ?? "");
      this.#names();
    }, () => this.#rest());
    this.asking.quiet(name);
  }

  /** What has the focus where no editor has it: the name of the file that is shown, or why there is none. */
  #rest() {
    const [none, names] = [this.#get(".wb-none"), this.#get(".wb-names")];
    const tab = this.#sheets.get(this.#shown)?.tab;
    if (!none.hidden) return none;
    return tab?.isConnected ? tab : names;
  }

  /** Where there is no file, says so, and how there is one again. */
  #blank() {
    const box = this.#get(".wb-none");
    keepFocus(box, () => this.#fill(box), () => this.#rest());
  }

  /** @param {HTMLElement} box */
  #fill(box) {
    box.hidden = this.#sheets.size > 0 || this.root.querySelector(".wb-wait:not(.wrong)") !== null;
    if (box.hidden) return;
    box.replaceChildren(tag("p", `There is no file of this exercise in ${this.keeper.loaded?.folder ?? "its folder"}: it was moved or removed. Put the starter there, or bring back what you wrote: it is under Versions.`),
      button("Put the starter here", () => this.asking.reset()));
  }

  /** @param {string} name */
  show(name) {
    const before = this.#shown;
    this.#shown = name;
    for (const [other, { host, tab }] of this.#sheets) {
      host.hidden = other !== name;
      tab.ariaPressed = String(other === name);
    }
    this.#kept();
    uncover(this.#get(".wb-names"), this.#sheets.get(name)?.tab);
    if (name !== before) this.turned();
    this.asking.turned(name);
  }

  focus() { (this.#sheets.get(this.#shown)?.editor ?? this.#rest()).focus(); }

  /** @param {string} name @param {string} doc */
  #typed(name, doc) {
    const model = this.keeper.files.get(name);
    if (!model || model.doc === doc) return;
    this.keeper.edit(name, doc);
    this.asking.typed();
  }

  /** A file's model has changed. @param {string} name */
  #draw(name) {
    const sheet = this.#sheets.get(name);
    const model = this.keeper.files.get(name);
    const problem = this.keeper.problems.get(name);
    if (!this.#opened) return;
    if (sheet && (sheet.problem !== problem || (!model && problem === undefined))) this.#take(name, sheet);
    if (!this.#sheets.has(name) && (model || problem !== undefined)) this.#add(name); // one that was added in an editor, or is another one now
    if (!sheet?.editor || !model || this.#sheets.get(name) !== sheet) return;
    if (sheet.editor.doc !== model.doc) sheet.editor.replace(model.doc);
    if (sheet.theirs !== model.theirs?.content) {
      sheet.theirs = model.theirs?.content;
      sheet.editor.compare(sheet.theirs, { mine: "Keep mine", theirs: `Take ${whose(model)}` });
      if (sheet.theirs !== undefined) this.asking.dispute(name);
    } else if (model.theirs) this.asking.edited(name, model);
    if (model.removed && !sheet.removed) this.asking.removed(name);
    sheet.removed = model.removed;
    if (!model.theirs && !model.removed) this.asking.quiet(name);
    sheet.tab.classList.toggle("dirty", dirty(model));
    sheet.tab.classList.toggle("asks", Boolean(model.theirs || model.removed));
    this.#kept();
  }

  /** Says beside the file's name whether it is safe, and where. */
  #kept() {
    const kept = this.#get(".wb-kept");
    kept.textContent = kept.title = keptWords(this.keeper, this.#shown);
    kept.classList.toggle("dirty", kept.textContent.startsWith("●"));
  }

  /** Whether one of the editors has the focus. */
  get typing() { return [...this.#sheets.values()].some(({ host }) => host === document.activeElement); }

  /** What the compiler and vet say. @param {import("./work.js").Build} build */
  problems(build) {
    if (build.state === "building") return;
    this.#findings = build.problems;
    for (const [name, { editor }] of this.#sheets) editor?.problems(this.#findings.filter((f) => f.file === name));
    const box = this.findings;
    box.hidden = build.state !== "failed" && !this.#findings.length;
    box.replaceChildren(...(box.hidden ? [] : listOf(build, (f) => this.#sheets.has(f.file) && !this.root.hidden && (() => this.#goTo(f)))));
  }

  /** @param {import("./work.js").Finding} f */
  #goTo({ file, line, column }) {
    this.show(file);
    this.#sheets.get(file)?.editor?.goTo(line, column);
  }
}
