package check

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gobwas/ws"

	"duplex/server/wire"
)

const reported = `exercise echo
  goal  Send every message back.

step text
  says    A text message comes back unchanged, as text, and this sentence is long enough to be wrapped twice.
  hint    Pass the message type that you read to WriteMessage.
  see     RFC 6455 §5.6
  likely  got "\""  The message was wrapped in JSON.
  likely  binary    You answer with websocket.BinaryMessage whatever came in, although the client sent text, which is another type.
  dial /ws
  send text "hello, {random}"
  recv text same

step close
  says    A Close frame is answered with a Close frame.
  hint    Return from the handler only after ReadMessage has returned an error.
  hint    A second one.
  see     RFC 6455 §5.5.1
  see     WHATWG WebSockets §3
  dial /ws
  send close 1000 "bye"
  recv close 1000 within 1s

step crowd
  says    Everybody is served.
  hint    A goroutine each.
  crowd c 2
  each c: dial /ws
`

// bad answers text as binary, hangs up on Close, and refuses the third.
func bad(p *peer) {
	if p.n > 2 {
		p.request()
		p.answer("HTTP/1.1 503 Service Unavailable")
		return
	}
	upgraded(func(p *peer) {
		if f, ok := p.frame(); ok && f.Header.OpCode == ws.OpText {
			p.say(ws.OpBinary, true, string(f.Payload))
			p.wait()
		}
	})(p)
}

func report(t *testing.T, do behaviour) *Report {
	t.Helper()
	s, err := Parse("check.txt", []byte(reported))
	if err != nil {
		t.Fatal(err)
	}
	return s.Run(t.Context(), Options{Target: serve(t, do), Seed: 7})
}

// TestReport holds the words of a report against golden files, which are
// written to be read.
func TestReport(t *testing.T) {
	for name, do := range map[string]behaviour{"bad": bad, "good": upgraded(echoing), "starter": raw("HTTP/1.1 501 Not Implemented\r\n\r\n")} {
		r := report(t, do).Stable()
		var text strings.Builder
		for _, width := range []int{80, 48} {
			if err := r.Write(&text, Style{Width: width}); err != nil {
				t.Fatal(err)
			}
			text.WriteString(strings.Repeat("=", width) + "\n")
		}
		golden(t, "report-"+name+".golden", text.String())
		for _, line := range strings.Split(text.String(), "\n") {
			if utf8.RuneCountInString(line) > 80 && !strings.Contains(line, "rerun") {
				t.Errorf("too wide: %s", line)
			}
		}
	}
}

// TestReportIsTheSame gives the same words for the same seed.
func TestReportIsTheSame(t *testing.T) {
	one, err := json.Marshal(report(t, bad).Stable())
	if err != nil {
		t.Fatal(err)
	}
	other, err := json.Marshal(report(t, bad).Stable())
	if err != nil {
		t.Fatal(err)
	}
	if string(one) != string(other) {
		t.Errorf("%s\n%s", one, other)
	}
}

// TestVerbose shows hints, references and the wire, and colour changes no word.
func TestVerbose(t *testing.T) {
	r := report(t, bad)
	var plain, colour strings.Builder
	r.Write(&plain, Style{Verbose: true})
	r.Write(&colour, Style{Verbose: true, Color: true})
	for _, part := range []string{"line 12: recv text same", "hint      A second one.", "see       RFC 6455 §5.5.1 https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1",
		"→ GET /ws HTTP/1.1\n                           Host: 127", "← HTTP/1.1 101 Switching Protocols\n", `← Binary "hello, `, `→ Close 1000 "bye"`, "browsers show 1006", "--step close -v"} {
		if !strings.Contains(plain.String(), part) {
			t.Errorf("no %q in\n%s", part, plain.String())
		}
	}
	stripped := colour.String()
	for _, sgr := range []string{"0", bold, dim, red, green, yellow} {
		stripped = strings.ReplaceAll(stripped, "\x1b["+sgr+"m", "")
	}
	if stripped != plain.String() || !strings.Contains(colour.String(), "\x1b[31m✗") {
		t.Errorf("%q", colour.String())
	}
}

