package bench

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// A room is a chat, or an echo, that can misbehave. It runs in the bubble of
// its test, over pipes, so that a second of it takes no time.
type room struct {
	echo   bool
	deaf   string // answers this, whatever comes
	hangUp int    // sends everybody away with this code, whatever comes
	buffer int    // bytes of a frame at most, 0 for no limit; a longer message is sent in fragments
	// tell, if set, passes a message on to one member in the server's place.
	// seq is its number (hellos have none and are passed on), to the member's
	// place in the order of joining.
	tell func(r *room, seq uint64, to int, message []byte)
	// take, if set, sees a message first, and reports whether to pass it on.
	take func(r *room, seq uint64, from int, message []byte) bool

	mu      sync.Mutex
	members []*websocket.Conn
	speaker int            // who says what is being passed on
	held    map[int][]byte // by member
	pongs   int            // that came
}

func (r *room) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	conn, err := (&websocket.Upgrader{WriteBufferSize: r.buffer}).Upgrade(w, req, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetPongHandler(func(string) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.pongs++
		return nil
	})
	r.mu.Lock()
	me := len(r.members)
	r.members = append(r.members, conn)
	r.mu.Unlock()
	for {
		_, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		r.mu.Lock()
		r.pass(me, message)
		r.mu.Unlock()
	}
}

func (r *room) pass(from int, message []byte) {
	if r.deaf != "" {
		r.say(from, []byte(r.deaf))
		return
	}
	if r.hangUp != 0 {
		for to := range r.members {
			r.goodbye(to, r.hangUp, "no")
		}
		return
	}
	r.speaker = from
	seq := numberOf(message)
	if seq > 0 && r.take != nil && !r.take(r, seq, from, message) {
		return
	}
	for to := range r.members {
		switch {
		case r.echo && to != from:
		case seq > 0 && r.tell != nil:
			r.tell(r, seq, to, message)
		default:
			r.say(to, message)
		}
	}
}

func (r *room) say(to int, message []byte) {
	r.members[to].WriteMessage(websocket.TextMessage, message)
}

func (r *room) goodbye(to, code int, reason string) {
	r.members[to].WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason))
}

// quiet is a member that never speaks, if only one does.
func (r *room) quiet() int { return (r.speaker + 1) % len(r.members) }

// numberOf reads a stamp's number by its place in the documented layout.
func numberOf(message []byte) uint64 {
	at := stampSize - seqDigits
	n, _ := readHex(message[at:][:seqDigits])
	return n
}

// overPipes serves h on connections that lie in this process alone.
func overPipes(t *testing.T, h http.Handler) func(context.Context, string, string) (net.Conn, error) {
	l := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	s := &http.Server{Handler: h}
	var served sync.WaitGroup
	served.Go(func() { s.Serve(l) })
	t.Cleanup(func() {
		s.Close()
		served.Wait()
	})
	return l.dial
}

// pipes is a listener.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *pipes) Addr() net.Addr { return &net.UnixAddr{} }

// load runs cfg against h in virtual time. Durations end between two messages,
// so that it is certain how many are sent.
func load(t *testing.T, h http.Handler, cfg Config) *Report {
	t.Helper()
	cfg.URL = "http://localhost/"
	if cfg.Publish != "" {
		cfg.Publish = "http://localhost/pub"
	}
	cfg.Dial = overPipes(t, h)
	orElse(&cfg.Duration, 995*time.Millisecond)
	rep, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}
