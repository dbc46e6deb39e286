package roomlog

import (
	"fmt"
	"net"
	"testing"
	"testing/synctest"
)

// behind returns a reader that has message 0 on its way and has missed 1 to 5,
// of a room that keeps 6 to 9.
func behind(t *testing.T, c Config, f Format) (*Room, *client) {
	c.Keep = Keep{Messages: 4}
	c.Formats = []Format{WebSocket, EventStream}
	r := New(c)
	server, conn := net.Pipe()
	t.Cleanup(func() { conn.Close() })
	rd := join(t, r, server, f, 0)
	go serve(rd)
	publish(t, r, 1)
	synctest.Wait()
	publish(t, r, 9)
	return r, newClient(conn, f)
}

// Where the hole is, a notice stands that says how large it is, and no message
// is there twice.
func TestResync(t *testing.T) {
	for f := range formats {
		synctest.Test(t, func(t *testing.T) {
			r, c := behind(t, Config{}, f)
			c.numbers(t, r, 0, 1)
			notice := message{"text", "", `{"type":"lagged","missed":5}`}
			if f == EventStream {
				notice.kind, notice.id = "lagged", ID{r.epoch, 5}.String()
			}
			c.expect(t, notice)
			c.numbers(t, r, 6, 10)
			publish(t, r, 1)
			c.numbers(t, r, 10, 11)
		})
	}
}

// Who reconnects with the id of the notice goes on where the notice said.
func TestResumeAfterNotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := behind(t, Config{}, EventStream)
		c.numbers(t, r, 0, 1)
		notice, err := c.next()
		if err != nil {
			t.Fatal(err)
		}
		id, err := ParseID(notice.id)
		if err != nil {
			t.Fatal(err)
		}
		if from, err := r.Resume(id); from != 6 || err != nil {
			t.Errorf("resumes from %d, %v, want 6", from, err)
		}
	})
}

// A room may have a notice of its own.
func TestLagged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own := func(n uint64) []byte { return fmt.Appendf(nil, "%d are gone", n) }
		r, c := behind(t, Config{Lagged: own}, WebSocket)
		c.numbers(t, r, 0, 1)
		c.expect(t, message{"text", "", "5 are gone"})
		c.numbers(t, r, 6, 10)
	})
}

// Who is sent away is told how many messages it missed, and gets none after
// the hole.
func TestDisconnect(t *testing.T) {
	for f, bye := range map[Format]message{
		WebSocket:   {"close", "", "1013 too slow: 5 messages were missed"},
		EventStream: {"comment", "2000", "too slow: 5 messages were missed"},
	} {
		synctest.Test(t, func(t *testing.T) {
			r, c := behind(t, Config{Behind: Disconnect}, f)
			c.numbers(t, r, 0, 1)
			c.expect(t, bye)
			publish(t, r, 1)
			c.end(t)
			synctest.Wait()
			if left := r.Readers(); len(left) > 0 {
				t.Errorf("%d readers are still there", len(left))
			}
		})
	}
}

// Who falls behind again and again is told each time.
func TestResyncAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := behind(t, Config{}, WebSocket)
		var got tally
		for range 5 {
			for range 3 {
				m, err := c.next()
				if err == nil {
					err = got.count(m)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
			publish(t, r, 20)
		}
		r.Close(1001, "", 0, 0)
		if err := got.follow(c); err != nil || got.got+got.missed != r.Head().Seq {
			t.Errorf("got %+v of %d, %v", got, r.Head().Seq, err)
		}
		if got.missed < 50 {
			t.Errorf("only %d were missed", got.missed)
		}
	})
}
