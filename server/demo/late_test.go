package demo

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"duplex/server/roomlog"
)

// Who was let in before the gate closed, and comes to a room that has, gets a
// goodbye as well.
func TestTooLate(t *testing.T) {
	d := New(Deps{})
	for _, r := range d.rooms {
		r.close()
	}
	mux := http.NewServeMux()
	mux.Handle("GET /chat/{room}", d.Chat)
	mux.Handle("GET /events", d.Events)
	site := httptest.NewServer(mux)
	defer site.Close()

	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(site.URL, "http")+"/chat/lobby", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
		t.Errorf("chat: %v, want 1001", err)
	}
	resp, err := site.Client().Get(site.URL + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if all, err := io.ReadAll(resp.Body); err != nil || string(all) != "retry: 2000\n\nretry: 2000\n\n" {
		t.Errorf("events: %q, %v; want a retry at the end", all, err)
	}
}

// What is said after a member's join is not among what it is told to have missed.
func TestResumeCountsUpToTheJoin(t *testing.T) {
	r := newRoom("lobby", DefaultLimits())
	for range 5 {
		r.log.Publish("", []byte("x"))
	}
	epoch := r.log.Head().Epoch
	const joined = 3 // of the entries 1 to 5
	for _, c := range []struct {
		after, from, since uint64
		why                string
	}{
		{0, 1, 3, ""},
		{2, 3, 1, ""},
		{3, 1, 0, "the room has not come that far"}, // nobody has seen its own join before it
		{4, 1, 0, "the room has not come that far"},
		{9, 1, 0, "the room has not come that far"},
	} {
		from, how := r.resume(roomlog.ID{Epoch: epoch, Seq: c.after}.String(), joined)
		if from != c.from || how.Since != c.since || how.Why != c.why {
			t.Errorf("after %d: from %d, %+v; want %+v", c.after, from, how, c)
		}
	}
}
