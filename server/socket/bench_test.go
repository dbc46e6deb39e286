package socket

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"runtime/metrics"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

// onGorilla serves as gorilla/websocket's own examples do: its defaults, in the
// goroutine of the handler.
func onGorilla(t testing.TB, serve func(*websocket.Conn)) *site {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var upgrader websocket.Upgrader
	var running sync.WaitGroup
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		running.Add(1)
		defer running.Done()
		defer conn.Close()
		serve(conn)
	})}
	running.Go(func() { srv.Serve(ln) })
	t.Cleanup(func() {
		srv.Close()
		running.Wait()
	})
	return &site{t, func() (net.Conn, error) { return net.Dial("tcp", ln.Addr().String()) }}
}

// plainEcho is the echo that a first lesson shows.
func plainEcho(conn *websocket.Conn) {
	for {
		kind, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if conn.WriteMessage(kind, message) != nil {
			return
		}
	}
}

// One client, one message on its way at a time, over loopback.
func BenchmarkEcho(b *testing.B) {
	for _, size := range []int{100, 4 << 10, 64 << 10} {
		for _, c := range []struct {
			name string
			site func() *site
		}{
			{"socket", func() *site { return onTCP(b, Options{}, echo(1<<20)) }},
			{"gorilla", func() *site { return onGorilla(b, plainEcho) }},
		} {
			b.Run(fmt.Sprintf("%s/%d", c.name, size), func(b *testing.B) { pingPong(b, c.site().connect(), size) })
		}
	}
}

// pingPong is a client that costs as little as it can: it writes one frame that
// was made before, and counts the bytes that come back.
func pingPong(b *testing.B, conn *websocket.Conn, size int) {
	out := frame(0x82, bytes.Repeat([]byte("x"), size))
	in := make([]byte, len(out)-4) // without a mask
	raw := conn.NetConn()
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := raw.Write(out); err != nil {
			b.Fatal(err)
		}
		for n := 0; n < len(in); {
			m, err := raw.Read(in[n:])
			if err != nil {
				b.Fatal(err)
			}
			n += m
		}
	}
}

// 2,000 connections on which nothing is sent. B/conn is what they cost the
// server: objects and stacks in use with them, less without, less the clients'.
func BenchmarkIdle(b *testing.B) {
	for _, c := range []struct {
		name string
		site func(b *testing.B) *site
	}{
		{"socket", func(b *testing.B) *site { return onTCP(b, Options{}, beating(echo(1<<20))) }},
		{"gorilla", func(b *testing.B) *site { return onGorilla(b, plainEcho) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			clients := each(nobody(b))
			s := c.site(b)
			for b.Loop() {
				b.ReportMetric(each(s.handshake)-clients, "B/conn")
			}
		})
	}
}

// nobody connects to a listener that accepts no connection.
func nobody(b *testing.B) (connect func() net.Conn) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { ln.Close() })
	return func() net.Conn {
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		return conn
	}
}

// each returns the memory in use for one connection of 2,000.
func each(connect func() net.Conn) float64 {
	conns := make([]net.Conn, 2000)
	before := inUse()
	for i := range conns {
		conns[i] = connect()
	}
	after := inUse()
	for _, conn := range conns {
		conn.Close()
	}
	return float64(after-before) / float64(len(conns))
}

// beating serves with a heartbeat.
func beating(serve func(*websocket.Conn)) func(*websocket.Conn) {
	return func(conn *websocket.Conn) {
		defer StartHeartbeat(conn, 20e9, 30e9).Stop()
		serve(conn)
	}
}

// inUse returns the bytes of live objects and of stacks.
func inUse() int64 {
	for range 3 {
		runtime.GC()
	}
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64() + s[1].Value.Uint64())
}
