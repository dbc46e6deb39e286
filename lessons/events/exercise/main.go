// Command exercise is where you do the exercise "events": a stream of
// server-sent events, one a second, that goes on where it was cut.
//
// Start it with "go run ." in this folder. Then check it with the Check button
// of the lesson, with "go test ." here, or with
// "duplex check events http://localhost:3000".
package main

import (
	"cmp"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/events", events)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/events", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

// events serves one reader of the stream, for as long as it stays.
//
// TODO(learner): begin here. As long as the answer is 501, the exercise counts
// as not started.
//
//  1. Say with Content-Type what follows: text/event-stream.
//  2. Event i carries the data "Event i" and the id i. Which line ends an event?
//  3. Send one a second, from 0, and see to it that each leaves at once:
//     net/http keeps what you write in a buffer.
//  4. A reader that comes back tells the last id that it has seen in the header
//     Last-Event-ID. Go on after it.
//  5. Stop when the reader is gone: r.Context() knows.
func events(w http.ResponseWriter, r *http.Request) {
	http.Error(w, "Not started yet. Begin at the function events in main.go.", http.StatusNotImplemented)
}
