package roomlog

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024}

// A hub is the chat example that comes with gorilla/websocket, for comparison: a
// goroutine that knows all clients, two goroutines and a channel of 256 messages
// a client, and a client whose channel is full is dropped. Unlike there, each
// message is a frame of its own.
type hub struct {
	clients              map[*hubClient]bool
	broadcast            chan []byte
	register, unregister chan *hubClient
	stop                 chan struct{}
	running              sync.WaitGroup
}

type hubClient struct {
	hub  *hub
	conn *websocket.Conn
	send chan []byte
}

func newHub() *hub {
	h := &hub{map[*hubClient]bool{}, make(chan []byte), make(chan *hubClient), make(chan *hubClient), make(chan struct{}), sync.WaitGroup{}}
	go h.run()
	return h
}

func (h *hub) run() {
	for {
		select {
		case c := <-h.register:
			h.clients[c] = true
		case c := <-h.unregister:
			h.drop(c)
		case message := <-h.broadcast:
			for c := range h.clients {
				select {
				case c.send <- message:
				default:
					h.drop(c)
				}
			}
		case <-h.stop:
			return
		}
	}
}

func (h *hub) drop(c *hubClient) {
	if h.clients[c] {
		delete(h.clients, c)
		close(c.send)
	}
}

func (h *hub) publish(message []byte) { h.broadcast <- message }

func (h *hub) accept(w http.ResponseWriter, r *http.Request, joined func()) error {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return err
	}
	c := &hubClient{h, conn, make(chan []byte, 256)}
	h.register <- c
	joined()
	h.running.Go(c.writePump)
	h.running.Go(c.readPump)
	return nil
}

func (h *hub) close() {
	h.running.Wait()
	close(h.stop)
}

func (c *hubClient) readPump() {
	readAll(c.conn)
	c.hub.unregister <- c
	c.conn.Close()
}

func (c *hubClient) writePump() {
	ticker := time.NewTicker(54 * time.Second)
	defer ticker.Stop()
	defer c.conn.Close()
	for {
		select {
		case message, ok := <-c.send:
			c.conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
			if !ok {
				c.conn.WriteMessage(websocket.CloseMessage, nil)
				return
			}
			if c.conn.WriteMessage(websocket.TextMessage, message) != nil {
				return
			}
		case <-ticker.C:
			c.conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
			if c.conn.WriteMessage(websocket.PingMessage, nil) != nil {
				return
			}
		}
	}
}

// A loop is what tutorials show of server-sent events: a channel a subscriber,
// whose messages are dropped while it is full, and a flush an event.
type loop struct {
	mu          sync.Mutex
	subscribers map[chan []byte]bool
}

func newLoop() *loop { return &loop{subscribers: map[chan []byte]bool{}} }

func (l *loop) publish(message []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for s := range l.subscribers {
		select {
		case s <- message:
		default:
		}
	}
}

func (l *loop) set(s chan []byte, there bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if there {
		l.subscribers[s] = true
	} else {
		delete(l.subscribers, s)
	}
}

func (l *loop) accept(w http.ResponseWriter, r *http.Request, joined func()) error {
	s := make(chan []byte, 64)
	l.set(s, true)
	defer l.set(s, false)
	joined()
	flusher := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	flusher.Flush()
	for {
		select {
		case message := <-s:
			fmt.Fprintf(w, "data: %s\n\n", message)
			flusher.Flush()
		case <-r.Context().Done():
			return nil
		}
	}
}

func (l *loop) close() {}

// Direct writes each message to the one connection itself.
type direct struct {
	conn    *websocket.Conn
	running sync.WaitGroup
}

func (d *direct) publish(message []byte) { d.conn.WriteMessage(websocket.TextMessage, message) }

func (d *direct) accept(w http.ResponseWriter, r *http.Request, joined func()) error {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return err
	}
	d.conn = conn
	d.running.Go(func() { readAll(conn); conn.Close() })
	joined()
	return nil
}

func (d *direct) close() { d.running.Wait() }
