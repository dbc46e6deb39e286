// The learner's files in the page: an editor for each, what is asked about them,
// and the compiler's words. What is kept and saved is keeper.js's business.

import { mountEditor } from "../../lib/editor.js";
import { button, question, tag } from "./parts.js";
import { dirty } from "./file.js";
import { listOf } from "./problems.js";

/** @typedef {import("../../lib/editor.js").Editor} Editor */
/** @typedef {{host: HTMLElement, tab: HTMLButtonElement|undefined, editor: Editor|undefined, theirs: string|undefined}} Sheet */

const LANGUAGES = { go: "Go", js: "JavaScript" };

const markup = `
  <div class="wb-head"><div class="wb-names"></div><span class="wb-kept"></span><span class="wb-hint">Ctrl+S saves and checks. Escape, then Tab, leaves the editor.</span>
    <button type="button" class="wb-tool" data-do="large" aria-pressed="false">Larger</button><button type="button" class="wb-tool" data-do="reset">Reset…</button></div>
  <div class="wb-ask" role="group" aria-label="A question about your work" hidden></div>
  <div class="wb-sheets"><p class="wb-wait">Fetching the editor…</p></div>`;

export class Desk {
  /** @type {Map<string, Sheet>} */ #sheets = new Map();
  #shown = "";
  /** What is asked now: "", "offer", "reset", "undo", "dispute". */ #asked = "";
  /** @type {import("./work.js").Finding[]} */ #findings = [];

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("./keeper.js").Keeper} options.keeper
   * @param {"go"|"js"} options.language
   * @param {HTMLElement} options.findings where the compiler's words go
   * @param {(words: string) => void} options.say
   * @param {() => unknown} options.made called when the folder was made
   */
  constructor(root, { keeper, language, findings, say, made }) {
    this.root = root;
    this.findings = findings;
    this.keeper = keeper;
    this.language = language;
    this.say = say;
    this.made = made;
    root.innerHTML = markup;
    this.#get("[data-do=reset]").addEventListener("click", () => this.#askReset());
    this.#get("[data-do=large]").addEventListener("click", (e) => {
      const large = root.classList.toggle("large");
      /** @type {HTMLElement} */ (e.currentTarget).ariaPressed = String(large);
    });
    keeper.addEventListener("file", (e) => this.#draw(/** @type {CustomEvent<string>} */ (e).detail));
  }

  /** @param {string} selector @returns {HTMLElement} */
  #get(selector) { return /** @type {HTMLElement} */ (this.root.querySelector(selector)); }

  /** The text of a file as it stands in the page. @param {string} [name] */
  doc(name = this.#shown) { return this.keeper.files.get(name)?.doc ?? ""; }
  get shown() { return this.#shown; }

  /** Makes an editor for each file that can be edited. */
  async open() {
    const names = [...this.keeper.files.keys()].filter((name) => !this.keeper.loaded?.files.find((f) => f.name === name)?.readonly && !name.endsWith("_test.go"));
    const tabbed = names.length > 1;
    for (const name of names) {
      const host = tag("div", "", "wb-editor");
      host.id = `${this.keeper.exercise}-file-${names.indexOf(name)}`;
      host.hidden = true;
      const tab = tabbed ? button(name, () => this.show(name), "") : undefined;
      if (tab) tab.ariaPressed = "false";
      this.#sheets.set(name, { host, tab, editor: undefined, theirs: undefined });
      this.#get(".wb-sheets").append(host);
    }
    const holder = this.#get(".wb-names");
    holder.classList.toggle("tabs", tabbed);
    holder.append(...(tabbed ? [...this.#sheets.values()].map((s) => /** @type {HTMLElement} */ (s.tab)) : [tag("code", names[0])]));
    await Promise.all(names.map((name) => this.#mount(name)));
    this.#get(".wb-wait").remove();
    this.show(names[0]);
    for (const name of names) this.#draw(name);
  }

  /** @param {string} name */
  async #mount(name) {
    const sheet = /** @type {Sheet} */ (this.#sheets.get(name));
    sheet.editor = await mountEditor(sheet.host, {
      doc: this.doc(name), language: this.language === "go" ? "go" : "javascript",
      label: `${name}, ${LANGUAGES[this.language]}`,
      onChange: (doc) => this.#typed(name, doc),
    });
  }

  /** @param {string} name */
  show(name) {
    this.#shown = name;
    for (const [other, { host, tab }] of this.#sheets) {
      host.hidden = other !== name;
      if (tab) tab.ariaPressed = String(other === name);
    }
    this.#kept();
  }

  focus() { this.#sheets.get(this.#shown)?.editor?.focus(); }

  /** @param {string} name @param {string} doc */
  #typed(name, doc) {
    const model = this.keeper.files.get(name);
    if (!model || model.doc === doc) return;
    this.keeper.edit(name, doc);
    if (this.#asked === "undo") this.#quiet();
    if (this.keeper.work && !this.keeper.exists && !this.#asked) this.askOffer();
  }

  /** A file's model has changed. @param {string} name */
  #draw(name) {
    const sheet = this.#sheets.get(name);
    const model = this.keeper.files.get(name);
    if (!sheet?.editor || !model) return;
    if (sheet.editor.doc !== model.doc) sheet.editor.replace(model.doc);
    if (sheet.theirs !== model.theirs?.content) {
      sheet.theirs = model.theirs?.content;
      sheet.editor.compare(sheet.theirs, { mine: "Keep mine", theirs: "Take the disk’s" });
      if (sheet.theirs !== undefined) this.#askDispute(name);
      else if (this.#asked === "dispute") this.#quiet();
    } else if (this.#asked === "dispute" && model.theirs) this.#nameMine();
    sheet.tab?.classList.toggle("dirty", dirty(model));
    this.#kept();
  }

  /** Says beside the file's name whether it is safe, and where. */
  #kept() {
    const model = this.keeper.files.get(this.#shown);
    const kept = this.#get(".wb-kept");
    if (!model) return;
    const away = model.wanted ? "● Not saved: kept here until the server is back" : "● Not saved";
    const words = model.sending !== undefined ? "Saving…" : !dirty(model) ? "" : model.theirs ? "● Changed here and on disk" : this.keeper.exists ? away : "● Kept in this browser";
    kept.textContent = words || (this.keeper.exists ? "✓ Saved" : "");
    kept.classList.toggle("dirty", words.startsWith("●"));
  }

  /** Takes a question away. */
  #quiet() {
    const box = this.#get(".wb-ask");
    const had = box.contains(document.activeElement);
    this.#asked = "";
    box.hidden = true;
    box.replaceChildren();
    if (had) this.focus();
  }

  /** @param {string} what @param {(Node|string)[]} words @param {HTMLElement[]} choices */
  #ask(what, words, choices) {
    this.#asked = what;
    question(this.#get(".wb-ask"), words, choices);
  }

  /** Where to keep it: asked once, when there is something to keep. @param {boolean} [urgent] somebody waits for it */
  askOffer(urgent = false) {
    const { offer = "" } = this.keeper.home ?? {};
    const make = button("Make the folder", () => this.#make(offer), "btn go");
    this.#ask("offer", ["Keep your work in ", tag("code", offer), "? Until then it is kept in this browser."],
      [make, button("Another place…", () => this.#askPlace(offer))]);
    if (urgent) make.focus();
  }

  /** @param {string} offer */
  #askPlace(offer) {
    const form = tag("form", "", "ex-choices");
    const label = tag("label", "Folder ");
    const field = Object.assign(document.createElement("input"), { className: "field", value: offer, spellcheck: false, autocomplete: "off" });
    label.append(field);
    const make = Object.assign(tag("button", "Make it", "btn go"), { type: "submit" });
    form.append(label, make, button("Back", () => this.askOffer(true)));
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      this.#make(field.value.trim() || offer);
    });
    this.#ask("offer", ["A new folder, or one that duplex init made."], [form]);
    field.select();
  }

  /** @param {string} dir */
  async #make(dir) {
    this.say(`Making ${dir}…`);
    try {
      await this.keeper.make(dir);
      this.#quiet();
      this.say(`Your work is in ${this.keeper.home?.dir}.`);
      this.#kept();
      await this.made();
    } catch (err) {
      const words = err instanceof TypeError ? "The Duplex server does not answer. Your edits are kept in this browser." : /** @type {any} */ (err).words ?? String(err);
      this.#ask("offer", [tag("span", `✗ ${words}`, "wrong")], [button("Another place…", () => this.#askPlace(dir))]);
      this.say("The folder was not made.");
    }
  }

  #askReset() {
    const go = button("Put the starter back", () => this.#reset(), "btn danger");
    const after = this.keeper.exists ? "What you wrote stays among the versions." : "It can be undone until you leave the page.";
    this.#ask("reset", [`Begin anew? ${after}`], [go, button("Keep mine", () => this.#quiet())]);
    go.focus();
  }

  async #reset() {
    this.problems({ state: "none" });
    try {
      const undo = await this.keeper.reset();
      const back = button("Undo", async () => {
        await undo();
        this.#quiet();
        this.say("Your work is back.");
      });
      this.#ask("undo", ["The starter is back."], [back]);
      this.say("The starter is back.");
      back.focus();
    } catch (err) {
      this.#ask("reset", [tag("span", `✗ Not reset. ${/** @type {any} */ (err).words ?? "The Duplex server does not answer."}`, "wrong")], [button("Close", () => this.#quiet())]);
    }
  }

  /** Both changed: both are shown. @param {string} name */
  #askDispute(name) {
    this.show(name);
    this.#ask("dispute", [tag("b", `${name} changed on disk while you changed it here.`),
      " Both are in the text: − is on disk, + is yours. Choose part by part, edit, or take one as a whole; the other stays among the versions."],
    [button("Keep mine", () => this.#choose(name, "mine"), "btn go"), button("Take the disk’s", () => this.#choose(name, "theirs"))]);
    this.say(`${name} changed here and on disk. Choose above the editor.`);
  }

  /** Once parts were taken, it is neither one's. */
  #nameMine() {
    const mine = this.#get(".wb-ask .go");
    if (mine) mine.textContent = "Save it as it stands";
  }

  /** @param {string} name @param {"mine"|"theirs"} which */
  async #choose(name, which) {
    const outcome = await this.keeper.choose(name, which);
    if (outcome === "saved") this.say(which === "mine" ? `${name} is saved. What stood on disk is among the versions.` : `${name} is as it stood on disk. Yours is among the versions.`);
    else this.say(this.keeper.trouble || "Not saved.");
    this.focus();
  }

  /** What the compiler and vet say. @param {import("./work.js").Build} build */
  problems(build) {
    if (build.state === "building") return;
    this.#findings = build.problems ?? [];
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