// TestJSON is what machines read.
func TestJSON(t *testing.T) {
	b, err := json.Marshal(report(t, bad))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Exercise, Target, Verdict string
		Took                      float64
		Steps                     []struct {
			Step, Verdict, Why, Sent, Expected, Got, Likely, Rerun, Command string
			Line                                                            int
			See                                                             []struct{ Text, URL string }
			Hints                                                           []string
			Transcript                                                      []wire.Event
		}
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if got.Verdict != "fail" || got.Took <= 0 || len(got.Steps) != 3 {
		t.Fatalf("%s", b)
	}
	s := got.Steps[1]
	if s.Step != "close" || s.Line != 22 || s.Command != "recv close 1000 within 1s" || s.Why != "no Close frame came back" ||
		len(s.Hints) != 2 || s.See[1].URL == "" || len(s.Transcript) < 4 || s.Transcript[0].Kind != wire.KindRequest || s.Transcript[0].End != wire.Client {
		t.Errorf("%+v", s)
	}
	var back Report
	if err := json.Unmarshal(b, &back); err != nil || back.Passed() != 0 || back.Took == 0 {
		t.Errorf("%v, %+v", err, back)
	}
}

// TestOneStep runs the step that is asked for, and tells each result at once.
func TestOneStep(t *testing.T) {
	s, err := Parse("check.txt", []byte(reported))
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	opt := Options{Target: serve(t, upgraded(echoing)), Step: "close", OnStep: func(r Result) { told = append(told, r.Step+" "+string(r.Verdict)) }}
	if r := s.Run(t.Context(), opt); r.Verdict != Pass || r.Summary() != "the step passes" || strings.Join(told, ",") != "close pass" {
		t.Errorf("%v, %+v", told, r)
	}
	opt.Step = "nobody"
	if r := s.Run(t.Context(), opt); r.Verdict != Error || len(r.Steps) != 0 {
		t.Errorf("%+v", r)
	}
}

// TestVerdicts is the table of what steps make of a report.
func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		steps string
		want  Verdict
		exit  int
	}{
		{"pass,pass", Pass, 0}, {"pass,fail", Fail, 1}, {"not started,not started", NotStarted, 1}, {"pass,not started", Fail, 1},
		{"inconclusive,pass", Inconclusive, 2}, {"inconclusive,fail", Fail, 1}, {"error,fail", Error, 3}, {"inconclusive,not started", Inconclusive, 2},
	} {
		var steps []Result
		for _, v := range strings.Split(c.steps, ",") {
			steps = append(steps, Result{Verdict: Verdict(v)})
		}
		if got := Worst(steps); got != c.want || got.ExitCode() != c.exit {
			t.Errorf("%s makes %s, exit %d", c.steps, got, got.ExitCode())
		}
	}
}

// TestLikely finds the cause: the script's "got", what is certain, the script's
// other words, and what is built in.
func TestLikely(t *testing.T) {
	step := &Step{Likely: []Likely{{"eof", "E"}, {`got "{\""`, "J"}, {`got "xyz\""`, "Z"}, {"close 1009", "B"}, {"header upgrade", "U"}}}
	for _, c := range []struct {
		f    failure
		want string
	}{
		{failure{tags: []string{"reset", "eof"}}, "E"},
		{failure{tags: []string{"different"}, came: `{"a":1}`}, "J"},
		{failure{tags: []string{"accept"}, came: "xyz"}, "Z"},
		{failure{tags: []string{"accept"}, came: "xyza", certain: "C"}, "C"},
		{failure{tags: []string{"eof"}, came: "xyz", certain: "C"}, "Z"},
		{failure{tags: []string{"close 1009", "close"}}, "B"},
		{failure{tags: []string{"close 1011", "close"}}, causes["close 1011"]},
		{failure{tags: []string{"header", "header upgrade"}}, "U"},
		{failure{tags: []string{"timeout"}, awaiting: "pong"}, causes["pong timeout"]},
		{failure{tags: []string{"nothing"}}, ""},
	} {
		if got := c.f.cause(step); got != c.want {
			t.Errorf("%+v: %q, want %q", c.f, got, c.want)
		}
	}
}

// TestAcceptMistakes recomputes the slips that lead to a wrong accept; the
// values are those for the RFC's own key.
func TestAcceptMistakes(t *testing.T) {
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	if got := acceptFor(key); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Fatal(got)
	}
	for got, part := range map[string]string{
		"":  "empty",
		key: "sent back as it came",
		"b37a4f2cc0624f1690f64606cf385945b2bec4ea": "hexadecimal digits",
		"s3pPLMBiTxaQ9kYGzzhZRbK+xOo":              "padded",
		"s3pPLMBiTxaQ9kYGzzhZRbK-xOo=":             "for URLs",
		hashed(key):                                "Only the key",
		hashed("the sample nonce" + guid):          "decoded",
		"something else":                           "",
	} {
		if words := acceptMistake(key, got); !strings.Contains(words, part) || part == "" && words != "" {
			t.Errorf("%s: %q", got, words)
		}
	}
}

