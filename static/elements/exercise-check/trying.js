// Tries the learner's own server: the demo of the lesson, pointed at it by way of
// ours (server/workbench), which sees the frames for the Wire tab.

import { button, tag } from "./parts.js";

/** What tries which exercise: an element or a module of ours, its settings, and the path that it asks for. @type {Record<string, {element: string, path: string, attributes?: Record<string, string>, says: string}>} */
const TRIALS = {
  echo: { element: "echo-demo", path: "ws", says: "What you send goes to your server, and comes back as it answers." },
  handshake: { element: "echo-demo", path: "ws", attributes: { view: "handshake" }, says: "A browser asks your server to upgrade. Below is what both said." },
  events: { element: "events-demo", path: "events", attributes: { drop: "no" }, says: "A real EventSource reads your stream. Run it anew, and see the browser come back." },
  chat: { element: "members", path: "ws", says: "Two members of your room, each with a connection of its own." },
};

export class Trying {
  /** @type {HTMLElement|undefined} */ #mounted;
  #state = "";

  /**
   * @param {HTMLElement} root
   * @param {{exercise: string, proxied: (path: string) => string, run: () => unknown}} options
   */
  constructor(root, { exercise, proxied, run }) {
    this.root = root;
    this.trial = TRIALS[exercise];
    this.proxied = proxied;
    this.run = run;
  }

  /** @param {string} exercise */
  static has(exercise) { return exercise in TRIALS; }

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
    const { element, path, attributes = {}, says } = this.trial;
    const words = tag("p", says, "ex-quiet");
    const src = this.proxied(path);
    if (element === "members") {
      const { Members } = await import("./members.js");
      this.#mounted = new Members(src).root;
    } else {
      await import(`../${element}/${element}.js`);
      this.#mounted = document.createElement(element);
      this.#mounted.setAttribute("src", src);
      for (const [name, value] of Object.entries(attributes)) this.#mounted.setAttribute(name, value);
    }
    if (this.#state !== "running") return void (this.#mounted = undefined);
    this.root.replaceChildren(words, this.#mounted);
    this.#stage?.querySelector("duplex-line")?.setAttribute("from", "this page");
  }

  get #stage() { return this.root.closest("duplex-stage"); }

  /** Nothing runs. */
  #rest() {
    if (this.#mounted) {
      this.#mounted.dispatchEvent(new CustomEvent("duplex:leave"));
      this.root.dispatchEvent(new CustomEvent("duplex:state", { bubbles: true, detail: { state: "idle", word: "Not running" } }));
    }
    this.#mounted = undefined;
    const busy = this.#state === "building" || this.#state === "starting";
    const box = tag("div", "", "ex-empty");
    box.append(tag("p", busy ? "Your server is being started…" : "Your server is not running. Run it, and use it here as a client would."));
    if (!busy) box.append(button("Run", () => this.run(), "btn go"));
    this.root.replaceChildren(box);
  }
}
