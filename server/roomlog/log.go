package roomlog

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// A segment ends at segmentSize bytes, but not inside a batch of the broadcaster's,
// so that this is one run of bytes; and at segmentMax in any case.
const segmentSize, segmentMax = 64 << 10, 256 << 10

// A log is the messages that a room keeps, encoded: from oldest up to, but not
// including, head. Its room's lock guards it.
type log struct {
	keep     Keep
	began    time.Time
	segments []*segment // in order; the first holds oldest, the last is being written
	bytes    int        // from oldest on, in all formats

	oldest, offered, head uint64 // the broadcaster has offered all before offered
}

// A segment is a piece of the log. Its bytes do not change: appending puts others
// behind them, or copies all to a larger array. So whoever holds a run of it may
// read that without a lock, even when the log has let go of the segment.
type segment struct {
	first uint64 // the number of its first message
	bytes [formats][]byte
	size  int    // of bytes
	marks []mark // one a message
}

// A mark says where a message ends, and when it was published.
type mark struct {
	end [formats]uint32
	at  time.Duration // since the log began
}

// A run is consecutive messages as they lie in a segment, in one format.
type run struct {
	bytes  []byte
	from   uint64 // the number of the first
	marks  []mark // theirs
	start  int    // where the first begins in its segment
	format Format
}

// to is the number of the message behind the run.
func (b run) to() uint64 { return b.from + uint64(len(b.marks)) }

// append encodes a message and puts it at the head.
func (l *log) append(formats []Format, id, event string, data []byte) {
	s := l.last()
	m := mark{at: time.Since(l.began)}
	for _, f := range formats {
		s.bytes[f] = f.encode(s.bytes[f], id, event, data)
		m.end[f] = uint32(len(s.bytes[f]))
	}
	s.marks = append(s.marks, m)
	n := s.length(len(s.marks) - 1)
	s.size, l.bytes = s.size+n, l.bytes+n
	l.head++
	l.trim()
}

// last returns the segment to write to.
func (l *log) last() *segment {
	if n := len(l.segments); n > 0 {
		if s := l.segments[n-1]; s.size < segmentSize || l.offered < l.head && s.size < segmentMax {
			return s
		}
	}
	l.segments = append(l.segments, &segment{first: l.head})
	return l.segments[len(l.segments)-1]
}

// trim lets go of what is not to be kept.
func (l *log) trim() {
	now := time.Since(l.began)
	for l.oldest < l.head && l.over(now) {
		s := l.segments[0]
		i := int(l.oldest - s.first)
		l.bytes -= s.length(i)
		l.oldest++
		if i == len(s.marks)-1 {
			l.segments = slices.Delete(l.segments, 0, 1)
		}
	}
}

// over reports whether the oldest message is beyond one of the bounds. The
// newest may have more bytes than are kept: nobody has got it yet.
func (l *log) over(now time.Duration) bool {
	s := l.segments[0]
	return l.keep.Messages > 0 && l.head-l.oldest > uint64(l.keep.Messages) ||
		l.keep.Bytes > 0 && l.bytes > l.keep.Bytes && l.head-l.oldest > 1 ||
		l.keep.Age > 0 && now-s.marks[l.oldest-s.first].at > l.keep.Age
}

// end returns where message i of the segment ends; -1 ends where 0 begins.
func (s *segment) end(f Format, i int) int {
	if i < 0 {
		return 0
	}
	return int(s.marks[i].end[f])
}

// length returns how many bytes message i has in all formats.
func (s *segment) length(i int) (n int) {
	for f := range formats {
		n += s.end(f, i) - s.end(f, i-1)
	}
	return n
}

// run returns messages from the number next on, which is kept: all of its segment,
// or as many as fit into max bytes, but at least one. At the head it is empty.
func (l *log) run(f Format, next uint64, max int) run {
	if next >= l.head {
		return run{}
	}
	s := l.segments[sort.Search(len(l.segments), func(i int) bool { return l.segments[i].first > next })-1]
	i := int(next - s.first)
	b := run{from: next, marks: s.marks[i:], start: s.end(f, i-1), format: f}
	if fit := b.count(max); fit < len(b.marks) {
		b.marks = b.marks[:cmp.Or(fit, 1)]
	}
	b.bytes = s.bytes[f][b.start:b.marks[len(b.marks)-1].end[f]]
	return b
}

// count returns how many of the messages lie in the first n bytes as a whole.
func (b run) count(n int) int {
	return sort.Search(len(b.marks), func(i int) bool { return int(b.marks[i].end[b.format])-b.start > n })
}

// split says where a reader stands that has got the first n bytes: which
// message comes next, and the rest of the one that was cut.
func (b run) split(n int) (next uint64, rest []byte) {
	whole := b.count(n)
	if whole == len(b.marks) || whole > 0 && int(b.marks[whole-1].end[b.format])-b.start == n || n == 0 {
		return b.from + uint64(whole), nil
	}
	return b.from + uint64(whole) + 1, b.bytes[n : int(b.marks[whole].end[b.format])-b.start]
}
