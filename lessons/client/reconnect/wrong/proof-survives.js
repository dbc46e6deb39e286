// The timer that proves a connection goes on after its end, and forgets the
// failures of others.
//
// Fails: loop

const DONE = 1000;

let ws;
let failures = 0; // in a row
let quitting = false;
let retry; // the timer of the next attempt

function connect() {
  ws = new WebSocket(exercise.url);
  ws.onopen = () => {
    setTimeout(() => (failures = 0), exercise.held);
  };
  // A failed handshake brings "error" and "close", a clean end "close" alone.
  ws.onclose = (event) => {
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
