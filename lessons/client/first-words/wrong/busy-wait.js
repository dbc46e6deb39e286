// It waits for the connection in a loop, in which nothing else can happen: the
// connection can't open either.
//
// Fails: hello

const ws = new WebSocket(exercise.url);
while (ws.readyState !== WebSocket.OPEN);
ws.send("hello");

exercise.oninput = (line) => ws.send(line);
ws.onmessage = (event) => console.log(event.data);
ws.onclose = (event) => console.log(`closed ${event.code}`);
