package roomlog

import (
	"errors"
	"fmt"
	"math"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestLast(t *testing.T) {
	for _, c := range []struct {
		first uint64
		n     int
		want  uint64
	}{
		{0, 0, 10}, {0, 1, 9}, {0, 4, 6}, {0, 5, 6}, {0, 10, 6}, {0, math.MaxInt, 6},
		{100, 0, 110}, {100, 1, 109}, {100, 4, 106}, {100, 5, 106}, {100, 111, 106},
	} {
		r := New(Config{Keep: Keep{Messages: 4}, First: c.first})
		publish(t, r, 10)
		if got := r.Last(c.n); got != c.want {
			t.Errorf("the last %d of 10 from %d: got %d, want %d", c.n, c.first, got, c.want)
		}
	}
	if got := New(Config{First: 7}).Last(3); got != 7 {
		t.Errorf("of an empty room: got %d, want 7", got)
	}
}

func TestResume(t *testing.T) {
	r := New(Config{Keep: Keep{Messages: 4}, First: 1})
	publish(t, r, 10) // 1 to 10, of which 7 to 10 are kept
	for _, c := range []struct {
		id   ID
		want uint64 // 0 is a gap
		why  string
	}{
		{ID{r.epoch, 10}, 11, ""},
		{ID{r.epoch, 9}, 10, ""},
		{ID{r.epoch, 6}, 7, ""},
		{ID{r.epoch, 5}, 0, "1 of the messages since then are no longer kept"},
		{ID{r.epoch, 0}, 0, "6 of the messages since then are no longer kept"},
		{ID{r.epoch, 11}, 0, "the room has not come that far"},
		{ID{r.epoch, math.MaxUint64}, 0, "the room has not come that far"},
		{ID{"another", 9}, 0, "the room has begun anew since then"},
		{ID{"", 0}, 0, "the room has begun anew since then"},
	} {
		got, err := r.Resume(c.id)
		var gap Gap
		if errors.As(err, &gap) != (c.want == 0) || got != c.want || string(gap) != c.why {
			t.Errorf("%v: got %d, %v, want %d, %q", c.id, got, err, c.want, c.why)
		}
	}
	if from, err := New(Config{}).Resume(ID{"another", 1}); err == nil {
		t.Errorf("another room resumes at %d", from)
	}
}

// What is too old is not given to those who come, even when nothing has been
// published since.
func TestAgeWithoutPublishing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New(Config{Keep: Keep{Age: time.Minute}})
		publish(t, r, 3)
		time.Sleep(time.Minute)
		if got := r.Last(10); got != 0 {
			t.Errorf("after a minute: the oldest is %d, want 0", got)
		}
		time.Sleep(time.Nanosecond)
		if got := r.Last(10); got != 3 {
			t.Errorf("after more: the oldest is %d, want 3", got)
		}
		if from, err := r.Resume(ID{r.epoch, 1}); err == nil {
			t.Errorf("resumes at %d", from)
		}
	})
}

func TestParseID(t *testing.T) {
	for s, want := range map[string]ID{
		"abc:0":                    {"abc", 0},
		"abc:18446744073709551615": {"abc", math.MaxUint64},
		"":                         {},
		"abc":                      {},
		":1":                       {},
		"abc:":                     {},
		"abc:-1":                   {},
		"abc:1:2":                  {},
		"abc:18446744073709551616": {},
		"abc: 1":                   {},
	} {
		got, err := ParseID(s)
		if got != want || (err == nil) != (want != ID{}) {
			t.Errorf("%q: got %v, %v, want %v", s, got, err, want)
		}
		if err == nil && got.String() != s {
			t.Errorf("%q is written as %q", s, got)
		}
	}
	a, b := New(Config{}).Head(), New(Config{}).Head()
	if a == b {
		t.Errorf("two rooms have the epoch %q", a.Epoch)
	}
}

// A reader gets what is there from where it joins, and all that comes after.
func TestJoin(t *testing.T) {
	for _, from := range []uint64{0, 1, 5, 9, 10, 12, 20} {
		for _, f := range []Format{WebSocket, EventStream} {
			t.Run(fmt.Sprint(from, f), func(t *testing.T) {
				both(t, func(t *testing.T, connect func() (net.Conn, net.Conn)) {
					r := New(Config{Formats: []Format{WebSocket, EventStream}})
					publish(t, r, 10)
					server, conn := connect()
					join(t, r, server, f, from)
					publish(t, r, 15)
					newClient(conn, f).numbers(t, r, from, 25)
				})
			})
		}
	}
}

