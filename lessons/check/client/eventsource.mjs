// An EventSource as HTML's section on server-sent events has it
// (https://html.spec.whatwg.org/multipage/server-sent-events.html). Node has
// one behind a flag, which gives up where the standard tries again: when a
// connection that it makes anew breaks before the answer.

class EventSource extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSED = 2;
  CONNECTING = 0;
  OPEN = 1;
  CLOSED = 2;

  #url;
  #state = 0;
  #retry = 3000; // ms between two connections, until the stream says otherwise
  #lastId = "";
  #abort = new AbortController();
  /** @type {Map<string, {call: (event: Event) => void, handler: Function}>} */
  #handlers = new Map();

  /** @param {string | URL} url @param {{withCredentials?: boolean}} [init] */
  constructor(url, init = {}) {
    super();
    try {
      this.#url = new URL(url).href;
    } catch {
      throw new DOMException(`Failed to construct 'EventSource': Cannot open an EventSource to '${url}'. The URL is invalid.`, "SyntaxError");
    }
    this.withCredentials = Boolean(init?.withCredentials);
    this.#connect();
  }

  get url() { return this.#url; }
  get readyState() { return this.#state; }

  close() {
    this.#state = EventSource.CLOSED;
    this.#abort.abort();
  }

  async #connect() {
    /** @type {Record<string, string>} */
    const headers = { Accept: "text/event-stream", "Cache-Control": "no-cache" };
    if (this.#lastId) headers["Last-Event-ID"] = utf8(this.#lastId);
    let answer;
    try {
      answer = await fetch(this.#url, { headers, signal: this.#abort.signal, cache: "no-store" });
    } catch {
      return this.#again();
    }
    const type = (answer.headers.get("content-type") ?? "").split(";")[0].trim().toLowerCase();
    if (answer.status !== 200 || type !== "text/event-stream" || !answer.body) {
      answer.body?.cancel().catch(() => {});
      return this.#fail();
    }
    if (this.#state === EventSource.CLOSED) return;
    this.#state = EventSource.OPEN;
    this.dispatchEvent(new Event("open"));
    await this.#read(answer).catch(() => {}); // the line broke: what was read of it counts
    this.#again();
  }

  /** @param {Response} answer */
  async #read(answer) {
    const origin = new URL(answer.url || this.#url).origin;
    const lines = new EventLines((type, data, id) => {
      this.#lastId = id;
      if (data !== null && this.#state !== EventSource.CLOSED) {
        this.dispatchEvent(new MessageEvent(type || "message", { data, origin, lastEventId: id }));
      }
    }, (ms) => { this.#retry = ms; }, this.#lastId);
    const text = /** @type {ReadableStream<Uint8Array>} */ (answer.body).pipeThrough(new TextDecoderStream());
    for await (const chunk of /** @type {any} */ (text)) lines.push(chunk);
  }

  /** Reestablish the connection. */
  #again() {
    if (this.#state === EventSource.CLOSED) return;
    this.#state = EventSource.CONNECTING;
    setTimeout(() => { if (this.#state === EventSource.CONNECTING) this.#connect(); }, this.#retry);
    this.dispatchEvent(new Event("error"));
  }

  /** Fail the connection: for good. */
  #fail() {
    if (this.#state === EventSource.CLOSED) return;
    this.#state = EventSource.CLOSED;
    this.dispatchEvent(new Event("error"));
  }

  #handler(/** @type {string} */ type) { return this.#handlers.get(type)?.handler ?? null; }

  #handle(/** @type {string} */ type, /** @type {unknown} */ handler) {
    const before = this.#handlers.get(type);
    if (before) this.removeEventListener(type, before.call);
    this.#handlers.delete(type);
    if (typeof handler !== "function") return;
    const call = (/** @type {Event} */ event) => handler.call(this, event);
    this.#handlers.set(type, { call, handler });
    this.addEventListener(type, call);
  }

  get onopen() { return this.#handler("open"); }
  set onopen(f) { this.#handle("open", f); }
  get onmessage() { return this.#handler("message"); }
  set onmessage(f) { this.#handle("message", f); }
  get onerror() { return this.#handler("error"); }
  set onerror(f) { this.#handle("error", f); }
}

/** A header's value in UTF-8, each byte as one character. @param {string} value */
const utf8 = (value) => Array.from(new TextEncoder().encode(value), (byte) => String.fromCharCode(byte)).join("");

/** Reads a stream's lines, and says each event at the empty line that ends it. */
class EventLines {
  #rest = "";
  #cr = false; // the last character was a CR
  #type = "";
  /** @type {string[]} */
  #data = [];

  /**
   * @param {(type: string, data: string | null, id: string) => void} onEvent data is null where there is none
   * @param {(ms: number) => void} onRetry
   * @param {string} id the last one of the stream before
   */
  constructor(onEvent, onRetry, id) {
    this.onEvent = onEvent;
    this.onRetry = onRetry;
    this.id = id;
  }

  /** @param {string} chunk */
  push(chunk) {
    const text = this.#cr && chunk.startsWith("\n") ? chunk.slice(1) : chunk; // of one CRLF that came in two pieces
    if (chunk) this.#cr = chunk.endsWith("\r");
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = /** @type {string} */ (lines.pop());
    for (const line of lines) this.#line(line);
  }

  /** @param {string} line */
  #line(line) {
    if (line === "") return this.#dispatch();
    const [, field, value] = /** @type {RegExpMatchArray} */ (line.match(/^([^:]*)(?:: ?([^]*))?$/));
    if (field === "event") this.#type = value ?? "";
    if (field === "data") this.#data.push(value ?? "");
    if (field === "id" && !value?.includes("\0")) this.id = value ?? "";
    if (field === "retry" && /^\d+$/.test(value ?? "")) this.onRetry(Number(value));
  }

  #dispatch() {
    this.onEvent(this.#type, this.#data.length ? this.#data.join("\n") : null, this.id);
    this.#type = "";
    this.#data = [];
  }
}

