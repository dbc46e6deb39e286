package check

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"duplex/server/wire"
)

// maxStreamLine bounds a line and the data of an event, in bytes.
const maxStreamLine = 1 << 20

// An event is one event of a stream (WHATWG HTML §9.2.6).
type event struct {
	id   string // the last event ID when it was dispatched
	kind string // its type
	data string
	at   time.Duration

	noID, noData bool // of an expected event: not judged
}

func (e event) words() string {
	var parts []string
	if !e.noID && e.id != "" {
		parts = append(parts, "id "+strconv.Quote(e.id))
	}
	if e.kind != "message" {
		parts = append(parts, "type "+strconv.Quote(e.kind))
	}
	if !e.noData {
		parts = append(parts, "data "+showPayload([]byte(e.data), true))
	}
	return strings.TrimSpace("event " + strings.Join(parts, " "))
}

// beginStream judges the head of an event stream and starts to read it.
func (c *conn) beginStream() *failure {
	switch {
	case c.head.status != http.StatusOK:
		return c.wrongStatus("200 with Content-Type text/event-stream")
	case !c.head.isStream():
		return c.wrongHeader("Content-Type", "Content-Type: text/event-stream", "content-type", "header")
	}
	c.streaming = true
	c.origin = c.head.at
	c.tape.note(c.name, wire.KindOpen, "event stream open")
	c.start(c.readStream)
	return nil
}

// readStream is the reader of an event stream.
func (c *conn) readStream() error {
	lines := lineReader{br: bufio.NewReader(c.head.body), first: true}
	p := streamParser{lastID: ""}
	for {
		line, err := lines.next()
		if err != nil {
			return err
		}
		at := c.tape.now()
		c.tape.add(wire.Event{At: wire.Millis(at), Conn: c.name, Dir: wire.Received, Kind: wire.KindLine}, []byte(line))
		e, dispatched := p.line(line)
		if len(p.data) > maxStreamLine {
			return errFlood
		}
		if dispatched {
			e.at = at
			if !c.box.spend(len(e.data)) {
				return errFlood
			}
		}
		c.box.update(func() {
			c.box.open.lines = p.pending
			if dispatched {
				c.box.events = append(c.box.events, e)
				c.box.last = arrival{func() string { return "← " + e.words() }, at}
			}
		})
	}
}

// A lineReader splits a stream into lines that end in CR, LF or CRLF, and takes
// off a byte order mark.
type lineReader struct {
	br    *bufio.Reader
	first bool
	cr    bool // the last line ended in CR: an LF right after it belongs to it
}

// next returns a line as soon as its end is there. A line without an end is
// dropped at the end of the stream, as the standard says.
func (l *lineReader) next() (string, error) {
	var line []byte
	for {
		if _, err := l.br.Peek(1); err != nil {
			return "", streamEnd(err)
		}
		have, _ := l.br.Peek(l.br.Buffered())
		if l.cr && have[0] == '\n' {
			l.cr = false
			l.br.Discard(1)
			continue
		}
		end := bytes.IndexAny(have, "\r\n")
		if end >= 0 {
			l.cr = have[end] == '\r'
			line = append(line, have[:end]...)
			l.br.Discard(end + 1)
			return l.clean(line), nil
		}
		l.cr = false
		line = append(line, have...)
		l.br.Discard(len(have))
		if len(line) > maxStreamLine {
			return "", errFlood
		}
	}
}

// streamEnd makes a body that was cut off an end like any other.
func streamEnd(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return io.EOF
	}
	return err
}

// clean decodes a line as UTF-8.
func (l *lineReader) clean(line []byte) string {
	text := strings.ToValidUTF8(string(line), "\uFFFD")
	if l.first {
		l.first = false
		text = strings.TrimPrefix(text, "\uFEFF")
	}
	return text
}

// A streamParser interprets lines (WHATWG HTML §9.2.6).
type streamParser struct {
	data    []byte
	kind    string
	lastID  string
	retry   time.Duration
	pending []string // lines since the last blank one, as far as they are shown
}

// line takes one line; it returns an event when that dispatches one.
func (p *streamParser) line(line string) (event, bool) {
	if line == "" {
		return p.dispatch()
	}
	if line[0] == ':' {
		return event{}, false
	}
	if len(p.pending) < 5 {
		p.pending = append(p.pending[:len(p.pending):len(p.pending)], showPayload([]byte(line), true))
	}
	field, value, _ := strings.Cut(line, ":")
	value = strings.TrimPrefix(value, " ")
	switch field {
	case "event":
		p.kind = value
	case "data":
		p.data = append(append(p.data, value...), '\n')
	case "id":
		if !strings.Contains(value, "\x00") {
			p.lastID = value
		}
	case "retry":
		if ms, err := strconv.ParseUint(value, 10, 31); err == nil && strings.Trim(value, "0123456789") == "" {
			p.retry = time.Duration(ms) * time.Millisecond
		}
	}
	return event{}, false
}

// dispatch ends an event; one without data is none.
func (p *streamParser) dispatch() (event, bool) {
	data, kind := string(p.data), p.kind
	p.data, p.kind, p.pending = p.data[:0], "", nil
	if data == "" {
		return event{}, false
	}
	if kind == "" {
		kind = "message"
	}
	return event{id: p.lastID, kind: kind, data: strings.TrimSuffix(data, "\n")}, true
}
