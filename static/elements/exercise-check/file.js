// One file of a learner, as the page and the folder know it. The page edits it, an
// editor may change it on disk, the server may be away: `next` decides what follows,
// from plain values; desk.js does what was decided.
//
// Nothing is ever lost: what the page has and the disk does not is a draft, kept in
// the browser until it is saved. When both changed, both are there until one chooses.

/** @typedef {{content: string, hash: string, starter?: boolean}} Copy what stands on disk */
/** @typedef {{content: string, base: string}} Draft what was typed, and the copy that it was typed into */

/**
 * @typedef {object} Model
 * @property {Copy} saved      the copy that the page's text is based on
 * @property {string} doc      the page's text
 * @property {string} [sending] the text that is being saved
 * @property {Copy} [late]     what changed on disk meanwhile: perhaps our own save, seen from outside
 * @property {Copy} [theirs]   what stands on disk now, where both have changed
 * @property {boolean} [wanted] a save was asked for while the server was away
 */

/**
 * What can happen to it.
 * @typedef {{type: "edit", doc: string} | {type: "send"|"away"|"refused"|"mine"}
 *   | {type: "saved", copy: Copy} | {type: "disk", copy: Copy} | {type: "theirs", copy: Copy}} Happening
 */

/** Whether there is something to save. @param {Model} m */
export const dirty = (m) => m.doc !== m.saved.content;

/**
 * A file as it is first shown: with the draft that this browser has kept, if any.
 * @param {Copy} copy @param {Draft} [draft]
 * @returns {Model}
 */
export function open(copy, draft) {
  const model = { saved: copy, doc: copy.content };
  if (!draft || draft.content === copy.content) return model;
  // A draft without a base was typed where there was no folder: into a starter.
  if (draft.base === copy.hash || (copy.starter && !draft.base)) return { saved: copy, doc: draft.content };
  return { saved: { content: "", hash: draft.base }, doc: draft.content, theirs: copy };
}

/**
 * Decides what follows from a happening. The model that comes back is the very one
 * given where nothing changes.
 * @param {Model} now @param {Happening} what
 * @returns {Model}
 */
export function next(now, what) {
  const { saved, doc, theirs, sending } = now;
  switch (what.type) {
    case "edit":
      return what.doc === doc ? now : { ...now, doc: what.doc };
    case "send":
      return { saved, doc, theirs, sending: doc };
    case "saved": {
      // Typed on meanwhile: what came back is the base of that, formatted or not.
      const after = { saved: what.copy, doc: doc === sending ? what.copy.content : doc };
      const { late } = now;
      return !late || late.hash === saved.hash || late.hash === what.copy.hash || late.content === sending ? after : changed(after, late);
    }
    case "away":
      return { saved, doc, theirs, wanted: true };
    case "refused":
      return { saved, doc, theirs };
    case "disk":
      return sending === undefined ? changed(now, what.copy) : { ...now, late: what.copy };
    case "mine": // is now based on what stands on disk, and will replace it
      return theirs ? { saved: theirs, doc } : now;
    case "theirs":
      return { saved: what.copy, doc: what.copy.content };
  }
}

/** The file is another one on disk. @param {Model} now @param {Copy} copy @returns {Model} */
function changed(now, copy) {
  const { saved, doc, theirs, wanted } = now;
  if (copy.hash === theirs?.hash || (copy.hash === saved.hash && !theirs)) return now;
  if (copy.hash === saved.hash) return { saved: copy, doc, wanted }; // as before: no conflict any more
  if (!dirty(now) || copy.content === doc) return { saved: copy, doc: copy.content };
  return { saved, doc, theirs: copy };
}
