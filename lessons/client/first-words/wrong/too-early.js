// It says hello in the line after the constructor, when there is no connection yet.
//
// Fails: hello

const ws = new WebSocket(exercise.url);
ws.send("hello");

ws.onopen = () => {
  exercise.oninput = (line) => ws.send(line);
};
ws.onmessage = (event) => console.log(event.data);
ws.onclose = (event) => console.log(`closed ${event.code}`);
