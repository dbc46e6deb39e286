package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"duplex/lessons/check"
	"duplex/lessons/check/program"

	"github.com/gorilla/websocket"
)

// js starts a main.js.
func js(t *testing.T, source string, with check.ClientStart) *trial {
	t.Helper()
	return start(t, jsClient(t, source), with)
}

// jsClient is a client that runs a main.js.
func jsClient(t *testing.T, source string) check.Client {
	t.Helper()
	file := filepath.Join(t.TempDir(), "main.js")
	if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := JavaScript(file)
	if errors.Is(err, ErrNoRuntime) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSurroundings(t *testing.T) {
	random := 0.5
	r := js(t, `
		console.log(exercise.url, exercise.base, Math.random(), Math.random());
		try { exercise.url = "x" } catch (e) { console.warn(e.name) }
		console.info(typeof process, typeof require, typeof Buffer, typeof setImmediate, typeof window);
		console.log(typeof setTimeout(() => {}, 0), typeof WebSocket, new WebSocket("ws://127.0.0.1:1").binaryType);
		console.error("two\nlines", { a: [1, "b"] }, new Uint8Array([1, 255]).buffer);
		await new Promise((done) => setTimeout(done, 1));
		console.debug("after await");`,
		check.ClientStart{Settings: map[string]any{"url": "ws://127.0.0.1:1/ws", "base": 40.0}, Random: &random})
	r.says("log: ws://127.0.0.1:1/ws 40 0.5 0.5")
	r.says("warn: TypeError")
	r.says("info: undefined undefined undefined undefined undefined")
	r.says("log: number function blob")
	r.says(`error: two` + "\n" + `lines { a: [1, "b"] } ArrayBuffer(2) 01 ff`)
	r.says("debug: after await")
}

// TestFormats: a line with specifiers is that of the Console Standard.
func TestFormats(t *testing.T) {
	for _, c := range []struct{ call, want string }{
		{`"closed %d", 4001`, "closed 4001"},
		{`"%s says %s", "ada", "hi", "there", 2`, "ada says hi there 2"},
		{`"%d %i %f", "42.9", 7.8, "1.5"`, "42 7 1.5"},
		{`"%d %f", Symbol("x"), "x"`, "NaN NaN"},
		{`"%s %o", [1, 2], [1, "b"]`, `1,2 [1, "b"]`},
		{`"%o %O", "a", "b"`, `"a" "b"`},
		{`"%s|%s", null, undefined`, "null|undefined"},
		{`"%ca%c", "color: red", ""`, "a"},
		{`"100%% %s %s", "x"`, "100% x %s"},
		{`"%s"`, "%s"},
		{`"100%%"`, "100%%"},
		{`"%x %s", "%s", 2`, "%x %s 2"},
		{`1, "%s", 2`, "1 %s 2"},
		{``, ""},
	} {
		t.Run(c.call, func(t *testing.T) {
			t.Parallel()
			js(t, "console.log("+c.call+");", check.ClientStart{}).says("log: " + c.want)
		})
	}
}

func TestInputWaitsForItsHandler(t *testing.T) {
	r := js(t, `
		setTimeout(() => {
			exercise.oninput = (text) => console.log(greeting + text);
			const greeting = "got ";
		}, 20);`, check.ClientStart{})
	for _, text := range []string{"one", "", "drei ß"} {
		if err := r.run.Input(text); err != nil {
			t.Fatal(err)
		}
	}
	r.says("log: got one")
	r.says("log: got ")
	r.says("log: got drei ß")
}

// What breaks is told once, with its line.
func TestBrokenPrograms(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"throws", "\n\nnope();", "Uncaught ReferenceError: nope is not defined (main.js:3)"},
		{"first line", "nope();", "Uncaught ReferenceError: nope is not defined (main.js:1)"},
		{"does not parse", "let a = 1;\nlet b = ;\n", "Uncaught SyntaxError: Unexpected token ';' (main.js:2)"},
		{"strict", "x = 1;", "Uncaught ReferenceError: x is not defined (main.js:1)"},
		{"imports", "import fs from 'fs';", "Uncaught SyntaxError: Cannot use import statement outside a module (main.js:1)"},
		{"in a timer", "setTimeout(() => {\n  null.x;\n}, 1);", "Uncaught TypeError: Cannot read properties of null (reading 'x') (main.js:2)"},
		{"in oninput", "exercise.oninput = () => {\n  throw new Error('no');\n};", "Uncaught Error: no (main.js:2)"},
		{"rejects", "Promise.reject(new Error('no'));\nPromise.reject(2);", "Uncaught Error: no (main.js:1)"},
		{"no error", "throw 'a word';", "Uncaught a word"},
		{"sends too soon", "const ws = new WebSocket('ws://127.0.0.1:1');\nws.send('x');", "Uncaught InvalidStateError: Sent before connected. (main.js:2)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := js(t, c.source, check.ClientStart{})
			r.run.Input("x")
			r.ends(c.want)
		})
	}
}

