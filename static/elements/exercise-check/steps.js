// The steps of an exercise: each with its verdict, and the evidence of those that
// did not pass.

import { count } from "../../lib/bytes.js";
import { keepFocus } from "../../lib/focus.js";

/** @typedef {import("./result.js").Result} Result */

/** A verdict is a sign and a word; its colour only repeats them. @type {Record<string, string>} */
const SIGNS = { "not run": "○", checking: "◌", pass: "✓", fail: "✗", "not started": "–", inconclusive: "?", error: "!" };

export class Steps {
  /** Verdicts before the check that runs, to go back to. @type {Map<string, string>} */ #before = new Map();
  /** Verdicts as the server remembers them. @type {Record<string, string>} */ #remembered = {};
  /** Those that came while a check runs. @type {Record<string, string>|undefined} */ #late;
  /** What the check that runs has decided. @type {Set<string>|undefined} */ #decided;

  /** @param {HTMLElement} list with one li a step */
  constructor(list) {
    this.list = list;
    this.all = /** @type {HTMLElement[]} */ ([...list.children]);
    for (const li of this.all) this.#build(li);
  }

  /** Before a step's words stand its sign and its verdict. @param {HTMLElement} li */
  #build(li) {
    const head = document.createElement("div");
    head.className = "ex-step";
    const says = document.createElement("span");
    says.className = "says";
    says.append(...li.childNodes);
    head.append(piece("sign"), piece("name", li.dataset.step ?? ""), says, piece("word"));
    li.append(head);
    li.tabIndex = -1; // it takes the focus when its evidence goes away
    this.#mark(li, "not run");
  }

  /** @param {HTMLElement} li @param {string} verdict @param {string} [word] */
  #mark(li, verdict, word = verdict) {
    li.dataset.verdict = verdict;
    /** @type {HTMLElement} */ (li.querySelector(".sign")).textContent = SIGNS[verdict] ?? "?";
    /** @type {HTMLElement} */ (li.querySelector(".word")).textContent = word;
  }

  get passed() { return this.all.filter((li) => li.dataset.verdict === "pass").length; }
  /** "3 of 16 steps" */
  get words() { return `${this.passed} of ${count(this.all.length, "step")}`; }

  /**
   * What the server remembers, from any door; nothing, once it was made to forget.
   * While a check runs it waits, and gives way to what that decides.
   * @param {Record<string, string>} known
   * @returns {boolean} whether a verdict is another one now
   */
  remembered(known) {
    if (this.#decided) {
      this.#late = known;
      return false;
    }
    const before = this.#remembered;
    this.#remembered = known;
    // What did not change there says nothing new: an inconclusive check is not remembered, but it is what one looks at.
    const changed = this.all.filter(({ dataset: { step = "", verdict } }) => known[step] !== before[step] && (known[step] ?? "not run") !== verdict);
    for (const li of changed) {
      this.#drop(li); // the evidence was of another verdict
      this.#mark(li, known[li.dataset.step ?? ""] ?? "not run");
    }
    return changed.length > 0;
  }

  /** Takes the evidence away. @param {HTMLElement} li */
  #drop(li) { keepFocus(li, () => li.querySelector(".fail")?.remove(), () => li); }

  /** All are being checked, or one. Evidence of before is put aside. @param {string} only */
  begin(only) {
    this.#decided = new Set();
    for (const li of this.all) {
      if (only && li.dataset.step !== only) continue;
      this.#before.set(li.dataset.step ?? "", li.dataset.verdict ?? "not run");
      const fail = li.querySelector(".fail");
      if (fail instanceof HTMLElement) keepFocus(li, () => { fail.hidden = true; }, () => li);
      this.#mark(li, "checking");
    }
  }

  /** The check has ended: those that were not decided are as they were, or as another door has found meanwhile. @returns {boolean} whether it has */
  settle() {
    for (const li of this.all) {
      if (li.dataset.verdict !== "checking") continue;
      const before = this.#before.get(li.dataset.step ?? "") ?? "not run";
      const fail = li.querySelector(".fail");
      if (fail instanceof HTMLElement) fail.hidden = false;
      this.#mark(li, fail || before === "pass" || before === "fail" ? before : "not run");
    }
    const late = this.#late;
    const decided = this.#decided ?? [];
    this.#late = this.#decided = undefined;
    if (!late) return false;
    for (const step of decided) this.#remembered = { ...this.#remembered, [step]: late[step] };
    return this.remembered(late);
  }

  /**
   * @param {Result} result
   * @param {(open: boolean) => HTMLElement} evidence makes it
   */
  decided(result, evidence) {
    const li = this.all.find((li) => li.dataset.step === result.step);
    if (!li) return;
    this.#decided?.add(result.step);
    this.#drop(li);
    this.#mark(li, result.verdict, result.skipped ? "not tried" : result.verdict);
    if (result.verdict === "pass") return;
    // One cause first: what follows from it is not told again, other causes open on demand.
    const shown = /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll(".fail:not([hidden])")]);
    if (result.skipped || (result.verdict !== "fail" && shown.some((box) => box.dataset.why === result.why))) return;
    li.append(evidence(!shown.length));
  }
}

/** @param {string} className @param {string} [text] */
function piece(className, text = "") {
  const el = document.createElement("span");
  el.className = className;
  el.textContent = text;
  if (className === "sign") el.ariaHidden = "true";
  return el;
}
