// Command solution is a chat room: every text message that a member sends goes
// to all members, the sender included, unchanged and in one order for all.
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

const (
	// maxMessage bounds a message; a longer one is answered with Close 1009.
	maxMessage = 2 << 20

	// backlog is how many messages a member may lag behind before we let go
	// of it. A bound there must be: memory is finite, and the slowest reader
	// decides how much of it a queue without a bound takes.
	backlog = 256

	// patience is how long one write to a member may take.
	patience = 10 * time.Second
)

// upgrader keeps the default CheckOrigin: pages of other origins are refused.
var upgrader websocket.Upgrader

func main() {
	lobby := &room{members: make(map[*member]bool)}
	http.HandleFunc("/ws", lobby.serve)
	addr := net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "3000"))
	log.Printf("listening on http://%s/ws", addr)
	log.Fatal(http.ListenAndServe(addr, nil))
}

// A room knows who is here. Its lock also makes the order: whoever holds it
// says one message to all before the next begins.
type room struct {
	mu      sync.Mutex
	members map[*member]bool
}

// A member is one connection. Its queue is closed once it has left the room.
type member struct {
	conn  *websocket.Conn
	queue chan []byte
}

func (rm *room) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has told the client why
	}
	conn.SetReadLimit(maxMessage)
	m := &member{conn: conn, queue: make(chan []byte, backlog)}

	// Two goroutines a member, which end together: when reading ends, leave
	// closes the queue, and so the writer ends. When writing fails, the writer
	// closes the connection, and so the reading ends.
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

// remove needs the lock. A member that was too slow has been removed before.
func (rm *room) remove(m *member) {
	if rm.members[m] {
		delete(rm.members, m)
		close(m.queue)
	}
}

// say puts text into every queue and never waits: where a queue is full, the
// member goes, and the others do not notice.
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

// read hands every text message to say, until the client leaves.
func (m *member) read(say func([]byte)) {
	for {
		kind, text, err := m.conn.ReadMessage()
		switch {
		case err != nil:
			return
		case kind != websocket.TextMessage:
			m.goodbye(websocket.CloseUnsupportedData, "this room is for text")
			return
		case !utf8.Valid(text):
			m.goodbye(websocket.CloseInvalidFramePayloadData, "text must be UTF-8")
			return
		}
		say(text)
	}
}

// write is the only one that sends messages on the connection, and the one that
// closes it.
func (m *member) write() {
	defer m.conn.Close()
	for text := range m.queue {
		m.conn.SetWriteDeadline(time.Now().Add(patience))
		if err := m.conn.WriteMessage(websocket.TextMessage, text); err != nil {
			return
		}
	}
	// The member was too slow; or its connection is closed or lost, and then
	// this does nothing.
	m.goodbye(websocket.CloseTryAgainLater, "you read too slowly")
}

// goodbye may run beside write: of all methods that send, WriteControl alone may.
func (m *member) goodbye(code int, why string) {
	m.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, why), time.Now().Add(time.Second))
}
