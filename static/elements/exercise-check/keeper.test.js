import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

// A page with nothing in it, and a browser that remembers.
/** @type {Map<string, string>} */
const stored = new Map();
let full = false;
const page = new EventTarget();
/** @type {any} */
const browser = globalThis;
const { setTimeout } = browser;
Object.assign(browser, {
  document: { querySelector: () => null },
  location: new URL("http://127.0.0.1/"),
  HTMLElement: class {},
  setTimeout: (/** @type {any[]} */ ...args) => setTimeout(.../** @type {[any]} */ (args)).unref(), // nothing here waits for the connection
  WebSocket: class extends EventTarget { send() {} close() {} },
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
  localStorage: {
    getItem: (/** @type {string} */ key) => stored.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ text) => {
      if (full) throw new Error("QuotaExceededError");
      stored.set(key, text);
    },
    removeItem: (/** @type {string} */ key) => stored.delete(key),
  },
});
const { Keeper } = await import("./keeper.js");
const { Refused } = await import("./work.js");

const FILE = "main.go";
const KEY = `duplex:work:echo/${FILE}`;
/** @param {string} content */
const copy = (content) => ({ name: FILE, content, hash: `#${content}` });

/** A folder on a server, with what was written to it. */
class Disk {
  /** @type {string[]} */ written = [];
  /** @type {unknown} */ failure;
  content = "starter";
  gone = false;

  /** @param {string} _ @param {{content: string, base: string}} what */
  async put(_, { content, base }) {
    if (this.failure) throw this.failure;
    if (this.gone && base) throw new Refused({ what: "It is gone", code: "removed" }, 409);
    if (!this.gone && base !== `#${this.content}`) throw new Refused({ what: "It changed", code: "conflict", theirs: copy(this.content) }, 409);
    this.written.push(content);
    this.gone = false;
    this.content = content;
    return copy(content);
  }
  async reset() {
    this.content = "starter";
    return { files: [copy("starter")] };
  }
}

/** A page that has opened the folder. @param {Disk} disk */
function opened(disk) {
  const keeper = new Keeper("echo", /** @type {any} */ (disk));
  keeper.exists = true;
  keeper.heard({ files: [copy(disk.content)] });
  return keeper;
}
/** @param {InstanceType<typeof Keeper>} keeper */
const model = (keeper) => /** @type {import("./file.js").Model} */ (keeper.files.get(FILE));
/** What a browser does in the other tabs. */
const heardInTabs = () => page.dispatchEvent(Object.assign(new Event("storage"), { key: KEY }));

beforeEach(() => {
  stored.clear();
  full = false;
});

test("a reset keeps both sides of a dispute among the versions", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.edit(FILE, "mine");
  disk.content = "theirs";
  keeper.heard({ files: [copy("theirs")] });
  const { outcome, undo } = await keeper.reset();
  assert.deepEqual([outcome, disk.written, model(keeper).doc], ["saved", ["mine"], "starter"]);
  assert.equal(await undo(), "saved");
  assert.equal(disk.content, "mine");
});

test("a reset that can't keep what is unsaved does not take place", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.edit(FILE, "mine");
  disk.failure = new Refused({ what: "The disk is full", code: "disk-full" }, 507);
  assert.equal((await keeper.reset()).outcome, "refused");
  assert.deepEqual([model(keeper).doc, keeper.trouble], ["mine", "The disk is full."]);
  disk.failure = new TypeError("no answer");
  assert.equal((await keeper.reset()).outcome, "away");
  assert.equal(model(keeper).doc, "mine");
});

test("the disk's, chosen while the server is away, is asked for again", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.edit(FILE, "mine");
  disk.content = "theirs";
  keeper.heard({ files: [copy("theirs")] });
  disk.failure = new TypeError("no answer");
  assert.equal(await keeper.choose(FILE, "theirs"), "away");
  assert.deepEqual([model(keeper).theirs?.content, keeper.owes], ["theirs", false]);
  disk.failure = undefined;
  assert.equal(await keeper.save(), "conflict", "nothing is written until one chooses");
  assert.equal(await keeper.choose(FILE, "theirs"), "saved");
  assert.deepEqual([disk.written, model(keeper).doc], [["mine", "theirs"], "theirs"]);
});

