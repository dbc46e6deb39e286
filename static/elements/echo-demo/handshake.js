// The opening handshake of the echo demo's connection as it stood on the wire,
// the proof in Sec-WebSocket-Accept recomputed, and the newest frames in bits.
// Loaded only where the handshake is what a demo is to show (view="handshake").

import { encode, formatSize, toBase64, toHex } from "../../lib/bytes.js";
import { contentOf, direction, nameOf, summaryOf } from "../../lib/wire.js";

/** @typedef {import("../../lib/wire.js").WireEvent} WireEvent */

/** RFC 6455 §1.3: what every server appends to the key, so that only a WebSocket server can answer. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** The header fields that make it a WebSocket handshake (RFC 6455 §4.1, §4.2.2). */
const TELLING = /^(upgrade|connection|sec-websocket-(key|version|accept)):/i;
/** Frames shown, newest first. */
const FRAMES = 6;
/** The opcodes up to this one are messages and the goodbye; ping and pong come after it (RFC 6455 §5.2). */
const CLOSE = 8;
/** Room kept above the frames when they are scrolled to, in pixels. */
const ABOVE = 12;

/** A page may have several: each has a field of its own. */
let views = 0;

const markup = (/** @type {string} */ id) => `
  <p class="hs-wait">Waiting for the server's record of the handshake…</p>
  <section class="hs" hidden>
    <h3>1. This page asks</h3>
    <pre class="hs-head" data-part="request" tabindex="0" aria-label="The request"></pre>
    <h3>2. The server agrees</h3>
    <pre class="hs-head" data-part="response" tabindex="0" aria-label="The response"></pre>
    <h3>3. The proof</h3>
    <p>Only a server that speaks WebSocket knows what to do with the key. Change it and see.</p>
    <div class="hs-proof">
      <label for="${id}">Sec-WebSocket-Key</label><input class="field" id="${id}" spellcheck="false" autocomplete="off">
      <span>+ the fixed GUID</span><code>${GUID}</code>
      <span>SHA-1 of both</span><code data-part="sha1"></code>
      <span>in base64</span><code data-part="accept"></code>
      <span>the server said</span><code data-part="said"></code>
    </div>
    <p class="hs-verdict" role="status"></p>
    <h3 data-part="frames">4. The newest frames</h3>
    <p class="hs-none">Send a message: its frames appear here, bit by bit.</p>
    <ol class="hs-frames"></ol>
  </section>`;

/** Shows the events of one connection. */
export class HandshakeView {
  #root;
  #key;
  /** Settled when all frames so far are drawn. */ #drawn = Promise.resolve();

  /** @param {HTMLElement} root whose content it takes over */
  constructor(root) {
    root.innerHTML = markup(`hs-key-${++views}`);
    root.classList.remove("at-end"); // this is read from its beginning
    root.setAttribute("aria-label", "The handshake and the newest frames");
    this.#root = root;
    this.#key = /** @type {HTMLInputElement} */ (root.querySelector(".hs-proof .field"));
    this.#key.addEventListener("input", () => this.#prove());
  }

  /** A new connection: its frames are its own. */
  clear() {
    this.#root.querySelector(".hs-frames")?.replaceChildren();
  }

  /** @param {WireEvent[]} events */
  add(events) {
    for (const e of events) {
      if (e.kind === "request") this.#request(e.text ?? "");
      else if (e.kind === "response") this.#response(e.text ?? "");
      else if (e.kind === "frame") this.#inOrder(() => this.#frame(e));
      else if (e.kind === "note" && e.text) this.#wait(e.text);
    }
  }

