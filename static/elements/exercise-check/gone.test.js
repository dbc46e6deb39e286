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

test("a folder that another exercise of the page has made again is saved to at once", async () => {
  const disk = new Disk();
  const keeper = await saved(disk);
  vanish(disk, keeper);
  [disk.gone, keeper.exists] = [false, true]; // and nothing was heard of the files yet
  assert.equal(await keeper.save(), "saved");
  assert.equal(disk.content, "mine");
});
