import assert from "node:assert/strict";
import { test } from "node:test";
import { Ledger, retryOf } from "./sse.js";

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

test("only a retry line of digits sets the wait (WHATWG HTML §9.2.6)", () => {
  assert.equal(retryOf("retry: 2000"), 2000);
  assert.equal(retryOf("retry:2000"), 2000);
  assert.equal(retryOf("retry: 2 s"), undefined);
  assert.equal(retryOf("data: retry: 2000"), undefined);
  assert.equal(retryOf(""), undefined);
});
