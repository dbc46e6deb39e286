// What is asked about a learner's files, above their editors: where to keep them, which
// of two texts is to stay, whether to begin anew. One question at a time; what is still
// open comes after it.
//
// A press that leads to a question takes the focus there, but not out of an editor: who
// types on would answer. Any other question is said, for those who do not see it.

import { giveFocus, keepFocus } from "../../lib/focus.js";
import { button, command, question, tag } from "./parts.js";

/** @typedef {import("./file.js").Model} Model */
/** @typedef {import("./keeper.js").Outcome} Outcome */

export class Asking {
  /** What is asked now: "", "offer", "reset", "undo", "dispute", "elsewhere", "removed". */ #asked = "";
  /** The file that it is about. */ #about = "";
  /** The page's text as a dispute began. */ #mine = "";
  /** What is asked, to be heard. @type {HTMLElement} */ #heard;
  /** Takes a reset back, or does it again, where no folder has what it replaced. @type {HTMLElement} */ #undo;

  /**
   * @param {HTMLElement} root the desk's
   * @param {object} options
   * @param {import("./keeper.js").Keeper} options.keeper
   * @param {import("./desk.js").Desk} options.desk
   * @param {(words: string) => void} options.say
   * @param {(dir: string) => Promise<unknown>} options.make makes the folder, and says so
   */
  constructor(root, { keeper, desk, say, make }) {
    this.keeper = keeper;
    this.desk = desk;
    this.say = say;
    this.make = make;
    this.box = /** @type {HTMLElement} */ (root.querySelector(".wb-ask"));
    this.#heard = /** @type {HTMLElement} */ (root.querySelector(".wb-heard"));
    this.#undo = /** @type {HTMLElement} */ (root.querySelector("[data-do=undo]"));
    root.querySelector("[data-do=reset]")?.addEventListener("click", () => this.#askReset());
  }

  /**
   * @param {string} what @param {(Node|string)[]} words @param {HTMLElement[]} choices the first one gets the focus, if it is to be here
   * @param {{about?: string, pressed?: boolean, said?: string}} [how] about: a file; pressed: a press has led to it; said: below the editor, too
   */
  #ask(what, words, choices, { about = "", pressed = false, said = "" } = {}) {
    const had = this.box.contains(document.activeElement);
    const led = pressed && !this.desk.typing;
    this.#asked = what;
    this.#about = about;
    keepFocus(this.box, () => question(this.box, words, choices), () => choices[0]);
    const all = (this.box.ariaLabel = this.box.querySelector("p")?.textContent ?? "");
    if (led) giveFocus(choices[0]);
    const seen = this.box.checkVisibility(); // not while one works in an editor of one's own
    if (seen) this.#heard.textContent = led || had || said ? "" : all;
    if (said || !seen) this.say(said || all);
  }

  /** Takes a question away. What is still open comes in its place. @param {string} [name] only one about this file */
  quiet(name) {
    if (name !== undefined && this.#about !== name) return;
    const had = this.box.contains(document.activeElement);
    this.#asked = this.#about = "";
    this.box.hidden = true;
    this.box.replaceChildren();
    this.#heard.textContent = "";
    this.again();
    if (had) this.desk.focus();
  }

  /** Asks what is to be chosen, unless something else is being asked. */
  again() {
    const [name] = this.keeper.disputed;
    if (this.#asked) return;
    if (!name) return this.keeper.gone ? this.offer() : undefined;
    if (this.keeper.files.get(name)?.removed) this.removed(name);
    else this.dispute(name);
  }

  /** Something was typed. */
  typed() {
    if (this.#asked === "undo") this.quiet();
    if (this.keeper.work && !this.keeper.exists && !this.#asked) this.offer();
  }

  /** Another file is shown. @param {string} name */
  turned(name) {
    if (this.#asked === "elsewhere" && this.#about === name) this.dispute(name, true);
  }

  /** There is a folder now, and where to keep it is no question any more; or it is gone. */
  housed() {
    const { exists, gone, unsaved } = this.keeper;
    if (this.#asked === "offer" && exists) this.quiet();
    else if (gone || (!exists && unsaved.length)) this.offer();
  }

  /** Where to keep it: asked once, when there is something to keep. @param {boolean} [pressed] somebody waits for it */
  offer(pressed = false) {
    const { offer = "" } = this.keeper.home ?? {};
    const { gone, unsaved, drafts, fate } = this.keeper;
    const kept = drafts.unkept.size ? fate : unsaved.length ? "What you wrote is kept in this browser." : "The versions of what you wrote are kept.";
    this.#ask("offer", gone ? ["The folder ", tag("code", offer), ` is gone. ${kept}`] : ["Keep your work in ", tag("code", offer), "? Until then it is kept in this browser."],
      [button(gone ? "Make it again" : "Make the folder", () => this.#make(offer), "btn go"), button("Another place…", () => this.#askPlace())], { pressed });
  }

  /** The place is a matter of the program that serves this page. */
  #askPlace() {
    this.#ask("offer", ["For another place, start Duplex with it: a new folder, or one that ", tag("code", "duplex init"), " made. Your edits wait here. ", command("duplex serve --work DIR")],
      [button("Back", () => this.offer(true))], { pressed: true });
  }

  /** @param {string} dir */
  async #make(dir) {
    try {
      await this.make(dir);
    } catch (err) {
      const words = err instanceof TypeError ? `The Duplex server does not answer. ${this.keeper.fate}` : /** @type {any} */ (err).words ?? String(err);
      this.#ask("offer", [tag("span", `✗ ${words}`, "wrong")], [button("Try again", () => this.#make(dir)), button("Another place…", () => this.#askPlace())]);
    }
  }

  #askReset() {
    if (this.keeper.gone) return this.offer(true);
    const after = this.keeper.exists ? "What you wrote stays among the versions." : "It can be undone until you leave the page.";
    this.#ask("reset", [`Begin anew? ${after}`], [button("Put the starter back", () => this.reset(), "btn danger"), button("Cancel", () => this.quiet())], { pressed: true });
  }

  async reset() {
    this.desk.problems({ state: "none", problems: [] });
    const had = this.keeper.files.size > 0;
    try {
      const { outcome, undo } = await this.keeper.reset();
      if (outcome === "no-workspace") return this.offer(true);
      if (outcome !== "saved") return this.#notReset(this.#why(outcome));
      this.say("The starter is back.");
      this.#undoes(undo);
      if (had) this.#askUndo(undo);
      else this.quiet();
    } catch (err) {
      this.#notReset(/** @type {any} */ (err).words ?? this.#why("away"));
    }
  }

  /** @param {string} why */
  #notReset(why) {
    this.#ask("reset", [tag("span", `✗ Not reset, so that nothing is lost. ${why}`, "wrong")], [button("Close", () => this.quiet())]);
  }

  /** @param {() => Promise<Outcome>} undo */
  #askUndo(undo) {
    const back = button("Undo", async () => {
      await this.#undone(undo);
      this.quiet();
    });
    this.#ask("undo", ["The starter is back."], [back], { pressed: true });
  }

  /** Where only the page has what was replaced, the way back stays. @param {() => Promise<Outcome>} undo */
  #undoes(undo) {
    this.#undo.hidden = this.keeper.exists;
    this.#undo.textContent = "Undo the reset";
    this.#undo.onclick = async () => {
      if (this.#asked === "undo") this.quiet();
      await this.#undone(undo);
    };
  }

  /** @param {() => Promise<Outcome>} undo */
  async #undone(undo) {
    const outcome = await undo();
    if (outcome !== "saved") return this.say(`Your work is not back, or not all of it; it is among the versions. ${this.#why(outcome)}`);
    const back = this.#undo.textContent !== "Redo the reset";
    this.#undo.textContent = back ? "Redo the reset" : "Undo the reset";
    this.say(back ? "Your work is back." : "What was there after the reset is back.");
  }

