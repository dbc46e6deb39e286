package check

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
)

const streamFields = "Accept: text/event-stream\r\n"

// eventSource connects as one does.
func (p *programRun) eventSource(lastID string) (*peer, *http.Response) {
	c := p.open()
	fields := streamFields
	if lastID != "" {
		fields += "Last-Event-ID: " + lastID + "\r\n"
	}
	return c, p.ask(c, fields)
}

// follows logs what comes, and comes back with the last id, until a 204.
func follows(p *programRun) {
	for id := ""; p.ctx.Err() == nil; p.sleep(20 * time.Millisecond) {
		c, resp := p.eventSource(id)
		if resp == nil || resp.StatusCode == http.StatusNoContent {
			c.Close()
			p.rest()
			return
		}
		if resp.Header.Get("Access-Control-Allow-Origin") != "*" || resp.Header.Get("Cache-Control") != "no-store" {
			p.Ended("a page could not read this")
		}
		lines := lineReader{br: c.br, first: true}
		parser := streamParser{lastID: id}
		for line, err := lines.next(); err == nil; line, err = lines.next() {
			if e, ok := parser.line(line); ok {
				p.log(e.words())
			}
			id = parser.lastID
		}
		c.Close()
	}
}

// TestServeStreams holds programs against scripts that play a stream's server.
func TestServeStreams(t *testing.T) {
	runTrials(t, []trial{
		{"events", `serve stream /e
			accept stream without last-event-id
			send retry 20ms
			send comment "hello"
			send event id "4" data "a\nb" data "{random}"
			expect log "event id \"4\" data \"a\\nb\\n"
			send event id "5" type "tick" data "c"
			expect log is "event id \"5\" type \"tick\" data \"c\""
			send raw "data: raw\n\n"
			expect log "data \"raw\""
			drop
			refuse 500 after 20ms within 25ms
			accept stream last-event-id "5" after 20ms within 25ms
			silence 10ms
			drop
			accept stream last-event-id "{id}"
			drop
			refuse 204
			expect no connection 3s`, follows, Pass, nil},
		{"lost the id", "serve stream /e\naccept stream\nsend event id \"5\" data \"x\"\ndrop\naccept stream last-event-id \"5\"", func(p *programRun) {
			c, _ := p.eventSource("")
			io.Copy(io.Discard, c)
			p.eventSource("")
			p.rest()
		}, Fail, []string{"Last-Event-ID of the request is missing", "expected: ← GET with Last-Event-ID: 5", "got: ← GET /e, no Last-Event-ID", "Let the one that you have come back by itself"}},
		{"not asked for", "serve stream /e\naccept stream without last-event-id", func(p *programRun) { p.eventSource("7"); p.rest() }, Fail, []string{"GET with no Last-Event-ID", "with Last-Event-ID: 7"}},
		{"a WebSocket instead", "serve stream /e\naccept stream", func(p *programRun) { p.websocket(); p.rest() }, Fail, []string{"Accept of the request is missing"}},
		{"comes back after 204", "serve stream /e\nrefuse 204\nexpect no connection 100ms", func(p *programRun) { p.eventSource(""); p.eventSource(""); p.rest() }, Fail, []string{"your program came back when it should not have"}},
		{"preflight", "serve stream /e\naccept stream\nexpect log is \"204 * Last-Event-ID, Cache-Control\"", func(p *programRun) {
			c := p.open()
			io.WriteString(c, "OPTIONS /e HTTP/1.1\r\nHost: h\r\nOrigin: null\r\nAccess-Control-Request-Method: GET\r\n\r\n")
			resp := p.answered(c)
			io.Copy(io.Discard, c.br)
			p.eventSource("")
			p.log(resp.StatusCode, " ", resp.Header.Get("Access-Control-Allow-Origin"), " ", resp.Header.Get("Access-Control-Allow-Headers"))
			p.rest()
		}, Pass, nil},
		{"ends the stream", "serve stream /e\naccept stream\nrecv eof", func(p *programRun) { c, _ := p.eventSource(""); c.Close(); p.rest() }, Pass, nil},
	})
}

