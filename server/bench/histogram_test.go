package bench

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A quantile of the histogram lies at most one part in 64 below the true one,
// over all magnitudes from nanoseconds to hours.
func TestQuantilesAgainstExactOnes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var all []int64
	var h, left, right histogram
	for range 20000 {
		ns := int64(math.Exp(rng.Float64() * math.Log(3.6e12)))
		all = append(all, ns)
		if h.add(ns); ns%2 == 0 {
			left.add(ns)
		} else {
			right.add(ns)
		}
	}
	slices.Sort(all)
	left.merge(&right)
	for _, q := range []float64{0, .01, .25, .5, .9, .99, .999, 1} {
		exact := all[min(int(q*float64(len(all))), len(all)-1)]
		got := h.quantile(q)
		if got > exact || float64(exact-got) > float64(exact)/perOctave {
			t.Errorf("quantile %v is %d, want at most 1/%d below %d", q, got, perOctave, exact)
		}
		if merged := left.quantile(q); merged != got {
			t.Errorf("merged quantile %v is %d, want %d", q, merged, got)
		}
	}
}

// Every bucket begins where the one before ends.
func TestBucketsMeet(t *testing.T) {
	for i := 1; i < (octaves+1)*perOctave; i++ {
		if from := lowest(i); bucket(from) != i || bucket(from-1) != i-1 {
			t.Fatalf("bucket %d begins at %d, but %d is in %d and %d in %d", i, from, from-1, bucket(from-1), from, bucket(from))
		}
	}
}

func TestExtremes(t *testing.T) {
	var h histogram
	if got := h.quantile(.5); got != 0 {
		t.Errorf("of nothing the median is %d", got)
	}
	h.add(-5)
	h.add(math.MaxInt64)
	if lo, hi := h.quantile(0), h.quantile(1); lo != 0 || hi != math.MaxInt64 {
		t.Errorf("from %d to %d", lo, hi)
	}
}
