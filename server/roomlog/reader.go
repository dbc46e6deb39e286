package roomlog

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/gorilla/websocket"

	"duplex/server/socket"
)

const parkedWrite = 16 << 10 // bytes that a parked socket is offered at a time
const maxPrivate = 256 << 10 // bytes that may wait for one reader besides the log

// ErrSlow says that a reader has let too much wait that is for it alone.
var ErrSlow = errors.New("roomlog: the reader does not take what it is sent")

// Waits are a reader's deadlines. Zero means the default.
type Waits struct {
	Stall time.Duration // how long a socket may refuse 16 KB before the connection ends; 10 s
	Close time.Duration // how long the other side may take to answer a goodbye; 2 s
}

// A Reader is one connection's cursor into a room, and the one way to its
// network side. For gorilla it is the network: what that writes must be whole
// frames, as control frames are, and goes out between the log's. Messages for
// this reader alone go through Send. Writing never waits; when it fails, the
// connection below is closed, and whoever reads from it finds out.
type Reader struct {
	net.Conn
	raw    syscall.RawConn // nil: this connection can't be written to without waiting
	format Format
	waits  Waits
	place  int // in the room's readers; the room's lock guards it

	mu      sync.Mutex
	room    *Room  // nil before Join and after Leave
	next    uint64 // the cursor: the number of the next message to get
	private []byte // goes out before more of the log: the rest of a frame that was cut, then whole frames
	cut     int    // bytes of that rest
	bye     []byte // goes out when the log has been read to its head, and ends the connection
	parked  bool   // drain runs; nobody else writes
	last    bool   // what is in private is the last that is sent
	half    bool   // after that, the sending half of the connection is closed
	failed  bool
}

// NewReader returns a reader on a connection. It joins no room yet.
func NewReader(conn net.Conn, f Format, w Waits) *Reader {
	rd := &Reader{Conn: conn, format: f, half: f == EventStream}
	rd.waits = Waits{cmp.Or(w.Stall, 10*time.Second), cmp.Or(w.Close, 2*time.Second)}
	if c, ok := conn.(syscall.Conn); ok {
		rd.raw, _ = c.SyscallConn()
	}
	return rd
}

// region offer

// offer gives the reader a batch of the broadcaster's. The usual case is the last
// one below: the reader stands where the batch begins.
func (rd *Reader) offer(b run, w *socket.Nonblocking) {
	rd.mu.Lock()
	defer rd.mu.Unlock()
	switch {
	case rd.parked || rd.failed || rd.last || rd.room == nil || rd.next >= b.to():
	case rd.next != b.from:
		rd.pump(w)
	default:
		rd.write(b, w)
	}
}

// pump writes what there is for the reader, until its socket takes no more. If more
// is published all the while, the others shall not wait. The reader's lock is held.
func (rd *Reader) pump(w *socket.Nonblocking) {
	for n := 1; !rd.parked && !rd.failed; n++ {
		b := rd.ahead(segmentMax)
		if len(b.bytes) == 0 {
			return
		}
		if rd.write(b, w); n == 8 && !rd.parked {
			rd.park()
		}
	}
}

// write writes b without waiting. When the socket does not take all, the reader
// is parked: left to a goroutine of its own.
func (rd *Reader) write(b run, w *socket.Nonblocking) {
	n, err := w.Write(rd.raw, b.bytes)
	rd.wrote(b, n)
	if err != nil {
		rd.fail()
	} else if n < len(b.bytes) {
		rd.park()
	}
}

// endregion offer

// region ahead

// ahead returns what is to be written next: what waits for this reader alone,
// or else a run of the log, or else its goodbye.
func (rd *Reader) ahead(max int) run {
	if len(rd.private) > 0 {
		return run{bytes: rd.private}
	}
	if rd.last || rd.room == nil {
		return run{}
	}
	b, missed := rd.room.after(rd.format, rd.next, max)
	switch {
	case missed > 0:
		rd.lagged(missed)
	case len(b.bytes) == 0 && rd.bye != nil:
		rd.private, rd.last = rd.bye, true
	default:
		return b
	}
	return run{bytes: rd.private}
}

// lagged tells the reader how many messages the log has let go of before it got them.
func (rd *Reader) lagged(missed uint64) {
	rd.next += missed
	if c := &rd.room.config; c.Behind == Disconnect {
		rd.tooSlow(fmt.Sprintf("%d messages were missed", missed))
	} else {
		id := ID{rd.room.epoch, rd.next - 1}
		rd.private = rd.format.encode(nil, id.String(), "lagged", c.Lagged(missed))
	}
}

// endregion ahead

// wrote moves on by the n bytes of b that have been written. When they end in
// the middle of a message, its rest is what goes out next.
func (rd *Reader) wrote(b run, n int) {
	if b.marks == nil {
		rd.private, rd.cut = rd.private[n:], max(rd.cut-n, 0)
	} else {
		var rest []byte
		rd.next, rest = b.split(n)
		rd.private, rd.cut = slices.Concat(rest, rd.private), len(rest)
	}
	if len(rd.private) > 0 {
		return
	}
	rd.private = nil
	if rd.last {
		rd.ended()
	}
}

// ended gives the other side its time to answer the goodbye.
func (rd *Reader) ended() {
	rd.Conn.SetReadDeadline(time.Now().Add(rd.waits.Close))
	if c, ok := rd.Conn.(interface{ CloseWrite() error }); ok && rd.half {
		c.CloseWrite()
	}
}

// drain writes to a socket that was full, waiting for it, until the reader has
// caught up. Nobody else waits: the lock is free meanwhile.
func (rd *Reader) drain() {
	rd.mu.Lock()
	defer rd.mu.Unlock()
	for !rd.failed {
		b := rd.ahead(parkedWrite)
		if len(b.bytes) == 0 {
			break
		}
		b.bytes = slices.Clone(b.bytes) // which keeps no segment
		wait := rd.waits.Stall
		if rd.last {
			wait = rd.waits.Close
		}
		rd.mu.Unlock()
		rd.Conn.SetWriteDeadline(time.Now().Add(wait))
		n, err := rd.Conn.Write(b.bytes[:min(len(b.bytes), parkedWrite)])
		rd.mu.Lock()
		rd.wrote(b, n)
		rd.stalled(err)
	}
	rd.Conn.SetWriteDeadline(time.Time{})
	rd.parked = false
}

// stalled ends a connection whose socket failed, or was full for too long. The
// latter gets a goodbye: if it wakes up within Waits.Close, it can read why.
func (rd *Reader) stalled(err error) {
	switch {
	case err == nil:
	case errors.Is(err, os.ErrDeadlineExceeded) && !rd.last:
		rd.tooSlow("16 KB were not taken in " + rd.waits.Stall.String())
	default:
		rd.fail()
	}
}

func (rd *Reader) tooSlow(why string) {
	bye := rd.format.goodbye(websocket.CloseTryAgainLater, "too slow: "+why, rd.waits.Close)
	rd.private, rd.last = append(rd.private, bye...), true
}

func (rd *Reader) park() { rd.parked = true; go rd.drain() }
func (rd *Reader) fail() { rd.failed = true; rd.Conn.Close() }
