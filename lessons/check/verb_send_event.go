package check

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"duplex/server/wire"
)

// judgeStream judges the request of an EventSource (WHATWG HTML §9.2.3).
func (s *service) judgeStream(c *conn, lastID *template, fresh bool, v values) *failure {
	if f := s.judgeRequest(c); f != nil {
		return f
	}
	fields := c.caller.request.Header
	got := fields.Get("Last-Event-Id")
	switch {
	case !hasToken(fields, "Accept", "text/event-stream"):
		return c.wrongField("Accept", "Accept: text/event-stream")
	case fresh && got != "":
		return c.wrongField("Last-Event-ID", "no Last-Event-ID")
	case lastID != nil && got != lastID.fill(v):
		f := c.wrongField("Last-Event-ID", "Last-Event-ID: "+lastID.fill(v))
		f.tags = append([]string{"id"}, f.tags...)
		return f
	}
	return nil
}

// sendLines sends lines of an event stream.
type sendLines struct {
	id, kind *template
	data     []template
	event    bool
	retry    time.Duration
	comment  *template
}

// isStreamSend reports whether the next word is one of a stream's.
func (a *args) isStreamSend() bool {
	switch a.peek() {
	case "event", "retry", "comment":
		return a.p.step.serves
	}
	return false
}

func (a *args) streamSend() action {
	s := sendLines{}
	if !a.p.scope.streams && !a.p.scope.broken {
		a.failHere("text, binary, ping, pong, close, frame or raw: this is no event stream; serve stream PATH opens one")
	}
	switch {
	case a.take("retry"):
		s.retry = a.duration("the time before the program comes back")
	case a.take("comment"):
		s.comment = a.field("comment")
	case a.take("event"):
		s.event = true
		for s.field(a) {
		}
	}
	return s
}

// field consumes one field of an event, if there is one.
func (s *sendLines) field(a *args) bool {
	switch {
	case a.take("id"):
		s.id = a.field("id")
	case a.take("type"):
		s.kind = a.field("type")
	case a.take("data"):
		s.data = append(s.data, *a.field("data"))
	default:
		return false
	}
	return !a.bad
}

func (s sendLines) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	if !c.streaming {
		return unanswered(c)
	}
	lines, words := s.lines(c, r.values(c, at))
	r.said(c, words)
	for _, line := range lines {
		c.tape.add(wire.Event{At: wire.Millis(c.tape.now()), Conn: c.name, Dir: wire.Sent, Kind: wire.KindLine}, []byte(line))
	}
	return r.unsent(c, c.writeRaw([]byte(strings.Join(lines, "\n")+"\n")))
}

// lines are what is sent, and its words.
func (s sendLines) lines(c *conn, v values) (lines []string, words string) {
	switch {
	case s.retry > 0:
		return []string{fmt.Sprintf("retry: %d", s.retry.Milliseconds())}, "retry " + showDuration(s.retry)
	case s.comment != nil:
		return []string{": " + s.comment.fill(v)}, "comment " + strconv.Quote(s.comment.fill(v))
	}
	e := event{kind: "message", noID: s.id == nil, noData: s.data == nil}
	if s.id != nil {
		e.id = s.id.fill(v)
		lines = append(lines, "id: "+e.id)
		c.lastID, v.id = e.id, e.id
	}
	if s.kind != nil {
		e.kind = s.kind.fill(v)
		lines = append(lines, "event: "+e.kind)
	}
	var data []string
	for _, d := range s.data {
		data = append(data, strings.Split(d.fill(v), "\n")...)
	}
	for _, d := range data {
		lines = append(lines, "data: "+d)
	}
	e.data = strings.Join(data, "\n")
	return append(lines, ""), e.words()
}

// unanswered is a defect of the script: it speaks on a connection that it has
// not accepted.
func unanswered(c *conn) *failure {
	words := "was not accepted"
	if c.head != nil {
		words = "was answered with " + strconv.Itoa(c.head.status) + " " + http.StatusText(c.head.status)
	}
	return &failure{verdict: Error, why: "the script is wrong: it uses " + connName(c.name) + ", which " + words}
}
