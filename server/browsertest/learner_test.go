package browsertest

import (
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// A learner's echo server, which a test can break and mend while it runs.
type learner struct {
	url      string
	asBinary atomic.Bool     // the mistake: everything goes back as binary
	answers  <-chan struct{} // no message is answered before this is closed
}

// always is an answer that waits for nothing.
var always = func() <-chan struct{} { c := make(chan struct{}); close(c); return c }()

// learn starts a learner's server on this machine, until the test ends.
func learn(t *testing.T, answers <-chan struct{}) *learner {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &learner{url: "http://" + l.Addr().String(), answers: answers}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ws", s.echo)
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = srv.Serve(l) // ends with Close
	}()
	t.Cleanup(func() { srv.Close(); <-ended })
	return s
}

// echo serves one connection. The exercise's checker ends each.
func (s *learner) echo(w http.ResponseWriter, r *http.Request) {
	var upgrader websocket.Upgrader
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		kind, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		<-s.answers
		if kind == websocket.TextMessage && !utf8.Valid(message) {
			_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, ""), time.Now().Add(time.Second))
			return
		}
		if s.asBinary.Load() {
			kind = websocket.BinaryMessage
		}
		if conn.WriteMessage(kind, message) != nil {
			return
		}
	}
}
