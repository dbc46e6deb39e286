// The parts of CodeMirror 6 that lib/editor.js uses; `npm run build` makes
// codemirror.js of them. Add an export here to use one more.
export { EditorState, Compartment } from "@codemirror/state";
export {
  EditorView, keymap, lineNumbers, drawSelection, highlightActiveLine, highlightActiveLineGutter,
} from "@codemirror/view";
export { history, historyKeymap, defaultKeymap, indentWithTab } from "@codemirror/commands";
export {
  HighlightStyle, syntaxHighlighting, bracketMatching, indentOnInput, indentUnit,
} from "@codemirror/language";
export { javascript } from "@codemirror/lang-javascript";
export { go } from "@codemirror/lang-go";
export { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
export { tags } from "@lezer/highlight";
export { lintGutter, nextDiagnostic, setDiagnostics } from "@codemirror/lint";
export { diff, getChunks, unifiedMergeView } from "@codemirror/merge";
