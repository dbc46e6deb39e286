import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

// A page with nothing in it, and a browser that remembers.
/** @type {Map<string, string>} */
const stored = new Map();
let full = false;
/** What the server says of the folder. */
let folder = { dir: "/w", exists: true, gone: false };
const page = new EventTarget();
/** @type {any} */
const browser = globalThis;
const { setTimeout } = browser;
Object.assign(browser, {
  document: { querySelector: () => null },
  location: new URL("http://127.0.0.1/"),
  fetch: async (/** @type {string} */ path, /** @type {{method: string}} */ { method }) => {
    if (method === "POST") folder = { dir: "/w", exists: true, gone: false };
    return { ok: true, json: async () => folder, path };
  },
  HTMLElement: class {},
  setTimeout: (/** @type {any[]} */ ...args) => setTimeout(.../** @type {[any]} */ (args)).unref(), // nothing here waits for the connection
  WebSocket: class extends EventTarget { send() {} close() {} },
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
  localStorage: {
    get length() { return stored.size; },
    key: (/** @type {number} */ i) => [...stored.keys()][i] ?? null,
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
const copy = (content) => ({ name: FILE, content, hash: `#${content}`, starter: content === "starter" });

/** A folder on a server, with what was written to it. */
class Disk {
  /** @type {string[]} */ written = [];
  /** What it did not write, and keeps as versions. @type {string[]} */ kept = [];
  /** @type {unknown} */ failure;
  content = "starter";
  gone = false;
  /** What is to happen before it answers. */ meanwhile = () => {};

  /** @param {string} _ @param {{content: string, base: string}} what */
  async put(_, { content, base }) {
    if (this.failure) throw this.failure;
    const refused = this.gone ? base !== "" : base !== `#${this.content}` && content !== this.content;
    (refused ? this.kept : this.written).push(content);
    if (!refused) [this.gone, this.content] = [false, content];
    const now = copy(this.content);
    await this.#time();
    if (refused && this.gone) throw new Refused({ what: "It is gone", code: "removed" }, 409);
    if (refused) throw new Refused({ what: "It changed", code: "conflict", theirs: now }, 409);
    return copy(content);
  }
  async reset() {
    this.content = "starter";
    await this.#time();
    return { files: [copy("starter")] };
  }
  async load() { return { exercise: "echo", language: "go", folder: "/w/echo", ...folder, files: [copy(folder.exists ? this.content : "starter")] }; }

  async #time() {
    const { meanwhile } = this;
    this.meanwhile = () => {};
    meanwhile();
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
  folder = { dir: "/w", exists: true, gone: false };
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
  assert.deepEqual([disk.kept, disk.written], [["one's"], ["other's"]], "what gave way is a version");
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

/** The folder is taken away under a page. @param {Disk} disk @param {InstanceType<typeof Keeper>} keeper */
function vanish(disk, keeper) {
  folder = { dir: "/w", exists: false, gone: true };
  [disk.gone, disk.content] = [true, "starter"];
  return keeper.heard({ exists: false, gone: true });
}

/** A page with a text that is saved. @param {Disk} disk */
async function saved(disk) {
  const keeper = opened(disk);
  keeper.edit(FILE, "mine");
  await keeper.save();
  return keeper;
}

/** Makes the folder again, which has the starter then. @param {Disk} disk @param {InstanceType<typeof Keeper>} keeper */
function madeAgain(disk, keeper) {
  disk.gone = false;
  return keeper.make("/w");
}

for (const typed of ["", " and more"]) {
  test(`where the folder vanishes, the text stays, and goes into the next one${typed && ", unsaved words as well"}`, async () => {
    const disk = new Disk();
    const keeper = await saved(disk);
    keeper.edit(FILE, `mine${typed}`);
    assert.deepEqual(vanish(disk, keeper), { changed: [], gone: [] });
    assert.deepEqual([model(keeper).doc, keeper.exists, keeper.gone, keeper.disputed], [`mine${typed}`, false, true, []]);
    assert.match(stored.get(KEY) ?? "", new RegExp(`mine${typed}`), "a reload loses nothing");
    assert.equal(await keeper.save(), "no-workspace");
    assert.equal((await keeper.reset()).outcome, "no-workspace");
    assert.equal(await madeAgain(disk, keeper), "saved");
    assert.deepEqual([disk.content, keeper.unsaved, stored.size], [`mine${typed}`, [], 0]);
  });

  test(`where the folder vanishes, a page that is loaded anew has the text${typed && ", unsaved words as well"}`, async () => {
    const disk = new Disk();
    const before = await saved(disk);
    before.edit(FILE, `mine${typed}`);
    vanish(disk, before);
    const keeper = new Keeper("echo", /** @type {any} */ (disk));
    await keeper.load();
    assert.deepEqual([model(keeper).doc, keeper.gone, keeper.disputed], [`mine${typed}`, true, []]);
    assert.equal(await madeAgain(disk, keeper), "saved");
    assert.equal(disk.content, `mine${typed}`);
  });
}

test("a folder that is there again is compared as usual", async () => {
  const disk = new Disk();
  const keeper = await saved(disk);
  vanish(disk, keeper);
  keeper.heard({ files: [copy("mine")], names: [FILE], exists: true });
  assert.deepEqual([keeper.unsaved, keeper.exists, keeper.gone], [[], true, false]);
  keeper.edit(FILE, "mine too");
  vanish(disk, keeper);
  keeper.heard({ files: [copy("theirs")], names: [FILE], exists: true });
  assert.deepEqual([model(keeper).doc, model(keeper).theirs?.content], ["mine too", "theirs"]);
});

test("files that are not the starter's are there after the folder, too", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.heard({ files: [{ ...copy("a room"), name: "room.go" }], names: [FILE, "room.go"] });
  vanish(disk, keeper);
  assert.equal(keeper.files.get("room.go")?.doc, "a room");
  const later = new Keeper("echo", /** @type {any} */ (disk));
  await later.load();
  assert.deepEqual([later.files.get("room.go")?.doc, later.disputed], ["a room", []]);
  keeper.heard({ files: [copy("starter")], names: [FILE], exists: true });
  assert.deepEqual([keeper.unsaved, keeper.disputed], [["room.go"], []], "it is written again with the next save");
});

test("a server that was started for another folder takes no text away", async () => {
  const keeper = await saved(new Disk());
  keeper.heard({ files: [copy("starter")], names: [FILE], exists: false });
  assert.deepEqual([model(keeper).doc, model(keeper).theirs], ["mine", undefined]);
});

test("a save that finds no folder any more keeps the text", async () => {
  const disk = new Disk();
  const keeper = await saved(disk);
  keeper.edit(FILE, "mine too");
  folder = { dir: "/w", exists: false, gone: true };
  disk.failure = new Refused({ what: "The folder is gone", code: "no-workspace" }, 409);
  assert.equal(await keeper.save(), "no-workspace");
  assert.deepEqual([model(keeper).lost, model(keeper).doc], [true, "mine too"]);
});

test("a file that could not be shown, and is gone then, leaves what was typed into it", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.edit(FILE, "mine");
  keeper.heard({ files: [{ ...copy(""), hash: "", problem: "It is too large." }] });
  disk.gone = true;
  assert.deepEqual(keeper.heard({ files: [], names: [] }).gone, []);
  assert.deepEqual([model(keeper).doc, model(keeper).removed, keeper.problems.size], ["mine", true, 0]);
  assert.match(stored.get(KEY) ?? "", /mine/);
  const later = new Keeper("echo", /** @type {any} */ (Object.assign(new Disk(), { load: async () => ({ files: [] }) })));
  await later.load();
  assert.deepEqual(later.disputed, [FILE], "a page that is loaded anew asks, too");
  assert.equal(await keeper.letGo(FILE), "saved");
  assert.deepEqual([disk.kept, stored.size], [["mine"], 0]);
});

test("what is typed while a text is put in place of a file's is a version", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.edit(FILE, "mine");
  disk.meanwhile = () => keeper.edit(FILE, "mine and more");
  assert.equal(await keeper.put(FILE, "an older one", "restore"), "saved");
  assert.deepEqual([disk.written, model(keeper).doc], [["mine", "mine and more", "an older one"], "an older one"]);
});

test("what is typed while the disk's is taken is a version", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.edit(FILE, "mine");
  disk.content = "theirs";
  keeper.heard({ files: [copy("theirs")] });
  disk.meanwhile = () => {
    keeper.edit(FILE, "mine and more");
    disk.meanwhile = () => keeper.edit(FILE, "and more again");
  };
  assert.equal(await keeper.choose(FILE, "theirs"), "saved");
  assert.deepEqual(disk.written, ["mine", "mine and more", "and more again", "theirs"]);
});

