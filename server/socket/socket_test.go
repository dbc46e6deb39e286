package socket

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// A site is a server whose connections are handed to serve, and a client's way
// to it. It ends with the test.
type site struct {
	t    testing.TB
	dial func() (net.Conn, error)
}

// onTCP serves on a real socket.
func onTCP(t testing.TB, o Options, serve func(*websocket.Conn)) *site {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return newSite(t, o, serve, ln, func() (net.Conn, error) { return net.Dial("tcp", ln.Addr().String()) })
}

// inMemory serves over net.Pipe, which holds no bytes: what is written waits
// until it is read. With testing/synctest its time is exact.
func inMemory(t testing.TB, o Options, serve func(*websocket.Conn)) *site {
	ln := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	return newSite(t, o, serve, ln, ln.dial)
}

func newSite(t testing.TB, o Options, serve func(*websocket.Conn), ln net.Listener, dial func() (net.Conn, error)) *site {
	var running sync.WaitGroup
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := Upgrade(w, r, o)
		if err != nil {
			return
		}
		running.Go(func() {
			defer conn.Close()
			serve(conn)
		})
	})}
	running.Go(func() { srv.Serve(ln) })
	t.Cleanup(func() {
		srv.Close()
		running.Wait()
	})
	return &site{t, dial}
}

func (s *site) connect() *websocket.Conn {
	s.t.Helper()
	d := websocket.Dialer{
		EnableCompression: true,
		NetDialContext:    func(context.Context, string, string) (net.Conn, error) { return s.dial() },
	}
	conn, _, err := d.Dial("ws://socket/", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	return conn
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) dial() (net.Conn, error) {
	client, server := net.Pipe()
	l.conns <- server
	return client, nil
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

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// wantClose reads from conn until it ends, and checks the Close frame.
func wantClose(t *testing.T, conn *websocket.Conn, code int) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		_, _, err := conn.ReadMessage()
		if err != nil && !websocket.IsCloseError(err, code) {
			t.Errorf("the connection ended with %v, want a Close frame with %d", err, code)
		}
		if err != nil {
			return
		}
	}
}

// echo is the loop that most tests serve.
func echo(limit int) func(*websocket.Conn) {
	return func(conn *websocket.Conn) {
		for {
			kind, message, err := ReadMessage(conn, limit, nil)
			if err != nil {
				Goodbye(conn, err, time.Second)
				return
			}
			if conn.WriteMessage(kind, message) != nil {
				return
			}
		}
	}
}

func TestEchoOfEverySize(t *testing.T) {
	for _, compression := range []bool{false, true} {
		conn := onTCP(t, Options{Compression: compression}, echo(1<<20)).connect()
		for _, size := range []int{0, 1, 125, 126, 511, 512, 513, 1 << 14, 1<<16 + 1, 1 << 20} {
			want := bytes.Repeat([]byte("x"), size)
			if err := conn.WriteMessage(websocket.TextMessage, want); err != nil {
				t.Fatal(err)
			}
			kind, got, err := conn.ReadMessage()
			if err != nil || kind != websocket.TextMessage || !bytes.Equal(got, want) {
				t.Fatalf("compression %v, %d bytes: got kind %d, %d bytes, %v", compression, size, kind, len(got), err)
			}
		}
	}
}

// frame is a frame as a client sends it, under the mask 1 2 3 4.
func frame(first byte, payload []byte) []byte {
	f := []byte{first}
	switch n := len(payload); {
	case n < 126:
		f = append(f, 0x80|byte(n))
	case n < 1<<16:
		f = binary.BigEndian.AppendUint16(append(f, 0x80|126), uint16(n))
	default:
		f = binary.BigEndian.AppendUint64(append(f, 0x80|127), uint64(n))
	}
	f = append(f, 1, 2, 3, 4)
	for i, b := range payload {
		f = append(f, b^byte(i%4+1))
	}
	return f
}

const request = "GET / HTTP/1.1\r\nHost: socket\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

// handshake opens a WebSocket by hand. The client's side holds nothing but the
// TCP connection. Whoever calls it closes it.
func (s *site) handshake() net.Conn {
	s.t.Helper()
	conn, err := s.dial()
	if err != nil {
		s.t.Fatal(err)
	}
	io.WriteString(conn, request)
	var head [256]byte
	for n := 0; !bytes.HasSuffix(head[:n], []byte("\r\n\r\n")); {
		m, err := conn.Read(head[n:])
		if err != nil {
			s.t.Fatalf("%q: %v", head[:n], err)
		}
		n += m
	}
	return conn
}
