// The compiler's and vet's words as a list: each leads to its line.

import { count } from "../../lib/bytes.js";
import { button, tag } from "./parts.js";

/** @typedef {import("./work.js").Finding} Finding */

const SIGNS = { error: "✗", warning: "!" };

/**
 * @param {import("./work.js").Build} build
 * @param {(f: Finding) => (() => void)|false} goTo what a press does, where there is a line to go to
 * @returns {HTMLElement[]}
 */
export function listOf({ problems, output = "" }, goTo) {
  const list = tag("ol");
  list.append(...problems.map((f) => item(f, goTo(f))));
  const pre = tag("pre", output);
  pre.tabIndex = 0;
  pre.ariaLabel = "What the compiler said";
  return problems.length ? [tag("h3", headOf(problems)), list] : [tag("h3", "✗ It does not build"), pre];
}

/** @param {Finding[]} problems */
function headOf(problems) {
  const errors = problems.filter((f) => f.severity === "error").length;
  if (!errors) return `! It builds; vet has ${count(problems.length, "doubt")}`;
  return `✗ It does not build: ${count(errors, "error")}`;
}

/** @param {Finding} f @param {(() => void)|false} press */
function item({ file, line, column, severity, source, text }, press) {
  const li = tag("li", "", severity);
  const place = `${file}:${line}${column ? `:${column}` : ""}`;
  const sign = tag("span", SIGNS[severity] ?? "!", "sign");
  sign.ariaHidden = "true";
  const words = tag("span", "", "what");
  words.append(tag("code", text), ...(source === "vet" ? [tag("small", " (vet)")] : []));
  li.append(sign, press ? button(place, press, "wb-place") : tag("span", place, "wb-place"), words);
  return li;
}
