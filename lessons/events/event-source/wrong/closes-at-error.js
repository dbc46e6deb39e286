// It takes the first break for the end, and closes.
//
// Fails: back

const stream = new EventSource(exercise.url);

stream.onmessage = (event) => console.log(event.data);

stream.addEventListener("weather", (event) => console.log(`weather: ${event.data}`));

stream.addEventListener("bye", () => stream.close());

stream.onerror = () => {
  stream.close();
  console.log("ended");
};
