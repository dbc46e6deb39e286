// It logs the event in place of what the event brought.
//
// Fails: arrives

const ws = new WebSocket(exercise.url);
ws.onopen = () => {
  ws.send("hello");
  exercise.oninput = (line) => ws.send(line);
};
ws.onmessage = (event) => console.log(event);
ws.onclose = (event) => console.log(`closed ${event.code}`);
