// One file of a learner, as the page and the folder know it. The page edits it, an
// editor may change it on disk, the server may be away: `next` decides what follows,
// from plain values; keeper.js does what was decided.
//
// Nothing is ever lost: what the page has and the disk does not is a draft, kept in
// the browser until it is saved. When both changed, both are there until one chooses.
//
// Whatever ends its lines has here "\n", as in the editor: else a file would differ
// from itself. A hash is of the bytes on disk, and stays as it was sent.

/** @typedef {{content: string, hash: string, starter?: boolean, tab?: boolean}} Copy what stands on disk, or in another tab of this browser */
/** @typedef {{content: string, base: string, other?: string, lost?: boolean}} Draft what was typed, the copy that it was typed into, what another tab has otherwise; lost as in Model */

/**
 * @typedef {object} Model
 * @property {Copy} saved      the copy that the page's text is based on
 * @property {string} doc      the page's text
 * @property {string} [sending] the text that is being saved
 * @property {string} [sent]   the text of a save that got no answer: perhaps it was written
 * @property {Copy} [late]     what changed on disk meanwhile: perhaps our own save, seen from outside
 * @property {Copy} [theirs]   what stands on disk now, or in another tab, where both have changed
 * @property {string} [other]  what another tab has as well, while `theirs` stands on disk
 * @property {boolean} [wanted] a save was asked for while the server was away
 * @property {boolean} [removed] it is gone from disk, and was not written again
 * @property {boolean} [lost]  the folder is gone, and so no disk has it, even where it was saved
 * @property {boolean} [anew]  it was lost while it was being saved: perhaps after that
 */

/**
 * What can happen to it.
 * @typedef {{type: "edit", doc: string} | {type: "send"|"away"|"refused"|"waived"|"mine"|"gone"|"lost"|"again"}
 *   | {type: "saved"|"disk"|"theirs", copy: Copy} | {type: "both", saved: Copy, theirs: Copy}
 *   | {type: "tab", draft: Draft} | {type: "shared", draft: Draft|undefined}} Happening
 */

/** Whether there is something to save. @param {Model} m */
export const dirty = (m) => Boolean(m.lost) || m.doc !== m.saved.content;

/** @param {string} text */
const lines = (text) => (text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);
/** @param {Copy} copy @returns {Copy} */
const clean = (copy) => (copy.content.includes("\r") ? { ...copy, content: lines(copy.content) } : copy);

/**
 * A file as it is first shown: with the draft that this browser has kept, if any.
 * @param {Copy} disk @param {Draft} [draft] @param {boolean} [there] false where the copy is a starter that is on no disk
 * @returns {Model}
 */
export function open(disk, draft, there = true) {
  const copy = clean(disk);
  if (!draft) return { saved: copy, doc: copy.content };
  const doc = lines(draft.content);
  // A draft without a base was typed where there was no folder: into a starter.
  const based = doc === copy.content || draft.base === copy.hash || (copy.starter && (!draft.base || draft.lost));
  if (!there && doc !== copy.content && (draft.lost || !based)) return { ...beside({ content: "", hash: draft.base }, doc, draft.other), lost: true };
  if (based) return beside(copy, doc, draft.other);
  return { saved: { content: "", hash: draft.base }, doc, theirs: copy, ...(draft.other !== undefined && { other: draft.other }) };
}

/**
 * A file of which there is only a draft: it is gone from disk, or all of the folder is.
 * @param {Draft} draft @param {boolean} there whether the folder is
 * @returns {Model}
 */
export function orphan({ content, base, other, lost }, there) {
  const now = beside({ content: "", hash: there && lost ? "" : base }, lines(content), other);
  if (!there) return { ...now, lost: true };
  return lost ? now : next(now, { type: "gone" }); // what a lost folder had is written again, unasked
}

/** What the browser keeps of a file: what the disk does not have. @param {Model} m @returns {Draft|undefined} */
export function draftOf(m) {
  if (!dirty(m) && tabs(m) === undefined) return;
  return { content: m.doc, base: m.saved.hash, ...andTab(m), ...(m.lost && { lost: true }) };
}

/** What another tab has, typed into the same copy. @param {string} content @param {Copy} saved @returns {Copy} */
const ofTab = (content, { hash }) => ({ content: lines(content), hash, tab: true });
/** @param {Model} m */
const tabs = ({ theirs, other }) => (theirs?.tab ? theirs.content : other);
/** @param {Model} m */
const andTab = (m) => (tabs(m) === undefined ? {} : { other: tabs(m) });

