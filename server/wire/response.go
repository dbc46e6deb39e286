package wire

import (
	"bytes"
	"strconv"
)

// A response follows what a server writes in answer to one request: the head,
// then the frames of a WebSocket or the lines of an event stream, whatever the
// chunking of the writes. The body of any other response is left out.
type response struct {
	frames FrameParser
	head   func(head []byte, opened bool) // opened: messages can pass from now on
	line   func(line []byte, size int)    // size: of the whole line, of which only the beginning may be given

	mode     mode
	buf      []byte // of the head or the line in progress
	size     int    // of the line in progress, also of what buf no longer holds
	cr       bool   // the last line ended in CR: a LF that follows belongs to it
	chunk    int64  // bytes left of a chunk, its CRLF included; -1: its size comes next
	sizeLine []byte // of the chunk size in progress
}

type mode int

const (
	inHead mode = iota
	inFrames
	inStream  // an event stream as it is
	inChunked // an event stream in chunks (RFC 9112 §7.1)
	inOther   // nothing more to show: the response has ended, or its body is left out
)

func (r *response) write(b []byte) {
	for len(b) > 0 {
		switch r.mode {
		case inHead:
			b = r.readHead(b)
		case inFrames:
			r.frames.Write(b)
			return
		case inStream:
			r.readLines(b)
			return
		case inChunked:
			b = r.readChunk(b)
		default:
			return
		}
	}
}

// readHead takes what belongs to the head and returns the rest.
func (r *response) readHead(b []byte) []byte {
	had := len(r.buf)
	r.buf = append(r.buf, b...)
	end := endOfHead(r.buf)
	if end == 0 {
		if len(r.buf) > maxHead {
			r.mode, r.buf = inOther, nil
		}
		return nil
	}
	head := r.buf[:end]
	r.buf = nil
	if interim(head) {
		r.head(head, false)
		return b[end-had:]
	}
	r.mode = modeOf(head)
	r.chunk = -1
	r.head(head, r.mode != inOther)
	return b[end-had:]
}

// interim reports a 1xx head that another head follows (RFC 9110 §15.2).
func interim(head []byte) bool {
	return status(head) < 200 && status(head) != 101
}

func status(head []byte) int {
	fields := bytes.Fields(head)
	if len(fields) < 2 {
		return 0
	}
	n, _ := strconv.Atoi(string(fields[1]))
	return n
}

func modeOf(head []byte) mode {
	lower := bytes.ToLower(head)
	switch {
	case status(head) == 101:
		return inFrames
	case !bytes.Contains(lower, []byte("\ncontent-type: text/event-stream")):
		return inOther
	case bytes.Contains(lower, []byte("\ntransfer-encoding: chunked")):
		return inChunked
	default:
		return inStream
	}
}

// readChunk takes a chunk's size, or a part of its data, and returns the rest.
func (r *response) readChunk(b []byte) []byte {
	if r.chunk < 0 {
		return r.readSize(b)
	}
	n := int(min(r.chunk, int64(len(b))))
	data := int(min(max(r.chunk-2, 0), int64(n))) // the last two bytes are the CRLF after the data
	r.readLines(b[:data])
	if r.chunk -= int64(n); r.chunk == 0 {
		r.chunk = -1
	}
	return b[n:]
}

// readSize takes a chunk's size line and returns the rest.
func (r *response) readSize(b []byte) []byte {
	lf := bytes.IndexByte(b, '\n')
	if lf < 0 {
		r.sizeLine = append(r.sizeLine, b...)
		if len(r.sizeLine) > maxHead {
			r.mode, r.sizeLine = inOther, nil // no chunk size: we have lost the thread
		}
		return nil
	}
	r.sizeLine = append(r.sizeLine, b[:lf]...)
	n, err := strconv.ParseUint(string(bytes.TrimSpace(r.sizeLine)), 16, 62)
	r.sizeLine = r.sizeLine[:0]
	switch {
	case err != nil || n == 0: // the last chunk: the stream has ended as it should
		r.mode = inOther
	default:
		r.chunk = int64(n) + 2
	}
	return b[lf+1:]
}

// readLines cuts the stream at CR, LF or CRLF (WHATWG HTML §9.2.5).
func (r *response) readLines(b []byte) {
	for _, c := range b {
		switch {
		case c == '\n' && r.cr:
			r.cr = false
		case c == '\n' || c == '\r':
			r.endLine()
			r.cr = c == '\r'
		default:
			r.cr = false
			r.size++
			if len(r.buf) < MaxShown {
				r.buf = append(r.buf, c)
			}
		}
	}
}

func (r *response) endLine() {
	r.line(r.buf, r.size)
	r.buf, r.size = r.buf[:0], 0
}
