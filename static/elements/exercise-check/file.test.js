import assert from "node:assert/strict";
import { test } from "node:test";
import { dirty, draftOf, next, open } from "./file.js";

/** @param {string} content */
const copy = (content) => ({ content, hash: `#${content}` });
/** @param {import("./file.js").Model} m @param {import("./file.js").Happening[]} all */
const after = (m, ...all) => all.reduce(next, m);

test("a draft goes on where it was typed", () => {
  assert.equal(open(copy("a"), { content: "ab", base: "#a" }).doc, "ab");
  assert.equal(open({ ...copy("a"), starter: true }, { content: "ab", base: "" }).theirs, undefined);
  const both = open(copy("new"), { content: "mine", base: "#old" });
  assert.deepEqual([both.doc, both.theirs?.content], ["mine", "new"]);
  assert.equal(open(copy("a"), { content: "a", base: "#old" }).theirs, undefined, "the same words are no conflict");
});

test("a save brings the formatted text back, unless one typed on", () => {
  const sent = after(open(copy("a")), { type: "edit", doc: "b" }, { type: "send" });
  assert.deepEqual(after(sent, { type: "saved", copy: copy("B") }), { saved: copy("B"), doc: "B" });
  const typed = after(sent, { type: "edit", doc: "bc" }, { type: "saved", copy: copy("B") });
  assert.equal(typed.doc, "bc");
  assert.ok(dirty(typed));
});

test("one's own save, seen from outside, is no change", () => {
  const sent = after(open(copy("a")), { type: "edit", doc: "b" }, { type: "send" });
  for (const seen of ["a", "b", "B"]) {
    const m = after(sent, { type: "disk", copy: copy(seen) }, { type: "saved", copy: copy("B") });
    assert.deepEqual([m.doc, m.theirs], ["B", undefined], `seen as ${seen}`);
  }
  const other = after(sent, { type: "disk", copy: copy("x") }, { type: "saved", copy: copy("B") });
  assert.equal(other.doc, "x", "another's change after it is taken over");
});

test("a change on disk comes in where nothing is unsaved", () => {
  assert.equal(after(open(copy("a")), { type: "disk", copy: copy("b") }).doc, "b");
  const now = open(copy("a"));
  assert.equal(next(now, { type: "disk", copy: copy("a") }), now);
});

test("where both changed, both stay until one chooses", () => {
  const both = after(open(copy("a")), { type: "edit", doc: "mine" }, { type: "disk", copy: copy("theirs") });
  assert.deepEqual([both.doc, both.theirs?.content], ["mine", "theirs"]);
  const mine = after(both, { type: "mine" });
  assert.deepEqual([mine.doc, mine.saved.hash, mine.theirs, dirty(mine)], ["mine", "#theirs", undefined, true]);
  const theirs = after(both, { type: "theirs", copy: copy("theirs") });
  assert.deepEqual([theirs.doc, dirty(theirs)], ["theirs", false]);
  assert.equal(after(both, { type: "disk", copy: copy("a") }).theirs, undefined, "taken back on disk");
  assert.equal(after(both, { type: "disk", copy: copy("mine") }).theirs, undefined, "they agree again");
});

test("a save that found no server is wanted still, until it is done", () => {
  const away = after(open(copy("a")), { type: "edit", doc: "b" }, { type: "send" }, { type: "away" });
  assert.deepEqual([away.wanted, away.doc, away.sending], [true, "b", undefined]);
  assert.equal(after(away, { type: "send" }, { type: "saved", copy: copy("b") }).wanted, undefined);
});

test("line ends make no difference", () => {
  const disk = { content: "a\r\nb\r\n", hash: "#crlf" };
  const now = open(disk);
  assert.deepEqual([now.doc, now.saved.hash, dirty(now)], ["a\nb\n", "#crlf", false]);
  assert.equal(next(now, { type: "edit", doc: "a\r\nb\n" }), now);
  const sent = after(now, { type: "edit", doc: "c\n" }, { type: "send" }, { type: "saved", copy: { content: "c\r\n", hash: "#c" } });
  assert.deepEqual([sent.doc, dirty(sent)], ["c\n", false]);
  const both = after(now, { type: "edit", doc: "c\n" }, { type: "disk", copy: { content: "d\r\n", hash: "#d" } });
  assert.deepEqual(both.theirs, { content: "d\n", hash: "#d" });
});

test("a file that is gone stays until one chooses, or it is back", () => {
  const gone = after(open(copy("a")), { type: "edit", doc: "mine" }, { type: "gone" });
  assert.equal(gone.removed, true);
  const back = after(gone, { type: "disk", copy: copy("a") });
  assert.deepEqual([back.removed, back.doc, dirty(back)], [undefined, "mine", true]);
  assert.equal(after(gone, { type: "disk", copy: copy("b") }).theirs?.content, "b");
  const again = after(gone, { type: "again" });
  assert.deepEqual([again.saved.hash, again.doc, dirty(again)], ["", "mine", true]);
  assert.equal(next(again, { type: "gone" }), again, "that was known");
});

test("who puts the text back owes no save", () => {
  const away = after(open(copy("a")), { type: "edit", doc: "b" }, { type: "send" }, { type: "away" });
  const back = after(away, { type: "edit", doc: "a" });
  assert.deepEqual([back.wanted, after(back, { type: "edit", doc: "c" }).wanted], [undefined, undefined]);
  assert.equal(after(away, { type: "waived" }).wanted, undefined);
});

test("a save whose answer was lost is recognised on disk", () => {
  const away = after(open(copy("a")), { type: "edit", doc: "b" }, { type: "send" }, { type: "away" });
  assert.equal(dirty(after(away, { type: "disk", copy: copy("b") })), false);
  const typed = after(away, { type: "edit", doc: "bc" }, { type: "disk", copy: copy("b") });
  assert.deepEqual([typed.doc, typed.saved.content, typed.theirs, typed.wanted], ["bc", "b", undefined, true]);
  assert.equal(next(away, { type: "disk", copy: copy("B") }), away, "formatted, perhaps: the save that is owed tells");
  const seen = after(open(copy("a")), { type: "edit", doc: "b" }, { type: "send" }, { type: "disk", copy: copy("b") }, { type: "away" });
  assert.equal(dirty(seen), false, "seen before it was known to be lost");
});

test("what another tab has outlasts a save, a change on disk, and the file", () => {
  const tabs = after(open(copy("a")), { type: "edit", doc: "mine" }, { type: "tab", draft: { content: "other", base: "#a" } });
  assert.equal(after(tabs, { type: "disk", copy: copy("mine") }).theirs?.content, "other");
  const both = after(tabs, { type: "disk", copy: copy("disk") });
  assert.deepEqual([both.theirs?.content, both.other], ["disk", "other"]);
  assert.equal(after(both, { type: "disk", copy: copy("a") }).theirs?.content, "other");
  const gone = after(tabs, { type: "gone" });
  assert.deepEqual([gone.other, after(gone, { type: "again" }).theirs?.content], ["other", "other"]);
  assert.deepEqual(draftOf(both), { content: "mine", base: "#a", other: "other" });
  assert.deepEqual(open(copy("disk"), draftOf(both)), { ...both, saved: { content: "", hash: "#a" } });
  const sent = after(open(copy("a")), { type: "edit", doc: "mine" }, { type: "send" }, { type: "tab", draft: { content: "other", base: "#a" } });
  assert.equal(after(sent, { type: "saved", copy: copy("mine") }).theirs?.content, "other");
});
