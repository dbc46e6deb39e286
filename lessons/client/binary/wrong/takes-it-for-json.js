// It takes the message for JSON in UTF-8.
//
// Fails: text

const TEXT = 1;
const HEAD = 3; // bytes of type and length

const ws = new WebSocket(exercise.url);
ws.binaryType = "arraybuffer";
ws.onmessage = (event) => console.log(JSON.parse(new TextDecoder().decode(event.data)));
ws.onopen = () => {
  exercise.oninput = (line) => ws.send(record(line));
};

function record(line) {
  const text = new TextEncoder().encode(line);
  const bytes = new Uint8Array(HEAD + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, TEXT);
  view.setUint16(1, text.length);
  bytes.set(text, HEAD);
  return bytes;
}
