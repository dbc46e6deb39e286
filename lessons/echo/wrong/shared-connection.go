//go:build ignore

// The connection is kept in a variable of the package. Whoever connects last
// gets everybody's answers.
//
// Fails: private
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

var (
	mu   sync.Mutex
	conn *websocket.Conn
)

func echo(w http.ResponseWriter, r *http.Request) {
	mine, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer mine.Close()
	mine.SetReadLimit(4 << 20)
	mu.Lock()
	conn = mine
	mu.Unlock()

	for {
		kind, message, err := mine.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage && !utf8.Valid(message) {
			goodbye := websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, "text must be UTF-8")
			mine.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(time.Second))
			return
		}
		mu.Lock()
		conn.WriteMessage(kind, message)
		mu.Unlock()
	}
}
