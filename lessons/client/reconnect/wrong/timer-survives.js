// It closes when the user quits, but forgets the timer that is set already.
//
// Fails: quit-waiting

const DONE = 1000;

let ws;
let failures = 0; // in a row
let quitting = false;

function connect() {
  ws = new WebSocket(exercise.url);
  let proof; // the timer after which this connection has held
  ws.onopen = () => {
    proof = setTimeout(() => (failures = 0), exercise.held);
  };
  // A failed handshake brings "error" and "close", a clean end "close" alone.
  ws.onclose = (event) => {
    clearTimeout(proof);
    if (quitting || event.code === DONE) return;
    setTimeout(connect, backoff(failures));
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
  ws.close(DONE);
};

connect();
