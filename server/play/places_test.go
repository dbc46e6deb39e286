package play

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"duplex/server/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A site serves places as the server does, and answers what they leave.
type site struct {
	t      *testing.T
	places *Places
	addr   string
}

func serve(t *testing.T) *site {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t, NewPlaces(), l.Addr().String()}
	mux := http.NewServeMux()
	mux.HandleFunc("/play/{exercise}/{token}/{path...}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		switch err := s.places.Serve(w, r); {
		case errors.Is(err, ErrGone):
			w.WriteHeader(http.StatusNotFound)
		case errors.Is(err, ErrFull):
			w.WriteHeader(http.StatusServiceUnavailable)
		case err != nil:
			t.Error(err)
		}
	})
	srv := &http.Server{Handler: mux, ConnContext: wire.ConnContext}
	var serving sync.WaitGroup
	serving.Go(func() { srv.Serve(wire.Listener(l)) })
	t.Cleanup(func() { srv.Close(); serving.Wait() })
	return s
}

// open opens a place of the exercise echo.
func (s *site) open() *Place {
	place := s.places.Open("/play/echo")
	s.t.Cleanup(func() { place.Close() })
	return place
}

// client connects and sends text.
func (s *site) client(text string) net.Conn {
	s.t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		s.t.Fatal(err)
	}
	return c
}

func get(path string) string { return "GET " + path + " HTTP/1.1\r\nhOsT:  a\r\nZ: 1\r\n\r\n" }

// status reads what an HTTP answer begins with.
func status(t *testing.T, c net.Conn) string {
	t.Helper()
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// A script meets the client as if the client had called on it: what was sent,
// byte by byte, but for the prefix of the path; and what it answers goes out as
// it is, with no answer of net/http's before it.
func TestPlaceIsTheServer(t *testing.T) {
	s := serve(t)
	place := s.open()
	c := s.client(get(place.Path+"/ws?a=1") + "early")
	got, err := place.Accept()
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(c, ", and late")
	c.(*net.TCPConn).CloseWrite()
	read, err := io.ReadAll(got)
	if want := get("/ws?a=1") + "early, and late"; string(read) != want || err != nil {
		t.Errorf("read %q, %v; want %q", read, err, want)
	}
	io.WriteString(got, "whatever it likes")
	if err := got.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Error(err)
	}
	if answer, err := io.ReadAll(c); string(answer) != "whatever it likes" || err != nil {
		t.Errorf("answered %q, %v", answer, err)
	}
}

// A place can end a connection as rudely as a listener of its own could.
func TestPlaceResets(t *testing.T) {
	s := serve(t)
	place := s.open()
	c := s.client(get(place.Path + "/ws"))
	got, err := place.Accept()
	if err != nil {
		t.Fatal(err)
	}
	tcp := got.(interface {
		SetLinger(int) error
		SetReadBuffer(int) error
		NetConn() net.Conn
	})
	if err := errors.Join(tcp.SetReadBuffer(4<<10), tcp.SetLinger(0), got.Close()); err != nil {
		t.Error(err)
	}
	if _, ok := tcp.NetConn().(*net.TCPConn); !ok {
		t.Errorf("below is %T", tcp.NetConn())
	}
	if _, err := c.Read(make([]byte, 1)); err == nil || err == io.EOF {
		t.Errorf("ended with %v, want a reset", err)
	}
}

// The token alone lets a connection in, and only while its place is open.
func TestPlaceNeedsItsToken(t *testing.T) {
	s := serve(t)
	place, other := s.open(), s.open()
	if place.Path == other.Path {
		t.Fatal("two places have one token")
	}
	for _, path := range []string{"/play/echo/wrong/ws", "/play/chat" + strings.TrimPrefix(place.Path, "/play/echo") + "/ws"} {
		if got := status(t, s.client(get(path))); got != "HTTP/1.1 404 Not Found" {
			t.Errorf("%s: %s", path, got)
		}
	}
	other.Close()
	if got := status(t, s.client(get(other.Path+"/ws"))); got != "HTTP/1.1 404 Not Found" {
		t.Errorf("after the place was closed: %s", got)
	}
	if len(s.places.open) != 1 {
		t.Errorf("%d places are remembered, want the open one", len(s.places.open))
	}
}

// When a step is over, nothing of it is left: neither what was accepted nor what
// waits to be.
func TestPlaceEndsWhatIsLeft(t *testing.T) {
	s := serve(t)
	place := s.open()
	var clients []net.Conn
	for range 3 {
		clients = append(clients, s.client(get(place.Path+"/ws")))
	}
	if _, err := place.Accept(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(place.Close(), place.Close()); err != nil {
		t.Error(err)
	}
	for _, c := range clients {
		c.Read(make([]byte, 1)) // ends, however: the test would hang
	}
	if _, err := place.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after Close: %v", err)
	}
	if place.Addr().Network() != "tcp" || place.Addr().String() != place.Path {
		t.Errorf("the address is %v", place.Addr())
	}
}

// A program that opens connections without an end is stopped before the server
// is full; what it closes makes room.
func TestPlaceIsBounded(t *testing.T) {
	s := serve(t)
	place := s.open()
	var accepted []net.Conn
	for range maxConns {
		s.client(get(place.Path + "/ws"))
		c, err := place.Accept()
		if err != nil {
			t.Fatal(err)
		}
		accepted = append(accepted, c)
	}
	if got := status(t, s.client(get(place.Path+"/ws"))); got != "HTTP/1.1 503 Service Unavailable" {
		t.Errorf("one more: %s", got)
	}
	accepted[0].Close()
	accepted[0].Close()
	s.client(get(place.Path + "/again"))
	c, err := place.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(c).ReadString('\n'); line != "GET /again HTTP/1.1\r\n" {
		t.Errorf("read %q, %v", line, err)
	}
}
