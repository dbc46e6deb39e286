//go:build ignore

// Nobody closes the connection when the loop ends: net/http does not do it
// after an upgrade, and so each client that leaves costs a file descriptor.
//
// Fails: end
package main

import (
	"cmp"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

func main() {
	http.HandleFunc("/ws", echo)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/ws", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

var upgrader websocket.Upgrader

// open keeps what was opened from being collected, and so from being closed by chance.
var open sync.Map

func echo(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	open.Store(conn, true)
	conn.SetReadLimit(4 << 20)
	for {
		kind, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage && !utf8.Valid(message) {
			goodbye := websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, "text must be UTF-8")
			conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(time.Second))
			return
		}
		if err := conn.WriteMessage(kind, message); err != nil {
			return
		}
	}
}
