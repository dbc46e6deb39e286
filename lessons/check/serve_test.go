package check

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
)

// TestServeOverTCP does over TCP what passes.
func TestServeOverTCP(t *testing.T) {
	for name, commands := range map[string]string{
		"echo":  "serve /ws\naccept\nsend text \"hello, {random}\"\nrecv text same\nexpect log \"hello, \"\nsend close 1000\nrecv close 1000\nrecv eof\nexpect log is \"closed 1000\"",
		"large": "serve /ws\na: accept\na: send text size 256KiB\na: recv text same\na: drop\nexpect log \"closed 1006\"",
		"many":  "serve /ws\naccept\nexchange 200 text \"m {i}\"\nsilence 1ms",
	} {
		t.Run(name, func(t *testing.T) { against(t, commands, echoes).wants(t, Pass) })
	}
}

// TestServe holds programs against scripts that play the server, in virtual time.
func TestServe(t *testing.T) {
	runTrials(t, []trial{
		{"echo", "serve /ws\naccept\nsend text \"hello, {random}\"\nrecv text same\nexpect log \"hello, \"\nsend close 1000\nrecv close 1000\nrecv eof\nexpect log is \"closed 1000\"", echoes, Pass, nil},
		{"ping and large", "serve /ws\na: accept\na: send ping \"x\"\na: recv pong\na: send text size 1MiB\na: recv text same\na: drop\nexpect log \"closed 1006\"", echoes, Pass, nil},
		{"input", "serve /ws\naccept\ninput \"hi {random}\"\nrecv text \"hi {random}\"\nrecv close 1000\nrecv eof", func(p *programRun) {
			c := p.websocket()
			c.tell(p.input())
			c.masked(ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "bye")))
			c.hear()
		}, Pass, nil},
		{"nothing sent", "serve /ws\naccept\ninput \"hi\"\nrecv text \"hi\" within 50ms", func(p *programRun) { p.websocket(); p.log("open"); p.rest() }, Fail,
			[]string{"a text message did not come within 50ms", `sent: input "hi"`, `it logged last: "open"`, "open event"}},
		{"other text", "serve /ws\naccept\nrecv text \"hello\"", func(p *programRun) { p.websocket().tell("hello!"); p.rest() }, Fail,
			[]string{"the message came with something around it", `got: ← Text "hello!"`}},
		{"nobody", "serve /ws\naccept within 30ms", (*programRun).rest, Fail, []string{"your program did not connect within 30ms", "got: no connection", "new WebSocket"}},
		{"another path", "serve /ws\naccept", func(p *programRun) {
			io.WriteString(p.open(), "GET /x HTTP/1.1\r\nHost: h\r\n"+handshakeFields+"\r\n")
			p.rest()
		}, Fail,
			[]string{"another path", "got: ← GET /x", "expected: ← GET /ws"}},
		{"plain HTTP", "serve /ws\naccept", func(p *programRun) { p.ask(p.open(), ""); p.rest() }, Fail, []string{"Upgrade of the request is missing"}},
		{"bad key", "serve /ws\naccept", func(p *programRun) { p.ask(p.open(), strings.Replace(handshakeFields, "dGhl", "", 1)); p.rest() }, Fail, []string{"Sec-WebSocket-Key of the request is not right"}},
		{"old version", "serve /ws\naccept", func(p *programRun) { p.ask(p.open(), strings.Replace(handshakeFields, "13", "8", 1)); p.rest() }, Fail, []string{"Sec-WebSocket-Version of the request is not right", "Sec-WebSocket-Version: 8"}},
		{"unmasked", "serve /ws\naccept\nrecv text \"x\"", func(p *programRun) { p.websocket().say(ws.OpText, true, "x"); p.rest() }, Fail, []string{"your program broke RFC 6455", "a client must mask"}},
		{"hangs up", "serve /ws\naccept\nrecv text \"x\"", func(p *programRun) { p.websocket().Close(); p.rest() }, Fail, []string{"your program hung up before a text message came", "TCP closed without a Close frame"}},
		{"refused", "serve /ws\nrefuse 503\naccept", func(p *programRun) {
			if p.websocket().n < 0 && p.websocket().n == 0 {
				p.rest()
			}
		}, Pass, nil},
		{"held", "serve /ws\na: hold\na: refuse 500\nb: hold\nexpect nothing logged 20ms\nb: accept\nb: send text \"x\"\nexpect log \"got x\"", func(p *programRun) {
			p.websocket()
			text, _ := p.websocket().hear()
			p.log("got ", text)
			p.rest()
		}, Pass, nil},
		{"gives up", "serve /ws\na: hold\nexpect log \"gone\"\na: recv eof\nb: accept", func(p *programRun) {
			c := p.open()
			io.WriteString(c, "GET /ws HTTP/1.1\r\nHost: h\r\n"+handshakeFields+"\r\n")
			p.sleep(10 * time.Millisecond)
			c.Close()
			p.log("gone")
			p.websocket()
			p.rest()
		}, Pass, nil},
		{"two", "serve /ws\na: accept\na: recv text \"x\"", func(p *programRun) { p.websocket(); p.websocket(); p.rest() }, Fail,
			[]string{"a second connection while the first was open", "one connection at a time", "an error event is always followed by close"}},
		{"two after all was done", "serve /ws\naccept\nsend text \"x\"\nexpect log \"x\"", func(p *programRun) {
			c := p.websocket()
			text, _ := c.hear()
			p.open().Write([]byte("GET /ws HTTP/1.1\r\nHost: h\r\n" + handshakeFields + "\r\n"))
			p.sleep(20 * time.Millisecond)
			p.log(text)
			p.rest()
		}, Fail, []string{"a second connection"}},
		{"two, and something else at once", "serve /ws\na: accept\na: recv text \"x\"", func(p *programRun) {
			c := p.websocket()
			other := p.open()
			io.WriteString(other, "GET /ws HTTP/1.1\r\nHost: h\r\n"+handshakeFields+"\r\n")
			p.sleep(time.Millisecond)
			c.tell("y")
			p.rest()
		}, Fail, []string{"a second connection while the first was open"}},
		{"many", "serve /ws many\na: accept\nb: accept\na: send text \"x\"\nb: send text \"y\"\nexpect log \"xy\"", func(p *programRun) {
			a, b := p.websocket(), p.websocket()
			x, _ := a.hear()
			y, _ := b.hear()
			p.log(x + y)
			p.rest()
		}, Pass, nil},
		{"threw", "serve /ws\naccept\nrecv text \"x\"", func(p *programRun) {
			p.websocket()
			p.Ended("TypeError: ws.sned is not a function (main.js:7)")
			p.rest()
		}, Fail,
			[]string{"your program broke: a text message did not come", "got: TypeError: ws.sned is not a function (main.js:7)", "no function"}},
		{"threw at once", "serve /ws\naccept", func(p *programRun) { p.Ended("ReferenceError: wz is not defined"); p.rest() }, Fail,
			[]string{"your program broke: it did not connect", "got: ReferenceError", "Nothing has that name there"}},
		{"threw what cannot be printed", "serve /ws\naccept", func(p *programRun) { p.Ended("SyntaxError: \x01 is\n\x1b[31mno JSON"); p.rest() }, Fail,
			[]string{"got: SyntaxError: \ufffd is \ufffd[31mno JSON"}},
		{"not started", "serve /ws\naccept", func(p *programRun) { p.Ended("Uncaught Error: not started (main.js:24)"); p.rest() }, NotStarted,
			[]string{`the program throws "not started"`}},
		{"not started, in a page", "serve /ws\nexpect no connection 1s", func(p *programRun) { p.Ended("line 24: Error: not started"); p.rest() }, NotStarted, nil},
		{"not started, but something else", "serve /ws\naccept", func(p *programRun) { p.Ended("Error: not started yet: no name"); p.rest() }, Fail, nil},
		{"ended and hung up", "serve /ws\naccept\nrecv text \"x\"", func(p *programRun) {
			p.websocket().Close()
			p.sleep(10 * time.Millisecond)
			p.Ended("exit status 1")
		}, Fail, []string{"your program broke: it hung up", "got: exit status 1"}},
		{"silent because it broke", "serve /ws\naccept\nsilence 1s", func(p *programRun) { p.websocket(); p.Ended("Error: oh"); p.rest() }, Fail, []string{"your program broke", "expected: nothing for 1s", "got: Error: oh"}},
		{"broke, and the word of it came last", "serve /ws\naccept\nsilence 10ms", func(p *programRun) { p.websocket(); p.rest(); p.Ended("Error: oh") }, Fail, []string{"your program broke", "expected: nothing for 10ms", "got: Error: oh"}},
		{"what it sent before it broke counts", "serve /ws\naccept\nrecv text \"x\"", func(p *programRun) { p.websocket().tell("x"); p.Ended("Error: oh"); p.rest() }, Pass, nil},
		{"not logged", "serve /ws\naccept\nsend text \"hello\"\nexpect log \"hello\" within 30ms", func(p *programRun) { c := p.websocket(); c.hear(); p.log("[object MessageEvent]"); p.rest() }, Fail,
			[]string{`your program did not log "hello" within 30ms`, `got: logged "[object MessageEvent]"`, "its property data"}},
		{"logged with other words", "serve /ws\naccept\nsend text \"hello\"\nexpect log is \"hello\" within 30ms", func(p *programRun) { c := p.websocket(); c.hear(); p.log("got: hello"); p.rest() }, Fail, []string{"other words around it"}},
		{"log lines are passed over, and used once", "serve /ws\naccept\nexpect log \"b\"\nexpect log \"a\" within 30ms", func(p *programRun) { p.websocket(); p.log("a"); p.log("b"); p.rest() }, Fail,
			[]string{`your program logged "a" earlier, and not again`}},
		{"something logged", "serve /ws\naccept\nexpect log \"a\"\nexpect nothing logged 30ms", func(p *programRun) { p.websocket(); p.log("a"); p.log("a"); p.rest() }, Fail, []string{"a line a second time"}},
		{"something else logged", "serve /ws\naccept\nexpect log \"a\"\nexpect nothing logged 30ms", func(p *programRun) { p.websocket(); p.log("a"); p.log("b"); p.rest() }, Fail,
			[]string{"your program logged a line that it should not have", `got: logged "b"`}},
		{"nothing logged", "serve /ws\naccept\nexpect log \"a\"\nexpect nothing logged 20ms", func(p *programRun) { p.websocket(); p.log("a"); p.rest() }, Pass, nil},
		{"comes back", "serve /ws setting base 1ms\naccept\nsend close 1000\nrecv close 1000\nexpect no connection 30ms", func(p *programRun) {
			p.websocket().hear()
			p.websocket()
			p.rest()
		}, Fail, []string{"your program came back when it should not have", "whatever the end was"}},
		{"connects unasked", "serve /ws\nexpect no connection 100ms", func(p *programRun) { p.websocket(); p.rest() }, Fail,
			[]string{"your program connected when it should not have", "expected: no connection for 100ms"}},
		{"settings", `serve /ws setting base 50ms setting twice 2.5 setting word "w {random}" random 0.25` + "\naccept\nexpect log is \"50 2.5 true 0.25\"", func(p *programRun) {
			p.websocket()
			word, _ := p.Settings["word"].(string)
			p.log(p.Settings["base"], " ", p.Settings["twice"], " ", strings.HasPrefix(word, "w ") && len(word) == 10, " ", *p.Random)
			p.rest()
		}, Pass, nil},
		{"exchange", "serve /ws\naccept\nexchange 20 text \"m {i} {random}\"", echoes, Pass, nil},
		{"masked on purpose", "serve /ws\naccept\nsend frame fin masked text \"x\"\nexpect log \"true\"", func(p *programRun) {
			h, _ := ws.ReadHeader(p.websocket().br)
			p.log(h.Masked)
			p.rest()
		}, Pass, nil},
	})
}

