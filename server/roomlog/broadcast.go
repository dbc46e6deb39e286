package roomlog

import (
	"math"
	"runtime"

	"duplex/server/socket"
)

// A batch is what the broadcaster offers at a time, in each format, and whom.
type batch struct {
	runs    [formats]run
	readers []*Reader
}

// region broadcast

// broadcast offers what has been published to every reader, batch after batch,
// until there is nothing more.
func (r *Room) broadcast() {
	var b batch
	var w socket.Nonblocking
	for {
		runtime.Gosched() // what other publishers add now costs no further system call
		if !r.take(&b) {
			return
		}
		for i, rd := range b.readers {
			rd.offer(b.runs[rd.format], &w)
			if i%256 == 255 {
				socket.Yield() // the others' connections shall not wait until the end
			}
		}
	}
}

// take makes a batch of what has been published since the last one, up to the end
// of a segment. When there is nothing, it reports false: the broadcaster ends.
func (r *Room) take(b *batch) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	from := max(r.log.offered, r.log.oldest)
	if from == r.log.head {
		r.busy = false
		return false
	}
	for _, f := range r.config.Formats {
		b.runs[f] = r.log.run(f, from, math.MaxInt)
		r.log.offered = b.runs[f].to()
	}
	b.readers = append(b.readers[:0], r.readers...)
	return true
}

// endregion broadcast
