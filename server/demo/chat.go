package demo

import (
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"duplex/server/roomlog"
	"duplex/server/socket"
)

// Chat passes every message to everybody in the same room. protocol.go says
// what the messages look like, room.go how rooms come and go.
type Chat struct {
	limits Limits

	mu     sync.Mutex
	rooms  map[string]*room
	closed bool
}

// region handler

// ServeHTTP lets the client into the room that the path names, under the name
// that it asks for, and serves it until one side ends the connection.
func (c *Chat) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !roomName.MatchString(r.PathValue("room")) {
		http.Error(w, "A room's name has 1 to 32 letters, digits, - or _. Choose another one.", http.StatusNotFound)
		return
	}
	var reader *roomlog.Reader // sends; conn receives
	conn, err := socket.Upgrade(w, r, socket.Options{Wrap: func(network net.Conn) net.Conn {
		setSendBuffer(network, c.limits.ChatSend)
		reader = roomlog.NewReader(network, roomlog.WebSocket, c.limits.waits())
		return reader
	}})
	if err != nil {
		return // Upgrade has told the client what is wrong
	}
	defer conn.Close()
	defer socket.StartHeartbeat(conn, c.limits.PingEvery, c.limits.PongWait).Stop()

	query := r.URL.Query()
	room, m, err := c.join(r.PathValue("room"), &member{reader: reader, name: query.Get("name")}, query.Get("after"))
	if err == nil {
		err = c.read(conn, room, m)
		room.leave(m)
	}
	socket.Goodbye(conn, err, c.limits.CloseWait)
}

// endregion handler

// region room

// A room is a log of all that happens in it, in one order for all, and the
// list of those who are here.
type room struct {
	name   string
	limits Limits
	log    *roomlog.Room

	mu      sync.Mutex
	members []*member // in the order of joining
	emptied time.Time // when the last member left
	names   atomic.Pointer[[]string]
}

// A member is one connection in a room. What was said waits for it in the
// room's log; of its own it has only its place there.
type member struct {
	name   string
	reader *roomlog.Reader
}

// endregion room

// region join

// join adds a member under a name like the one it wishes, says so to all, and
// lets it read: after the message that it saw last, if it comes back, and
// otherwise from some messages ago. The first that it gets is a welcome.
func (r *room) join(m *member, after string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.members) >= r.limits.RoomMembers {
		return &socket.Refusal{Code: websocket.CloseTryAgainLater, Reason: "this room is full: choose another one"}
	}
	m.name = r.freeName(m.name)
	joined, err := r.tell("join", m.name, append(r.members, m))
	if err != nil {
		return goingAway
	}
	from, resume := r.resume(after, joined)
	m.reader.Send("", encode(r.welcome(m, joined, resume)))
	return r.log.Join(m.reader, from)
}

// leave takes a member out and tells the others.
func (r *room) leave(m *member) {
	m.reader.Leave()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.emptied = time.Now()
	r.tell("leave", m.name, slices.DeleteFunc(slices.Clone(r.members), func(o *member) bool { return o == m }))
}

// endregion join

// region resume

// resume finds the place in the log for a member that names the message that it
// saw last, as epoch:id, and whose own join is the entry joined. If it can't go
// on from there, it is told why, and begins like anybody new.
func (r *room) resume(after string, joined uint64) (from uint64, how *resume) {
	if after == "" {
		return r.log.Last(r.limits.ChatRecent), nil
	}
	id, err := roomlog.ParseID(after)
	if err == nil {
		from, err = r.log.Resume(id)
	}
	if err == nil && from > joined { // what came after its join it can't have seen
		err = roomlog.Gap("the room has not come that far")
	}
	if err != nil {
		return r.log.Last(r.limits.ChatRecent), &resume{After: after, Why: err.Error()}
	}
	return from, &resume{After: after, Since: joined + 1 - from}
}

// endregion resume

// region say

// say writes a text into the log. Everybody in the room gets it, the speaker
// included, and nobody is waited for.
func (r *room) say(from *member, text string) error {
	_, err := r.log.PublishFunc("", func(id roomlog.ID) []byte {
		return encode(message{Type: "message", ID: id.Seq, From: from.name, Text: text, At: now()})
	})
	return err
}

// endregion say

// region reader

// read takes what the member says until the connection ends. What cannot be
// passed on is answered to the member alone.
func (c *Chat) read(conn *websocket.Conn, room *room, m *member) error {
	pace := rate.NewLimiter(c.limits.ChatRate, c.limits.ChatBurst)
	for {
		kind, frame, err := socket.ReadMessage(conn, c.limits.ChatFrame, nil)
		if err != nil {
			return err
		}
		var no *refused
		if !pace.Allow() {
			no = tooFast(c.limits.ChatRate)
		} else if text, why := understand(kind, frame, c.limits.ChatText); why != nil {
			no = why
		} else if room.say(m, text) != nil {
			no = tooLate
		}
		if no != nil {
			m.reader.Send("", encode(no))
		}
	}
}

// endregion reader