// TestRepeats tells what a program says again on a new connection, as it may,
// from what it left out before it, and from what it says twice.
func TestRepeats(t *testing.T) {
	const again = `serve /ws
		accept
		recv text "one"
		recv text "two"
		drop
		accept
		recv text "after"
		recv text "one"
		recv text "two"`
	says := func(first, second string) program {
		return func(p *programRun) {
			for _, words := range []string{first, second} {
				c := p.websocket()
				for _, text := range strings.Fields(words) {
					c.tell(text)
				}
				c.hear()
			}
			p.rest()
		}
	}
	runTrials(t, []trial{
		{"right", again, says("one two", "after one two"), Pass, nil},
		{"left out", again, says("one two", "after two"), Fail, []string{"a message came before its turn", `got: ← Text "two"`}},
		{"before its turn", again, says("one two", "one after two"), Fail, []string{"a message came before its turn"}},
		{"twice on one connection", again, says("one one", ""), Fail, []string{"a message came a second time"}},
		{"twice on the second", again, says("one two", "after one one"), Fail, []string{"a message came a second time"}},
		{"said before, and not to come again", strings.Replace(again, "\t\trecv text \"one\"\n\t\trecv text \"two\"", "recv text \"three\"", 1), says("three", "after three"), Fail, []string{"a message came a second time"}},
	})
}

