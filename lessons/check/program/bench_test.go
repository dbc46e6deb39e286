package program

import (
	"testing"
)

// BenchmarkKeeper sets a program under a keeper beside one without. This
// test's binary is small; that of duplex costs as much, since the keeper works
// before the rest of it is made ready.
func BenchmarkKeeper(b *testing.B) {
	for name, keep := range map[string]bool{"kept": true, "alone": false} {
		b.Run(name, func(b *testing.B) {
			defer kept.Store(kept.Swap(keep))
			for b.Loop() {
				p, err := Command(b.Context(), Config{}, "true")
				if err == nil {
					err = p.Wait()
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
