// It takes onerror for the end, which says nothing when the end is in order.
//
// Fails: end

const ws = new WebSocket(exercise.url);
ws.onopen = () => {
  ws.send("hello");
  exercise.oninput = (line) => ws.send(line);
};
ws.onmessage = (event) => console.log(event.data);
ws.onerror = (event) => console.log(`closed ${event.code}`);
