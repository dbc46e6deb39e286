// The header of a WebSocket frame, bit by bit (RFC 6455 §5.2):
//
//    byte 0           byte 1            then
//   |F|R|R|R|opcode | |M|  length     | extended length: 0, 2 or 8 bytes
//   |I|S|S|S|  (4)  | |A|    (7)      | masking key: 0 or 4 bytes
//   |N|V|V|V|       | |S|             | payload
//   | |1|2|3|       | |K|             |

import { count, fromBase64, toHex } from "../../lib/bytes.js";
import { OPCODES } from "../../lib/wire.js";

/**
 * One field of a header.
 * @typedef {object} Field
 * @property {string} byte  where it stands: "0", "2–5"
 * @property {string} bits  as they are; longer fields as hexadecimal bytes
 * @property {string} name  as the RFC calls it
 * @property {string} means in words
 * @property {boolean} [wrong] a rule is broken here
 */

/**
 * Takes a header apart.
 * @param {{header: string, masked: boolean}} frame header in base64
 * @param {number} size of the payload
 * @returns {Field[]}
 */
export function headerFields({ header }, size) {
  const bytes = fromBase64(header);
  const [b0, b1] = bytes;
  if (bytes.length < 2) return [];
  const opcode = b0 & 0x0f;
  const length = b1 & 0x7f;
  const extended = length === 127 ? 8 : length === 126 ? 2 : 0;
  return [
    finField(b0, opcode),
    ...[1, 2, 3].map((n) => rsvField(b0, n)),
    opcodeField(opcode),
    maskField(b1),
    lengthField(length, size, opcode),
    ...range(bytes, 2, extended, "Extended payload length", count(size, "byte")),
    ...range(bytes, 2 + extended, b1 & 0x80 ? 4 : 0, "Masking-key", "Each byte of the payload is XORed with these four in turn."),
  ];
}

/** @param {number} b0 @param {number} opcode @returns {Field} */
function finField(b0, opcode) {
  const fin = b0 >> 7;
  const means = fin ? "The last frame of its message." : "More frames of this message follow.";
  const wrong = !fin && opcode >= 8;
  return { byte: "0", bits: String(fin), name: "FIN", means: wrong ? "Wrong: a control frame must not be fragmented (§5.5)." : means, wrong };
}

/** @param {number} b0 @param {number} n @returns {Field} */
function rsvField(b0, n) {
  const bit = (b0 >> (7 - n)) & 1;
  const means = bit ? "Set: only an extension that was agreed on may." : "Reserved for extensions.";
  return { byte: "0", bits: String(bit), name: `RSV${n}`, means, wrong: bit === 1 };
}

/** @param {number} opcode @returns {Field} */
function opcodeField(opcode) {
  const name = OPCODES[opcode];
  const kind = opcode >= 8 ? "control frame" : "data frame";
  const means = name ? `${opcode}: ${name}, a ${kind}.` : `${opcode}: reserved, a reader must fail the connection.`;
  return { byte: "0", bits: opcode.toString(2).padStart(4, "0"), name: "opcode", means, wrong: !name };
}

/** @param {number} b1 @returns {Field} */
function maskField(b1) {
  const means = b1 >> 7
    ? "The payload is masked: every frame from a client is (§5.3)."
    : "Not masked: no frame from a server is (§5.1).";
  return { byte: "1", bits: String(b1 >> 7), name: "MASK", means };
}

/** @param {number} length @param {number} size @param {number} opcode @returns {Field} */
function lengthField(length, size, opcode) {
  const means = length === 126 ? "126: the length is in the next 2 bytes."
    : length === 127 ? "127: the length is in the next 8 bytes."
    : count(size, "byte");
  const wrong = opcode >= 8 && length > 125;
  return {
    byte: "1", bits: length.toString(2).padStart(7, "0"), name: "Payload len", wrong,
    means: wrong ? "Wrong: a control frame carries at most 125 bytes (§5.5)." : `${means}${means.endsWith(".") ? "" : "."}`,
  };
}

/**
 * @param {Uint8Array} bytes @param {number} from @param {number} length
 * @param {string} name @param {string} means @returns {Field[]}
 */
function range(bytes, from, length, name, means) {
  if (!length) return [];
  return [{ byte: `${from}–${from + length - 1}`, bits: toHex(bytes.subarray(from, from + length)), name, means }];
}
