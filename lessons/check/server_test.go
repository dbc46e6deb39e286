package check

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// A behaviour is what a test server does with one connection.
type behaviour func(p *peer)

// A peer is the server's end of a connection.
type peer struct {
	net.Conn
	br *bufio.Reader
	n  int           // number of the connection, from 1
	up chan struct{} // closed when the test ends
}

// serve runs a server for the length of the test and returns its base URL.
// Connections are closed, and their goroutines have ended, when it is over.
func serve(t testing.TB, do behaviour) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	over := make(chan struct{})
	all.Go(func() {
		for n := 1; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				stop := make(chan struct{})
				defer close(stop)
				go func() {
					select {
					case <-over:
						c.Close()
					case <-stop:
					}
				}()
				do(&peer{c, bufio.NewReader(c), n, over})
			})
		}
	})
	t.Cleanup(func() {
		close(over)
		l.Close()
		all.Wait()
	})
	return "http://" + l.Addr().String()
}

// wait blocks until the test is over or the peer hangs up.
func (p *peer) wait() { io.Copy(io.Discard, p.br) }

// request reads a request's head.
func (p *peer) request() *http.Request {
	r, err := http.ReadRequest(p.br)
	if err != nil {
		return &http.Request{Header: http.Header{}}
	}
	return r
}

// answer writes a head and text.
func (p *peer) answer(lines ...string) {
	io.WriteString(p, strings.Join(lines, "\r\n")+"\r\n\r\n")
}

// upgraded answers the opening handshake as it should and goes on.
func upgraded(then behaviour) behaviour {
	return func(p *peer) {
		r := p.request()
		p.answer("HTTP/1.1 101 Switching Protocols", "upgrade: WebSocket", "connection: keep-alive, upgrade",
			"sec-websocket-accept: "+acceptFor(r.Header.Get("Sec-WebSocket-Key")))
		then(p)
	}
}

// frame reads the next frame, unmasked.
func (p *peer) frame() (ws.Frame, bool) {
	h, err := ws.ReadHeader(p.br)
	if err != nil || h.Length > 2*MaxSize {
		return ws.Frame{}, false
	}
	f := ws.Frame{Header: h, Payload: make([]byte, h.Length)}
	_, err = io.ReadFull(p.br, f.Payload)
	return ws.UnmaskFrameInPlace(f), err == nil
}

// say writes a frame.
func (p *peer) say(op ws.OpCode, fin bool, payload string) {
	ws.WriteFrame(p, ws.NewFrame(op, fin, []byte(payload)))
}

// echoing sends back every frame as it came, answers pings and closes.
func echoing(p *peer) {
	for {
		f, ok := p.frame()
		switch {
		case !ok:
			return
		case f.Header.OpCode == ws.OpPing:
			p.say(ws.OpPong, true, string(f.Payload))
		case f.Header.OpCode == ws.OpClose:
			p.say(ws.OpClose, true, string(f.Payload))
			return
		default:
			p.say(f.Header.OpCode, f.Header.Fin, string(f.Payload))
		}
	}
}

// once reads one frame and then does something.
func once(do behaviour) behaviour {
	return upgraded(func(p *peer) {
		if _, ok := p.frame(); ok {
			do(p)
		}
	})
}

// stream answers with an event stream and these bytes, and stays open.
func stream(body string) behaviour {
	return func(p *peer) {
		p.request()
		p.answer("HTTP/1.1 200 OK", "Content-Type: text/event-stream;charset=UTF-8")
		io.WriteString(p, body)
		p.wait()
	}
}

// raw writes bytes after the request came, and hangs up.
func raw(body string) behaviour {
	return func(p *peer) {
		p.request()
		io.WriteString(p, body)
	}
}

// script makes a script of one step from commands.
func script(t testing.TB, commands string) *Script {
	t.Helper()
	src := "exercise test\ngoal Test.\nstep one\nsays It works.\nhint Help.\nsee RFC 6455 §5.6\n" + commands
	s, err := Parse("test.txt", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// check runs commands against a behaviour.
func check(t testing.TB, commands string, do behaviour) Result {
	t.Helper()
	return run1(t, commands, serve(t, do), 1)
}

// checkFor does so with the patience that the verdict asks for: what is to pass
// may take its time on a busy machine, what is to time out need not.
func checkFor(t testing.TB, verdict Verdict, commands string, do behaviour) Result {
	t.Helper()
	if verdict == Pass {
		return run1(t, commands, serve(t, do), 10)
	}
	return check(t, commands, do)
}

func checkAt(t testing.TB, commands, target string) Result {
	t.Helper()
	return run1(t, commands, target, 1)
}

func run1(t testing.TB, commands, target string, patience float64) Result {
	t.Helper()
	began := time.Now()
	s := script(t, commands)
	report := s.Run(t.Context(), Options{Target: target, Seed: 1, Patience: patience})
	if took, limit := time.Since(began), time.Duration(patience*float64(s.Steps[0].Limit)); took > limit+30*time.Second {
		t.Errorf("took %v, and the limit is %v", took, limit)
	}
	if len(report.Steps) != 1 {
		t.Fatalf("%d results", len(report.Steps))
	}
	return report.Steps[0]
}

// words is all that a result says, for a test to look into.
func (s Result) words() string {
	return fmt.Sprintf("%s\nwhy: %s\nsent: %s\nexpected: %s\ngot: %s\nlikely: %s", s.Verdict, s.Why, s.Sent, s.Expected, s.Got, s.Likely)
}

// wants fails the test unless a result has the verdict and says each of these.
func (s Result) wants(t *testing.T, verdict Verdict, parts ...string) {
	t.Helper()
	if s.Verdict != verdict {
		t.Errorf("verdict %q, want %q", s.Verdict, verdict)
	}
	for _, part := range parts {
		if !strings.Contains(s.words(), part) {
			t.Errorf("no word of %q", part)
		}
	}
	if verdict == Fail && s.Likely == "" {
		t.Error("a failure without a likely cause")
	}
	if t.Failed() {
		t.Log(s.words())
	}
}
