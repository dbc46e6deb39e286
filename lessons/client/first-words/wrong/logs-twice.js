// It listens for messages in two places.
//
// Fails: each

const ws = new WebSocket(exercise.url);

ws.onopen = () => {
  ws.send("hello");
  // Only now: what was typed in the meantime has been kept, and comes at once.
  exercise.oninput = (line) => ws.send(line);
};

ws.onmessage = (event) => console.log(event.data);
ws.addEventListener("message", (event) => console.log(event.data));

ws.onclose = (event) => console.log(`closed ${event.code}`);
