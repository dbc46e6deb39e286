package check

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// TestCommands holds each command against a server that does what it should,
// and ones that don't.
func TestCommands(t *testing.T) {
	echo := upgraded(echoing)
	twice := upgraded(func(p *peer) {
		for f, ok := p.frame(); ok; f, ok = p.frame() {
			p.say(f.Header.OpCode, true, string(f.Payload))
			p.say(f.Header.OpCode, true, string(f.Payload))
		}
	})
	for _, c := range []struct {
		name     string
		commands string
		server   behaviour
		verdict  Verdict
		parts    []string
	}{
		{"text", "dial /ws\nsend text \"hello, {random}\"\nrecv text same", echo, Pass, nil},
		{"text literal", "dial /ws\nsend text \"a {random}\"\nrecv text \"a {random}\"", echo, Pass, nil},
		{"empty", "dial /ws\nsend text \"\"\nrecv text same\nsend binary \"\"\nrecv binary same", echo, Pass, nil},
		{"binary", "dial /ws\nsend binary hex 00 ff\nrecv binary same", echo, Pass, nil},
		{"large", "dial /ws\nsend text size 1MiB\nrecv text same\nsend binary size 300KiB\nrecv binary same", echo, Pass, nil},
		{"many", "dial /ws\nsend 500 text \"m {i} {random}\"\nrecv text same", echo, Pass, nil},
		{"any", "dial /ws\nsend text \"x\"\nrecv text any", echo, Pass, nil},
		{"any of the other type", "dial /ws\nsend text \"x\"\nrecv binary any", echo, Fail, []string{"text message came instead of binary"}},
		{"fragments with a ping", "dial /ws\nsend frame text \"hel\"\nsend ping \"p\"\nsend frame fin continuation \"lo\"\nrecv pong \"p\"\nrecv text \"hello\"", echo, Pass, nil},
		{"fragments are same", "dial /ws\nsend frame text \"hel\"\nsend frame fin continuation \"lo\"\nrecv text same", echo, Pass, nil},
		{"as binary", "dial /ws\nsend text \"x\"\nrecv text same", once(func(p *peer) { p.say(ws.OpBinary, true, "x"); p.wait() }), Fail,
			[]string{"the text came back as binary", `got: ← Binary "x"`, `sent: → Text "x"`, `expected: ← Text "x"`}},
		{"changed", "dial /ws\nsend text \"hello\"\nrecv text same", once(func(p *peer) { p.say(ws.OpText, true, "hexlo"); p.wait() }), Fail, []string{"changed at byte 2"}},
		{"another", "dial /ws\nsend text \"hello\"\nrecv text same", once(func(p *peer) { p.say(ws.OpText, true, "other"); p.wait() }), Fail, []string{"another message came"}},
		{"partial", "dial /ws\nsend text \"hello\"\nrecv text same", once(func(p *peer) { p.say(ws.OpText, true, "hel"); p.wait() }), Fail, []string{"only a part"}},
		{"wrapped", "dial /ws\nsend text \"hello\"\nrecv text same", once(func(p *peer) { p.say(ws.OpText, true, "you said hello"); p.wait() }), Fail, []string{"something around it"}},
		{"joined", "dial /ws\nsend 2 text \"hello {i}\"\nrecv text same", once(func(p *peer) { p.say(ws.OpText, true, "hello 1\nhello 2"); p.wait() }), Fail, []string{"joined in one"}},
		{"reordered", "dial /ws\nsend 2 text \"hello {i}\"\nrecv text same", once(func(p *peer) { p.say(ws.OpText, true, "hello 2"); p.wait() }), Fail, []string{"before its turn"}},
		{"twice", "dial /ws\nsend 2 text \"hello {i}\"\nrecv text same", twice, Fail, []string{"a second time"}},
		{"nothing", "dial /ws\nsend text \"x\"\nrecv text same within 30ms", once((*peer).wait), Fail, []string{"within 30ms", "the last was ← 101"}},
		{"unfinished", "dial /ws\nsend text \"x\"\nrecv text same within 30ms", once(func(p *peer) { p.say(ws.OpText, false, "x"); p.wait() }), Fail, []string{"fragments of 1 byte", "FIN"}},
		{"half a frame", "dial /ws\nsend text \"x\"\nrecv text same within 50ms", once(func(p *peer) { io.WriteString(p, "\x81\x05hel"); p.wait() }), Fail, []string{"3 bytes of a frame that announces 5 bytes"}},
		{"hangs up", "dial /ws\nsend text \"x\"\nrecv text same", once(func(*peer) {}), Fail, []string{"hung up", "browsers show 1006"}},
		{"closes", "dial /ws\nsend text \"x\"\nrecv text same", once(func(p *peer) { p.say(ws.OpClose, true, "\x03\xf1too big"); p.wait() }), Fail, []string{`Close 1009 "too big"`, "read limit"}},
		{"pings of the server", "dial /ws\nsend text \"x\"\nrecv text same\nrecv ping \"p\"", once(func(p *peer) {
			p.say(ws.OpPing, true, "p")
			if f, ok := p.frame(); ok && f.Header.OpCode == ws.OpPong && string(f.Payload) == "p" {
				p.say(ws.OpText, true, "x")
			}
			p.wait()
		}), Pass, nil},
		{"no ping", "dial /ws\nrecv ping within 30ms", upgraded((*peer).wait), Fail, []string{"the ping did not come"}},
		{"unasked pong", "dial /ws\nsend ping \"a\"\nrecv pong", once(func(p *peer) { p.say(ws.OpPong, true, "no"); p.say(ws.OpPong, true, "a"); p.wait() }), Pass, nil},
		{"wrong pong", "dial /ws\nsend ping \"a\"\nrecv pong within 300ms", once(func(p *peer) { p.say(ws.OpPong, true, "b"); p.wait() }), Fail, []string{`← Pong "b"`, `← Pong "a" within 300ms`}},
		{"send pong", "dial /ws\nsend pong \"x\"\nsend text \"y\"\nrecv text same", upgraded(func(p *peer) {
			if f, _ := p.frame(); f.Header.OpCode == ws.OpPong {
				echoing(p)
			}
		}), Pass, nil},
		{"close", "dial /ws\nsend close 1000 \"bye\"\nrecv close 1000\nrecv eof", echo, Pass, nil},
		{"close without a code", "dial /ws\nsend close\nrecv close none\nrecv eof", echo, Pass, nil},
		{"close of the server", "dial /ws\nrecv close 1001\nrecv eof", upgraded(func(p *peer) {
			p.say(ws.OpClose, true, "\x03\xe9")
			if f, ok := p.frame(); !ok || f.Header.OpCode != ws.OpClose || string(f.Payload) != "\x03\xe9" {
				p.say(ws.OpText, true, "no answer to my Close")
			}
		}), Pass, nil},
		{"other close", "dial /ws\nsend close 1000\nrecv close 1000", once(func(p *peer) { p.say(ws.OpClose, true, "\x03\xf3"); p.wait() }), Fail, []string{"another code", "← Close 1011", "expected: ← Close 1000 within 2s"}},
		{"close without an answer", "dial /ws\nsend close 1000\nrecv close 1000", once(func(*peer) {}), Fail, []string{"no Close frame came back", "browsers show 1006", "before the closing handshake was finished"}},
		{"close ignored", "dial /ws\nsend close 1000\nrecv close 1000 within 30ms", once((*peer).wait), Fail, []string{"no Close frame came back"}},
		{"or eof", "dial /ws\nsend frame unmasked fin text \"x\"\nrecv close 1002 or eof", once(func(*peer) {}), Pass, nil},
		{"or eof, closed", "dial /ws\nsend frame rsv1 rsv2 rsv3 fin 3 hex 00\nrecv close 1002 or eof", once(func(p *peer) { p.say(ws.OpClose, true, "\x03\xea"); p.wait() }), Pass, nil},
		{"or eof, neither", "dial /ws\nsend frame fin unmasked text \"x\"\nrecv close 1002 or eof within 30ms", echo, Fail, []string{"Close 1002, or the end of TCP", "(unmasked)"}},
		{"no eof", "dial /ws\nsend close 1000\nrecv close\nrecv eof within 30ms", once(func(p *peer) { p.say(ws.OpClose, true, "\x03\xe8"); p.wait() }), Fail, []string{"did not end the TCP connection"}},
		{"exchange", "dial /ws\nexchange 20 text \"m {i} {random}\"\nrecv eof within 10ms", echo, Fail, []string{"did not end"}},
		{"exchange stops", "dial /ws\nexchange 3 text \"m {i}\" within 30ms", once(func(p *peer) { p.say(ws.OpText, true, "m 1"); p.wait() }), Fail, []string{"message 2 of 3"}},
		{"silence", "dial /ws\nsend text \"x\"\nrecv text same\nsilence 20ms", echo, Pass, nil},
		{"no silence", "dial /ws\nsend text \"x\"\nrecv text same\nsilence 1s", twice, Fail, []string{"a second time", "nothing for 1s"}},
		{"silence ends", "dial /ws\nsend text \"x\"\nsilence 1s", once(func(*peer) {}), Fail, []string{"ended the connection"}},
		{"send raw", "dial /ws\nsend raw hex 81 80 00 00 00 00\nrecv text \"\"", echo, Pass, nil},
		{"drop", "dial /ws\ndrop\ndial /ws\nsend text \"x\"\nrecv text same", echo, Pass, nil},
		{"does not read", "limit 300ms\ndial /ws\nsend binary size 16MiB", upgraded(func(p *peer) { <-p.up }), Fail, []string{"stopped reading"}},
		{"pings while it is written to", "dial /ws\nsend text size 8MiB\nrecv text same", upgraded(func(p *peer) {
			for range 1000 {
				p.say(ws.OpPing, true, strings.Repeat("p", 125))
			}
			for {
				f, ok := p.frame()
				if !ok {
					return
				}
				if f.Header.OpCode == ws.OpText {
					p.say(ws.OpText, true, string(f.Payload))
				}
			}
		}), Pass, nil},
		{"not WebSocket", "handshake /ws\nsend text \"x\"", raw("HTTP/1.1 404 Not Found\r\n\r\n"), Fail, []string{"does not speak WebSocket", "404 Not Found"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkFor(t, c.verdict, c.commands, c.server).wants(t, c.verdict, c.parts...)
		})
	}
}