// TestGaps judges when a program comes back, in virtual time.
func TestGaps(t *testing.T) {
	const twice = "serve /ws setting base 100ms\naccept\ndrop\na: accept after 100ms within 150ms\n"
	runTrials(t, []trial{
		{"grows", twice + "a: drop\nrefuse 503 after 100ms within 150ms\nrefuse 503 after 200ms within 250ms\naccept after 400ms within 450ms\nsend close 1000\nrecv close 1000\nexpect no connection 3s", reconnects, Pass, nil},
		{"too soon", twice, func(p *programRun) { p.websocket().hear(); p.sleep(40 * time.Millisecond); p.websocket(); p.rest() }, Fail,
			[]string{"your program came back too soon: 40ms after its last connection ended", "sent: TCP closed", "after 100ms and within 150ms of the end of the last one"}},
		{"too soon, without a time within which", "serve /ws\naccept\ndrop\naccept after 100ms", func(p *programRun) { p.websocket().hear(); p.websocket(); p.rest() }, Fail,
			[]string{"expected: ← a connection 100ms or more after the end of the last one, and within 2s"}},
		{"a timer's grain", twice, func(p *programRun) { p.websocket().hear(); p.sleep(99 * time.Millisecond); p.websocket(); p.rest() }, Pass, nil},
		{"too late", twice, func(p *programRun) { p.websocket().hear(); p.sleep(160 * time.Millisecond); p.websocket(); p.rest() }, Fail,
			[]string{"your program did not come back within 150ms", "a WebSocket does not do so by itself"}},
		{"too late while the script was busy", "serve /ws\naccept\ndrop\nexpect log \"x\"\naccept within 50ms", func(p *programRun) {
			p.websocket().hear()
			p.sleep(60 * time.Millisecond)
			c := p.open()
			go p.ask(c, handshakeFields)
			p.sleep(10 * time.Millisecond)
			p.log("x")
			p.rest()
		}, Fail, []string{"came back too late: 60ms after"}},
		{"the end counts, not the command", "serve /ws setting base 100ms\naccept\ndrop\nexpect nothing logged 90ms\naccept after 100ms within 110ms", reconnects, Pass, nil},
		{"never ends", "serve /ws\naccept\nsend text \"x\"\naccept within 100ms", func(p *programRun) { p.websocket().hear(); p.rest() }, Fail, []string{"its connection is still open"}},
		{"ends by itself", "serve /ws\na: accept\nb: accept after 50ms within 60ms", func(p *programRun) {
			c := p.websocket()
			p.sleep(time.Second)
			c.Close()
			p.sleep(50 * time.Millisecond)
			p.websocket()
			p.rest()
		}, Pass, nil},
		{"another one shortly before the end of the first", "serve /ws\na: accept\nb: accept within 100ms", func(p *programRun) {
			c := p.websocket()
			p.sleep(80 * time.Millisecond)
			other := p.open()
			io.WriteString(other, "GET /ws HTTP/1.1\r\nHost: h\r\n"+handshakeFields+"\r\n")
			p.sleep(50 * time.Millisecond)
			c.Close()
			p.answered(other)
			p.rest()
		}, Pass, nil},
		{"hung up while it waited", "serve /ws\nexpect nothing logged 1s\naccept within 1100ms", func(p *programRun) {
			c := p.open()
			io.WriteString(c, "GET /ws HTTP/1.1\r\nHost: h\r\n"+handshakeFields+"\r\n")
			p.sleep(500 * time.Millisecond)
			c.Close()
			p.rest()
		}, Fail, []string{"and it hung up before it was answered"}},
	})
}

