package roomlog

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func newLog(k Keep) *log { return &log{keep: k, began: time.Now()} }

func (l *log) add(texts ...string) {
	for _, text := range texts {
		l.append([]Format{WebSocket, EventStream}, fmt.Sprint(l.head), "", []byte(text))
	}
}

// size is the bytes that the log holds of a text with a one-digit id.
func size(text string) int {
	return len(WebSocket.encode(nil, "", "", []byte(text))) + len(EventStream.encode(nil, "0", "", []byte(text)))
}

func TestKeep(t *testing.T) {
	one := size("x")
	for _, c := range []struct {
		name   string
		keep   Keep
		texts  string // one a word, one a second
		oldest uint64
	}{
		{"no bound", Keep{}, "x x x x", 0},
		{"messages, not reached", Keep{Messages: 4}, "x x x x", 0},
		{"messages, passed", Keep{Messages: 3}, "x x x x", 1},
		{"one message", Keep{Messages: 1}, "x x x x", 3},
		{"bytes of all formats, not reached", Keep{Bytes: 4 * one}, "x x x x", 0},
		{"bytes, passed by one", Keep{Bytes: 4*one - 1}, "x x x x", 1},
		{"bytes, passed by a long one", Keep{Bytes: 4 * one}, "x x x " + strings.Repeat("y", one), 2},
		{"bytes, all by a single message", Keep{Bytes: one}, "x x x " + strings.Repeat("y", one), 3},
		{"age, not reached", Keep{Age: 3 * time.Second}, "x x x x", 0},
		{"age, passed", Keep{Age: 3*time.Second - 1}, "x x x x", 1},
		{"the first bound counts", Keep{Messages: 3, Bytes: 2 * one, Age: time.Hour}, "x x x x", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLog(c.keep)
				for i, text := range strings.Fields(c.texts) {
					if i > 0 {
						time.Sleep(time.Second)
					}
					l.add(text)
				}
				if l.oldest != c.oldest || l.head != 4 {
					t.Errorf("kept %d up to %d, want %d up to 4", l.oldest, l.head, c.oldest)
				}
			})
		})
	}
}

// What is counted as kept is what is kept, and segments go when all is gone.
func TestKeepAccounts(t *testing.T) {
	l := newLog(Keep{Messages: 5})
	for i := range 1000 {
		l.add(strings.Repeat("x", i%7))
		if i%10 == 0 {
			l.offered = l.head // the segment may end here
		}
		kept := 0
		for _, f := range []Format{WebSocket, EventStream} {
			for n := l.oldest; n < l.head; {
				b := l.run(f, n, math.MaxInt)
				kept, n = kept+len(b.bytes), b.to()
			}
		}
		if kept != l.bytes || len(l.segments) > 2 || l.segments[0].first > l.oldest {
			t.Fatalf("after %d: %d bytes are counted, %d are kept, in %d segments", i, l.bytes, kept, len(l.segments))
		}
	}
}

// Runs follow one another from any number to the head, whatever the segments.
func TestRuns(t *testing.T) {
	l := newLog(Keep{})
	var all []byte
	ends := []int{0}
	for i := range 3000 {
		text := strings.Repeat("x", i%300)
		l.add(text)
		l.offered = l.head // so that segments may end
		all = WebSocket.encode(all, "", "", []byte(text))
		ends = append(ends, len(all))
	}
	if len(l.segments) < 3 {
		t.Fatalf("%d segments, want some", len(l.segments))
	}
	for _, most := range []int{1, 500, segmentSize, math.MaxInt} {
		for from := uint64(0); from < l.head; from += 97 {
			var got []byte
			for n := from; n < l.head; {
				b := l.run(WebSocket, n, most)
				if len(b.bytes) > most && len(b.marks) > 1 {
					t.Fatalf("from %d: %d bytes in %d messages, at most %d were asked for", n, len(b.bytes), len(b.marks), most)
				}
				got, n = append(got, b.bytes...), b.to()
			}
			if !bytes.Equal(got, all[ends[from]:]) {
				t.Fatalf("from %d, %d at a time: got %d bytes, want %d, or others", from, most, len(got), len(all)-ends[from])
			}
		}
	}
	if b := l.run(WebSocket, l.head, math.MaxInt); len(b.bytes) > 0 {
		t.Errorf("at the head there are %d bytes", len(b.bytes))
	}
}

// A segment ends when it is full and all of it has been offered, and in any
// case before it is too large.
func TestSegmentsEnd(t *testing.T) {
	text := strings.Repeat("x", 1000)
	for _, c := range []struct {
		offered bool
		full    int
	}{{true, segmentSize}, {false, segmentMax}} {
		l := newLog(Keep{})
		for range 1000 {
			l.add(text)
			if c.offered {
				l.offered = l.head
			}
		}
		for _, s := range l.segments[:len(l.segments)-1] {
			if n := len(s.bytes[WebSocket]) + len(s.bytes[EventStream]); n < c.full || n > c.full+3*len(text) {
				t.Errorf("offered at once %v: a segment has %d bytes, want %d or a message more", c.offered, n, c.full)
			}
		}
		if len(l.segments) < 3 {
			t.Errorf("offered at once %v: there are %d segments", c.offered, len(l.segments))
		}
	}
}

// Wherever a write ends in a run, the messages that went out whole, the rest of
// the one that was cut, and what comes next are together the run.
func TestSplit(t *testing.T) {
	l := newLog(Keep{})
	for i := range 20 {
		l.add(strings.Repeat("x", i*i))
	}
	for _, f := range []Format{WebSocket, EventStream} {
		for from := range l.head {
			b := l.run(f, from, math.MaxInt)
			for n := range len(b.bytes) + 1 {
				next, rest := b.split(n)
				got := append(bytes.Clone(b.bytes[:n]), rest...)
				got = append(got, l.run(f, next, math.MaxInt).bytes...)
				if !bytes.Equal(got, b.bytes) {
					t.Fatalf("from %d, cut at %d: next %d, and a rest of %d bytes", from, n, next, len(rest))
				}
				if len(rest) > 0 && n == 0 || next < from {
					t.Fatalf("from %d, cut at %d: next %d, and a rest of %d bytes", from, n, next, len(rest))
				}
			}
		}
	}
}
