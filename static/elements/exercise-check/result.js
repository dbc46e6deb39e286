// What a check says: its stream of lines, a step's evidence as a reader sees it,
// and its transcript as the wire log wants it.

import { count } from "../../lib/bytes.js";
import { keepFocus } from "../../lib/focus.js";
import { button, command, tag } from "./parts.js";

/** @typedef {import("../../lib/wire.js").WireEvent} WireEvent */

/**
 * A step's result (lessons/check).
 * @typedef {object} Result
 * @property {string} exercise
 * @property {string} step
 * @property {string} verdict
 * @property {boolean} [skipped] not tried, for the reason in why
 * @property {string} [why]
 * @property {string} [sent]
 * @property {string} [expected]
 * @property {string} [got]
 * @property {string} [likely]
 * @property {string} [rerun] the command that runs it again
 * @property {{text: string, url: string}[]} [see]
 * @property {string[]} [hints]
 * @property {WireEvent[]} [transcript]
 */

/** @type {Record<string, string>} */
const SIGNS = { fail: "✗", inconclusive: "?", error: "!", "not started": "–" };

/**
 * The lines of a stream of NDJSON, each as soon as it is whole.
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @returns {AsyncGenerator<string>}
 */
export async function* linesOf(body) {
  let rest = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    yield* lines.filter(Boolean);
  }
  if (rest.trim()) yield rest;
}

/**
 * The events of a step, under its name.
 * @param {Result} result
 * @returns {WireEvent[]}
 */
export function eventsOf({ step, verdict, transcript = [] }) {
  if (!transcript.length) return [];
  const text = `step ${step}: ${verdict}`;
  return [{ at: 0, end: "client", kind: "note", size: text.length, text }, ...transcript];
}

/**
 * The evidence of a step that did not pass.
 * @param {Result} result
 * @param {{open: boolean, rerun: () => void}} options
 * @returns {HTMLDetailsElement}
 */
export function resultOf(result, { open, rerun }) {
  const box = document.createElement("details");
  box.className = `fail ${result.verdict.replace(" ", "-")}`;
  box.dataset.why = result.why;
  box.open = open;
  box.append(tag("summary", `${SIGNS[result.verdict] ?? "?"} ${result.step}: ${result.why ?? result.verdict}`));
  const list = document.createElement("dl");
  const evidence = { sent: result.sent, expected: result.expected, got: result.got };
  for (const [name, words] of Object.entries(evidence)) if (words) list.append(tag("dt", name), tag("dd", words, "mono"));
  if (result.likely) list.append(tag("dt", "likely"), tag("dd", result.likely));
  const tried = result.verdict !== "inconclusive" && result.verdict !== "error"; // else neither standard nor hint helps
  if (tried && result.see?.length) list.append(tag("dt", "see"), references(result.see));
  if (result.rerun) list.append(tag("dt", "rerun"), rerunOf(result.rerun));
  box.append(list);
  const foot = tag("div", "", "ex-fail-foot");
  if (!result.skipped) foot.append(button("Check this step again", rerun));
  if (tried && result.hints?.length) box.append(hints(result.hints, foot));
  if (foot.childElementCount) box.append(foot);
  return box;
}

/** @param {{text: string, url: string}[]} see */
function references(see) {
  const dd = document.createElement("dd");
  see.forEach(({ text, url }, i) => {
    const link = Object.assign(document.createElement("a"), { href: url, textContent: text });
    dd.append(i ? " · " : "", link);
  });
  return dd;
}

/** @param {string} words */
function rerunOf(words) {
  const dd = tag("dd");
  dd.append(command(words));
  return dd;
}

/** Hints, opened one at a time. @param {string[]} all @param {HTMLElement} foot */
function hints(all, foot) {
  const list = tag("ol", "", "ex-hints");
  list.ariaLabel = "Hints";
  list.ariaLive = "polite";
  list.tabIndex = -1; // it takes the focus of the button that has shown the last one
  const more = button("", () => {
    list.append(tag("li", all[list.childElementCount]));
    keepFocus(foot, name, () => list);
  });
  const name = () => {
    const shown = list.childElementCount;
    more.hidden = shown === all.length;
    more.textContent = shown ? `Next hint (${shown + 1} of ${all.length})` : `Show a hint (of ${count(all.length, "hint").split(" ")[0]})`;
  };
  name();
  foot.append(more);
  return list;
}