// A slowPlace takes its time after it has closed a connection.
type slowPlace struct{ *inMemory }

func (p slowPlace) Accept() (net.Conn, error) {
	c, err := p.inMemory.Accept()
	return slowlyClosed{c}, err
}

type slowlyClosed struct{ net.Conn }

func (c slowlyClosed) Close() error {
	defer time.Sleep(50 * time.Millisecond)
	return c.Conn.Close()
}

// TestGapAfterAClosingHandshake counts it from the handshake, which the program
// knows of before we know that TCP has ended.
func TestGapAfterAClosingHandshake(t *testing.T) {
	s := script(t, "serve /ws\naccept\nsend close 1012\nrecv close\naccept after 100ms within 120ms")
	synctest.Test(t, func(t *testing.T) {
		m := newInMemory(func(p *programRun) {
			p.websocket().hear()
			p.sleep(100 * time.Millisecond)
			p.websocket()
			p.rest()
		})
		listen := func(context.Context) (Place, error) { return Place{slowPlace{m}, "http://place"}, nil }
		s.Run(t.Context(), Options{Client: m, Listen: listen}).Steps[0].wants(t, Pass)
	})
}

// TestWaitingIsNotOpen: a connection that waits for its answer is none that was
// to be ended first.
func TestWaitingIsNotOpen(t *testing.T) {
	c := &conn{caller: &caller{}}
	s := &service{step: &stepRun{}, live: map[*conn]bool{c: true}, queue: []*conn{c}}
	if f := s.nobody(timing{}); hasTag(f, "open") {
		t.Errorf("%+v", f)
	}
}

// TestPatienceKeepsGaps stretches the time in which a program may come back, and
// not the pause before it.
func TestPatienceKeepsGaps(t *testing.T) {
	s := &service{step: &stepRun{patience: 3}}
	for _, c := range []struct {
		timing
		want time.Duration
	}{
		{timing{after: 1000 * time.Millisecond, within: 1200 * time.Millisecond}, 1600 * time.Millisecond},
		{timing{within: 200 * time.Millisecond}, 600 * time.Millisecond},
		{timing{after: time.Second}, 3 * DefaultWithin},
	} {
		if got := s.within(c.timing); got != c.want {
			t.Errorf("%+v: within %v, want %v", c.timing, got, c.want)
		}
	}
}
