// Runs a learner's main.js as the course's pages do, but in a process: node,
// deno or bun. client.JavaScript starts it and hands it over on the command
// line, so that no file of it is left behind.
//
//   DUPLEX_PROGRAM   the file to run
//   DUPLEX_EXERCISE  what it finds in the object "exercise", as JSON
//   DUPLEX_RANDOM    what Math.random returns each time; unset: chance
//   stdin            a line is what the user typed; its end is that of the program.
//                    One of a NUL and "settle 7" is answered with {"settled": 7} once the
//                    program has dealt with all that had reached it before that line
//   stdout           a line is {"begins"}, {"level", "text"}, {"ended"} or {"settled"}, as JSON
//
// A program that broke is not ended: in a page, too, its connections live on
// until somebody ends them.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setImmediate } from "node:timers";
import { Script } from "node:vm";

const { env, stdin, stdout, exit } = process;

/** @param {{level: string, text: string} | {ended: string} | {settled: number}} line */
const say = (line) => void stdout.write(`${JSON.stringify(line)}\n`);

// The next lines are those of static/sandbox/worker.js; a test compares them.

/** How deep objects are shown. */
const DEPTH = 3;
const ITEMS = 50;

/** What an event is worth showing of, by its class. @type {Record<string, string[]>} */
const TELLING = {
  CloseEvent: ["code", "reason", "wasClean"], MessageEvent: ["data", "lastEventId"],
  WebSocket: ["readyState", "url", "bufferedAmount"], EventSource: ["readyState", "url"],
};

