// The versions of a file: when each stood in the folder and where it came from, what
// it has otherwise than the text now, and the way back to it. Of files that are not
// there any more, too, and where there is no folder.

import { formatSize } from "../../lib/bytes.js";
import { keepFocus } from "../../lib/focus.js";
import { diffOf, drawDiff } from "./diff.js";
import { button, tag } from "./parts.js";
import { Refused } from "./work.js";

/** @typedef {import("./work.js").Version} Version */

/** @type {Record<string, string>} */
const WHY = { page: "saved in this page", editor: "saved in an editor", reset: "the starter, by a reset", restore: "brought back", starter: "the starter" };

export class Versions {
  /** The file that they are of, whichever is shown meanwhile. */ #name = "";
  /** How often they were fetched. */ #asked = 0;
  /** One that is not there any more, and was asked for… */ #away = "";
  /** …while this one was shown. */ #beside = "";

  /**
   * @param {HTMLElement} root
   * @param {{keeper: import("./keeper.js").Keeper, file: () => string, say: (words: string) => void}} options
   */
  constructor(root, { keeper, file, say }) {
    this.root = root;
    this.keeper = keeper;
    this.file = file;
    this.say = say;
    this.list = tag("ol", "", "vs-list");
    this.look = tag("div", "", "vs-look");
    this.look.tabIndex = 0; // it scrolls
    this.look.role = "group";
    this.look.ariaLabel = "The chosen version";
    root.append(this.list, this.look);
  }

  /** Fetches them anew. */
  async refresh() {
    if (this.file() !== this.#beside) this.#away = "";
    this.#beside = this.file();
    const name = (this.#name = this.#away || this.file());
    const asked = ++this.#asked;
    /** @type {[Version[], string[]]} */ let [list, all] = [[], []];
    try {
      [list, all] = await Promise.all([name ? this.keeper.work?.versions(name) ?? [] : [], this.keeper.work?.versioned() ?? []]);
    } catch (err) {
      if (asked !== this.#asked) return;
      const words = err instanceof Refused ? err.words : "The Duplex server does not answer. It keeps the versions.";
      return keepFocus(this.root, () => this.#empty(words, "Try again"), () => this.look.querySelector("button"));
    }
    if (asked !== this.#asked) return; // they are asked for anew already
    const away = all.filter((other) => other !== name && !this.#there(other));
    keepFocus(this.root, () => {
      this.#empty(list.length ? "Choose a version to see what it has otherwise." : this.#none(name));
      this.list.append(...list.map((v) => this.#row(name, v)), ...away.map((other) => this.#other(other, `${other} is gone: its versions`)),
        ...(this.#away ? [this.#other("", `Back to ${this.file() || "the others"}`)] : []));
    }, () => this.list.querySelector("button") ?? this.look);
  }

  /** @param {string} name */
  #there(name) { return this.keeper.files.has(name) || this.keeper.problems.has(name); }

  /** Why there is none. @param {string} name */
  #none(name) {
    if (!this.keeper.exists && !this.keeper.gone) return "Once your work is in a folder, each save leaves a version here.";
    return name ? `No versions of ${name} yet: each save leaves one here.` : "No file is there now. Those that have versions are listed here.";
  }

  /** Leads to another file's versions. @param {string} name or "", for the one that is shown @param {string} words */
  #other(name, words) {
    const li = tag("li");
    li.append(button(words, async () => {
      this.#away = name;
      await this.refresh();
    }, "vs-row"));
    return li;
  }

  /** @param {string} words @param {string} [again] */
  #empty(words, again) {
    this.list.replaceChildren();
    this.look.replaceChildren(tag("p", words, "ex-quiet"), ...(again ? [button(again, () => this.refresh())] : []));
  }

  /** @param {string} name @param {Version} v */
  #row(name, v) {
    const li = tag("li");
    const row = button("", () => this.#show(name, v, row), "vs-row");
    row.ariaPressed = "false";
    const time = Object.assign(document.createElement("time"), { dateTime: v.at, textContent: when(v.at) });
    row.append(time, tag("span", WHY[v.why] ?? v.why), tag("small", formatSize(v.size)));
    li.append(row);
    return li;
  }

  /** @param {string} name @param {Version} v @param {HTMLElement} row */
  async #show(name, v, row) {
    for (const other of this.list.querySelectorAll(".vs-row")) other.ariaPressed = String(other === row);
    this.look.replaceChildren(tag("p", "Fetching…", "ex-quiet"));
    let content;
    try {
      ({ content } = /** @type {{content: string}} */ (await this.keeper.work?.version(name, v.id)));
    } catch (err) {
      return name !== this.#name ? undefined : this.look.replaceChildren(tag("p", err instanceof Refused ? err.words : "The Duplex server does not answer.", "ex-quiet"));
    }
    if (name !== this.#name || row.ariaPressed !== "true") return; // another is looked at meanwhile
    const there = this.#there(name);
    const rows = diffOf(this.keeper.files.get(name)?.doc ?? "", content);
    const same = there && rows.every((r) => r.kind === "same");
    const head = tag("p", "", "vs-head");
    head.append(same ? "This is the text as it stands now." : there ? "− is the text now, + is that version. " : `${name} is not there now. `);
    if (!there) head.append(button("Bring it back", () => this.#bringBack(name, v, content), "btn go"));
    else if (!same) head.append(button("Restore this version", () => this.#restore(name, v, content), "btn go"));
    this.look.replaceChildren(head, ...(same ? [] : [drawDiff(rows, { less: "now", more: "that version" })]));
  }

  /** Brings a file back that is not there. @param {string} name @param {Version} v @param {string} content */
  async #bringBack(name, v, content) {
    const outcome = await this.keeper.bringBack(name, content);
    this.say(outcome === "saved" ? `${name} is back, as it was at ${when(v.at)}.` : this.keeper.trouble || `${name} is back in this page, and not saved.`);
    this.#away = "";
    await this.refresh();
  }

  /** @param {string} name @param {Version} v @param {string} content */
  async #restore(name, v, content) {
    const before = this.keeper.files.get(name)?.doc ?? "";
    const outcome = await this.keeper.put(name, content, "restore");
    if (outcome !== "saved") return this.say(this.keeper.trouble || "Not restored: the Duplex server does not answer, or the file changed on disk.");
    this.say(`${name} is as it was at ${when(v.at)}.`);
    await this.refresh();
    if (name !== this.#name) return;
    const undo = button("Undo", async () => {
      const undone = await this.keeper.put(name, before, "restore");
      if (undone !== "saved") return this.say(this.keeper.trouble || "Not undone: the Duplex server does not answer, or the file changed on disk.");
      this.say(`${name} is as it was before that.`);
      await this.refresh();
    });
    const done = tag("p", "", "vs-head");
    done.append(`Restored: ${name} is as it was at ${when(v.at)}. `, ...(this.keeper.exists ? [undo] : []));
    const within = this.root.contains(document.activeElement); // who types elsewhere by now is not called away
    this.look.replaceChildren(done);
    if (within) undo.focus();
  }
}

/** @param {string} at RFC 3339 */
function when(at) {
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  return date.toLocaleString([], today ? { timeStyle: "medium" } : { dateStyle: "medium", timeStyle: "short" });
}
