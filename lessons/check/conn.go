package check

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gobwas/ws"

	"duplex/server/wire"
)

// stalledBuffer is the receive buffer, in bytes, of a connection that stopped
// reading. Small, so that the server soon feels it.
const stalledBuffer = 4 << 10

// farewellTime is how long the Close frames at the end of a step may take.
const farewellTime = 50 * time.Millisecond

// A conn is one connection of a step. The step's goroutine owns it; one reader
// goroutine, started once the head was read, fills the inbox and ends when
// the connection is shut.
type conn struct {
	name string
	peer party // who is at the other end
	tape *tape
	gate *gate
	br   *bufio.Reader
	box  *inbox

	request   opening  // what was asked
	head      *head    // the answer; nil until it was read
	caller    *caller  // the request of the program, where the script plays the server
	mayEnd    bool     // the script awaits its end
	reading   bool     // the reader was started
	upright   bool     // speaks WebSocket
	streaming bool     // is an event stream
	deflate   *deflate // how messages are compressed; nil when they are not
	gone      chan struct{}
	left      func()                 // called at the end of the reader
	parted    func(at time.Duration) // called before we end TCP after a closing handshake that was over at that time
	cancel    func() bool            // stops the watch on the step's context

	writing   sync.Mutex
	pending   atomic.Pointer[[]byte] // a pong that is to be sent
	saidClose atomic.Bool

	sent     sentLog
	seen     map[uint64]int // messages that were expected and came
	before   map[uint64]int // the same on any connection, where the script plays the server
	gathered []message      // what gather received, in order
	origin   time.Duration  // arrival of the event or head before
	lastID   string         // of the last event that was expected
	past     []event        // that were expected
}

// sentLog is what a connection sent last.
type sentLog struct {
	words string
	at    time.Duration
	batch []message // of the last send or exchange
	ping  []byte
	parts []byte // fragments that have no end yet
	op    ws.OpCode
}

// newConn wraps an open connection. It is usable until ctx ends.
func newConn(ctx context.Context, name string, raw net.Conn, t *tape, budget *atomic.Int64) *conn {
	g := &gate{Conn: raw, released: make(chan struct{})}
	c := &conn{name: name, peer: theServer, tape: t, gate: g, br: bufio.NewReader(g), box: newInbox(budget),
		gone: make(chan struct{}), left: func() {}, parted: func(time.Duration) {}, seen: map[uint64]int{}}
	if deadline, ok := ctx.Deadline(); ok {
		raw.SetDeadline(deadline)
	}
	c.cancel = context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })
	return c
}

// A party is who is at the other end of a connection, in words.
type party string

const (
	theServer  party = "the server"   // where the script plays the client
	theProgram party = "your program" // where it plays the server
)

// end is that end of the connection.
func (p party) end() wire.End {
	if p == theProgram {
		return wire.Client
	}
	return wire.Server
}

// other is our own end of the connection.
func (p party) other() wire.End {
	if p == theProgram {
		return wire.Server
	}
	return wire.Client
}

// start begins to read in the background.
func (c *conn) start(read func() error) {
	if c.reading {
		return
	}
	c.reading = true
	go func() {
		defer close(c.gone)
		defer c.left()
		defer func() {
			if v := recover(); v != nil {
				c.finish(&ending{kind: endBroken, words: fmt.Sprint(v)})
			}
		}()
		c.finish(c.endingOf(read()))
	}()
}

// finish records how the connection ended; nil is our own doing.
func (c *conn) finish(e *ending) {
	if e == nil {
		return
	}
	e.at = c.tape.now()
	var name string
	var how *wire.Close
	c.box.update(func() { c.box.end, name, how = e, c.name, c.closeOf() })
	if e.kind == endViolation || e.kind == endFlood || e.kind == endBroken {
		c.tape.note(name, wire.KindError, e.words)
		return
	}
	c.tape.add(wire.Event{At: wire.Millis(e.at), Conn: name, Kind: wire.KindClosed, Close: how}, []byte(endWords(e)))
}

// closeOf says how the connection ended, as an API would. The inbox is locked.
func (c *conn) closeOf() *wire.Close {
	closed := c.box.closed
	if !c.upright {
		return nil
	}
	if closed == nil {
		return &wire.Close{Code: 1006, By: c.peer.end()}
	}
	by := c.peer.other()
	if closed.first {
		by = c.peer.end()
	}
	return &wire.Close{Code: closed.code, Reason: closed.reason, By: by, Clean: true}
}

// endingOf explains a reader's error.
func (c *conn) endingOf(err error) *ending {
	var bad *violation
	switch {
	case err == nil, errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, io.ErrClosedPipe):
		return nil
	case errors.As(err, &bad):
		return &ending{kind: endViolation, words: bad.words}
	case errors.Is(err, errFlood):
		return &ending{kind: endFlood, words: string(c.peer) + " sent more than 64 MiB that the step did not ask for"}
	case errors.Is(err, errReset), errors.Is(err, syscall.EPIPE):
		return &ending{kind: endReset}
	}
	return &ending{kind: endEOF}
}

func endWords(e *ending) string {
	switch e.kind {
	case endReset:
		return "TCP reset"
	case endEOF:
		return "TCP closed"
	}
	return e.words
}

// discard reads and drops what comes, until the end.
func (c *conn) discard() error {
	n, err := io.Copy(io.Discard, c.br)
	if n > 0 {
		c.tape.note(c.name, wire.KindNote, showSize(int(n))+" of a body, not shown")
	}
	if err == nil {
		err = io.EOF
	}
	return err
}

// stall stops reading.
func (c *conn) stall() {
	c.gate.stalled.Store(true)
	if tcp, ok := c.gate.Conn.(interface{ SetReadBuffer(int) error }); ok {
		tcp.SetReadBuffer(stalledBuffer)
	}
	c.tape.note(c.name, wire.KindNote, "stops reading")
}

// drop closes TCP without a Close frame and waits for the reader's end.
func (c *conn) drop() {
	c.cancel()
	c.gate.Close()
	if c.reading {
		<-c.gone
	}
}

// leave says goodbye until a deadline, where that is possible, and drops.
func (c *conn) leave(until time.Time) {
	if end, _, _, _ := c.box.snapshot(); c.upright && end == nil && !c.saidClose.Load() && c.writing.TryLock() {
		c.gate.SetWriteDeadline(until)
		_, _, b := c.dress(frame{fin: true, op: ws.OpClose, payload: []byte{3, 232}}).compile(controlMask)
		c.gate.Write(b)
		c.writing.Unlock()
	}
	c.drop()
}

// A gate is a connection whose reads can be stopped for good.
type gate struct {
	net.Conn
	stalled  atomic.Bool
	once     sync.Once
	released chan struct{}
}

func (g *gate) Read(p []byte) (int, error) {
	if g.stalled.Load() {
		<-g.released
		return 0, net.ErrClosed
	}
	return g.Conn.Read(p)
}

func (g *gate) Close() error {
	g.once.Do(func() { close(g.released) })
	return g.Conn.Close()
}
