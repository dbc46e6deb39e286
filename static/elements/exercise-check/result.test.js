import assert from "node:assert/strict";
import { test } from "node:test";

/** @type {any} */ (globalThis).document = { addEventListener() {} }; // for the keys of the page
const { linesOf } = await import("./result.js");

/** @param {string[]} chunks */
async function lines(chunks) {
  const bytes = new TextEncoder();
  const body = new ReadableStream({
    start(c) {
      for (const chunk of chunks) c.enqueue(bytes.encode(chunk));
      c.close();
    },
  });
  const got = [];
  for await (const line of linesOf(body)) got.push(line);
  return got;
}

test("lines come whole, however the network cut them", async () => {
  assert.deepEqual(await lines(['{"a":1}\n{"b"', ':2}\n', '{"c":3}\n']), ['{"a":1}', '{"b":2}', '{"c":3}']);
  assert.deepEqual(await lines(["a\n\nb"]), ["a", "b"], "a last line without its end counts, an empty one does not");
  assert.deepEqual(await lines([]), []);
});
