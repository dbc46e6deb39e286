// What a row of the wire log holds: its content as text and as hexadecimal, and
// the header of its frame bit by bit. Loaded when the first row is opened.

import { count, encode, fromBase64, grouped, toHex } from "../../lib/bytes.js";
import { contentOf, nameOf } from "../../lib/wire.js";
import { headerFields } from "./frame.js";

/** @typedef {import("../../lib/wire.js").WireEvent} WireEvent */

/** Bytes shown as hexadecimal at first. */
const HEX_SHOWN = 1024;
let unique = 0;

/**
 * The views of one event, as tabs.
 * @param {WireEvent} e
 * @returns {HTMLElement}
 */
export function detail(e) {
  const box = document.createElement("div");
  box.className = "wl-detail";
  /** @type {[string, () => Node[]][]} */
  const views = [["Text", () => textView(e)], ["Hex", () => hexView(e)]];
  if (e.frame) views.push(["Bits", () => bitsView(e)]);
  const name = `wl-view-${++unique}`;
  const choice = document.createElement("div");
  choice.className = "wl-choice";
  choice.setAttribute("role", "radiogroup");
  choice.setAttribute("aria-label", "Show as");
  const body = document.createElement("div");
  body.className = "wl-body";
  // A control frame has little text: what tells is its bits.
  const first = e.frame && e.frame.opcode >= 8 ? "Bits" : nameOf(e) === "binary" ? "Hex" : "Text";
  for (const [label, view] of views) {
    const input = Object.assign(document.createElement("input"), { type: "radio", name, checked: label === first });
    const show = () => body.replaceChildren(...view());
    input.addEventListener("change", show);
    choice.append(tag("label", "", [input, ` ${label}`]));
    if (label === first) show();
  }
  box.append(choice, body);
  return box;
}

/** @param {WireEvent} e */
function textView(e) {
  if (e.data !== undefined) return [tag("p", "wl-note", ["These bytes are not text. See Hex."])];
  if (e.close && !e.text) return [tag("p", "wl-note", [closeNote(e.close)])];
  if (!e.text) return [tag("p", "wl-note", [e.kind === "line" ? "An empty line: it ends an event." : "Empty: 0 bytes of payload."])];
  const pre = tag("pre", "", [e.text]);
  pre.tabIndex = 0;
  return [pre, ...cutNote(e)];
}

/** @param {NonNullable<WireEvent["close"]>} close */
function closeNote({ code, clean }) {
  if (!code) return clean ? "The response ended as it should." : "The connection ended in the middle of the response.";
  if (code === 1006) return "The connection ended without a Close frame. 1006 never stands on the wire: it is what an API reports then.";
  if (code === 1005) return "A Close frame without a code. 1005 never stands on the wire: it is what an API reports then.";
  return clean ? "Both Close frames were seen: a clean end." : `Close code ${code}, without a reason.`;
}

/** @param {WireEvent} e */
function hexView(e) {
  const header = e.frame ? fromBase64(e.frame.header) : new Uint8Array();
  const content = contentOf(e);
  const nodes = [];
  if (header.length) nodes.push(tag("p", "wl-note", [`Header, ${count(header.length, "byte")}`]), hexRows(header));
  if (header.length) nodes.push(tag("p", "wl-note", [payloadNote(e)]));
  if (content.length) nodes.push(hexRows(content.subarray(0, HEX_SHOWN)));
  const shown = Math.min(content.length, HEX_SHOWN);
  if (shown < e.size) nodes.push(tag("p", "wl-note", [`The first ${grouped(shown)} of ${count(e.size, "byte")}.`]));
  return nodes;
}

/** @param {WireEvent} e */
function payloadNote(e) {
  if (!e.size) return "No payload.";
  return `Payload, ${count(e.size, "byte")}${e.frame?.masked ? ", unmasked" : ""}`;
}

/** Sixteen bytes a row: where, what, and as letters. @param {Uint8Array} bytes */
function hexRows(bytes) {
  const rows = [];
  for (let i = 0; i < bytes.length; i += 16) {
    const row = bytes.subarray(i, i + 16);
    const letters = Array.from(row, (b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : "·")).join("");
    rows.push(`${i.toString(16).padStart(4, "0")}  ${toHex(row).padEnd(47)}  ${letters}`);
  }
  const pre = tag("pre", "wl-hex", [rows.join("\n")]);
  pre.tabIndex = 0;
  return pre;
}

/** @param {WireEvent} e */
function bitsView(e) {
  if (!e.frame) return [];
  const table = tag("table", "wl-bits", []);
  table.ariaLabel = "The frame's header, field by field";
  const head = tag("tr", "", ["Byte", "Bits", "Field", "Means"].map((words) => {
    const th = tag("th", "", [words]);
    th.setAttribute("scope", "col");
    return th;
  }));
  table.append(tag("thead", "", [head]), tag("tbody", "", headerFields(e.frame, e.size).map(fieldRow)));
  const link = Object.assign(document.createElement("a"), {
    href: "https://www.rfc-editor.org/rfc/rfc6455#section-5.2", textContent: "RFC 6455 §5.2",
  });
  return [table, ...maskRows(e), tag("p", "wl-note", ["The layout of a frame: ", link])];
}

/** @param {import("./frame.js").Field} f */
function fieldRow(f) {
  return tag("tr", f.wrong ? "wrong" : "", [
    tag("td", "", [f.byte]),
    tag("td", "", [tag("code", "", [f.bits])]),
    tag("td", "", [f.name]),
    tag("td", "", [f.means]),
  ]);
}

/** How the mask turned the payload into what stood on the wire. @param {WireEvent} e */
function maskRows(e) {
  if (!e.frame?.masked || !e.frame.mask || !e.size) return [];
  const key = fromBase64(e.frame.mask);
  const plain = contentOf(e).subarray(0, 8);
  const masked = plain.map((b, i) => b ^ key[i % 4]);
  const more = e.size > plain.length ? " …" : "";
  const rows = [
    `payload      ${toHex(plain)}${more}`,
    `key          ${toHex(plain.map((_, i) => key[i % 4]))}${more}`,
    `on the wire  ${toHex(masked)}${more}   (payload XOR key)`,
  ];
  const pre = tag("pre", "wl-hex", [rows.join("\n")]);
  pre.tabIndex = 0;
  return [pre];
}

/** @param {WireEvent} e */
function cutNote(e) {
  if (!e.cut) return [];
  return [tag("p", "wl-note", [`Only the first ${count(encode(e.text ?? "").length, "byte")} of ${count(e.size, "byte")} were kept.`])];
}

/** @param {string} name @param {string} className @param {(Node|string)[]} children */
function tag(name, className, children) {
  const el = document.createElement(name);
  if (className) el.className = className;
  el.append(...children);
  return el;
}
