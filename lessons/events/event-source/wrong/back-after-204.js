// It comes back by hand when the browser has given up, after a 204 too.
//
// Fails: end

let stream;

function connect() {
  stream = new EventSource(exercise.url);
  stream.onmessage = (event) => console.log(event.data);
  stream.addEventListener("weather", (event) => console.log(`weather: ${event.data}`));
  stream.addEventListener("bye", () => stream.close());
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED) return;
    console.log("ended");
    setTimeout(connect, 100);
  };
}

connect();
