// Bytes as people read them: hexadecimal, sizes and times with their units.

const utf8 = new TextEncoder();

/** @param {string} text its UTF-8 bytes */
export const encode = (text) => utf8.encode(text);

/**
 * "00 ff 10": two digits a byte.
 * @param {Iterable<number>} bytes
 */
export function toHex(bytes) {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join(" ");
}

/**
 * Reads hexadecimal bytes as people write them: "00 ff 10", "00ff10", "0x00,0xff".
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {SyntaxError} that says which part is no byte
 */
export function fromHex(text) {
  const parts = text.split(/[\s,:]+/).filter(Boolean).flatMap((part) => {
    const digits = part.replace(/^0x/i, "");
    if (!/^[0-9a-f]+$/i.test(digits)) {
      throw new SyntaxError(`“${part}” is not hexadecimal. Write bytes as two digits from 0 to f: 00 ff 10`);
    }
    if (digits.length % 2 && digits.length > 1) {
      throw new SyntaxError(`“${part}” has an odd number of digits. A byte is two: 00 ff 10`);
    }
    return digits.match(/..?/g) ?? [];
  });
  return Uint8Array.from(parts, (digits) => parseInt(digits, 16));
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** @param {Iterable<number>} bytes */
export function toBase64(bytes) {
  return btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
}

/**
 * "5 B", "1.5 KiB", "16 MiB".
 * @param {number} n
 */
export function formatSize(n) {
  if (n < 1024) return `${n} B`;
  const power = n < 1024 ** 2 ? 1 : 2;
  const size = n / 1024 ** power;
  return `${size.toFixed(size < 10 && size % 1 ? 1 : 0)} ${power === 1 ? "KiB" : "MiB"}`;
}

/**
 * "0.9 ms", "2.140 s", "3:05.2 min".
 * @param {number} ms
 */
export function formatTime(ms) {
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(3)} s`;
  const minutes = Math.floor(ms / 60_000);
  return `${minutes}:${((ms % 60_000) / 1000).toFixed(1).padStart(4, "0")} min`;
}

/**
 * "1 byte", "2 bytes"; the number grouped in thousands.
 * @param {number} n @param {string} one @param {string} [many]
 */
export function count(n, one, many = `${one}s`) {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}

/**
 * 1234567 as "1,234,567". toLocaleString does that as well, but its first use
 * loads the rules of all languages: a tenth of a second, while the page begins.
 * @param {number} n a whole number
 */
export function grouped(n) {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}
