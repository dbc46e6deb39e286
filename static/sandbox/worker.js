// The worker that runs a learner's code: it catches what the code logs and
// throws, and says it to the frame. A classic script, for `importScripts`.
//
// In a demo the code finds the object `demo`: the demos' addresses. In a check
// it finds `exercise`: where to connect, what the script sets, and `oninput`,
// which it may set to a function that gets each line that its user types.
//
// From the frame:  {type: "run", code, lines, demo}   {type: "input", text}
//                  {type: "run", code, lines, exercise, random}
// To the frame:    {type: "started"}   {type: "log", level, text}
//                  {type: "left", lines}   {type: "error", text, line?}

"use strict";
{
  /** Lines passed on in WINDOW_MS, to be read or to be judged; what a loop logs beyond them is counted. */
  const LINES = { demo: 100, check: 1_000 };
  const WINDOW_MS = 250;
  /** Characters of one line. */
  const LONG = 4_000;
  /** How deep objects are shown. */
  const DEPTH = 3;
  const ITEMS = 50;

  let most = LINES.demo;
  let windowEnds = 0;
  let lines = 0;
  let left = 0;

  /** @param {{type: string, text: string, [more: string]: unknown}} message */
  const say = (message) => {
    const now = performance.now();
    if (now > windowEnds) {
      windowEnds = now + WINDOW_MS;
      lines = 0;
      if (left) postMessage({ type: "left", lines: left });
      left = 0;
    }
    if (++lines > most) return void left++;
    const { text } = message;
    postMessage({ ...message, text: text.length > LONG ? `${text.slice(0, LONG)} … (${text.length} characters)` : text });
  };

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
    console[level] = (...values) => say({ type: "log", level, text: format(values) });
  }

  /** How many lines the learner's code has. */
  let length = Infinity;

  /**
   * The line of the learner's code that an error speaks of.
   * @param {unknown} err @param {number} [line] of the event
   */
  const lineOf = (err, line) => {
    const found = err instanceof Error && err.stack?.match(/blob:[^)\s]*?:(\d+):\d+/)?.[1];
    const said = found ? Number(found) : line;
    return said && Math.min(said, length);
  };

  addEventListener("error", (e) => {
    e.preventDefault();
    const behind = e.error instanceof SyntaxError && e.lineno > length; // the parser met the end of our function
    const text = behind ? "Uncaught SyntaxError: the code ends too early: a brace, a bracket or a quotation mark is not closed"
      : e.message.replace(/Failed to execute 'importScripts' on '\w+': /, ""); // how we run it, not what is wrong
    say({ type: "error", text, line: lineOf(e.error, e.lineno) });
  });
  addEventListener("unhandledrejection", (e) => {
    e.preventDefault();
    say({ type: "error", text: `Uncaught ${show(e.reason)}`, line: lineOf(e.reason) });
  });

  /** Lines typed before there is somebody to take them. @type {string[]} */
  const typed = [];
  /** @type {unknown} */
  let oninput = null;
  const timer = setTimeout;
  const deliver = () => {
    while (typed.length && typeof oninput === "function") timer(oninput, 0, typed.shift()); // one that throws keeps no other from its line
  };

  /** @param {Record<string, unknown>} settings */
  const exerciseOf = (settings) => Object.freeze(Object.defineProperty({ ...settings }, "oninput", {
    enumerable: true,
    get: () => oninput,
    set: (f) => {
      oninput = f;
      timer(deliver, 0); // once the code that sets it has gone on to its end
    },
  }));

  /** What is there beside the web's own. @param {any} program */
  const furnish = ({ demo, exercise, random }) => {
    if (demo) return Object.assign(globalThis, { demo: Object.freeze(demo) });
    most = LINES.check;
    if (typeof random === "number") Math.random = () => random;
    Object.defineProperty(globalThis, "exercise", { value: exerciseOf(exercise), enumerable: true });
  };

  addEventListener("message", ({ data }) => {
    if (data.type === "input") {
      typed.push(data.text);
      return deliver();
    }
    length = data.lines;
    furnish(data);
    postMessage({ type: "started" });
    const { importScripts } = /** @type {{importScripts(url: string): void}} */ (/** @type {unknown} */ (globalThis));
    importScripts(data.code);
  });
}
