// Checks a learner's client: the code stays in this page and runs in the sandbox
// frame, against a script on the server that plays the server. What is judged is
// what comes over the wire.
//
//   await play("reconnect", {
//     code: editor.doc,
//     onStep: (result) => show(result),
//     onEnd: (report) => sum(report),
//     onLog: ({ level, text }) => print(level, text),
//     onRefused: ({ what, why, next }) => complain(what, why, next),
//     signal: stopping.signal,
//   });
//
// What it reports is what POST /check/{exercise} streams. It ends once onEnd or
// onRefused was called, and fails when the connection is lost or signal says to
// stop. Its frame is gone then, and the program with it.
//
// server/play/doc.go has the messages that pass.

import { Sandbox } from "./sandbox.js";
import { socketURL } from "./socket.js";

/** @typedef {import("./sandbox.js").Said} Said */
/** @typedef {import("../elements/exercise-check/result.js").Result} Result */

/**
 * @typedef {object} Reports
 * @property {(start: {exercise: string, target: string, steps: {name: string, says: string}[]}) => void} [onStart]
 * @property {(result: Result) => void} [onStep]
 * @property {(report: {verdict: string, passed: number, total: number, took: number}) => void} [onEnd]
 * @property {(line: {step: string, level: string, text: string}) => void} [onLog] what the program logs and throws, as it comes; with the level "note", the step that it is run for
 * @property {(error: {what: string, why: string, next: string}) => void} [onRefused] there will be no check
 */

/**
 * @param {string} exercise
 * @param {{code: string, step?: string, signal?: AbortSignal} & Reports} options step: that one only
 */
export async function play(exercise, { code, step = "", signal, ...on }) {
  signal?.throwIfAborted();
  const socket = new WebSocket(socketURL(`/play/${exercise}`));
  /** @type {Runs} */
  const runs = new Runs(code, new Sandbox(document.body, (said) => runs.said(said)), (message) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }, on.onLog);
  try {
    await new Promise((/** @type {(v: void) => void} */ resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
      runs.ready.catch(reject);
      socket.onopen = async () => {
        await runs.ready.catch(() => {}); // a step's time is the program's
        socket.send(JSON.stringify({ type: "check", step }));
      };
      socket.onclose = () => reject(new Error("the connection to the Duplex server was lost"));
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(data);
        runs.asked(message).catch(reject);
        if (report(message, on)) resolve();
      };
    });
  } finally {
    leave(socket);
    runs.end();
  }
}

/** Closes a socket. One that is still connecting would complain in the console. @param {WebSocket} socket */
function leave(socket) {
  if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
  else socket.close();
}

/**
 * Reports what the check found. Says whether that was all.
 * @param {any} message @param {Reports} on
 */
function report(message, on) {
  if (message.type === "start") on.onStart?.(message);
  if (message.type === "step") on.onStep?.(message.result);
  if (message.type === "end") on.onEnd?.(message.report);
  if (message.type === "refused") on.onRefused?.(message.error);
  return message.type === "end" || message.type === "refused";
}

/** Lines of one run that are passed on. No check waits for more (server/play/run.go). */
const MOST_LINES = 2_000;

/** Runs the program as the server asks, and tells it what the program says. */
export class Runs {
  #code;
  #box;
  #tell;
  #onLog;
  #now = { run: 0, step: "", lines: 0, named: false };
  /** A program can be run. @type {Promise<void>} */ ready;

  /**
   * @param {string} code
   * @param {Pick<Sandbox, "load"|"run"|"input"|"stop"|"remove">} box
   * @param {(message: object) => void} tell
   * @param {Reports["onLog"]} [onLog]
   */
  constructor(code, box, tell, onLog = () => {}) {
    this.#code = code;
    this.#box = box;
    this.#tell = tell;
    this.#onLog = onLog;
    this.ready = box.load(); // while the socket opens
  }

  /** @param {any} message of the server */
  async asked({ type, run, step, exercise, random, text }) {
    if (type === "client") {
      this.#now = { run, step, lines: 0, named: false };
      await this.#box.run({ code: this.#code, exercise, random });
    } else if (type === "input" && run === this.#now.run) {
      this.#box.input(text);
    } else if (type === "stop" && run === this.#now.run) {
      await this.#box.stop();
      this.#tell({ type: "stopped", run });
    }
  }

  /** @param {Said} said by the program's frame */
  said(said) {
    const { run } = this.#now;
    switch (said.type) {
      case "started":
        return this.#tell({ type: "started", run });
      case "log":
        return this.#log(said.level, said.text);
      case "left":
        return this.#log("warn", `Lines that were left out, since they came too fast: ${said.lines}`);
      case "error":
        return this.#threw(said);
    }
  }

  /** @param {string} level @param {string} text */
  #log(level, text) {
    const { run } = this.#now;
    if (++this.#now.lines > MOST_LINES) return;
    if (this.#now.lines === MOST_LINES) [level, text] = ["warn", "The program logs too much: what follows is not looked at."];
    this.#show(level, text);
    this.#tell({ type: "log", run, level, text });
  }

  /** Shows a line, the first one of a step under the step's name. @param {string} level @param {string} text */
  #show(level, text) {
    const { step, named } = this.#now;
    if (!named) this.#onLog({ step, level: "note", text: `step ${step}` });
    this.#now.named = true;
    this.#onLog({ step, level, text });
  }

  /** @param {{text: string, line?: number}} error */
  #threw({ text, line }) {
    const { run } = this.#now;
    const why = text + (line ? ` (main.js:${line})` : "");
    this.#tell({ type: "ended", run, why });
    this.#show("error", why);
  }

  /** Ends what runs, for good. */
  end() {
    this.#box.remove();
  }
}
