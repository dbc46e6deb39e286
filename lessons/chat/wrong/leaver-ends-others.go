//go:build ignore

// When a write to one member fails, the loop over the members ends, and with it
// the handler of whoever spoke. Nobody takes the one who left out of the room.
//
// Fails: close
package main

import (
	"cmp"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

func main() {
	lobby := new(room)
	http.HandleFunc("/ws", lobby.serve)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/ws", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

type room struct {
	mu      sync.Mutex
	members []*websocket.Conn
}

func (rm *room) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetReadLimit(2 << 20)
	rm.join(conn)
	for {
		kind, text, err := conn.ReadMessage()
		if err != nil || kind != websocket.TextMessage || !utf8.Valid(text) {
			return
		}
		if err := rm.say(text); err != nil {
			return
		}
	}
}

func (rm *room) join(conn *websocket.Conn) {
	rm.mu.Lock()
	defer rm.mu.Unlock()
	rm.members = append(rm.members, conn)
}

func (rm *room) say(text []byte) error {
	rm.mu.Lock()
	defer rm.mu.Unlock()
	for _, conn := range rm.members {
		if err := conn.WriteMessage(websocket.TextMessage, text); err != nil {
			return err
		}
	}
	return nil
}
