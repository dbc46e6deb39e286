// One file of a learner, as the page and the folder know it. The page edits it, an
// editor may change it on disk, the server may be away: `next` decides what follows,
// from plain values; desk.js does what was decided.
//
// Nothing is ever lost: what the page has and the disk does not is a draft, kept in
// the browser until it is saved. When both changed, both are there until one chooses.
//
// Whatever ends its lines has here "\n", as in the editor: else a file would differ
// from itself. A hash is of the bytes on disk, and stays as it was sent.

/** @typedef {{content: string, hash: string, starter?: boolean, tab?: boolean}} Copy what stands on disk, or in another tab of this browser */
/** @typedef {{content: string, base: string, other?: string}} Draft what was typed, the copy that it was typed into, and what another tab has otherwise */

/**
 * @typedef {object} Model
 * @property {Copy} saved      the copy that the page's text is based on
 * @property {string} doc      the page's text
 * @property {string} [sending] the text that is being saved
 * @property {Copy} [late]     what changed on disk meanwhile: perhaps our own save, seen from outside
 * @property {Copy} [theirs]   what stands on disk now, or in another tab, where both have changed
 * @property {boolean} [wanted] a save was asked for while the server was away
 * @property {boolean} [removed] it is gone from disk, and was not written again
 */

/**
 * What can happen to it.
 * @typedef {{type: "edit", doc: string} | {type: "send"|"away"|"refused"|"mine"|"gone"|"again"}
 *   | {type: "saved"|"disk"|"theirs", copy: Copy} | {type: "both", saved: Copy, theirs: Copy}
 *   | {type: "tab", draft: Draft} | {type: "shared", draft: Draft|undefined}} Happening
 */

/** Whether there is something to save. @param {Model} m */
export const dirty = (m) => m.doc !== m.saved.content;

/** @param {string} text */
const lines = (text) => (text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);
/** @param {Copy} copy @returns {Copy} */
const clean = (copy) => (copy.content.includes("\r") ? { ...copy, content: lines(copy.content) } : copy);

/**
 * A file as it is first shown: with the draft that this browser has kept, if any.
 * @param {Copy} disk @param {Draft} [draft]
 * @returns {Model}
 */
export function open(disk, draft) {
  const copy = clean(disk);
  const doc = draft && lines(draft.content);
  if (!draft || doc === undefined || doc === copy.content) return { saved: copy, doc: copy.content };
  // A draft without a base was typed where there was no folder: into a starter.
  if (draft.base !== copy.hash && !(copy.starter && !draft.base)) return { saved: { content: "", hash: draft.base }, doc, theirs: copy };
  return draft.other === undefined ? { saved: copy, doc } : { saved: copy, doc, theirs: ofTab(draft.other, copy) };
}

/** What another tab has, typed into the same copy. @param {string} content @param {Copy} saved @returns {Copy} */
const ofTab = (content, { hash }) => ({ content: lines(content), hash, tab: true });

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
      return lines(what.doc) === doc ? now : { ...now, doc: lines(what.doc) };
    case "send":
      return { saved, doc, theirs, sending: doc };
    case "saved":
      return written(now, clean(what.copy));
    case "away":
      return { saved, doc, theirs, wanted: true };
    case "refused":
      return { saved, doc, theirs };
    case "disk":
      return sending === undefined ? changed(now, clean(what.copy)) : { ...now, late: clean(what.copy) };
    case "gone": // a copy without a hash is known not to be there
      return sending !== undefined || saved.hash === "" || now.removed ? now : { saved, doc, removed: true };
    case "again":
      return { saved: { content: "", hash: "" }, doc };
    case "mine": // is now based on what stands on disk, and will replace it
      return theirs ? { saved: theirs.tab ? saved : theirs, doc } : now;
    case "both": // what was chosen could not be done
      return theirs ? now : { saved: what.saved, doc, theirs: what.theirs };
    case "theirs":
      return open(what.copy);
    case "tab":
      return theirs || lines(what.draft.content) === doc ? now : { ...now, theirs: ofTab(what.draft.content, saved) };
    case "shared":
      return shared(now, what.draft);
  }
}

/** The save is done. @param {Model} now @param {Copy} copy @returns {Model} */
function written({ saved, doc, sending, late }, copy) {
  // Typed on meanwhile: what came back is the base of that, formatted or not.
  const after = { saved: copy, doc: doc === sending ? copy.content : doc };
  return !late || late.hash === saved.hash || late.hash === copy.hash || late.content === sending ? after : changed(after, late);
}

/** The file is another one on disk. @param {Model} now @param {Copy} copy @returns {Model} */
function changed(now, copy) {
  const { saved, doc, theirs, wanted, removed } = now;
  if (copy.hash === theirs?.hash || (copy.hash === saved.hash && !theirs && !removed)) return now;
  if (copy.hash === saved.hash) return { saved: copy, doc, wanted }; // as before: no conflict any more
  if (!dirty(now) || copy.content === doc) return { saved: copy, doc: copy.content };
  return { saved, doc, theirs: copy };
}

/**
 * Another tab typed, or saved or let go what it had typed: this one, which has nothing
 * else, follows it.
 * @param {Model} now @param {Draft|undefined} draft
 * @returns {Model}
 */
function shared(now, draft) {
  const { saved, theirs, sending, removed } = now;
  const disk = theirs && !theirs.tab ? theirs : saved;
  if (sending !== undefined || removed) return draft ? { ...now, doc: lines(draft.content) } : now;
  return open(disk, draft);
}
