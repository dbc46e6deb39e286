package socket

import (
	"bytes"
	"context"
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
