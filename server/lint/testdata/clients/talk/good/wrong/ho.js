// It says ho.
//
// Fails: hi
const ws = new WebSocket(exercise.url);
ws.onopen = () => ws.send("ho");
