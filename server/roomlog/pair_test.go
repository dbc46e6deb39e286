package roomlog

import (
	"net"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A network makes TCP connections over loopback. It ends with the test.
type network struct {
	t  testing.TB
	mu sync.Mutex
	ln *net.TCPListener
}

func newNetwork(t testing.TB) *network {
	t.Helper()
	ln, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return &network{t: t, ln: ln}
}

// pair returns both ends of a connection. They are closed with the test.
func (n *network) pair() (server, client *net.TCPConn) {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	client, err := net.DialTCP("tcp", nil, n.ln.Addr().(*net.TCPAddr))
	if err == nil {
		server, err = n.ln.AcceptTCP()
	}
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { server.Close(); client.Close() })
	return server, client
}

// narrow returns a connection that holds few bytes on their way. Fewer would
// make TCP itself wait, by the clock (RFC 9293 §3.8.6.2).
func (n *network) narrow() (server, client *net.TCPConn) {
	server, client = n.pair()
	server.SetWriteBuffer(4 << 10)
	client.SetReadBuffer(128 << 10)
	return server, client
}

// both runs a test with connections over TCP, where the broadcaster writes to
// the socket, and in memory, where there is no descriptor, every write waits,
// and time is virtual.
func both(t *testing.T, test func(t *testing.T, connect func() (server, client net.Conn))) {
	t.Run("TCP", func(t *testing.T) {
		n := newNetwork(t)
		test(t, func() (net.Conn, net.Conn) { return n.pair() })
	})
	t.Run("pipe", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			test(t, func() (net.Conn, net.Conn) {
				server, client := net.Pipe()
				t.Cleanup(func() { server.Close(); client.Close() })
				return server, client
			})
		})
	})
}

// join lets a new reader on conn read the room from a message on. Its socket
// may be full for as long as it likes.
func join(t testing.TB, r *Room, conn net.Conn, f Format, from uint64) *Reader {
	t.Helper()
	rd := NewReader(conn, f, Waits{Stall: time.Hour})
	if err := r.Join(rd, from); err != nil {
		t.Fatal(err)
	}
	return rd
}

// publish publishes the numbers of the next n messages, as texts.
func publish(t testing.TB, r *Room, n int) {
	t.Helper()
	for range n {
		_, err := r.PublishFunc("", func(id ID) []byte { return strconv.AppendUint(nil, id.Seq, 10) })
		if err != nil {
			t.Fatal(err)
		}
	}
}
