import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "./conversation.js";

/** @param {string[]} texts */
function having(...texts) {
  const outbox = new Outbox();
  for (const text of texts) outbox.sent(text);
  return outbox;
}
/** @param {Outbox} outbox */
const given = ({ back }) => back.map((b) => `${b.refused ? "refused" : "unsure"} ${b.text}${b.inField ? " (in the field)" : ""}`);

test("what came back is not given back", () => {
  const outbox = having("a", "b");
  assert.equal(outbox.came("a"), undefined);
  outbox.came("b");
  outbox.lost();
  assert.deepEqual(given(outbox), []);
});

test("what had not come back when the connection ended is given back, in order and once", () => {
  const outbox = having("a", "b", "b", "  ");
  outbox.came("b");
  outbox.lost();
  outbox.lost();
  assert.deepEqual(given(outbox), ["unsure a", "unsure b"]);
  assert.ok(outbox.unsure);
});

test("after all it had arrived: it is known, once for each time it was sent", () => {
  const outbox = having("a", "a", "b");
  outbox.lost();
  outbox.put(outbox.back[0]);
  assert.equal(outbox.came("a")?.inField, true);
  assert.deepEqual(given(outbox), ["unsure a", "unsure b"]);
  assert.equal(outbox.came("a")?.inField, false);
  assert.equal(outbox.came("a"), undefined);
  assert.deepEqual(given(outbox), ["unsure b"]);
});

test("what is sent again is its writer's business; what is still offered stays", () => {
  const outbox = having("a", "b");
  outbox.lost();
  outbox.put(outbox.back[0]);
  assert.deepEqual(given(outbox), ["unsure a (in the field)", "unsure b"]);
  outbox.settled();
  outbox.sent("a");
  outbox.came("a");
  assert.deepEqual(given(outbox), ["unsure b"]);
});

test("a refusal is of the words that do not come back", () => {
  const outbox = having("a", "b", "c");
  outbox.refused(); // it may be of any of them
  assert.deepEqual(given(outbox), []);
  outbox.came("a");
  assert.deepEqual(given(outbox), []);
  outbox.came("c");
  assert.deepEqual(given(outbox), ["refused b"]);
  assert.ok(!outbox.unsure);
});

test("a refusal that comes after later words is of those that were passed over", () => {
  const outbox = having("a", "b", "c");
  outbox.came("b");
  outbox.refused();
  assert.deepEqual(given(outbox), ["refused a"]);
  outbox.refused();
  assert.deepEqual(given(outbox), ["refused a", "refused c"]);
});

test("a refusal that never got its words does not reach over to the next connection", () => {
  const outbox = having("a", "b");
  outbox.refused();
  outbox.lost();
  outbox.sent("c");
  outbox.sent("d");
  outbox.came("c");
  assert.deepEqual(given(outbox), ["unsure a", "unsure b"]);
  outbox.came("d");
  outbox.refused(); // of nothing that was sent
  outbox.sent("e");
  assert.deepEqual(given(outbox), ["unsure a", "unsure b"]);
});

test("refused words that are said anew do not count as the old ones", () => {
  const outbox = having("a");
  outbox.refused();
  outbox.sent("a");
  assert.equal(outbox.came("a"), undefined);
  assert.deepEqual(given(outbox), ["refused a"]);
});

test("too big: refused, if it is clear what was", () => {
  const one = having("a");
  one.lost(true);
  assert.deepEqual(given(one), ["refused a"]);
  const two = having("a", "b");
  two.lost(true);
  assert.deepEqual(given(two), ["unsure a", "unsure b"]);
});
