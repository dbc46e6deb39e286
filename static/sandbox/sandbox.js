// The frame in which a learner's client code runs. Its origin is opaque: it has
// no storage, no cookies, and can reach nothing of the page around it but by
// messages. Its policy lets it load its own script and connect to the demos.
//
// From the page:  {type: "run", code, wire}   {type: "stop"}
// To the page:    {type: "ready"}  and what worker.js says
//
// The code runs in a worker, so that a loop without an end freezes nobody, and
// to stop it is to end the worker, whatever it is doing.

/** The page's origin: an opaque one is "null" to others, but its address tells. */
const page = new URL(location.href).origin;
const ticket = document.querySelector("meta[name=duplex-ticket]")?.getAttribute("content") ?? "";

/** @type {Worker|undefined} */
let worker;

/** @param {object} message */
const tell = (message) => parent.postMessage(message, page);

addEventListener("message", (e) => {
  if (e.origin !== page || e.source !== parent) return;
  if (e.data.type === "run") run(e.data.code, e.data.wire);
  if (e.data.type === "stop") stop();
});

function stop() {
  worker?.terminate();
  worker = undefined;
}

/** @param {string} code @param {string} wire the id of the tap that watches its connections */
function run(code, wire) {
  stop();
  // The learner's code is a script of its own, so that its line numbers are right.
  // The function around it, on the first line, lets it use await.
  const learners = blob(`(async () => { "use strict";${code}\n})()`);
  const main = blob(`importScripts(${JSON.stringify(`${page}/static/sandbox/worker.js`)});`);
  const mine = new Worker(main);
  worker = mine;
  mine.onmessage = (e) => tell(e.data);
  // Code that cannot be read at all ends here, before it could say anything.
  mine.onerror = (e) => tell({ type: "error", text: e.message ?? "The program could not be started.", line: e.lineno });
  mine.postMessage({ code: learners, demo: endpoints(wire) });
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
  return URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
}

tell({ type: "ready" });
