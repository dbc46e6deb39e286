// <theme-switch> goes round system → light → dark, and remembers the choice.
//
// Unlike the other elements this is a classic script in the head, and the only
// one that the page waits for: what was remembered must be set before the first
// paint, or the page flashes in the wrong theme, or its columns jump.
// @ts-check
{
  const THEMES = /** @type {const} */ (["auto", "light", "dark"]);
  const NAMES = { auto: "System", light: "Light", dark: "Dark" };
  const root = document.documentElement;

  /** @param {string} key */
  const recall = (key) => {
    try {
      return JSON.parse(localStorage.getItem(`duplex:${key}`) ?? "null");
    } catch {
      return null;
    }
  };

  const apply = () => {
    const theme = THEMES.find((t) => t === recall("theme")) ?? "auto";
    root.dataset.theme = theme;
    return theme;
  };

  apply();
  const split = recall("split");
  if (typeof split === "number") root.style.setProperty("--split-at", `${split}%`);

  customElements.define("theme-switch", class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("click", this.#next);
      addEventListener("storage", this.#show); // another tab has chosen
      // The parser has met the tag, not yet what is in it.
      document.addEventListener("DOMContentLoaded", this.#show);
      this.#show();
    }

    disconnectedCallback() {
      this.removeEventListener("click", this.#next);
      removeEventListener("storage", this.#show);
      document.removeEventListener("DOMContentLoaded", this.#show);
    }

    #next = () => {
      const now = THEMES.indexOf(apply());
      try {
        localStorage.setItem("duplex:theme", JSON.stringify(THEMES[(now + 1) % THEMES.length]));
      } catch {
        // Nothing can be remembered here: follow the system.
      }
      this.#show();
    };

    #show = () => {
      const name = NAMES[apply()];
      const text = this.querySelector(".text");
      if (text) text.textContent = name;
      this.querySelector("button")?.setAttribute("aria-label", `Theme: ${name}`);
    };
  });
}
