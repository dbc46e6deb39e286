package roomlog

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// The benchmarks run publisher, server and readers in one process, over TCP on
// loopback. So cpu-ns/delivery is the sum of all three, the kernel's part
// included; what the readers do is the same for each engine, and little. Each
// operation publishes a burst of 100-byte messages and waits until every reader
// has got the last one.
//
//	deliveries/s   messages received, by all readers together
//	p50-ms, p99-ms from publishing a message to receiving it
//	allocs/recip   allocations of the process a delivery
//	declared-%     of the deliveries that were due: missed, and the reader was told
//	undeclared-%   missed, and it was not; or cut off, and it had to come back
//	idle-B/conn    heap and stacks, with no more than a net.Conn on the reader's side

// BenchmarkBroadcast compares engines with bursts that nobody should lose.
func BenchmarkBroadcast(b *testing.B) {
	for _, readers := range []int{100, 1000} {
		for _, k := range kinds4 {
			b.Run(fmt.Sprintf("engine=%s/readers=%d/transport=%s", k.name, readers, k.transport), func(b *testing.B) {
				measure(b, k, readers, 60)
			})
		}
	}
}

// BenchmarkBurst publishes more at once than the queues of the others hold.
func BenchmarkBurst(b *testing.B) {
	for _, k := range kinds4 {
		b.Run(fmt.Sprintf("engine=%s/transport=%s", k.name, k.transport), func(b *testing.B) {
			measure(b, k, 100, 1000)
		})
	}
}

// BenchmarkReaders shows that the cost of a delivery does not depend on how many
// there are.
func BenchmarkReaders(b *testing.B) {
	for _, readers := range []int{100, 300, 1000, 3000, 9000} {
		b.Run(fmt.Sprintf("readers=%d", readers), func(b *testing.B) {
			if 2*readers+100 > descriptors() {
				b.Skipf("%d descriptors are too few", descriptors())
			}
			measure(b, roomlogSocket, readers, 1)
		})
	}
}

// BenchmarkQuiet sends one message to one reader at a time. The engine "direct"
// has no room: it calls WriteMessage.
func BenchmarkQuiet(b *testing.B) {
	for _, k := range []kind{roomlogSocket, directSocket} {
		b.Run("engine="+k.name, func(b *testing.B) { measure(b, k, 1, 1) })
	}
}

// BenchmarkStalledReader has 999 readers, and none or one more that never reads.
func BenchmarkStalledReader(b *testing.B) {
	for _, stalled := range []int{0, 1} {
		b.Run(fmt.Sprintf("stalled=%d", stalled), func(b *testing.B) {
			l := newLoad(b, roomlogSocket, 999)
			room := l.engine.(*roomEngine).room
			for range stalled {
				server, conn := newNetwork(b).narrow()
				conn.SetReadBuffer(4 << 10)
				rd := NewReader(server, WebSocket, Waits{Stall: time.Hour})
				rd.Send("", make([]byte, maxPrivate*9/10)) // its socket is full from now on
				room.Join(rd, room.Head().Seq)
			}
			l.run(b, 1)
			if n := drains(); n != stalled {
				b.Errorf("%d readers are stalled, want %d", n, stalled)
			}
		})
	}
}

// measure reports what it costs to send bursts to so many readers.
func measure(b *testing.B, k kind, readers, burst int) {
	before := inUse()
	l := newLoad(b, k, readers)
	idle := (inUse() - before) / readers
	l.run(b, burst)
	if readers >= 1000 { // of few it would be what else the process does
		b.ReportMetric(float64(idle), "idle-B/conn")
	}
}

// inUse returns the bytes of heap and stacks.
func inUse() int {
	runtime.GC()
	runtime.GC() // what pools held goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc + m.StackInuse)
}
