package browsertest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// A talker is a member of the chat room without a window.
type talker struct {
	t    *testing.T
	name string
	conn *websocket.Conn
}

// entry is what a talker hears: the fields that the tests look at.
type entry struct {
	Type, Name, From, Text string
	ID                     uint64
}

// member joins the lobby.
func member(s *site, name string) *talker {
	s.t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.url, "http")+"/demo/chat/lobby?name="+name, http.Header{"Origin": {s.url}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	m := &talker{s.t, name, conn}
	m.hears(name, "join")
	return m
}

// says says a text and waits until it has been said, so that it stands in the
// room's log before what is done next. It returns the number of that entry.
func (m *talker) says(text string) (id uint64) {
	m.t.Helper()
	if err := m.conn.WriteJSON(map[string]string{"type": "say", "text": text}); err != nil {
		m.t.Fatal(err)
	}
	return m.waits(text, func(e entry) bool { return e.From == m.name && e.Text == text })
}

// hears waits for somebody's join or leave.
func (m *talker) hears(who, what string) {
	m.t.Helper()
	m.waits(what+" of "+who, func(e entry) bool { return e.Type == what && e.Name == who })
}

func (m *talker) waits(what string, is func(entry) bool) (id uint64) {
	m.t.Helper()
	m.conn.SetReadDeadline(time.Now().Add(patience))
	for {
		var e entry
		if err := m.conn.ReadJSON(&e); err != nil {
			m.t.Fatalf("%s waited in vain for %s: %v", m.name, what, err)
		}
		if is(e) {
			return e.ID
		}
	}
}
