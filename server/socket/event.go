package socket

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// KeepAlive is a comment: it dispatches nothing, but proxies see life.
const KeepAlive = ": still here\n\n"

// region stream

// Stream answers a request with an event stream and returns its connection, to
// be written to and, in the end, closed by the caller; reading from it fails
// when the client leaves. The response has the header of w besides its own, and
// ends with the connection (RFC 9112 §6.3, rule 8). An error means that the
// connection can't be taken over; nothing was answered then. A client that has
// left before the head is no error: the connection is closed then, and whatever
// is done with it fails.
func Stream(w http.ResponseWriter) (net.Conn, error) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, fmt.Errorf("this request can't be answered with a stream: %w", err)
	}
	conn.SetDeadline(time.Time{})
	h := w.Header().Clone()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no") // asks nginx to pass every event on at once
	h.Set("Connection", "close")
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	head := bytes.NewBufferString("HTTP/1.1 200 OK\r\n")
	h.Write(head)
	head.WriteString("\r\n")
	if _, err := conn.Write(head.Bytes()); err != nil {
		conn.Close()
	}
	return conn, nil
}

// endregion stream

// region event

// AppendEvent appends an event that a browser dispatches with just this id,
// event type and data. No id leaves the last one as it is; the type "" is
// "message". What the format can't say: a line end in data arrives as LF,
// whichever it was; line ends and NUL in an id or a type are left out
// (WHATWG HTML §9.2.5 and §9.2.6).
func AppendEvent(b []byte, id, event string, data []byte) []byte {
	if id != "" {
		b = appendField(b, "id: ", id)
	}
	if event != "" {
		b = appendField(b, "event: ", event)
	}
	for {
		b = append(b, "data: "...)
		end := bytes.IndexAny(data, "\r\n")
		if end < 0 {
			b = append(b, data...)
			return append(b, "\n\n"...) // the empty line dispatches
		}
		b = append(b, data[:end]...)
		b = append(b, '\n')
		if bytes.HasPrefix(data[end:], []byte("\r\n")) {
			end++
		}
		data = data[end+1:]
	}
}

func appendField(b []byte, name, value string) []byte {
	b = append(b, name...)
	for i := range len(value) {
		if c := value[i]; c != '\r' && c != '\n' && c != 0 {
			b = append(b, c)
		}
	}
	return append(b, '\n')
}

// AppendRetry appends how long a reader shall wait, in milliseconds, before it
// connects again.
func AppendRetry(b []byte, wait time.Duration) []byte {
	b = append(b, "retry: "...)
	b = strconv.AppendInt(b, wait.Milliseconds(), 10)
	return append(b, "\n\n"...)
}

// endregion event
