// Where a learner works: in this page, in an editor of their own, or on a server in
// any language that is checked at its URL. The choice is remembered for all exercises.

import { recall, remember } from "../../lib/store.js";
import { button, command, tag } from "./parts.js";

/** @typedef {"page"|"editor"|"server"} Place */

const NAMES = { page: "In this page", editor: "In my own editor", server: "My server, at URL" };
const DEFAULT_URL = "http://localhost:3000";

/**
 * The choice, as radio buttons that look like tabs.
 * @param {string} exercise @param {Place[]} offered @param {(place: Place) => void} chosen
 * @returns {{root: HTMLElement, choose: (place: Place) => void}}
 */
export function choiceOf(exercise, offered, chosen) {
  const root = tag("fieldset", "", "ex-places");
  root.append(tag("legend", "Where you work", "quiet"));
  for (const place of offered) {
    const label = tag("label");
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: `place-${exercise}`, value: place });
    radio.addEventListener("change", () => {
      remember("work:place", place);
      chosen(place);
    });
    label.append(radio, NAMES[place]);
    root.append(label);
  }
  const choose = (/** @type {Place} */ place) => {
    const radio = root.querySelector(`[value=${place}]`);
    if (radio instanceof HTMLInputElement) radio.checked = true;
    chosen(place);
  };
  return { root, choose };
}

/** What was chosen before, if it is offered here. @param {Place[]} offered @param {Place} otherwise @returns {Place} */
export function rememberedPlace(offered, otherwise) {
  const before = recall("work:place", /** @type {Place|undefined} */ (undefined));
  return before && offered.includes(before) ? before : otherwise;
}

/**
 * The folder, and what to type in a terminal there. If what was drawn before had the
 * focus, the first button has it now.
 * @param {HTMLElement} root
 * @param {{exercise: string, language: string, dir?: string, exists: boolean, offer?: string, make: (dir: string) => unknown}} about
 */
export function drawOwnEditor(root, about) {
  const had = root.contains(document.activeElement);
  root.replaceChildren(...(about.exists ? folderThere(about) : folderNowhere(about)));
  if (had) root.querySelector("button")?.focus();
}

/** @param {{offer?: string, make: (dir: string) => unknown}} about @returns {HTMLElement[]} */
function folderNowhere({ offer = "", make }) {
  const p = tag("p");
  p.append("There is no folder ", tag("code", offer), ". Made once, it holds all exercises: an ordinary Go module that needs no network.");
  return [p, button(`Make ${offer}`, () => make(offer), "btn go")];
}

/** @param {{exercise: string, language: string, dir?: string}} about @returns {HTMLElement[]} */
function folderThere({ exercise, language, dir }) {
  const file = `${exercise}/main.${language}`;
  const p = tag("p");
  p.append("Open ", tag("code", `${dir}/${file}`), " in your editor. What you save there appears here. Press Check once: from then on each save is checked, until you ", language === "go" ? "press Stop" : "cancel a check", ". In a terminal:");
  const commands = language === "go" ? [`cd ${dir}`, `go run ./${exercise}`, `go test ./${exercise}`, "duplex watch"] : [`cd ${dir}`, `duplex check ${exercise} ${file}`, "duplex watch"];
  const list = tag("ul", "", "ex-commands");
  list.append(...commands.map((words) => {
    const li = tag("li");
    li.append(command(words));
    return li;
  }));
  return [p, list];
}

/** The ways to an exercise where there is no workbench. @param {string} exercise @param {string} path of its main.go in the repository */
export function ownWays(exercise, path) {
  const folder = path.replace(/\/[^/]*$/, "").replace(/^(?!\/|[A-Z]:)/, "./"); // a course elsewhere has an absolute path
  const own = tag("details", "", "ex-own");
  const summary = tag("summary", "In my own editor: ");
  summary.append(tag("code", path));
  /** @type {[string, string[]][]} */
  const list = [
    ["In a folder of your own, which needs no network:", ["duplex init my-course", "cd my-course && go test ./..."]],
    [`In a clone of the course: edit ${path}, then run it, check it, test it.`, [`go run ${folder}`, `go run ./cmd/duplex check ${exercise} ${DEFAULT_URL}`, `go test ${folder}`]],
    ["In any other language: let your server listen on port 3000, or write its URL below.", []],
  ];
  own.append(summary, ...list.flatMap(([words, commands]) => {
    const pre = Object.assign(tag("pre", commands.join("\n")), { tabIndex: 0 });
    return commands.length ? [tag("p", words), pre] : [tag("p", words)];
  }));
  return own;
}

/** The field for a server's URL. */
export function urlField() {
  const label = tag("label", "My server, at ", "ex-url");
  const field = Object.assign(document.createElement("input"), { className: "field", name: "url", inputMode: "url", spellcheck: false, autocomplete: "off" });
  field.value = recall("check:url", DEFAULT_URL);
  label.append(field);
  return { label, get url() {
    const url = field.value.trim() || DEFAULT_URL;
    remember("check:url", url);
    return url;
  } };
}
