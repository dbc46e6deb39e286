import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { setImmediate } from "node:timers/promises";

/** @type {any} */
const browser = globalThis;
Object.assign(browser, {
  document: { querySelector: () => null, addEventListener() {}, activeElement: null },
  location: new URL("http://127.0.0.1/"),
  HTMLElement: class {},
  addEventListener() {},
  WebSocket: class extends EventTarget { send() {} close() {} },
});
mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
const { Checks } = await import("./checks.js");
await import("./checking.js"); // else the first check waits for it

/** The answers to the checks that were begun. @type {{say: (line: object) => void, end: () => void}[]} */
const begun = [];
browser.fetch = async (/** @type {string} */ _, /** @type {{signal: AbortSignal}} */ { signal }) => {
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  signal.addEventListener("abort", () => writer.abort(signal.reason).catch(() => {}));
  begun.push({
    say: (line) => void writer.write(new TextEncoder().encode(`${JSON.stringify(line)}\n`)).catch(() => {}),
    end: () => void writer.close().catch(() => {}),
  });
  return new Response(/** @type {any} */ (readable));
};
beforeEach(() => { begun.length = 0; });

const ENDED = { type: "end", report: { verdict: "pass", passed: 1, total: 1, took: 5 } };
const SUPERSEDED = { type: "failed", error: { code: "superseded" } };
/** Lets all happen that needs no time. */
const settled = async () => { for (let i = 0; i < 20; i++) await setImmediate(); };

/** An exercise whose element is only told of things. */
function exercise(language = "go") {
  const keeper = {
    /** @type {Map<string, {doc: string, saved: {content: string}}>} */ files: new Map(),
    /** @type {string[]} */ disputed: [],
    get unsaved() { return [...this.files].filter(([, m]) => m.doc !== m.saved.content).map(([name]) => name); },
  };
  keeper.files.set("main.go", { doc: "one", saved: { content: "one" } });
  /** What the stage was told, what was said last, how often it was saved. */
  const told = { stage: /** @type {string[]} */ ([]), said: "", saves: 0 };
  let /** @type {() => Promise<boolean>|boolean} */ save = () => true;
  const bench = {
    keeper, desk: { problems() {} }, said() {},
    save: async () => {
      told.saves++;
      const saved = await save();
      if (saved) for (const m of keeper.files.values()) m.saved.content = m.doc;
      return saved;
    },
  };
  const root = {
    hidden: false, querySelector: (/** @type {string} */ selector) => (selector === ".ex-lower" ? { contains: () => false } : null), closest: () => null,
    dispatchEvent: (/** @type {CustomEvent} */ e) => { if (e.type === "duplex:state") told.stage.push(e.detail.word); },
  };
  const checks = new Checks(/** @type {any} */ (root), /** @type {any} */ ({
    name: "echo", language, panels: { show() {} },
    steps: { begin() {}, settle: () => false, decided() {}, words: "1 of 1 step", passed: 1, all: [{ dataset: { verdict: "fail" } }] },
    now: () => ({ place: "editor", bench, opening: Promise.resolve() }), url: () => "",
    say: (/** @type {string} */ words) => { told.said = words; }, problem() {}, turned() {}, reveal() {}, undone() {}, retold() {},
  }));
  return {
    checks, told, keeper,
    saving(/** @type {typeof save} */ how) { save = how; },
    type: (/** @type {string} */ doc) => { /** @type {any} */ (keeper.files.get("main.go")).doc = doc; },
    /** Another editor saves. */
    edited(/** @type {string} */ name, /** @type {string} */ text) {
      keeper.files.set(name, { doc: text, saved: { content: text } });
      checks.filed();
    },
  };
}

/** Ends the newest check. @param {object} [line] what it says at last */
async function ends(line = ENDED) {
  begun.at(-1)?.say(line);
  begun.at(-1)?.end();
  await settled();
}

test("a check that begins anew and can't be saved leaves no stage that checks", async () => {
  for (const cancel of [false, true]) {
    const { checks, told, type, saving } = exercise();
    checks.start();
    await settled();
    type("two");
    saving(() => {
      if (cancel) checks.cancel();
      return cancel;
    });
    checks.renew();
    await settled();
    assert.deepEqual(told.stage, ["Checking…", "Not checked"]);
    assert.equal(checks.running, false);
    assert.equal(begun.length, 1);
    begun.length = 0;
  }
});

test("a press that saves nothing tells the stage nothing", async () => {
  const { checks, told, saving } = exercise();
  saving(() => false);
  await checks.start();
  assert.deepEqual(told.stage, []);
});

test("what is half typed is not saved because another file changed", async () => {
  const { checks, told, type, edited } = exercise();
  checks.start();
  await settled();
  type("half");
  edited("room.go", "room");
  await ends(SUPERSEDED);
  assert.equal(told.saves, 1);
  assert.equal(begun.length, 1);
  assert.equal(told.said, "Not checked: files changed. Save to check.");
  assert.deepEqual(told.stage, ["Checking…", "Not checked"]);
  mock.timers.tick(1_000);
  await settled();
  assert.equal(begun.length, 1);
});

test("a press during a check saves, and checks that", async () => {
  const { checks, told, type } = exercise();
  checks.start();
  await settled();
  type("two");
  checks.renew();
  await settled();
  assert.equal(told.saves, 2);
  assert.equal(begun.length, 2);
  await ends();
  assert.deepEqual(told.stage, ["Checking…", "Checking…", "1 of 1 passed"]);
});

test("what was superseded by a save is checked, once", async () => {
  for (const first of ["news", "end"]) {
    const { checks, told, edited } = exercise();
    checks.start();
    await settled();
    if (first === "news") edited("main.go", "two");
    await ends(SUPERSEDED);
    if (first === "end") edited("main.go", "two");
    await settled();
    mock.timers.tick(1_000); // while it runs
    await settled();
    assert.equal(begun.length, 2, `${first} first`);
    await ends();
    mock.timers.tick(1_000);
    await settled();
    assert.deepEqual(told.stage, ["Checking…", "Checking…", "1 of 1 passed"], `${first} first`);
    begun.length = 0;
  }
});

test("what was checked before its news came to rest is not checked again", async () => {
  const { checks, edited } = exercise();
  checks.start();
  await settled();
  edited("main.go", "two");
  await ends(SUPERSEDED);
  await ends(); // sooner than editors come to rest
  mock.timers.tick(1_000);
  await settled();
  assert.equal(begun.length, 2);
  edited("main.go", "three");
  mock.timers.tick(1_000);
  await settled();
  assert.equal(begun.length, 3, "what is saved later is checked");
  await ends();
});

test("cancelling ends that each save is checked, where there is no program to stop", async () => {
  for (const language of ["go", "js"]) {
    const { checks, saving } = exercise(language);
    saving(() => {
      checks.cancel();
      return true;
    });
    await checks.start();
    assert.equal(checks.follows, language === "go");
  }
});
