import assert from "node:assert/strict";
import { test } from "node:test";
import { toBase64 } from "./bytes.js";
import { closeWords, contentFields, direction, groupOf, nameOf, pulsesOf, stateWords, summaryOf } from "./wire.js";

/** @typedef {import("./wire.js").WireEvent} WireEvent */

/** @param {Partial<WireEvent>} fields @returns {WireEvent} */
const event = (fields) => ({ at: 0, end: "server", kind: "frame", size: 0, ...fields });
/** @param {number} opcode @param {Partial<WireEvent>} [more] */
const frame = (opcode, more) => event({ frame: { fin: true, opcode, masked: false, header: "" }, dir: "sent", ...more });

test("what the server sent, the page received", () => {
  assert.equal(direction(event({ end: "server", dir: "sent" })), "received");
  assert.equal(direction(event({ end: "server", dir: "received" })), "sent");
  assert.equal(direction(event({ end: "client", dir: "sent" })), "sent");
  assert.equal(direction(event({ kind: "open" })), "");
});

test("names and groups", () => {
  const cases = /** @type {[WireEvent, string, string][]} */ ([
    [frame(1), "text", "messages"], [frame(0), "continuation", "messages"], [frame(9), "ping", "control"],
    [frame(3), "opcode 3", "messages"], [event({ kind: "request", text: "GET /x HTTP/1.1\r\n" }), "GET", "http"],
    [event({ kind: "response", text: "HTTP/1.1 101 Switching Protocols\r\n" }), "101", "http"],
    [event({ kind: "message", text: "x" }), "text", "messages"], [event({ kind: "message", data: "AA==" }), "binary", "messages"],
    [event({ kind: "line", text: "data: x" }), "line", "lines"], [event({ kind: "closed" }), "closed", "notes"],
  ]);
  for (const [e, name, group] of cases) assert.deepEqual([nameOf(e), groupOf(e)], [name, group]);
});

test("a row's words", () => {
  assert.equal(summaryOf(event({ kind: "request", text: "GET /demo/echo?wire=secret HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n" })), "/demo/echo  Upgrade: websocket");
  assert.equal(summaryOf(frame(2, { text: "hi" })), "68 69", "binary is shown as bytes even where it could be text");
  assert.equal(summaryOf(frame(2, { data: toBase64([0, 255]) })), "00 ff");
  assert.equal(summaryOf(event({ kind: "closed", close: { code: 1000, reason: "bye", by: "client", clean: true } })), "1000 “bye” (normal closure), by this page");
  assert.equal(closeWords(4001), "4001");
});

test("only whole messages travel along the line", () => {
  const part = { frame: { fin: false, opcode: 1, masked: true, header: "" } };
  const events = [frame(9), event({ dir: "received", ...part }), frame(1), event({ kind: "line", dir: "sent", text: "id: 1" }), event({ kind: "line", dir: "sent", text: "data: 1" })];
  assert.deepEqual(pulsesOf(events), ["received", "received"]);
});

test("sizes are of bytes, not of characters", () => {
  assert.deepEqual(contentFields("世界"), { size: 6, text: "世界", cut: false });
  assert.equal(contentFields(new Uint8Array(5000)).cut, true);
});

test("a state says who closed, and when it will be tried again", () => {
  assert.equal(stateWords({ state: "closed", by: "server", code: 1001, reason: "" }), "Closed by the server: 1001 (going away)");
  assert.equal(stateWords({ state: "retrying", retryIn: 2100, code: 1006 }), "Connection lost: 1006 (no Close frame came). Retrying in 3 s");
});
