// It sends JSON, in bytes.
//
// Fails: typed

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
  return new TextEncoder().encode(JSON.stringify({ type: TEXT, text: line }));
}
