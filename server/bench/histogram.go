package bench

import "math/bits"

// A histogram counts durations in nanoseconds. Its buckets are log-linear: 64
// an octave, so that a quantile is at most 1/64 (1.6 %) below the true one, and
// exact below 128 ns. Durations past 78 hours count as that long. The zero
// value is ready; a histogram is not safe for concurrent use.
type histogram struct {
	counts [(octaves + 1) * perOctave]uint64
	total  uint64
	max    int64 // exact
}

const (
	perOctave = 64
	subBits   = 6  // perOctave is 1<<subBits
	octaves   = 42 // above the first perOctave values
)

// add counts a duration. A negative one, from clocks that disagree, counts as 0.
func (h *histogram) add(ns int64) {
	ns = max(ns, 0)
	h.counts[bucket(ns)]++
	h.total++
	h.max = max(h.max, ns)
}

// bucket is the index of the bucket that counts ns.
func bucket(ns int64) int {
	if ns < perOctave {
		return int(ns)
	}
	shift := bits.Len64(uint64(ns)) - subBits - 1
	return min((shift+1)*perOctave+int(ns>>shift)-perOctave, (octaves+1)*perOctave-1)
}

// lowest is the smallest duration that bucket i counts.
func lowest(i int) int64 {
	if i < perOctave {
		return int64(i)
	}
	shift := i/perOctave - 1
	return int64(i%perOctave+perOctave) << shift
}

// quantile returns the duration below or at which the share q of all lies, as
// the lower bound of its bucket; 0 when there are none, and the exact maximum
// for q = 1.
func (h *histogram) quantile(q float64) int64 {
	if q >= 1 || h.total == 0 {
		return h.max
	}
	rank, seen := uint64(q*float64(h.total)), uint64(0)
	for i, n := range h.counts {
		if seen += n; seen > rank {
			return lowest(i)
		}
	}
	return h.max
}

// merge adds what other counted.
func (h *histogram) merge(other *histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.total += other.total
	h.max = max(h.max, other.max)
}
