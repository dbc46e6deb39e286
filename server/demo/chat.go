package demo

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"
)

// Chat passes every message to everybody in the same room. protocol.go says
// what the messages look like, room.go how rooms come and go.
type Chat struct {
	limits Limits

	mu    sync.Mutex
	rooms map[string]*room
}

// ServeHTTP lets the client into the room that the path names, under the name
// that it asks for, and serves it until one side ends the connection.
func (c *Chat) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !roomName.MatchString(r.PathValue("room")) {
		http.Error(w, "A room's name has 1 to 32 letters, digits, - or _. Choose another one.", http.StatusNotFound)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has told the client what is wrong
	}
	defer conn.Close()
	expectPongs(conn, c.limits)

	err = c.serve(r.Context(), conn, r.PathValue("room"), r.URL.Query().Get("name"))
	goodbye(conn, err, c.limits)
}

// region together

// serve runs the two tasks of a connection, which end together.
func (c *Chat) serve(ctx context.Context, conn *websocket.Conn, roomName, name string) error {
	room, m, err := c.join(roomName, name)
	if err != nil {
		return err
	}
	defer room.leave(m)

	both, end := context.WithCancel(context.Background())
	var writer sync.WaitGroup
	writer.Go(func() {
		defer end()
		c.write(ctx, both, conn, room, m)
	})
	err = c.read(both, conn, room, m)
	end()
	writer.Wait()
	return err
}

// endregion together

// region room

// A room passes each message on to all its members. There is one order for
// all: whoever holds mu decides what comes next.
type room struct {
	name   string
	limits Limits

	mu      sync.Mutex
	members []*member // in the order of joining
	recent  []message // the latest, oldest first, for those who join
	last    int       // the id of the latest message
	emptied time.Time // when the last member left
}

// A member is one connection in a room. What it is to be sent waits in queue.
// That has a fixed number of places: a member that reads slowly costs no more
// than them, and nobody else's time.
type member struct {
	name  string
	queue chan []byte // the room sends, holding its lock; the member's writer receives
	own   chan []byte // answers to this member alone, from its reader to its writer

	missed int  // messages for which the queue had no place; the room's mu guards it
	stale  bool // the same, for the news who is here
}

// endregion room

// region join

// join adds a member and tells the others, in one step: the welcome holds the
// messages up to this moment, the queue gets all from here on.
func (r *room) join(wish string) (*member, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.members) >= r.limits.RoomMembers {
		return nil, &refusal{websocket.CloseTryAgainLater, "this room is full: choose another one"}
	}
	m := &member{
		name:  r.freeName(wish),
		queue: make(chan []byte, r.limits.ChatQueue),
		own:   make(chan []byte),
	}
	r.tell("join", m.name, append(r.names(), m.name))
	r.members = append(r.members, m)
	m.queue <- r.welcome(m)
	return m, nil
}

// leave takes a member out and tells the others.
func (r *room) leave(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members = slices.DeleteFunc(r.members, func(o *member) bool { return o == m })
	r.emptied = time.Now()
	r.tell("leave", m.name, r.names())
}

// endregion join

// region broadcast

// say passes a text on to every member, the speaker included.
func (r *room) say(from *member, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	msg := message{Type: "message", ID: r.last, From: from.name, Text: text, At: now()}
	r.recent = append(r.recent, msg)
	if len(r.recent) > r.limits.ChatRecent {
		r.recent = slices.Delete(r.recent, 0, 1)
	}
	frame := encode(msg) // once, for all
	for _, m := range r.members {
		if !r.offer(m, frame) {
			m.missed++
		}
	}
}

// offer puts a frame into a member's queue, and never waits: when there is no
// place, it reports false, and the member goes without. As soon as there is
// place again, the first thing in it is the notice how much was missed.
func (r *room) offer(m *member, frame []byte) bool {
	if m.missed > 0 || m.stale {
		if cap(m.queue)-len(m.queue) < 2 {
			return false
		}
		m.queue <- r.lagged(m)
	}
	select {
	case m.queue <- frame:
		return true
	default:
		return false
	}
}

// catchUp returns the notice that a member is owed when its queue has run empty
// and nothing more was said since; otherwise nil.
func (r *room) catchUp(m *member) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(m.queue) > 0 || m.missed == 0 && !m.stale {
		return nil
	}
	return r.lagged(m)
}

// endregion broadcast

// region reader

// read takes what the member says until the connection ends. What cannot be
// passed on is answered to the member alone.
func (c *Chat) read(both context.Context, conn *websocket.Conn, room *room, m *member) error {
	pace := rate.NewLimiter(c.limits.ChatRate, c.limits.ChatBurst)
	for {
		kind, frame, err := readMessage(conn, c.limits.ChatFrame, c.limits.PongWait, nil)
		if err != nil {
			return err
		}
		text, no := understand(kind, frame, c.limits.ChatText)
		if no == nil && !pace.Allow() {
			no = tooFast(c.limits.ChatRate)
		}
		if no == nil {
			room.say(m, text)
			continue
		}
		select {
		case m.own <- encode(no): // while the writer is busy, no more is read
		case <-both.Done():
		}
	}
}

// endregion reader

// region writer

// write sends the member what its queue holds, and a ping now and then. It is
// the only one to write messages to conn. When it cannot go on, it closes the
// connection, which ends the reader.
func (c *Chat) write(ctx, both context.Context, conn *websocket.Conn, room *room, m *member) {
	ticker := time.NewTicker(c.limits.PingEvery)
	defer ticker.Stop()
	for {
		var frame []byte
		select {
		case frame = <-m.queue:
		case frame = <-m.own:
		case <-ticker.C:
			conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(c.limits.WriteWait))
		case <-ctx.Done(): // the server shuts down
			goAway(conn, c.limits, both.Done())
			return
		case <-both.Done(): // the reader has ended
			return
		}
		for frame != nil {
			conn.SetWriteDeadline(time.Now().Add(c.limits.WriteWait))
			err := conn.WriteMessage(websocket.TextMessage, frame)
			if errors.Is(err, websocket.ErrCloseSent) {
				return // the reader has said goodbye
			}
			if err != nil {
				conn.Close()
				return
			}
			frame = room.catchUp(m)
		}
	}
}

// endregion writer
