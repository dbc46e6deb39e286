package socket

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// Either nothing was answered, or the connection is the caller's.
func TestStreamWithoutAConnection(t *testing.T) {
	w := httptest.NewRecorder()
	if conn, err := Stream(w); conn != nil || !errors.Is(err, http.ErrNotSupported) {
		t.Errorf("no Hijack: %v, %v", conn, err)
	}
	if len(w.Header()) > 0 || w.Body.Len() > 0 {
		t.Errorf("no Hijack: answered %v %q", w.Header(), w.Body)
	}
}

func TestStreamToOneWhoHasLeft(t *testing.T) {
	ours, theirs := net.Pipe()
	theirs.Close()
	conn, err := Stream(hijacked{httptest.NewRecorder(), ours})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("reading ends with %v; want a connection that is closed", err)
	}
}

// A hijacked is a response whose connection is given.
type hijacked struct {
	*httptest.ResponseRecorder
	conn net.Conn
}

func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) { return h.conn, nil, nil }

func TestAppendEvent(t *testing.T) {
	for _, c := range []struct{ id, event, data, want string }{
		{"", "", "hello", "data: hello\n\n"},
		{"7", "", "hello", "id: 7\ndata: hello\n\n"},
		{"7", "join", "hello", "id: 7\nevent: join\ndata: hello\n\n"},
		{"", "", "", "data: \n\n"},
		{"", "", "a\nb\rc\r\nd", "data: a\ndata: b\ndata: c\ndata: d\n\n"},
		{"", "", "a\r\n", "data: a\ndata: \n\n"},
		{"", "", "a\n\r\n\rb", "data: a\ndata: \ndata: \ndata: b\n\n"},
		{"1\n2\r3\x004", "a\nb\x00", "", "id: 1234\nevent: ab\ndata: \n\n"},
	} {
		if got := string(AppendEvent(nil, c.id, c.event, []byte(c.data))); got != c.want {
			t.Errorf("%q %q %q: got %q, want %q", c.id, c.event, c.data, got, c.want)
		}
	}
}

// A comment dispatches nothing, and retry takes milliseconds.
func TestAppendRetry(t *testing.T) {
	s := newStream()
	s.feed([]byte(KeepAlive))
	s.feed(AppendRetry(nil, 2500*time.Millisecond))
	if s.retry != "2500" || len(s.events) != 0 {
		t.Errorf("got retry %q and events %v, want 2500 and none", s.retry, s.events)
	}
	s.feed(AppendEvent(nil, "", "", []byte("on")))
	if want := []dispatched{{"", "message", "on"}}; !slices.Equal(s.events, want) {
		t.Errorf("after them: got %v, want %v", s.events, want)
	}
}

// Whatever is appended arrives as it was, except for what the format can't say,
// and wherever the network cuts the stream.
func FuzzAppendEvent(f *testing.F) {
	for _, s := range []string{"", " ", ":", "a: b", "\r", "\n", "\r\n", "\n\r", "\r\r\n\n", "\x00", "\ufeff", "\ufeffdata", "data: x\n\nid: 1\n\n", "é\u2028", "retry: 1"} {
		f.Add(s, s, []byte(s), s+"2", "", []byte("x"+s))
	}
	f.Fuzz(func(t *testing.T, id, event string, data []byte, id2, event2 string, data2 []byte) {
		if len(id)+len(event)+len(data)+len(id2)+len(event2)+len(data2) > 400 {
			return // every cut is tried
		}
		stream := AppendEvent(nil, id, event, data)
		stream = AppendEvent(stream, id2, event2, data2)
		stream = AppendEvent(stream, "", "", nil)
		first := want("", id, event, data)
		second := want(first.id, id2, event2, data2)
		all := []dispatched{first, second, {second.id, "message", ""}}
		for cut := range len(stream) + 1 {
			s := newStream()
			s.feed(stream[:cut])
			s.feed(stream[cut:])
			if !slices.Equal(s.events, all) {
				t.Fatalf("%q, cut at %d:\ngot  %q\nwant %q", stream, cut, s.events, all)
			}
		}
	})
}

// want is what a browser dispatches for an event after one with the id last.
func want(last, id, event string, data []byte) dispatched {
	unsaid := strings.NewReplacer("\r", "", "\n", "", "\x00", "")
	lines := strings.NewReplacer("\r\n", "\n", "\r", "\n")
	d := dispatched{last, unsaid.Replace(event), lines.Replace(string(data))}
	if id != "" {
		d.id = unsaid.Replace(id)
	}
	if d.event == "" {
		d.event = "message"
	}
	return d
}

// A stream reads server-sent events by the letter of WHATWG HTML §9.2.6. It
// takes UTF-8 as it is: decoding leaves that unchanged.
type stream struct {
	events []dispatched
	retry  string

	begun bool   // the first line has been read
	cr    bool   // the byte before was a CR, which has ended a line
	line  []byte // until now
	data  []byte // the data buffer
	event string // the event type buffer
	id    string // the last event ID buffer
}

type dispatched struct{ id, event, data string }

func (d dispatched) String() string { return fmt.Sprintf("{%q %q %q}", d.id, d.event, d.data) }

func newStream() *stream { return &stream{} }

// feed takes what the network brings. Lines end in CR LF, LF or CR.
func (s *stream) feed(chunk []byte) {
	for _, c := range chunk {
		switch {
		case c == '\n' && s.cr: // the second half of CR LF
		case c == '\n' || c == '\r':
			s.endLine()
		default:
			s.line = append(s.line, c)
		}
		s.cr = c == '\r'
	}
}

func (s *stream) endLine() {
	line := s.line
	if !s.begun {
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	s.begun, s.line = true, nil
	name, value, colon := strings.Cut(string(line), ":")
	switch {
	case len(line) == 0:
		s.dispatch()
	case colon && name == "": // a comment
	default:
		s.field(name, strings.TrimPrefix(value, " "))
	}
}

func (s *stream) field(name, value string) {
	switch name {
	case "event":
		s.event = value
	case "data":
		s.data = append(append(s.data, value...), '\n')
	case "id":
		if !strings.Contains(value, "\x00") {
			s.id = value
		}
	case "retry":
		if strings.Trim(value, "0123456789") == "" {
			s.retry = value
		}
	}
}

func (s *stream) dispatch() {
	if len(s.data) > 0 {
		d := dispatched{s.id, s.event, string(bytes.TrimSuffix(s.data, []byte("\n")))}
		if d.event == "" {
			d.event = "message"
		}
		s.events = append(s.events, d)
	}
	s.data, s.event = nil, ""
}
