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
  document: { querySelector: (/** @type {string} */ selector) => (selector.includes("token") ? { getAttribute: () => token } : null), addEventListener() {} },
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
const { checkServer } = await import("./checking.js");
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

test("what another start of the server refuses is asked for once more, with its token", async () => {
  /** @type {string[]} */
  const tokens = [];
  let wanted = "nobody's";
  browser.fetch = async (/** @type {string} */ _path, /** @type {{headers?: Record<string, string>}} */ { headers } = {}) => {
    if (!headers) return new Response(""); // the page
    tokens.push(headers["Duplex-Token"]);
    if (tokens.at(-1) === wanted) return new Response("[]");
    return Response.json({ error: { what: "This page is out of date", why: "duplex was started anew", next: "Reload it" }, code: "token" }, { status: 403 });
  };
  token = "third";
  await assert.rejects(new Work("echo").versions("main.go"), /This page is out of date/);
  token = wanted = "fourth";
  await new Work("echo").versions("main.go");
  token = wanted = "fifth";
  await checkServer("echo", { run: true, step: "" }, /** @type {any} */ ({}), AbortSignal.timeout(10_000)).catch(() => {}); // it has no end
  assert.deepEqual(tokens, ["second", "third", "third", "fourth", "fourth", "fifth"]);
});
