// Nothing is wrong.
//
// Fails: hi
const ws = new WebSocket(exercise.url);
ws.onopen = () => ws.send("hi");
