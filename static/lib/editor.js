// A code editor (CodeMirror 6), fetched when the first one is mounted.
//
//   const editor = await mountEditor(host, { doc, language: "javascript", label: "Your client" });
//   editor.doc;  editor.replace(text);  editor.destroy();
//
// It stands in a shadow root: there CodeMirror makes its styles as constructable
// style sheets, which a policy without 'unsafe-inline' allows.
//
// Tab indents, as programmers expect. Escape and then Tab leaves the editor, as
// everybody else needs; a line below the editor says so. Ctrl+Enter is the
// stage's: it types nothing.

/**
 * @typedef {object} Editor
 * @property {string} doc its text
 * @property {(text: string) => void} replace all of it; the reader can undo that
 * @property {() => void} focus
 * @property {() => void} destroy
 */

/** Colours are the page's tokens: they follow the theme by themselves. */
const theme = {
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--paper)", fontSize: "0.84375rem" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { caretColor: "var(--accent)", padding: "0.5rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "var(--sunk)", color: "var(--soft)", border: "none" },
  ".cm-activeLine": { backgroundColor: "color-mix(in oklab, var(--accent) 6%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in oklab, var(--accent) 26%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in oklab, var(--accent) 20%, transparent)" },
};

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
  const cm = await import("../vendor/codemirror/codemirror.js");
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open", delegatesFocus: true });
  const { tags } = cm;
  const colours = cm.HighlightStyle.define([
    { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.modifier], color: "var(--accent)" },
    { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: "var(--got)" },
    { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "var(--sent)" },
    { tag: [tags.comment, tags.lineComment, tags.blockComment], color: "var(--soft)", fontStyle: "italic" },
    { tag: [tags.number, tags.bool, tags.null], color: "var(--got)" },
    { tag: tags.invalid, color: "var(--bad)" },
  ]);
  const view = new cm.EditorView({
    root,
    parent: root,
    doc,
    extensions: [
      cm.lineNumbers(), cm.highlightActiveLineGutter(), cm.highlightActiveLine(), cm.drawSelection(),
      cm.history(), cm.indentOnInput(), cm.bracketMatching(), cm.closeBrackets(),
      cm.indentUnit.of(language === "go" ? "\t" : "  "),
      language === "go" ? cm.go() : cm.javascript(),
      cm.syntaxHighlighting(colours),
      cm.EditorView.theme(theme),
      cm.EditorView.contentAttributes.of({ "aria-label": `${label}. Escape, then Tab, leaves the editor.`, spellcheck: "false", tabindex: "0" }),
      cm.keymap.of([{ key: "Mod-Enter", run: () => true }, ...cm.closeBracketsKeymap, ...cm.defaultKeymap, ...cm.historyKeymap, cm.indentWithTab]),
      cm.EditorView.domEventHandlers({ beforeinput: replaceSelection }),
      cm.EditorView.updateListener.of((/** @type {any} */ u) => { if (u.docChanged) onChange(u.state.doc.toString()); }),
    ],
  });
  return {
    get doc() { return view.state.doc.toString(); },
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
