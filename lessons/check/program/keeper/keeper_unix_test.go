//go:build unix

package keeper

import (
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestLooks: where nothing bounds the program, the keeper does not look at it.
func TestLooks(t *testing.T) {
	for name, tc := range map[string]struct {
		ward ward
		next time.Duration // after two seconds; each look at what does not grow doubles it
	}{
		"any":       {ward{}, soonest},
		"processes": {ward{processes: 1000}, latest},
		"memory":    {ward{memory: 1 << 40}, latest},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := tc.ward
				w.ended = make(chan syscall.WaitStatus, 1)
				time.AfterFunc(2*time.Second, func() { w.ended <- 0 })
				w.watch(nil)
				if w.next != tc.next {
					t.Errorf("the next look would come after %v, want %v", w.next, tc.next)
				}
			})
		})
	}
}
