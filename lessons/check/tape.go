package check

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"duplex/server/wire"
)

// Bounds of a step's transcript. The first and the last events are kept, for a
// failure's cause is in either; a note stands for those left out.
const (
	tapeFirst = 200
	tapeLast  = 200
	tapeBytes = 256 << 10 // of payload; after that events show tapeShort bytes each
	tapeShort = 64
)

// A tape records what a step's connections saw. It is safe for concurrent use.
type tape struct {
	start time.Time
	end   wire.End // ours

	mu      sync.Mutex
	first   []wire.Event
	last    []wire.Event // a ring
	at      int          // where the ring goes on
	left    int          // events left out
	payload int
}

func newTape() *tape { return &tape{start: time.Now(), end: wire.Client} }

// now is the time since the step began.
func (t *tape) now() time.Duration { return time.Since(t.start) }

// add records e, with content as its Text or Data.
func (t *tape) add(e wire.Event, content []byte) {
	e.End = t.end
	e.Size = len(content)
	t.mu.Lock()
	defer t.mu.Unlock()
	shown := min(len(content), wire.MaxShown)
	if t.payload > tapeBytes {
		shown = min(shown, tapeShort)
	}
	t.payload += shown
	if utf8.Valid(content) {
		for shown < len(content) && shown > 0 && !utf8.RuneStart(content[shown]) {
			shown--
		}
		e.Text = string(content[:shown])
	} else {
		e.Data = append([]byte(nil), content[:shown]...)
	}
	e.Cut = shown < len(content)
	t.keep(e)
}

func (t *tape) keep(e wire.Event) {
	switch {
	case len(t.first) < tapeFirst:
		t.first = append(t.first, e)
	case len(t.last) < tapeLast:
		t.last = append(t.last, e)
	default:
		t.last[t.at] = e
		t.at = (t.at + 1) % tapeLast
		t.left++
	}
}

// note records words of the recorder's own.
func (t *tape) note(conn string, kind wire.Kind, words string) {
	t.add(wire.Event{At: wire.Millis(t.now()), Conn: conn, Kind: kind}, []byte(words))
}

// events returns the transcript.
func (t *tape) events() []wire.Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	inTime := func(a, b wire.Event) int { return cmp.Compare(a.At, b.At) } // a request is named later than it comes
	out := slices.Clone(t.first)
	slices.SortStableFunc(out, inTime)
	if t.left > 0 {
		words := fmt.Sprintf("%s events left out here", showCount(t.left))
		out = append(out, wire.Event{At: t.last[t.at].At, End: t.end, Kind: wire.KindNote, Size: len(words), Text: words})
	}
	last := slices.Concat(t.last[t.at:], t.last[:t.at])
	slices.SortStableFunc(last, inTime)
	return append(out, last...)
}
