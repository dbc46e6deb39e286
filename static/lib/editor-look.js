// How the editor looks: its colours are the page's tokens, so that it follows the
// theme by itself. Sizes are in rem, so that it grows with a projected page.

/** For EditorView.theme. */
export const theme = {
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
  // Browsers of phones zoom into what is typed in smaller letters than these.
  "@media (pointer: coarse)": { "&": { fontSize: "1rem" } },

  // Problems: a sign in the gutter and a line below the words, not colour alone.
  ".cm-gutter-lint": { width: "1.1em" },
  ".cm-lint-marker": { width: "1em", height: "auto", textAlign: "center", fontWeight: "700", cursor: "help" },
  ".cm-lint-marker-error": { content: "none", color: "var(--bad)" },
  ".cm-lint-marker-error::before": { content: "'✗'" },
  ".cm-lint-marker-warning": { content: "none", color: "var(--got)" },
  ".cm-lint-marker-warning::before": { content: "'!'" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy 1.5px var(--bad)", textUnderlineOffset: "0.2em" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy 1.5px var(--got)", textUnderlineOffset: "0.2em" },
  ".cm-tooltip": { border: "1px solid var(--rule)", borderRadius: "8px", backgroundColor: "var(--raised)", color: "var(--ink)", fontSize: "0.8125rem", fontFamily: "var(--sans)", overflow: "hidden" },
  ".cm-diagnostic": { padding: "0.35rem 0.6rem", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--bad)" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--got)" },

  // Two versions in one: mine has a plus, theirs a minus.
  ".cm-changeGutter": { width: "1em", paddingLeft: "0", textAlign: "center", fontWeight: "700" },
  "&.cm-merge-b .cm-changedLineGutter": { background: "none", color: "var(--good)" },
  ".cm-changedLineGutter::before": { content: "'+'" },
  "& .cm-deletedLineGutter": { background: "none", color: "var(--bad)" },
  ".cm-deletedLineGutter::before": { content: "'−'" },
  "&.cm-merge-b .cm-changedLine": { backgroundColor: "color-mix(in oklab, var(--good) 10%, transparent)" },
  "&.cm-merge-b .cm-changedText": { background: "none" },
  ".cm-deletedChunk": { paddingLeft: "0.4rem", backgroundColor: "color-mix(in oklab, var(--bad) 9%, transparent)", position: "relative" },
  "& .cm-deletedChunk .cm-deletedText": { background: "none" },
  ".cm-deletedChunk .cm-chunkButtons": { position: "static", display: "flex", gap: "0.4rem", padding: "0.25rem 0" },
  ".cm-deletedChunk button": {
    padding: "0.1rem 0.6rem", border: "1px solid var(--edge)", borderRadius: "7px", background: "var(--raised)", color: "var(--ink)", font: "0.8125rem var(--sans)",
  },
};

/** The colours of code. @param {any} cm the bundle's exports */
export function colours({ HighlightStyle, tags }) {
  return HighlightStyle.define([
    { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.modifier], color: "var(--accent)" },
    { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: "var(--got)" },
    { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "var(--sent)" },
    { tag: [tags.comment, tags.lineComment, tags.blockComment], color: "var(--soft)", fontStyle: "italic" },
    { tag: [tags.number, tags.bool, tags.null], color: "var(--got)" },
    { tag: tags.invalid, color: "var(--bad)" },
  ]);
}
