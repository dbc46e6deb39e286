// Run with: node --test static/lib/
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import {
  BACKOFF_BASE_MS, BACKOFF_CAP_MS, CONNECT_LIMIT_MS, ReconnectingSocket, STABLE_MS, backoff, next,
} from "./socket.js";

/** @typedef {import("./socket.js").Model} Model */

const remote = { online: true, local: false, random: () => 0.5 };

test("the back-off doubles up to its cap, and chance takes any part of it", () => {
  const longest = () => 0.999999;
  assert.equal(backoff(0, longest), BACKOFF_BASE_MS);
  assert.equal(backoff(1, longest), 2 * BACKOFF_BASE_MS);
  assert.equal(backoff(3, longest), 8 * BACKOFF_BASE_MS);
  assert.equal(backoff(50, longest), BACKOFF_CAP_MS);
  assert.equal(backoff(50, () => 0), 0);
});

test("what is decided", async (t) => {
  /** @type {[string, Model, import("./socket.js").Happening, object, Model][]} */
  const cases = [
    ["opening connects", { phase: "idle", attempt: 0 }, { type: "open" }, {}, { phase: "connecting", attempt: 0 }],
    ["a lost connection is tried again", { phase: "open", attempt: 0 }, { type: "ended", code: 1006 }, {}, { phase: "retrying", attempt: 1, wait: 500 }],
    ["a failed try waits longer", { phase: "connecting", attempt: 3 }, { type: "ended", code: 1006 }, {}, { phase: "retrying", attempt: 4, wait: 4000 }],
    ["a server going away comes back", { phase: "open", attempt: 0 }, { type: "ended", code: 1001 }, {}, { phase: "retrying", attempt: 1, wait: 500 }],
    ["a server that is done is left alone", { phase: "open", attempt: 0 }, { type: "ended", code: 1000 }, {}, { phase: "closed", attempt: 0 }],
    ["what broke a rule is not repeated", { phase: "open", attempt: 0 }, { type: "ended", code: 1009 }, {}, { phase: "closed", attempt: 0 }],
    ["… unless it is to return whatever was said", { phase: "open", attempt: 0 }, { type: "ended", code: 1008 }, { always: true }, { phase: "retrying", attempt: 1, wait: 500 }],
    ["offline waits for the network", { phase: "open", attempt: 0 }, { type: "ended", code: 1006 }, { online: false }, { phase: "offline", attempt: 1, wait: undefined }],
    ["offline, a server on this machine is still tried", { phase: "open", attempt: 0 }, { type: "ended", code: 1006 }, { online: false, local: true }, { phase: "retrying", attempt: 1, wait: 500 }],
    ["going offline is nothing to the wait for a server on this machine", { phase: "retrying", attempt: 2, wait: 9 }, { type: "offline" }, { online: false, local: true }, { phase: "retrying", attempt: 2, wait: 9 }],
    ["going offline stops a countdown", { phase: "retrying", attempt: 2, wait: 9 }, { type: "offline" }, { online: false }, { phase: "offline", attempt: 3, wait: undefined }],
    ["going offline gives up a connection that may hang", { phase: "open", attempt: 0 }, { type: "offline" }, { online: false }, { phase: "offline", attempt: 1, wait: undefined }],
    ["back online tries at once", { phase: "offline", attempt: 7 }, { type: "online" }, {}, { phase: "connecting", attempt: 0 }],
    ["asking again ends the wait", { phase: "retrying", attempt: 7, wait: 9 }, { type: "open" }, {}, { phase: "connecting", attempt: 0 }],
    ["closing while waiting needs no goodbye", { phase: "retrying", attempt: 7, wait: 9 }, { type: "close" }, {}, { phase: "closed", attempt: 0 }],
    ["opening while closing waits for the end", { phase: "closing", attempt: 0 }, { type: "open" }, {}, { phase: "closing", attempt: 0, again: true }],
    ["… and then connects", { phase: "closing", attempt: 0, again: true }, { type: "ended", code: 1000 }, {}, { phase: "connecting", attempt: 0 }],
    ["only a lasting connection clears the failures", { phase: "open", attempt: 5 }, { type: "stable" }, {}, { phase: "open", attempt: 0 }],
  ];
  for (const [name, now, what, world, want] of cases) {
    await t.test(name, () => assert.deepEqual(next(now, what, { ...remote, ...world }), want));
  }
});

test("what changes nothing gives the same model back", () => {
  /** @type {Model} */ const open = { phase: "open", attempt: 0 };
  for (const type of /** @type {const} */ (["open", "online", "due"])) {
    assert.equal(next(open, { type }, remote), open);
  }
});

/** A WebSocket whose other end is the test. */
class FakeSocket {
  /** @type {FakeSocket[]} */ static all = [];
  /** @type {unknown[]} */ sent = [];
  live = true;
  /** @type {() => void} */ onopen = () => {};
  /** @type {((e: object) => void)|null} */ onclose = () => {};
  /** @param {string} url */
  constructor(url) {
    this.url = url;
    FakeSocket.all.push(this);
  }
  /** @param {unknown} data */
  send(data) { this.sent.push(data); }
  close(code = 1005, reason = "") { setTimeout(() => this.end(code, reason, true), 0); }
  end(code = 1006, reason = "", wasClean = false) {
    if (!this.live) return;
    this.live = false;
    this.onclose?.({ code, reason, wasClean });
  }
}

