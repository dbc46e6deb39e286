package wire

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
)

// Tap records into rec what passes on the connection of a request, from the
// request's head on: heads, WebSocket frames in both directions, lines of an
// event stream, and the end, which also closes rec. The handler goes on with
// the writer that Tap returns.
//
// What the tap shows as sent was handed to the network; that it arrived is for
// the other end to say. Without a recorder Tap costs next to nothing, and a
// connection that the handler hijacks has nothing of this package around it.
func Tap(w http.ResponseWriter, r *http.Request, rec *Recorder) http.ResponseWriter {
	return TapAs(w, r, rec, func(head []byte) []byte { return head })
}

// TapAs is Tap for a request that the handler passes on: as makes of its head
// what is recorded.
func TapAs(w http.ResponseWriter, r *http.Request, rec *Recorder, as func(head []byte) []byte) http.ResponseWriter {
	c := connOf(r.Context())
	if c == nil || rec == nil {
		rec.Close()
		return &hijackable{w}
	}
	t := &connTap{rec: rec}
	t.in.Emit = func(e Event) { t.frame(Received, e) }
	t.out.frames.Emit = func(e Event) { t.frame(Sent, e) }
	t.out.line = t.line
	t.out.head = t.responded
	t.requested(c, r, as)
	c.setTap(t)
	return &hijackable{w}
}

// A hijackable is a ResponseWriter whose hijacked connection is the tapped one,
// or the one below when there is no tap. It finds Hijack below middleware too.
type hijackable struct{ http.ResponseWriter }

func (h *hijackable) Unwrap() http.ResponseWriter { return h.ResponseWriter }

func (h *hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	nc, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	c, ok := nc.(*conn)
	if err != nil || !ok {
		return nc, rw, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tap == nil {
		c.head, c.skip = nil, true
		return c.Conn, rw, nil
	}
	return c, rw, nil
}

// A connTap turns the bytes of one connection into events. The nil connTap
// watches nothing. One goroutine reads and another writes; mu is for what both
// touch, and keeps the events in the order of the calls.
type connTap struct {
	rec *Recorder

	mu      sync.Mutex
	in      FrameParser
	out     response
	began   *Close // the first Close frame
	by      End
	both    bool
	peerEnd error // why reading ended
	over    bool
}

// requested records the request's head: the true bytes, or else what the
// server made of them; as changes them.
func (t *connTap) requested(c *conn, r *http.Request, as func([]byte) []byte) {
	e := Event{Kind: KindRequest, Dir: Received}
	head := c.takeHead(r)
	if head == nil {
		head, _ = httputil.DumpRequest(r, false)
		t.rec.Record(Event{Kind: KindNote, Text: "The next request is shown as the server read it, not byte by byte."})
	}
	e.Show(as(head))
	t.rec.Record(e)
}

// responded records the response's head.
func (t *connTap) responded(head []byte, opened bool) {
	e := Event{Kind: KindResponse, Dir: Sent}
	e.Show(head)
	t.rec.Record(e)
	if opened {
		t.rec.Record(Event{Kind: KindOpen})
	}
}

func (t *connTap) line(line []byte, size int) {
	e := Event{Kind: KindLine, Dir: Sent}
	e.show(line, size)
	t.rec.Record(e)
}

func (t *connTap) frame(dir Dir, e Event) {
	e.Dir = dir
	t.rec.Record(e)
	if e.Close == nil {
		return
	}
	by := Server
	if dir == Received {
		by = Client
	}
	if t.began == nil {
		t.began, t.by = e.Close, by
	} else if by != t.by {
		t.both = true
	}
}

// wrote takes what the server is about to send, and reports whether that ends
// the response.
func (t *connTap) wrote(b []byte) (over bool) {
	if t == nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.out.write(b)
	if t.out.mode == inOther {
		t.end()
	}
	return t.over
}

// read takes what the client has sent, and how reading ended.
func (t *connTap) read(b []byte, err error) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.out.mode == inFrames {
		t.in.Write(b)
	}
	if ne, ok := errors.AsType[net.Error](err); err != nil && !(ok && ne.Timeout()) && !t.over {
		t.peerEnd = err
	}
}

// hungUp is called when the server closes the connection.
func (t *connTap) hungUp() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end()
}

// end records the end, once.
func (t *connTap) end() {
	if t.over {
		return
	}
	t.over = true
	if t.in.Partial() || t.out.frames.Partial() {
		t.rec.Record(Event{Kind: KindError, Text: "The connection ended in the middle of a frame."})
	}
	t.rec.Record(Event{Kind: KindClosed, Close: t.ending()})
	t.rec.Close()
}

// ending says how the connection ended; for an event stream, which has no
// closing handshake, only who ended it.
func (t *connTap) ending() *Close {
	by := Server
	if t.peerEnd != nil {
		by = Client
	}
	switch {
	case t.out.mode != inFrames:
		return &Close{By: by, Clean: t.out.mode == inOther}
	case t.began == nil:
		return &Close{Code: 1006, By: by}
	default:
		return &Close{Code: t.began.Code, Reason: t.began.Reason, By: t.by, Clean: t.both}
	}
}
