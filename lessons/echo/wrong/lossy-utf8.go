//go:build ignore

// Broken text is repaired with replacement characters and sent back, so that
// the client never learns of its mistake.
//
// Fails: not-utf8
package main

import (
	"bytes"
	"cmp"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/gorilla/websocket"
)

func main() {
	http.HandleFunc("/ws", echo)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/ws", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

var upgrader websocket.Upgrader

func echo(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetReadLimit(4 << 20)
	for {
		kind, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage {
			message = bytes.ToValidUTF8(message, []byte("\uFFFD"))
		}
		if err := conn.WriteMessage(kind, message); err != nil {
			return
		}
	}
}
