// What a member of a room sees of its log.
//
//   const talk = new Conversation();
//   for (const line of talk.take(JSON.parse(message))) show(line);
//   talk.after;   // what to ask for after a loss: "epoch:id"
//
// Every entry of the log has a number, one more than the one before it. So the
// page knows by itself where it stands, whether something comes twice, and how
// much is missing where something is. Nothing here touches the page.

import { count } from "../../lib/bytes.js";

/**
 * What the server says (server/demo/protocol.go). Messages, joins and leaves
 * are the entries of the log.
 * @typedef {{type: "welcome", you: string, room: string, epoch: string, joined: number, members: string[],
 *   resume?: {after: string, since: number, why?: string}, limits: {text: number}}} Welcome
 * @typedef {{type: "message", id: number, from: string, text: string, at: string}} Message
 * @typedef {{type: "join"|"leave", id: number, name: string, members: string[]}} Presence
 * @typedef {{type: "lagged", missed: number, members: string[]}} Lagged
 * @typedef {Welcome | Message | Presence | Lagged} Said
 */

/**
 * A line of the conversation. One that has the key of an earlier line takes its
 * place.
 * @typedef {{kind: "message", from: string, text: string, at: string, mine: boolean}
 *   | {kind: "note"|"gap", words: string, key?: string}} Line
 */

/**
 * Lines of it that a page keeps: all that a server keeps of a room (ChatKept in
 * server/demo/limits.go), which one return can bring, and the notes between. So
 * what a note announces does not push it out.
 */
export const ROWS = 1_500;

export class Conversation {
  you = "";
  /** @type {string[]} */ members = [];
  #room = "";
  #epoch = "";
  /** The entry that was seen last. @type {number|undefined} */ #last;
  /** That of this member's own join. */ #joined = 0;
  /** What came of the time away, until the own join. @type {{messages: number, missing: number}|undefined} */ #away;
  /** How often it came back. */ #returns = -1;
  /** Its name before it came back, until its leave has been read: what it said last may come after that. */ #was = "";
  /** The server could not go on where this page was. */ #late = false;

  /** Names the entry that was seen last; "" before the first. */
  get after() {
    return this.#last === undefined ? "" : `${this.#epoch}:${this.#last}`;
  }

  /** All has come that happened before this member joined. */
  get upToDate() {
    return this.#returns >= 0 && this.#joined === 0;
  }

  /** @param {Said} said @returns {Line[]} */
  take(said) {
    switch (said.type) {
      case "welcome": return this.#welcome(said);
      case "lagged": return this.#lagged(said);
      case "message": case "join": case "leave": return this.#entry(said);
      default: return []; // a later server may say more
    }
  }

  /** @param {Welcome} said @returns {Line[]} */
  #welcome({ you, room, epoch, joined, members, resume }) {
    const other = epoch !== this.#epoch;
    this.#was = other ? "" : this.you;
    this.you = you;
    this.members = members;
    this.#room = room;
    this.#joined = joined;
    this.#returns++;
    this.#epoch = epoch;
    if (other) this.#last = undefined;
    this.#late = Boolean(resume?.why);
    this.#away = resume && !resume.why ? { messages: 0, missing: 0 } : undefined;
    if (this.#away) return [this.#awayLine("You were away. This is what happened meanwhile:")];
    if (resume && other) return [{ kind: "gap", words: `Some of the conversation may be missing: ${resume.why}.` }];
    return [];
  }

