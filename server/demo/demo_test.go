package demo_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"duplex/server/demo"
	"duplex/server/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A site is a server of the demos, and a client's way to it.
type site struct {
	*demo.Demos
	t    testing.TB
	taps *wire.Taps
	dial func() (net.Conn, error)
}

// limits are the defaults with changes.
func limits(change func(*demo.Limits)) demo.Limits {
	l := demo.DefaultLimits()
	l.Spread = 0
	if change != nil {
		change(&l)
	}
	return l
}

// onTCP serves on a real socket.
func onTCP(t testing.TB, l demo.Limits) *site {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return newSite(t, l, ln, func() (net.Conn, error) { return net.Dial("tcp", ln.Addr().String()) })
}

// inMemory serves over net.Pipe, which holds no bytes: what is written waits
// until it is read. With testing/synctest its time is exact.
func inMemory(t testing.TB, l demo.Limits) *site {
	ln := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	return newSite(t, l, ln, ln.dial)
}

func newSite(t testing.TB, l demo.Limits, ln net.Listener, dial func() (net.Conn, error)) *site {
	taps := wire.NewTaps()
	d := demo.New(demo.Deps{Taps: taps, Limits: l})
	mux := http.NewServeMux()
	mux.Handle("GET /demo/echo", d.Echo)
	mux.Handle("GET /demo/chat/{room}", d.Chat)
	mux.Handle("GET /demo/events", d.Events)
	mux.Handle("POST /demo/events/drop", d.Drop)
	srv := &http.Server{Handler: mux, ConnContext: wire.ConnContext}
	var serving sync.WaitGroup
	serving.Go(func() { srv.Serve(wire.Listener(ln)) })
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := d.Close(ctx); err != nil {
			t.Errorf("demos did not end: %v", err)
		}
		srv.Close()
		serving.Wait()
	})
	return &site{Demos: d, t: t, taps: taps, dial: dial}
}

// connect opens a WebSocket that closes when the test ends.
func (s *site) connect(path string) *websocket.Conn {
	s.t.Helper()
	conn, resp, err := s.tryConnect(path, nil)
	if err != nil {
		s.t.Fatalf("dial %s: %v %v", path, err, resp)
	}
	return conn
}

func (s *site) tryConnect(path string, header http.Header) (*websocket.Conn, *http.Response, error) {
	d := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) { return s.dial() }}
	conn, resp, err := d.Dial("ws://demo"+path, header)
	if err == nil {
		s.t.Cleanup(func() { conn.Close() })
	}
	return conn, resp, err
}

// request sends one HTTP request on a connection of its own, which closes when
// the test ends.
func (s *site) request(method, path string, header http.Header) (*http.Response, net.Conn) {
	s.t.Helper()
	conn, err := s.dial()
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	req, err := http.NewRequest(method, "http://demo"+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	if err := req.Write(conn); err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), req)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp, conn
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) dial() (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// wantClose reads from conn until it ends, and checks the Close frame.
func wantClose(t *testing.T, conn *websocket.Conn, code int, reason string) {
	t.Helper()
	for {
		_, _, err := conn.ReadMessage()
		if err == nil {
			continue
		}
		var closed *websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != code || !strings.Contains(closed.Text, reason) {
			t.Fatalf("connection ended with %v, want a Close frame %d %q", err, code, reason)
		}
		return
	}
}

// wantEOF checks that the server closes the TCP connection, without a reset.
func wantEOF(t *testing.T, conn net.Conn) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if n, err := io.Copy(io.Discard, conn); err != nil {
		t.Errorf("after %d bytes: %v, want the end of the connection", n, err)
	}
}

func TestOneClientCannotTakeAllConnections(t *testing.T) {
	s := onTCP(t, limits(func(l *demo.Limits) { l.PerClient = 2 }))
	first := s.connect("/demo/echo")
	s.connect("/demo/chat/lobby")

	_, resp, err := s.tryConnect("/demo/echo", nil)
	if err == nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Fatalf("third connection: %v %v, want 503 with Retry-After", err, resp)
	}
	if events, _ := s.request("GET", "/demo/events", nil); events.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("event stream: %s, want 503: the limit holds over all demos", events.Status)
	}

	first.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
	wantClose(t, first, 1000, "")
	wantEOF(t, first.NetConn()) // the handler has closed; its place is free a moment later
	for {
		if _, _, err := s.tryConnect("/demo/echo", nil); err == nil {
			return
		}
	}
}

func TestEverybodyTogetherIsBounded(t *testing.T) {
	s := onTCP(t, limits(func(l *demo.Limits) { l.Clients = 1 }))
	s.connect("/demo/echo")
	if _, resp, err := s.tryConnect("/demo/echo", nil); err == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("second connection: %v %v, want 503", err, resp)
	}
}

// Whoever calls Close sees everybody go with a goodbye, and nobody come.
func TestCloseEndsEverybodyCleanly(t *testing.T) {
	s := onTCP(t, limits(nil))
	echo, chat := s.connect("/demo/echo"), s.connect("/demo/chat/lobby?name=Ada")
	events, _ := s.request("GET", "/demo/events", nil)

	closed := make(chan error)
	go func() { closed <- s.Close(context.Background()) }()
	wantClose(t, echo, websocket.CloseGoingAway, "shutting down")
	wantClose(t, chat, websocket.CloseGoingAway, "shutting down")
	lines, err := io.ReadAll(events.Body)
	if err != nil {
		t.Errorf("event stream ended with %v, want its end", err)
	}
	if all := strings.Split(strings.TrimSpace(string(lines)), "\n\n"); !strings.HasPrefix(all[len(all)-1], "retry: ") {
		t.Errorf("event stream ended with %q, want a retry", all[len(all)-1])
	}
	if err := <-closed; err != nil {
		t.Errorf("Close: %v", err)
	}
	if _, resp, err := s.tryConnect("/demo/echo", nil); err == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("after Close: %v %v, want 503", err, resp)
	}
}

// A client that does not answer the goodbye is given CloseWait, no more.
func TestCloseDoesNotWaitForTheSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		for _, path := range []string{"/demo/echo", "/demo/chat/lobby"} {
			raw := s.connect(path).NetConn()
			go io.Copy(io.Discard, raw) // takes all, answers nothing
		}
		synctest.Wait()
		start := time.Now()
		if err := s.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != demo.DefaultLimits().CloseWait {
			t.Errorf("Close took %v, want CloseWait", took)
		}
	})
}

func TestCloseCutsWhoIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, limits(nil))
		s.connect("/demo/echo") // reads nothing: not even the Close frame can be written
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := s.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close: %v, want the context's error", err)
		}
		synctest.Wait()
		if err := s.Close(context.Background()); err != nil {
			t.Errorf("the connection that was cut has not ended: %v", err)
		}
	})
}

func TestSourceHoldsWhatTheLessonsQuote(t *testing.T) {
	regions := map[string][]string{
		"echo.go":    {"handler", "loop"},
		"chat.go":    {"handler", "room", "join", "resume", "say", "reader"},
		"events.go":  {"handler", "resume", "publish"},
		"streams.go": {"run"},
	}
	for file, names := range regions {
		f, err := demo.Source().Open(file)
		if err != nil {
			t.Fatal(err)
		}
		code, _ := io.ReadAll(f)
		for _, name := range names {
			if strings.Count(string(code), "// region "+name+"\n") != 1 || strings.Count(string(code), "// endregion "+name+"\n") != 1 {
				t.Errorf("%s: region %s does not begin and end once", file, name)
			}
		}
	}
}
