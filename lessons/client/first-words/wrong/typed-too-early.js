// It sends what is typed whether there is a connection or not.
//
// Fails: early

const ws = new WebSocket(exercise.url);
ws.onopen = () => ws.send("hello");
exercise.oninput = (line) => ws.send(line);
ws.onmessage = (event) => console.log(event.data);
ws.onclose = (event) => console.log(`closed ${event.code}`);
