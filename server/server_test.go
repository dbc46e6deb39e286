package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

// The clock of the regular expressions that colour code ends by itself, a
// while after the last match.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

// course is a small course: one lesson with two sections, a quiz, and an
// exercise of two steps; and a lesson without.
func course() fstest.MapFS {
	return fstest.MapFS{
		"course.md":             {Data: []byte("---\ntitle: Test course\nsummary: For tests.\n---\n\n1. [Echo](echo/lesson.md)\n2. [Chat](chat/lesson.md)\n")},
		"echo/lesson.md":        {Data: []byte(echoLesson)},
		"chat/lesson.md":        {Data: []byte("---\ntitle: Chat\nsummary: Talk.\nminutes: 1\n---\n\n## The room\n\nText.\n")},
		"echo/check.txt":        {Data: []byte(echoCheck)},
		"echo/exercise/main.go": {Data: []byte("package main\n\nfunc main() {}\n")},
		"echo/solution/main.go": {Data: []byte("package main\n\nfunc main() {}\n")},
	}
}

const echoLesson = "---\ntitle: Echo\nsummary: Back it comes.\nminutes: 1\n---\n\n## The loop\n\nText.\n\n" +
	"```exercise echo\n```\n\n## The end\n\nText.\n\n" +
	"```quiz status\nask: Which status?\n- [ ] 200\n  No.\n- [x] 101\n  Yes, 101.\n```\n"

const echoCheck = `exercise echo
  goal  Answer.

step there
  says    The server answers.
  hint    Answer.
  request GET /
  status  200

step again
  says    It answers again.
  hint    Answer again.
  request GET /
  status  200
`

// A running server, with what tests ask of it.
type running struct {
	t    *testing.T
	s    *Server
	addr string       // host:port
	stop func() error // ends Run and returns its error; may be called again
	log  *strings.Builder
}

func testConfig(t *testing.T) Config {
	return Config{Addr: "127.0.0.1:0", Lessons: course(), Data: t.TempDir(), Version: "test"}
}

// start runs a server on a free port until the test ends.
func start(t *testing.T, cfg Config) *running {
	t.Helper()
	r := &running{t: t, log: &strings.Builder{}}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(r.log, nil))
	}
	var err error
	if r.s, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	l, err := Listen(cfg.Addr)
	if err != nil {
		t.Fatal(err)
	}
	r.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	var runErr error
	go func() { defer close(ended); runErr = r.s.Run(ctx, l) }()
	r.stop = func() error { cancel(); <-ended; return runErr }
	t.Cleanup(func() { _ = r.stop() })
	return r
}

func (r *running) url(path string) string { return "http://" + r.addr + path }

// client is a client without connections that outlive the test.
func client(t *testing.T) *http.Client {
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// do makes a request. headers come in pairs; "Host" sets the host.
func (r *running) do(method, path, body string, headers ...string) (*http.Response, string) {
	r.t.Helper()
	req, err := http.NewRequest(method, r.url(path), strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	resp, err := client(r.t).Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp, string(text)
}

func (r *running) get(path string, headers ...string) (*http.Response, string) {
	r.t.Helper()
	return r.do("GET", path, "", headers...)
}

// dial opens a WebSocket.
func (r *running) dial(path string) *websocket.Conn {
	r.t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws://"+r.addr+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	return conn
}

func TestHealth(t *testing.T) {
	resp, body := start(t, testConfig(t)).get("/healthz")
	if resp.StatusCode != 200 || body != "ok" {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
}

func TestStartedIsToldTheAddress(t *testing.T) {
	cfg := testConfig(t)
	told := make(chan string, 1)
	cfg.Started = func(addr string) { told <- addr }
	r := start(t, cfg)
	if addr := <-told; addr != r.addr {
		t.Errorf("told %s, listening on %s", addr, r.addr)
	}
}

// Ctrl+C with everything open: event streams end cleanly with a retry,
// WebSockets get 1001, and Run returns at once, as all clients go by themselves.
func TestDrain(t *testing.T) {
	r := start(t, testConfig(t))
	resp, err := client(t).Get(r.url("/demo/events"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	sockets := map[string]*websocket.Conn{}
	for _, path := range []string{"/demo/echo", "/demo/chat/lobby?name=Ada", "/live"} {
		sockets[path] = r.dial(path)
	}
	begin := time.Now()
	stopped := make(chan error, 1)
	go func() { stopped <- r.stop() }()

	stream, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(stream), "retry:") {
		t.Errorf("the event stream ended with %v: %q", err, stream)
	}
	for path, conn := range sockets {
		if err := readToEnd(conn); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
			t.Errorf("%s ended with %v, want 1001", path, err)
		}
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > politeTime/2 {
		t.Errorf("draining willing clients took %v", took)
	}
	if _, err := net.Dial("tcp", r.addr); err == nil {
		t.Error("it still accepts connections")
	}
}

// Clients that do not answer a goodbye, or never finish their request, are cut
// when their time is up.
func TestDrainCutsTheUnwilling(t *testing.T) {
	r := start(t, testConfig(t))
	r.s.polite = 300 * time.Millisecond
	r.dial("/live") // never reads, so that it never answers
	r.dial("/demo/echo")
	half, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	io.WriteString(half, "POST /progress/reset HTTP/1.1\r\nHost: "+r.addr+"\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{")
	r.get("/healthz") // half's request has had its turn in the accept queue
	begin := time.Now()
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took < r.s.polite || took > politeTime {
		t.Errorf("draining took %v", took)
	}
}

func readToEnd(conn *websocket.Conn) error {
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return err
		}
	}
}

// What a person may get wrong at the start is one line with a next step.
func TestWrongStarts(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	running := testConfig(t)
	start(t, running)
	file := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		cfg    Config
		listen string
		want   string
	}{
		"port in use":            {listen: taken.Addr().String(), want: "another program is using that port"},
		"no such host":           {listen: "256.1.1.1:80", want: "can't listen on 256.1.1.1:80"},
		"no port":                {listen: "localhost", want: "missing port"},
		"data in use":            {cfg: Config{Data: running.Data}, want: "another duplex is running on it"},
		"data is a file":         {cfg: Config{Data: file}, want: "no progress can be kept in"},
		"lessons missing":        {cfg: Config{LessonsDir: filepath.Join(t.TempDir(), "none"), Data: t.TempDir()}, want: "no such file"},
		"lessons is a file":      {cfg: Config{LessonsDir: file, Data: t.TempDir()}, want: "not a directory"},
		"lessons hold no course": {cfg: Config{LessonsDir: t.TempDir(), Data: t.TempDir()}, want: "course.md: no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			if tc.listen != "" {
				_, err = Listen(tc.listen)
			} else {
				_, err = New(tc.cfg)
			}
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if text := e.Error(); !strings.Contains(text, tc.want) || strings.Contains(text, "\n") || e.Next == "" {
				t.Errorf("got %q", text)
			}
		})
	}
}
