// Tries the learner's own server: the demo of the lesson, pointed at it by way of
// ours (server/proxy.go), which sees the frames for the Wire tab.

import { keepFocus } from "../../lib/focus.js";
import { load } from "../../lib/live.js";
import { button, tag } from "./parts.js";

/** @typedef {{element: string, path: string, attributes?: Record<string, string>, says: string}} Trial what tries an exercise: an element or a module of ours, its settings, and the path that it asks for */

export class Trying {
  /** @type {HTMLElement|undefined} */ #mounted;
  #state = "";

  /**
   * @param {HTMLElement} root
   * @param {{trial: Trial, proxied: (path: string) => string, run: () => unknown}} options
   */
  constructor(root, { trial, proxied, run }) {
    this.root = root;
    this.trial = trial;
    this.proxied = proxied;
    this.run = run;
  }

  /** The learner's server is in another state. @param {import("./work.js").Run} run */
  async show({ state }) {
    if (state === this.#state) return;
    this.#state = state;
    if (state === "running") return this.#mounted ? undefined : this.#mount();
    // Restarted, it is soon back: what tries it shows how a client lives through that.
    if (this.#mounted && (state === "building" || state === "starting" || state === "stopping")) return;
    this.#rest();
  }

  async #mount() {
    const { element, says } = this.trial;
    const own = element === "members";
    try {
      /** @type {typeof import("./members.js")} */
      const { Members } = await load(own ? "elements/exercise-check/members.js" : `elements/${element}/${element}.js`);
      if (this.#state !== "running" || this.#mounted) return; // it was asked for again meanwhile
      const mounted = (this.#mounted = own ? new Members(this.proxied(this.trial.path)).root : this.#make());
      keepFocus(this.root, () => this.root.replaceChildren(tag("p", says, "ex-quiet"), mounted), () => mounted.querySelector("input, button"));
    } catch {
      if (this.#state === "running") this.#empty("✗ The demo could not be fetched: the Duplex server does not answer.", "Try again", () => this.#mount());
      return;
    }
    this.#stage?.querySelector("duplex-line")?.setAttribute("from", "this page");
  }

  /** The demo of the lesson, which connects once it is in the page. */
  #make() {
    const { element, path, attributes = {} } = this.trial;
    const demo = document.createElement(element);
    demo.setAttribute("src", this.proxied(path));
    for (const [name, value] of Object.entries(attributes)) demo.setAttribute(name, value);
    return demo;
  }

  get #stage() { return this.root.closest("duplex-stage"); }

  /** Ends what it has begun. */
  close() {
    this.#state = "";
    this.#mounted?.dispatchEvent(new CustomEvent("duplex:leave"));
    this.#mounted?.remove();
    this.#mounted = undefined;
  }

  /** Nothing runs. */
  #rest() {
    if (this.#mounted) {
      this.#mounted.dispatchEvent(new CustomEvent("duplex:leave"));
      this.root.dispatchEvent(new CustomEvent("duplex:state", { bubbles: true, detail: { state: "idle", word: "Not running" } }));
    }
    this.#mounted = undefined;
    const busy = this.#state === "building" || this.#state === "starting";
    if (busy) this.#empty("Your server is being started…");
    else this.#empty("Your server is not running. Run it, and use it here as a client would.", "Run", () => this.run());
  }

  /** Says why there is no demo, and offers what may bring one. @param {string} words @param {string} [label] @param {() => unknown} [press] */
  #empty(words, label, press) {
    const box = tag("div", "", "ex-empty");
    box.tabIndex = -1;
    box.append(tag("p", words));
    if (label && press) box.append(button(label, press, "btn go"));
    keepFocus(this.root, () => this.root.replaceChildren(box), () => box.querySelector("button") ?? box);
  }
}
