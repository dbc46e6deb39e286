package roomlog

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"duplex/server/socket"
)

// ErrClosed says that a room takes no messages and readers any more.
var ErrClosed = errors.New("roomlog: the room is closed")

// A Policy says what happens to a reader when the log no longer has what it
// should get next.
type Policy int

const (
	Resync     Policy = iota // it is told how many messages it missed, and goes on with the oldest that is kept
	Disconnect               // its connection ends: WebSockets are told how many in a Close frame, 1013 (try again later)
)

// Keep bounds what a room keeps. Zero is no bound, but the zero Keep is 1,000
// messages. Memory is freed a segment at a time, some 64 KB.
type Keep struct {
	Messages int
	Bytes    int           // encoded, in all formats together
	Age      time.Duration // looked at when something is published, joined or resumed
}

// Config is what a room needs to know. The zero Config is usable.
type Config struct {
	Keep    Keep
	Behind  Policy
	Formats []Format // those that are encoded; none means WebSocket
	First   uint64   // the number of the first message

	// Lagged makes the notice for a reader that missed n messages, on an event stream an
	// event "lagged". It must not call the room. Nil: {"type":"lagged","missed":n}
	Lagged func(missed uint64) []byte
}

// An ID names a message of a room for good: Epoch names the log, which a
// restart replaces by another; Seq counts its messages.
type ID struct {
	Epoch string
	Seq   uint64
}

// String returns the id as it stands in an event's id field: epoch:seq.
func (id ID) String() string { return id.Epoch + ":" + strconv.FormatUint(id.Seq, 10) }

// ParseID reads what String wrote.
func ParseID(s string) (ID, error) {
	epoch, seq, _ := strings.Cut(s, ":")
	n, err := strconv.ParseUint(seq, 10, 64)
	if err != nil || epoch == "" {
		return ID{}, fmt.Errorf("roomlog: %q is no id of a message; expected epoch:number", s)
	}
	return ID{epoch, n}, nil
}

// A Gap is the error that says why a reader can't go on where it was.
type Gap string

func (g Gap) Error() string { return string(g) }

// A Room is a log and those who read it.
type Room struct {
	epoch   string
	config  Config
	mu      sync.Mutex // a Reader's may be held when this is locked, not the other way round
	log     log
	readers []*Reader
	busy    bool // the broadcaster runs
	closed  bool
}

// New returns an empty room.
func New(c Config) *Room {
	c.Keep = cmp.Or(c.Keep, Keep{Messages: 1000})
	if len(c.Formats) == 0 {
		c.Formats = []Format{WebSocket}
	}
	if c.Lagged == nil {
		c.Lagged = func(n uint64) []byte { return fmt.Appendf(nil, `{"type":"lagged","missed":%d}`, n) }
	}
	l := log{keep: c.Keep, began: time.Now(), oldest: c.First, offered: c.First, head: c.First}
	return &Room{epoch: strings.ToLower(rand.Text()[:8]), config: c, log: l}
}

// region publish

// Publish appends a message and returns at once; the readers get it as fast as they
// can. Event streams see its event type. Data is UTF-8. The error is ErrClosed.
func (r *Room) Publish(event string, data []byte) (ID, error) {
	return r.PublishFunc(event, func(ID) []byte { return data })
}

// PublishFunc is Publish for data that holds the message's own id. Calls of
// data are in the order of the ids; it must not call the room.
func (r *Room) PublishFunc(event string, data func(ID) []byte) (ID, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return ID{}, ErrClosed
	}
	id := ID{r.epoch, r.log.head}
	r.log.append(r.config.Formats, id.String(), event, data(id))
	if !r.busy {
		r.busy = true
		go r.broadcast()
	}
	return id, nil
}

// endregion publish

// Head returns the id of the next message: who joins there gets only what is new.
func (r *Room) Head() ID {
	r.mu.Lock()
	defer r.mu.Unlock()
	return ID{r.epoch, r.log.head}
}

// Last returns from where to join to get first the last n messages that are kept.
func (r *Room) Last(n int) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log.trim()
	return max(r.log.oldest, r.log.head-min(uint64(n), r.log.head))
}

// region resume

// Resume returns the number from which to join for a reader that has seen the
// message id and all before it. If there is none, the error is a Gap.
func (r *Room) Resume(id ID) (from uint64, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log.trim()
	from = id.Seq + 1
	switch {
	case id.Epoch != r.epoch:
		return 0, Gap("the room has begun anew since then")
	case from > r.log.head || from == 0:
		return 0, Gap("the room has not come that far")
	case from < r.log.oldest:
		return 0, Gap(fmt.Sprintf("%d of the messages since then are no longer kept", r.log.oldest-from))
	}
	return from, nil
}

// endregion resume

// Join lets a reader read from the message with this number on, which may be yet
// to come. A reader joins one room, once. The error is ErrClosed.
func (r *Room) Join(rd *Reader, from uint64) error {
	rd.mu.Lock()
	defer rd.mu.Unlock()
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return ErrClosed
	}
	rd.room, rd.next, rd.place = r, from, len(r.readers)
	r.readers = append(r.readers, rd)
	r.mu.Unlock() // pump looks into the log
	rd.pump(new(socket.Nonblocking))
	return nil
}

// leave takes a reader out; the last one moves into its place.
func (r *Room) leave(rd *Reader) {
	r.mu.Lock()
	defer r.mu.Unlock()
	moved := r.readers[len(r.readers)-1]
	r.readers[rd.place], moved.place = moved, rd.place
	r.readers = slices.Delete(r.readers, len(r.readers)-1, len(r.readers))
}

// after returns log.run, or how many messages next has missed.
func (r *Room) after(f Format, next uint64, max int) (b run, missed uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if next < r.log.oldest {
		return run{}, r.log.oldest - next
	}
	return r.log.run(f, next, max), 0
}

// Close ends the room. Nothing can be published any more; each reader gets what
// was published before, and then, at some moment within spread, its goodbye
// (Reader.End). Event streams shall come back after retry to twice that.
func (r *Room) Close(code int, reason string, spread, retry time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, rd := range r.readers {
		again := retry + mathrand.N(retry+1)
		time.AfterFunc(mathrand.N(spread+1), func() { rd.End(code, reason, again) })
	}
}

// Readers returns those who are in the room now.
func (r *Room) Readers() []*Reader {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.readers)
}
