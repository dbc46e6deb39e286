// It waits for a message once, and never again.
//
// Fails: each

const ws = new WebSocket(exercise.url);
ws.onclose = (event) => console.log(`closed ${event.code}`);
ws.onopen = () => {
  ws.send("hello");
  exercise.oninput = (line) => ws.send(line);
};
const event = await new Promise((resolve) => (ws.onmessage = resolve));
console.log(event.data);
