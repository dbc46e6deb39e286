import assert from "node:assert/strict";
import { test } from "node:test";
import { diffOf } from "./diff.js";

const signs = { same: " ", less: "-", more: "+" };
/** @param {string} a @param {string} b */
const shown = (a, b) => diffOf(a, b).map(({ kind, text }) => signs[kind] + text);

test("what differs stands between what is the same", () => {
  assert.deepEqual(shown("a\nb\nc\n", "a\nx\nc\n"), [" a", "-b", "+x", " c"]);
  assert.deepEqual(shown("a\nc", "a\nb\nc"), [" a", "+b", " c"]);
  assert.deepEqual(shown("a\nb\nc\nd", "b\nd\ne"), ["-a", " b", "-c", " d", "+e"]);
});

test("equal texts differ in nothing, an end of the last line counts for nothing", () => {
  assert.deepEqual(shown("a\nb\n", "a\nb"), [" a", " b"]);
  assert.deepEqual(shown("", ""), [" "]);
  assert.deepEqual(shown("", "a"), ["-", "+a"]);
});

test("a repeated line is found where it costs least", () => {
  assert.deepEqual(shown("}\n}\n", "}\nx\n}\n"), [" }", "+x", " }"]);
});
