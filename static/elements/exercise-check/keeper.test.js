import assert from "node:assert/strict";
import { test } from "node:test";
import { Disk, FILE, KEY, Keeper, Refused, copy, heardInTabs, model, now, opened, page, stored, vanish } from "./fakes.test.js";

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
  now.full = true;
  keeper.edit(FILE, "mine");
  assert.deepEqual([keeper.drafts.unkept.has(FILE), asked()], [true, true]);
  now.full = false;
  keeper.edit(FILE, "mine too");
  assert.deepEqual([keeper.drafts.unkept.has(FILE), asked()], [false, false]);
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
