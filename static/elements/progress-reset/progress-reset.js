// <progress-reset>: forgets what the learner has done, after asking.

import { post } from "../../lib/progress.js";

class ProgressReset extends HTMLElement {
  #dialog = document.createElement("dialog");
  #choice = document.createElement("select");
  #says = document.createElement("p");

  connectedCallback() {
    this.querySelector("button")?.addEventListener("click", this.#open);
    if (!this.#dialog.isConnected) this.#build();
  }

  disconnectedCallback() {
    this.querySelector("button")?.removeEventListener("click", this.#open);
  }

  #build() {
    const title = Object.assign(document.createElement("h2"), { textContent: "Reset progress?" });
    const label = document.createElement("label");
    this.#choice.className = "field";
    label.append("Forget what was read, answered and passed in", this.#choice);
    const note = Object.assign(document.createElement("p"), { textContent: "This cannot be undone. Your code and your workspace stay as they are." });
    this.#says.role = "status";
    const choices = document.createElement("div");
    choices.className = "choices";
    choices.append(button("Keep it", "btn", () => this.#dialog.close()), button("Reset", "btn danger", () => this.#reset()));
    this.#dialog.ariaLabel = "Reset progress";
    this.#dialog.append(title, label, note, this.#says, choices);
    this.append(this.#dialog);
  }

  #open = () => {
    const lessons = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".lessons a"));
    this.#choice.replaceChildren(new Option("the whole course", ""), ...[...lessons].map((a) =>
      new Option(`${a.querySelector(".title")?.textContent}`, a.pathname.split("/").at(-1))));
    this.#says.textContent = "";
    this.#dialog.showModal();
  };

  async #reset() {
    try {
      const answer = await post("/progress/reset", { lesson: this.#choice.value });
      if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
      location.reload(); // the button then says Start again
    } catch (err) {
      this.#says.textContent = `✗ Nothing was reset. ${err instanceof TypeError ? "The server does not answer: is it still running?" : err}`;
    }
  }
}

/** @param {string} text @param {string} className @param {() => void} run */
function button(text, className, run) {
  const el = Object.assign(document.createElement("button"), { type: "button", className, textContent: text });
  el.addEventListener("click", run);
  return el;
}

customElements.define("progress-reset", ProgressReset);
