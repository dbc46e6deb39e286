// A WebSocket echo server (RFC 6455) in another language, without a library:
// the check of the exercise "echo" must pass it. It serves ws://127.0.0.1:PORT/other,
// where PORT is 0 (any) unless set, and prints the address once it listens.
//
// BROKEN names one mistake to make, and then the check must fail. QUIRKS=1 does what
// few servers do and every client has to bear, and then it must still pass.

import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const mistakes = [
  "bad-accept", "bad-length", "drops-ping", "echoes-bad-text", "fragments-apart", "keeps-open", "masks",
  "no-close-frame", "one-chunk-one-frame", "reorders", "skips-empty", "text-as-binary", "unmasked-accepted",
];
const broken = process.env.BROKEN ?? "";
const quirks = process.env.QUIRKS === "1";
if (broken && !mistakes.includes(broken)) {
  console.error(`BROKEN=${broken}: expected one of ${mistakes.join(", ")}`);
  process.exit(2);
}

const GUID = broken === "bad-accept" ? "258eafa5-e914-47da-95ca-c5ab0dc85b11" : "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;
const MAX = 16 << 20;

/** What a peer did against RFC 6455: the connection fails with this close code. */
class Violation extends Error {
  constructor(code, why) {
    super(why);
    this.code = code;
  }
}

/** One frame at the start of bytes, or null while it is not whole yet (§5.2). */
function parse(bytes) {
  if (bytes.length < 2) return null;
  const fin = (bytes[0] & 0x80) !== 0, opcode = bytes[0] & 0x0f, masked = (bytes[1] & 0x80) !== 0;
  if (bytes[0] & 0x70) throw new Violation(1002, "reserved bit");
  if (!masked && broken !== "unmasked-accepted") throw new Violation(1002, "frame without a mask");
  let length = bytes[1] & 0x7f, at = 2;
  if (opcode >= CLOSE && (!fin || length > 125)) throw new Violation(1002, "control frame too long or in fragments");
  if (length === 126) {
    if (bytes.length < 4) return null;
    length = bytes.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return null;
    length = Number(bytes.readBigUInt64BE(2));
    at = 10;
  }
  if (length > MAX) throw new Violation(1009, "message too long");
  const begin = at + (masked ? 4 : 0);
  if (bytes.length < begin + length) return null;
  const payload = Buffer.from(bytes.subarray(begin, begin + length));
  if (masked) for (let i = 0; i < length; i++) payload[i] ^= bytes[at + (i & 3)];
  return { fin, opcode, payload, size: begin + length };
}

/** The frame that carries payload, unmasked as a server's must be (§5.1). */
function frame(opcode, payload, fin = true) {
  const { length } = payload;
  const first = (fin ? 0x80 : 0) | opcode;
  const mask = broken === "masks" ? 0x80 : 0;
  let head = Buffer.from([first, mask | length]);
  if (length > 125 && (length < 65536 || broken === "bad-length")) {
    head = Buffer.from([first, mask | 126, (length >> 8) & 0xff, length & 0xff]);
  } else if (length >= 65536) {
    head = Buffer.alloc(10);
    head[0] = first;
    head[1] = mask | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat(mask ? [head, Buffer.alloc(4), payload] : [head, payload]);
}

/** The message in three frames, the second empty, with a ping and a pong in between (§5.4). */
function inPieces(kind, message) {
  const middle = message.length >> 1;
  return Buffer.concat([
    frame(kind, message.subarray(0, middle), false),
    frame(PING, Buffer.from("are you there?")),
    frame(CONTINUATION, Buffer.alloc(0), false),
    frame(PONG, Buffer.from("nobody asked")),
    frame(CONTINUATION, message.subarray(middle)),
  ]);
}

/** Whether a code may stand in a Close frame (§7.4). */
function mayClose(code) {
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
}

class Connection {
  #socket;
  #bytes = Buffer.alloc(0);
  #kind = 0; // of the message under way; 0 between messages
  #parts = [];
  #closed = false;

  constructor(socket, head) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("end", () => socket.end());
    socket.on("error", () => socket.destroy());
    this.#read(head);
  }

  #read(chunk) {
    if (broken === "one-chunk-one-frame") this.#bytes = Buffer.alloc(0);
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    try {
      for (let f; !this.#closed && (f = parse(this.#bytes)); ) {
        this.#bytes = this.#bytes.subarray(f.size);
        this.#take(f);
      }
    } catch (e) {
      if (!(e instanceof Violation)) throw e;
      this.#close(Buffer.from([e.code >> 8, e.code & 0xff]));
    }
  }

  #take({ fin, opcode, payload }) {
    switch (opcode) {
      case PING:
        if (broken !== "drops-ping") this.#socket.write(frame(PONG, payload));
        return;
      case PONG:
        return;
      case CLOSE:
        if (payload.length === 1) throw new Violation(1002, "half a close code");
        if (payload.length && !mayClose(payload.readUInt16BE(0))) throw new Violation(1002, "close code out of range");
        if (!isUtf8(payload.subarray(2))) throw new Violation(1007, "close reason is not UTF-8");
        return this.#close(payload.subarray(0, 2));
      case TEXT:
      case BINARY:
        if (this.#kind) throw new Violation(1002, "a message within a message");
        this.#kind = opcode;
        break;
      case CONTINUATION:
        if (!this.#kind) throw new Violation(1002, "continuation of nothing");
        break;
      default:
        throw new Violation(1002, "unknown opcode");
    }
    this.#parts.push(payload);
    if (!fin && broken !== "fragments-apart") return;
    this.#echo(this.#kind, Buffer.concat(this.#parts));
    this.#parts = [];
    if (fin) this.#kind = 0;
  }

  #echo(kind, message) {
    if (kind === TEXT && !isUtf8(message) && !["echoes-bad-text", "fragments-apart"].includes(broken)) throw new Violation(1007, "text is not UTF-8");
    if (broken === "skips-empty" && message.length === 0) return;
    const answer = quirks ? inPieces(kind, message) : frame(broken === "text-as-binary" ? BINARY : kind, message);
    if (broken === "reorders") setTimeout(() => this.#socket.write(answer), Math.random() * 20);
    else this.#socket.write(answer);
  }

  #close(payload) {
    this.#closed = true;
    if (broken !== "no-close-frame") this.#socket.write(frame(CLOSE, payload));
    if (broken !== "keeps-open") this.#socket.end();
  }
}

const server = createServer((request, response) => {
  response.writeHead(426, { upgrade: "websocket", connection: "Upgrade" }).end("WebSocket only\n");
});
server.on("upgrade", (request, socket, head) => {
  const key = request.headers["sec-websocket-key"];
  if (request.url !== "/other" || !key || request.headers["sec-websocket-version"] !== "13") {
    socket.end("HTTP/1.1 400 Bad Request\r\nsec-websocket-version: 13\r\nconnection: close\r\n\r\n");
    return;
  }
  const accept = createHash("sha1").update(key + GUID).digest("base64");
  const others = quirks ? "X-Powered-By: curiosity\r\nConnection: keep-alive\r\n" : "";
  socket.write(`HTTP/1.1 101 Off we go\r\n${others}upgrade: WebSocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`);
  new Connection(socket, head);
});
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  console.log(`listening on ws://127.0.0.1:${server.address().port}/other`);
});
