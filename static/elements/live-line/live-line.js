// <live-line src="/demo/echo">: a real WebSocket to the server, drawn, with the
// time that a message needs there and back. It stands on the course page, as the
// shortest possible answer to "what is this about?".

import "../duplex-line/duplex-line.js";
import { ReconnectingSocket, socketURL } from "../../lib/socket.js";

const EVERY_MS = 3_000;

class LiveLine extends HTMLElement {
  /** @type {ReconnectingSocket|undefined} */ #socket;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #timer;
  #line = /** @type {HTMLElement & {state: string, pulse: (dir: string) => void}} */ (document.createElement("duplex-line"));
  #says = document.createElement("p");
  #sentAt = 0;

  connectedCallback() {
    this.replaceChildren(this.#line, this.#says);
    const socket = this.#socket = new ReconnectingSocket(() => socketURL(this.getAttribute("src") ?? "/demo/echo"));
    socket.addEventListener("state", () => this.#state(socket.status));
    socket.addEventListener("open", () => this.#send());
    socket.addEventListener("message", () => this.#back());
    this.#timer = setInterval(() => { if (!document.hidden) this.#send(); }, EVERY_MS);
    socket.open();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    this.#socket?.close();
  }

  #send() {
    if (!this.#socket?.send("hello")) return;
    this.#sentAt = performance.now();
    this.#line.pulse("sent");
  }

  #back() {
    const ms = performance.now() - this.#sentAt;
    this.#line.pulse("received");
    this.#says.textContent = `● Open: this page and its server are connected right now. “hello” went there and back in ${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms.`;
  }

  /** @param {{state: string, retryIn?: number}} status */
  #state({ state, retryIn }) {
    this.#line.state = state;
    if (state === "connecting") this.#says.textContent = "◌ Connecting to the server…";
    if (state === "retrying") this.#says.textContent = `↻ The server does not answer. ${retryIn === undefined ? "" : `Trying again in ${Math.ceil(retryIn / 1000)} s.`}`;
    if (state === "offline") this.#says.textContent = "✗ This device has no network. Once it is back, so is the connection.";
  }
}

customElements.define("live-line", LiveLine);
