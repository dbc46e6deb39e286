package roomlog

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
)

var cycles = flag.Int("cycles", 1000, "how often TestReconnect kills a connection")

// Readers are killed at any byte, and come back with the id of the last message
// that they saw whole. No gap is left undeclared, nothing comes twice, and
// nothing out of order.
func TestReconnect(t *testing.T) {
	const members = 8
	r := New(Config{Keep: Keep{Messages: 1000}, Formats: []Format{WebSocket, EventStream}})
	n := newNetwork(t)
	var all []*returner
	var killing sync.WaitGroup
	for i := range members {
		m := &returner{room: r, network: n, format: Format(i % 2)}
		all = append(all, m)
		killing.Go(func() {
			for cycle := range *cycles / members {
				if err := m.visit(cycle%3 == 0); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	killing.Wait()
	for _, m := range all {
		head := r.Head().Seq
		if err := m.finish(head); err != nil {
			t.Error(err)
		}
		t.Logf("got %d, missed %d, of which %d in gaps between connections", m.got, m.missed, m.gaps)
		if m.got+m.missed != head {
			t.Errorf("got %d and missed %d of %d", m.got, m.missed, head)
		}
	}
}

// A returner is a client that comes back.
type returner struct {
	tally
	room    *Room
	network *network
	format  Format
	last    string // the id of the last message that it saw
	gaps    uint64
}

// connect does what a server and a client do: the client names what it saw
// last, and is told if there is a gap.
func (m *returner) connect() (client, server *net.TCPConn, err error) {
	server, client = m.network.pair()
	rd := NewReader(server, m.format, Waits{})
	from, err := uint64(0), error(nil)
	if m.last != "" {
		from, err = m.resume(rd)
	}
	if err == nil {
		err = m.room.Join(rd, from)
	}
	go serve(rd)
	return client, server, err
}

func (m *returner) resume(rd *Reader) (from uint64, err error) {
	id, err := ParseID(m.last)
	if err != nil {
		return 0, err
	}
	var gap Gap
	if from, err = m.room.Resume(id); !errors.As(err, &gap) {
		return from, err
	}
	from = m.room.Last(300)
	return from, rd.Send("gap", fmt.Append(nil, "gap ", from))
}

// visit connects, has something to say, reads some bytes, and is killed by its
// own side or by the server's. Now and then it has more to say than is kept.
func (m *returner) visit(byServer bool) error {
	conn, server, err := m.connect()
	if err != nil {
		return err
	}
	few := rand.IntN(3)
	if rand.IntN(300) == 0 {
		few = 1200
	}
	m.say(few)
	sure := shortest * min(m.room.Head().Seq-m.next, 300) // so no reading waits for ever
	if err := m.read(io.LimitReader(conn, rand.Int64N(int64(sure)+1))); err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	if byServer {
		conn, server = server, conn
		defer server.Close()
	}
	conn.SetLinger(0)
	return conn.Close()
}

const shortest = 60 // bytes of a message that is said

// say publishes messages that hold their own id.
func (m *returner) say(n int) {
	for range n {
		m.room.PublishFunc("", func(id ID) []byte {
			return fmt.Appendf(nil, "%v%*s", id, shortest+rand.IntN(shortest), "")
		})
	}
}

// read follows the messages until none comes any more.
func (m *returner) read(from io.Reader) error {
	c := newClient(from, m.format)
	for m.bye == "" {
		got, err := c.next()
		if err == nil {
			err = m.see(got)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *returner) see(got message) error {
	var next uint64
	switch {
	case got.kind == "close" || got.kind == "comment":
		return m.count(got)
	case strings.HasPrefix(got.text, "{"):
		err := m.lagged(got.text)
		m.last = ID{m.room.epoch, m.next - 1}.String()
		return err
	case strings.HasPrefix(got.text, "gap "):
		if _, err := fmt.Sscanf(got.text, "gap %d", &next); err != nil || next <= m.next {
			return fmt.Errorf("%q came, and %d was to come", got.text, m.next)
		}
		m.gaps, m.missed, m.next = m.gaps+next-m.next, m.missed+next-m.next, next
		m.last = ID{m.room.epoch, next - 1}.String()
		return nil
	}
	text := strings.TrimRight(got.text, " ")
	if m.format == EventStream && got.id != text {
		return fmt.Errorf("the event with id %q has the text %q", got.id, text)
	}
	m.last = text
	return m.take(strings.TrimPrefix(text, m.room.epoch+":"))
}

// finish reads up to the head.
func (m *returner) finish(head uint64) error {
	conn, _, err := m.connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, rd := range m.room.Readers() {
		rd.End(1001, "bye", 0)
	}
	if err := m.read(conn); m.bye == "" || m.next != head {
		return fmt.Errorf("ended at %d of %d: %w", m.next, head, err)
	}
	return nil
}