  /**
   * Frames wait for what draws them, and must not overtake one another there.
   * @param {() => void | Promise<void>} draw
   */
  #inOrder(draw) {
    this.#drawn = this.#drawn.then(draw).catch((err) => console.error("A frame was not drawn:", err));
  }

  /** @param {string} words "" once there is something to show: nothing that was drawn moves */
  #wait(words) {
    const wait = /** @type {HTMLElement} */ (this.#root.querySelector(".hs-wait"));
    wait.textContent = words;
    wait.hidden = !words;
    /** @type {HTMLElement} */ (this.#root.querySelector(".hs")).hidden = Boolean(words);
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(`[data-part=${name}]`));
  }

  /** @param {string} head */
  #request(head) {
    this.#inOrder(() => this.clear());
    showHead(this.#part("request"), head);
    this.#key.value = field(head, "Sec-WebSocket-Key");
  }

  /** @param {string} head */
  #response(head) {
    showHead(this.#part("response"), head);
    this.#part("said").textContent = field(head, "Sec-WebSocket-Accept") || "nothing";
    this.#prove().then(() => this.#wait(""));
  }

  /** Computes Sec-WebSocket-Accept again, by the rule of RFC 6455 §4.2.2. */
  async #prove() {
    const key = this.#key.value.trim();
    const verdict = /** @type {HTMLElement} */ (this.#root.querySelector(".hs-verdict"));
    if (!crypto.subtle) {
      verdict.textContent = "The browser computes SHA-1 only for pages from https or localhost.";
      return;
    }
    const sha1 = new Uint8Array(await crypto.subtle.digest("SHA-1", encode(key + GUID)));
    if (key !== this.#key.value.trim()) return; // typed on meanwhile
    const accept = toBase64(sha1);
    this.#part("sha1").textContent = toHex(sha1);
    this.#part("accept").textContent = accept;
    const same = accept === this.#part("said").textContent;
    verdict.className = `hs-verdict ${same ? "good" : "wrong"}`;
    verdict.textContent = same
      ? "✓ The same: the server read this key and speaks WebSocket."
      : "✗ Not what the server said: a browser would refuse the connection.";
  }

  /** @param {WireEvent} e */
  async #frame(e) {
    const { headerFields } = await import("../wire-log/frame.js"); // not before there is a frame
    const list = /** @type {HTMLElement} */ (this.#root.querySelector(".hs-frames"));
    /** @type {HTMLElement} */ (this.#root.querySelector(".hs-none")).hidden = true;
    list.prepend(frameRow(e, e.frame ? headerFields(e.frame, e.size) : []));
    while (list.childElementCount > FRAMES) list.lastElementChild?.remove();
    // Messages and the goodbye are shown; pings, which come by themselves, take nobody's place away.
    if (e.frame && e.frame.opcode <= CLOSE) this.#showFrames();
  }

  /** Scrolls the frames to the top of the view, and nothing but the view. */
  #showFrames() {
    const title = /** @type {HTMLElement} */ (this.#root.querySelector("[data-part=frames]"));
    const top = this.#root.scrollTop + title.getBoundingClientRect().top - this.#root.getBoundingClientRect().top - ABOVE;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#root.scrollTo({ top, behavior: still ? "instant" : "smooth" });
  }
}

/** @param {string} head @param {string} name */
function field(head, name) {
  return head.match(new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, "im"))?.[1].replace("\r", "") ?? "";
}

/** Marks the lines that matter. @param {HTMLElement} pre @param {string} head */
function showHead(pre, head) {
  const lines = head.trimEnd().split(/\r?\n/);
  pre.replaceChildren(...lines.map((line, i) => {
    const el = document.createElement(i === 0 || TELLING.test(line) ? "mark" : "span");
    el.textContent = `${line}\n`;
    return el;
  }));
}

/** @param {WireEvent} e @param {import("../wire-log/frame.js").Field[]} fields */
function frameRow(e, fields) {
  const dir = direction(e);
  const li = document.createElement("li");
  const head = document.createElement("p");
  head.append(
    make("span", `way ${dir}`, dir === "sent" ? "→" : "←"),
    make("b", "", ` ${dir} ${nameOf(e)}`),
    make("span", "meta", ` ${formatSize(e.size)} of payload`),
  );
  const bits = make("div", "hs-bits", "");
  bits.setAttribute("role", "group");
  bits.setAttribute("aria-label", "The frame's bits");
  for (const f of fields) {
    const box = document.createElement("span");
    box.title = f.means;
    box.append(make("code", "", f.bits), make("small", "", f.name));
    bits.append(box);
  }
  if (e.size) {
    const box = document.createElement("span");
    box.append(make("code", "", toHex(contentOf(e).subarray(0, 16)) + (e.size > 16 ? " …" : "")), make("small", "", e.frame?.masked ? "payload, unmasked" : "payload"));
    bits.append(box);
  }
  li.append(head, bits, make("p", "meta", e.frame && e.frame.opcode !== 2 ? summaryOf(e) : ""));
  return li;
}

/** @param {string} tag @param {string} className @param {string} text */
function make(tag, className, text) {
  const el = document.createElement(tag);
  el.className = className;
  el.textContent = text;
  return el;
}
