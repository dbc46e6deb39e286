// A stream of events (WHATWG HTML §9.2) in another language: the check of the exercise
// "events" must pass it. It uses what the format allows and few servers do: a byte order
// mark, comments, all three line endings, retry, unknown fields, the id after the data, no
// blank after the colon; and it waits a second before the first event.
//
// It serves http://127.0.0.1:PORT/other, where PORT is 0 (any) unless set, and prints the
// address once it listens.

import { createServer } from "node:http";

const forms = [
  (i) => `: event number ${i}\ndata:Event ${i}\nid:${i}\n\n`,
  (i) => `data: Event ${i}\r\nid: ${i}\r\nretry: 2000\r\n\r\n`,
  (i) => `id: ${i}\rcolour: blue\rdata: Event ${i}\revent\r\r`,
];

const server = createServer((request, response) => {
  const last = /^\d{1,9}$/.exec(request.headers["last-event-id"] ?? "");
  let i = last ? Number(last[0]) + 1 : 0;
  response.writeHead(200, { "content-type": "text/event-stream;charset=UTF-8", "x-accel-buffering": "no" });
  response.write("\uFEFF: hello\n\n");
  const timer = setInterval(() => {
    response.write(forms[i % forms.length](i));
    i++;
  }, 1000);
  response.on("close", () => clearInterval(timer));
});
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}/other`);
});
