// A code editor (CodeMirror 6), fetched when the first one is mounted.
//
//   const editor = await mountEditor(host, { doc, language: "javascript", label: "Your client" });
//   editor.doc;  editor.replace(text);  editor.destroy();
//   editor.problems([{ line: 7, column: 2, severity: "error", text: "undefined: x" }]);
//   editor.compare(theirs);     // both in one, until compare(undefined)
//
// It stands in a shadow root: there CodeMirror makes its styles as constructable
// style sheets, which a policy without 'unsafe-inline' allows.
//
// Tab indents, as programmers expect. Escape and then Tab leaves the editor, as
// everybody else needs; a line below the editor says so. Ctrl+Enter is the
// stage's: it types nothing. F8 goes to the next problem.

import { colours, theme } from "./editor-look.js";
import { nameKey } from "./keys.js";
import { load } from "./live.js";

/** @typedef {{line: number, column?: number, severity: "error"|"warning", text: string}} Problem lines and UTF-8 columns from 1, as compilers count */

/**
 * @typedef {object} Editor
 * @property {string} doc its text
 * @property {(text: string) => void} replace makes it read so: only what differs is changed, the cursor stays in its words, and the reader can undo it
 * @property {(list: Problem[]) => void} problems marks them, in place of those before
 * @property {(line: number, column?: number) => void} goTo
 * @property {(original: string|undefined, words?: {mine: string, theirs: string}) => void} compare shows what another version has otherwise, to be taken or left part by part
 * @property {() => void} focus
 * @property {() => void} destroy
 */

/**
 * Types over a selection in the editor's own state. Left to the browser, the new
 * text would come wrapped in an inline style, which the page's policy refuses and
 * reports. What composes (an IME) can't be taken over and is left alone.
 * @param {InputEvent} event
 * @param {any} view CodeMirror's EditorView
 */
function replaceSelection(event, view) {
  const { from, to, empty } = view.state.selection.main;
  const typed = event.data;
  if (empty || event.inputType !== "insertText" || typed === null || view.composing) return false;
  event.preventDefault();
  const change = () => view.state.update(view.state.replaceSelection(typed), { userEvent: "input.type", scrollIntoView: true });
  const { inputHandler } = view.constructor;
  // A bracket typed over a selection goes around it: that is a handler's business.
  const handled = view.state.facet(inputHandler).some((/** @type {any} */ h) => h(view, from, to, typed, change));
  if (!handled) view.dispatch(change());
  return true;
}

/** @param {any} cm @param {any} view @param {string} text */
function replace(cm, view, text) {
  const before = view.state.doc.toString();
  if (text === before) return;
  const changes = cm.diff(before, text, { scanLimit: 1_000 })
    .map((/** @type {any} */ c) => ({ from: c.fromA, to: c.toA, insert: text.slice(c.fromB, c.toB) }));
  view.dispatch({ changes, userEvent: "input.replace" });
}

/** Where a place that a compiler names is. @param {any} doc CodeMirror's Text @param {number} line @param {number} [column] */
function offsetOf(doc, line, column = 1) {
  const at = doc.line(Math.min(Math.max(1, line), doc.lines));
  const before = new TextEncoder().encode(at.text).subarray(0, Math.max(0, column - 1)); // a column counts bytes
  return Math.min(at.to, at.from + new TextDecoder().decode(before).length);
}

/** @param {any} cm @param {any} view @param {Problem[]} list */
function showProblems(cm, view, list) {
  const { doc } = view.state;
  const diagnostics = list.map(({ line, column, severity, text }) => {
    const from = offsetOf(doc, line, column);
    const word = doc.lineAt(from).text.slice(from - doc.lineAt(from).from).match(/^(\w+|\S)/)?.[0].length ?? 0;
    return { from, to: from + word, severity, message: text };
  });
  view.dispatch(cm.setDiagnostics(view.state, diagnostics.sort((a, b) => a.from - b.from)));
}

/**
 * Two versions in one. What the other has in its place stands above each part of
 * this one, with a button for either.
 * @param {any} cm @param {string|undefined} original @param {{mine: string, theirs: string}} words
 */
function comparing(cm, original, { mine, theirs }) {
  if (original === undefined) return [];
  const mergeControls = (/** @type {string} */ type, /** @type {(e: Event) => void} */ action) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: type === "accept" ? mine : theirs });
    button.addEventListener("click", action);
    return button;
  };
  return cm.unifiedMergeView({ original, mergeControls, syntaxHighlightDeletions: false });
}

/**
 * CodeMirror guesses the height of a line until it has measured one. Nothing is
 * seen of the editor before that, so that nothing is seen to move.
 * @param {any} view CodeMirror's EditorView
 */
function showMeasured(view) {
  view.dom.style.visibility = "hidden";
  const sized = new ResizeObserver(() => {
    if (!view.dom.clientHeight) return; // it is not displayed yet
    sized.disconnect();
    view.requestMeasure({ read: () => {}, write: () => { view.dom.style.visibility = ""; } });
  });
  sized.observe(view.dom);
}

/**
 * Mounts an editor in an element that is empty.
 * @param {HTMLElement} host
 * @param {object} options
 * @param {string} options.doc
 * @param {"javascript"|"go"} options.language
 * @param {string} options.label accessible name
 * @param {(doc: string) => void} [options.onChange]
 * @returns {Promise<Editor>}
 */
export async function mountEditor(host, { doc, language, label, onChange = () => {} }) {
  const cm = await load("vendor/codemirror/codemirror.js");
  nameKey("Escape Tab", "In an editor: one after the other, they leave it");
  if (language === "go") nameKey("F8", "In an editor: go to the next problem that the compiler found");
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open", delegatesFocus: true });
  const compartment = new cm.Compartment();
  const view = new cm.EditorView({
    root,
    parent: root,
    doc,
    extensions: [
      language === "go" ? cm.lintGutter() : [], cm.lineNumbers(), cm.highlightActiveLineGutter(), cm.highlightActiveLine(), cm.drawSelection(),
      cm.history(), cm.indentOnInput(), cm.bracketMatching(), cm.closeBrackets(),
      cm.indentUnit.of(language === "go" ? "\t" : "  "),
      language === "go" ? cm.go() : cm.javascript(),
      cm.syntaxHighlighting(colours(cm)),
      cm.EditorView.theme(theme),
      cm.EditorView.contentAttributes.of({ "aria-label": `${label}. Escape, then Tab, leaves the editor.`, spellcheck: "false", tabindex: "0", translate: "no" }),
      cm.keymap.of([
        { key: "Mod-Enter", run: () => true }, { key: "F8", run: cm.nextDiagnostic },
        ...cm.closeBracketsKeymap, ...cm.defaultKeymap, ...cm.historyKeymap, cm.indentWithTab,
      ]),
      cm.EditorView.domEventHandlers({ beforeinput: replaceSelection }),
      cm.EditorView.updateListener.of((/** @type {any} */ u) => { if (u.docChanged) onChange(u.state.doc.toString()); }),
      compartment.of([]),
    ],
  });
  showMeasured(view);
  return {
    get doc() { return view.state.doc.toString(); },
    replace: (text) => replace(cm, view, text),
    problems: (list) => showProblems(cm, view, list),
    goTo(line, column) {
      const at = offsetOf(view.state.doc, line, column);
      view.dispatch({ selection: { anchor: at }, effects: cm.EditorView.scrollIntoView(at, { y: "center" }) });
      view.focus();
    },
    compare: (original, words = { mine: "Keep mine", theirs: "Take theirs" }) =>
      view.dispatch({ effects: compartment.reconfigure(comparing(cm, original, words)) }),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
