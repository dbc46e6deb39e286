package socket

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// resting returns a conn that rests after a second, and its other end.
func resting(t *testing.T) (*conn, net.Conn) {
	below, far := net.Pipe()
	c := newConn(below, nil)
	c.rest.after = time.Second
	c.above = bufio.NewReaderSize(c, 257)
	t.Cleanup(func() { c.Close(); far.Close() })
	return c, far
}

// say lets one byte come, and reads it.
func say(t *testing.T, c *conn, far net.Conn) {
	t.Helper()
	go far.Write([]byte{1})
	if err := c.await(); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
}

func TestRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, far := resting(t)
		say(t, c, far)
		for range 3 {
			start := time.Now()
			if err := c.await(); err != ErrQuiet || time.Since(start) != time.Second {
				t.Fatalf("await: %v after %v, want ErrQuiet after a second", err, time.Since(start))
			}
			go func() {
				time.Sleep(time.Hour) // nothing has come in this goroutine: it is not woken
				far.Write([]byte{1})
			}()
			if err := c.await(); err != nil || time.Since(start) != time.Hour+time.Second {
				t.Fatalf("await: %v after %v, want a byte after an hour", err, time.Since(start))
			}
			if _, err := c.Read(make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A message that comes slowly is not disturbed, and counts as no rest.
func TestRestInsideAMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, far := resting(t)
		say(t, c, far)
		go func() {
			time.Sleep(10 * time.Second)
			far.Write([]byte{2})
		}()
		b := make([]byte, 1)
		if n, err := c.Read(b); n != 1 || err != nil || b[0] != 2 {
			t.Fatalf("got %d %v %v, want the byte", n, b, err)
		}
		start := time.Now()
		if err := c.await(); err != ErrQuiet || time.Since(start) > time.Second {
			t.Errorf("await: %v after %v, want ErrQuiet within a second", err, time.Since(start))
		}
	})
}

// Deadlines of the caller's stay what they are.
func TestRestKeepsDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, far := resting(t)
		say(t, c, far)
		start := time.Now()
		c.SetDeadline(start.Add(5 * time.Second))
		if err := c.await(); err != ErrQuiet {
			t.Fatal(err)
		}
		if err := c.await(); err != nil {
			t.Fatal(err)
		}
		_, err := c.Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 5*time.Second {
			t.Errorf("read: %v after %v, want the deadline after 5 s", err, time.Since(start))
		}
	})
}

// Closing ends the waiting and the timer.
func TestRestAndClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, far := resting(t)
		say(t, c, far)
		time.AfterFunc(time.Second/2, func() { c.Close() })
		if err := c.await(); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("read: %v, want that it is closed", err)
		}
		if c.rest.timer.Stop() {
			t.Error("the timer still runs")
		}
	})
}
