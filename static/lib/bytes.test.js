import assert from "node:assert/strict";
import { test } from "node:test";
import { formatSize, formatTime, fromBase64, fromHex, grouped, toBase64, toHex } from "./bytes.js";

test("hexadecimal as people write it", () => {
  for (const text of ["00 ff 10", "00ff10", "0x00, 0xFF, 0x10", "00:ff:10", " 0 ff\n10 "]) {
    assert.equal(toHex(fromHex(text)), "00 ff 10", text);
  }
  assert.equal(fromHex("").length, 0);
  assert.throws(() => fromHex("00 zz"), /“zz” is not hexadecimal/);
  assert.throws(() => fromHex("123"), /odd number of digits/);
});

test("base64 there and back", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.deepEqual(fromBase64(toBase64(all)), all);
});

test("sizes and times carry their unit", () => {
  assert.deepEqual([0, 1023, 1024, 1536, 65536, 2 ** 24].map(formatSize), ["0 B", "1023 B", "1 KiB", "1.5 KiB", "64 KiB", "16 MiB"]);
  assert.deepEqual([0.04, 99.9, 2140, 61_500].map(formatTime), ["0.0 ms", "99.9 ms", "2.140 s", "1:01.5 min"]);
});

test("thousands are grouped as toLocaleString groups them", () => {
  for (const n of [0, 7, 999, 1000, 12345, 999999, 1234567, 2 ** 53 - 1]) assert.equal(grouped(n), n.toLocaleString("en"));
});
