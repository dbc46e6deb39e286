package roomlog

import (
	"time"

	"github.com/gorilla/websocket"

	"duplex/server/socket"
)

// A Format is how messages stand on the wire.
type Format int

const (
	WebSocket   Format = iota // a text message in one frame (RFC 6455 §5.2), uncompressed
	EventStream               // an event with its id (WHATWG HTML §9.2)
	formats
)

// encode appends a message. Only event streams see its id and its event.
func (f Format) encode(b []byte, id, event string, data []byte) []byte {
	if f == WebSocket {
		return socket.AppendFrame(b, websocket.TextMessage, data)
	}
	return socket.AppendEvent(b, id, event, data)
}

// goodbye is the last that a reader gets; of an event stream the reason is a comment.
func (f Format) goodbye(code int, reason string, retry time.Duration) []byte {
	if f == WebSocket {
		return socket.AppendFrame(nil, websocket.CloseMessage, websocket.FormatCloseMessage(code, reason))
	}
	if reason != "" {
		reason = ": " + reason + "\n"
	}
	return socket.AppendRetry([]byte(reason), retry)
}