/** The page's text, and another tab's if that is another one. @param {Copy} saved @param {string} doc @param {string} [other] @returns {Model} */
function beside(saved, doc, other) {
  const theirs = other === undefined ? undefined : ofTab(other, saved);
  return !theirs || theirs.content === doc || theirs.content === saved.content ? { saved, doc } : { saved, doc, theirs };
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
      return edited(now, lines(what.doc));
    case "send":
      return { ...idle(now), sending: doc };
    case "saved":
      return written(now, clean(what.copy));
    case "away":
      return unanswered(now);
    case "refused":
      return idle(now);
    case "waived": // what was promised has been done, or can't be
      return now.wanted ? { ...now, wanted: undefined } : now;
    case "disk":
      return sending === undefined ? changed(now, clean(what.copy)) : { ...now, late: clean(what.copy) };
    case "gone": // a copy without a hash is known not to be there
      return sending !== undefined || saved.hash === "" || now.removed ? now : { saved, doc, removed: true, ...andTab(now) };
    case "lost":
      return lost(now);
    case "again":
      return beside({ content: "", hash: "" }, doc, tabs(now));
    case "mine": // is now based on what stands on disk, and will replace it
      return theirs ? { saved: theirs.tab ? saved : theirs, doc, ...(now.lost && { lost: true }) } : now;
    case "both": // what was chosen could not be done
      return theirs ? now : { saved: what.saved, doc, theirs: what.theirs };
    case "theirs":
      return open(what.copy);
    case "tab":
      return anotherTab(now, lines(what.draft.content));
    case "shared":
      return shared(now, what.draft);
  }
}

/** Without what is about a save. @param {Model} now @returns {Model} */
function idle({ sending, sent, late, wanted, anew, ...rest }) { return rest; }

/** @param {Model} now @param {string} doc @returns {Model} */
function edited(now, doc) {
  if (doc === now.doc) return now;
  const { wanted, ...rest } = { ...now, doc };
  return wanted && dirty(rest) ? { ...rest, wanted } : rest; // who puts the text back wants no save
}

/** The save is done. @param {Model} now @param {Copy} copy @returns {Model} */
function written(now, copy) {
  const { saved, doc, sending, late, anew } = now;
  // Typed on meanwhile: what came back is the base of that, formatted or not.
  const after = { ...beside(copy, doc === sending ? copy.content : doc, tabs(now)), ...(anew && { lost: true }) };
  return !late || late.hash === saved.hash || late.hash === copy.hash || late.content === sending ? after : changed(after, late);
}

/** The server did not answer a save. @param {Model} now @returns {Model} */
function unanswered(now) {
  const after = { ...idle(now), wanted: true, ...(now.sending !== undefined && { sent: now.sending }) };
  return now.late ? changed(after, now.late) : after;
}

/** The file is another one on disk. @param {Model} now @param {Copy} copy @returns {Model} */
function changed(now, copy) {
  const { saved, doc, theirs, wanted, sent } = now;
  const before = theirs && !theirs.tab ? theirs : saved;
  if (copy.hash === before.hash && !now.removed && !now.lost) return now;
  if (!dirty(now) || copy.content === doc) return beside(copy, copy.content, tabs(now));
  // As before, or as we sent it: no conflict. Nor is a starter, in a folder that was made again.
  const ours = copy.hash === saved.hash || copy.content === sent || (now.lost && copy.starter);
  if (ours) return { ...beside(copy, doc, tabs(now)), ...(wanted && { wanted }) };
  if (wanted && sent === doc) return now; // it may be what we sent, formatted: the save that is owed finds out
  return { saved, doc, theirs: copy, ...andTab(now) };
}

/** The folder is gone. A starter that nobody changed is no loss. @param {Model} now @returns {Model} */
function lost(now) {
  const { saved, doc, theirs, sending } = now;
  if ((now.lost && (sending === undefined || now.anew)) || (saved.starter && !dirty(now) && !theirs)) return now;
  return { ...beside(saved, doc, tabs(now) ?? theirs?.content), lost: true, ...(sending !== undefined && { sending, anew: true }) };
}

/** Another tab typed at the same time. @param {Model} now @param {string} content @returns {Model} */
function anotherTab(now, content) {
  if (now.theirs?.tab || content === now.doc) return now;
  return now.theirs ? { ...now, other: content } : { ...now, theirs: ofTab(content, now.saved) };
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
  if (sending !== undefined || removed || now.lost) return draft ? { ...now, doc: lines(draft.content) } : now;
  return open(disk, draft);
}
