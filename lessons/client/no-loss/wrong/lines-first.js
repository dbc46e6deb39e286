// It sends what it has kept before it says what it saw last.
//
// Fails: queue

let ws;
let last = 0; // the number of the last message seen
let typed = 0; // lines so far
let unconfirmed = []; // lines that the room may not have, oldest first

function connect() {
  ws = new WebSocket(exercise.url);
  ws.onopen = () => {
    for (const line of unconfirmed) say(line);
    ws.send(`after ${last}`);
  };
  ws.onmessage = (event) => hear(event.data);
  ws.onclose = () => setTimeout(connect, exercise.base * Math.random());
}

function say({ number, text }) {
  ws.send(`say ${number} ${text}`);
}

function hear(message) {
  const blank = message.indexOf(" ");
  const head = message.slice(0, blank);
  const rest = message.slice(blank + 1);
  if (head === "ok") {
    unconfirmed = unconfirmed.filter((line) => line.number !== Number(rest));
    return;
  }
  if (Number(head) <= last) return; // seen already
  last = Number(head);
  console.log(rest);
}

exercise.oninput = (text) => {
  const line = { number: ++typed, text };
  unconfirmed.push(line);
  if (ws.readyState === WebSocket.OPEN) say(line);
};

connect();
