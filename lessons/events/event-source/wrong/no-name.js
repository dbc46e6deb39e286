// It logs a named event without its name.
//
// Fails: named

const stream = new EventSource(exercise.url);

stream.onmessage = (event) => console.log(event.data);

stream.addEventListener("weather", (event) => console.log(event.data));

stream.addEventListener("bye", () => stream.close());

// An error is a break or the end; only after the end is the stream closed.
stream.onerror = () => {
  if (stream.readyState === EventSource.CLOSED) console.log("ended");
};
