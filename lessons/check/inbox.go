package check

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
)

// stepBudget bounds what a step holds of things that came and were not yet
// expected, in bytes over all its connections. A target that floods is cut
// off there.
const stepBudget = 64 << 20

// itemCost is added to the size of each thing held, so that a flood of empty
// messages is bounded as well.
const itemCost = 64

// keptControls is how many pings and pongs a connection holds.
const keptControls = 64

// A message is a whole WebSocket message, or a ping or pong.
type message struct {
	op   ws.OpCode
	data []byte
	at   time.Duration
}

// A closeFrame is a Close frame that came. Code is 1005 when it held none.
type closeFrame struct {
	code   int
	reason string
	first  bool // the other end began the closing handshake
	at     time.Duration
}

// Ways in which a connection ends, by the doing of the other end.
const (
	endEOF       = "eof"       // TCP ended, or the stream's body did
	endReset     = "reset"     // TCP was reset
	endViolation = "protocol"  // it broke RFC 6455; the checker stopped reading
	endFlood     = "flood"     // it sent more than the step holds
	endBroken    = "broken"    // the checker's own reader broke
	endGarbage   = "garbage"   // what came is not HTTP
	endHead      = "head-long" // the head has no end
)

// An ending says how a connection ended.
type ending struct {
	kind  string
	words string // what was wrong, for a violation
	at    time.Duration
}

// An arrival is the last thing that came on a connection, in words.
type arrival struct {
	words func() string
	at    time.Duration
}

// An inbox holds what came on a connection and was not yet expected. The
// connection's reader fills it; the step's goroutine alone waits on it.
type inbox struct {
	budget  *atomic.Int64
	changed chan struct{} // holds a token when something came

	mu       sync.Mutex
	messages []message
	pings    []message
	pongs    []message
	events   []event
	closed   *closeFrame
	end      *ending
	last     arrival
	open     unfinished
}

// unfinished is what has begun to come and has not ended.
type unfinished struct {
	frameWant, frameHave int // the payload of a frame
	fragments            int // bytes of a message without its last fragment
	fragmented           bool
	lines                []string // lines of an event without its blank line
}

func newInbox(budget *atomic.Int64) *inbox {
	return &inbox{budget: budget, changed: make(chan struct{}, 1)}
}

// update changes the inbox and wakes who waits.
func (b *inbox) update(change func()) {
	b.mu.Lock()
	change()
	b.mu.Unlock()
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// spend takes the cost of holding n bytes from the step's budget, and reports
// whether it was there.
func (b *inbox) spend(n int) bool {
	return b.budget.Add(-int64(n+itemCost)) >= 0
}

// giveBack returns the cost of n bytes that are no longer held.
func (b *inbox) giveBack(n int) { b.budget.Add(int64(n + itemCost)) }

// nextMessage takes the first message.
func (b *inbox) nextMessage() message {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.messages[0]
	b.messages = b.messages[1:]
	b.giveBack(len(m.data))
	return m
}

// nextEvent takes the first event.
func (b *inbox) nextEvent() event {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.events[0]
	b.events = b.events[1:]
	b.giveBack(len(e.data))
	return e
}

// snapshot returns the state that failures speak of.
func (b *inbox) snapshot() (end *ending, closed *closeFrame, last arrival, open unfinished) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.end, b.closed, b.last, b.open
}

// keepControl appends a ping or pong, dropping the oldest.
func keepControl(list []message, m message) []message {
	if len(list) >= keptControls {
		list = list[1:]
	}
	return append(list, m)
}

var fingerprints = maphash.MakeSeed()

// sum stands for a message where only sameness matters.
func (m message) sum() uint64 { return maphash.Bytes(fingerprints, m.data) + uint64(m.op) }

// saw notes a message that was expected and came.
func (c *conn) saw(m message) {
	c.seen[m.sum()]++
	if c.before != nil {
		c.before[m.sum()]++
	}
}
