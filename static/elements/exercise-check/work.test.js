import assert from "node:assert/strict";
import { test } from "node:test";

/** @type {any} */
const browser = globalThis;
const { setTimeout } = browser;
/** What the page said on its live socket. @type {any[]} */
const said = [];
/** @type {any} */
let socket;
/** The token of the page that the server would answer now. */
let token = "first";
Object.assign(browser, {
  document: { querySelector: (/** @type {string} */ selector) => (selector.includes("token") ? { getAttribute: () => token } : null) },
  location: new URL("http://127.0.0.1/"),
  HTMLElement: class {},
  DOMParser: class { parseFromString() { return browser.document; } },
  fetch: async () => new Response(""),
  setTimeout: (/** @type {any[]} */ ...args) => setTimeout(.../** @type {[any]} */ (args)).unref(), // nothing here waits for the page's connection
  WebSocket: class {
    constructor() { socket = this; }
    send(/** @type {string} */ text) { said.push(JSON.parse(text)); }
    close() {}
  },
});
const { Work } = await import("./work.js");
socket.onopen();

/** @param {object} message */
const hear = async (message) => {
  socket.onmessage({ data: JSON.stringify(message) });
  await new Promise((done) => setTimeout(done, 0)); // the page is asked for anew
};

test("a watch that is refused is asked for with a new token, and then told", async () => {
  /** @type {any[]} */
  const heard = [];
  new Work("echo").watch((news) => heard.push(news));
  token = "second";
  const refused = { topic: "error", id: "echo", error: { why: "This page is out of date" } };
  await hear({ ...refused, id: "another's" });
  await hear(refused);
  assert.deepEqual(said.map((m) => m.token), ["first", "second"]);
  assert.deepEqual(heard, []);
  await hear({ topic: "work", id: "echo", work: { exists: true } });
  await hear(refused);
  await hear(refused);
  assert.deepEqual(heard, [{ exists: true }, { refused: "This page is out of date" }]);
});
