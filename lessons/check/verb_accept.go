package check

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"duplex/server/wire"
)

// answerAction takes the next connection, or one that is held, and answers it.
type answerAction struct {
	status int  // 101, 200 for a stream, another to refuse it, 0 to hold it
	stream bool // the request is for one
	held   bool // an answer to a connection that is held
	lastID *template
	fresh  bool // without Last-Event-ID
	timing
}

func parseAccept(a *args) action {
	s := a.p.scope
	e := answerAction{status: http.StatusSwitchingProtocols, stream: a.take("stream"), held: s.held[a.who.name]}
	switch {
	case e.stream && !s.streams && !s.broken:
		a.fail("accept stream, and the place is for WebSockets", "serve stream PATH, or accept without stream")
	case !e.stream && s.streams && !s.broken:
		a.failHere("stream: the place is one for event streams")
	case e.stream:
		e.status = http.StatusOK
		e.wantsID(a)
	}
	e.settle(a)
	return e
}

// wantsID consumes what the request is to say of the last event.
func (e *answerAction) wantsID(a *args) {
	switch {
	case a.take("last-event-id"):
		e.lastID = a.field("id")
	case a.take("without"):
		e.fresh = a.oneOf("last-event-id") != ""
	}
}

func parseRefuse(a *args) action {
	e := answerAction{stream: a.p.scope.streams, held: a.p.scope.held[a.who.name]}
	e.status = a.number("a status", 200, 599)
	e.settle(a)
	delete(a.p.scope.opened, a.who.name)
	return e
}

func parseHold(a *args) action {
	e := answerAction{stream: a.p.scope.streams}
	if a.take("within") {
		e.within = a.duration("how much later than the end of the one before, at most")
	}
	a.p.scope.held[a.who.name] = true
	return e
}

// settle consumes the time of a connection that is still to come.
func (e *answerAction) settle(a *args) {
	delete(a.p.scope.held, a.who.name)
	if e.timing = a.timing(); e.held && e.timing != (timing{}) && !a.bad {
		a.fail("a time for a connection that is there: it is held", "after and within at hold, or at the next connection")
	}
}

func (e answerAction) do(r *stepRun, at member) *failure {
	s := r.served
	c := r.conns[at.name]
	if !e.held {
		var f *failure
		if c, f = s.next(r, at, e.timing); f != nil {
			return f
		}
	} else if f := s.stillHeld(c); f != nil {
		return f
	}
	if f := e.judge(r, c, at); f != nil || e.status == 0 {
		return f
	}
	return e.answer(r, c)
}

// judge judges the request, and then when it came: what it says tells more of
// the program than when it came does.
func (e answerAction) judge(r *stepRun, c *conn, at member) *failure {
	if f := e.judgeRequest(r, c, at); f != nil || e.held {
		return f
	}
	return r.served.judgeTime(c, e.timing)
}

func (e answerAction) judgeRequest(r *stepRun, c *conn, at member) *failure {
	if e.stream {
		return r.served.judgeStream(c, e.lastID, e.fresh, r.values(c, at))
	}
	return r.served.judgeHandshake(c)
}

// answer writes the head of the answer, and goes on as it says.
func (e answerAction) answer(r *stepRun, c *conn) *failure {
	s := r.served
	raw := answerHead(e.status, e.fields(c)...)
	s.mu.Lock()
	c.caller.accepted = true
	s.mu.Unlock()
	c.tape.add(wire.Event{At: wire.Millis(c.tape.now()), Conn: c.name, Dir: wire.Sent, Kind: wire.KindResponse}, []byte(raw))
	c.head = &head{status: e.status, line: "HTTP/1.1 " + strconv.Itoa(e.status) + " " + http.StatusText(e.status), at: c.tape.now()}
	r.said(c, c.head.words())
	switch e.status {
	case http.StatusSwitchingProtocols:
		c.box.update(func() { c.upright = true })
		c.tape.note(c.name, wire.KindOpen, "WebSocket open")
		io.WriteString(c.gate, raw) // an error shows in what comes next
		c.caller.answered <- c.readFrames
	case http.StatusOK:
		c.streaming = true
		c.tape.note(c.name, wire.KindOpen, "event stream open")
		io.WriteString(c.gate, raw)
		c.caller.answered <- c.discard
	default:
		s.part(c, c.tape.now())
		io.WriteString(c.gate, raw)
		c.drop()
	}
	return nil
}

// fields are the headers of the answer. A browser asks for a stream from a frame
// without an origin, and reads no answer that does not allow that.
func (e answerAction) fields(c *conn) []string {
	if e.status == http.StatusSwitchingProtocols {
		fields := []string{"Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: " + acceptFor(c.request.key)}
		if first, _, _ := strings.Cut(c.caller.request.Header.Get("Sec-Websocket-Protocol"), ","); first != "" {
			fields = append(fields, "Sec-WebSocket-Protocol: "+strings.TrimSpace(first))
		}
		return fields
	}
	fields := []string{"Cache-Control: no-store", "Access-Control-Allow-Origin: *", "Connection: close"}
	switch e.status {
	case http.StatusOK:
		return append([]string{"Content-Type: text/event-stream"}, fields...)
	case http.StatusNoContent, http.StatusNotModified:
		return fields
	}
	return append(fields, "Content-Length: 0")
}

// stillHeld fails when the program gave up a connection that is held.
func (s *service) stillHeld(c *conn) *failure {
	end, _, _, _ := c.box.snapshot()
	if end == nil {
		return nil
	}
	f := fail("your program hung up before it was answered", endTags(end)...)
	f.awaiting = "answer"
	f.expected = c.of() + "the program to wait for its answer"
	f.got = c.of() + c.hungUpWords(end)
	return f
}
