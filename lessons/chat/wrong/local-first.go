//go:build ignore

// The sender gets its own message at once, the others by way of the room, a
// little later. When two speak at the same time, each sees itself speak first.
//
// Fails: order
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
	lobby := &room{members: make(map[*member]bool), later: make(chan said, 1000)}
	go lobby.deliver()
	http.HandleFunc("/ws", lobby.serve)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/ws", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

type room struct {
	mu      sync.Mutex
	members map[*member]bool
	later   chan said
}

type member struct {
	conn  *websocket.Conn
	queue chan []byte
}

type said struct {
	text []byte
	to   []*member
	at   time.Time
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
	m.read(func(text []byte) {
		others := rm.others(m)
		m.queue <- text
		rm.later <- said{text, others, time.Now()}
	})
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

func (rm *room) others(by *member) (to []*member) {
	rm.mu.Lock()
	defer rm.mu.Unlock()
	for m := range rm.members {
		if m != by {
			to = append(to, m)
		}
	}
	return to
}

// deliver is somewhat late, as a message is that goes by way of a broker.
func (rm *room) deliver() {
	for s := range rm.later {
		time.Sleep(time.Until(s.at.Add(300 * time.Millisecond)))
		rm.say(s)
	}
}

func (rm *room) say(s said) {
	rm.mu.Lock()
	defer rm.mu.Unlock()
	for _, m := range s.to {
		if !rm.members[m] {
			continue
		}
		select {
		case m.queue <- s.text:
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
