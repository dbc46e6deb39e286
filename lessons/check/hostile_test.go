package check

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// TestHostile holds a check against targets that do what they should not. Each
// ends within the step's limit, which wants to have a reason.
func TestHostile(t *testing.T) {
	const hello = "limit 8s\ndial /ws within 2s\nsend text \"hello\"\nrecv text same within 500ms"
	sends := func(bytes string) behaviour {
		return upgraded(func(p *peer) { io.WriteString(p, bytes); p.wait() })
	}
	again := func(bytes string) func(p *peer) {
		return func(p *peer) {
			for {
				if _, err := io.WriteString(p, bytes); err != nil {
					return
				}
			}
		}
	}
	for _, c := range []struct {
		name    string
		server  behaviour
		verdict Verdict
		parts   []string
	}{
		{"hangs up at once", func(*peer) {}, Fail, []string{"hung up without an answer"}},
		{"resets", func(p *peer) { p.Conn.(*net.TCPConn).SetLinger(0) }, Fail, []string{"answer"}},
		{"stalls", (*peer).wait, Fail, []string{"no answer came within 2s", "got: nothing"}},
		{"stalls in the head", func(p *peer) { io.WriteString(p, "HTTP/1.1 101 Sw"); p.wait() }, Fail, []string{"no answer came within 2s"}},
		{"drips the head", func(p *peer) {
			tick := time.NewTicker(time.Millisecond)
			defer tick.Stop()
			for _, err := io.WriteString(p, "HTTP/1.1 200 OK\r\n"); err == nil; _, err = io.WriteString(p, "X: y\r\n") {
				<-tick.C
			}
		}, Fail, []string{"no answer came within 2s"}},
		{"floods the head", again("HTTP/1.1 200 OK\r\nX: yyyyyyyyyyyyyyyy\r\n"), Fail, []string{"head does not end"}},
		{"endless line", again("HTTP/1.1 "), Fail, []string{"head does not end"}},
		{"garbage", func(p *peer) { io.WriteString(p, "\x00\x01secret"); p.wait() }, Fail, []string{"not HTTP"}},
		{"garbage after HTTP", raw("HTTP/1.1 abc\r\n\r\n"), Fail, []string{"not HTTP"}},
		{"HTTP/2", func(p *peer) { io.WriteString(p, "HTTP/2 200\r\n\r\n"); p.wait() }, Fail, []string{"not HTTP"}},
		{"SSH", func(p *peer) { io.WriteString(p, "SSH-2.0-OpenSSH\r\n"); p.wait() }, Fail, []string{"not HTTP"}},
		{"half a head", raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: web"), Fail, []string{"hung up without an answer"}},
		{"TLS alert", raw("\x15\x03\x01\x00\x02\x02\x46"), Inconclusive, []string{"TLS"}},
		{"HTML", raw("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>secret</h1>"), Fail, []string{"200 instead of 101", "does not upgrade"}},
		{"status line with escapes", raw("HTTP/1.1 200 \x1b[31mOK\a\r\n\r\n"), Fail, []string{"← 200 [31mOK"}},
		{"refuses", raw("HTTP/1.1 403 Forbidden\r\n\r\n"), Fail, []string{"403", "Origin"}},
		{"masks", sends("\x81\x85\x00\x00\x00\x00hello"), Fail, []string{"broke RFC 6455", "must not mask"}},
		{"reserved bit", sends("\xc1\x05hello"), Fail, []string{"reserved bits 100"}},
		{"reserved opcode", sends("\x83\x05hello"), Fail, []string{"opcode 0x3 is reserved"}},
		{"reserved control opcode", sends("\x8b\x00"), Fail, []string{"opcode 0xb is reserved"}},
		{"fragmented ping", sends("\x09\x00"), Fail, []string{"fragmented Ping"}},
		{"long ping", sends("\x89\x7e\x00\x7e" + strings.Repeat("p", 126)), Fail, []string{"126 bytes: 125 at most"}},
		{"length too long", sends("\x81\x7e\x00\x05hello"), Fail, []string{"shortest form"}},
		{"length much too long", sends("\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x05hello"), Fail, []string{"shortest form"}},
		{"length with the highest bit", sends("\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"), Fail, []string{"highest bit"}},
		{"huge frame", sends("\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"), Fail, []string{"announces", "longer than 16 MiB"}},
		{"continuation of nothing", sends("\x80\x05hello"), Fail, []string{"no message to continue"}},
		{"text amid fragments", sends("\x01\x01h\x81\x01i"), Fail, []string{"in the middle of a fragmented message"}},
		{"not UTF-8", sends("\x81\x02\xff\xfe"), Fail, []string{"not UTF-8: ff fe"}},
		{"not UTF-8 in fragments", sends("\x01\x01\xc3\x80\x01x"), Fail, []string{"not UTF-8: c3 78"}},
		{"close of one byte", sends("\x88\x01\x03"), Fail, []string{"one byte"}},
		{"close 1005", sends("\x88\x02\x03\xed"), Fail, []string{"code 1005, which may not be sent"}},
		{"close 1006", sends("\x88\x02\x03\xee"), Fail, []string{"code 1006"}},
		{"close 999", sends("\x88\x02\x03\xe7"), Fail, []string{"code 999"}},
		{"close reason not UTF-8", sends("\x88\x03\x03\xe8\xff"), Fail, []string{"Close reason that is not UTF-8"}},
		{"data after close", sends("\x88\x02\x03\xe8\x81\x05hello"), Fail, nil},
		{"half a frame", upgraded(func(p *peer) { io.WriteString(p, "\x81\x05he") }), Fail, []string{"hung up", "2 bytes of a frame"}},
		{"flood of messages", upgraded(again("\x81\x00")), Fail, []string{"empty message came"}},
		{"flood of pings", upgraded(again("\x89\x01p")), Fail, []string{"did not come within 500ms"}},
		{"flood of big messages", upgraded(func(p *peer) { again("\x81\x7f\x00\x00\x00\x00\x00\xff\xff\xff" + strings.Repeat("x", 0xffffff))(p) }), Fail, nil},
		{"endless message", upgraded(func(p *peer) {
			io.WriteString(p, "\x01\x7e\xff\xff"+strings.Repeat("x", 0xffff))
			again("\x00\x7e\xff\xff" + strings.Repeat("x", 0xffff))(p)
		}), Fail, []string{""}},
		{"frame that drips", upgraded(func(p *peer) {
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			for _, err := io.WriteString(p, "\x81\x7e\xff\xff"); err == nil; _, err = io.WriteString(p, "x") {
				<-tick.C
			}
		}), Fail, []string{"of a frame that announces 65,535 bytes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			res := check(t, hello, c.server)
			res.wants(t, c.verdict, c.parts...)
			for _, e := range res.Transcript {
				if strings.Contains(e.Text+string(e.Data)+res.words(), "secret") {
					t.Errorf("a reply was shown: %q", e.Text)
				}
			}
		})
	}
}

// TestHostileStreams does the same for event streams.
func TestHostileStreams(t *testing.T) {
	const (
		one  = "limit 8s\nstream /e within 3s\nevent data \"x\" within 2s"
		long = "limit 60s\nstream /e within 3s\nevent data \"x\" within 50s" // for what takes 64 MiB, on any machine
	)
	endless := func(bytes string) behaviour {
		return func(p *peer) {
			p.request()
			p.answer("HTTP/1.1 200 OK", "Content-Type: text/event-stream")
			for {
				if _, err := io.WriteString(p, strings.Repeat(bytes, 1+20000/len(bytes))); err != nil {
					return
				}
			}
		}
	}
	for _, c := range []struct {
		name, commands string
		server         behaviour
		parts          []string
	}{
		{"no end of a line", long, endless("data: xxxxxxxxxxxxxxxxxxxxxxxxxxx"), []string{"64 MiB"}},
		{"no end of an event", long, endless("data: " + strings.Repeat("x", 9000) + "\n"), []string{"64 MiB"}},
		{"comments", one, endless(": xxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"), []string{"within 2s"}},
		{"events", one, endless("data: y\n\n"), []string{"another event came"}},
		{"bad chunks", one, func(p *peer) {
			p.request()
			p.answer("HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked")
			io.WriteString(p, "zz\r\n")
			p.wait()
		}, []string{"hung up before an event came"}},
		{"ends", one, raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: x"), []string{"hung up"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			check(t, c.commands, c.server).wants(t, Fail, c.parts...)
		})
	}
}

