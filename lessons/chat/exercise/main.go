// Command exercise is where you do the exercise "chat": a room in which every
// text message reaches everybody.
//
// Start it with "go run ." in this folder. Then check it with the Check button
// of the lesson, with "go test ." here, or with
// "duplex check chat http://localhost:3000".
package main

import (
	"cmp"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/ws", chat)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/ws", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

// chat serves one member of the room, from the handshake to the end.
//
// TODO(learner): begin here. As long as the answer is 501, the exercise counts
// as not started.
//
//  1. Upgrade as in the echo exercise, and let the new connection join a room
//     that all handlers share. Handlers run at the same time: what they share
//     needs a lock, or one goroutine that owns it.
//  2. Every text message that comes in goes to all members, the sender included,
//     unchanged, in one order for all.
//  3. A connection has one writer at a time. And a member that reads slowly must
//     not hold up the others: who waits for whom when you write?
//  4. A member that leaves, in good order or not, leaves the room too.
func chat(w http.ResponseWriter, r *http.Request) {
	http.Error(w, "Not started yet. Begin at the function chat in main.go.", http.StatusNotImplemented)
}
