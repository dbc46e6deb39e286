// It says all of its lines again after coming back, those that were confirmed too.
//
// Fails: confirmed

let ws;
let last = 0; // the number of the last message seen
let typed = 0; // lines so far
let said = [];

function connect() {
  ws = new WebSocket(exercise.url);
  ws.onopen = () => {
    ws.send(`after ${last}`);
    for (const line of said) say(line);
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
  if (head === "ok") return;
  if (Number(head) <= last) return; // seen already
  last = Number(head);
  console.log(rest);
}

exercise.oninput = (text) => {
  const line = { number: ++typed, text };
  said.push(line);
  if (ws.readyState === WebSocket.OPEN) say(line);
};

connect();