const RealSocket = globalThis.WebSocket;
beforeEach(() => {
  FakeSocket.all = [];
  globalThis.WebSocket = /** @type {any} */ (FakeSocket);
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  mock.method(Math, "random", () => 0.5);
});
afterEach(() => {
  globalThis.WebSocket = RealSocket;
  mock.timers.reset();
  mock.restoreAll();
});

const newest = () => /** @type {FakeSocket} */ (FakeSocket.all.at(-1));

test("it reconnects after a loss, counts down, and never holds two connections", () => {
  let n = 0;
  const socket = new ReconnectingSocket(() => `ws://example/${++n}`);
  /** @type {string[]} */ const seen = [];
  socket.addEventListener("state", () => {
    const { state, retryIn } = socket.status;
    seen.push(retryIn === undefined ? state : `${state} ${retryIn}`);
    assert.ok(FakeSocket.all.filter((s) => s.live).length <= 1);
  });
  socket.open();
  newest().onopen();
  assert.equal(socket.send("a"), true);
  newest().end();
  assert.equal(socket.send("b"), false);
  mock.timers.tick(500); // half of the first limit
  newest().end();
  mock.timers.tick(1000); // half of the second
  newest().end();
  mock.timers.tick(1000);
  mock.timers.tick(1000);
  assert.deepEqual(seen, [
    "connecting", "open", "retrying 500", "connecting", "retrying 1000", "connecting",
    "retrying 2000", "retrying 1000", "connecting",
  ]);
  assert.equal(newest().url, "ws://example/4");
  assert.deepEqual(FakeSocket.all[0].sent, ["a"]);
});

test("a clean close stays closed and says who closed", () => {
  const socket = new ReconnectingSocket("ws://example/");
  socket.open();
  newest().onopen();
  socket.close(1000, "bye");
  mock.timers.tick(10 * BACKOFF_CAP_MS);
  assert.equal(FakeSocket.all.length, 1);
  const { state, code, reason, by } = socket.status;
  assert.deepEqual({ state, code, reason, by }, { state: "closed", code: 1000, reason: "bye", by: "page" });
});

test("a handshake without an answer is given up and tried again", () => {
  const socket = new ReconnectingSocket("ws://example/");
  socket.open();
  mock.timers.tick(CONNECT_LIMIT_MS);
  assert.equal(socket.status.state, "retrying");
  mock.timers.tick(500);
  assert.equal(FakeSocket.all.length, 2);
});

test("a server that accepts and hangs up is not hammered", () => {
  const socket = new ReconnectingSocket("ws://example/");
  socket.open();
  newest().onopen();
  newest().end();
  mock.timers.tick(500);
  newest().onopen();
  newest().end(); // open, but not for long: the second failure in a row
  assert.equal(socket.status.retryIn, 1000);
  mock.timers.tick(1000);
  newest().onopen();
  mock.timers.tick(STABLE_MS);
  newest().end();
  assert.equal(socket.status.retryIn, 500);
});

test("closing while it waits leaves no timer behind", () => {
  const socket = new ReconnectingSocket("ws://example/");
  socket.open();
  newest().end();
  socket.close();
  mock.timers.tick(10 * BACKOFF_CAP_MS);
  assert.equal(FakeSocket.all.length, 1);
  assert.equal(socket.status.by, "page");
});

test("the network goes: a connection on this machine stays while its server answers, another one waits for it", async (t) => {
  const window = new EventTarget();
  const { navigator } = Object.getOwnPropertyDescriptors(globalThis);
  Object.defineProperty(globalThis, "window", { value: window, configurable: true });
  Object.defineProperty(globalThis, "navigator", { value: { onLine: false }, configurable: true });
  t.after(() => {
    Reflect.deleteProperty(globalThis, "window");
    if (navigator) Object.defineProperty(globalThis, "navigator", navigator);
    else Reflect.deleteProperty(globalThis, "navigator");
  });
  /** @type {[string, boolean, string, boolean][]} */
  const cases = [
    ["ws://127.0.0.1:8080/live", true, "open", true],
    ["ws://localhost/live", true, "open", true],
    ["ws://localhost/live", false, "retrying", false],
    ["wss://example/live", true, "offline", false],
  ];
  for (const [url, answers, state, live] of cases) {
    mock.method(globalThis, "fetch", async () => {
      if (!answers) throw new TypeError("Failed to fetch");
      return new Response("ok");
    });
    const socket = new ReconnectingSocket(url);
    socket.open();
    newest().onopen();
    window.dispatchEvent(new Event("offline"));
    await new Promise(setImmediate); // what is asked has been answered
    mock.timers.tick(0);
    assert.deepEqual([socket.status.state, newest().live], [state, live], `${url}, ${answers}`);
    socket.close();
  }
});
