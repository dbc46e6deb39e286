// What passed on a connection, in the words of the server's package wire, as the
// page reads it: which way an event went, what it is called, what it holds; and
// the words for a connection's state.

import { encode, formatSize, formatTime, fromBase64, toBase64, toHex } from "./bytes.js";

/**
 * One thing seen on a connection (server/wire/event.go).
 * @typedef {object} WireEvent
 * @property {number} at ms since the transcript began
 * @property {string} [conn]
 * @property {"client"|"server"} end the end that saw it
 * @property {"sent"|"received"|""} [dir] by that end
 * @property {"request"|"response"|"frame"|"message"|"line"|"open"|"closed"|"error"|"note"} kind
 * @property {number} size
 * @property {string} [text]
 * @property {string} [data] base64
 * @property {boolean} [cut]
 * @property {{fin: boolean, rsv?: number, opcode: number, masked: boolean, mask?: string, header: string}} [frame]
 * @property {{code: number, reason?: string, by?: "client"|"server"|"", clean: boolean}} [close]
 */

/** The opcodes of RFC 6455 §5.2. @type {Record<number, string>} */
export const OPCODES = { 0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong" };

/** Close codes by the name that RFC 6455 §7.4.1 and IANA's registry give them. @type {Record<number, string>} */
export const CLOSE_CODES = {
  1000: "normal closure", 1001: "going away", 1002: "protocol error", 1003: "unsupported data",
  1005: "no code was sent", 1006: "no Close frame came", 1007: "invalid payload data",
  1008: "policy violation", 1009: "message too big", 1010: "extension missing", 1011: "internal error",
  1012: "service restart", 1013: "try again later", 1015: "TLS handshake failed",
};

/** Codes that a server may mean well by, and that a page may send: 1000 and 3000 to 4999. @param {number} code */
export const pageMaySend = (code) => code === 1000 || (code >= 3000 && code <= 4999);

/**
 * Which way an event went as the page sees it: what the server saw is turned round.
 * @param {WireEvent} e
 * @returns {"sent"|"received"|""}
 */
export function direction(e) {
  if (!e.dir) return "";
  return (e.end === "client") === (e.dir === "sent") ? "sent" : "received";
}

/** @param {WireEvent} e the short name in a log's row: "text", "ping", "GET", "101" … */
export function nameOf(e) {
  switch (e.kind) {
    case "frame": return OPCODES[e.frame?.opcode ?? -1] ?? `opcode ${e.frame?.opcode}`;
    case "message": return e.data === undefined ? "text" : "binary";
    case "request": return e.text?.split(" ", 1)[0] ?? "request";
    case "response": return e.text?.split(" ", 2)[1] ?? "response";
    default: return e.kind;
  }
}

/**
 * What a filter tells apart.
 * @param {WireEvent} e
 * @returns {"messages"|"control"|"http"|"lines"|"notes"}
 */
export function groupOf(e) {
  if (e.kind === "message") return "messages";
  if (e.kind === "frame") return (e.frame?.opcode ?? 0) < 8 ? "messages" : "control";
  if (e.kind === "request" || e.kind === "response") return "http";
  return e.kind === "line" ? "lines" : "notes";
}

/** @param {WireEvent} e its content, as far as it was recorded @returns {Uint8Array<ArrayBuffer>} */
export function contentOf(e) {
  return e.data === undefined ? encode(e.text ?? "") : fromBase64(e.data);
}

/** As server/wire: no event carries more of its content. */
const MAX_SHOWN = 4096;

/**
 * The fields that hold a message's content, as the server's package wire fills them.
 * @param {string | ArrayBuffer | Uint8Array<ArrayBuffer>} data
 * @returns {Pick<WireEvent, "size"|"text"|"data"|"cut">}
 */
export function contentFields(data) {
  if (typeof data !== "string") {
    const bytes = new Uint8Array(data);
    return { size: bytes.length, data: toBase64(bytes.subarray(0, MAX_SHOWN)), cut: bytes.length > MAX_SHOWN };
  }
  return { size: encode(data).length, text: data.slice(0, MAX_SHOWN), cut: data.length > MAX_SHOWN };
}

/** How much of a payload a row shows. */
const SHORT = 200;

/**
 * An event's content in one line.
 * @param {WireEvent} e
 * @param {string} [client] what the client's end is called
 * @returns {string}
 */
export function summaryOf(e, client = "this page") {
  if (e.close) return endWords(e.close) + byWords(e, client);
  if (e.kind === "request") return requestWords(e.text ?? "");
  if (e.kind === "response") return e.text?.split("\r\n", 1)[0].split(" ").slice(2).join(" ") ?? "";
  if (nameOf(e) === "binary" || e.data !== undefined) return toHex(contentOf(e).subarray(0, SHORT / 3));
  return (e.text ?? "").slice(0, SHORT);
}

/** With a request stands the field that tells most of what it is for. @param {string} head */
function requestWords(head) {
  const path = head.split(" ", 2)[1] ?? "";
  const telling = (head.match(/^(upgrade|last-event-id): .*$/im) ?? head.match(/^accept: .*$/im))?.[0].trim();
  return telling ? `${path.replace(/\?.*/, "")}  ${telling}` : path;
}

/** @param {number} code @param {string} [reason] */
export function closeWords(code, reason) {
  const name = CLOSE_CODES[code];
  return [String(code), reason ? `“${reason}”` : "", name ? `(${name})` : ""].filter(Boolean).join(" ");
}

/** Without a code it was an HTTP response, which has none. @param {NonNullable<WireEvent["close"]>} close */
function endWords({ code, reason, clean }) {
  if (code) return closeWords(code, reason);
  return clean ? "the response is complete" : "in the middle of the response";
}

/** @param {WireEvent} e @param {string} client */
function byWords(e, client) {
  if (e.kind !== "closed" || !e.close?.by) return "";
  return `, by ${e.close.by === "client" ? client : "the server"}`;
}

/**
 * The messages among events, one direction for each: what travels along the line.
 * @param {WireEvent[]} events
 * @returns {("sent"|"received")[]}
 */
export function pulsesOf(events) {
  return events.flatMap((e) => {
    const dir = direction(e);
    const whole = e.kind === "message" || (e.kind === "frame" && groupOf(e) === "messages" && e.frame?.fin)
      || (e.kind === "line" && e.text?.startsWith("data"));
    return dir && whole ? [dir] : [];
  });
}

/** @param {WireEvent} e one line for the clipboard */
export function lineOf(e) {
  const arrow = { sent: "→", received: "←", "": " " }[direction(e)];
  const size = direction(e) ? formatSize(e.size) : "";
  return `${formatTime(e.at).padStart(10)} ${arrow} ${nameOf(e).padEnd(12)} ${size.padStart(8)}  ${summaryOf(e)}`;
}

/**
 * A connection's state in words: "Open", "Closed by the server: 1000 “bye”".
 * @param {{state: string, code?: number, reason?: string, by?: string, retryIn?: number}} status
 */
export function stateWords({ state, code, reason, by, retryIn }) {
  const seconds = retryIn === undefined ? "" : ` in ${Math.ceil(retryIn / 1000)} s`;
  const end = code === undefined ? "" : `: ${closeWords(code, reason)}`;
  const who = { page: "by this page", server: "by the server", network: "without a goodbye" }[by ?? ""] ?? "";
  switch (state) {
    case "idle": return "Not connected";
    case "connecting": return "Connecting…";
    case "open": return "Open";
    case "closing": return "Closing…";
    case "closed": return `Closed ${who}${end}`.trim();
    case "retrying": return `Connection lost${end}. Retrying${seconds}`;
    case "offline": return "Offline: the browser has no network. Connecting again as soon as it has";
    default: return state;
  }
}
