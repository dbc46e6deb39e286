package browsertest

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"duplex/server"
)

// A line is the way between the browser and the server, which can be cut.
type line struct {
	server string

	mu    sync.Mutex
	down  bool
	conns map[net.Conn]bool
}

// startBehind starts a server that is reached over a line.
func startBehind(t *testing.T) (*site, *line) {
	t.Helper()
	s := startWith(t, server.Config{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	wire := &line{server: strings.TrimPrefix(s.url, "http://"), conns: map[net.Conn]bool{}}
	var served sync.WaitGroup
	served.Go(func() { wire.serve(l) })
	t.Cleanup(func() {
		l.Close()
		wire.cut()
		served.Wait()
	})
	s.url = "http://" + l.Addr().String()
	return s, wire
}

// serve passes on what comes until the listener is closed.
func (w *line) serve(l net.Listener) {
	var passing sync.WaitGroup
	defer passing.Wait()
	for {
		from, err := l.Accept()
		if err != nil {
			return
		}
		passing.Go(func() { w.pass(from) })
	}
}

// pass copies both ways until either end closes, or the line is cut.
func (w *line) pass(from net.Conn) {
	defer w.drop(from)
	to, err := net.Dial("tcp", w.server)
	if err != nil || !w.keep(from) {
		return
	}
	defer to.Close()
	go func() {
		_, _ = io.Copy(to, from) // its end is the connection's end
		to.Close()
	}()
	_, _ = io.Copy(from, to)
}

func (w *line) keep(c net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns[c] = true
	return !w.down
}

func (w *line) drop(c net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, c)
	c.Close()
}

// cut ends all connections without a goodbye, and lets no new one through.
func (w *line) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = true
	for c := range w.conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, as when a cable is pulled and pushed
		}
		c.Close()
	}
}

// mend lets connections through again.
func (w *line) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = false
}