// TestTapeIsBounded keeps the beginning and the end of a long transcript.
func TestTapeIsBounded(t *testing.T) {
	tape := newTape()
	for i := range 1000 {
		tape.add(wire.Event{Size: i}, []byte(strings.Repeat("ü", 3000)))
	}
	events := tape.events()
	if len(events) != tapeFirst+tapeLast+1 || events[tapeFirst].Kind != wire.KindNote || !strings.HasPrefix(events[tapeFirst].Text, "600 events left out") {
		t.Fatalf("%d events, %+v", len(events), events[tapeFirst])
	}
	sum := 0
	for _, e := range events {
		sum += len(e.Text)
		if !utf8.ValidString(e.Text) || len(e.Text) > wire.MaxShown {
			t.Fatalf("%d bytes of an event", len(e.Text))
		}
	}
	if limit := tapeBytes + wire.MaxShown + 1000*tapeShort; sum > limit {
		t.Errorf("%d bytes in all", sum)
	}
}

// TestPayloadWords shows payloads so that they fit a line.
func TestPayloadWords(t *testing.T) {
	for _, c := range []struct {
		op   ws.OpCode
		data string
		want string
	}{
		{ws.OpText, "a\"b", `Text "a\"b"`},
		{ws.OpText, strings.Repeat("ü", 600), `Text "` + strings.Repeat("ü", 24) + `"… (1,200 bytes)`},
		{ws.OpBinary, "hello", `Binary "hello"`},
		{ws.OpBinary, "\x00\xff", "Binary 00 ff"},
		{ws.OpBinary, strings.Repeat("\x00", 20), "Binary 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 … (20 bytes)"},
		{ws.OpClose, "", "Close"},
		{ws.OpClose, "\x03\xe8bye", `Close 1000 "bye"`},
		{ws.OpPing, "", "Ping"},
		{ws.OpPong, "x", `Pong "x"`},
		{0xb, "", `opcode 0xb ""`},
	} {
		if got := (message{op: c.op, data: []byte(c.data)}).words(); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

// BenchmarkStep is a warm step: a handshake, a message, the end.
func BenchmarkStep(b *testing.B) {
	s := script(b, "dial /ws\nsend text \"hello {random}\"\nrecv text same\nsend close 1000\nrecv close\nrecv eof")
	url := serve(b, upgraded(echoing))
	for b.Loop() {
		if r := s.Run(b.Context(), Options{Target: url}); r.Verdict != Pass {
			b.Fatal(r.Steps[0].words())
		}
	}
}

// BenchmarkCrowd is a step with a hundred connections.
func BenchmarkCrowd(b *testing.B) {
	s := script(b, "crowd c 100\neach c: dial /ws\nreverse c: send text \"hello {n}\"\nreverse c: recv text same")
	url := serve(b, upgraded(echoing))
	for b.Loop() {
		if r := s.Run(b.Context(), Options{Target: url}); r.Verdict != Pass {
			b.Fatal(r.Steps[0].words())
		}
	}
}

// BenchmarkLarge is a megabyte there and back.
func BenchmarkLarge(b *testing.B) {
	s := script(b, "dial /ws\nsend text size 1MiB\nrecv text same")
	url := serve(b, upgraded(echoing))
	for b.Loop() {
		if r := s.Run(b.Context(), Options{Target: url}); r.Verdict != Pass {
			b.Fatal(r.Steps[0].words())
		}
	}
}

// TestOverhead keeps the promise that a check takes little more than the waits
// that its script asks for.
func TestOverhead(t *testing.T) {
	s := script(t, "crowd c 100\neach c: dial /ws\nreverse c: send text \"hello {n}\"\nreverse c: recv text same\nc.1: silence 50ms")
	url := serve(t, upgraded(echoing))
	best := time.Hour
	for range 20 { // a busy machine has a quiet moment
		best = min(best, time.Duration(s.Run(t.Context(), Options{Target: url}).Took))
		if best < 50*time.Millisecond+300*time.Millisecond {
			return
		}
	}
	t.Errorf("a hundred connections and a wait of 50ms took %v at best", best)
}
