package demo

import (
	"io"
	"net/http"
	"strconv"

	"duplex/server/roomlog"
	"duplex/server/socket"
)

// Events is a stream of server-sent events: "Event 0", "Event 1" and so on,
// the first at once, then one a second. Each new reader gets a stream of its
// own, which goes on for a while when the reader's connection breaks: what
// happens meanwhile is not lost. streams.go says how streams come and go.
type Events struct {
	limits  Limits
	streams streams
}

// region handler

// ServeHTTP streams events until the reader leaves or the server shuts down.
func (e *Events) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		w.Header().Set("Content-Type", "text/event-stream")
		return
	}
	conn, err := socket.Stream(w) // sends the head: the page's EventSource is open now
	if err != nil {
		http.Error(w, err.Error(), http.StatusHTTPVersionNotSupported)
		return
	}
	defer conn.Close()
	reader := roomlog.NewReader(conn, roomlog.EventStream, e.limits.waits())
	reader.Write(socket.AppendRetry(nil, e.limits.Retry))

	s, from, err := e.resume(r.Header.Get("Last-Event-ID"))
	if err != nil {
		reader.Send("reset", encode(map[string]string{"why": err.Error()}))
	}
	if s.room.Join(reader, from) != nil {
		reader.End(0, "", e.limits.Retry) // the server is shutting down
	}
	io.Copy(io.Discard, reader) // nothing comes; it ends when the reader leaves
	reader.Leave()
	e.streams.leave(s)
}

// endregion handler

// region resume

// resume finds the stream of a reader that comes back, and its place there: the
// event after the last that it got. A new reader begins at 0, and so does one
// whose stream is gone; the error tells why that is.
//
// A number alone is understood as well, as if there had been a stream: it ends
// there.
func (e *Events) resume(lastEventID string) (s *stream, from uint64, err error) {
	if lastEventID == "" {
		return e.streams.open(0), 0, nil
	}
	if last, err := strconv.ParseUint(lastEventID, 10, 53); err == nil {
		return e.streams.open(last + 1), last + 1, nil
	}
	id, err := roomlog.ParseID(lastEventID)
	if err == nil {
		if s, from, err = e.streams.resume(id); err == nil {
			return s, from, nil
		}
	}
	return e.streams.open(0), 0, err
}

// endregion resume

// region publish

// publish appends the next event to the stream's log, whether somebody reads it
// now or will come back for it.
func (s *stream) publish() {
	s.room.PublishFunc("", func(id roomlog.ID) []byte {
		return strconv.AppendUint([]byte("Event "), id.Seq, 10)
	})
}

// endregion publish