// Joining before the oldest that is kept is declared as missing the rest.
func TestJoinTooEarly(t *testing.T) {
	both(t, func(t *testing.T, connect func() (net.Conn, net.Conn)) {
		r := New(Config{Keep: Keep{Messages: 4}})
		publish(t, r, 10)
		server, conn := connect()
		join(t, r, server, WebSocket, 2)
		c := newClient(conn, WebSocket)
		c.expect(t, message{"text", "", `{"type":"lagged","missed":4}`})
		c.numbers(t, r, 6, 10)
	})
}

// Many who publish at once are heard in the order of the ids, by everybody.
func TestPublishOrder(t *testing.T) {
	r := New(Config{Keep: Keep{Messages: 10_000}, Formats: []Format{WebSocket, EventStream}})
	n := newNetwork(t)
	var readers sync.WaitGroup
	for _, f := range []Format{WebSocket, EventStream, WebSocket} {
		server, conn := n.pair()
		join(t, r, server, f, 0)
		readers.Go(func() {
			c := newClient(conn, f)
			for i := range uint64(8 * 500) {
				if got, err := c.next(); err != nil || got != numbered(r, f, i) {
					t.Errorf("message %d: got %+v, %v", i, got, err)
					return
				}
			}
		})
	}
	var publishers sync.WaitGroup
	for range 8 {
		publishers.Go(func() { publish(t, r, 500) })
	}
	publishers.Wait()
	readers.Wait()
	if got := r.Head(); got.Seq != 4000 {
		t.Errorf("the head is %v, want 4000", got)
	}
}

func TestPublishID(t *testing.T) {
	r := New(Config{First: 41})
	first, err := r.Publish("", nil)
	second, err2 := r.PublishFunc("", func(id ID) []byte {
		if id.Seq != 42 {
			t.Errorf("data was asked for with the id %v", id)
		}
		return nil
	})
	if err != nil || err2 != nil || first != (ID{r.epoch, 41}) || second != (ID{r.epoch, 42}) {
		t.Errorf("got %v, %v and %v, %v", first, err, second, err2)
	}
}

// A closed room takes nobody and nothing, but still answers.
func TestClosed(t *testing.T) {
	r := New(Config{})
	publish(t, r, 3)
	r.Close(1001, "", 0, 0)
	if _, err := r.Publish("", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("publishing: %v, want ErrClosed", err)
	}
	server, _ := net.Pipe()
	if err := r.Join(NewReader(server, WebSocket, Waits{}), 0); !errors.Is(err, ErrClosed) {
		t.Errorf("joining: %v, want ErrClosed", err)
	}
	if got := r.Head().Seq; got != 3 {
		t.Errorf("the head is %d, want 3", got)
	}
}

// Whoever leaves gets no more; the others do. They may leave in any order, and
// twice.
func TestLeave(t *testing.T) {
	r := New(Config{})
	n := newNetwork(t)
	var readers []*Reader
	var clients []*client
	for range 6 {
		server, conn := n.pair()
		readers = append(readers, join(t, r, server, WebSocket, 0))
		clients = append(clients, newClient(conn, WebSocket))
	}
	next := uint64(0)
	for _, gone := range []int{2, 5, 0, 4, 3} {
		publish(t, r, 1)
		for i, c := range clients {
			if readers[i] != nil {
				c.numbers(t, r, next, next+1)
			}
		}
		next++
		readers[gone].Leave()
		readers[gone].Leave()
		readers[gone].Close()
		readers[gone] = nil
		clients[gone].end(t)
		if slices.Contains(r.Readers(), nil) || len(r.Readers()) != 6-int(next) {
			t.Fatalf("in the room: %v", r.Readers())
		}
	}
	publish(t, r, 1)
	clients[1].numbers(t, r, next, next+1)
}

// An event of a type of its own is seen as such in event streams, and with it
// WebSockets see no difference.
func TestEventType(t *testing.T) {
	r := New(Config{Formats: []Format{WebSocket, EventStream}})
	n := newNetwork(t)
	socketEnd, socketConn := n.pair()
	streamEnd, streamConn := n.pair()
	join(t, r, socketEnd, WebSocket, 0)
	join(t, r, streamEnd, EventStream, 0)
	id, _ := r.Publish("join", []byte("Ada"))
	newClient(socketConn, WebSocket).expect(t, message{"text", "", "Ada"})
	newClient(streamConn, EventStream).expect(t, message{"join", id.String(), "Ada"})
}

// A message may be longer than all that is kept, and than a segment.
func TestLongMessage(t *testing.T) {
	both(t, func(t *testing.T, connect func() (net.Conn, net.Conn)) {
		r := New(Config{Keep: Keep{Bytes: 1000}})
		server, conn := connect()
		join(t, r, server, WebSocket, 0)
		c := newClient(conn, WebSocket)
		for _, length := range []int{2000, 3 * segmentMax, 2000} {
			text := strings.Repeat("x", length)
			r.Publish("", []byte(text))
			c.expect(t, message{"text", "", text})
		}
	})
}
