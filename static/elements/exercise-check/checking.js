// One check under way: of a server at a URL, of the learner's own program in its
// folder, or of a client that this page runs. All three tell it in the same way.

import { load } from "../../lib/live.js";
import { linesOf } from "./result.js";
import { Refused, renew, tokenHeader } from "./work.js";

export { eventsOf, resultOf } from "./result.js";

/**
 * @typedef {object} Listener
 * @property {(result: import("./result.js").Result) => void} step
 * @property {(build: import("./work.js").Build) => void} build
 * @property {(report: {verdict: string, passed: number, total: number, took: number}) => void} end
 * @property {(level: string, text: string) => void} log
 * @property {(error: Refused, output: string) => void} failed there was nothing to check: why, and what the program said
 */

/**
 * Checks a server. It returns when the check has ended, and throws when it did not.
 * @param {string} exercise
 * @param {{url: string, step: string} | {run: true, step: string}} what
 * @param {Listener} on @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export async function checkServer(exercise, what, on, signal, again = true) {
  const answer = await fetch(`/check/${exercise}`, {
    method: "POST", signal, headers: { "Content-Type": "application/json", ...("run" in what && tokenHeader()) }, body: JSON.stringify(what),
  });
  if (!answer.ok || !answer.body) {
    const said = await answer.json().catch(() => ({}));
    if (said.code === "token" && again) { // another start of the server has another one
      await renew();
      return checkServer(exercise, what, on, signal, false);
    }
    throw new Refused({ what: "The check did not start", why: `the server answered ${answer.status}`, next: "Press Check again", ...said, ...said.error }, answer.status);
  }
  let ended = false, failed = false;
  for await (const line of linesOf(answer.body)) {
    const said = JSON.parse(line);
    if (said.type === "step") on.step(said.result);
    if (said.type === "build") on.build(said);
    if (said.type === "failed") {
      failed = true;
      on.failed(new Refused(said.error, 0), said.output ?? "");
    }
    if (said.type === "end") {
      ended = true;
      if (!failed) on.end(said.report); // else it counts steps that were not tried
    }
  }
  if (!ended && !failed) throw new Error("the answer broke off");
}

/**
 * Checks a client: its code runs in this page's sandbox, step by step, against the
 * server that the script plays.
 * @param {string} exercise @param {{code: string, step: string}} what
 * @param {Listener} on @param {AbortSignal} signal
 */
export async function checkClient(exercise, { code, step }, on, signal) {
  /** @type {typeof import("../../lib/play.js")} */
  const { play } = await load("lib/play.js");
  /** @type {Refused|undefined} */
  let refused;
  await play(exercise, {
    code, step, signal,
    onStep: on.step,
    onLog: ({ level, text }) => on.log(level, text),
    onRefused: (error) => { refused = new Refused(error, 0); },
    onEnd: on.end,
  });
  if (refused) throw refused;
}
