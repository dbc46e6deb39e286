import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "./ansi.js";

/** @param {string} text */
const shown = (text) => pieces(text).map(({ text, looks }) => [text, ...looks].join(" "));

test("colours and weights begin and end", () => {
  assert.deepEqual(shown("a \x1b[31mred\x1b[0m b"), ["a ", "red red", " b"]);
  assert.deepEqual(shown("\x1b[1;32mok\x1b[22m go\x1b[m."), ["ok bold green", " go green", "."]);
  assert.deepEqual(shown("\x1b[91mbright\x1b[39m plain"), ["bright red", " plain"]);
});

test("palettes and true colours take their numbers with them", () => {
  assert.deepEqual(shown("\x1b[38;5;2mg\x1b[38;2;1;2;3mt\x1b[48;5;4mb"), ["g green", "t green", "b green"]);
  assert.deepEqual(shown("\x1b[38;5;200mx"), ["x"]);
});

test("what is no colour is left out", () => {
  assert.deepEqual(shown("\x1b[2J\x1b[1;1Hhome\x1b]0;title\x07!"), ["home", "!"]);
  assert.deepEqual(shown("plain"), ["plain"]);
  assert.deepEqual(shown(""), []);
});

test("a look goes on in the next line", () => {
  const looks = new Set();
  pieces("\x1b[36mone", looks);
  assert.deepEqual(pieces("two", looks), [{ text: "two", looks: ["cyan"] }]);
});
