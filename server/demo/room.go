package demo

import (
	"fmt"
	"net"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"duplex/server/roomlog"
	"duplex/server/socket"
)

// roomName is what a room may be called: it stands in a URL, unescaped.
var roomName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// goingAway ends connections when the server ends.
var goingAway = &socket.Refusal{Code: websocket.CloseGoingAway, Reason: "server is shutting down"}

// join lets somebody into a room, which it opens if need be. Chat.mu is held
// until the member is in, so that the room is not closed in between.
func (c *Chat) join(roomName string, m *member, after string) (*room, *member, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, err := c.open(roomName)
	if err != nil {
		return nil, nil, err
	}
	if err := r.join(m, after); err != nil {
		return nil, nil, err
	}
	return r, m, nil
}

// close ends all rooms: what was said before reaches everybody, then comes the
// goodbye.
func (c *Chat) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for _, r := range c.rooms {
		r.log.Close(goingAway.Code, goingAway.Reason, c.limits.Spread, 0)
	}
}

// open finds or makes a room. It forgets rooms that have been empty for long;
// when there are too many, also the one that has been empty the longest.
func (c *Chat) open(name string) (*room, error) {
	if c.closed {
		return nil, goingAway
	}
	var oldest *room
	for _, r := range c.rooms {
		empty, since := r.empty()
		switch {
		case !empty:
		case time.Since(since) >= c.limits.RoomGrace:
			delete(c.rooms, r.name)
		case oldest == nil || since.Before(oldest.emptied):
			oldest = r
		}
	}
	if r := c.rooms[name]; r != nil {
		return r, nil
	}
	if len(c.rooms) >= c.limits.Rooms {
		if oldest == nil {
			return nil, &socket.Refusal{Code: websocket.CloseTryAgainLater, Reason: "there are too many rooms: choose one that exists"}
		}
		delete(c.rooms, oldest.name)
	}
	c.rooms[name] = newRoom(name, c.limits)
	return c.rooms[name], nil
}

func newRoom(name string, limits Limits) *room {
	r := &room{name: name, limits: limits}
	r.log = roomlog.New(roomlog.Config{
		Keep:   roomlog.Keep{Messages: limits.ChatKept, Bytes: limits.ChatBytes},
		First:  1,
		Lagged: func(missed uint64) []byte { return encode(lagged{"lagged", missed, *r.names.Load()}) },
	})
	return r
}

// setSendBuffer bounds what the system takes from us before the other side has
// it. What is there has been sent, as far as a room can tell: it can neither be
// left out any more nor counted as missed. Connections without a TCP socket
// below are left alone.
func setSendBuffer(conn net.Conn, bytes int) {
	for conn != nil && bytes > 0 {
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetWriteBuffer(bytes) // on failure it is as large as before
			return
		}
		above, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			return
		}
		conn = above.NetConn()
	}
}

// empty reports whether nobody is in the room, and since when.
func (r *room) empty() (bool, time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.members) == 0, r.emptied
}

// tell writes into the log that somebody joined or left, and who is here now.
// It returns the number of that entry. The room's mu is held.
func (r *room) tell(what, name string, here []*member) (uint64, error) {
	names := make([]string, 0, len(here))
	for _, m := range here {
		names = append(names, m.name)
	}
	id, err := r.log.PublishFunc("", func(id roomlog.ID) []byte {
		return encode(presence{Type: what, ID: id.Seq, Name: name, Members: names})
	})
	r.members = here
	r.names.Store(&names)
	return id.Seq, err
}

// welcome is the first thing that a member gets. The room's mu is held.
func (r *room) welcome(m *member, joined uint64, how *resume) welcome {
	w := welcome{Type: "welcome", You: m.name, Room: r.name, Epoch: r.log.Head().Epoch, Joined: joined, Members: *r.names.Load(), Resume: how}
	w.Limits.Text = r.limits.ChatText
	return w
}

// freeName makes of a wish a name that nobody else in the room has: "Ada", or
// "Ada 2" if there is an Ada. Who has no wish is called "Guest 1" and so on.
// The room's mu is held.
func (r *room) freeName(wish string) string {
	base := cleanName(wish, r.limits.ChatName)
	if base != "" && !r.taken(base) {
		return base
	}
	n := 2
	if base == "" {
		base, n = "Guest", 1
	}
	for ; ; n++ {
		suffix := fmt.Sprintf(" %d", n)
		name := firstRunes(base, r.limits.ChatName-len(suffix)) + suffix
		if !r.taken(name) {
			return name
		}
	}
}

func (r *room) taken(name string) bool {
	for _, m := range r.members {
		if strings.EqualFold(m.name, name) {
			return true
		}
	}
	return false
}

// cleanName leaves of a wish what can be seen: no control or format characters,
// single spaces, at most max characters.
func cleanName(wish string, max int) string {
	visible := strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c):
			return ' '
		case c == utf8.RuneError || !unicode.IsGraphic(c):
			return -1
		}
		return c
	}, wish)
	return strings.TrimSpace(firstRunes(strings.Join(strings.Fields(visible), " "), max))
}

// firstRunes returns the first n characters of s.
func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}