// TestHostileClients holds a script against programs that do what they should not.
// Each check ends within the step's limit, whatever the program goes on to do.
func TestHostileClients(t *testing.T) {
	const hello = "limit 4s\nserve /ws\naccept within 500ms\nrecv text \"hello\" within 500ms"
	sends := func(bytes string) program {
		return func(p *programRun) { c := p.open(); io.WriteString(c, bytes); io.Copy(io.Discard, c.br) }
	}
	speaks := func(bytes string) program {
		return func(p *programRun) { io.WriteString(p.websocket(), bytes); p.rest() }
	}
	for _, c := range []struct {
		name    string
		program program
		verdict Verdict
		parts   []string
	}{
		{"never connects", (*programRun).rest, Fail, []string{"did not connect"}},
		{"opens TCP alone", func(p *programRun) { p.open(); p.rest() }, Fail, []string{"a TCP connection, and no whole request on it"}},
		{"half a head", sends("GET /ws HTTP/1.1\r\nHost"), Fail, []string{"no whole request"}},
		{"garbage", sends("\x00\x01\x02"), Fail, []string{"what your program sends is not HTTP", "bytes that are not an HTTP/1.1 request"}},
		{"garbage in the head", sends("GET /ws HTTP/1.1\r\n: :\r\n\r\n"), Fail, []string{"is not HTTP"}},
		{"TLS", sends("\x16\x03\x01\x00\x05"), Fail, []string{"your program speaks TLS"}},
		{"an old protocol", sends("GET /ws HTTP/1.0\r\nHost: h\r\n\r\n"), Fail, []string{"your program speaks HTTP/1.0"}},
		{"HTTP/2", sends("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Fail, []string{"PRI"}},
		{"no Host", sends("GET /ws HTTP/1.1\r\n" + handshakeFields + "\r\n"), Fail, []string{"Host of the request is missing"}},
		{"POST", sends("POST /ws HTTP/1.1\r\nHost: h\r\n\r\n"), Fail, []string{"asks with POST instead of GET"}},
		{"huge head", func(p *programRun) {
			c := p.open()
			io.WriteString(c, "GET /ws HTTP/1.1\r\n")
			for {
				if _, err := io.WriteString(c, "X: "+strings.Repeat("y", 1000)+"\r\n"); err != nil {
					return
				}
			}
		}, Fail, []string{"head of your program's request does not end"}},
		{"connects in a loop", func(p *programRun) {
			for p.ctx.Err() == nil {
				p.websocket()
			}
		}, Fail, []string{"second connection"}},
		{"opens TCP in a loop", func(p *programRun) {
			for p.ctx.Err() == nil {
				p.open()
			}
		}, Fail, []string{"keeps 512 connections open"}},
		{"connects and hangs up in a loop", func(p *programRun) {
			for p.ctx.Err() == nil {
				c := p.open()
				io.WriteString(c, "GET /ws HTTP/1.1\r\nHost: h\r\n"+handshakeFields+"\r\n")
				c.Close()
				p.sleep(time.Millisecond)
			}
		}, Fail, nil},
		{"logs in a loop", func(p *programRun) {
			p.websocket()
			for p.ctx.Err() == nil {
				p.log(strings.Repeat("x", 1<<20))
				p.sleep(time.Microsecond)
			}
		}, Fail, []string{"logs without an end"}},
		{"floods", func(p *programRun) {
			c := p.websocket()
			frame := ws.MustCompileFrame(ws.MaskFrame(ws.NewBinaryFrame(make([]byte, 1<<20))))
			for _, err := c.Write(frame); err == nil; _, err = c.Write(frame) {
				p.sleep(time.Microsecond)
			}
		}, Fail, []string{"a binary message came instead of text"}},
		{"a reserved bit", speaks("\xc1\x80\x00\x00\x00\x00"), Fail, []string{"your program broke RFC 6455", "reserved bits 100"}},
		{"not UTF-8", speaks("\x81\x81\x00\x00\x00\x00\xff"), Fail, []string{"not UTF-8: ff"}},
		{"speaks before the answer", sends("GET /ws HTTP/1.1\r\nHost: h\r\n" + handshakeFields + "\r\n\x81\x85\x00\x00\x00\x00hello"), Pass, nil},
		{"breaks again and again", func(p *programRun) {
			for range 100 {
				p.Ended("Error: oh")
			}
		}, Fail, []string{"got: Error: oh"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inVirtualTime(t, hello, c.program).wants(t, c.verdict, c.parts...)
		})
	}
}

// refusing is a client that cannot be started, and an input that is not taken.
type refusing struct{ err error }

func (r refusing) Start(context.Context, ClientStart) (ClientRun, error) { return r, r.err }
func (refusing) Input(string) error                                      { return errors.New("the pipe is closed") }
func (refusing) Stop()                                                   {}

const served = "exercise e\ngoal g\nstep a\nsays s\nhint h\nserve /ws\ninput \"x\"\nstep b\nsays s\nhint h\nserve /ws\naccept\n"

// TestNoProgram says what to do where there is no program, or no place.
func TestNoProgram(t *testing.T) {
	s, err := Parse("t", []byte(served))
	if err != nil || !s.PlaysServer() {
		t.Fatal(err)
	}
	nowhere := func(context.Context) (Place, error) { return Place{}, errors.New("no port is free") }
	for _, c := range []struct {
		opt     Options
		verdict Verdict
		parts   []string
	}{
		{Options{}, Inconclusive, []string{"none was given", "duplex check e main.js"}},
		{Options{Client: refusing{errors.New("node is not there")}}, Inconclusive, []string{"could not be started: node is not there"}},
		{Options{Client: refusing{}, Listen: nowhere}, Inconclusive, []string{"no port is free"}},
		{Options{Client: refusing{}}, Fail, []string{"takes no input any more: the pipe is closed"}},
	} {
		report := s.Run(t.Context(), c.opt)
		report.Steps[0].wants(t, c.verdict, c.parts...)
		if c.verdict == Inconclusive && !report.Steps[1].Skipped {
			t.Errorf("%+v was tried", report.Steps[1])
		}
		if rerun := "duplex check e main.js --step a -v"; report.Steps[0].Rerun != rerun {
			t.Errorf("rerun %q", report.Steps[0].Rerun)
		}
	}
	if err := (Options{Client: refusing{}}).Validate(); err != nil {
		t.Error(err)
	}
}

// TestStoppedWhileItServes ends a check that waits for a program.
func TestStoppedWhileItServes(t *testing.T) {
	s := script(t, "limit 60s\nserve /ws\naccept within 50s\nrecv text any within 50s")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		m := newInMemory(func(p *programRun) { p.websocket(); cancel(); p.rest() })
		began := time.Now()
		res := s.Run(ctx, Options{Client: m, Listen: func(context.Context) (Place, error) { return Place{m, "http://place"}, nil }}).Steps[0]
		if res.wants(t, Inconclusive, "stopped"); time.Since(began) > time.Second {
			t.Errorf("it went on for %v", time.Since(began))
		}
	})
}

