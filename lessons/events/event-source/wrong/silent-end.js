// It does not notice the end.
//
// Fails: end

const stream = new EventSource(exercise.url);

stream.onmessage = (event) => console.log(event.data);

stream.addEventListener("weather", (event) => console.log(`weather: ${event.data}`));

stream.addEventListener("bye", () => stream.close());
