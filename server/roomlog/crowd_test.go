package roomlog

import (
	"bytes"
	"io"
	"runtime"
	"sync"
	"testing"
)

// One of a thousand readers never reads. The others get everything, and it
// costs one goroutine.
func TestStalledReader(t *testing.T) {
	const readers, rounds, burst = 1000, 5, 100
	text := bytes.Repeat([]byte("x"), 1000)
	frame := WebSocket.encode(nil, "", "", text)
	r := New(Config{Keep: Keep{Messages: burst}})
	n := newNetwork(t)
	server, conn := n.narrow()
	conn.SetReadBuffer(4 << 10)
	stalled := join(t, r, server, WebSocket, 0)
	var round sync.WaitGroup
	for range readers - 1 {
		server, conn := n.pair()
		join(t, r, server, WebSocket, 0)
		go func() {
			got := make([]byte, burst*len(frame))
			for range rounds {
				if _, err := io.ReadFull(conn, got); err != nil || !bytes.Equal(got, bytes.Repeat(frame, burst)) {
					t.Errorf("got something else, %v", err)
				}
				round.Done()
			}
		}()
	}
	for range rounds {
		round.Add(readers - 1)
		for range burst {
			r.Publish("", text)
		}
		round.Wait() // nobody waits for the one that is stalled
	}
	for drains() != 1 { // the others' may still have to end
		runtime.Gosched()
	}
	for _, rd := range r.Readers() {
		if behind := behindBy(rd); behind > 0 != (rd == stalled) {
			t.Errorf("a reader is %d messages behind; is it the stalled one? %v", behind, rd == stalled)
		}
	}
}

func behindBy(rd *Reader) uint64 {
	rd.mu.Lock()
	defer rd.mu.Unlock()
	return rd.room.Head().Seq - rd.next
}

// drains counts the goroutines that wait for a full socket.
func drains() int {
	b := make([]byte, 4<<20)
	return bytes.Count(b[:runtime.Stack(b, true)], []byte("roomlog.(*Reader).drain("))
}

// However much is published, a reader that is stalled holds no more than what
// the room keeps, and a segment.
func TestStalledMemory(t *testing.T) {
	const kept, published = 1 << 20, 256 << 20
	r := New(Config{Keep: Keep{Bytes: kept}})
	n := newNetwork(t)
	for range 10 {
		server, _ := n.narrow()
		join(t, r, server, WebSocket, 0)
	}
	text := make([]byte, 1000)
	before := heap()
	for range published / len(text) {
		r.Publish("", text)
	}
	if grown := heap() - before; grown > 2*kept+10*2*segmentMax {
		t.Errorf("the heap has grown by %d KB, want %d KB and a segment a reader at most", grown>>10, kept>>10)
	} else {
		t.Logf("the heap has grown by %d KB", grown>>10)
	}
	runtime.KeepAlive(r)
}

// heap returns how many bytes are in use.
func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// A broadcast allocates nothing for a recipient: with twenty times as many, it
// allocates no more.
func TestBroadcastAllocates(t *testing.T) {
	few, many := broadcastAllocs(t, 10), broadcastAllocs(t, 200)
	t.Logf("%.1f allocations a broadcast to 10 readers, %.1f to 200", few, many)
	if many > few+1 {
		t.Errorf("a broadcast to 10 readers makes %.1f allocations, one to 200 %.1f", few, many)
	}
}

func broadcastAllocs(t *testing.T, readers int) float64 {
	r := New(Config{})
	n := newNetwork(t)
	var got sync.WaitGroup
	for range readers {
		server, conn := n.pair()
		join(t, r, server, WebSocket, 0)
		go func() {
			var frame [2 + 100]byte
			for n := 0; ; {
				m, err := conn.Read(frame[n:])
				if err != nil {
					return
				}
				if n = (n + m) % len(frame); n == 0 {
					got.Done()
				}
			}
		}()
	}
	text := make([]byte, 100)
	return testing.AllocsPerRun(200, func() {
		got.Add(readers)
		r.Publish("", text)
		got.Wait()
	})
}