// TestServeTranscript holds what passed, each head under the name of its connection.
func TestServeTranscript(t *testing.T) {
	res := inVirtualTime(t, "serve /ws\na: accept\na: send text \"x\"\na: recv text same\na: recv close", func(p *programRun) {
		c := p.open()
		p.ask(c, handshakeFields+"Cookie: secret\r\n")
		text, _ := c.hear()
		p.Output("error", "oh "+text)
		c.tell(text)
		c.masked(ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "")))
		c.hear()
	})
	res.wants(t, Pass)
	var lines []string
	for _, e := range res.Transcript {
		if strings.Contains(e.Text, "secret") || e.End != "server" {
			t.Errorf("%+v", e)
		}
		first, _, _ := strings.Cut(eventWords(e), "\n")
		lines = append(lines, strings.TrimSpace(e.Conn+" "+string(e.Dir)+" "+first))
	}
	want := `a received GET /ws HTTP/1.1
a sent HTTP/1.1 101 Switching Protocols
a  WebSocket open
a sent Text "x"
 logs as an error: oh x
a received Text "x"
a received Close 1000
a sent Close 1000
a  TCP closed`
	if got := strings.Join(lines, "\n"); got != strings.ReplaceAll(want, "\n ", "\n") {
		t.Errorf("%s", got)
	}
	if b, err := json.Marshal(res); err != nil || strings.Contains(string(b), "secret") {
		t.Errorf("%v %s", err, b)
	}
}

// TestServeLeavesNothing runs many steps; TestMain finds goroutines that stay.
func TestServeLeavesNothing(t *testing.T) {
	s, err := Parse("t", []byte(served))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		var place net.Addr
		listen := func(context.Context) (Place, error) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err == nil {
				place = l.Addr()
			}
			return Place{l, "http://" + place.String()}, err
		}
		report := s.Run(t.Context(), Options{Client: program(echoes), Listen: listen, Patience: 10})
		if report.Verdict != Pass {
			t.Fatalf("%+v", report)
		}
		if c, err := net.Dial("tcp", place.String()); err == nil {
			c.Close()
			t.Error("the place is still there")
		}
	}
}
