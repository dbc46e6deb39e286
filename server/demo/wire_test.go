package demo_test

import (
	"bufio"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"duplex/server/demo"
	"duplex/server/wire"
)

const wireID = "wire-0123456789abcd"

// watch returns a function that waits until the connection recorded under
// wireID has ended, and returns what was seen on it.
func (s *site) watch() func() []wire.Event {
	s.t.Helper()
	events, stop, err := s.taps.Watch(wireID)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(stop)
	return func() (all []wire.Event) {
		timeout := time.After(10 * time.Second)
		for {
			select {
			case batch := <-events:
				all = append(all, batch...)
				if all[len(all)-1].Kind == wire.KindClosed {
					return all
				}
			case <-timeout:
				s.t.Fatalf("no end after %+v", all)
			}
		}
	}
}

func brief(events []wire.Event) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "%s %s", e.Kind, e.Dir)
		switch {
		case e.Kind == wire.KindRequest || e.Kind == wire.KindResponse:
			first, _, _ := strings.Cut(e.Text, "\r\n")
			fmt.Fprintf(&b, " %s", first)
		case e.Close != nil:
			fmt.Fprintf(&b, " close %d %q by %s clean %v", e.Close.Code, e.Close.Reason, e.Close.By, e.Close.Clean)
		case e.Frame != nil:
			fmt.Fprintf(&b, " %d masked %v %q", e.Frame.Opcode, e.Frame.Masked, e.Text)
		default:
			fmt.Fprintf(&b, " %q", e.Text)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestEchoOnTheWire(t *testing.T) {
	s := onTCP(t, limits(nil))
	seen := s.watch()
	conn := s.connect("/demo/echo?wire=" + wireID)
	if err := conn.WriteMessage(websocket.TextMessage, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := conn.ReadMessage(); err != nil {
		t.Fatal(err)
	}
	conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "bye"))
	wantClose(t, conn, 1000, "")
	want := `request received GET /demo/echo?wire=` + wireID + ` HTTP/1.1
response sent HTTP/1.1 101 Switching Protocols
open  ""
frame received 1 masked true "hello"
frame sent 1 masked false "hello"
frame received close 1000 "bye" by  clean false
frame sent close 1000 "" by  clean false
closed  close 1000 "bye" by client clean true
`
	if got := brief(seen()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRefusalOnTheWire(t *testing.T) {
	s := onTCP(t, limits(func(l *demo.Limits) { l.EchoMessage = 1 }))
	seen := s.watch()
	wantClose(t, sent(t, s.connect("/demo/echo?wire="+wireID), []byte("xx")), 1009, "")
	got := brief(seen())
	for _, want := range []string{
		`frame sent close 1009 "a message may have at most 1 bytes"`,
		`closed  close 1009 "a message may have at most 1 bytes" by server clean true`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwithout %s", got, want)
		}
	}
}

func TestEventsOnTheWire(t *testing.T) {
	s := onTCP(t, limits(nil))
	seen := s.watch()
	resp, _ := s.request("GET", "/demo/events?wire="+wireID, nil)
	blocks(t, bufio.NewReader(resp.Body), 2)
	s.request("POST", "/demo/events/drop?wire="+wireID, nil)
	want := `request received GET /demo/events?wire=` + wireID + ` HTTP/1.1
response sent HTTP/1.1 200 OK
open  ""
line sent "retry: 2000"
line sent ""
line sent "id: epoch:0"
line sent "data: Event 0"
line sent ""
closed  close 0 "" by server clean false
`
	got := regexp.MustCompile(`id: [a-z2-7]{8}:`).ReplaceAllString(brief(seen()), "id: epoch:")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
