// It takes a line for delivered as soon as it is sent.
//
// Fails: unconfirmed

let ws;
let last = 0; // the number of the last message seen
let typed = 0; // lines so far
let queue = []; // lines that are not sent yet

function connect() {
  ws = new WebSocket(exercise.url);
  ws.onopen = () => {
    ws.send(`after ${last}`);
    for (const line of queue.splice(0)) say(line);
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
  if (ws.readyState === WebSocket.OPEN) say(line);
  else queue.push(line);
};

connect();
