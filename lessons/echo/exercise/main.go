// Command exercise is where you do the exercise "echo": a WebSocket server that
// sends every message back, unchanged.
//
// Start it with "go run ." in this folder. Then check it with the Check button
// of the lesson, with "go test ." here, or with
// "duplex check echo http://localhost:3000".
package main

import (
	"cmp"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/ws", echo)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/ws", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

// echo serves one WebSocket connection.
//
// TODO(learner): begin here. As long as the answer is 501, the exercise counts
// as not started.
//
//  1. Import "github.com/gorilla/websocket". Its Upgrader turns w and r into a
//     connection, and answers by itself when that is impossible.
//  2. In a loop, read a message and write it back. Both calls tell or take the
//     kind of message: text or binary.
//  3. Reading fails when the other side closes. That is how the loop ends; the
//     connection has to be closed then.
//  4. Think of the edges: an empty message, one of a mebibyte, text that is not
//     valid UTF-8 (which the library leaves to you).
func echo(w http.ResponseWriter, r *http.Request) {
	http.Error(w, "Not started yet. Begin at the function echo in main.go.", http.StatusNotImplemented)
}
