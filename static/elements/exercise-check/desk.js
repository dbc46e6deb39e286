// The learner's files in the page: an editor for each, what is asked about them,
// and the compiler's words. What is kept and saved is keeper.js's business.

import { mountEditor } from "../../lib/editor.js";
import { button, command, question, tag } from "./parts.js";
import { dirty } from "./file.js";
import { listOf } from "./problems.js";

/** @typedef {import("../../lib/editor.js").Editor} Editor */
/** @typedef {{host: HTMLElement, tab: HTMLButtonElement, editor: Editor|undefined, theirs: string|undefined, mine?: string}} Sheet theirs and mine as the dispute began */

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

  /** Makes an editor for each file. */
  async open() {
    await Promise.all([...this.keeper.files.keys()].map((name) => this.#add(name)));
    this.#get(".wb-wait").remove();
    this.show([...this.#sheets.keys()][0]);
  }

  /** @param {string} name */
  async #add(name) {
    const host = tag("div", "", "wb-editor");
    host.hidden = name !== this.#shown;
    const tab = button(name, () => this.show(name), "");
    /** @type {Sheet} */
    const sheet = { host, tab, editor: undefined, theirs: undefined };
    this.#sheets.set(name, sheet);
    this.#get(".wb-sheets").append(host);
    const names = this.#get(".wb-names");
    const several = this.#sheets.size > 1; // one needs no tabs
    names.classList.toggle("tabs", several);
    names.replaceChildren(...(several ? [...this.#sheets.values()].map((s) => s.tab) : [tag("code", name)]));
    sheet.editor = await mountEditor(host, {
      doc: this.doc(name), language: this.language === "go" ? "go" : "javascript",
      label: `${name}, ${LANGUAGES[this.language]}`,
      onChange: (doc) => this.#typed(name, doc),
    });
    this.#draw(name);
  }

  /** @param {string} name */
  show(name) {
    this.#shown = name;
    for (const [other, { host, tab }] of this.#sheets) {
      host.hidden = other !== name;
      tab.ariaPressed = String(other === name);
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
    if (!sheet && this.#shown) this.#add(name); // one that was added in an editor
    if (!sheet?.editor || !model) return;
    if (sheet.editor.doc !== model.doc) sheet.editor.replace(model.doc);
    if (sheet.theirs !== model.theirs?.content) {
      sheet.theirs = model.theirs?.content;
      sheet.mine = model.doc;
      sheet.editor.compare(sheet.theirs, { mine: "Keep mine", theirs: "Take the disk’s" });
      if (sheet.theirs !== undefined) this.#askDispute(name);
      else if (this.#asked === "dispute") this.#quiet();
    } else if (this.#asked === "dispute" && model.theirs) {
      // Once parts were taken, it is neither one's.
      this.#get(".wb-ask .go").textContent = model.doc === sheet.mine ? "Keep mine" : "Save it as it stands";
    }
    sheet.tab.classList.toggle("dirty", dirty(model));
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
      [make, button("Another place…", () => this.#askPlace())]);
    if (urgent) make.focus();
  }

  /** The place is a matter of the program that serves this page. */
  #askPlace() {
    this.#ask("offer", ["For another place, start Duplex with it: a new folder, or one that ", tag("code", "duplex init"), " made. Your edits wait here. ", command("duplex serve --work DIR")],
      [button("Back", () => this.askOffer(true))]);
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
      this.#ask("offer", [tag("span", `✗ ${words}`, "wrong")], [button("Try again", () => this.#make(dir)), button("Another place…", () => this.#askPlace())]);
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
