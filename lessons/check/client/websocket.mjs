// Repairs the WebSocket of older versions of node, which leave out the "close"
// event when a handshake fails, and stay CONNECTING (WHATWG WebSockets §4: it
// follows the "error" event, with code 1006).

if (typeof process.versions.undici === "string") {
  class WholeWebSocket extends WebSocket {
    #failed = false;
    #over = false; // "close" has come

    /** @param {string | URL} url @param {string | string[]} [protocols] */
    constructor(url, protocols) {
      super(url, protocols);
      let opened = false;
      this.addEventListener("open", () => (opened = true));
      this.addEventListener("close", () => (this.#over = true));
      this.addEventListener("error", () => {
        if (opened || this.#failed) return;
        this.#failed = true;
        setTimeout(() => this.#end(), 0);
      });
    }

    get readyState() {
      return this.#failed || this.#over ? WebSocket.CLOSED : super.readyState;
    }

    #end() {
      if (this.#over) return;
      const end = { code: 1006, reason: "", wasClean: false };
      const event = typeof CloseEvent === "function" ? new CloseEvent("close", end) : Object.assign(new Event("close"), end);
      this.dispatchEvent(event);
    }
  }
  Object.defineProperty(WholeWebSocket, "name", { value: "WebSocket" });
  globalThis.WebSocket = WholeWebSocket;
}

