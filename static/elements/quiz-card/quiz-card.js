// <quiz-card lesson="echo" quiz="types" type="choice|multiple|short|order">: a
// question about what was just read. The form inside it is the server's; so are
// the right answer and the explanations, which come when an answer is sent.
//
// An order is changed by dragging, with the buttons of each row, or with ↑ and ↓
// while one of them has the focus. What was answered earlier stands there again.

import { post, progress } from "../../lib/progress.js";

class QuizCard extends HTMLElement {
  #result = document.createElement("div");
  /** @type {(() => void)|undefined} */ #off;
  #restored = false;

  get #form() {
    return /** @type {HTMLFormElement} */ (this.querySelector("form"));
  }

  get #type() {
    return this.getAttribute("type") ?? "choice";
  }

  connectedCallback() {
    if (!this.querySelector("form")) return;
    this.#result.className = "result";
    this.#result.role = "status";
    this.#form.append(this.#result);
    const submit = this.querySelector("button[type=submit]");
    if (submit instanceof HTMLButtonElement) submit.disabled = false;
    if (this.#type === "order") this.#sortable();
    this.#form.addEventListener("submit", this.#submit);
    this.#form.addEventListener("input", this.#changed);
    this.#off = progress.on((now) => this.#restore(now));
  }

  disconnectedCallback() {
    this.#off?.();
    this.querySelector("form")?.removeEventListener("submit", this.#submit);
    this.querySelector("form")?.removeEventListener("input", this.#changed);
  }

  /** The answer as the server reads it: keys of options, in order, or a text. */
  get answer() {
    if (this.#type === "order") return this.#rows().map((row) => row.dataset.value ?? "");
    return new FormData(this.#form).getAll("answer").map(String);
  }

  set answer(values) {
    if (this.#type === "order") {
      const rows = this.#rows();
      for (const value of values) {
        const row = rows.find((r) => r.dataset.value === value);
        row?.parentElement?.append(row);
      }
      return;
    }
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (this.querySelectorAll("[name=answer]"))) {
      if (this.#type === "short") input.value = values[0] ?? "";
      else input.checked = values.includes(input.value);
    }
  }

  /** @param {SubmitEvent} event */
  #submit = async (event) => {
    event.preventDefault();
    const answer = this.answer;
    if (answer.every((a) => a.trim() === "")) return this.#show("", "Choose or write an answer first.");
    this.#restored = true; // what comes back from the server is this very answer
    this.#show("", "Checking…");
    try {
      const url = `/quiz/${this.getAttribute("lesson")}/${this.getAttribute("quiz")}`;
      const response = await post(url, { answer });
      const body = await response.json();
      if (!response.ok) throw new Error(`${body.error.what} ${body.error.next ?? ""}`);
      this.#show(body.right ? "right" : "wrong", "", body.say);
    } catch (err) {
      const why = err instanceof TypeError ? "The server does not answer. Is it still running?" : err instanceof Error ? err.message : String(err);
      this.#show("", `Not checked. ${why}`);
    }
  };

  /** A changed answer is not judged yet. */
  #changed = () => {
    this.#restored = true;
    this.#show("", "");
  };

  /**
   * Shows a verdict and the server's explanation, which is HTML that it rendered
   * from the lesson, or a line of our own.
   * @param {"right"|"wrong"|""} verdict @param {string} line @param {string} [say]
   */
  #show(verdict, line, say = "") {
    this.dataset.verdict = verdict;
    this.#result.textContent = line;
    if (!verdict) return;
    const word = document.createElement("b");
    word.textContent = verdict === "right" ? "✓ Right." : "✗ Not yet.";
    this.#result.append(word);
    if (!say) return;
    const why = document.createElement("div");
    why.innerHTML = say;
    this.#result.append(why);
  }

  /**
   * Puts back what was answered earlier, once, unless something was chosen since.
   * @param {import("../../lib/progress.js").Progress} now
   */
  #restore(now) {
    const known = now.lessons[this.getAttribute("lesson") ?? ""]?.quizzes?.[this.getAttribute("quiz") ?? ""];
    if (!known || this.#restored) return;
    this.#restored = true;
    this.answer = known.answer;
    this.#show(known.right ? "right" : "wrong", "", "");
    this.#result.append(" Answered earlier."); // short enough to stand beside the button, so that nothing moves
  }

  // Order

  /** @returns {HTMLElement[]} */
  #rows() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll(".order > li"))];
  }

  #sortable() {
    for (const row of this.#rows()) {
      if (row.querySelector(".moves")) continue;
      const text = document.createElement("span");
      text.append(...row.childNodes);
      const name = text.textContent?.trim() ?? "";
      const moves = document.createElement("span");
      moves.className = "moves";
      moves.append(this.#mover("↑", `Move up: ${name}`, row, -1), this.#mover("↓", `Move down: ${name}`, row, 1));
      row.append(text, moves);
      row.addEventListener("pointerdown", (event) => this.#drag(event, row));
    }
  }

  /** @param {string} sign @param {string} name @param {HTMLElement} row @param {-1|1} by */
  #mover(sign, name, row, by) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tool";
    button.textContent = sign;
    button.ariaLabel = name;
    button.addEventListener("click", () => this.#move(row, by, button));
    button.addEventListener("keydown", (event) => {
      const to = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
      if (!to) return;
      event.preventDefault();
      this.#move(row, to, button);
    });
    return button;
  }

  /** @param {HTMLElement} row @param {number} by @param {HTMLElement} focus */
  #move(row, by, focus) {
    if (by < 0) row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    focus.focus(); // moving an element in the document takes its focus away
    this.#changed();
    this.#result.textContent = `Now in place ${this.#rows().indexOf(row) + 1} of ${this.#rows().length}.`;
  }

  /** @param {PointerEvent} event @param {HTMLElement} row */
  #drag(event, row) {
    if (event.pointerType === "touch") return; // a finger on a row scrolls the page; the buttons move it
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest("button"))) return;
    event.preventDefault();
    row.setPointerCapture(event.pointerId);
    row.classList.add("held");
    const done = new AbortController();
    row.addEventListener("pointermove", ({ clientY }) => {
      for (const other of this.#rows()) {
        const { top, bottom } = other.getBoundingClientRect();
        if (other === row || clientY < top || clientY > bottom) continue;
        const up = row.getBoundingClientRect().top > top;
        if (up ? clientY < (top + bottom) / 2 : clientY > (top + bottom) / 2) other[up ? "before" : "after"](row);
      }
      if (!row.hasPointerCapture(event.pointerId)) row.setPointerCapture(event.pointerId);
    }, { signal: done.signal });
    for (const end of ["pointerup", "pointercancel"]) {
      row.addEventListener(end, () => {
        row.classList.remove("held");
        this.#changed();
        done.abort();
      }, { signal: done.signal });
    }
  }
}

customElements.define("quiz-card", QuizCard);