test("what is typed while a reset waits is a version, or stays", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.edit(FILE, "mine");
  disk.meanwhile = () => {
    keeper.edit(FILE, "mine and more");
    disk.meanwhile = () => { disk.meanwhile = () => keeper.edit(FILE, "typed at last"); };
  };
  await keeper.reset();
  assert.deepEqual([disk.written, model(keeper).doc], [["mine", "mine and more"], "typed at last"]);
  assert.deepEqual(keeper.disputed, [FILE]);
});

test("without a folder, a reset is undone after typing, and the undoing as well", async () => {
  const keeper = new Keeper("echo", undefined);
  keeper.heard({ files: [{ ...copy("starter"), hash: "" }] });
  keeper.edit(FILE, "mine");
  const { undo } = await keeper.reset();
  keeper.edit(FILE, "typed after it");
  await undo();
  assert.equal(model(keeper).doc, "mine");
  await undo();
  assert.equal(model(keeper).doc, "typed after it");
});

test("another tab's text outlasts what an editor saves", async () => {
  const disk = new Disk();
  const [one, other] = [opened(disk), opened(disk)];
  one.edit(FILE, "one's");
  other.edit(FILE, "other's");
  disk.content = "theirs";
  other.heard({ files: [copy("theirs")] });
  assert.deepEqual([model(other).theirs?.content, model(other).other], ["theirs", "one's"]);
  assert.match(stored.get(KEY) ?? "", /one's/, "a reload loses neither");
  assert.equal(await other.choose(FILE, "theirs"), "saved");
  assert.deepEqual([disk.kept, disk.written], [["one's"], ["other's", "theirs"]]);
});

test("another tab's text stays where it can't become a version", async () => {
  const disk = new Disk();
  const [one, other] = [opened(disk), opened(disk)];
  one.edit(FILE, "one's");
  other.edit(FILE, "other's");
  disk.failure = new TypeError("no answer");
  assert.equal(await other.choose(FILE, "mine"), "away");
  assert.deepEqual([model(other).doc, model(other).theirs?.content], ["other's", "one's"]);
});

test("a save whose answer was lost is not another's change", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.edit(FILE, "mine");
  disk.meanwhile = () => { throw new TypeError("no answer"); };
  assert.deepEqual([await keeper.save(), keeper.owes], ["away", true]);
  keeper.edit(FILE, "mine and more");
  keeper.heard({ files: [copy("mine")] });
  assert.deepEqual([keeper.disputed, keeper.owes], [[], true]);
  assert.equal(await keeper.makeUp(), "saved");
  assert.equal(disk.content, "mine and more");
});

