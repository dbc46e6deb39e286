// It throws away what is typed before the connection is open.
//
// Fails: early

const ws = new WebSocket(exercise.url);
ws.onopen = () => ws.send("hello");
exercise.oninput = (line) => {
  if (ws.readyState === WebSocket.OPEN) ws.send(line);
};
ws.onmessage = (event) => console.log(event.data);
ws.onclose = (event) => console.log(`closed ${event.code}`);