// TestHTTP holds the commands on heads against answers of every kind.
func TestHTTP(t *testing.T) {
	sample := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
	key := ` header "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="`
	for _, c := range []struct {
		name, commands, answer string
		verdict                Verdict
		parts                  []string
	}{
		{"dial", "dial /ws" + key, sample, Pass, nil},
		{"early hints", "dial /ws" + key, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + sample, Pass, nil},
		{"accept variable", "handshake /ws\nheader Sec-WebSocket-Accept is \"{accept}\"", sample, Fail, []string{"accept of the RFC's example"}},
		{"wrong accept", "dial /ws", sample, Fail, []string{"Sec-WebSocket-Accept is not right", "accept of the RFC's example"}},
		{"no accept", "dial /ws", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", Fail, []string{"Sec-WebSocket-Accept is missing"}},
		{"no Upgrade", "dial /ws" + key, strings.Replace(sample, "Upgrade: websocket\r\n", "", 1), Fail, []string{"Upgrade is missing"}},
		{"no Connection", "dial /ws" + key, strings.Replace(sample, "Connection: Upgrade\r\n", "", 1), Fail, []string{"Connection is missing"}},
		{"extension not offered", "dial /ws" + key, strings.Replace(sample, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 1), Fail, []string{"none was offered"}},
		{"subprotocol", "dial /ws subprotocol chat" + key + "\nheader Sec-WebSocket-Protocol is \"chat\"", strings.Replace(sample, "\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\n\r\n", 1), Pass, nil},
		{"subprotocol not offered", "dial /ws" + key, strings.Replace(sample, "\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\n\r\n", 1), Fail, []string{"Sec-WebSocket-Protocol: chat"}},
		{"not found", "dial /ws", "HTTP/1.1 404 Not Found\r\nX-Secret: a\r\n\r\nsecret", Fail, []string{"404 instead of 101", "← 404 Not Found", "No handler"}},
		{"redirect", "dial /ws", "HTTP/1.1 301 Moved\r\nLocation: http://example.com/secret\r\n\r\n", Fail, []string{"301 instead of 101", "does not follow redirects"}},
		{"not started", "dial /ws", "HTTP/1.1 501 Not Implemented\r\n\r\n", NotStarted, []string{"the server answers 501"}},
		{"status", "request GET /\nstatus 200 204\nstatus 2xx", "HTTP/1.1 204 No Content\r\n\r\n", Pass, nil},
		{"other status", "request GET /\nstatus 426 400", "HTTP/1.1 200 OK\r\n\r\n", Fail, []string{"200 instead of 426 Upgrade Required or 400 Bad Request"}},
		{"header", "request GET /\nheader X is \"a\"\nheader x has \"A\"\nheader X contains \"A\"\nheader X present\nheader Y absent", "HTTP/1.1 200 OK\r\nx:  a \r\n\r\n", Pass, nil},
		{"header missing", "request GET /\nheader Upgrade has \"websocket\"", "HTTP/1.1 426 Upgrade Required\r\n\r\n", Fail, []string{"Upgrade is missing", "426 with no Upgrade"}},
		{"header wrong", "request GET /\nheader Upgrade has \"websocket\"", "HTTP/1.1 426 Upgrade Required\r\nUpgrade: h2c-secret\r\n\r\n", Fail, []string{"Upgrade is not right", "another Upgrade of 10 bytes"}},
		{"header there", "handshake /ws\nheader Upgrade absent", sample, Fail, []string{"no Upgrade", "Upgrade: websocket"}},
		{"raw request", "connect\nsend raw \"GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n\"\nstatus 400", "HTTP/1.1 400 Bad Request\r\n\r\n", Pass, nil},
		{"not a stream", "stream /e", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>secret", Fail, []string{"Content-Type is not right", "the Content-Type of HTML"}},
		{"no stream", "stream /e", "HTTP/1.1 503 Busy\r\n\r\n", Fail, []string{"503 instead of 200"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			res := checkFor(t, c.verdict, c.commands, func(p *peer) { raw(c.answer)(p); p.wait() })
			res.wants(t, c.verdict, c.parts...)
			for _, e := range res.Transcript {
				if strings.Contains(e.Text+string(e.Data)+res.words(), "secret") {
					t.Errorf("a reply was shown: %q", e.Text)
				}
			}
		})
	}
}

// TestRequestBytes looks at what the server gets.
func TestRequestBytes(t *testing.T) {
	heads := make(chan string, 1)
	url := serve(t, func(p *peer) {
		var b strings.Builder
		for {
			line, err := p.br.ReadString('\n')
			b.WriteString(line)
			if err != nil || line == "\r\n" {
				break
			}
		}
		heads <- b.String()
		p.answer("HTTP/1.1 426 Upgrade Required")
		p.wait()
	})
	host := strings.TrimPrefix(url, "http://")
	for commands, want := range map[string]string{
		`request POST /x?y=1 header "a: {n}" header "a: 2"`: "POST /x?y=1 HTTP/1.1\r\nHost: " + host + "\r\na: 0\r\na: 2\r\n\r\n",
		`request GET / without host`:                        "GET / HTTP/1.1\r\n\r\n",
		`handshake /ws header "sec-websocket-key: k" without Sec-WebSocket-Version header "HOST: h"`: "GET /ws HTTP/1.1\r\n" +
			"Upgrade: websocket\r\nConnection: Upgrade\r\nsec-websocket-key: k\r\nHOST: h\r\n\r\n",
		`stream /e last-event-id "5"` + "\nstatus 1xx": "",
	} {
		checkAt(t, commands, url)
		if got := <-heads; want != "" && got != want {
			t.Errorf("%s sends\n%q, want\n%q", commands, got, want)
		} else if want == "" && !strings.Contains(got, "\r\nAccept: text/event-stream\r\nCache-Control: no-cache\r\nLast-Event-ID: 5\r\n\r\n") {
			t.Errorf("%s sends %q", commands, got)
		}
	}
}

// TestSilenceBeforeAnAnswer sends a request in two pieces.
func TestSilenceBeforeAnAnswer(t *testing.T) {
	commands := "connect\nsend raw \"GET / HTTP/1.1\\r\\n\"\nsilence 20ms\nsend raw \"Host: x\\r\\n\\r\\n\"\nstatus 204"
	check(t, commands, func(p *peer) { p.request(); p.answer("HTTP/1.1 204 No Content"); p.wait() }).wants(t, Pass)
	check(t, commands, func(p *peer) { p.answer("HTTP/1.1 204 No Content"); p.wait() }).wants(t, Fail, "too early")
	check(t, commands, func(p *peer) { p.br.ReadString('\n') }).wants(t, Fail, "ended the connection")
}

// TestEvents holds the commands on event streams against streams.
func TestEvents(t *testing.T) {
	resume := "stream /e last-event-id \"5\"\nevent id \"6\" data \"Event 6\" within 100ms"
	for _, c := range []struct {
		name, commands, body string
		verdict              Verdict
		parts                []string
	}{
		{"event", "stream /e\nevent id \"0\" data \"Event 0\"\nevent data \"b\"\nevent", "id: 0\ndata: Event 0\n\ndata:b\n\ndata\n\n", Pass, nil},
		{"typed", "stream /e\nevent type \"tick\" data \"x\"", "event: tick\ndata: x\n\n", Pass, nil},
		{"other type", "stream /e\nevent data \"x\"", "event: tick\ndata: x\n\n", Fail, []string{`the event has type "tick"`}},
		{"other data", "stream /e\nevent id \"0\" data \"x\"", "id: 0\ndata: y\n\n", Fail, []string{"other data"}},
		{"other id", "stream /e\nevent id \"0\" data \"x\"", "id: 7\ndata: x\n\n", Fail, []string{`has id "7"`}},
		{"no id", "stream /e\nevent id \"0\" data \"x\"", "data: x\n\n", Fail, []string{"no id"}},
		{"no blank line", "stream /e\nevent data \"x\" within 50ms", "data: x\n", Fail, []string{`lines that no blank line ended: "data: x"`, "blank line"}},
		{"nothing", "stream /e\nevent within 30ms", ": hello\n", Fail, []string{"within 30ms", "← 200 OK"}},
		{"too soon", "stream /e\nevent\nevent after 500ms within 1s", "data: a\n\ndata: b\n\n", Fail, []string{"too soon", "after 500ms and within 1s"}},
		{"again", "stream /e\nevent\nevent id \"1\" data \"Event 1\"", "id: 0\ndata: Event 0\n\nid: 0\ndata: Event 0\n\n", Fail, []string{"a second time"}},
		{"left out", "stream /e\nevent id \"1\" data \"Event 1\"", "id: 3\ndata: Event 3\n\n", Fail, []string{"left out"}},
		{"resumed", resume, "id: 6\ndata: Event 6\n\n", Pass, nil},
		{"repeats", resume, "id: 5\ndata: Event 5\n\n", Fail, []string{"repeats", "Last-Event-ID: 5"}},
		{"restarts", resume, "id: 0\ndata: Event 0\n\n", Fail, []string{"began again"}},
		{"skips", resume, "id: 7\ndata: Event 7\n\n", Fail, []string{"left out"}},
		{"last id", "stream /e\nevent\ndrop\nstream /e last-event-id \"{id}\"\nevent id \"x{id}\" data \"a\"", "id: q\ndata: a\n\n", Fail, []string{`id "xq"`, "Last-Event-ID: q"}},
		{"silence", "stream /e\nevent data \"a\"\nsilence 20ms", ": c\ndata: a\n\n: d\n", Pass, nil},
		{"no silence", "stream /e\nevent data \"a\"\nsilence 1s", "data: a\n\ndata: b\n\n", Fail, []string{`event data "b"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkFor(t, c.verdict, c.commands, stream(c.body)).wants(t, c.verdict, c.parts...)
		})
	}
}

// TestStreamCodings reads a chunked stream, cut in the middle of everything,
// and its end.
func TestStreamCodings(t *testing.T) {
	body := "\xEF\xBB\xBFid: 0\r\ndata: Event 0\r\n\r\nid: 1\rdata: grüße\r\rdata: 2\n\n"
	bytewise := func(end string, stay bool) behaviour {
		return func(p *peer) {
			p.request()
			p.answer("HTTP/1.1 200 OK", "content-type: Text/Event-Stream", "Transfer-Encoding: chunked")
			for i := range len(body) {
				p.Write(append(append([]byte("1\r\n"), body[i]), "\r\n"...))
			}
			io.WriteString(p, end)
			if stay {
				p.wait()
			}
		}
	}
	events := "stream /e\nevent id \"0\" data \"Event 0\"\nevent id \"1\" data \"grüße\"\nevent id \"1\" data \"2\"\n"
	checkFor(t, Pass, events+"recv eof", bytewise("0\r\n\r\n", true)).wants(t, Pass)
	checkFor(t, Pass, events+"recv eof", bytewise("", false)).wants(t, Pass)
	check(t, events+"event", bytewise("", false)).wants(t, Fail, "hung up before an event came")
}

// TestRhythm holds events a short while apart against after and within.
func TestRhythm(t *testing.T) {
	apart := func(p *peer) {
		p.request()
		p.answer("HTTP/1.1 200 OK", "Content-Type: text/event-stream")
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for range 4 {
			io.WriteString(p, "data: x\n\n")
			<-tick.C
		}
		p.wait()
	}
	checkFor(t, Pass, "stream /e\nevent\nevent after 20ms within 3s\nevent after 20ms within 3s", apart).wants(t, Pass)
	check(t, "stream /e\nevent\nevent within 1ms", apart).wants(t, Fail, "within 1ms")
}
