// <echo-demo src="/demo/echo">: a WebSocket to the echo endpoint, to connect,
// send on and close by hand. Everything shown came over that socket.
//
// It dispatches duplex:state and duplex:wire for the stage around it. With
// view="handshake", on it or on the stage, the conversation makes room for the
// opening handshake and the newest frames, byte by byte.

import { count, formatSize, formatTime, fromHex, toHex } from "../../lib/bytes.js";
import { load } from "../../lib/live.js";
import { TappedSocket, announce, passOn, showState, stageOf } from "../../lib/tap.js";
import { closeWords, contentFields, pageMaySend, stateWords } from "../../lib/wire.js";

/** Rows of the conversation kept; the wire log keeps more. */
const ROWS = 500;
/** Characters of a message shown in a row. */
const SHOWN = 2_000;
/** RFC 6455 §5.5: a control frame carries 125 bytes, two of which are the code. */
const MAX_REASON_BYTES = 123;

const markup = `
  <div class="talk-view at-end" tabindex="0" role="group" aria-label="Conversation">
    <p class="talk-none">What you send comes back here, unchanged.</p>
    <ol class="talk"></ol>
  </div>
  <div class="demo-foot">
    <form class="demo-row" data-form="send">
      <select class="field short" name="as" aria-label="Send as"><option value="text">Text</option><option value="binary">Binary</option></select>
      <input class="field code" name="message" aria-label="Message" autocomplete="off" spellcheck="false" value="hello, 世界">
      <button class="btn go">Send</button>
    </form>
    <p class="demo-wrong" role="alert"></p>
    <form class="demo-row" data-form="close">
      <span class="close-how">
        <label>Code <input class="field" name="code" inputmode="numeric" value="1000" size="4"></label>
        <label>Reason <input class="field" name="reason" autocomplete="off" placeholder="none" size="8"></label>
      </span>
      <p class="demo-state"></p>
      <button class="btn" data-do="close">Close</button>
      <button class="btn go" type="button" data-do="open" hidden>Connect</button>
    </form>
  </div>`;

class EchoDemo extends HTMLElement {
  /** @type {TappedSocket|undefined} */ #socket;
  /** When each message left that has not come back yet. @type {number[]} */ #sentAt = [];
  /** @type {number|undefined} */ #rtt;
  #wasOpen = false;
  /** Shows heads and frames, in the handshake view. @type {{add(events: import("../../lib/wire.js").WireEvent[]): void, clear(): void}|undefined} */
  #handshake;
  /** @type {Promise<void>|undefined} */ #built;

