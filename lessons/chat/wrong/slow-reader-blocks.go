//go:build ignore

// The room writes to each member's connection in turn, under its lock. A member
// that reads nothing makes the write wait, and everybody waits with it.
//
// Fails: slow
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
	lobby := &room{members: make(map[*websocket.Conn]bool)}
	http.HandleFunc("/ws", lobby.serve)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/ws", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

type room struct {
	mu      sync.Mutex
	members map[*websocket.Conn]bool
}

func (rm *room) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetReadLimit(2 << 20)
	rm.join(conn)
	defer rm.leave(conn)
	for {
		kind, text, err := conn.ReadMessage()
		if err != nil || kind != websocket.TextMessage || !utf8.Valid(text) {
			return
		}
		rm.say(text)
	}
}

func (rm *room) join(conn *websocket.Conn) {
	rm.mu.Lock()
	defer rm.mu.Unlock()
	rm.members[conn] = true
}

func (rm *room) leave(conn *websocket.Conn) {
	rm.mu.Lock()
	defer rm.mu.Unlock()
	delete(rm.members, conn)
}

func (rm *room) say(text []byte) {
	rm.mu.Lock()
	defer rm.mu.Unlock()
	for conn := range rm.members {
		conn.WriteMessage(websocket.TextMessage, text)
	}
}
