// It sends what is typed as JSON, which adds quotes.
//
// Fails: typed

const ws = new WebSocket(exercise.url);
ws.onopen = () => {
  ws.send("hello");
  exercise.oninput = (line) => ws.send(JSON.stringify(line));
};
ws.onmessage = (event) => console.log(event.data);
ws.onclose = (event) => console.log(`closed ${event.code}`);
