package roomlog

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"duplex/server/socket"
)

// odd publishes the next number with spaces behind it.
func odd(r *Room, spaces int) {
	r.PublishFunc("", func(id ID) []byte { return fmt.Appendf(nil, "%d%*s", id.Seq, spaces, "") })
}

// Frames of others never land inside one of the log's, wherever sockets that are
// full cut those.
func TestFramesBetween(t *testing.T) {
	network := newNetwork(t)
	for name, connect := range map[string]func() (net.Conn, net.Conn){
		"TCP":  func() (net.Conn, net.Conn) { return network.narrow() },
		"pipe": net.Pipe,
	} {
		t.Run(name, func(t *testing.T) {
			const messages, pings = 500, 500
			server, conn := connect()
			r := New(Config{Keep: Keep{Messages: messages}})
			rd := join(t, r, server, WebSocket, 0)
			var writers sync.WaitGroup
			writers.Go(func() {
				for range messages {
					odd(r, rand.IntN(3000))
				}
			})
			writers.Go(func() {
				for range pings {
					rd.Write(socket.AppendFrame(nil, websocket.PingMessage, make([]byte, rand.IntN(126))))
				}
			})
			go func() {
				writers.Wait()
				rd.End(1000, "", 0)
			}()
			got, pinged := count(t, conn)
			if got.got != messages || got.missed != 0 || pinged != pings {
				t.Errorf("got %d messages and %d pings, missed %d; want %d, %d, none", got.got, pinged, got.missed, messages, pings)
			}
			conn.Close()
			server.Close()
		})
	}
}

// count reads up to the Close frame, counting pings apart.
func count(t *testing.T, conn io.Reader) (s tally, pings int) {
	c := newClient(conn, WebSocket)
	for {
		m, err := c.next()
		switch {
		case err != nil:
			t.Fatal(err)
		case m.kind == "ping":
			pings++
		case m.kind == "close":
			return s, pings
		default:
			if err := s.take(m.text); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Whatever is published, sent and said, and wherever the socket ends a write,
// what went out is whole messages in order, with all that is missing declared,
// and nothing behind a goodbye. Each byte of the script is one thing that
// happens.
func FuzzReader(f *testing.F) {
	f.Add([]byte("aaaaBBccDDccA0123456789z0aAbBcC"), true)
	f.Add(bytes.Repeat([]byte{0, 1, 7, 255, 3, 2, 11}, 40), true)
	f.Add(bytes.Repeat([]byte{0, 1, 7, 255, 3, 2, 11}, 40), false)
	f.Add(append(bytes.Repeat([]byte{4, 0}, 30), 6, 0, 1, 3, 3, 3, 3), false)
	f.Add(bytes.Repeat([]byte{80, 43, 250, 250, 250, 250}, 3), false)
	f.Add(bytes.Repeat([]byte{80, 43, 250, 250, 250, 250}, 3), true)
	f.Fuzz(func(t *testing.T, script []byte, streams bool) {
		f := WebSocket
		if streams {
			f = EventStream
		}
		s := newScripted(t, f)
		for _, b := range script {
			s.do(int(b%8), int(b/8))
		}
		for s.take(1 << 20) {
		}
		s.check(t)
	})
}

// A scripted reader has a socket that takes what the script says.
type scripted struct {
	room *Room
	rd   *Reader
	out  bytes.Buffer
	sent int // to this reader alone
	bye  bool
}

func newScripted(t *testing.T, f Format) *scripted {
	server, _ := net.Pipe()
	r := New(Config{Keep: Keep{Messages: 5}, Formats: []Format{f}})
	rd := NewReader(server, f, Waits{})
	rd.parked = true // we are the one that writes
	if err := r.Join(rd, 0); err != nil {
		t.Fatal(err)
	}
	return &scripted{room: r, rd: rd}
}

func (s *scripted) do(what, size int) {
	switch what {
	case 0, 4:
		odd(s.room, size*size)
	case 1, 2:
		s.take(what * size)
	case 3:
		s.takeWhile(what*size, func() { s.do(5, size) })
	case 5:
		if !s.bye {
			s.sent++
		}
		s.rd.Send("alone", []byte("alone"+strings.Repeat(" ", size)))
	case 6:
		s.rd.End(1001, "bye", 0)
	case 7:
		if s.rd.format == WebSocket {
			s.rd.Write(socket.AppendFrame(nil, websocket.PingMessage, make([]byte, size)))
		}
	}
}

// take lets the socket take up to n bytes, and reports whether there were any.
func (s *scripted) take(n int) bool { return s.takeWhile(n, func() {}) }

// takeWhile is take while something else happens.
func (s *scripted) takeWhile(n int, happens func()) bool {
	s.rd.mu.Lock()
	defer s.rd.mu.Unlock()
	b := s.rd.ahead(parkedWrite)
	s.bye = s.rd.last
	s.rd.mu.Unlock()
	happens()
	s.rd.mu.Lock()
	n = min(n, len(b.bytes))
	s.out.Write(b.bytes[:n])
	s.rd.wrote(b, n)
	s.bye = s.rd.last // from here on, what is sent is dropped
	return n > 0
}

func (s *scripted) check(t *testing.T) {
	c := newClient(&s.out, s.rd.format)
	var got tally
	alone := 0
	for {
		m, err := c.next()
		if err == io.EOF {
			break
		}
		switch {
		case err != nil:
		case got.bye == "" && strings.HasPrefix(m.text, "alone"):
			alone++
		case got.bye != "" || m.kind != "ping":
			err = got.count(m)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	head := s.room.Head().Seq
	switch {
	case alone != s.sent:
		t.Errorf("%d were sent to this reader alone, %d came", s.sent, alone)
	case got.bye == "" && got.next != head, got.next > head, got.got+got.missed != got.next:
		t.Errorf("got %+v of %d that were published", got, head)
	case (got.bye != "") != s.rd.last:
		t.Errorf("the goodbye is %q", got.bye)
	}
}
