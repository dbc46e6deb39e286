package bench

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
)

const (
	firstBuffer = 4 << 10  // of a connection that hears little
	fullBuffer  = 64 << 10 // of one whose reads fill theirs
	partWait    = time.Second
)

// A webSocket is one connection of Echo or Chat. One goroutine reads it and at most one publishes
// on it; pongs are written by whichever of them can.
type webSocket struct {
	conn net.Conn
	rx   *receiver

	buf    []byte // what was read is buf[:have]
	have   int
	joined []byte // the fragments of a message so far (RFC 6455 §5.4)
	inside bool   // such a message is under way
	pings  []byte // the payload of the latest ping that waits for its pong
	pinged bool

	parted  atomic.Bool
	writing sync.Mutex // held for a whole frame
	pong    atomic.Pointer[[]byte]
	answers sync.WaitGroup
	out     []byte // the publisher's
}

// openSocket opens a WebSocket for a receiver.
func (r *run) openSocket(ctx context.Context, rx *receiver) (source, error) {
	conn, early, err := dialSocket(ctx, r.cfg)
	if err != nil {
		return nil, err
	}
	s := &webSocket{conn: conn, rx: rx, buf: make([]byte, max(firstBuffer, len(early)))}
	s.have = copy(s.buf, early)
	return s, nil
}

// read hands all that comes to the receiver, until the connection ends.
func (s *webSocket) read() *ending {
	for {
		if end := s.consume(); end != nil {
			s.part() // the answer to a Close frame, or ours
			return end
		}
		if s.pinged {
			s.pinged = false
			s.answer(append([]byte(nil), s.pings...))
		}
		n, err := s.conn.Read(s.buf[s.have:])
		if err != nil {
			return &ending{Why: lostConnection(err)}
		}
		s.have += n
	}
}

// consume takes the whole frames that are in the buffer, and makes room for the
// rest of the one that is not.
func (s *webSocket) consume() *ending {
	now := s.rx.run.now()
	full := s.have == len(s.buf)
	s.rx.mu.Lock()
	defer s.rx.mu.Unlock()
	for b := s.buf[:s.have]; ; {
		f, size, err := nextFrame(b)
		if err != nil {
			return &ending{Why: "the server sent " + err.Error()}
		}
		if size > len(b) {
			s.makeRoom(b, size, full)
			return nil
		}
		if end := s.frame(f, now); end != nil {
			return end
		}
		b = b[size:]
	}
}

// makeRoom moves the unfinished frame to the front of a buffer that it fits in.
// After a read that filled the buffer, the next may be larger.
func (s *webSocket) makeRoom(rest []byte, size int, full bool) {
	want := max(len(s.buf), size)
	if full && want < fullBuffer {
		want = min(2*want, fullBuffer)
	}
	to := s.buf
	if want == len(s.buf) && len(rest) == s.have {
		return // it lies there already: a large frame comes in many pieces
	}
	if want > len(s.buf) {
		to = make([]byte, want)
	}
	s.have = copy(to, rest)
	s.buf = to
}

func (s *webSocket) frame(f frame, now moment) *ending {
	switch f.op {
	case ws.OpClose:
		return closed(f.payload)
	case ws.OpPing:
		s.pings, s.pinged = append(s.pings[:0], f.payload...), true
		return nil
	case ws.OpPong:
		return nil
	}
	if (f.op == ws.OpContinuation) != s.inside {
		return &ending{Why: "the server sent fragments in an order that RFC 6455 §5.4 forbids"}
	}
	if f.fin && !s.inside {
		s.rx.message(f.payload, now)
		return nil
	}
	s.inside = !f.fin
	if s.joined = append(s.joined, f.payload...); len(s.joined) > maxMessage {
		return &ending{Why: "the server sent a message that is too large to be read"}
	}
	if f.fin {
		s.rx.message(s.joined, now)
		s.joined = s.joined[:0]
	}
	return nil
}

// closed reads a Close frame (RFC 6455 §5.5.1).
func closed(payload []byte) *ending {
	if len(payload) < 2 {
		return &ending{Code: int(ws.StatusNoStatusRcvd)}
	}
	return &ending{Code: int(binary.BigEndian.Uint16(payload)), Why: excerpt(payload[2:])}
}

// answer answers a ping, in a goroutine of its own: the reader must not wait
// for a server that waits to be read. When the server asks again meanwhile, only
// the latest ping is answered, as RFC 6455 §5.5.3 allows.
func (s *webSocket) answer(payload []byte) {
	s.pong.Store(&payload)
	s.answers.Go(s.passPong)
}

// passPong writes the pong that is due, unless somebody is writing, who will
// then do it.
func (s *webSocket) passPong() {
	for s.pong.Load() != nil && s.writing.TryLock() {
		if p := s.pong.Swap(nil); p != nil {
			s.conn.Write(appendFrame(nil, ws.OpPong, *p, newKey()))
		}
		s.writing.Unlock()
	}
}

// send publishes messages of one size that stand one behind the other in batch,
// as text, in one write. It returns how many went out whole.
func (s *webSocket) send(batch []byte, size int) (int, error) {
	s.out = s.out[:0]
	for rest := batch; len(rest) > 0; rest = rest[size:] {
		s.out = appendFrame(s.out, ws.OpText, rest[:size], newKey())
	}
	s.writing.Lock()
	n, err := s.conn.Write(s.out)
	s.writing.Unlock()
	s.passPong()
	return n * (len(batch) / size) / len(s.out), err
}

// hurry bounds a write that is under way.
func (s *webSocket) hurry() { s.conn.SetWriteDeadline(time.Now().Add(partWait)) }

// part says goodbye, once. The reader then ends when the server has answered,
// and after partWait at the latest.
func (s *webSocket) part() {
	if s.parted.Swap(true) {
		return
	}
	s.conn.SetDeadline(time.Now().Add(partWait))
	body := ws.NewCloseFrameBody(ws.StatusNormalClosure, "")
	if s.writing.TryLock() {
		s.conn.Write(appendFrame(nil, ws.OpClose, body, newKey()))
		s.writing.Unlock()
	}
}

func (s *webSocket) close() {
	s.conn.Close()
	s.answers.Wait()
}

// newKey is a masking key that a server can't foresee (RFC 6455 §5.3).
func newKey() (key [4]byte) {
	binary.LittleEndian.PutUint32(key[:], rand.Uint32())
	return key
}

// lostConnection words the end of a connection without a goodbye.
func lostConnection(err error) string {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe):
		return "the server closed it without a word"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "the server took nothing more"
	}
	return innermost(err)
}
