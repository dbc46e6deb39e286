// It leaves.
//
// Fails: hi
const ws = new WebSocket(exercise.url);
ws.onopen = () => ws.send("hi");
ws.onmessage = null;
ws.addEventListener("open", () => ws.close());
