package check

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

const reportedClient = `exercise client
  goal  Speak, listen, and come back.

step speaks
  says  What is typed is sent as text.
  hint  Set exercise.oninput.
  see   WHATWG WebSockets §3
  likely  binary  You send bytes: a string goes out as text.
  serve /ws
  accept
  input "hello, {random}"
  recv text "hello, {random}"

step listens
  says  What comes is logged.
  hint  It is in event.data.
  serve /ws
  accept
  send text "good morning, {random}"
  expect log is "good morning, {random}" within 1s

step waits
  says  It comes back, but not at once.
  hint  setTimeout.
  see   RFC 6455 §7.2.3
  serve /ws setting base 100ms
  accept
  drop
  accept after 100ms within 300ms

step alone
  says  One connection at a time.
  hint  One timer.
  serve /ws
  a: accept
  a: silence 1s

step whole
  says  It goes on.
  hint  Look at the message.
  serve /ws
  accept
  send text "not JSON"
  recv text any

step there
  says  It connects.
  hint  new WebSocket(exercise.url)
  serve /other
  accept
`

// badClient does each step wrong.
func badClient(p *programRun) {
	switch p.Step {
	case "speaks":
		p.websocket().masked(ws.NewBinaryFrame([]byte(p.input())))
	case "listens":
		p.websocket().hear()
		p.log("[object MessageEvent]")
	case "waits":
		p.websocket().hear()
		p.sleep(20 * time.Millisecond)
		p.websocket()
	case "alone":
		p.websocket()
		p.websocket()
	case "whole":
		p.websocket().hear()
		p.log("got something at ", time.Now().UnixNano())
		p.Ended("Uncaught SyntaxError: Unexpected token 'o', \"not JSON\" is not valid JSON (main.js:7)")
	case "there":
		io.WriteString(p.open(), "GET /ws HTTP/1.1\r\nHost: place\r\n"+handshakeFields+"\r\n")
	}
	p.rest()
}

func clientReport(t *testing.T, do program, target string) (report *Report) {
	t.Helper()
	s, err := Parse("check.txt", []byte(reportedClient))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var m *inMemory
		listen := func(context.Context) (Place, error) { m = newInMemory(do); return Place{m, "http://place"}, nil }
		client := starter(func(ctx context.Context, with ClientStart) (ClientRun, error) { return m.Start(ctx, with) })
		report = s.Run(t.Context(), Options{Client: client, Listen: listen, Target: target, Seed: 7})
	})
	return report
}

// A starter is a Client that is a function.
type starter func(ctx context.Context, with ClientStart) (ClientRun, error)

func (s starter) Start(ctx context.Context, with ClientStart) (ClientRun, error) { return s(ctx, with) }

// TestClientReport holds the words of a report on a client against a golden
// file, which is written to be read.
func TestClientReport(t *testing.T) {
	var text strings.Builder
	if err := clientReport(t, badClient, "").Stable().Write(&text, Style{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "report-client.golden", text.String())
	for _, line := range strings.Split(text.String(), "\n") {
		if utf8.RuneCountInString(line) > 80 && !strings.Contains(line, "rerun") {
			t.Errorf("too wide: %s", line)
		}
	}
}

// TestClientReportIsTheSame gives the same words each time, whatever is chance
// in the program, and on whatever machine.
func TestClientReportIsTheSame(t *testing.T) {
	var all []string
	for _, target := range []string{"/home/ada/client/main.js", "/home/bob/main.js"} {
		b, err := json.Marshal(clientReport(t, badClient, target).Stable())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(b))
	}
	if all[0] != all[1] {
		t.Errorf("%s\n%s", all[0], all[1])
	}
}

// TestManualOfTheOtherPart runs the script of its manual against a sound client.
func TestManualOfTheOtherPart(t *testing.T) {
	src, err := os.ReadFile("doc_serve.go")
	if err != nil {
		t.Fatal(err)
	}
	var example strings.Builder
	for _, line := range strings.Split(string(src), "\n") {
		code, ok := strings.CutPrefix(line, "//\t")
		if ok {
			fmt.Fprintln(&example, code)
		} else if strings.Contains(example.String(), "serve") && line != "//" {
			break
		}
	}
	s, err := Parse("doc_serve.go", []byte(example.String()))
	if err != nil {
		t.Fatalf("%v\n%s", err, example.String())
	}
	synctest.Test(t, func(t *testing.T) {
		m := newInMemory(reconnects)
		report := s.Run(t.Context(), Options{Client: m, Listen: func(context.Context) (Place, error) { return Place{m, "http://place"}, nil }})
		report.Steps[0].wants(t, Pass)
	})
}

// TestHungUpBeforeItLogged says of a line that is missing that the program ended
// its connection before, if that was its own doing.
func TestHungUpBeforeItLogged(t *testing.T) {
	const commands = "likely eof It hung up.\nlikely timeout It is late.\nserve /ws\naccept\nsend text \"one\"\nexpect log \"one\"\n"
	ends := func(p *programRun) {
		c := p.websocket()
		text, _ := c.hear()
		p.log(text)
		c.masked(ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "")))
		c.hear()
		p.rest()
	}
	hangsUp := func(p *programRun) {
		c := p.websocket()
		text, _ := c.hear()
		p.log(text)
		c.Close()
		p.rest()
	}
	stays := func(p *programRun) {
		c := p.websocket()
		text, _ := c.hear()
		p.log(text)
		c.hear()
		p.rest()
	}
	const ended = `got: nothing more logged; the last was "one"; your program ended its connection`
	runTrials(t, []trial{
		{"closes", commands + "expect log \"two\"", ends, Fail, []string{ended, "It hung up."}},
		{"hangs up", commands + "expect log \"two\"", hangsUp, Fail, []string{ended, "It hung up."}},
		{"stays", commands + "expect log \"two\"", stays, Fail, []string{`the last was "one"  t=0ms`, "It is late."}},
		{"is told to go", commands + "send close 1000\nexpect log \"two\"", stays, Fail, []string{`the last was "one"  t=0ms`, "It is late."}},
		{"was to go", commands + "recv close\nexpect log \"two\"", ends, Fail, []string{`the last was "one"  t=0ms`, "It is late."}},
	})
}
