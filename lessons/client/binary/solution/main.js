// The exercise "binary", done.

const TEXT = 1;
const NUMBER = 2;
const HEAD = 3; // bytes of type and length

const ws = new WebSocket(exercise.url);
ws.binaryType = "arraybuffer";
ws.onmessage = (event) => read(event.data);
ws.onopen = () => {
  exercise.oninput = (line) => ws.send(record(line));
};

// Logs each record of a message. What is cut off at its end is dropped.
function read(buffer) {
  const view = new DataView(buffer);
  let at = 0;
  while (at + HEAD <= view.byteLength) {
    const type = view.getUint8(at);
    const length = view.getUint16(at + 1);
    const content = at + HEAD;
    at = content + length;
    if (at > view.byteLength) return;
    if (type === TEXT) console.log(new TextDecoder().decode(new Uint8Array(buffer, content, length)));
    if (type === NUMBER && length === 4) console.log(view.getInt32(content));
  }
}

function record(line) {
  const text = new TextEncoder().encode(line);
  if (text.length > 0xffff) throw new RangeError("Two bytes of length can't say more than 65,535.");
  const bytes = new Uint8Array(HEAD + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, TEXT);
  view.setUint16(1, text.length);
  bytes.set(text, HEAD);
  return bytes;
}
