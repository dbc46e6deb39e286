package wire

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Bounds of what the taps of a server hold. All are far above what a page
// needs, and keep the whole below a few tens of megabytes whatever pages ask.
const (
	maxTaps      = 512              // live ids
	maxWatchers  = 4                // of one id
	maxBatch     = 1000             // events that wait for a watcher
	batchBytes   = 1 << 20          // and the memory they take
	backlogBytes = 64 << 10         // memory of what is kept while nobody watches
	eventBytes   = 256              // memory of an event besides its content
	unwatched    = 30 * time.Second // how long an ended connection's events wait for a watcher
)

// Taps connects those who record what passes on a connection with those who
// watch it, by an id that the watching page has chosen. Either may come first.
// While nobody watches an id, what is recorded under it waits, within bounds;
// the next watcher gets it.
//
// Recording never blocks and never fails: what does not fit is counted, and a
// Note says how many events were left out. Safe for concurrent use; the nil
// Taps records nothing.
type Taps struct {
	mu   sync.Mutex
	taps map[string]*tap
}

// A tap is all that is known under one id. Taps.mu guards it.
type tap struct {
	start     time.Time // the transcript's zero: when the first recorder came
	recorders int       // still open
	conns     int       // ever
	ended     time.Time // when the last recorder closed
	backlog   batch
	watchers  []*watcher
}

// NewTaps returns taps with nothing recorded.
func NewTaps() *Taps { return &Taps{taps: make(map[string]*tap)} }

// ValidID reports whether id can name a tap: 16 to 64 of A–Z, a–z, 0–9, - and _.
// It is the only secret that protects a transcript: choose it at random.
func ValidID(id string) bool {
	if len(id) < 16 || len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// Recorder returns a recorder for one connection; its user closes it. It
// returns nil, a recorder of nothing, for an id that is not valid and when too
// many ids are in use.
func (t *Taps) Recorder(id string) *Recorder {
	if t == nil || !ValidID(id) {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.get(id)
	if p == nil {
		return nil
	}
	if p.conns == 0 {
		p.start = time.Now()
	}
	p.conns++
	p.recorders++
	r := &Recorder{taps: t, id: id, tap: p}
	if p.conns > 1 {
		r.conn = strconv.Itoa(p.conns)
	}
	return r
}

var (
	errID   = errors.New("an id has 16 to 64 of A–Z, a–z, 0–9, - and _")
	errFull = errors.New("too many connections are being watched; close another page and try again")
)

// Watch delivers the events recorded under id, those that have waited first,
// in batches and in order. A watcher that falls behind misses events and finds
// a Note in their place. Call stop when done: it closes the channel. The error
// is for the page's user.
func (t *Taps) Watch(id string) (events <-chan []Event, stop func(), err error) {
	if t == nil || !ValidID(id) {
		return nil, nil, errID
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.get(id)
	if p == nil || len(p.watchers) == maxWatchers {
		return nil, nil, errFull
	}
	w := &watcher{events: make(chan []Event, 1)}
	p.watchers = append(p.watchers, w)
	if len(p.backlog.events) > 0 {
		w.pending = p.backlog
		w.events <- p.backlog.events
		p.backlog = batch{}
	}
	return w.events, sync.OnceFunc(func() { t.unwatch(id, p, w) }), nil
}

func (t *Taps) unwatch(id string, p *tap, w *watcher) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p.watchers = slices.DeleteFunc(p.watchers, func(o *watcher) bool { return o == w })
	close(w.events)
	t.forgetIfIdle(id, p)
}

// get finds or makes the tap of id; nil when there are too many.
func (t *Taps) get(id string) *tap {
	if p := t.taps[id]; p != nil {
		return p
	}
	if len(t.taps) >= maxTaps {
		for id, p := range t.taps {
			t.forgetIfIdle(id, p)
		}
	}
	if len(t.taps) >= maxTaps {
		return nil
	}
	p := &tap{}
	t.taps[id] = p
	return p
}

// forgetIfIdle drops a tap that nobody uses and that holds nothing, or holds
// it for too long.
func (t *Taps) forgetIfIdle(id string, p *tap) {
	waiting := len(p.backlog.events) > 0 && time.Since(p.ended) < unwatched
	if p.recorders == 0 && len(p.watchers) == 0 && !waiting && t.taps[id] == p {
		delete(t.taps, id)
	}
}

// A Recorder records the events of one connection. The nil Recorder records
// nothing. Safe for concurrent use.
type Recorder struct {
	taps *Taps
	tap  *tap
	id   string
	conn string // set from the second connection of an id on
	done bool   // guarded by taps.mu
}

// Record adds an event, as seen by the server unless it says otherwise, at
// this moment.
func (r *Recorder) Record(e Event) {
	if r == nil {
		return
	}
	r.taps.mu.Lock()
	defer r.taps.mu.Unlock()
	if r.done {
		return
	}
	e.At, e.Conn = Millis(time.Since(r.tap.start)), r.conn
	if e.End == "" {
		e.End = Server
	}
	if len(r.tap.watchers) == 0 {
		r.tap.backlog.add(e, backlogBytes)
		return
	}
	for _, w := range r.tap.watchers {
		w.push(e)
	}
}

// Close ends the recording. What is recorded afterwards is ignored.
func (r *Recorder) Close() {
	if r == nil {
		return
	}
	r.taps.mu.Lock()
	defer r.taps.mu.Unlock()
	if r.done {
		return
	}
	r.done = true
	r.tap.recorders--
	r.tap.ended = time.Now()
	r.taps.forgetIfIdle(r.id, r.tap)
}

// A watcher's channel holds at most one batch. As long as the watcher has not
// taken it, more events are added to it. Taps.mu guards it.
type watcher struct {
	events  chan []Event
	pending batch // what the channel holds, if the watcher has not taken it
}

// push never blocks: only push sends, under the lock, and it has just emptied
// the channel.
func (w *watcher) push(e Event) {
	select {
	case <-w.events:
	default:
		w.pending = batch{}
	}
	w.pending.add(e, batchBytes)
	w.events <- w.pending.events
}

// A batch is a bounded list of events. Once one did not fit, those after it
// are left out too, so that the hole is at one place, which a Note marks.
type batch struct {
	events []Event
	bytes  int
	missed int
}

func (b *batch) add(e Event, most int) {
	cost := eventBytes + len(e.Text) + len(e.Data)
	if b.missed == 0 && len(b.events) < maxBatch && b.bytes+cost <= most {
		b.events = append(b.events, e)
		b.bytes += cost
		return
	}
	if b.missed > 0 {
		b.events = b.events[:len(b.events)-1]
	}
	b.missed++
	b.events = append(b.events, Event{
		At: e.At, Conn: e.Conn, End: e.End, Kind: KindNote,
		Text: fmt.Sprintf("%d events were left out here: they came faster than they were read", b.missed),
	})
}
