// The learner's files in the page: an editor for each, what is asked about them,
// and the compiler's words. What is kept and saved is keeper.js's business.

import { mountEditor } from "../../lib/editor.js";
import { button, command, question, tag, uncover } from "./parts.js";
import { dirty } from "./file.js";
import { keptWords } from "./kept.js";
import { listOf } from "./problems.js";

/** @typedef {import("../../lib/editor.js").Editor} Editor */
/** @typedef {{host: HTMLElement, tab: HTMLButtonElement, editor: Editor|undefined, problem: string|undefined, theirs: string|undefined, mine?: string, removed?: boolean}} Sheet theirs and mine as the dispute began */

const LANGUAGES = { go: "Go", js: "JavaScript" };

const markup = `
  <div class="wb-head"><div class="wb-names"></div><span class="wb-kept"></span><span class="wb-hint">Ctrl+S saves and checks. Escape, then Tab, leaves the editor.</span>
    <button type="button" class="wb-tool" data-do="large" aria-pressed="false">Larger</button><button type="button" class="wb-tool" data-do="reset">Reset…</button></div>
  <div class="wb-ask" role="group" aria-label="A question about your work" hidden></div>
  <div class="wb-sheets"><p class="wb-wait">Fetching the editor…</p><div class="ex-empty wb-none" hidden></div></div>`;

