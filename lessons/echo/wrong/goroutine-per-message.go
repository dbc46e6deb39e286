//go:build ignore

// Each message is answered in a goroutine of its own, after a little work. A
// lock keeps the frames apart, but nothing keeps the order.
//
// Fails: order
package main

import (
	"cmp"
	"log"
	"math/rand/v2"
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

func echo(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetReadLimit(4 << 20)
	var mu sync.Mutex

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
		go func() {
			time.Sleep(rand.N(20 * time.Millisecond)) // a look into a database, say
			mu.Lock()
			defer mu.Unlock()
			conn.WriteMessage(kind, message)
		}()
	}
}
