package socket

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// Whether a message or the end of the patience comes first: nothing is lost,
// repeated or broken off, over TCP.
func TestRestLosesNothing(t *testing.T) {
	const rounds = 2000
	quiet := make(chan int, 1)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := Upgrade(w, r, Options{Rest: time.Microsecond})
		if err != nil {
			return
		}
		defer conn.Close()
		rests := 0
		for {
			kind, message, err := ReadMessage(conn, 1<<20, nil)
			switch {
			case errors.Is(err, ErrQuiet):
				rests++
			case err != nil:
				quiet <- rests
				return
			default:
				conn.WriteMessage(kind, message)
			}
		}
	}))
	defer site.Close()
	client, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(site.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for i := range rounds {
		want := strings.Repeat(string(rune('a'+i%26)), 1+i*7%3000)
		frame := AppendFrame(nil, websocket.TextMessage, []byte(want))
		frame[1] |= 0x80 // masked, with zeros
		frame = slices.Insert(frame, len(frame)-len(want), 0, 0, 0, 0)
		cut := i % len(frame)
		client.NetConn().Write(frame[:cut])
		client.NetConn().Write(frame[cut:])
		if _, got, err := client.ReadMessage(); err != nil || string(got) != want {
			t.Fatalf("message %d: got %d bytes, %v, want %d", i, len(got), err, len(want))
		}
	}
	client.Close()
	if n := <-quiet; n == 0 {
		t.Error("it never rested")
	}
}

// A message and the end of the patience at the same moment: each byte comes
// once.
func TestRestAndAMessageAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, far := resting(t)
		go func() {
			for i := range 100 {
				time.Sleep(time.Second)
				far.Write([]byte{byte(i)})
			}
		}()
		for i := range 100 {
			err := c.await()
			for err == ErrQuiet {
				err = c.await()
			}
			b := make([]byte, 1)
			if n, failed := c.Read(b); err != nil || n != 1 || failed != nil || b[0] != byte(i) {
				t.Fatalf("byte %d: got %v, %v, %v", i, b[:n], err, failed)
			}
		}
	})
}

// A deadline that comes while the waiting is being ended counts afterwards.
func TestRestAndADeadlineAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, far := resting(t)
		say(t, c, far)
		c.rest.begin()
		time.Sleep(time.Second)
		synctest.Wait() // woken
		c.SetReadDeadline(time.Now().Add(time.Minute))
		if err := c.readAhead(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("it was not woken: %v", err)
		}
		if err := c.rest.end(c, os.ErrDeadlineExceeded); err != ErrQuiet {
			t.Fatal(err)
		}
		start := time.Now()
		var failed net.Error
		if err := c.readAhead(); !errors.As(err, &failed) || time.Since(start) != time.Minute {
			t.Errorf("reading ended with %v after %v", err, time.Since(start))
		}
	})
}

// What is read of a connection that has been closed starts no timer.
func TestRestAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := resting(t)
		c.rest.begin()
		c.Close()
		if c.rest.end(c, nil); c.rest.timer != nil {
			t.Error("a timer was started")
		}
	})
}
