// It comes back by hand, with a new EventSource, as one does with a WebSocket.
//
// Fails: back

let stream;

function connect() {
  stream = new EventSource(exercise.url);
  stream.onmessage = (event) => console.log(event.data);
  stream.addEventListener("weather", (event) => console.log(`weather: ${event.data}`));
  stream.addEventListener("bye", () => stream.close());
  stream.onerror = () => {
    stream.close();
    setTimeout(connect, 200);
  };
}

connect();
