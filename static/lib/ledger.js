// What a page can know of an event stream without trusting it: what came, what
// is missing, what came twice.

/**
 * Counts events whose ids are numbers in order. A gap is an event missed, a
 * number seen before is one repeated.
 */
export class Ledger {
  received = 0;
  missed = 0;
  repeated = 0;
  /** @type {number|undefined} */ last;

  /** @param {string} id */
  add(id) {
    this.received++;
    const n = Number(id);
    if (id === "" || !Number.isInteger(n)) return; // without a number there is nothing to compare
    const expected = this.last === undefined ? n : this.last + 1;
    if (n < expected) this.repeated++;
    else this.missed += n - expected;
    this.last = Math.max(n, this.last ?? n);
  }
}

/**
 * The wait that a line of the stream asks for, in milliseconds.
 * @param {string} line
 * @returns {number|undefined}
 */
export function retryOf(line) {
  const digits = line.match(/^retry: ?([0-9]+)$/)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