test("a file that is gone from disk is gone from the page, unless it has unsaved words", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.edit(FILE, "mine");
  disk.gone = true;
  assert.deepEqual(keeper.heard({ files: [], names: [] }).gone, []);
  assert.deepEqual([keeper.disputed, await keeper.save()], [[FILE], "conflict"]);
  assert.equal(await keeper.again(FILE), "saved");
  assert.equal(disk.content, "mine");
  assert.deepEqual(keeper.heard({ files: [], names: [] }).gone, [FILE]);
  assert.equal(keeper.files.size, 0);
});

test("a save learns that a file is gone; it is let go", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.edit(FILE, "mine");
  disk.gone = true;
  assert.equal(await keeper.save(), "conflict");
  assert.equal(model(keeper).removed, true);
  assert.equal(await keeper.letGo(FILE), "saved");
  assert.deepEqual([keeper.files.size, stored.size], [0, 0]);
});

test("a reset brings a file that is not there", async () => {
  const keeper = new Keeper("echo", /** @type {any} */ (new Disk()));
  keeper.exists = true;
  await keeper.reset();
  assert.equal(model(keeper).doc, "starter");
});

test("a file with a problem is not edited; its draft waits", () => {
  const keeper = opened(new Disk());
  keeper.edit(FILE, "mine");
  keeper.heard({ files: [{ name: FILE, content: "", hash: "", problem: "It is too large." }] });
  assert.deepEqual([keeper.problems.get(FILE), keeper.unsaved], ["It is too large.", []]);
  keeper.heard({ files: [copy("starter")] });
  assert.deepEqual([keeper.problems.size, model(keeper).doc], [0, "mine"]);
});

test("tabs share a draft: the one that only looks on follows", async () => {
  const disk = new Disk();
  const [one, other] = [opened(disk), opened(disk)];
  one.edit(FILE, "typed");
  heardInTabs();
  assert.deepEqual([model(one).doc, model(other).doc], ["typed", "typed"]);
  other.edit(FILE, "typed on");
  heardInTabs();
  assert.deepEqual([model(one).doc, model(one).theirs], ["typed on", undefined]);
  await one.save();
  heardInTabs();
  other.heard({ files: [copy("typed on")] });
  assert.deepEqual([model(other).doc, other.unsaved, other.disputed], ["typed on", [], []]);
});

test("what two tabs typed at the same time is there in both", async () => {
  const disk = new Disk();
  const [one, other] = [opened(disk), opened(disk)];
  one.edit(FILE, "one's");
  other.edit(FILE, "other's"); // it has not heard yet
  assert.deepEqual([model(other).doc, model(other).theirs?.content], ["other's", "one's"]);
  assert.match(stored.get(KEY) ?? "", /one's/, "a reload loses neither");
  assert.deepEqual(opened(disk).disputed, [FILE]);
  assert.equal(await other.choose(FILE, "mine"), "saved");
  assert.deepEqual(disk.written, ["other's", "one's", "other's"], "what gave way is a version");
});

test("who has no folder to save to shares no draft with who has", () => {
  const projected = new Keeper("echo", undefined);
  projected.heard({ files: [{ ...copy("starter"), hash: "", starter: true }] });
  projected.edit(FILE, "on the screen");
  assert.deepEqual(opened(new Disk()).disputed, []);
});

test("a browser that stores nothing is told of, and the page is not left unasked", () => {
  const keeper = opened(new Disk());
  const asked = () => !page.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  full = true;
  keeper.edit(FILE, "mine");
  assert.deepEqual([keeper.drafts.unkept.has(FILE), asked()], [true, true]);
  full = false;
  keeper.edit(FILE, "mine too");
  assert.deepEqual([keeper.drafts.unkept.has(FILE), asked()], [false, false]);
});
