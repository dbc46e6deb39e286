// The frame in which a learner's client code runs. Its origin is opaque: it has
// no storage, no cookies, and can reach nothing of the page around it but by
// messages. Its policy lets it load its own script and connect to the demos and
// to the places of checks. lib/sandbox.js is the page's end of it.
//
// From the page:  {type: "run", run, code, wire}   {type: "input", text}
//                 {type: "run", run, code, exercise, random}   {type: "stop", run}
// To the page:    {type: "ready"}   {type: "stopped", run}
//                 and what worker.js says, with its run
//
// The code runs in a worker, so that a loop without an end freezes nobody, and
// to stop it is to end the worker, whatever it is doing.

/** The page's origin: an opaque one is "null" to others, but its address tells. */
const page = new URL(location.href).origin;
const ticket = document.querySelector("meta[name=duplex-ticket]")?.getAttribute("content") ?? "";

/** What a worker may say. The code that runs there can post anything. */
const SAYS = new Set(["started", "log", "error", "left"]);

/** @type {Worker|undefined} */
let worker;
/** The code of the present worker. @type {string[]} */
let blobs = [];

/** @param {object} message */
const tell = (message) => parent.postMessage(message, page);

addEventListener("message", ({ origin, source, data }) => {
  if (origin !== page || source !== parent) return;
  if (data.type === "run") run(data);
  if (data.type === "input") worker?.postMessage({ type: "input", text: data.text });
  if (data.type === "stop") {
    stop();
    tell({ type: "stopped", run: data.run });
  }
});

function stop() {
  worker?.terminate();
  worker = undefined;
  for (const url of blobs.splice(0)) URL.revokeObjectURL(url);
}

/** @param {{run: number, code: string, wire?: string, exercise?: object, random?: number|null}} program */
function run({ run, code, wire, exercise, random }) {
  stop();
  // The learner's code is a script of its own, so that its line numbers are right.
  // The function around it, on the first line, lets it use await.
  const learners = blob(`(async () => { "use strict";${code}\n})()`);
  const mine = new Worker(blob(`importScripts(${JSON.stringify(`${page}/static/sandbox/worker.js`)});`));
  worker = mine;
  mine.onmessage = ({ data }) => {
    if (worker === mine && SAYS.has(data?.type)) tell({ ...data, run });
  };
  // Code that cannot be read at all ends here, before it could say anything.
  mine.onerror = (e) => tell({ type: "error", run, text: e.message ?? "The program could not be started.", line: e.lineno });
  mine.postMessage({ type: "run", code: learners, lines: code.split("\n").length, ...(exercise ? { exercise, random } : { demo: endpoints(wire ?? "") }) });
}

/**
 * The addresses of the demos. This frame has no origin, so its requests say
 * `Origin: null`, which the server lets in only with the ticket that it gave to
 * this very frame; `wire` names the tap that shows you the frames.
 * @param {string} wire
 */
function endpoints(wire) {
  const query = `?ticket=${encodeURIComponent(ticket)}&wire=${encodeURIComponent(wire)}`;
  const socket = page.replace(/^http/, "ws");
  return {
    echo: `${socket}/demo/echo${query}`,
    chat: `${socket}/demo/chat/lobby${query}`,
    events: `${page}/demo/events${query}`,
  };
}

/** @param {string} source */
function blob(source) {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  blobs.push(url);
  return url;
}

tell({ type: "ready" });
