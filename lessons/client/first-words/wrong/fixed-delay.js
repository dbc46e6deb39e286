// It gives the handshake half a second, which is enough on localhost.
//
// Fails: slow

const ws = new WebSocket(exercise.url);
setTimeout(() => {
  ws.send("hello");
  exercise.oninput = (line) => ws.send(line);
}, 500);

ws.onmessage = (event) => console.log(event.data);
ws.onclose = (event) => console.log(`closed ${event.code}`);
