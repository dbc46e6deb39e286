//go:build ignore

// The text is built anew byte by byte, each byte taken for a character: plain
// ASCII survives, and ü becomes Ã¼.
//
// Fails: utf-8
package main

import (
	"cmp"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
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
		if kind == websocket.TextMessage && !utf8.Valid(message) {
			goodbye := websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, "text must be UTF-8")
			conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(time.Second))
			return
		}
		if kind == websocket.TextMessage {
			var text strings.Builder
			for _, b := range message {
				text.WriteRune(rune(b))
			}
			message = []byte(text.String())
		}
		if err := conn.WriteMessage(kind, message); err != nil {
			return
		}
	}
}
