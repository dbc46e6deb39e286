// It says "ended" at each break, from which the browser comes back.
//
// Fails: pause

const stream = new EventSource(exercise.url);

stream.onmessage = (event) => console.log(event.data);

stream.addEventListener("weather", (event) => console.log(`weather: ${event.data}`));

stream.addEventListener("bye", () => stream.close());

stream.onerror = () => console.log("ended");
