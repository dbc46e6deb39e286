import assert from "node:assert/strict";
import { test } from "node:test";
import { Ledger, parseID, retryOf } from "./sse.js";

/** @param {string[]} ids */
function count(ids) {
  const ledger = new Ledger();
  for (const id of ids) ledger.add(id);
  const { received, missed, repeated } = ledger;
  return { received, missed, repeated };
}

test("a ledger counts what is missing and what came twice", () => {
  assert.deepEqual(count(["0", "1", "2"]), { received: 3, missed: 0, repeated: 0 });
  assert.deepEqual(count(["5", "6"]), { received: 2, missed: 0, repeated: 0 }, "a reader may begin anywhere");
  assert.deepEqual(count(["0", "1", "4"]), { received: 3, missed: 2, repeated: 0 });
  assert.deepEqual(count(["0", "1", "1", "2"]), { received: 4, missed: 0, repeated: 1 });
  assert.deepEqual(count(["7", "0", "1"]), { received: 3, missed: 0, repeated: 2 }, "a stream that starts over");
  assert.deepEqual(count(["", "x"]), { received: 2, missed: 0, repeated: 0 }, "ids that are no numbers");
});

test("an id may name its log, and another log counts anew", () => {
  assert.deepEqual(parseID("k3x7:7"), { epoch: "k3x7", n: 7 });
  assert.deepEqual(parseID("7"), { epoch: "", n: 7 });
  for (const id of ["", "k3x7", "k3x7:", "k3x7:x", "-1", "1.5"]) assert.equal(parseID(id), undefined, id);
  assert.deepEqual(count(["a:0", "a:1", "a:3"]), { received: 3, missed: 1, repeated: 0 });
  assert.deepEqual(count(["a:6", "a:7", "b:0", "b:1", "b:1"]), { received: 5, missed: 0, repeated: 1 });
});

test("what the server says that it left out is missed", () => {
  const ledger = new Ledger();
  for (const id of ["a:0", "a:1"]) ledger.add(id);
  ledger.skip("a:4");
  ledger.add("a:5");
  assert.deepEqual([ledger.received, ledger.missed, ledger.repeated], [3, 3, 0]);
});

test("only a retry line of digits sets the wait (WHATWG HTML §9.2.6)", () => {
  assert.equal(retryOf("retry: 2000"), 2000);
  assert.equal(retryOf("retry:2000"), 2000);
  assert.equal(retryOf("retry: 2 s"), undefined);
  assert.equal(retryOf("data: retry: 2000"), undefined);
  assert.equal(retryOf(""), undefined);
});
