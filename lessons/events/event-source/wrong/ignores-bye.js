// It does not listen to the last event.
//
// Fails: bye

const stream = new EventSource(exercise.url);

stream.onmessage = (event) => console.log(event.data);

stream.addEventListener("weather", (event) => console.log(`weather: ${event.data}`));

// An error is a break or the end; only after the end is the stream closed.
stream.onerror = () => {
  if (stream.readyState === EventSource.CLOSED) console.log("ended");
};
