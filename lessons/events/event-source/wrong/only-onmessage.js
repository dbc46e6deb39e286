// It expects named events in onmessage, which does not hear them.
//
// Fails: named

const stream = new EventSource(exercise.url);

stream.onmessage = (event) => {
  if (event.type === "weather") console.log(`weather: ${event.data}`);
  else if (event.type === "bye") stream.close();
  else console.log(event.data);
};

// An error is a break or the end; only after the end is the stream closed.
stream.onerror = () => {
  if (stream.readyState === EventSource.CLOSED) console.log("ended");
};
