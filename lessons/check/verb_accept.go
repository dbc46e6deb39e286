package check

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"duplex/server/wire"
)

// timerGrain is by how much a program's timer may be early, for it counts in
// whole milliseconds.
const timerGrain = time.Millisecond

// A timing is when the next connection is to come, counted from the end of the
// one before it, or from the start of the program.
type timing struct {
	after  time.Duration
	within time.Duration // 0: DefaultWithin, from when the command begins
}

// timing consumes "after D" and "within D", if they are there.
func (a *args) timing() timing {
	var w timing
	if a.take("after") {
		w.after = a.duration("how much later than the end of the one before, at least")
	}
	if a.take("within") {
		w.within = a.duration("how much later than the end of the one before, at most")
	}
	if w.within > 0 && w.after > w.within && !a.bad {
		a.fail(fmt.Sprintf("after %s and within %s", w.after, w.within), "within a longer time than after")
	}
	return w
}

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

// judge judges the request.
func (e answerAction) judge(r *stepRun, c *conn, at member) *failure {
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
		s.part(c)
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

// next takes the connection that waits first, once it is there, under the name
// of a member.
func (s *service) next(r *stepRun, at member, w timing) (*conn, *failure) {
	began := r.tape.now()
	if !s.many {
		s.awaitEnd(r.deadline(DefaultWithin))
	}
	s.mu.Lock()
	origin := s.origin
	s.mu.Unlock()
	within := time.Duration(float64(w.orDefault()) * r.opt.Patience)
	until := r.tape.start.Add(max(origin, s.started) + within)
	if w.within == 0 {
		until = r.tape.start.Add(max(origin, began) + within)
	}
	if until.After(r.until) {
		until = r.until
	}
	var c *conn
	r.waitOn(s.changed, until, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.suspect == nil && len(s.queue) > 0 {
			c, s.queue = s.queue[0], s.queue[1:]
		}
		return c != nil
	})
	if c == nil {
		return nil, s.nobody(w, within)
	}
	s.name(r, c, at)
	return c, s.judgeTime(c, w, within)
}

func (w timing) orDefault() time.Duration {
	if w.within == 0 {
		return DefaultWithin
	}
	return w.within
}

// awaitEnd waits for the end of the connection that is open, from which the time
// of the next one counts, unless that is there already.
func (s *service) awaitEnd(until time.Time) {
	s.step.waitOn(s.changed, until, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.live) == 0 || len(s.queue) > 0
	})
}

// name gives a connection its place among those of the step.
func (s *service) name(r *stepRun, c *conn, at member) {
	s.mu.Lock()
	c.box.update(func() { c.name = at.name })
	s.show(c)
	s.mu.Unlock()
	if old := r.conns[at.name]; old != nil {
		c.lastID = old.lastID
	} else {
		r.order = append(r.order, at.name)
	}
	r.conns[at.name] = c
}

// judgeTime judges when a connection came.
func (s *service) judgeTime(c *conn, w timing, within time.Duration) *failure {
	s.mu.Lock()
	origin, again := s.origin, s.ended > 0
	s.mu.Unlock()
	var f *failure
	switch gap := max(0, c.caller.at-origin); {
	case gap+timerGrain < w.after:
		f = fail(fmt.Sprintf("your program %s too soon: %s %s", cameBack(again), showGap(gap), sinceWhat(again)), "early")
	case w.within > 0 && c.caller.at-max(origin, s.started) > within:
		f = fail(fmt.Sprintf("your program %s too late: %s %s", cameBack(again), showGap(gap), sinceWhat(again)), "late", "timeout")
	default:
		return nil
	}
	f.awaiting = s.awaiting()
	f.expected = c.of() + "← a connection " + w.words(within, again)
	f.got = c.of() + "← " + c.request.words + stamp(c.caller.at)
	return f
}

// nobody is the failure for a connection that did not come.
func (s *service) nobody(w timing, within time.Duration) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	again := s.ended+len(s.live) > 0
	inTime := "within " + showDuration(within)
	f := fail("your program did not connect "+inTime, "timeout")
	if again {
		f.why = "your program did not come back " + inTime
	} else {
		f.certain = programCauses["connection timeout"] // a script's words are for what comes after it
	}
	f.awaiting = s.awaitingLocked()
	f.expected = "← a connection " + w.words(within, again)
	switch {
	case len(s.live) > 0 && !s.many:
		f.tags = append([]string{"open"}, f.tags...)
		f.why, f.got = "your program did not end its connection and open another", "its connection is still open"
	case s.gaveUp != nil && s.gaveUp.caller.parted >= s.origin:
		f.got = "← " + s.gaveUp.request.words + ", and it hung up before it was answered" + stamp(s.gaveUp.caller.parted)
	case len(s.conns) > len(s.live):
		f.got = "a TCP connection, and no whole request on it"
	default:
		f.got = "no connection"
	}
	return f
}

// awaiting names what was awaited: a first connection, or another.
func (s *service) awaiting() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.awaitingLocked()
}

func (s *service) awaitingLocked() string {
	if s.ended+len(s.live) > 0 {
		return "return"
	}
	return "connection"
}

func cameBack(again bool) string {
	if again {
		return "came back"
	}
	return "connected"
}

func sinceWhat(again bool) string {
	if again {
		return "after the connection before it ended"
	}
	return "after it was started"
}

// words say when a connection is to come.
func (w timing) words(within time.Duration, again bool) string {
	words := "within " + showDuration(within)
	if w.after > 0 {
		words = "after " + showDuration(w.after) + " and " + words
	}
	if w == (timing{}) {
		return words
	}
	return words + map[bool]string{true: " of the end of the one before", false: " of the start"}[again]
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
