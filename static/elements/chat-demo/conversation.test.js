import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Conversation, ROWS } from "./conversation.js";

/** @typedef {import("./conversation.js").Said} Said */

/**
 * @param {number} joined
 * @param {Partial<import("./conversation.js").Welcome>} [more]
 * @returns {Said}
 */
const welcome = (joined, more) => ({ type: "welcome", you: "Ada", room: "lobby", epoch: "e1", joined, members: ["Ada"], limits: { text: 9 }, ...more });
/** @param {number} id @param {string} text @param {string} [from] @returns {Said} */
const message = (id, text, from = "Bo") => ({ type: "message", id, from, text, at: "2026-01-01T00:00:00Z" });
/** @param {"join"|"leave"} type @param {number} id @param {string} name @param {string[]} members @returns {Said} */
const presence = (type, id, name, members) => ({ type, id, name, members });
/** @param {number} missed @param {string[]} members @returns {Said} */
const lagged = (missed, members) => ({ type: "lagged", missed, members });

/** The conversation as a person reads it. @param {Conversation} talk @param {Said[]} all */
function read(talk, ...all) {
  /** @type {{key?: string, words: string}[]} */
  const shown = [];
  for (const line of all.flatMap((said) => talk.take(said))) {
    const words = line.kind === "message" ? `${line.from}: ${line.text}` : `${line.kind === "gap" ? "! " : ""}${line.words}`;
    const key = line.kind === "message" ? undefined : line.key;
    const same = key && shown.find((s) => s.key === key);
    if (same) same.words = words;
    else shown.push({ key, words });
  }
  return shown.map((s) => s.words);
}

/** Someone who has joined with entry 1 and seen entries up to 3. */
function member() {
  const talk = new Conversation();
  read(talk, welcome(1), presence("join", 1, "Ada", ["Ada"]), presence("join", 2, "Bo", ["Ada", "Bo"]), message(3, "hello"));
  return talk;
}

test("a newcomer gets what was said last, then joins; old news of who is here changes nothing", () => {
  const talk = new Conversation();
  assert.equal(talk.after, "");
  assert.deepEqual(read(talk, welcome(8, { members: ["Bo", "Ada"] }),
    presence("join", 5, "Cem", ["Bo", "Cem"]), message(6, "hi"), presence("leave", 7, "Cem", ["Bo"])),
  ["Cem joined", "Bo: hi", "Cem left"]);
  assert.deepEqual(talk.members, ["Bo", "Ada"]);
  assert.deepEqual(read(talk, presence("join", 8, "Ada", ["Bo", "Ada"]), message(9, "oh", "Ada")), ["Joined lobby as Ada", "Ada: oh"]);
  assert.equal(talk.after, "e1:9");
});

test("who comes and goes changes who is here", () => {
  const talk = member();
  assert.deepEqual(talk.members, ["Ada", "Bo"]);
  read(talk, presence("leave", 4, "Bo", ["Ada"]));
  assert.deepEqual(talk.members, ["Ada"]);
});

test("who comes back reads what was said meanwhile, and how much it was", () => {
  const talk = member();
  assert.equal(talk.after, "e1:3");
  assert.deepEqual(read(talk, welcome(7, { resume: { after: "e1:3", since: 4 } }), presence("leave", 4, "Ada", ["Bo"]),
    message(5, "gone?"), message(6, "well"), presence("join", 7, "Ada", ["Bo", "Ada"]), message(8, "there you are")),
  ["While you were away, 2 messages were said:", "Ada (you) left", "Bo: gone?", "Bo: well", "Joined lobby again as Ada", "Bo: there you are"]);
  assert.deepEqual(talk.members, ["Bo", "Ada"]);
});

test("away, and nothing was said; away again, and one thing was", () => {
  const talk = member();
  assert.deepEqual(read(talk, welcome(5, { resume: { after: "e1:3", since: 2 } }), presence("leave", 4, "Ada", ["Bo"]), presence("join", 5, "Ada", ["Bo", "Ada"])),
    ["While you were away, nothing was said.", "Ada (you) left", "Joined lobby again as Ada"]);
  assert.deepEqual(read(talk, welcome(7, { resume: { after: "e1:5", since: 2 } }), message(6, "psst"), presence("join", 7, "Ada", ["Bo", "Ada"])),
    ["While you were away, 1 message was said:", "Bo: psst", "Joined lobby again as Ada"]);
});

