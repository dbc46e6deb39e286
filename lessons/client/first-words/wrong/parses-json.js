// It takes every message for JSON.
//
// Fails: arrives

const ws = new WebSocket(exercise.url);
ws.onopen = () => {
  ws.send("hello");
  exercise.oninput = (line) => ws.send(line);
};
ws.onmessage = (event) => console.log(JSON.parse(event.data));
ws.onclose = (event) => console.log(`closed ${event.code}`);