test("what is owed is made up for once, whatever comes of it", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.edit(FILE, "mine");
  disk.failure = new TypeError("no answer");
  await keeper.save();
  assert.deepEqual([await keeper.makeUp(), keeper.owes], ["away", true]);
  disk.failure = undefined;
  keeper.heard({ files: [{ ...copy("b"), name: "b.go" }] });
  keeper.edit("b.go", "changed here");
  keeper.heard({ files: [{ ...copy("and there"), name: "b.go" }] });
  assert.deepEqual([await keeper.makeUp(), keeper.owes], ["conflict", false]);
});

test("notes on what was not formatted name the files", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.heard({ files: [copy("starter"), { ...copy("starter"), name: "room.go" }] });
  const put = disk.put.bind(disk);
  disk.put = async (name, what) => ({ ...(await put(name, what)), note: "not formatted: 7:2: expected '}'" });
  keeper.edit(FILE, "mine");
  keeper.edit("room.go", "mine");
  await keeper.save();
  assert.equal(keeper.note, "main.go was not formatted: 7:2: expected '}'; room.go was not formatted: 7:2: expected '}'");
});

test("a file that is not there is brought back", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  disk.gone = true;
  keeper.heard({ files: [], names: [] });
  assert.equal(await keeper.bringBack(FILE, "mine"), "saved");
  assert.deepEqual([disk.content, model(keeper).doc, keeper.unsaved], ["mine", "mine", []]);
  vanish(disk, keeper);
  assert.equal(await keeper.bringBack("room.go", "a room"), "saved");
  assert.deepEqual(keeper.unsaved, [FILE, "room.go"], "without a folder it is kept in the browser");
});
