// It makes a new EventSource at a break, and the old one comes back as well.
//
// Fails: back

let stream;

function connect() {
  stream = new EventSource(exercise.url);
  stream.onmessage = (event) => console.log(event.data);
  stream.addEventListener("weather", (event) => console.log(`weather: ${event.data}`));
  stream.addEventListener("bye", () => stream.close());
  stream.onerror = () => connect();
}

connect();