// TestSettles: what was typed before is dealt with when Settle returns.
func TestSettles(t *testing.T) {
	r := js(t, `exercise.oninput = (text) => setTimeout(() => console.log("got " + text), 0);`, check.ClientStart{})
	for _, text := range []string{"one", "two"} {
		if err := r.run.Input(text); err != nil {
			t.Fatal(err)
		}
		if err := r.run.(check.SettledRun).Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(r.lines) != 1 {
			t.Fatalf("%d lines are there", len(r.lines))
		}
		r.says("log: got " + text)
	}
}

// TestSettleEndsWithTheProgram does not wait for an answer that nobody gives.
func TestSettleEndsWithTheProgram(t *testing.T) {
	r := js(t, `console.log("in"); while (true);`, check.ClientStart{})
	r.says("log: in")
	ctx, cancel := context.WithCancel(t.Context())
	settled := make(chan error)
	go func() { settled <- r.run.(check.SettledRun).Settle(ctx) }()
	cancel()
	if err := <-settled; !errors.Is(err, context.Canceled) {
		t.Errorf("while it loops: %v", err)
	}
	go func() { settled <- r.run.(check.SettledRun).Settle(t.Context()) }()
	r.run.Stop()
	if err := <-settled; err == nil {
		t.Error("it settles when it is gone")
	}
}

// TestSlowProgramIsWaitedFor: a program that is still at a message when the time
// is over in which nothing was to be logged, and then throws, has failed that.
func TestSlowProgramIsWaitedFor(t *testing.T) {
	script, err := check.Parse("check.txt", []byte(`exercise slow
		goal  Read it.
		step slow
		says  Nothing is logged.
		hint  Look.
		serve /ws
		accept
		send text "x"
		expect nothing logged 20ms
		expect log "y"`))
	if err != nil {
		t.Fatal(err)
	}
	c := jsClient(t, `new WebSocket(exercise.url).onmessage = () => {
		for (const until = Date.now() + 300; Date.now() < until;);
		throw new Error("no");
	};`)
	res := script.Run(t.Context(), check.Options{Client: c, Patience: 10}).Steps[0]
	if res.Why != "your program broke" || res.Command != "expect nothing logged 20ms" {
		t.Errorf("%q fails: %s", res.Command, res.Why)
	}
}

// TestLogsMuchAndBreaks: what is left out of a long log is what was logged, not
// that the program settled, nor that it broke.
func TestLogsMuchAndBreaks(t *testing.T) {
	r := js(t, `
		for (let i = 0; i <= 2000; i++) console.log("line");
		exercise.oninput = () => { throw new Error("x".repeat(20000)); };`, check.ClientStart{})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := r.run.(check.SettledRun).Settle(ctx); err != nil {
		t.Fatal(err)
	}
	for range most {
		r.says("log: line")
	}
	r.says("log: … more than 2000 lines: the others are left out")
	r.run.Input("break")
	r.ends("Uncaught Error: " + strings.Repeat("x", longest-len("Uncaught Error: ")) + "… and 3644 bytes more")
}

// TestLongLogIsCut: of a text that is too long its beginning comes.
func TestLongLogIsCut(t *testing.T) {
	r := js(t, `console.warn("x".repeat(20000)); console.log("last");`, check.ClientStart{})
	r.says("warn: " + strings.Repeat("x", longest) + "… and 3616 bytes more")
	r.says("log: last")
}

