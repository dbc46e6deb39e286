package socket

import (
	"fmt"
	"io"
	"sync"

	"github.com/gorilla/websocket"
)

// ReadMessage returns the next message, whole: its kind, text or binary, and a
// payload of at most limit bytes, counted after decompression. They count in
// memory from their arrival until the caller gives them back (Budget.Give).
//
// The error is a *Refusal, ErrQuiet, or what the library says.
//
// While we read, the library answers pings and the Close frame, and refuses
// broken frames. That a text is valid UTF-8 it leaves to us (RFC 6455 §8.1).
func ReadMessage(conn *websocket.Conn, limit int, memory *Budget) (kind int, message []byte, err error) {
	if ours := below(conn.NetConn()); ours != nil {
		if err := ours.await(); err != nil {
			return 0, nil, err
		}
	}
	return read(conn, limit, memory)
}

// read is ReadMessage once there is something to read.
func read(conn *websocket.Conn, limit int, memory *Budget) (kind int, message []byte, err error) {
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

// region arrival

// An arrival is a message while it arrives, in pieces that are borrowed. Their
// number grows with what has come, never with what a frame announces.
type arrival struct {
	text   bool
	limit  int
	memory *Budget
	size   int       // bytes until now, all of them taken from memory
	utf8   utf8Check // of a text
	first  *page
	more   []*buffer
}

// readAll returns the message, copied into one piece.
func (a *arrival) readAll(r io.Reader) ([]byte, error) {
	a.first = pages.Get().(*page)
	defer a.giveBack()
	for {
		into := a.space()
		n, err := r.Read(into)
		if no := a.take(into[:n]); no != nil {
			return nil, no
		}
		switch {
		case err == io.EOF && a.text && !a.utf8.whole():
			return nil, notUTF8
		case err == io.EOF:
			return a.join(), nil
		case err != nil:
			return nil, err
		}
	}
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

// A page is the first piece of a message; most messages need no other.
type page [512]byte

var pages = sync.Pool{New: func() any { return new(page) }}

// space returns where the next bytes go: the rest of the last piece, or one
// more. It ends one byte after the limit, which shows that there is too much.
func (a *arrival) space() []byte {
	at := a.size - len(a.first)
	free := a.first[min(a.size, len(a.first)):]
	if at >= 0 {
		if at == len(a.more)*len(buffer{}) {
			a.more = append(a.more, buffers.Get().(*buffer))
		}
		free = a.more[len(a.more)-1][at%len(buffer{}):]
	}
	return free[:min(len(free), a.limit+1-a.size)]
}

// join returns what is in the pieces.
func (a *arrival) join() []byte {
	message := make([]byte, 0, a.size)
	message = append(message, a.first[:min(a.size, len(a.first))]...)
	for _, piece := range a.more {
		message = append(message, piece[:min(a.size-len(message), len(piece))]...)
	}
	return message
}

func (a *arrival) giveBack() {
	pages.Put(a.first)
	for _, piece := range a.more {
		buffers.Put(piece)
	}
}
