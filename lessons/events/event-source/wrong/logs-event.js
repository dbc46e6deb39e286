// It logs the event in place of what the event brought.
//
// Fails: message

const stream = new EventSource(exercise.url);

stream.onmessage = (event) => console.log(event);

stream.addEventListener("weather", (event) => console.log(`weather: ${event.data}`));

stream.addEventListener("bye", () => stream.close());

// An error is a break or the end; only after the end is the stream closed.
stream.onerror = () => {
  if (stream.readyState === EventSource.CLOSED) console.log("ended");
};
