//go:build ignore

// Nobody closes the connection of a member that left: its writer waits for the
// next message for ever.
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
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

func main() {
	lobby := &room{members: make(map[*member]bool)}
	http.HandleFunc("/ws", lobby.serve)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/ws", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

type room struct {
	mu      sync.Mutex
	members map[*member]bool
}

type member struct {
	conn  *websocket.Conn
	queue chan []byte
}

func (rm *room) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	conn.SetReadLimit(2 << 20)
	m := &member{conn: conn, queue: make(chan []byte, 256)}
	rm.join(m)
	go m.write()
	m.read(rm.say)
	rm.leave(m)
}

func (rm *room) join(m *member) {
	rm.mu.Lock()
	defer rm.mu.Unlock()
	rm.members[m] = true
}

func (rm *room) leave(m *member) {
	rm.mu.Lock()
	defer rm.mu.Unlock()
	rm.remove(m)
}

func (rm *room) remove(m *member) {
	if rm.members[m] {
		delete(rm.members, m)
	}
}

func (rm *room) say(text []byte) {
	rm.mu.Lock()
	defer rm.mu.Unlock()
	for m := range rm.members {
		select {
		case m.queue <- text:
		default:
			rm.remove(m)
		}
	}
}

func (m *member) read(say func([]byte)) {
	for {
		kind, text, err := m.conn.ReadMessage()
		if err != nil || kind != websocket.TextMessage || !utf8.Valid(text) {
			return
		}
		say(text)
	}
}

func (m *member) write() {
	defer m.conn.Close()
	for text := range m.queue {
		m.conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
		if err := m.conn.WriteMessage(websocket.TextMessage, text); err != nil {
			return
		}
	}
}