  /** @param {Message|Presence} said @returns {Line[]} */
  #entry(said) {
    if (this.#last !== undefined && said.id <= this.#last) return []; // it stands there already
    const hole = this.#last === undefined ? 0 : said.id - this.#last - 1;
    this.#last = said.id;
    const lines = hole ? [this.#gap(hole, this.#late ? "you were away for too long, and only the last lines are sent again" : "the numbers say so, the server did not")] : [];
    this.#late = false;
    return [...lines, ...this.#line(said), ...this.#arrived()];
  }

  /** @param {Message|Presence} said @returns {Line[]} */
  #line(said) {
    if (said.type === "message") {
      if (this.#away) this.#away.messages++;
      return [{ kind: "message", from: said.from, text: said.text, at: said.at, mine: this.#mine(said) }];
    }
    if (said.id >= this.#joined) this.members = said.members; // an older one says who was here then
    if (said.id === this.#joined) return [];
    const own = said.type === "leave" && said.name === this.#was && (said.id < this.#joined || this.#was !== this.you);
    if (said.name === this.#was) this.#was = ""; // gone, or somebody else has taken it
    return [{ kind: "note", words: `${said.name}${own ? " (you)" : ""} ${said.type === "join" ? "joined" : "left"}` }];
  }

  /**
   * Before its join a member that came back spoke under its old name. Of what a
   * new one finds, that under its name is taken for its own, from an earlier page.
   * @param {Message} said
   */
  #mine({ id, from }) {
    return from === this.#was || (from === this.you && (id > this.#joined || !this.#returns));
  }

  /** @param {Lagged} said @returns {Line[]} */
  #lagged({ missed, members }) {
    this.members = members;
    if (this.#last !== undefined) this.#last += missed;
    return [this.#gap(missed, "this window read too slowly, and the room no longer had them"), ...this.#arrived()];
  }

  /** @param {number} n @param {string} why @returns {Line} */
  #gap(n, why) {
    if (this.#away) this.#away.missing += n;
    return { kind: "gap", words: `${count(n, "line")} ${n === 1 ? "is" : "are"} missing here: ${why}.` };
  }

  /** What is said once everything has come that happened before this member joined. @returns {Line[]} */
  #arrived() {
    if (!this.#joined || this.#last === undefined || this.#last < this.#joined) return [];
    this.#joined = 0;
    /** @type {Line} */
    const joined = { kind: "note", words: `Joined ${this.#room}${this.#returns ? " again" : ""} as ${this.you}` };
    const away = this.#away;
    this.#away = undefined;
    return away ? [this.#awayLine(awayWords(away)), joined] : [joined];
  }

  /** @param {string} words @returns {Line} */
  #awayLine(words) {
    return { kind: "note", words, key: `away ${this.#returns}` };
  }
}

/** @param {{messages: number, missing: number}} away */
function awayWords({ messages, missing }) {
  if (missing) return `While you were away: ${count(messages, "message")} that came, and ${count(missing, "line")} that did not:`;
  return messages ? `While you were away, ${count(messages, "message")} ${messages === 1 ? "was" : "were"} said:` : "While you were away, nothing was said.";
}

/**
 * Words given back. Refused, they were surely not said; else nobody knows yet.
 * inField: they stand in the field again.
 * @typedef {{text: string, refused: boolean, inField: boolean}} Back
 */

/**
 * What was sent, until the room says it: words are neither lost nor said twice
 * without a word about it.
 *
 *     const outbox = new Outbox();
 *     outbox.sent("hello");    // over the connection that is open
 *     outbox.came("hello");    // its own message came back: it is said
 *     outbox.refused();        // the server refused something that was sent
 *     outbox.lost();           // the connection is over: what had not come back is unsure
 *     outbox.back;             // what its writer is to have again
 *
 * A browser takes what is sent without knowing whether it arrives: the line may
 * break with it, or the server be leaving. Only the room's log can tell. The
 * server reads the words of one connection in their order, so what stands before
 * words that came back was refused, or fell into a gap.
 */
export class Outbox {
  /** Sent over this connection, in order. passed: later words came back already. @type {{text: string, passed: boolean}[]} */ #waiting = [];
  /** Refusals of which it is not known yet what they refuse: they may come before earlier words. */ #refusals = 0;
  /** Words given back, the oldest first. @type {readonly Back[]} */ back = [];

  /** Some words may have been said, or not. */
  get unsure() {
    return this.back.some((b) => !b.refused);
  }

  /** @param {string} text */
  sent(text) {
    this.#waiting.push({ text, passed: false });
  }

  /**
   * A message of one's own stands in the room.
   * @param {string} text
   * @returns {Back|undefined} what is now known to be said, if it had been given back
   */
  came(text) {
    const back = this.back.find((b) => b.text === text && !b.refused);
    if (back) this.back = this.back.filter((b) => b !== back);
    else this.#cameBack(text);
    return back;
  }

  /** @param {string} text */
  #cameBack(text) {
    const i = this.#waiting.findIndex((w) => w.text === text);
    if (i < 0) return;
    this.#waiting.splice(i, 1);
    for (const w of this.#waiting.slice(0, i)) w.passed = true;
    this.#decide();
  }

  /** The server does not say which words it refuses: the order does, at once or with the next that come back. */
  refused() {
    this.#refusals++;
    this.#decide();
  }

  #decide() {
    while (this.#refusals && this.#waiting.length && (this.#waiting[0].passed || this.#refusals >= this.#waiting.length)) {
      this.#refusals--;
      this.#giveBack(/** @type {{text: string}} */ (this.#waiting.shift()).text, true);
    }
    if (!this.#waiting.length) this.#refusals = 0; // of something that this page did not send
  }

  /**
   * The connection is over.
   * @param {boolean} [tooBig] the server ended it because of what it was sent
   */
  lost(tooBig = false) {
    const refused = tooBig && this.#waiting.length === 1;
    for (const { text } of this.#waiting) this.#giveBack(text, refused);
    this.#waiting = [];
    this.#refusals = 0;
  }

  /** @param {string} text @param {boolean} refused */
  #giveBack(text, refused) {
    if (text.trim()) this.back = [...this.back, { text, refused, inField: false }];
  }

  /** Its writer has them in the field. @param {Back} back */
  put(back) {
    this.back = this.back.map((b) => (b === back ? { ...b, inField: true } : b));
  }

  /** What stood in the field has been sent, or thrown away: it is its writer's business now. */
  settled() {
    this.back = this.back.filter((b) => !b.inField);
  }
}
