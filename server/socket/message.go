package socket

import (
	"fmt"
	"io"
	"sync"

	"github.com/gorilla/websocket"
)

// region read

// ReadMessage returns the next message, whole: its kind, text or binary, and a
// payload of at most limit bytes, counted after decompression. They count in
// memory from their arrival until the caller gives them back (Budget.Give).
//
// While we read, the library answers pings and the Close frame, and refuses
// broken frames. That a text is valid UTF-8 it leaves to us (RFC 6455 §8.1).
func ReadMessage(conn *websocket.Conn, limit int, memory *Budget) (kind int, message []byte, err error) {
	kind, r, err := conn.NextReader()
	if err != nil {
		return 0, nil, err
	}
	in := arrival{text: kind == websocket.TextMessage, limit: limit, memory: memory}
	if message, err = in.readAll(r); err != nil {
		memory.Give(in.size)
		return 0, nil, err
	}
	return kind, message, nil
}

// endregion read

// region arrival

// An arrival is a message while it arrives.
type arrival struct {
	text   bool
	limit  int
	memory *Budget
	size   int       // bytes until now, all of them taken from memory
	utf8   utf8Check // of a text
}

// take looks at the bytes that came last, however few of the message they are.
func (a *arrival) take(p []byte) error {
	switch {
	case a.size+len(p) > a.limit:
		return &Refusal{websocket.CloseMessageTooBig, fmt.Sprintf("a message may have at most %d bytes", a.limit)}
	case !a.memory.Take(len(p)):
		return &Refusal{websocket.CloseTryAgainLater, "too much is being sent to this server at once: try again later"}
	}
	a.size += len(p)
	if a.text && !a.utf8.add(p) {
		return notUTF8
	}
	return nil
}

// endregion arrival

var notUTF8 = &Refusal{websocket.CloseInvalidFramePayloadData, "a text message must be valid UTF-8"}

// A page holds the beginning of a message; most messages are no longer.
type page [512]byte

var pages = sync.Pool{New: func() any { return new(page) }}

// readAll returns the message. Its memory grows with what has come, never with
// what a frame announces, and by doubling, so that each byte is copied about
// twice.
func (a *arrival) readAll(r io.Reader) ([]byte, error) {
	first := pages.Get().(*page)
	defer pages.Put(first)
	for into := first[:]; ; {
		// One byte more than allowed shows that there is too much.
		n, err := r.Read(into[a.size:min(len(into), a.limit+1)])
		came := into[a.size : a.size+n]
		if no := a.take(came); no != nil {
			return nil, no
		}
		switch {
		case err == io.EOF && a.text && !a.utf8.whole():
			return nil, notUTF8
		case err == io.EOF && a.size <= len(first):
			return append([]byte{}, into[:a.size]...), nil
		case err == io.EOF:
			return into[:a.size], nil
		case err != nil:
			return nil, err
		}
		if a.size == len(into) {
			into = append(make([]byte, 0, 2*len(into)), into...)
			into = into[:cap(into)]
		}
	}
}
