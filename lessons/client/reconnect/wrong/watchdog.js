// A timer connects again when the handshake takes long, and leaves the first
// attempt alone.
//
// Fails: one

const DONE = 1000;

let ws;
let failures = 0; // in a row
let quitting = false;
let retry; // the timer of the next attempt

function connect() {
  ws = new WebSocket(exercise.url);
  let proof; // the timer after which this connection has held
  const attempt = ws;
  setTimeout(() => {
    if (attempt.readyState === WebSocket.CONNECTING) connect();
  }, 500);
  ws.onopen = () => {
    proof = setTimeout(() => (failures = 0), exercise.held);
  };
  ws.onclose = (event) => {
    clearTimeout(proof);
    if (quitting || event.code === DONE) return;
    retry = setTimeout(connect, backoff(failures));
    failures++;
  };
}

// A random time between nothing and a limit that doubles with each failure.
function backoff(failures) {
  const limit = Math.min(exercise.cap, exercise.base * 2 ** failures);
  return Math.random() * limit;
}

exercise.oninput = (line) => {
  if (line !== "quit") return;
  quitting = true;
  clearTimeout(retry);
  ws.close(DONE);
};

connect();
