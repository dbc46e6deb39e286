// Command exercise is where you do the exercise "handshake": answer the request
// that turns an HTTP connection into a WebSocket, by hand, without a library.
//
// Start it with "go run ." in this folder. Then check it with the Check button
// of the lesson, with "go test ." here, or with
// "duplex check handshake http://localhost:3000".
package main

import (
	"cmp"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/ws", handshake)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/ws", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

// handshake answers every request for /ws.
//
// TODO(learner): begin here. As long as the answer is 501, the exercise counts
// as not started.
//
//  1. Whoever does not ask for a WebSocket gets the status 426, and is told
//     what to upgrade to. Which two request headers ask for one?
//  2. A WebSocket request that you cannot accept (not a GET, no key, another
//     version than 13) gets a status from 400 to 499.
//  3. For all others compute Sec-WebSocket-Accept from Sec-WebSocket-Key.
//     crypto/sha1 and encoding/base64 are all that you need.
//  4. Take the connection over from net/http with
//     http.NewResponseController(w).Hijack, write the 101 head on it yourself,
//     every line ended by \r\n, and flush it.
//
// What follows the head is not judged here: you may close the connection. The
// next lesson goes on from there, with a library.
func handshake(w http.ResponseWriter, r *http.Request) {
	http.Error(w, "Not started yet. Begin at the function handshake in main.go.", http.StatusNotImplemented)
}
