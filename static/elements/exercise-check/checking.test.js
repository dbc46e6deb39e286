import assert from "node:assert/strict";
import { test } from "node:test";

/** @type {any} */
const browser = globalThis;
const { setTimeout } = browser;
Object.assign(browser, {
  document: { querySelector: () => null, addEventListener() {} },
  location: new URL("http://127.0.0.1/"),
  HTMLElement: class {},
  addEventListener() {},
  setTimeout: (/** @type {any[]} */ ...args) => setTimeout(.../** @type {[any]} */ (args)).unref(), // nothing here waits for the page's connection
  WebSocket: class extends EventTarget { send() {} close() {} },
});
const { checkServer } = await import("./checking.js");

/** What a listener hears of a check that is answered so. @param {object[]} lines */
async function heard(lines) {
  browser.fetch = async () => new Response(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  /** @type {unknown[]} */
  const all = [];
  await checkServer("echo", { run: true, step: "" }, {
    step: (result) => all.push(result.step),
    build: ({ state }) => all.push(state),
    log: () => {},
    failed: ({ words, code }, output) => all.push(code, words, output),
    end: ({ verdict }) => all.push(verdict),
  }, AbortSignal.timeout(10_000));
  return all;
}

test("a check tells its steps and its end", async () => {
  assert.deepEqual(await heard([{ type: "build", state: "ok" }, { type: "step", result: { step: "text" } }, { type: "end", report: { verdict: "pass" } }]),
    ["ok", "text", "pass"]);
  await assert.rejects(heard([{ type: "step", result: { step: "text" } }]), /broke off/);
});

test("where there was nothing to check, why is all that is told", async () => {
  const failed = { type: "failed", error: { code: "exit", what: "Your program ended", why: "exit status 3", next: "Mend it" }, output: "no port" };
  const told = ["exit", "Your program ended: exit status 3. Mend it.", "no port"];
  assert.deepEqual(await heard([failed, { type: "end", report: { verdict: "fail", passed: 0, total: 5 } }]), told);
  assert.deepEqual(await heard([failed]), told);
});
