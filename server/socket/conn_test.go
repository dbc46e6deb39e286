package socket

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// A wrapper counts what passes.
type wrapper struct {
	net.Conn
	read, written atomic.Int64
}

func (w *wrapper) NetConn() net.Conn { return w.Conn }

func (w *wrapper) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.read.Add(int64(n))
	return n, err
}

func (w *wrapper) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	w.written.Add(int64(n))
	return n, err
}

func TestWrapSeesEverything(t *testing.T) {
	w := new(wrapper)
	served := make(chan struct{})
	raw := onTCP(t, Options{Wrap: func(c net.Conn) net.Conn { w.Conn = c; return w }}, func(conn *websocket.Conn) {
		echo(10)(conn)
		close(served)
	}).handshake()
	out := append(frame(0x81, []byte("hello")), frame(0x88, nil)...)
	raw.Write(out)
	in, err := io.ReadAll(raw)
	raw.Close()
	<-served
	if want := "\x81\x05hello\x88\x00"; string(in) != want || err != nil {
		t.Errorf("got %q, %v", in, err)
	}
	if head := w.written.Load() - int64(len(in)); w.read.Load() != int64(len(out)) || head < 100 {
		t.Errorf("%d bytes read, want %d; %d written before the frames, want the head", w.read.Load(), len(out), head)
	}
	if _, err := w.Conn.(syscall.Conn).SyscallConn(); err != nil {
		t.Errorf("SyscallConn: %v", err)
	}
}

func TestNoDescriptorBelow(t *testing.T) {
	client, server := net.Pipe()
	defer client.Close()
	defer server.Close()
	c := newConn(server, nil)
	if raw, err := c.SyscallConn(); raw != nil || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %v, %v", raw, err)
	}
	if err := c.CloseWrite(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("CloseWrite: %v", err)
	}
}

// What came together with the request's head, and so lies in net/http's buffer,
// is read first.
func TestNothingIsLostBehindTheHandshake(t *testing.T) {
	s := onTCP(t, Options{}, echo(1<<16))
	conn, err := s.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	long := bytes.Repeat([]byte("x"), 3000)
	all := append([]byte(request), frame(0x81, []byte("early"))...)
	all = append(append(all, frame(0x82, long)...), frame(0x88, nil)...)
	conn.Write(all)
	in, err := io.ReadAll(conn)
	_, in, _ = bytes.Cut(in, []byte("\r\n\r\n"))
	want := append([]byte("\x81\x05early"), append(frame(0x82, nil)[:1], 126, 3000>>8, 3000&0xff)...)
	want = append(append(want, long...), 0x88, 0)
	if !bytes.Equal(in, want) || err != nil {
		t.Errorf("got %d bytes, want %d; %v", len(in), len(want), err)
	}
}

// tcpPair is a conn and the other end of it.
func tcpPair(t testing.TB) (*conn, net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	far, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	near, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close(); near.Close() })
	return newConn(near, nil), far
}

func TestReadAllocatesNothing(t *testing.T) {
	c, far := tcpPair(t)
	out, in := make([]byte, 100), make([]byte, 64)
	got := testing.AllocsPerRun(1000, func() {
		far.Write(out)
		for n := 0; n < len(out); {
			m, err := c.Read(in)
			if err != nil {
				t.Fatal(err)
			}
			n += m
		}
	})
	if got >= 1 {
		t.Errorf("%v allocations a read", got)
	}
}

// A conn that waits, or from which everything was read, holds no buffer.
func TestNoBufferIsHeld(t *testing.T) {
	c, far := tcpPair(t)
	if c.raw.conn == nil {
		t.Skip("descriptors can't be read on this system")
	}
	far.Write(make([]byte, 10))
	in := make([]byte, 9)
	if _, err := io.ReadFull(c, in); err != nil || c.lent == nil {
		t.Errorf("one byte is left: %v; the buffer is %v", err, c.lent)
	}
	if _, err := io.ReadFull(c, in[:1]); err != nil || c.lent != nil {
		t.Errorf("nothing is left: %v; the buffer is held: %v", err, c.lent != nil)
	}
	c.SetReadDeadline(time.Now().Add(-time.Second))
	if _, err := c.Read(in); !errors.Is(err, os.ErrDeadlineExceeded) || c.lent != nil {
		t.Errorf("after the deadline: %v; the buffer is held: %v", err, c.lent != nil)
	}
}

func TestReadEndsAsOnAnyConn(t *testing.T) {
	for _, size := range []int{1, len(buffer{})} { // borrowed and direct
		for _, c := range []struct {
			name string
			end  func(c *conn, far net.Conn)
			want error
		}{
			{"the client closes", func(_ *conn, far net.Conn) { far.Close() }, io.EOF},
			{"we close", func(c *conn, _ net.Conn) { c.Close() }, net.ErrClosed},
			{"the client resets", func(_ *conn, far net.Conn) { far.(*net.TCPConn).SetLinger(0); far.Close() }, syscall.ECONNRESET},
			{"the deadline passes", func(c *conn, _ net.Conn) { c.SetReadDeadline(time.Now()) }, os.ErrDeadlineExceeded},
		} {
			ours, far := tcpPair(t)
			c.end(ours, far)
			n, err := ours.Read(make([]byte, size))
			var ne net.Error
			if n != 0 || !errors.Is(err, c.want) || c.want != io.EOF && !errors.As(err, &ne) {
				t.Errorf("%s, %d bytes: got %d, %v, want %v as a net.Error", c.name, size, n, err, c.want)
			}
		}
	}
}

// However bytes are read, they are a sign of life.
func TestBytesAreHeard(t *testing.T) {
	overTCP, far := tcpPair(t)
	pipeEnd, near := net.Pipe()
	defer pipeEnd.Close()
	defer near.Close()
	inMemory := newConn(near, nil)
	for _, c := range []struct {
		name string
		conn *conn
		far  net.Conn
		size int
	}{
		{"borrowed", overTCP, far, 1},
		{"direct", overTCP, far, len(buffer{})},
		{"no descriptor", inMemory, pipeEnd, 1},
	} {
		c.conn.heard.Store(-1)
		go c.far.Write([]byte("x"))
		if _, err := c.conn.Read(make([]byte, c.size)); err != nil || c.conn.heard.Load() < 0 {
			t.Errorf("%s: %v, heard at %d", c.name, err, c.conn.heard.Load())
		}
	}
}
