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

test("what stands behind the text has a colour, too", () => {
  assert.deepEqual(shown("\x1b[41mred\x1b[31m both\x1b[49m text\x1b[103;39m bright\x1b[0m."), ["red on-red", " both on-red red", " text red", " bright on-yellow", "."]);
  assert.deepEqual(shown("\x1b[7mturned\x1b[27m."), ["turned inverse", "."]);
});

test("palettes and true colours are the nearest that has a name", () => {
  assert.deepEqual(shown("\x1b[38;5;2mg\x1b[38;2;255;0;0mt\x1b[48;5;4mb"), ["g green", "t red", "b red on-blue"]);
  assert.deepEqual(shown("\x1b[38;5;208morange\x1b[38;5;200mpink\x1b[38;5;27msea"), ["orange yellow", "pink magenta", "sea blue"]);
  assert.deepEqual(shown("\x1b[38;5;240mdark\x1b[38;5;250mlight"), ["dark black", "light white"]);
  assert.deepEqual(shown("\x1b[1;48;2;0;200;200;4mall"), ["all bold on-cyan underline"]);
});

test("parts may stand behind colons, with a colour space or without", () => {
  assert.deepEqual(shown("\x1b[38:2::255:0:0mr\x1b[38:2:0:255:0mg\x1b[38:5:4;1mb"), ["r red", "g green", "b blue bold"]);
  assert.deepEqual(shown("\x1b[4:3mcurly\x1b[4:0m."), ["curly underline", "."]);
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