export class Desk {
  /** @type {Map<string, Sheet>} */ #sheets = new Map();
  #shown = "";
  #opened = false;
  /** What is asked now: "", "offer", "reset", "undo", "dispute", "elsewhere", "removed". */ #asked = "";
  /** The file that it is about. */ #about = "";
  /** @type {import("./work.js").Finding[]} */ #findings = [];

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("./keeper.js").Keeper} options.keeper
   * @param {"go"|"js"} options.language
   * @param {HTMLElement} options.findings where the compiler's words go
   * @param {(words: string) => void} options.say
   * @param {() => unknown} options.made called when the folder was made
   * @param {() => unknown} options.turned called when another file is shown
   */
  constructor(root, { keeper, language, findings, say, made, turned }) {
    this.root = root;
    this.findings = findings;
    this.keeper = keeper;
    this.language = language;
    this.say = say;
    this.made = made;
    this.turned = turned;
    root.innerHTML = markup;
    this.#get("[data-do=reset]").addEventListener("click", () => this.#askReset());
    this.#get("[data-do=large]").addEventListener("click", (e) => {
      const large = root.classList.toggle("large");
      /** @type {HTMLElement} */ (e.currentTarget).ariaPressed = String(large);
    });
    keeper.addEventListener("file", (e) => this.#draw(/** @type {CustomEvent<string>} */ (e).detail));
    keeper.addEventListener("home", () => this.#housed());
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
    names.classList.toggle("tabs", all.length > 1);
    names.replaceChildren(...(all.length > 1 ? all.map(([, s]) => s.tab) : all.map(([name]) => tag("code", name))));
    this.#blank();
  }

  /** Takes away the sheet of a file. @param {string} name @param {Sheet} sheet */
  #take(name, { host, editor }) {
    const had = host === document.activeElement;
    editor?.destroy();
    host.remove();
    this.#sheets.delete(name);
    if (this.#shown === name) this.show([...this.#sheets.keys()][0] ?? "");
    this.#names();
    if (had) this.focus();
    if (this.#about === name) this.#quiet();
  }

  /** Where there is no file, says so, and how there is one again. */
  #blank() {
    const box = this.#get(".wb-none");
    box.hidden = this.#sheets.size > 0 || this.root.querySelector(".wb-wait:not(.wrong)") !== null;
    if (box.hidden) return;
    box.replaceChildren(tag("p", `There is no file of this exercise in ${this.keeper.loaded?.folder ?? "its folder"}: it was moved or removed. Put the starter there, or bring it back yourself; the versions of what you wrote are kept.`),
      button("Put the starter here", () => this.#reset()));
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
    if (this.#asked === "elsewhere" && this.#about === name) this.#askDispute(name);
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
    const problem = this.keeper.problems.get(name);
    if (!this.#opened) return;
    if (sheet && (sheet.problem !== problem || (!model && problem === undefined))) this.#take(name, sheet);
    if (!this.#sheets.has(name) && (model || problem !== undefined)) this.#add(name); // one that was added in an editor, or is another one now
    if (!sheet?.editor || !model || this.#sheets.get(name) !== sheet) return;
    if (sheet.editor.doc !== model.doc) sheet.editor.replace(model.doc);
    if (sheet.theirs !== model.theirs?.content) {
      sheet.theirs = model.theirs?.content;
      sheet.mine = model.doc;
      sheet.editor.compare(sheet.theirs, { mine: "Keep mine", theirs: `Take ${whose(model)}` });
      if (sheet.theirs !== undefined) this.#askDispute(name);
    } else if (this.#asked === "dispute" && this.#about === name && model.theirs) {
      // Once parts were taken, it is neither one's.
      this.#get(".wb-ask .go").textContent = model.doc === sheet.mine ? "Keep mine" : "Save it as it stands";
    }
    if (model.removed && !sheet.removed) this.#askRemoved(name);
    sheet.removed = model.removed;
    if (this.#about === name && !model.theirs && !model.removed) this.#quiet();
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

  /** Takes a question away. What is still open comes in its place. */
  #quiet() {
    const box = this.#get(".wb-ask");
    const had = box.contains(document.activeElement);
    this.#asked = this.#about = "";
    box.hidden = true;
    box.replaceChildren();
    this.askAgain();
    if (had) this.focus();
  }

  /** Asks what is to be chosen about a file, unless something else is being asked. */
  askAgain() {
    const [name] = this.keeper.disputed;
    if (!name || this.#asked) return;
    if (this.keeper.files.get(name)?.removed) this.#askRemoved(name);
    else this.#askDispute(name);
  }

  /** There is a folder now: where to keep it is no question any more. */
  #housed() {
    if (this.#asked === "offer" && this.keeper.exists) this.#quiet();
    this.#kept();
  }

  /** @param {string} what @param {(Node|string)[]} words @param {HTMLElement[]} choices @param {string} [about] a file */
  #ask(what, words, choices, about = "") {
    this.#asked = what;
    this.#about = about;
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
    this.#ask("reset", [`Begin anew? ${after}`], [go, button("Cancel", () => this.#quiet())]);
    go.focus();
  }

  async #reset() {
    this.problems({ state: "none" });
    const had = this.keeper.files.size > 0;
    try {
      const { outcome, undo } = await this.keeper.reset();
      if (outcome !== "saved") return this.#notReset(this.#why(outcome));
      if (had) this.#askUndo(undo);
      else this.#quiet();
      this.say("The starter is back.");
    } catch (err) {
      this.#notReset(/** @type {any} */ (err).words ?? this.#why("away"));
    }
  }

  /** @param {string} why */
  #notReset(why) {
    this.#ask("reset", [tag("span", `✗ Not reset, so that nothing is lost. ${why}`, "wrong")], [button("Close", () => this.#quiet())]);
  }

  /** @param {() => Promise<import("./keeper.js").Outcome>} undo */
  #askUndo(undo) {
    const back = button("Undo", async () => {
      const outcome = await undo();
      this.#quiet();
      this.say(outcome === "saved" ? "Your work is back." : `Your work is not back, or not all of it; it is among the versions. ${this.#why(outcome)}`);
    });
    this.#ask("undo", ["The starter is back."], [back]);
    back.focus();
  }

  /** Why something was not written. @param {import("./keeper.js").Outcome} outcome */
  #why(outcome) {
    if (this.keeper.trouble) return this.keeper.trouble;
    if (outcome === "conflict") return "The file changed on disk, too: choose first what is to stay of it.";
    return `The Duplex server does not answer: see whether it still runs in its terminal. ${this.keeper.fate}`;
  }

  /** Both changed: both are shown, but not in place of what one types in. @param {string} name */
  #askDispute(name) {
    const tab = this.keeper.files.get(name)?.theirs?.tab;
    const what = tag("b", `${name} changed ${tab ? "in another tab" : "on disk"} while you changed it here.`);
    this.say(`${name} changed here and ${tab ? "in another tab" : "on disk"}. Choose above the editor.`);
    if (name !== this.#shown && this.#typing) return this.#ask("elsewhere", [what], [button(`Show ${name}`, () => this.show(name))], name);
    const model = /** @type {import("./file.js").Model} */ (this.keeper.files.get(name));
    const after = this.keeper.exists ? "the other stays among the versions." : "the other is gone then.";
    this.#ask("dispute", [what, ` Both are in the text: − is ${tab ? "the other tab’s" : "on disk"}, + is yours. Choose part by part, edit, or take one as a whole; ${after}`],
      [button("Keep mine", () => this.#choose(name, "mine"), "btn go"), button(`Take ${whose(model)}`, () => this.#choose(name, "theirs"))], name);
    if (name !== this.#shown) this.show(name);
  }

  /** Whether one of the editors has the focus. */
  get #typing() { return [...this.#sheets.values()].some(({ host }) => host === document.activeElement); }

  /** @param {string} name @param {"mine"|"theirs"} which */
  async #choose(name, which) {
    const other = this.keeper.files.get(name)?.theirs?.tab ? "the other tab had it" : "it stood on disk";
    const outcome = await this.keeper.choose(name, which);
    if (outcome !== "saved") this.say(`Not saved. ${this.#why(outcome)}`);
    else if (!this.keeper.exists) this.say(`One ${name} is left.`);
    else this.say(which === "mine" ? `${name} is saved. As ${other}, it is among the versions.` : `${name} is as ${other}. Yours is among the versions.`);
    this.focus();
  }

  /** A file is gone from disk, and has unsaved words here. @param {string} name */
  #askRemoved(name) {
    this.#ask("removed", [tag("b", `${name} was removed on disk while you changed it here.`), " Write it again as it stands here, or let it go: what you wrote stays among its versions."],
      [button("Write it again", () => this.#settle(name, true), "btn go"), button("Let it go", () => this.#settle(name, false))], name);
    this.say(`${name} was removed on disk. Choose above the editor.`);
  }

  /** @param {string} name @param {boolean} again */
  async #settle(name, again) {
    const outcome = await (again ? this.keeper.again(name) : this.keeper.letGo(name));
    if (outcome === "saved") this.say(again ? `${name} is written again.` : `${name} is let go.`);
    else this.say(`${again ? "Not written" : "Not let go"}. ${this.#why(outcome)}`);
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

/** What "theirs" is called in a dispute. @param {import("./file.js").Model} model */
const whose = ({ theirs }) => (theirs?.tab ? "the other tab’s" : "the disk’s");
