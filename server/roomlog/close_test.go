package roomlog

import (
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// One goodbye comes after all that was published before.
func TestCloseDeliversFirst(t *testing.T) {
	both(t, func(t *testing.T, connect func() (net.Conn, net.Conn)) {
		for f := range formats {
			r := New(Config{Formats: []Format{f}})
			server, conn := connect()
			go serve(join(t, r, server, f, 0))
			publish(t, r, 100)
			r.Close(1001, "bye", 0, 0)
			r.Close(1001, "bye", 0, 0)
			var got tally
			if err := got.follow(newClient(conn, f)); err != nil || got.got != 100 || !strings.HasSuffix(got.bye, "bye") {
				t.Errorf("format %d: got %+v, %v", f, got, err)
			}
			conn.Close()
		}
	})
}

// A stream ends even when there is nothing to say.
func TestEndWithoutWords(t *testing.T) {
	for _, joined := range []bool{true, false} {
		server, conn := newNetwork(t).pair()
		rd := NewReader(server, EventStream, Waits{})
		if joined {
			New(Config{}).Join(rd, 0)
		}
		rd.End(1001, "", 0)
		c := newClient(conn, EventStream)
		if m, err := c.next(); m.id != "0" || m.text != "" || err != nil {
			t.Errorf("joined %v: got %+v, %v", joined, m, err)
		}
		c.end(t)
	}
}

// Only the reader that is told goodbye ends.
func TestEnd(t *testing.T) {
	r := New(Config{})
	n := newNetwork(t)
	server, conn := n.pair()
	going := join(t, r, server, WebSocket, 0)
	server, other := n.pair()
	join(t, r, server, WebSocket, 0)
	publish(t, r, 3)
	going.End(1008, "that is enough", 0)
	publish(t, r, 3)
	c := newClient(conn, WebSocket)
	c.numbers(t, r, 0, 3)
	var got tally
	got.next = 3
	if err := got.follow(c); err != nil || got.bye != "1008 that is enough" {
		t.Errorf("got %+v, %v", got, err)
	}
	newClient(other, WebSocket).numbers(t, r, 0, 6)
}

// The first goodbye counts.
func TestEndTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, conn := net.Pipe()
		r := New(Config{})
		rd := join(t, r, server, WebSocket, 0)
		publish(t, r, 2)
		rd.End(1008, "first", 0)
		rd.End(1001, "second", 0)
		c := newClient(conn, WebSocket)
		c.numbers(t, r, 0, 2)
		c.expect(t, message{"close", "", "1008 first"})
	})
}

// The goodbyes are spread, and streams come back after retry to twice that.
func TestCloseSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n, spread, retry = 200, 10 * time.Second, 3 * time.Second
		r := New(Config{Formats: []Format{WebSocket, EventStream}})
		ends := make(chan time.Duration, 2*n)
		for i := range 2 * n {
			server, conn := net.Pipe()
			f := Format(i % 2)
			go serve(join(t, r, server, f, 0))
			go func() {
				defer conn.Close()
				ends <- goodbye(t, newClient(conn, f))
			}()
		}
		start := time.Now()
		r.Close(1001, "bye", spread, retry)
		times, retries := map[time.Duration]bool{}, map[time.Duration]bool{}
		for range 2 * n {
			wait := <-ends
			times[time.Since(start)], retries[wait] = true, true
		}
		delete(retries, 0) // of WebSockets
		between(t, "the goodbyes", times, 0, spread)
		between(t, "the times to come back", retries, retry, 2*retry)
	})
}

// between checks durations that are spread at random.
func between(t *testing.T, what string, d map[time.Duration]bool, low, high time.Duration) {
	all := slices.Sorted(maps.Keys(d))
	if len(all) < 100 || all[0] < low || all[len(all)-1] >= high {
		t.Errorf("%s are %d different ones from %v to %v, want many from %v to %v", what, len(all), all[0], all[len(all)-1], low, high)
	}
}

// goodbye waits for a reader's goodbye. It returns how long the reader is to
// wait before it comes back.
func goodbye(t *testing.T, c *client) time.Duration {
	if c.format == WebSocket {
		c.expect(t, message{"close", "", "1001 bye"})
		return 0
	}
	m, err := c.next()
	ms, _ := strconv.Atoi(m.id)
	if m.kind != "comment" || m.text != "bye" || err != nil {
		t.Errorf("got %+v, %v", m, err)
	}
	return time.Duration(ms) * time.Millisecond
}

// A goodbye that nobody reads, behind messages that nobody reads, ends too.
func TestCloseStalled(t *testing.T) {
	for f := range formats {
		synctest.Test(t, func(t *testing.T) {
			r, conn := stalled(t, f, Waits{Stall: 5 * time.Second, Close: time.Second}, 1000)
			at := passed(t)
			r.Close(1001, "bye", 0, 0)
			for len(r.Readers()) > 0 {
				time.Sleep(time.Second)
				synctest.Wait()
			}
			at.want(6 * time.Second)
			conn.Close()
		})
	}
}
