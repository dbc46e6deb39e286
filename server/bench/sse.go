package bench

import "bytes"

// maxEvent bounds a line, and the data of an event, in bytes.
const maxEvent = 1 << 20

// An event is one of an event stream (WHATWG HTML §9.2.6). Its fields are valid
// until the parser is fed again.
type event struct{ id, kind, data []byte }

// A streamParser cuts an event stream into events, whatever pieces it comes in.
// The zero value stands at the beginning of a stream.
type streamParser struct {
	line []byte // a line whose end has not come
	cr   bool   // the last line ended in CR: an LF right after it belongs to it
	past bool   // the first line is over, and with it the place for a byte order mark

	id, kind, data []byte
	overlong       bool // a line or an event was too long; its end was cut off
}

// feed takes the next piece, and calls dispatch for each event that it ends.
func (p *streamParser) feed(b []byte, dispatch func(event)) {
	for len(b) > 0 {
		if p.cr && b[0] == '\n' {
			p.cr, b = false, b[1:]
			continue
		}
		p.cr = false
		end := lineEnd(b)
		if end < 0 {
			p.line = p.limit(append(p.line, b...))
			return
		}
		p.cr = b[end] == '\r'
		p.take(b[:end], dispatch)
		b = b[end+1:]
	}
}

// lineEnd is where the first CR or LF is, or -1. It asks for one at a time, for
// that is what the processor is good at.
func lineEnd(b []byte) int {
	lf := bytes.IndexByte(b, '\n')
	if lf >= 0 {
		b = b[:lf]
	}
	if cr := bytes.IndexByte(b, '\r'); cr >= 0 {
		return cr
	}
	return lf
}

// take processes a line whose end has come.
func (p *streamParser) take(rest []byte, dispatch func(event)) {
	line := rest
	if len(p.line) > 0 {
		line = append(p.line, rest...)
		p.line = line[:0]
	}
	if !p.past {
		p.past = true
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	if len(line) > 0 {
		p.field(line)
		return
	}
	if len(p.data) > 0 {
		dispatch(event{p.id, p.kind, p.data[:len(p.data)-1]}) // without the last line ending
	}
	p.kind, p.data = p.kind[:0], p.data[:0]
}

// field processes a line that is not empty.
func (p *streamParser) field(line []byte) {
	name, value, _ := bytes.Cut(line, []byte(":"))
	if len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	switch string(name) {
	case "data":
		p.data = append(p.limit(append(p.data, value...)), '\n')
	case "event":
		p.kind = append(p.kind[:0], value...)
	case "id":
		if bytes.IndexByte(value, 0) < 0 {
			p.id = append(p.id[:0], value...)
		}
	}
}

func (p *streamParser) limit(b []byte) []byte {
	if len(b) > maxEvent {
		p.overlong = true
		return b[:maxEvent]
	}
	return b
}
