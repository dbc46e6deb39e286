package roomlog

import (
	"bytes"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// A watch tells how much virtual time has passed.
type watch struct {
	t     *testing.T
	start time.Time
}

func passed(t *testing.T) watch { return watch{t, time.Now()} }

func (w watch) want(d time.Duration) {
	w.t.Helper()
	if got := time.Since(w.start); got != d {
		w.t.Errorf("it is %v, want %v", got, d)
	}
}

// serve does what a handler does: it reads until the connection ends.
func serve(rd *Reader) {
	io.Copy(io.Discard, rd)
	rd.Leave()
	rd.Close()
}

// stalled returns the reading end of a connection on which n messages wait to
// be taken from the beginning of the bubble.
func stalled(t *testing.T, f Format, w Waits, n int) (*Room, net.Conn) {
	r := New(Config{Formats: []Format{f}})
	server, conn := net.Pipe()
	t.Cleanup(func() { conn.Close() })
	rd := NewReader(server, f, w)
	if err := r.Join(rd, 0); err != nil {
		t.Fatal(err)
	}
	go serve(rd)
	publish(t, r, n)
	synctest.Wait()
	return r, conn
}

var (
	tooSlow = message{"close", "", "1013 too slow: 16 KB were not taken in 10s"}
	dozing  = message{"comment", "2000", "too slow: 16 KB were not taken in 10s"}
)

// A reader that takes nothing is told goodbye after Waits.Stall, to the tick,
// and cut after Waits.Close more.
func TestStall(t *testing.T) {
	for _, c := range []struct {
		wakes time.Duration // then it reads
		want  []message
		ends  time.Duration
	}{
		{10*time.Second - 1, []message{{"text", "", "0"}}, 0},
		{10*time.Second + 1, []message{tooSlow}, 12*time.Second + 1},
		{12*time.Second - 1, []message{tooSlow}, 14*time.Second - 1},
		{12*time.Second + 1, nil, 12*time.Second + 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			_, conn := stalled(t, WebSocket, Waits{}, 1)
			reader := newClient(conn, WebSocket)
			at := passed(t)
			time.Sleep(c.wakes)
			reader.expect(t, c.want...)
			at.want(c.wakes)
			if c.ends > 0 {
				reader.end(t)
				at.want(c.ends)
			}
		})
	}
}

// The goodbye waits for the rest of a message that has been taken in part.
func TestStallInTheMiddle(t *testing.T) {
	for f, bye := range map[Format]message{WebSocket: tooSlow, EventStream: dozing} {
		synctest.Test(t, func(t *testing.T) {
			r, conn := stalled(t, f, Waits{}, 1)
			var part [2]byte
			io.ReadFull(conn, part[:])
			time.Sleep(10*time.Second + 1)
			c := newClient(io.MultiReader(bytes.NewReader(part[:]), conn), f)
			c.numbers(t, r, 0, 1)
			c.expect(t, bye)
			c.end(t)
		})
	}
}

// Another wait may be chosen, and slow is not stalled.
func TestSlowIsNotStalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, conn := stalled(t, EventStream, Waits{Stall: time.Minute}, 1)
		reader := newClient(conn, EventStream)
		for n := range uint64(10) {
			publish(t, r, 1)
			time.Sleep(time.Minute - 1)
			reader.numbers(t, r, n, n+1)
			synctest.Wait() // the next one is on its way, alone
		}
		time.Sleep(time.Minute + 1)
		reader.expect(t, message{"comment", "2000", "too slow: 16 KB were not taken in 1m0s"})
	})
}

// Whoever does not take the goodbye, or does not answer it, is waited for no
// longer than Waits.Close.
func TestGoodbyeUnanswered(t *testing.T) {
	for _, takes := range []time.Duration{0, time.Second, 3 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			r, conn := stalled(t, WebSocket, Waits{}, 0)
			reader := newClient(conn, WebSocket)
			at := passed(t)
			r.Close(1001, "bye", 0, 0)
			time.Sleep(takes)
			if takes < 2*time.Second {
				reader.expect(t, message{"close", "", "1001 bye"})
				reader.end(t)
				at.want(takes + 2*time.Second)
			} else {
				reader.end(t)
			}
		})
	}
}
