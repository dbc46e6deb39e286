package roomlog

import (
	"flag"
	"net"
	"sync"
	"testing"
)

var storm = flag.Uint64("storm", 100_000, "how many messages TestLagStorm publishes, 100,000 at least")

// Whatever the pace of a reader: what it got and what it was told that it
// missed is what was published, in order.
func TestLagStorm(t *testing.T) {
	const keep = 500
	r := New(Config{Keep: Keep{Messages: keep}, Formats: []Format{WebSocket, EventStream}})
	s := newSurge(*storm)
	network := newNetwork(t)
	var clients sync.WaitGroup
	for i, p := range []pace{s.fast(0), s.fast(1), s.pauses(7), s.pauses(7), s.pauses(5000), s.pauses(5000), s.sleeps(), s.sleeps()} {
		server, conn := network.narrow()
		f := Format(i % 2)
		go serve(join(t, r, server, f, 0))
		clients.Go(func() {
			got := weather(t, conn, f, p)
			t.Logf("reader %d got %d and missed %d", i, got.got, got.missed)
			if got.got+got.missed != *storm || got.next != *storm {
				t.Errorf("reader %d: got %d and missed %d of %d", i, got.got, got.missed, *storm)
			}
			if i < 2 && got.missed > 0 {
				t.Errorf("reader %d missed %d, though it was never behind by more than %d", i, got.missed, keep)
			}
			if i >= 6 && got.missed == 0 {
				t.Errorf("reader %d slept, and missed nothing", i)
			}
			conn.Close()
		})
	}
	s.publish(t, r, keep)
	r.Close(1001, "bye", 0, 0)
	clients.Wait()
}

// weather reads to the goodbye at a pace.
func weather(t *testing.T, conn net.Conn, f Format, p pace) (got tally) {
	c := newClient(conn, f)
	for got.bye == "" {
		p(got.next)
		m, err := c.next()
		if err == nil {
			err = got.count(m)
		}
		if err != nil {
			t.Error(err)
			return got
		}
	}
	return got
}

// A pace waits before a client reads on that expects message next.
type pace func(next uint64)

// A surge publishes as fast as its two fast readers read.
type surge struct {
	messages uint64

	mu        sync.Mutex
	changed   sync.Cond
	published uint64
	read      [2]uint64 // by the fast readers
}

func newSurge(messages uint64) *surge {
	s := &surge{messages: messages}
	s.changed.L = &s.mu
	return s
}

// publish stays at most so many messages ahead of the fast readers.
func (s *surge) publish(t *testing.T, r *Room, ahead uint64) {
	for n := uint64(0); n < s.messages; {
		burst := min(100, s.messages-n)
		s.until(func() bool { return n+burst <= min(s.read[0], s.read[1])+ahead })
		publish(t, r, int(burst))
		n += burst
		s.change(func() { s.published = n })
	}
}

func (s *surge) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	s.changed.Broadcast()
}

func (s *surge) until(ok func() bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !ok() {
		s.changed.Wait()
	}
}

// fast never waits, and tells the publisher how far it is.
func (s *surge) fast(i int) pace {
	return func(next uint64) {
		if next%50 == 0 {
			s.change(func() { s.read[i] = next })
		}
	}
}

// pauses reads n messages, then lets thrice as many more be published.
func (s *surge) pauses(n uint64) pace {
	pause := n
	return func(next uint64) {
		if next < pause {
			return
		}
		pause = next + n
		s.until(func() bool { return s.published >= min(next+3*n, s.messages) })
	}
}

// sleeps reads nothing before most has been published.
func (s *surge) sleeps() pace {
	return func(next uint64) {
		if next == 0 {
			s.until(func() bool { return s.published >= s.messages*3/4 })
		}
	}
}
