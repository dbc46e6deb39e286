package roomlog

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A load publishes bursts and waits for the readers to get them.
type load struct {
	*site
	began   time.Time
	next    uint64 // the number of the next message
	readers []*loadReader
	running sync.WaitGroup
	over    atomic.Bool

	target atomic.Uint64 // the number of the burst's last message
	left   atomic.Int64  // readers that have not come to it yet
	reads  atomic.Int64  // by all readers
	done   chan struct{}
}

func newLoad(b *testing.B, k kind, readers int) *load {
	l := &load{site: newSite(b, k), began: time.Now(), next: 1, done: make(chan struct{})}
	for range readers {
		l.readers = append(l.readers, &loadReader{load: l, conn: l.dial()})
	}
	l.joining.Wait()
	return l
}

// run is the benchmark's loop. It reports all but what an idle connection takes.
func (l *load) run(b *testing.B, burst int) {
	l.joining.Wait()
	for _, c := range l.readers {
		c.buffer = make([]byte, max(1<<10, min(32<<10, 32<<20/len(l.readers))))
		l.running.Go(c.read)
	}
	l.burst(1) // the first number that readers know
	for _, c := range l.readers {
		c.reset()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpuBefore := cpu()
	for b.Loop() {
		l.burst(burst)
	}
	used := cpu() - cpuBefore
	runtime.ReadMemStats(&after)
	l.over.Store(true)
	l.close()
	l.running.Wait()
	l.report(b, used, after.Mallocs-before.Mallocs)
}

// burst publishes n messages and waits until every reader has got the last one.
// When that was lost, and nothing moves any more, one more follows.
func (l *load) burst(n int) {
	l.left.Store(int64(len(l.readers)))
	l.target.Store(l.next + uint64(n) - 1)
	for range n {
		l.say()
	}
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for reads := int64(0); ; {
		select {
		case <-l.done:
			return
		case <-look.C:
			if now := l.reads.Load(); now != reads {
				reads = now
			} else {
				l.say()
			}
		}
	}
}

func (l *load) say() {
	l.publish(stamp(time.Since(l.began), l.next, 100))
	l.next++
}

// reached is called by a reader that has come to the target.
func (l *load) reached() {
	if l.left.Add(-1) == 0 {
		l.done <- struct{}{}
	}
}

func (l *load) report(b *testing.B, used time.Duration, mallocs uint64) {
	var sum loadReader
	for _, c := range l.readers {
		sum.add(c)
	}
	got := float64(sum.got)
	due := got + float64(sum.declared+sum.undeclared)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(got/b.Elapsed().Seconds(), "deliveries/s")
	b.ReportMetric(float64(used.Nanoseconds())/got, "cpu-ns/delivery")
	b.ReportMetric(float64(mallocs)/got, "allocs/recip")
	b.ReportMetric(float64(sum.declared)/due*100, "declared-%")
	b.ReportMetric(float64(sum.undeclared)/due*100, "undeclared-%")
	b.ReportMetric(sum.delays.quantile(0.5).Seconds()*1e3, "p50-ms")
	b.ReportMetric(sum.delays.quantile(0.99).Seconds()*1e3, "p99-ms")
}
