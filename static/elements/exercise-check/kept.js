// Whether what the page has of a file is safe, and where, in words.

import { dirty } from "./file.js";

/** @param {import("./keeper.js").Keeper} keeper @param {string} name of a file @returns {string} with a mark before it, unless nothing is the matter */
export function keptWords({ files, exists, drafts }, name) {
  const model = files.get(name);
  if (!model) return "";
  if (model.sending !== undefined) return "Saving…";
  if (model.removed) return "● Removed on disk";
  if (!dirty(model)) return exists ? "✓ Saved" : "";
  if (drafts.unkept.has(name)) return "● Not kept: this browser stores nothing; save or copy it";
  if (model.theirs) return model.theirs.tab ? "● Changed here and in another tab" : "● Changed here and on disk";
  if (!exists) return "● Kept in this browser";
  return model.wanted ? "● Not saved: kept here until the server is back" : "● Not saved";
}
