// Run and Stop, and how the learner's server is: building, running at a URL, ended
// and why.

import { button, tag } from "./parts.js";

/** @typedef {import("./work.js").Run} Run */

const TICK_MS = 1_000;
/** Each state has a shape of its own. */
const SHAPES = { idle: "○", building: "◌", starting: "◌", running: "●", stopping: "◍", ended: "✕", failed: "✕" };
/** States in which there is something to stop. */
const BUSY = new Set(["building", "starting", "running"]);
/** States that are told aloud; the others pass, and what ticks would never let its reader rest. */
const TOLD = new Set(["running", "ended", "failed"]);

export class Running {
  /** @type {Run} */ #now = { state: "idle" };
  #began = 0;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #ticks;

  /**
   * @param {object} options
   * @param {HTMLElement} options.words where the state stands, in words, behind the button
   * @param {() => unknown} options.run @param {() => unknown} options.stop
   */
  constructor({ words, run, stop }) {
    this.words = words;
    this.button = button("Run", () => this.#press(run, stop), "btn");
    this.aloud = tag("span", "", "quiet");
    this.aloud.role = "status";
    words.before(this.button);
    words.after(this.aloud);
    this.show(this.#now);
  }

  get now() { return this.#now; }
  get busy() { return BUSY.has(this.#now.state); }

  /** A button that is aria-disabled can be pressed all the same. @param {() => unknown} run @param {() => unknown} stop */
  #press(run, stop) {
    if (this.#now.state !== "stopping") (this.busy ? stop : run)();
  }

  /** @param {Run} now */
  show(now) {
    const { state } = this.#now;
    if (now.state !== state) this.#began = performance.now();
    this.#now = now;
    this.#tell(state);
    clearInterval(this.#ticks);
    if (now.state === "building" || now.state === "starting") this.#ticks = setInterval(() => this.#say(), TICK_MS);
    this.button.textContent = this.busy ? "Stop" : "Run";
    this.button.ariaDisabled = String(now.state === "stopping");
    this.#say();
  }

  /** Ends what ticks, and takes its button away. */
  close() {
    clearInterval(this.#ticks);
    this.button.remove();
    this.aloud.remove();
  }

  /** Says once, to who can't see it, that it runs or does not. @param {string} before the state that was */
  #tell(before) {
    if (before === this.#now.state || !TOLD.has(this.#now.state) || before === "idle") return;
    this.aloud.textContent = wordsOf(this.#now, 0);
  }

  #say() {
    const text = `${SHAPES[this.#now.state]} ${wordsOf(this.#now, performance.now() - this.#began)}`;
    if (this.words.textContent !== text) this.words.textContent = text;
    this.words.dataset.state = this.#now.state;
  }
}

/** @param {Run} run @param {number} elapsed ms in this state */
function wordsOf({ state, url, what, why, next, took }, elapsed) {
  const seconds = elapsed >= TICK_MS ? ` ${Math.round(elapsed / 1000)} s` : "";
  switch (state) {
    case "building": return `Building…${seconds}${why ? `: ${why}` : ""}`;
    case "starting": return `Starting…${seconds}`;
    case "running": return `Running at ${url}${took?.build ? `, built in ${short(took.build)}` : ""}${took?.start ? `, started in ${short(took.start)}` : ""}`;
    case "stopping": return "Stopping…";
    case "ended": return sentence(what ?? "Your program has ended", why, next);
    case "failed": return sentence(what ?? "Not running", why, next);
    default: return "Not running";
  }
}

/** @param {number} ms */
const short = (ms) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);

/** @param {string} what @param {string} [why] @param {string} [next] */
const sentence = (what, why, next) => what + (why ? `: ${why}` : "") + (next ? `. ${next}.` : ".");
