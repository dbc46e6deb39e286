// <copy-button>: copies the code of the figure that it stands in.

/** How long it says that it has copied. */
const SAID_MS = 2_000;

class CopyButton extends HTMLElement {
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;

  connectedCallback() {
    if (this.firstElementChild) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tool";
    button.textContent = "Copy";
    button.addEventListener("click", () => this.#copy(button));
    this.append(button);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /** @param {HTMLButtonElement} button */
  async #copy(button) {
    const lines = this.closest("figure")?.querySelector("pre code")?.textContent ?? "";
    try {
      await navigator.clipboard.writeText(lines);
      button.textContent = "✓ Copied";
    } catch {
      // Refused, or a page without https on another machine: leave it selected, to be copied by hand.
      const code = this.closest("figure")?.querySelector("pre code");
      if (code) getSelection()?.selectAllChildren(code);
      button.textContent = "Press Ctrl+C";
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { button.textContent = "Copy"; }, SAID_MS);
  }
}

customElements.define("copy-button", CopyButton);