// TestMemoryIsBounded takes memory that node's own limit does not know of.
func TestMemoryIsBounded(t *testing.T) {
	if goruntime.GOOS != "linux" {
		t.Skip("elsewhere nobody looks, or the program gets no more")
	}
	c := jsClient(t, `const kept = []; setInterval(() => kept.push(new Uint8Array(4e6).fill(1)), 10);`).(javascript)
	c.command.limits = program.Limits{Memory: 200 << 20}
	start(t, c, check.ClientStart{}).ends("the program was stopped: it used more than 200 MB of memory")
	if limits.Memory == 0 {
		t.Error("a run has no limit")
	}
}

func TestEndlessLoopIsStopped(t *testing.T) {
	r := js(t, `console.log("in"); while (true);`, check.ClientStart{})
	r.says("log: in")
	r.run.Stop()
}

func TestSocket(t *testing.T) {
	closed := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if err != nil {
			closed <- err
			return
		}
		defer conn.Close()
		for err == nil {
			var kind int
			var b []byte
			if kind, b, err = conn.ReadMessage(); err == nil {
				err = conn.WriteMessage(kind, append(b, '!'))
			}
		}
		closed <- err
	}))
	defer server.Close()
	r := js(t, `
		const ws = new WebSocket(exercise.url);
		ws.onopen = () => ws.send("hello");
		ws.onmessage = ({ data }) => console.log(data);
		exercise.oninput = (text) => ws.send(new TextEncoder().encode(text));`,
		check.ClientStart{Settings: map[string]any{"url": "ws" + strings.TrimPrefix(server.URL, "http")}})
	r.says("log: hello!")
	r.run.Input("bytes")
	r.says("log: Blob(6 bytes, no type)")
	r.run.Stop()
	if err := <-closed; !websocket.IsUnexpectedCloseError(err) && err == nil {
		t.Errorf("the connection outlives the program: %v", err)
	}
}

// streams is a server that answers each request with the next of its answers,
// as they are, and says what was asked.
func streams(t *testing.T, answers ...string) (url string, ids chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ids = make(chan string, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, answer := range answers {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			req, err := http.ReadRequest(bufio.NewReader(conn))
			if err == nil {
				ids <- fmt.Sprintf("%s %q", req.Header.Get("Accept"), req.Header.Get("Last-Event-ID"))
				conn.Write([]byte(answer))
			}
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return "http://" + l.Addr().String(), ids
}

func next(t *testing.T, ids <-chan string) string {
	t.Helper()
	select {
	case id := <-ids:
		return id
	case <-time.After(patience):
		t.Fatal("it does not ask")
		return ""
	}
}

const (
	anEventStream = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"
	watching      = `
		const es = new EventSource(exercise.url);
		for (const type of ["open", "error", "message", "news"]) {
			es.addEventListener(type, (e) => console.log(type, es.readyState, e.data ?? "", e.lastEventId ?? ""));
		}`
)

func settings(url string) check.ClientStart {
	return check.ClientStart{Settings: map[string]any{"url": url}}
}

// Every kind of broken connection is made anew, with the last id, until the
// server says that it is over.
func TestEventSourceComesBack(t *testing.T) {
	url, ids := streams(t,
		anEventStream+"retry: 10\n: comment\nid: 7\nevent: news\ndata: a\ndata:b\n\ndata: half",
		"", // hangs up before the answer
		"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: c\r\n\r\n", // in the middle of a chunk
		anEventStream+"id\rdata\r\rdata: d\r\n\r\n",
		"HTTP/1.1 204 No Content\r\n\r\n")
	r := js(t, watching, settings(url))
	for _, want := range []string{
		"open 1  ", "news 1 a\nb 7", "error 0  ",
		"error 0  ",
		"open 1  ", "error 0  ",
		"open 1  ", "message 1  ", "message 1 d ", "error 0  ",
		"error 2  ",
	} {
		r.says("log: " + want)
	}
	for _, want := range []string{"", "7", "7", "7", ""} {
		if got := next(t, ids); got != fmt.Sprintf("text/event-stream %q", want) {
			t.Errorf("it asked with %s, want the last id %q", got, want)
		}
	}
}

func TestEventSourceSendsItsIDAsUTF8(t *testing.T) {
	url, ids := streams(t, anEventStream+"retry: 10\nid: Grüße €5\ndata: a\n\n", "HTTP/1.1 204 No Content\r\n\r\n")
	js(t, watching, settings(url))
	next(t, ids)
	if got, want := next(t, ids), `text/event-stream "Grüße €5"`; got != want {
		t.Errorf("it asked with %s, want %s", got, want)
	}
}

// TestLineEndsInPieces reads lines whose ends come in several chunks.
func TestLineEndsInPieces(t *testing.T) {
	command, err := runtime()
	if errors.Is(err, ErrNoRuntime) {
		t.Skip(err)
	}
	source, err := scripts.ReadFile("eventsource.mjs")
	if err != nil {
		t.Fatal(err)
	}
	for chunks, want := range map[string]string{
		`["data: x\r","\n","\n"]`:              "x",
		`["data: x\r","\n\r","\n"]`:            "x",
		`["data: x\r","","\n","\r"]`:           "x",
		`["data: x\r","\r","data: y\n\n"]`:     "x y",
		`["da","ta: x","\n\n","data: y\r\r"]`:  "x y",
		`["data: x\r","\ndata: y\r\n","\r\n"]`: "x+y",
	} {
		test := string(source) + `
			const said = [];
			const lines = new EventLines((type, data) => said.push(data), () => {}, "");
			for (const chunk of ` + chunks + `) lines.push(chunk);
			console.log(said.join(" ").replaceAll("\n", "+"));`
		out, err := exec.CommandContext(t.Context(), command[0], append(command[1:len(command)-1:len(command)-1], test)...).Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", chunks, got, err, want)
		}
	}
}

func TestEventSourceGivesUp(t *testing.T) {
	for name, answer := range map[string]string{
		"status": "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
		"type":   "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\ndata: x\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := streams(t, answer)
			js(t, watching, settings(url)).says("log: error 2  ")
		})
	}
}

