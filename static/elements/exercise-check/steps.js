// The steps of an exercise: each with its verdict, and the evidence of those that
// did not pass.

import { count } from "../../lib/bytes.js";

/** @typedef {import("./result.js").Result} Result */

/** A verdict is a sign and a word; its colour only repeats them. @type {Record<string, string>} */
const SIGNS = { "not run": "○", checking: "◌", pass: "✓", fail: "✗", "not started": "–", inconclusive: "?", error: "!" };

export class Steps {
  /** Verdicts before the check that runs, to go back to. @type {Map<string, string>} */ #before = new Map();
  /** Verdicts as the server remembers them. @type {Record<string, string>} */ #remembered = {};

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

  /** What the server remembers, from any door. @param {Record<string, string>} known */
  remembered(known) {
    const before = this.#remembered;
    this.#remembered = known;
    for (const li of this.all) {
      const name = li.dataset.step ?? "";
      const verdict = known[name];
      // What did not change there says nothing new: an inconclusive check is not remembered, but it is what one looks at.
      if (!verdict || verdict === li.dataset.verdict || verdict === before[name]) continue;
      li.querySelector(".fail")?.remove(); // the evidence was of another verdict
      this.#mark(li, verdict);
    }
  }

  /** All are being checked, or one. Evidence of before is put aside. @param {string} only */
  begin(only) {
    for (const li of this.all) {
      if (only && li.dataset.step !== only) continue;
      this.#before.set(li.dataset.step ?? "", li.dataset.verdict ?? "not run");
      const fail = li.querySelector(".fail");
      if (fail instanceof HTMLElement) fail.hidden = true;
      this.#mark(li, "checking");
    }
  }

  /** Those that were not decided are as they were. */
  settle() {
    for (const li of this.all) {
      if (li.dataset.verdict !== "checking") continue;
      const before = this.#before.get(li.dataset.step ?? "") ?? "not run";
      const fail = li.querySelector(".fail");
      if (fail instanceof HTMLElement) fail.hidden = false;
      this.#mark(li, fail || before === "pass" || before === "fail" ? before : "not run");
    }
  }

  /**
   * @param {Result} result
   * @param {(open: boolean) => HTMLElement} evidence makes it
   */
  decided(result, evidence) {
    const li = this.all.find((li) => li.dataset.step === result.step);
    if (!li) return;
    li.querySelector(".fail")?.remove();
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
