// The frame in which a learner's program runs (sandbox/sandbox.js), as a page
// uses it: one program at a time, in a frame that is made when it is needed.
//
//   const box = new Sandbox(host, (said) => show(said));
//   await box.run({ code, wire });   // ends the one before
//   box.input("a line");
//   await box.stop();
//   box.remove();

/**
 * A program and what it finds: the demos, watched by the tap `wire`, or the
 * object `exercise` with its settings. `random` is what Math.random returns.
 * @typedef {object} Program
 * @property {string} code
 * @property {string} [wire]
 * @property {Record<string, string|number>} [exercise]
 * @property {number|null} [random]
 */

/**
 * What a program's frame says of it: that it begins, what it logs, what it
 * throws and on which line, how many lines were left out.
 * @typedef {{type: "started"}
 *   | {type: "log", level: string, text: string}
 *   | {type: "error", text: string, line?: number}
 *   | {type: "left", lines: number}} Said
 */

/** A frame that has loaded without saying that it is ready is an error page. */
const READY_MS = 2_000;
/** What has not loaded by then is not waited for any longer. */
const LOAD_MS = 15_000;

export class Sandbox {
  #host;
  #heard;
  /** @type {HTMLIFrameElement|undefined} */ #frame;
  /** @type {Promise<void>|undefined} */ #loaded;
  #ready = () => {};
  /** The present run; those before it are over. */ #run = 0;
  #running = false;
  /** Called by run, when it has stopped. @type {Map<number, () => void>} */ #stopping = new Map();
  #listening = new AbortController();

  /**
   * @param {HTMLElement} host gets the frame
   * @param {(said: Said) => void} heard called with what the present program says
   */
  constructor(host, heard) {
    this.#host = host;
    this.#heard = heard;
  }

  /** Makes the frame, if there is none. Without it, the first run does. It fails where the server does not answer; then there is none. */
  load() {
    this.#loaded ??= new Promise((resolve, reject) => {
      const frame = document.createElement("iframe");
      const lost = () => {
        if (this.#frame !== frame) return;
        this.remove();
        reject(new TypeError("the Duplex server does not answer"));
      };
      let timer = setTimeout(lost, LOAD_MS);
      let ready = false;
      this.#ready = () => {
        ready = true;
        clearTimeout(timer);
        resolve();
      };
      frame.addEventListener("load", () => {
        clearTimeout(timer);
        if (!ready) timer = setTimeout(lost, READY_MS);
      });
      frame.setAttribute("sandbox", "allow-scripts");
      frame.title = "Sandbox in which your program runs";
      frame.hidden = true;
      frame.src = "/sandbox";
      this.#frame = frame;
      addEventListener("message", (e) => this.#received(e), { signal: this.#listening.signal });
      this.#host.append(frame);
    });
    return this.#loaded;
  }

  /** Runs a program. It fails as load does. @param {Program} program */
  async run(program) {
    const run = ++this.#run;
    this.#running = true;
    await this.load();
    if (run === this.#run && this.#running) this.#post({ type: "run", run, ...program });
  }

  /** Gives the program a line that its user typed. @param {string} text */
  input(text) {
    if (this.#running) this.#post({ type: "input", text });
  }

  /** Ends the program, whatever it is doing. Nothing more is heard of it. */
  stop() {
    if (!this.#running) return Promise.resolve();
    this.#running = false;
    const run = this.#run;
    return new Promise((/** @type {(v: void) => void} */ resolve) => {
      this.#stopping.set(run, resolve);
      this.#post({ type: "stop", run });
    });
  }

  /** Takes the frame away, and the program with it. */
  remove() {
    this.#running = false;
    this.#listening.abort();
    this.#listening = new AbortController();
    this.#frame?.remove();
    this.#frame = this.#loaded = undefined;
    for (const resolve of this.#stopping.values()) resolve();
    this.#stopping.clear();
  }

  /** @param {object} message */
  #post(message) {
    this.#frame?.contentWindow?.postMessage(message, "*"); // an opaque origin has no name to send to
  }

  /** @param {MessageEvent} e */
  #received({ source, data }) {
    if (!this.#frame || source !== this.#frame.contentWindow) return;
    if (data.type === "ready") return this.#ready();
    if (data.type === "stopped") {
      this.#stopping.get(data.run)?.();
      this.#stopping.delete(data.run);
    } else if (this.#running && data.run === this.#run) {
      this.#heard(data);
    }
  }
}