func TestEventSourceIsClosed(t *testing.T) {
	url, _ := streams(t, anEventStream+"retry: 1\ndata: a\n\ndata: b\n\n")
	r := js(t, watching+`
		es.onmessage = (e) => {
			es.close();
			console.log("closed", e.data, es.onmessage !== null);
			setTimeout(() => console.log("end", es.readyState), 100); // b would have come by then
		};`, settings(url))
	for _, want := range []string{"open 1  ", "message 1 a ", "closed a true", "end 2"} {
		r.says("log: " + want)
	}
}

// TestShowsAsThePageDoes: what a program logs is shown by the same code.
func TestShowsAsThePageDoes(t *testing.T) {
	page, err := os.ReadFile("../../../static/sandbox/worker.js")
	if err != nil {
		t.Fatal(err)
	}
	ours, err := scripts.ReadFile("runner.mjs")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := shower(string(ours)), shower(string(page)); got != want || got == "" {
		t.Errorf("runner.mjs shows values with\n%s\nand the page with\n%s", got, want)
	}
}

// shower takes the functions that show a value out of a script.
func shower(source string) string {
	_, source, _ = strings.Cut(source, "/** What an event is worth showing of")
	source, _, _ = strings.Cut(source, "for (const level of")
	var lines []string
	for line := range strings.Lines(source) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// BenchmarkStart is what each step of a client's check pays for its process.
func BenchmarkStart(b *testing.B) {
	file := filepath.Join(b.TempDir(), "main.js")
	if err := os.WriteFile(file, []byte(`console.log("up")`), 0o644); err != nil {
		b.Fatal(err)
	}
	c, err := JavaScript(file)
	if err != nil {
		b.Skip(err)
	}
	for b.Loop() {
		up := make(chan struct{}, 1)
		run, err := c.Start(b.Context(), check.ClientStart{Output: func(string, string) { up <- struct{}{} }, Ended: func(string) {}})
		if err != nil {
			b.Fatal(err)
		}
		<-up
		run.Stop()
	}
}
