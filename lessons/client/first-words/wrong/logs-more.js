// It logs some words of its own in front of each message.
//
// Fails: arrives

const ws = new WebSocket(exercise.url);
ws.onopen = () => {
  ws.send("hello");
  exercise.oninput = (line) => ws.send(line);
};
ws.onmessage = (event) => console.log("received:", event.data);
ws.onclose = (event) => console.log(`closed ${event.code}`);
