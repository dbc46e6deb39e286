package roomlog

import (
	"fmt"
	"io"
	"net"
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
		if b, err := io.ReadAll(conn); err != nil || strings.Trim(string(b), ": \n") != "" {
			t.Errorf("joined %v: got %q, %v", joined, b, err)
		}
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

// The goodbyes are spread, and streams come back after retry to twice that.
func TestCloseSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n, spread, retry = 200, 10 * time.Second, 3 * time.Second
		r := New(Config{Formats: []Format{WebSocket, EventStream}})
		ends := make(chan string, 2*n)
		for i := range 2 * n {
			server, conn := net.Pipe()
			f := Format(i % 2)
			go serve(join(t, r, server, f, 0))
			go func() {
				defer conn.Close()
				ends <- goodbye(conn, f, retry)
			}()
		}
		start := time.Now()
		r.Close(1001, "bye", spread, retry)
		last := time.Duration(-1)
		times := 0
		for range 2 * n {
			if err := <-ends; err != "" {
				t.Fatal(err)
			}
			if at := time.Since(start); at != last {
				last, times = at, times+1
			}
		}
		if last >= spread || times < n {
			t.Errorf("the last goodbye came after %v, at %d times; want less than %v, and many", last, times, spread)
		}
	})
}

// goodbye waits for a reader's goodbye, and says what is wrong with it.
func goodbye(conn net.Conn, f Format, retry time.Duration) string {
	c := newClient(conn, f)
	m, err := c.next()
	if f == WebSocket {
		if m != (message{"close", "", "1001 bye"}) || err != nil {
			return fmt.Sprintf("got %+v, %v", m, err)
		}
		return ""
	}
	if m != (message{"comment", "", "bye"}) || err != nil {
		return fmt.Sprintf("got %+v, %v", m, err)
	}
	m, err = c.next()
	ms, _ := strconv.Atoi(m.text)
	if wait := time.Duration(ms) * time.Millisecond; m.kind != "retry" || wait < retry || wait >= 2*retry || err != nil {
		return fmt.Sprintf("got %+v, %v, want retry of %v to twice that", m, err, retry)
	}
	return ""
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
