import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { test } from "node:test";

/** @type {any} */
const browser = globalThis;
const { setTimeout } = browser;
Object.assign(browser, {
  document: { querySelector: () => null },
  location: new URL("http://127.0.0.1/"),
  HTMLElement: class {},
  addEventListener() {},
  setTimeout: (/** @type {any[]} */ ...args) => setTimeout(.../** @type {[any]} */ (args)).unref(), // nothing here waits for the page's connection
  WebSocket: class extends EventTarget { send() {} close() {} },
});
const { load, loader } = await import("./live.js");

test("a module that could not be had is asked for at another address", async () => {
  /** @type {string[]} */
  const asked = [];
  let away = true;
  const get = loader(async (address) => {
    asked.push(address);
    if (away) throw new TypeError("Failed to fetch");
    return address;
  });
  await assert.rejects(get("a.js"), TypeError);
  await assert.rejects(get("a.js"), TypeError);
  away = false;
  assert.equal(await get("a.js"), await get("a.js"));
  await get("b.js");
  assert.deepEqual(asked, ["a.js", "a.js?again=1", "a.js?again=2", "b.js"]);
});

test("whoever asks while it is on its way gets the same one", async () => {
  let asked = 0;
  const get = loader(async () => ({ n: ++asked }));
  assert.equal(...await Promise.all([get("a.js"), get("a.js")]));
});

test("every path that is loaded is that of a module, which nobody imports as well", async () => {
  const root = new URL("../", import.meta.url);
  const sources = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /^(lib|elements)\/.*\.js$/.test(name) && !name.endsWith(".test.js"))
    .map((name) => readFileSync(new URL(name, root), "utf8"));
  const paths = sources.flatMap((text) => [...text.matchAll(/\bload\("([^"]+)"\)/g)].map((m) => m[1])).filter((path) => !path.includes("…"));
  assert.ok(paths.length > 5);
  for (const path of paths) {
    assert.ok(statSync(new URL(path, root)).isFile(), path);
    const file = path.replace(/^.*\//, "");
    for (const text of sources) assert.doesNotMatch(text, new RegExp(`^(import|export)\\b[^"'(;]*["'][^"']*/${file.replace(".", "\\.")}["']`, "m"), `${path} is imported`);
  }
  assert.equal((await load("lib/bytes.js")).formatSize(0), (await import("./bytes.js")).formatSize(0));
});
