// The editor's types are CodeMirror's own; lib/editor.js is written against its documentation.
export const EditorState: any, Compartment: any, EditorView: any, keymap: any, lineNumbers: any,
  drawSelection: any, highlightActiveLine: any, highlightActiveLineGutter: any, history: any,
  historyKeymap: any, defaultKeymap: any, indentWithTab: any, HighlightStyle: any,
  syntaxHighlighting: any, bracketMatching: any, indentOnInput: any, indentUnit: any,
  javascript: any, go: any, closeBrackets: any, closeBracketsKeymap: any, tags: any,
  lintGutter: any, nextDiagnostic: any, setDiagnostics: any, diff: any, getChunks: any, unifiedMergeView: any;
