package roomlog

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// A client reads what a Reader writes, frame by frame or event by event.
type client struct {
	*bufio.Reader
	format Format
}

// A message is one thing that a client got.
type message struct {
	kind string // text, ping, pong or close; of an event its type; comment
	id   string // of an event; of a comment the retry that follows it
	text string // of a Close frame its code and reason
}

func newClient(r io.Reader, f Format) *client { return &client{bufio.NewReader(r), f} }

// next waits for a message. The error is io.EOF at the end of the stream, if
// that lies between two messages.
func (c *client) next() (message, error) {
	if c.format == WebSocket {
		return c.frame()
	}
	return c.event()
}

var kinds = map[byte]string{0x81: "text", 0x88: "close", 0x89: "ping", 0x8a: "pong"}

// frame reads an unmasked, final frame (RFC 6455 §5.2).
func (c *client) frame() (message, error) {
	first, err := c.ReadByte()
	if err != nil {
		return message{}, err
	}
	kind, known := kinds[first]
	if !known {
		return message{}, fmt.Errorf("a frame begins with %#x", first)
	}
	payload, err := c.payload()
	if err == nil && kind == "close" {
		return message{kind, "", fmt.Sprintf("%d %s", binary.BigEndian.Uint16(payload), payload[2:])}, nil
	}
	return message{kind, "", string(payload)}, err
}

func (c *client) payload() ([]byte, error) {
	length, err := c.ReadByte()
	more := map[byte]int{126: 2, 127: 8}[length]
	size := uint64(length)
	if err == nil && more > 0 {
		var b [8]byte
		_, err = io.ReadFull(c, b[8-more:])
		size = binary.BigEndian.Uint64(b[:])
	}
	if err != nil {
		return nil, whole(err)
	}
	if size > 16<<20 {
		return nil, fmt.Errorf("a frame of %d bytes", size)
	}
	payload := make([]byte, size)
	_, err = io.ReadFull(c, payload)
	return payload, whole(err)
}

// event reads up to an empty line. The data have one line in these tests.
func (c *client) event() (message, error) {
	m := message{kind: "message"}
	for lines := 0; ; lines++ {
		line, err := c.ReadString('\n')
		if err != nil && lines+len(line) > 0 {
			err = whole(err)
		}
		if err != nil || line == "\n" {
			return m, err
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "id", "retry":
			m.id = value
		case "event":
			m.kind = value
		case "data":
			m.text = value
		case "":
			m.kind, m.text = "comment", value
		default:
			return m, fmt.Errorf("an event has the line %q", line)
		}
	}
}

// whole is for an error in the middle of a message.
func whole(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// expect reads messages and compares them: kind and text, and the id of events.
func (c *client) expect(t testing.TB, want ...message) {
	t.Helper()
	for _, w := range want {
		got, err := c.next()
		if err != nil || got != w {
			t.Fatalf("got %+v, %v, want %+v", got, err, w)
		}
	}
}

// numbers reads what publish has published, the messages from up to, not
// including, to.
func (c *client) numbers(t testing.TB, r *Room, from, to uint64) {
	t.Helper()
	for n := from; n < to; n++ {
		c.expect(t, numbered(r, c.format, n))
	}
}

func numbered(r *Room, f Format, n uint64) message {
	if f == WebSocket {
		return message{"text", "", fmt.Sprint(n)}
	}
	return message{"message", ID{r.epoch, n}.String(), fmt.Sprint(n)}
}

// end waits for the end of the connection, after which nothing has come.
func (c *client) end(t testing.TB) {
	t.Helper()
	if m, err := c.next(); err != io.EOF {
		t.Errorf("got %+v, %v, want the end", m, err)
	}
}

// A tally is what a client got of the room's numbers, and what it was told that
// it missed.
type tally struct {
	got, missed uint64
	next        uint64 // the number that must come next
	bye         string // the text of the Close frame, or of a comment
}

// follow reads numbers in order up to the goodbye, counting what is declared as
// missed. Anything else is an error.
func (s *tally) follow(c *client) error {
	for {
		m, err := c.next()
		if err == nil {
			err = s.count(m)
		}
		if s.bye != "" && (c.format == WebSocket || err == io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *tally) count(m message) error {
	switch {
	case m.kind == "close" || m.kind == "comment":
		s.bye = m.text
		return nil
	case s.bye != "":
		return fmt.Errorf("%+v came after the goodbye", m)
	}
	return s.take(m.text)
}

// take counts the message with this text, a number and perhaps spaces, or a
// notice.
func (s *tally) take(text string) error {
	text = strings.TrimRight(text, " ")
	if strings.HasPrefix(text, "{") {
		return s.lagged(text)
	}
	if text != fmt.Sprint(s.next) {
		return fmt.Errorf("message %s came, and %d was to come", text, s.next)
	}
	s.got, s.next = s.got+1, s.next+1
	return nil
}

func (s *tally) lagged(notice string) error {
	var n uint64
	if _, err := fmt.Sscanf(notice, `{"type":"lagged","missed":%d}`, &n); err != nil {
		return fmt.Errorf("%q came: %w", notice, err)
	}
	s.missed, s.next = s.missed+n, s.next+n
	return nil
}

var _ net.Conn = (*Reader)(nil) // for gorilla