/** @param {unknown} value @param {number} [depth] @param {Set<object>} [above] @returns {string} */
const show = (value, depth = 0, above = new Set()) => {
  if (typeof value === "string") return depth ? JSON.stringify(value) : value;
  if (typeof value === "function") return `function ${value.name || "(anonymous)"}`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return value.stack?.split("\n    at ")[0] ?? String(value);
  if (above.has(value)) return "(itself)";
  const inside = new Set(above).add(value);
  const more = (/** @type {unknown} */ v) => show(v, depth + 1, inside);
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${value.byteLength}) ${hex(new Uint8Array(value))}`;
  if (value instanceof Blob) return `Blob(${value.size} bytes, ${value.type || "no type"})`;
  const name = value.constructor?.name ?? "";
  if (ArrayBuffer.isView(value)) return `${name}(${value.byteLength}) ${hex(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))}`;
  if (depth >= DEPTH) return Array.isArray(value) ? "[…]" : "{…}";
  if (Array.isArray(value) || value instanceof Set) return `${name === "Array" ? "" : `${name} `}[${list([...value].map(more))}]`;
  if (value instanceof Map) return `Map {${list([...value].map(([k, v]) => `${more(k)} → ${more(v)}`))}}`;
  const keys = TELLING[name] ?? (value instanceof Event ? ["type"] : Object.keys(value));
  const fields = keys.map((key) => `${key}: ${more(/** @type {any} */ (value)[key])}`);
  return `${name === "Object" || !name ? "" : `${name} `}{${fields.length ? ` ${list(fields)} ` : ""}}`;
};

/** @param {string[]} items */
const list = (items) => (items.length > ITEMS ? [...items.slice(0, ITEMS), `… ${items.length - ITEMS} more`] : items).join(", ");

/** @param {Uint8Array} bytes */
const hex = (bytes) => Array.from(bytes.subarray(0, 32), (b) => b.toString(16).padStart(2, "0")).join(" ") + (bytes.length > 32 ? " …" : "");

/** What stands for a specifier, by its letter. @type {Record<string, (value: any) => string>} */
const SPECIFIERS = {
  s: (value) => String(value),
  d: (value) => (typeof value === "symbol" ? "NaN" : String(parseInt(value, 10))),
  i: (value) => SPECIFIERS.d(value),
  f: (value) => (typeof value === "symbol" ? "NaN" : String(parseFloat(value))),
  o: (value) => show(value, 1),
  O: (value) => show(value, 1),
  c: () => "", // the style of a console
};

/** A line as the Console Standard's Formatter makes it (§2.2.1). @param {unknown[]} values */
const format = (values) => {
  const [first, ...rest] = values;
  if (typeof first !== "string" || !rest.length) return values.map((v) => show(v)).join(" ");
  const text = first.replace(/%([sdifoOc%])/g, (specifier, /** @type {string} */ letter) => {
    if (letter === "%") return "%";
    return rest.length ? SPECIFIERS[letter](rest.shift()) : specifier;
  });
  return [text, ...rest.map((v) => show(v))].join(" ");
};

for (const level of /** @type {const} */ (["log", "info", "debug", "warn", "error"])) {
  console[level] = (...values) => say({ level, text: format(values) });
}

// What went wrong, with its line.

let broke = false;

/** @param {string} words */
function ended(words) {
  if (!broke) say({ ended: words });
  broke = true;
}

/** @param {unknown} reason */
function threw(reason) {
  const line = reason instanceof Error && reason.stack?.match(/\bmain\.js:(\d+)/)?.[1];
  const words = reason instanceof DOMException ? `${reason.name}: ${reason.message}` : show(reason).replace(/^[^]*?\n\n(?=SyntaxError)/, "");
  ended(`Uncaught ${words}${line ? ` (main.js:${line})` : ""}`);
}

process.on("uncaughtException", threw);
process.on("unhandledRejection", threw);

// The program's surroundings: those of a worker in a page, not of node.

const timer = setTimeout;

/** @type {((text: string) => unknown) | null} */
let oninput = null;
/** @type {string[]} */
const typed = [];

function deliver() {
  while (typeof oninput === "function" && typed.length) {
    const text = /** @type {string} */ (typed.shift());
    timer(oninput, 0, text); // one that throws keeps no other from its line
  }
}

/** How often the event loop comes round before the program counts as settled. */
const TURNS = 4;

/**
 * Goes round with the event loop: in each turn all get theirs whose time has come,
 * timers, sockets, and lines typed before, which wait for a timer.
 * @param {() => void} then @param {number} [turns]
 */
const afterTurns = (then, turns = TURNS) => {
  if (turns === 0) return then();
  timer(() => setImmediate(() => afterTurns(then, turns - 1)), 0);
};

/** @param {string} text a line of stdin */
function take(text) {
  const [, settle] = text.match(/^\0settle (\d+)$/) ?? [];
  if (settle) return afterTurns(() => say({ settled: Number(settle) }));
  typed.push(text);
  deliver();
}

createInterface({ input: stdin }).on("line", take).on("close", () => exit());

/** @type {Record<string, string | number>} */
const settings = JSON.parse(env.DUPLEX_EXERCISE || "{}");
const exercise = Object.freeze(Object.defineProperty({ ...settings }, "oninput", {
  enumerable: true,
  get: () => oninput,
  set(f) { oninput = f; timer(deliver, 0); },
}));

if (env.DUPLEX_RANDOM) {
  const always = Number(env.DUPLEX_RANDOM);
  Math.random = () => always;
}

Object.assign(globalThis, { exercise, EventSource, self: globalThis });

/** A timer's name is a number, as in a page. @param {Function} start */
const numbered = (start) => (/** @type {unknown[]} */ ...args) => Number(start(...args));

// The functions around the program stand on its first line, so that its lines
// keep their numbers. The outer one holds what differs from a page, for the
// program alone: node's own code needs its own.

const hidden = "process, require, module, exports, Buffer, global, setImmediate, clearImmediate, Deno, Bun";
const before = `(setTimeout, setInterval) => { let ${hidden}; return (async () => { "use strict"; `;
try {
  const source = readFileSync(env.DUPLEX_PROGRAM ?? "main.js", "utf8");
  const script = new Script(`${before}${source}\n})(); }`, { filename: "main.js", columnOffset: -before.length });
  // Written before the program begins, which may keep everything from being written.
  await new Promise((done) => stdout.write(`${JSON.stringify({ begins: true })}\n`, done));
  script.runInThisContext()(numbered(setTimeout), numbered(setInterval)).catch(threw);
} catch (reason) {
  threw(reason);
}
