package socket

import (
	"runtime"
	"sync/atomic"
	"testing"
)

// A goroutine whose connection has become ready runs during Yield, though the
// one that yields never waits for anything else.
func TestYieldLooksAtTheNetwork(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	c, far := tcpPair(t)
	var got atomic.Int32
	go func() {
		for b := make([]byte, 1); ; got.Add(1) {
			if _, err := c.Conn.Read(b); err != nil {
				return
			}
		}
	}()
	Yield()
	for i := range int32(100) {
		far.Write([]byte{1})
		Yield()
		Yield() // the reader may come behind us in the first round
		if got.Load() != i+1 {
			t.Fatalf("%d bytes were read, want %d", got.Load(), i+1)
		}
	}
}

func BenchmarkYield(b *testing.B) {
	for b.Loop() {
		Yield()
	}
}
