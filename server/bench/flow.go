package bench

import "slices"

// maxGaps is how many gaps in a flow are remembered. When there are more, the
// oldest is taken for lost for good, and a message from it that comes yet
// counts as repeated.
const maxGaps = 64

// A flow follows the sequence numbers of one publisher at one receiver. They
// count up by one. The zero value expects 1 next.
type flow struct {
	last uint64 // the highest number that came
	gaps []span // what did not come below it, the lowest first

	lost     uint64 // numbers below last that did not come so far
	repeated uint64 // messages that had come before
	late     uint64 // messages that came after one with a higher number
}

// A span is a run of numbers that did not come.
type span struct{ from, to uint64 } // both included

// saw takes the next number that came.
func (f *flow) saw(seq uint64) {
	switch {
	case seq == f.last+1:
	case seq > f.last:
		f.skip(span{f.last + 1, seq - 1})
	default:
		f.fill(seq)
		return
	}
	f.last = seq
}

func (f *flow) skip(s span) {
	if len(f.gaps) == maxGaps {
		f.gaps = slices.Delete(f.gaps, 0, 1)
	}
	f.gaps = append(f.gaps, s)
	f.lost += s.to - s.from + 1
}

// fill takes a number that is not higher than the last: out of order when it
// was missing so far, and otherwise a repetition.
func (f *flow) fill(seq uint64) {
	i := slices.IndexFunc(f.gaps, func(s span) bool { return s.from <= seq && seq <= s.to })
	if i < 0 {
		f.repeated++
		return
	}
	f.late++
	f.lost--
	s := f.gaps[i]
	switch {
	case s.from == s.to:
		f.gaps = slices.Delete(f.gaps, i, i+1)
	case seq == s.from:
		f.gaps[i].from++
	case seq == s.to:
		f.gaps[i].to--
	default:
		f.gaps[i].to = seq - 1
		f.gaps = slices.Insert(f.gaps, i+1, span{seq + 1, s.to})
	}
}

// begin makes seq the next number, for a stream that is joined in its middle.
func (f *flow) begin(seq uint64) { f.last, f.gaps = seq-1, nil }