test("what is missing is counted where it is missing", () => {
  const talk = member();
  assert.deepEqual(read(talk, message(4, "a"), lagged(12, ["Ada", "Bo", "Cem"]), message(17, "b"), lagged(1, ["Ada"]), message(19, "c")), [
    "Bo: a", "! 12 lines are missing here: this window read too slowly, and the room no longer had them.",
    "Bo: b", "! 1 line is missing here: this window read too slowly, and the room no longer had them.", "Bo: c",
  ]);
  assert.deepEqual(talk.members, ["Ada"]);
  assert.equal(talk.after, "e1:19");
});

test("a gap in what happened meanwhile, the own join in it", () => {
  const talk = member();
  assert.deepEqual(read(talk, welcome(7, { resume: { after: "e1:3", since: 4 } }), message(4, "a"), lagged(5, ["Ada", "Bo"]), message(10, "b")), [
    "While you were away: 1 message that came, and 5 lines that did not:", "Bo: a",
    "! 5 lines are missing here: this window read too slowly, and the room no longer had them.", "Joined lobby again as Ada", "Bo: b",
  ]);
});

test("away for too long: the numbers say how much is missing, and nothing comes twice", () => {
  const talk = member();
  const why = "57 of the messages since then are no longer kept";
  assert.deepEqual(read(talk, welcome(102, { resume: { after: "e1:3", since: 0, why } }), message(101, "late"), presence("join", 102, "Ada", ["Ada"])), [
    "! 97 lines are missing here: you were away for too long, and only the last lines are sent again.", "Bo: late", "Joined lobby again as Ada",
  ]);
  assert.deepEqual(read(talk, message(101, "late"), message(103, "new")), ["Bo: new"]);
});

test("a hole that nobody spoke of is seen all the same", () => {
  assert.deepEqual(read(member(), message(6, "x")), ["! 2 lines are missing here: the numbers say so, the server did not.", "Bo: x"]);
});

test("a room that has begun anew counts anew", () => {
  const talk = member();
  const why = "the room has begun anew since then";
  assert.deepEqual(read(talk, welcome(2, { epoch: "e2", resume: { after: "e1:3", since: 0, why } }), message(1, "first"), presence("join", 2, "Ada", ["Ada"])),
    [`! Some of the conversation may be missing: ${why}.`, "Bo: first", "Joined lobby again as Ada"]);
  assert.equal(talk.after, "e2:2");
});

/** Which of the messages are one's own. @param {Conversation} talk @param {Said[]} all */
const mine = (talk, ...all) => all.flatMap((said) => talk.take(said)).flatMap((l) => (l.kind === "message" && l.mine ? [l.text] : []));

test("what one said under the old name is one's own, until that name has left", () => {
  const talk = member();
  assert.deepEqual(mine(talk, welcome(6, { you: "Ada 2", resume: { after: "e1:3", since: 3 } }), message(4, "in flight", "Ada"),
    message(5, "not me", "Ada 2"), presence("join", 6, "Ada 2", ["Ada", "Bo", "Ada 2"]), message(7, "still in flight", "Ada"), message(8, "me", "Ada 2"),
    presence("leave", 9, "Ada", ["Bo", "Ada 2"]), presence("join", 10, "Ada", ["Bo", "Ada 2", "Ada"]), message(11, "somebody else", "Ada")),
  ["in flight", "still in flight", "me"]);
  assert.deepEqual(mine(member(), welcome(8, { resume: { after: "e1:3", since: 5 } }), message(4, "in flight", "Ada"), presence("leave", 5, "Ada", ["Bo"]),
    presence("join", 6, "Ada", ["Bo", "Ada"]), message(7, "somebody else", "Ada")), ["in flight"]);
});

test("it is up to date once its own join has come", () => {
  const talk = new Conversation();
  assert.equal(talk.upToDate, false);
  read(talk, welcome(2), message(1, "hi"));
  assert.equal(talk.upToDate, false);
  read(talk, presence("join", 2, "Ada", ["Ada"]));
  assert.equal(talk.upToDate, true);
  read(talk, welcome(4, { resume: { after: "e1:2", since: 2 } }), presence("leave", 3, "Ada", []));
  assert.equal(talk.upToDate, false);
});

test("a page keeps all that a return can bring, and the notes on it", () => {
  const limits = readFileSync(new URL("../../../server/demo/limits.go", import.meta.url), "utf8");
  const kept = Number(/ChatKept: +(\d+),/.exec(limits)?.[1]);
  assert.ok(ROWS >= kept + 100, `${ROWS} rows for ${kept} entries`);
});
