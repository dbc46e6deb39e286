package bench

import (
	"math/rand/v2"
	"testing"
)

func TestFlow(t *testing.T) {
	for _, c := range []struct {
		name                 string
		came                 []uint64
		lost, repeated, late uint64
	}{
		{"in order", []uint64{1, 2, 3}, 0, 0, 0},
		{"the first missing", []uint64{2, 3}, 1, 0, 0},
		{"a gap of three", []uint64{1, 5, 6}, 3, 0, 0},
		{"one twice", []uint64{1, 2, 2, 3}, 0, 1, 0},
		{"two swapped", []uint64{1, 3, 2, 4}, 0, 0, 1},
		{"a late one twice", []uint64{1, 3, 2, 2}, 0, 1, 1},
		{"backwards", []uint64{4, 3, 2, 1}, 0, 0, 3},
		{"the middle of a gap", []uint64{1, 7, 4}, 4, 0, 1},
		{"both sides of what was the middle", []uint64{1, 7, 4, 3, 5}, 2, 0, 3},
		{"both ends of a gap", []uint64{1, 7, 2, 6}, 3, 0, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f flow
			for _, seq := range c.came {
				f.saw(seq)
			}
			if f.lost != c.lost || f.repeated != c.repeated || f.late != c.late {
				t.Errorf("lost %d, repeated %d, late %d; want %d, %d, %d", f.lost, f.repeated, f.late, c.lost, c.repeated, c.late)
			}
		})
	}
}

// Whatever the order, with up to maxGaps gaps, the counts agree with those of a
// flow that remembers every number.
func TestFlowAgainstMemory(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		var f flow
		var lost, repeated, late, last uint64
		came := make(map[uint64]bool)
		for range 60 {
			seq := 1 + rng.Uint64N(60)
			switch {
			case came[seq]:
				repeated++
			case seq < last:
				late++
			}
			came[seq], last = true, max(last, seq)
			f.saw(seq)
		}
		lost = last - uint64(len(came))
		if f.lost != lost || f.repeated != repeated || f.late != late {
			t.Fatalf("lost %d, repeated %d, late %d; want %d, %d, %d", f.lost, f.repeated, f.late, lost, repeated, late)
		}
	}
}

// What a flow remembers is bounded, and what it no longer remembers stays lost.
func TestFlowForgetsTheOldestGap(t *testing.T) {
	var f flow
	for seq := uint64(2); seq <= 2*(maxGaps+1); seq += 2 {
		f.saw(seq)
	}
	f.saw(1) // from the gap that was forgotten
	f.saw(3)
	if len(f.gaps) != maxGaps-1 || f.lost != maxGaps || f.repeated != 1 || f.late != 1 {
		t.Errorf("%d gaps, lost %d, repeated %d, late %d", len(f.gaps), f.lost, f.repeated, f.late)
	}
}