  /** Why something was not written. @param {Outcome} outcome */
  #why(outcome) {
    if (this.keeper.trouble) return this.keeper.trouble;
    if (outcome === "conflict") return "The file changed on disk, too: choose first what is to stay of it.";
    return `The Duplex server does not answer: see whether it still runs in its terminal. ${this.keeper.fate}`;
  }

  /** Both changed: both are shown, but not in place of what one types in. @param {string} name @param {boolean} [pressed] */
  dispute(name, pressed = false) {
    const model = /** @type {Model} */ (this.keeper.files.get(name));
    const tab = model.theirs?.tab;
    const what = tag("b", `${name} changed ${tab ? "in another tab" : "on disk"} while you changed it here.`);
    const how = { about: name, pressed, said: `${name} changed here and ${tab ? "in another tab" : "on disk"}. Choose above the editor.` };
    this.#mine = model.doc;
    if (name !== this.desk.shown && this.desk.typing) return this.#ask("elsewhere", [what], [button(`Show ${name}`, () => this.desk.show(name))], how);
    const after = this.keeper.exists ? "the other stays among the versions." : "the other is gone then.";
    this.#ask("dispute", [what, ` Both are in the text: − is ${tab ? "the other tab’s" : "on disk"}, + is yours. Choose part by part, edit, or take one as a whole; ${after}`],
      [button("Keep mine", () => this.#choose(name, "mine"), "btn go"), button(`Take ${whose(model)}`, () => this.#choose(name, "theirs"))], how);
    if (name !== this.desk.shown) this.desk.show(name);
  }

  /** Once parts were taken, it is neither one's. @param {string} name @param {Model} model */
  edited(name, model) {
    if (this.#asked !== "dispute" || this.#about !== name) return;
    /** @type {HTMLElement} */ (this.box.querySelector(".go")).textContent = model.doc === this.#mine ? "Keep mine" : "Save it as it stands";
  }

  /** @param {string} name @param {"mine"|"theirs"} which */
  async #choose(name, which) {
    const other = this.keeper.files.get(name)?.theirs?.tab ? "the other tab had it" : "it stood on disk";
    const outcome = await this.keeper.choose(name, which);
    if (outcome !== "saved") this.say(`Not saved. ${this.#why(outcome)}`);
    else if (!this.keeper.exists) this.say(`One ${name} is left.`);
    else this.say(which === "mine" ? `${name} is saved. As ${other}, it is among the versions.` : `${name} is as ${other}. Yours is among the versions.`);
    this.desk.focus();
  }

  /** A file is gone from disk, and has unsaved words here. @param {string} name */
  removed(name) {
    this.#ask("removed", [tag("b", `${name} was removed on disk while you changed it here.`), " Write it again as it stands here, or let it go: what you wrote stays among its versions."],
      [button("Write it again", () => this.#settle(name, true), "btn go"), button("Let it go", () => this.#settle(name, false))], { about: name, said: `${name} was removed on disk. Choose above the editor.` });
  }

  /** @param {string} name @param {boolean} again */
  async #settle(name, again) {
    const outcome = await (again ? this.keeper.again(name) : this.keeper.letGo(name));
    if (outcome === "saved") this.say(again ? `${name} is written again.` : `${name} is let go.`);
    else this.say(`${again ? "Not written" : "Not let go"}. ${this.#why(outcome)}`);
    this.desk.focus();
  }
}

/** What "theirs" is called in a dispute. @param {Model} model */
export const whose = ({ theirs }) => (theirs?.tab ? "the other tab’s" : "the disk’s");
