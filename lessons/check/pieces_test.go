package check

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// received runs commands against a server that answers every message with
// "ok", and returns the frames that reached it until the Close.
func received(t *testing.T, commands string) []string {
	t.Helper()
	frames := make(chan []string, 1)
	target := serve(t, upgraded(func(p *peer) {
		var got []string
		for {
			f, ok := p.frame()
			if !ok || f.Header.OpCode == ws.OpClose {
				frames <- got
				return
			}
			got = append(got, fmt.Sprintf("%d%v %s", f.Header.OpCode, f.Header.Fin, f.Payload))
			if f.Header.Fin {
				p.say(ws.OpText, true, "ok")
			}
		}
	}))
	if r := runOne(t, target, "dial /ws\n"+commands); r.Verdict != Pass {
		t.Fatalf("%s\n%s: %s", commands, r.Verdict, r.Why)
	}
	return <-frames
}

func runOne(t *testing.T, target, commands string) Result {
	t.Helper()
	s, err := Parse("t", []byte("exercise e\ngoal g\nstep s\nsays S.\nhint H.\n"+commands+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return s.Run(t.Context(), Options{Target: target, Seed: 1}).Steps[0]
}

// TestPieces: how a message is cut into frames.
func TestPieces(t *testing.T) {
	const ok = "\nrecv text \"ok\"\n"
	for commands, want := range map[string][]string{
		`send text "hello" in fragments of 2` + ok: {"1false he", "0false ll", "0true o"},
		`send text "hell" in fragments of 2` + ok:  {"1false he", "0true ll"},
		`send text "" in fragments of 2` + ok:      {"1true "},
		`send text "he" in fragments of 9` + ok:    {"1true he"},
		`send binary "hello" in writes of 1` + ok:  {"2true hello"},
		`send plain text "hello"` + ok:             {"1true hello"},
		`send 2 text "{i}" in writes of 3` + ok:    {"1true 1", "1true 2"},
		`send text "abc" cut everywhere` + ok + ok: {"1false a", "0true bc", "1false ab", "0true c"},
		`send text "a" cut everywhere` + ok:        {"1true a"},
	} {
		if got := received(t, commands); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", commands, got, want)
		}
	}
}

// TestAnnouncing: a header that says more than follows leaves the server waiting.
func TestAnnouncing(t *testing.T) {
	sizes := make(chan int64, 1)
	target := serve(t, upgraded(func(p *peer) {
		h, _ := ws.ReadHeader(p.br)
		sizes <- h.Length
		p.wait()
	}))
	r := runOne(t, target, "dial /ws\nsend frame fin text \"half\" announcing 9223372036854775807\nsilence 1ms")
	if size := <-sizes; size != 1<<63-1 || r.Verdict != Pass {
		t.Errorf("%d bytes, %s: %s", size, r.Verdict, r.Why)
	}
}

// compressing answers the handshake with an extension, and sends frames back
// as they came, RSV1 included.
func compressing(extension string, then func(*peer, ws.Frame)) behaviour {
	return func(p *peer) {
		r := p.request()
		p.answer("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
			"Sec-WebSocket-Extensions: "+extension, "Sec-WebSocket-Accept: "+acceptFor(r.Header.Get("Sec-WebSocket-Key")))
		for f, ok := p.frame(); ok && f.Header.OpCode != ws.OpClose; f, ok = p.frame() {
			then(p, f)
		}
	}
}

// TestCompression: a step with compression against servers that have it, have
// it wrongly, or have it not.
func TestCompression(t *testing.T) {
	back := func(p *peer, f ws.Frame) { ws.WriteFrame(p, f) }
	bare := func(p *peer, f ws.Frame) { io.WriteString(p, "\x81\x02hi") }
	marked := func(p *peer, f ws.Frame) { io.WriteString(p, "\xc9\x00") }
	later := func(p *peer, f ws.Frame) { io.WriteString(p, "\x41\x01\xf2\xc0\x01\x48") }
	torn := func(p *peer, f ws.Frame) { io.WriteString(p, "\xc1\x04\x07\xff\xff\xff") }
	const hello = "dial /ws deflate\nsend text \"hello, hello, hello\"\nrecv text "
	for name, c := range map[string]struct {
		server   behaviour
		commands string
		verdict  Verdict
		optional bool
		part     string
	}{
		"agreed":         {compressing(deflateName, back), hello + "same\nsend text \"hello, hello, hello\"\nrecv text same", Pass, false, ""},
		"answered plain": {compressing(deflateName, bare), hello + `"hi"`, Pass, false, ""},
		"sent plain":     {compressing(deflateName, back), "dial /ws deflate\nsend plain text \"hello\"\nrecv text \"hello\"", Pass, false, ""},
		"not taken up":   {upgraded(echoing), hello + "same", Inconclusive, true, "as it may"},
		"not offered":    {compressing(deflateName, back), "dial /ws", Fail, false, "Sec-WebSocket-Extensions is not right"},
		"another answer": {compressing("x-gzip", back), hello + "same", Fail, false, "Sec-WebSocket-Extensions is not right"},
		"RSV1 on a ping": {compressing(deflateName, marked), hello + "same", Fail, false, "broke RFC 6455"},
		"RSV1 too late":  {compressing(deflateName, later), hello + "same", Fail, false, "broke RFC 6455"},
		"not to inflate": {compressing(deflateName, torn), hello + "same", Fail, false, "broke RFC 6455"},
	} {
		r := runOne(t, serve(t, c.server), c.commands)
		if r.Verdict != c.verdict || r.Optional != c.optional || !strings.Contains(r.Why, c.part) {
			t.Errorf("%s: %s, %v, %s (%s)", name, r.Verdict, r.Optional, r.Why, r.Got)
		}
	}
}

// TestOptional: what is left out counts for nothing, and a check that left out
// everything could not tell.
func TestOptional(t *testing.T) {
	left := Result{Verdict: Inconclusive, Skipped: true, Optional: true}
	for _, c := range []struct {
		steps   []Result
		verdict Verdict
		sum     string
	}{
		{[]Result{{Verdict: Pass}, {Verdict: Pass}, left}, Pass, "all 2 steps pass; 1 left out (compression declined)"},
		{[]Result{{Verdict: Pass}, {Verdict: Fail}, left}, Fail, "1 of 2 steps pass; 1 left out (compression declined)"},
		{[]Result{left, left}, Inconclusive, "left out: the server declines to compress, as it may"},
		{[]Result{{Verdict: Inconclusive}, left}, Inconclusive, "could not be checked; 1 left out (compression declined)"},
	} {
		r := &Report{Verdict: Worst(c.steps), Steps: c.steps}
		if r.Verdict != c.verdict || r.Summary() != c.sum {
			t.Errorf("%s, %s; want %s, %s", r.Verdict, r.Summary(), c.verdict, c.sum)
		}
	}
}
