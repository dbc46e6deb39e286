package demo

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// roomName is what a room may be called: it stands in a URL, unescaped.
var roomName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// join lets somebody into a room, which it opens if need be. Chat.mu is held
// until the member is in, so that the room is not closed in between.
func (c *Chat) join(roomName, wish string) (*room, *member, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, err := c.open(roomName)
	if err != nil {
		return nil, nil, err
	}
	m, err := r.join(wish)
	if err != nil {
		return nil, nil, err
	}
	return r, m, nil
}

// open finds or makes a room. It forgets rooms that have been empty for long;
// when there are too many, also the one that has been empty the longest.
func (c *Chat) open(name string) (*room, error) {
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
			return nil, &refusal{websocket.CloseTryAgainLater, "there are too many rooms: choose one that exists"}
		}
		delete(c.rooms, oldest.name)
	}
	r := &room{name: name, limits: c.limits}
	c.rooms[name] = r
	return r, nil
}

// empty reports whether nobody is in the room, and since when.
func (r *room) empty() (bool, time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.members) == 0, r.emptied
}

// names returns who is here, in the order of joining. The room's mu is held.
func (r *room) names() []string {
	names := make([]string, 0, len(r.members)+1)
	for _, m := range r.members {
		names = append(names, m.name)
	}
	return names
}

// tell tells every member that somebody joined or left. The room's mu is held.
func (r *room) tell(what, name string, members []string) {
	frame := encode(presence{Type: what, Name: name, Members: members})
	for _, m := range r.members {
		if !r.offer(m, frame) {
			m.stale = true
		}
	}
}

// welcome is the first thing that a member gets. The room's mu is held.
func (r *room) welcome(m *member) []byte {
	w := welcome{Type: "welcome", You: m.name, Room: r.name, Members: r.names(), Recent: append([]message{}, r.recent...)}
	w.Limits.Text = r.limits.ChatText
	return encode(w)
}

// lagged makes the notice of what a member has missed, and settles its
// account. The room's mu is held.
func (r *room) lagged(m *member) []byte {
	frame := encode(lagged{Type: "lagged", Missed: m.missed, Members: r.names()})
	m.missed, m.stale = 0, false
	return frame
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
