// What was sent, until the room says it: words are neither lost nor said twice
// without a word about it.
//
//   const outbox = new Outbox();
//   outbox.sent("hello");    // over the connection that is open
//   outbox.came("hello");    // its own message came back: it is said
//   outbox.refused();        // the server refused something that was sent
//   outbox.lost();           // the connection is over: what had not come back is unsure
//   outbox.back;             // what its writer is to have again
//
// A browser takes what is sent without knowing whether it arrives: the line may
// break with it, or the server be leaving. Only the room's log can tell. The
// server reads the words of one connection in their order, so what stands before
// words that came back was refused, or fell into a gap. Nothing here touches the
// page.

/**
 * Words given back. Refused, they were surely not said; else nobody knows yet.
 * inField: they stand in the field again.
 * @typedef {{text: string, refused: boolean, inField: boolean}} Back
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