// TestFloodIsBounded fills the budget of what a step holds.
func TestFloodIsBounded(t *testing.T) {
	client, server := net.Pipe()
	defer client.Close()
	var budget atomic.Int64
	budget.Store(1000)
	c := newConn(t.Context(), "", client, newTape(), &budget)
	defer c.drop()
	c.start(c.readFrames)
	for range 7 { // 7 × (100 + 64) is more than 1000
		if err := ws.WriteFrame(server, ws.NewBinaryFrame(make([]byte, 100))); err != nil {
			t.Fatal(err)
		}
	}
	<-c.gone
	if end, _, _, _ := c.box.snapshot(); end == nil || end.kind != endFlood || len(c.box.messages) != 6 {
		t.Errorf("%+v and %d messages", end, len(c.box.messages))
	}
	if res := c.interrupted("message", "a message", "within 1s"); res.tags[0] != "flood" {
		t.Errorf("%+v", res)
	}
}

// TestUnreachable explains targets that cannot be reached.
func TestUnreachable(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	c, err := net.Dial("tcp", busy.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	free := c.LocalAddr().String() // nothing listens there, nor can
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	tls.StartTLS()
	defer tls.Close()
	for target, part := range map[string]string{
		"http://" + free:                     "nothing listens at " + free,
		"https://localhost:3000":             "does not speak TLS",
		"ftp://localhost:3000":               "write http:// or ws://",
		"":                                   "is no URL of a server",
		"http://[::1":                        "is no URL of a server",
		strings.Replace(tls.URL, "s", "", 1): "TLS",
		"http://name.invalid:3000":           "name.invalid:3000",
	} {
		res := checkAt(t, "dial /ws", target)
		res.wants(t, Inconclusive, part)
	}
}

// TestUnreachableOnce does not try the later steps, and says why.
func TestUnreachableOnce(t *testing.T) {
	s, err := Parse("t", []byte("exercise e\ngoal g\nstep a\nsays s\nhint h\ndial /ws\nstep b\nsays s\nhint h\ndial /ws\n"))
	if err != nil {
		t.Fatal(err)
	}
	report := s.Run(t.Context(), Options{Target: "http://localhost:1"})
	if report.Verdict != Inconclusive || !report.Steps[1].Skipped || !strings.HasPrefix(report.Steps[1].Why, "not tried: nothing listens") {
		t.Errorf("%+v", report)
	}
}

// TestServerStops tells a server that was there from one that never was.
func TestServerStops(t *testing.T) {
	dials := 0
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials++; dials > 1 {
			return (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:1")
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	s := script(t, "a: dial /ws\nb: dial /ws")
	res := s.Run(t.Context(), Options{Target: serve(t, upgraded(echoing)), Dial: dial}).Steps[0]
	res.wants(t, Fail, "the server stopped: it answered before")
}

// TestServerStopsInAStep finds out why it hung up.
func TestServerStopsInAStep(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		c, err := l.Accept()
		if err != nil {
			return
		}
		p := &peer{Conn: c, br: bufio.NewReader(c)}
		upgraded(func(p *peer) { p.frame() })(p)
		l.Close()
		c.Close()
	}()
	s, err := Parse("t", []byte("exercise e\ngoal g\nstep a\nsays s\nhint h\ndial /ws\nsend text \"x\"\nrecv text same\nstep b\nsays s\nhint h\ndial /ws\n"))
	if err != nil {
		t.Fatal(err)
	}
	steps := s.Run(t.Context(), Options{Target: "http://" + l.Addr().String()}).Steps
	<-over
	steps[0].wants(t, Fail, "hung up before a text message came; the whole server stopped", "printed last")
	steps[1].wants(t, Inconclusive, "not tried: the server stopped")
}

// TestCancel stops a check that waits.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url := serve(t, upgraded(func(p *peer) { cancel(); p.wait() }))
	s := script(t, "limit 60s\ndial /ws\nrecv text any within 50s")
	began := time.Now()
	res := s.Run(ctx, Options{Target: url}).Steps[0]
	if res.wants(t, Inconclusive, "stopped"); time.Since(began) > 10*time.Second {
		t.Error("it went on")
	}
}

// TestBroken turns a panic of the checker into a verdict.
func TestBroken(t *testing.T) {
	s := script(t, "dial /ws\nrecv text any")
	s.Steps[0].Commands[1].act = breaking{}
	s.Run(t.Context(), Options{Target: serve(t, upgraded(echoing))}).Steps[0].wants(t, Error, "the checker itself broke: oh", "defect of the checker")
}

type breaking struct{}

func (breaking) do(*stepRun, member) *failure { panic("oh") }

// TestLoopbackOnly lets a page's check reach this computer and nothing else,
// whatever the name.
func TestLoopbackOnly(t *testing.T) {
	url := serve(t, upgraded(echoing))
	s := script(t, "dial /ws")
	for target, verdict := range map[string]Verdict{
		url: Pass,
		strings.Replace(url, "127.0.0.1", "localhost", 1): Pass,
		"http://192.0.2.1:80":                             Inconclusive,
		"http://0.0.0.0:80":                               Inconclusive,
		"http://[::]:80":                                  Inconclusive,
		"http://169.254.1.1":                              Inconclusive,
	} {
		res := s.Run(t.Context(), Options{Target: target, Loopback: true}).Steps[0]
		if res.wants(t, verdict); verdict != Pass && !strings.Contains(res.Why, "not an address of this computer") {
			t.Errorf("%s: %s", target, res.words())
		}
	}
	for address, allowed := range map[string]bool{"127.0.0.1:1": true, "127.8.8.8:1": true, "[::1]:1": true, "[::ffff:127.0.0.1]:1": true,
		"[::ffff:10.0.0.1]:1": false, "10.0.0.1:1": false, "[fe80::1]:1": false, "example.com:1": false} {
		if err := onlyLoopback(address); errors.Is(err, errNotLoopback) == allowed {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestNoLeftovers runs many checks of a target that hangs up; TestMain finds
// goroutines that stay behind.
func TestNoLeftovers(t *testing.T) {
	url := serve(t, upgraded(func(p *peer) {
		p.say(ws.OpText, true, fmt.Sprint(p.n))
	}))
	for range 20 {
		checkAt(t, "crowd c 5\neach c: dial /ws\neach c: recv text any\neach c: recv eof", url).wants(t, Pass)
	}
}
