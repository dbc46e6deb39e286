//go:build ignore

// Each member has a queue and a writer, but whoever speaks waits for room in a
// full queue, under the lock of the room. So one slow reader stops all again,
// only later.
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
	m := &member{conn: conn, queue: make(chan []byte, 4)}
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
		close(m.queue)
	}
}

func (rm *room) say(text []byte) {
	rm.mu.Lock()
	defer rm.mu.Unlock()
	for m := range rm.members {
		m.queue <- text
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
		if err := m.conn.WriteMessage(websocket.TextMessage, text); err != nil {
			m.conn.Close() // and go on taking, so that nobody waits for one who is gone
		}
	}
}
