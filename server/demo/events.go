package demo

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Events is a stream of server-sent events: "Event 0", "Event 1" and so on,
// the first at once, then one a second. A reader whose connection broke goes
// on where it was.
type Events struct {
	limits Limits
}

// region handler

// ServeHTTP streams events until the reader leaves or the server shuts down:
// both end the request's context.
func (e *Events) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no") // asks nginx to pass every event on at once

	s := &stream{w, http.NewResponseController(w), e.limits.WriteWait}
	if err := s.send(retry(e.limits.Retry)); err != nil { // sends the head as well: the page's EventSource is open now
		return
	}
	e.loop(r.Context(), s, resume(r.Header.Get("Last-Event-ID")))

	// A goodbye, for those who are still there. All come back to the next
	// server, but not all in the same moment.
	s.send(retry(e.limits.Retry + rand.N(e.limits.Retry)))
}

// endregion handler

// region format

// event is an event as it stands on the wire: a field a line, and an empty line
// that dispatches it. Data of several lines would need a data field for each.
func event(id uint64) string {
	return fmt.Sprintf("id: %d\ndata: Event %d\n\n", id, id)
}

// retry tells how long to wait, in milliseconds, before connecting again.
func retry(wait time.Duration) string {
	return fmt.Sprintf("retry: %d\n\n", wait.Milliseconds())
}

// keepAlive is a comment: a reader ignores it, but no proxy takes the stream
// for dead.
const keepAlive = ": still here\n\n"

// endregion format

// region resume

// resume returns the number of the first event to send: 0 to a new reader, the
// one after the last that it got to a reader that comes back. What is not an
// id of ours counts as none.
func resume(lastEventID string) uint64 {
	last, err := strconv.ParseUint(lastEventID, 10, 53)
	if err != nil {
		return 0
	}
	return last + 1
}

// endregion resume

// region loop

// loop sends an event at once and then one every second. A comment fills any
// silence of KeepAlive; at this pace there is none, but there would be if
// events were rarer.
func (e *Events) loop(ctx context.Context, s *stream, next uint64) {
	tick := time.NewTicker(e.limits.EventEvery)
	defer tick.Stop()
	quiet := time.NewTimer(e.limits.KeepAlive)
	defer quiet.Stop()

	lines := event(next)
	for {
		if err := s.send(lines); err != nil {
			return
		}
		quiet.Reset(e.limits.KeepAlive)
		select {
		case <-tick.C:
			next++
			lines = event(next)
		case <-quiet.C:
			lines = keepAlive
		case <-ctx.Done():
			return
		}
	}
}

// A stream sends what it is given at once. A send fails when the reader has
// left, or takes longer than wait to accept it.
type stream struct {
	w    io.Writer
	rc   *http.ResponseController
	wait time.Duration
}

func (s *stream) send(lines string) error {
	if err := s.rc.SetWriteDeadline(time.Now().Add(s.wait)); err != nil {
		return err
	}
	if _, err := io.WriteString(s.w, lines); err != nil {
		return err
	}
	return s.rc.Flush()
}

// endregion loop
