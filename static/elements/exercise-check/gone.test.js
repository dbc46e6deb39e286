import assert from "node:assert/strict";
import { test } from "node:test";
import { Disk, FILE, KEY, Keeper, Refused, copy, madeAgain, model, now, opened, saved, stored, vanish } from "./fakes.test.js";

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
  now.folder = { dir: "/w", exists: false, gone: true };
  disk.failure = new Refused({ what: "The folder is gone", code: "no-workspace" }, 409);
  assert.equal(await keeper.save(), "no-workspace");
  assert.deepEqual([model(keeper).lost, model(keeper).doc], [true, "mine too"]);
});

test("without a folder no version takes the place of what only the page has", async () => {
  const disk = new Disk();
  const keeper = await saved(disk);
  vanish(disk, keeper);
  assert.equal(await keeper.put(FILE, "an older one", "restore"), "no-workspace");
  assert.deepEqual([model(keeper).doc, keeper.trouble], ["mine", "Without its folder, main.go as it stands here would be lost: make the folder first."]);
});

/** Another exercise of the page makes the folder. @param {Disk} disk */
async function madeElsewhere(disk) {
  disk.gone = false;
  await new Keeper("chat", /** @type {any} */ (new Disk())).make("/w");
}

test("a folder that another exercise of the page has made again is saved to at once", async () => {
  const disk = new Disk();
  const keeper = await saved(disk);
  vanish(disk, keeper);
  let told = false;
  keeper.addEventListener("home", () => { told = keeper.exists; });
  await madeElsewhere(disk);
  assert.deepEqual([keeper.exists, keeper.gone, told, model(keeper).lost, model(keeper).saved.content], [true, false, true, undefined, "starter"], "its files have come");
  assert.equal(await keeper.save(), "saved");
  assert.deepEqual([disk.content, keeper.unsaved, stored.size], ["mine", [], 0]);
});

test("what was typed into the starter is saved once, in the folder that was made again", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.edit(FILE, "a draft");
  vanish(disk, keeper);
  [disk.gone, keeper.exists] = [false, true]; // and nothing was heard of the files
  assert.equal(await keeper.save(), "saved");
  assert.deepEqual([disk.written, keeper.unsaved], [["a draft"], []]);
  assert.equal(await keeper.put(FILE, "an older one", "restore"), "saved");
  assert.deepEqual([disk.written, keeper.unsaved], [["a draft", "an older one"], []]);
});

test("a file whose folder goes while it is saved is unsaved, even where it was lost before", async () => {
  const disk = new Disk();
  const keeper = opened(disk);
  keeper.edit(FILE, "mine");
  vanish(disk, keeper);
  [disk.gone, keeper.exists] = [false, true];
  disk.meanwhile = () => vanish(disk, keeper);
  await keeper.save();
  assert.deepEqual([model(keeper).lost, model(keeper).doc, keeper.unsaved], [true, "mine", [FILE]]);
  assert.equal(await madeAgain(disk, keeper), "saved");
  assert.deepEqual([disk.content, keeper.unsaved], ["mine", []]);
});

test("a folder whose files could not be fetched is asked for again", async () => {
  const disk = new Disk();
  const keeper = await saved(disk);
  vanish(disk, keeper);
  const { load } = disk;
  disk.load = async () => { throw new TypeError("Failed to fetch"); };
  await assert.rejects(madeAgain(disk, keeper), TypeError);
  assert.deepEqual([keeper.exists, model(keeper).doc], [false, "mine"]);
  disk.load = load;
  assert.equal(await madeAgain(disk, keeper), "saved");
  assert.equal(disk.content, "mine");
});
