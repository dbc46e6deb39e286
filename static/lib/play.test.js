import assert from "node:assert/strict";
import { test } from "node:test";
import { Runs } from "./play.js";

/** Runs with a box that notes what it is to do, and what the server was told. */
function setUp() {
  /** @type {unknown[][]} */
  const did = [];
  /** @type {object[]} */
  const told = [];
  /** @type {object[]} */
  const logged = [];
  const note = (/** @type {string} */ name) => async (/** @type {unknown[]} */ ...args) => void did.push([name, ...args]);
  const box = { load: note("load"), run: note("run"), input: note("input"), stop: note("stop"), remove: note("remove") };
  const runs = new Runs("code", /** @type {any} */ (box), (m) => told.push(m), (line) => logged.push(line));
  return { runs, did, told, logged };
}

test("a run, from its beginning to its end", async () => {
  const { runs, did, told } = setUp();
  const exercise = { url: "ws://a/ws", base: 100 };
  await runs.asked({ type: "client", run: 1, step: "text", exercise, random: null });
  runs.said({ type: "started" });
  await runs.asked({ type: "input", run: 1, text: "hello" });
  await runs.asked({ type: "input", run: 7, text: "for a run that is over" });
  await runs.asked({ type: "step", result: {} });
  await runs.asked({ type: "stop", run: 1 });
  runs.end();
  assert.deepEqual(did, [["load"], ["run", { code: "code", exercise, random: null }], ["input", "hello"], ["stop"], ["remove"]]);
  assert.deepEqual(told, [{ type: "started", run: 1 }, { type: "stopped", run: 1 }]);
});

test("what the program says goes to the server and to the page", async () => {
  const { runs, told, logged } = setUp();
  await runs.asked({ type: "client", run: 2, step: "text", exercise: {}, random: 0.5 });
  runs.said({ type: "log", level: "warn", text: "look" });
  runs.said({ type: "left", lines: 12 });
  runs.said({ type: "error", text: "Uncaught TypeError: x is not a function", line: 3 });
  runs.said({ type: "error", text: "Uncaught nothing good" });
  const left = "Lines that were left out, since they came too fast: 12";
  assert.deepEqual(told, [
    { type: "log", run: 2, level: "warn", text: "look" },
    { type: "log", run: 2, level: "warn", text: left },
    { type: "ended", run: 2, why: "Uncaught TypeError: x is not a function (main.js:3)" },
    { type: "ended", run: 2, why: "Uncaught nothing good" },
  ]);
  assert.deepEqual(logged, [
    { step: "text", level: "note", text: "step text" },
    { step: "text", level: "warn", text: "look" },
    { step: "text", level: "warn", text: left },
    { step: "text", level: "error", text: "Uncaught TypeError: x is not a function (main.js:3)" },
    { step: "text", level: "error", text: "Uncaught nothing good" },
  ]);
});

test("a program that logs without an end is not listened to for ever", async () => {
  const { runs, told, logged } = setUp();
  for (const run of [1, 2]) {
    await runs.asked({ type: "client", run, step: "text", exercise: {}, random: null });
    for (let i = 0; i < 5_000; i++) runs.said({ type: "log", level: "log", text: "again" });
  }
  assert.equal(told.length, 4_000, "each run may say as much");
  assert.deepEqual(logged.at(-1), { step: "text", level: "warn", text: "The program logs too much: what follows is not looked at." });
});
