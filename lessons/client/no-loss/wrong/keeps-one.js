// Of what it has sent, it keeps only the last line.
//
// Fails: confirmed

let ws;
let last = 0; // the number of the last message seen
let typed = 0; // lines so far
let queue = []; // lines that are not sent yet
let sent = null; // the last line that was

function connect() {
  ws = new WebSocket(exercise.url);
  ws.onopen = () => {
    ws.send(`after ${last}`);
    if (sent) say(sent);
    for (const line of queue.splice(0)) say(line);
  };
  ws.onmessage = (event) => hear(event.data);
  ws.onclose = () => setTimeout(connect, exercise.base * Math.random());
}

function say(line) {
  ws.send(`say ${line.number} ${line.text}`);
  sent = line;
}

function hear(message) {
  const blank = message.indexOf(" ");
  const head = message.slice(0, blank);
  const rest = message.slice(blank + 1);
  if (head === "ok") {
    if (sent?.number === Number(rest)) sent = null;
    return;
  }
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
