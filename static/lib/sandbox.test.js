import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Sandbox } from "./sandbox.js";

/** @type {any} */
const browser = globalThis;

/** A frame whose server is the test. */
class Frame extends EventTarget {
  contentWindow = { postMessage: (/** @type {any} */ message) => this.got.push(message.type) };
  /** @type {string[]} */ got = [];
  there = true;
  setAttribute() {}
  remove() { this.there = false; }
  loads() { this.dispatchEvent(new Event("load")); }
  ready() { browser.dispatchEvent(Object.assign(new Event("message"), { source: this.contentWindow, data: { type: "ready" } })); }
}

/** @type {Frame[]} */
let frames = [];
const page = new EventTarget();
const before = { document: browser.document, addEventListener: browser.addEventListener, dispatchEvent: browser.dispatchEvent };
beforeEach(() => {
  frames = [];
  browser.document = { createElement: () => frames[frames.push(new Frame()) - 1] };
  browser.addEventListener = page.addEventListener.bind(page);
  browser.dispatchEvent = page.dispatchEvent.bind(page);
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => {
  Object.assign(browser, before);
  mock.timers.reset();
});
const make = () => new Sandbox(/** @type {any} */ ({ append() {} }), () => {});

test("a frame that says it is ready runs the program, whenever it has loaded", async () => {
  for (const order of /** @type {const} */ ([["ready", "loads"], ["loads", "ready"]])) {
    const box = make();
    const run = box.run({ code: "" });
    const frame = /** @type {Frame} */ (frames.at(-1));
    for (const step of order) frame[step]();
    await run;
    mock.timers.tick(60_000);
    assert.deepEqual([frame.got, frame.there], [["run"], true], order.join(", "));
    box.remove();
  }
});

test("an error page in its place, or none at all, is a failure, and the next run has another frame", async () => {
  for (const step of [() => frames[0].loads(), () => {}]) {
    frames = [];
    const box = make();
    const run = box.run({ code: "" });
    step();
    mock.timers.tick(60_000);
    await assert.rejects(run, /does not answer/);
    const again = box.run({ code: "" });
    assert.deepEqual(frames.map((f) => f.there), [false, true]);
    frames[1].ready();
    await again;
    assert.deepEqual(frames[1].got, ["run"]);
  }
});
