package roomlog

import (
	"net"
	"time"

	"duplex/server/socket"
)

// Write sends whole frames between those of the log; it waits for nothing.
// The error is ErrSlow, which is followed by a goodbye, or, after a goodbye such as a
// Close frame (RFC 6455 §5.5.1), net.ErrClosed.
func (rd *Reader) Write(p []byte) (int, error) {
	rd.mu.Lock()
	defer rd.mu.Unlock()
	switch {
	case rd.last || rd.failed:
		return 0, net.ErrClosed
	case len(rd.private)-rd.cut+len(p) > maxPrivate:
		rd.tooSlow("too much waits for this reader alone")
		return 0, ErrSlow
	}
	rd.last = rd.format == WebSocket && socket.IsClose(p)
	rd.private = append(rd.private, p...)
	rd.pump(new(socket.Nonblocking))
	return len(p), nil
}

// Send sends a message to this reader alone: before Join ahead of all that the room
// has for it, later somewhere between. The error is as of Write.
func (rd *Reader) Send(event string, data []byte) error {
	_, err := rd.Write(rd.format.encode(nil, "", event, data))
	return err
}

// End says goodbye when the reader has got everything up to the head: with a Close
// frame, whose reason has at most 123 bytes, or to an event stream with a retry.
func (rd *Reader) End(code int, reason string, retry time.Duration) {
	rd.mu.Lock()
	defer rd.mu.Unlock()
	if rd.last || rd.bye != nil || rd.failed {
		return
	}
	rd.bye = rd.format.goodbye(code, reason, retry)
	if rd.room == nil {
		rd.private, rd.last = append(rd.private, rd.bye...), true
	}
	rd.pump(new(socket.Nonblocking))
}

// Leave takes the reader out of its room. It gets no more of it.
func (rd *Reader) Leave() {
	rd.mu.Lock()
	defer rd.mu.Unlock()
	if rd.room != nil {
		rd.room.leave(rd)
		rd.room = nil
	}
}

// CloseWrite ends the sending half, when what is on its way or private is sent.
func (rd *Reader) CloseWrite() error {
	rd.mu.Lock()
	defer rd.mu.Unlock()
	rd.last, rd.half = true, true
	if len(rd.private) == 0 && !rd.parked {
		rd.ended()
	}
	return nil
}

// SetWriteDeadline does nothing: Waits.Stall is the deadline of writing. SetDeadline
// sets that of reading only. NetConn returns the connection below.
func (rd *Reader) SetWriteDeadline(time.Time) error { return nil }
func (rd *Reader) SetDeadline(t time.Time) error    { return rd.Conn.SetReadDeadline(t) }
func (rd *Reader) NetConn() net.Conn                { return rd.Conn }
