package roomlog

import (
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"duplex/server/socket"
)

// What is sent to a reader alone before it joins comes first, whatever the room
// holds; what is sent later comes between.
func TestSend(t *testing.T) {
	both(t, func(t *testing.T, connect func() (net.Conn, net.Conn)) {
		r := New(Config{Formats: []Format{WebSocket, EventStream}})
		publish(t, r, 3)
		for _, f := range []Format{WebSocket, EventStream} {
			server, conn := connect()
			c := newClient(conn, f)
			rd := NewReader(server, f, Waits{})
			alone := message{kind: "text"}
			if f == EventStream {
				alone.kind = "hint"
			}
			send := func(text string) message {
				if err := rd.Send("hint", []byte(text)); err != nil {
					t.Fatal(err)
				}
				alone.text = text
				return alone
			}
			first, second := send("hello"), send("you are Ada")
			if err := r.Join(rd, 0); err != nil {
				t.Fatal(err)
			}
			c.expect(t, first, second)
			c.numbers(t, r, 0, 3)
			c.expect(t, send("slow down"))
			rd.Leave()
			c.expect(t, send("you have left"))
		}
	})
}

// A reader for which too much waits is cut, and with it whoever reads from it.
func TestErrSlow(t *testing.T) {
	both(t, func(t *testing.T, connect func() (net.Conn, net.Conn)) {
		server, _ := connect()
		rd := NewReader(server, WebSocket, Waits{Stall: time.Second, Close: time.Millisecond})
		var err error
		for err == nil {
			err = rd.Send("", make([]byte, maxPrivate-100))
		}
		if !errors.Is(err, ErrSlow) {
			t.Fatalf("got %v, want ErrSlow", err)
		}
		if err := rd.Send("", nil); !errors.Is(err, net.ErrClosed) {
			t.Errorf("after it: %v, want net.ErrClosed", err)
		}
		if _, err := rd.Read(make([]byte, 1)); err == nil {
			t.Error("reading goes on")
		}
	})
}

// Nothing follows a Close frame (RFC 6455 §5.5.1): neither of the log, nor of
// what is sent to this reader alone, nor a second one.
func TestNothingAfterClose(t *testing.T) {
	both(t, func(t *testing.T, connect func() (net.Conn, net.Conn)) {
		r := New(Config{})
		server, conn := connect()
		rd := join(t, r, server, WebSocket, 0)
		second, other := connect()
		join(t, r, second, WebSocket, 0)
		after := newClient(other, WebSocket) // what it gets has been offered to the other one
		write := func(opcode int, payload []byte) {
			if _, err := rd.Write(socket.AppendFrame(nil, opcode, payload)); err != nil && !errors.Is(err, net.ErrClosed) {
				t.Error(err)
			}
		}
		publish(t, r, 1)
		c := newClient(conn, WebSocket)
		c.numbers(t, r, 0, 1)
		write(websocket.PingMessage, nil)
		write(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "bye"))
		publish(t, r, 1)
		write(websocket.PongMessage, nil)
		rd.End(1001, "again", 0)
		rd.Send("", []byte("and"))
		write(websocket.CloseMessage, websocket.FormatCloseMessage(1001, "once more"))
		publish(t, r, 1)
		after.numbers(t, r, 0, 3)
		rd.Leave()
		go func() { rd.CloseWrite(); io.Copy(io.Discard, rd); rd.Close() }()
		c.expect(t, message{kind: "ping"}, message{"close", "", "1000 bye"})
		if _, half := server.(*net.TCPConn); half {
			c.end(t)
		}
		conn.Close()
	})
}

// CloseWrite waits for the message that is on its way.
func TestCloseWriteInTheMiddle(t *testing.T) {
	for f := range formats {
		synctest.Test(t, func(t *testing.T) {
			server, conn := net.Pipe()
			r := New(Config{Formats: []Format{f}})
			rd := join(t, r, halfPipe{server}, f, 0)
			publish(t, r, 1)
			synctest.Wait()
			rd.CloseWrite()
			c := newClient(conn, f)
			c.numbers(t, r, 0, 1)
			c.end(t)
		})
	}
}

// A halfPipe has no half to close: it closes as a whole.
type halfPipe struct{ net.Conn }

func (p halfPipe) CloseWrite() error { return p.Close() }

// A reader that joins none is told goodbye at once.
func TestEndWithoutRoom(t *testing.T) {
	both(t, func(t *testing.T, connect func() (net.Conn, net.Conn)) {
		server, conn := connect()
		rd := NewReader(server, WebSocket, Waits{})
		rd.Send("", []byte("hello"))
		rd.End(1008, "no", 0)
		newClient(conn, WebSocket).expect(t, message{"text", "", "hello"}, message{"close", "", "1008 no"})
	})
}

// Deadlines of writing are the reader's own; those of reading pass through.
func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, conn := net.Pipe()
		defer conn.Close()
		defer server.Close()
		rd := NewReader(server, WebSocket, Waits{})
		at := passed(t)
		rd.SetDeadline(at.start.Add(5))
		rd.SetWriteDeadline(at.start)
		rd.Read(make([]byte, 1))
		at.want(5)
		rd.Send("", []byte("hello"))
		newClient(conn, WebSocket).expect(t, message{"text", "", "hello"})
	})
}

// When a reader has caught up, no deadline is left to fail a later write.
func TestDeadlineIsTakenBack(t *testing.T) {
	server, conn := newNetwork(t).narrow()
	watched := &deadlined{TCPConn: server}
	r := New(Config{Keep: Keep{Bytes: 8 << 20}})
	join(t, r, watched, WebSocket, 0)
	text := strings.Repeat("x", 1<<20)
	for range 4 {
		r.Publish("", []byte(text))
	}
	c := newClient(conn, WebSocket)
	for range 4 {
		c.expect(t, message{"text", "", text})
	}
	for drains() > 0 {
		runtime.Gosched()
	}
	if last := watched.last.Load(); last == nil || !last.IsZero() {
		t.Errorf("the last deadline is %v, want none", last)
	}
}

// A deadlined connection remembers its deadline of writing.
type deadlined struct {
	*net.TCPConn
	last atomic.Pointer[time.Time]
}

func (d *deadlined) SetWriteDeadline(t time.Time) error {
	d.last.Store(&t)
	return d.TCPConn.SetWriteDeadline(t)
}
