// The solution, as what it has otherwise than the learner's own code. The server
// gives it once there was a try.

import { keepFocus } from "../../lib/focus.js";
import { diffOf, drawDiff } from "./diff.js";
import { button, tag } from "./parts.js";
import { Refused, ask } from "./work.js";

export class Solution {
  /** How often it was fetched. */ #asked = 0;

  /** @param {HTMLElement} root @param {{exercise: string, own: (file: string) => string|undefined}} options own: the learner's text, where this page has it */
  constructor(root, { exercise, own }) {
    this.root = root;
    this.exercise = exercise;
    this.own = own;
  }

  /** Fetches it, and compares it with the text as it stands now. */
  async refresh() {
    const asked = ++this.#asked;
    if (!this.root.firstChild) this.root.append(tag("p", "Fetching…", "ex-quiet"));
    try {
      const { tried, solution = [], starter = [] } = await ask("GET", `/exercises/${this.exercise}`);
      if (asked !== this.#asked) return; // it is asked for anew already
      if (!tried) return this.#say("The solution appears here once you have pressed Check: try it first.");
      const files = solution.filter((/** @type {{name: string}} */ f) => !f.name.endsWith("_test.go"));
      this.#show(...files.flatMap((/** @type {{name: string, content: string}} */ f) => this.#file(f, starter.find((/** @type {{name: string}} */ s) => s.name === f.name)?.content ?? "")));
    } catch (err) {
      if (asked !== this.#asked) return;
      this.#say(err instanceof Refused ? err.words : "The Duplex server does not answer.", button("Try again", () => this.refresh()));
    }
  }

  /** @param {{name: string, content: string}} file @param {string} starter */
  #file({ name, content }, starter) {
    const own = this.own(name);
    const rows = diffOf(own ?? starter, content);
    const what = own === undefined ? "the starter" : "yours";
    if (rows.every((r) => r.kind === "same")) return [tag("p", `${name}: yours is the solution, word for word.`, "ex-quiet")];
    const head = tag("p", "", "ex-quiet");
    head.append(tag("code", name), `: − is ${what}, + is what the solution has in its place. It is one way among several.`);
    return [head, drawDiff(rows, { less: what, more: "solution" })];
  }

  /** @param {string} words @param {HTMLElement[]} choices */
  #say(words, ...choices) { this.#show(tag("p", words, "ex-quiet"), ...choices); }

  /** @param {HTMLElement[]} parts */
  #show(...parts) { keepFocus(this.root, () => this.root.replaceChildren(...parts), () => this.root.querySelector("button") ?? this.root); }
}
