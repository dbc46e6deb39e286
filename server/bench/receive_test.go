package bench

import (
	"bytes"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// A tape is a connection from which prepared frames are read over and over, in pieces.
type tape struct {
	net.Conn
	frames []byte
	at     int
	left   int // bytes
	most   int // bytes at a time; 0 for as many as fit
}

var errTapeEnds = errors.New("the tape ends")

func (t *tape) Read(b []byte) (int, error) {
	if t.left == 0 {
		return 0, errTapeEnds
	}
	n := min(len(b), t.left)
	if t.most > 0 {
		n = min(n, t.most)
	}
	n = copy(b[:n], t.frames[t.at:])
	t.at = (t.at + n) % len(t.frames)
	t.left -= n
	return n, nil
}

func (t *tape) Write(b []byte) (int, error)   { return len(b), nil }
func (t *tape) SetDeadline(_ time.Time) error { return nil }

// taped makes a socket of a chat that hears frames of four publishers in turn.
func taped(frames int) *webSocket {
	r := newRun(Config{Mode: Chat, Connections: 1, Size: 128, Send: place})
	r.to.Store(1 << 62)
	var all bytes.Buffer
	for i := range frames {
		stamp{publisher: i % 4, seq: uint64(i/4 + 1)}.put(r.text.bytes, r.id)
		ws.WriteFrame(&all, ws.NewTextFrame(bytes.Clone(r.text.bytes)))
	}
	r.receivers[0].flows = make([]flow, 4)
	return &webSocket{conn: &tape{frames: all.Bytes()}, rx: r.receivers[0], buf: make([]byte, fullBuffer)}
}

// BenchmarkReceive is what it costs to take one delivery of 128 bytes off a
// connection, network aside.
func BenchmarkReceive(b *testing.B) {
	const frames = 4096
	s := taped(frames)
	t := s.conn.(*tape)
	t.left = b.N * (len(t.frames) / frames)
	b.ReportAllocs()
	b.ResetTimer()
	s.read()
	if int(s.rx.got) != b.N {
		b.Fatalf("got %d of %d", s.rx.got, b.N)
	}
}

// Receiving a message allocates nothing.
func TestReceiveAllocatesNothing(t *testing.T) {
	const frames = 4096
	s := taped(frames)
	tape := s.conn.(*tape)
	allocs := testing.AllocsPerRun(10, func() {
		tape.left = len(tape.frames)
		s.read()
		s.rx.flows = s.rx.flows[:4]
		clear(s.rx.flows)
	})
	if s.rx.got != 11*frames { // AllocsPerRun warms up once
		t.Fatalf("got %d messages", s.rx.got)
	}
	if allocs > 10 { // of the ending, for 4096 messages
		t.Errorf("%v allocations for %d messages", allocs, frames)
	}
}