  async connectedCallback() {
    await (this.#built ??= this.#build());
    await stageOf(this);
    if (!this.isConnected || this.#socket) return;
    this.#socket = new TappedSocket(this.getAttribute("src") ?? "/demo/echo", () => ({}), (events) => {
      passOn(this, events);
      this.#handshake?.add(events);
    });
    this.#socket.addEventListener("state", () => this.#showState());
    this.#socket.addEventListener("open", () => {
      this.#sentAt = [];
      this.#wasOpen = true;
    });
    this.#socket.addEventListener("message", (e) => this.#received(/** @type {MessageEvent} */ (e).data));
    this.#socket.addEventListener("close", (e) => this.#closed(/** @type {CloseEvent} */ (e)));
    this.#socket.open();
  }

  async disconnectedCallback() {
    await null; // a stage that moves it into a panel takes it out and puts it back at once
    if (this.isConnected) return;
    this.#socket?.close();
    this.#socket = undefined;
  }

  async #build() {
    this.innerHTML = markup;
    this.addEventListener("submit", (e) => {
      e.preventDefault();
      if (/** @type {HTMLElement} */ (e.target).dataset.form === "send") this.#send();
      else this.#close();
    });
    this.#get("[data-do=open]").addEventListener("click", () => this.#connect());
    this.#field("as").addEventListener("change", () => this.#switch());
    const view = this.getAttribute("view") ?? this.closest("duplex-stage")?.getAttribute("view");
    if (view !== "handshake") return;
    /** @type {typeof import("./handshake.js")|undefined} */
    const module = await load("elements/echo-demo/handshake.js").catch(() => undefined); // then its messages are shown, as in any other demo
    if (module) this.#handshake = new module.HandshakeView(this.#get(".talk-view"));
  }

  /** @param {string} selector @returns {HTMLElement} */
  #get(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }

  /** @param {string} name @returns {HTMLInputElement} */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.querySelector(`[name=${name}]`));
  }

  #connect() {
    this.#handshake?.clear();
    this.#socket?.open();
    this.#field("message").focus();
  }

  /** Between text and binary, what was typed is kept as the same bytes where it can be. */
  #switch() {
    const input = this.#field("message");
    try {
      input.value = this.#field("as").value === "binary"
        ? toHex(new TextEncoder().encode(input.value))
        : new TextDecoder("utf-8", { fatal: true }).decode(fromHex(input.value));
      this.#wrong("");
    } catch {
      input.value = ""; // bytes that are no text
    }
    input.setAttribute("aria-label", this.#field("as").value === "binary" ? "Message, bytes in hexadecimal" : "Message");
  }

  #send() {
    const input = this.#field("message");
    let data;
    try {
      data = this.#field("as").value === "binary" ? fromHex(input.value) : input.value;
    } catch (err) {
      return this.#wrong(/** @type {Error} */ (err).message);
    }
    if (!this.#socket?.send(data)) return this.#wrong("Not sent: the connection is not open. Connect, then send again.");
    this.#wrong("");
    this.#sentAt.push(performance.now());
    this.#row("sent", data);
    input.select();
  }

  #close() {
    const code = Number(this.#field("code").value);
    const reason = this.#field("reason").value;
    if (!pageMaySend(code)) return this.#wrong("A page may close with 1000, or with 3000 to 4999: the other codes belong to the protocol (RFC 6455 §7.4).");
    if (new TextEncoder().encode(reason).length > MAX_REASON_BYTES) return this.#wrong(`A reason has at most ${MAX_REASON_BYTES} bytes: a control frame carries 125, and two are the code.`);
    this.#wrong("");
    this.#socket?.close(code, reason);
  }

  /** @param {string | ArrayBuffer} data */
  #received(data) {
    const at = this.#sentAt.shift();
    this.#rtt = at === undefined ? undefined : performance.now() - at;
    this.#row("received", data, this.#rtt);
    this.#showState();
  }

  /** @param {CloseEvent} e */
  #closed({ code, reason }) {
    if (!this.#wasOpen) return; // a try that failed: the state says so
    this.#wasOpen = false;
    this.#state(`Closed: ${closeWords(code, reason)}`);
    if (this.#sentAt.length) this.#state(`${count(this.#sentAt.length, "message")} had not come back.`);
    this.#rtt = undefined;
  }

  #showState() {
    if (!this.#socket) return;
    const { status } = this.#socket;
    announce(this, { ...status, rtt: this.#rtt });
    const live = ["open", "connecting", "closing"].includes(status.state);
    const back = this.#rtt === undefined ? "" : ` · round trip ${formatTime(this.#rtt)}`;
    showState(this.#get(".demo-state"), status.state, stateWords(status) + back);
    const open = this.#get("[data-do=open]");
    const close = this.#get("[data-do=close]");
    const hadFocus = document.activeElement === close;
    open.hidden = live;
    open.textContent = status.state === "retrying" || status.state === "offline" ? "Try now" : "Connect";
    close.hidden = this.#get(".close-how").hidden = !live;
    close.ariaDisabled = String(status.state === "closing");
    this.#get("[data-form=send] .btn").ariaDisabled = String(status.state !== "open");
    if (hadFocus && close.hidden) open.focus();
  }

  /**
   * A message in the conversation.
   * @param {"sent"|"received"} dir @param {string | ArrayBuffer | Uint8Array<ArrayBuffer>} data @param {number} [rtt]
   */
  #row(dir, data, rtt) {
    if (this.#handshake) return;
    const { size } = contentFields(data);
    const words = typeof data === "string" ? data.slice(0, SHOWN) : toHex(new Uint8Array(data).subarray(0, SHOWN / 3));
    const way = el("span", `way ${dir}`, dir === "sent" ? "→" : "←");
    way.setAttribute("role", "img");
    way.setAttribute("aria-label", dir);
    const kind = typeof data === "string" ? "text" : "binary";
    const meta = [kind, formatSize(size), rtt === undefined ? "" : formatTime(rtt)].filter(Boolean).join(" · ");
    this.#add(el("li", dir, way, el("span", size ? "what" : "what empty", size ? words : "empty"), el("span", "meta", meta)));
  }

  /** @param {string} words */
  #state(words) {
    this.#add(el("li", "state", words));
  }

  /** @param {HTMLElement} row */
  #add(row) {
    if (this.#handshake) return;
    const list = this.#get(".talk");
    this.#get(".talk-none").hidden = true;
    list.append(row);
    if (list.childElementCount > ROWS) list.firstElementChild?.remove();
  }

  /** @param {string} words what is wrong with what was typed, or "" */
  #wrong(words) {
    this.#get(".demo-wrong").textContent = words;
  }
}

/** @param {string} tag @param {string} className @param {(Node|string)[]} children */
function el(tag, className, ...children) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

customElements.define("echo-demo", EchoDemo);
