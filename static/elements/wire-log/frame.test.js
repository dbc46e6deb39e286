import assert from "node:assert/strict";
import { test } from "node:test";
import { toBase64 } from "../../lib/bytes.js";
import { headerFields } from "./frame.js";

/** @param {number[]} header @param {number} size */
function read(header, size) {
  const fields = headerFields({ header: toBase64(header), masked: false }, size);
  return Object.fromEntries(fields.map((f) => [f.name, f]));
}

test("the single-frame masked “Hello” of RFC 6455 §5.7", () => {
  const f = read([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d], 5);
  assert.equal(f.FIN.bits, "1");
  assert.equal(f.opcode.bits, "0001");
  assert.match(f.opcode.means, /text/);
  assert.equal(f.MASK.bits, "1");
  assert.equal(f["Payload len"].bits, "0000101");
  assert.equal(f["Masking-key"].byte, "2–5");
  assert.equal(f["Masking-key"].bits, "37 fa 21 3d");
});

test("longer payloads move their length behind the second byte", () => {
  const two = read([0x82, 0x7e, 0x01, 0x00], 256);
  assert.equal(two["Extended payload length"].byte, "2–3");
  assert.equal(two["Extended payload length"].bits, "01 00");
  const eight = read([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4], 65536);
  assert.equal(eight["Extended payload length"].byte, "2–9");
  assert.equal(eight["Masking-key"].byte, "10–13");
});

test("broken rules are named", () => {
  assert.equal(read([0x09, 0x00], 0).FIN.wrong, true, "a ping in fragments");
  assert.equal(read([0x83, 0x00], 0).opcode.wrong, true, "opcode 3");
  assert.equal(read([0xc1, 0x00], 0).RSV1.wrong, true, "RSV1 without an extension");
  assert.equal(read([0x89, 0x7e, 0, 126], 126)["Payload len"].wrong, true, "a ping of 126 bytes");
  assert.equal(read([0x81, 0x00], 0).FIN.wrong, false);
});
