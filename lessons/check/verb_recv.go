package check

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gobwas/ws"
)

// An expectation is what EXPECTED stands for.
type expectation struct {
	op      ws.OpCode
	payload payload
	any     bool
	same    bool
	as      string // with same: the connection whose messages are meant; "" is this one
}

// expectation consumes EXPECTED.
func (a *args) expectation(op ws.OpCode) expectation {
	e := expectation{op: op}
	switch {
	case a.take("any"):
		e.any = true
	case a.take("same"):
		e.same = true
		if a.take("as") {
			e.as = a.sender()
		} else if !has(a.p.scope.sent, a.who.name) && op.IsData() && !a.p.scope.broken {
			a.fail("same, and "+connName(a.who.name)+" has sent nothing", "a send before it, or: same as NAME")
		}
	case a.peek() == "size":
		a.failHere("same, any, a string or hex")
	default:
		if a.isString() || a.peek() == "hex" {
			e.payload = a.payload()
		} else {
			a.failHere(`what is expected: same, same as NAME, any, "text" or hex 00 ff`)
		}
	}
	return e
}

// sender consumes the name of a connection that has sent something.
func (a *args) sender() string {
	name := a.word("a connection's name")
	s := a.p.scope
	switch {
	case a.bad || s.broken:
	case s.crowds[name] > 0:
		a.fail("same as the crowd "+name, "one connection; for a crowd: gather "+name)
	case !has(s.sent, name):
		a.fail("same as "+name+", which has sent nothing", name+": send … before it")
	}
	return name
}

// messages are the messages that are expected, on a connection.
func (e expectation) messages(r *stepRun, c *conn, at member) []message {
	if !e.same {
		return []message{{op: e.op, data: e.payload.make(r.values(c, at), r.rng, true)}}
	}
	from := c
	if e.as != "" {
		from = r.conns[e.as]
	}
	out := make([]message, len(from.sent.batch))
	for i, m := range from.sent.batch {
		out[i] = message{op: e.op, data: m.data}
	}
	return out
}

func parseRecv(a *args) action {
	switch kind := a.peek(); kind {
	case "text", "binary":
		a.take(kind)
		return recvData{a.expectation(dataOps[kind]), false, a.within()}
	case "ping", "pong":
		a.take(kind)
		return a.controlRecv(controlOps[kind])
	case "close":
		a.take(kind)
		return a.closeRecv()
	case "eof":
		a.take(kind)
		return recvEOF{a.within()}
	}
	if a.isNumber() {
		a.failHere("text or binary: same stands for all that were sent, however many")
	} else {
		a.failHere("text, binary, ping, pong, close or eof")
	}
	return nil
}

func parseAwait(a *args) action {
	op := dataOps[a.oneOf("text", "binary")]
	return recvData{a.expectation(op), true, a.within()}
}

// recvData expects messages.
type recvData struct {
	expectation
	passing bool // over messages that this step sent
	within  time.Duration
}

func (e recvData) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	if !c.upright {
		return c.notWebSocket()
	}
	if e.any {
		return r.receiveAny(c, e.op, e.within)
	}
	f := r.receive(c, e.messages(r, c, at), e.within, e.passing)
	if f != nil && e.as != "" {
		from := r.conns[e.as]
		f.sent = from.of() + from.sent.words + stamp(from.sent.at)
	}
	return f
}

// receive expects these messages in this order. With passing it passes over
// others that this step sent.
func (r *stepRun) receive(c *conn, want []message, within time.Duration, passing bool) *failure {
	until, inTime := r.deadline(within), r.inTime(within)
	for i := 0; i < len(want); {
		m, ok := r.next(c, until)
		if !ok {
			return c.missed(want, i, inTime)
		}
		f := c.compare(m, want[i], want[i+1:])
		switch {
		case f == nil:
			c.seen[m.sum()]++
			i++
		case passing && r.own[m.sum()] && m.op == want[i].op:
			c.seen[m.sum()]++
		case r.fromBefore(m):
		default:
			return f
		}
	}
	return nil
}

// fromBefore reports whether an earlier step sent m: a room may still deliver
// it. Short messages are not told apart and never count.
func (r *stepRun) fromBefore(m message) bool {
	return len(m.data) >= 8 && r.earlier[m.sum()]
}

// missed is the failure for message i of those expected.
func (c *conn) missed(want []message, i int, inTime string) *failure {
	what := "a " + strings.ToLower(opName(want[i].op)) + " message"
	if len(want) > 1 {
		what = "message " + showCount(i+1) + " of " + showCount(len(want))
	}
	f := c.interrupted("message", what, inTime)
	if f.expected = c.of() + "← " + want[i].words(); hasTag(f, "timeout") {
		f.expected += " " + inTime
	}
	return f
}

func hasTag(f *failure, tag string) bool { return contains(f.tags, tag) }

// next takes the next message, once it is there. It is false when none comes in
// time, or none can come any more.
func (r *stepRun) next(c *conn, until time.Time) (message, bool) {
	var have bool
	came := r.wait(c, until, func(b *inbox) bool {
		have = len(b.messages) > 0
		return have || b.closed != nil || b.end != nil
	})
	if !came || !have {
		return message{}, false
	}
	return c.box.nextMessage(), true
}

// receiveAny expects a message of a type.
func (r *stepRun) receiveAny(c *conn, op ws.OpCode, within time.Duration) *failure {
	until, inTime := r.deadline(within), r.inTime(within)
	m, ok := r.next(c, until)
	want := message{op: op}
	switch {
	case !ok:
		f := c.missed([]message{want}, 0, inTime)
		f.expected = c.of() + "← " + opName(op) + " " + inTime
		return f
	case m.op != op:
		f := c.compare(m, want, nil)
		f.expected = c.of() + "← " + opName(op)
		return f
	}
	c.seen[m.sum()]++
	return nil
}

// recvControl expects a ping or pong.
type recvControl struct {
	expectation
	within time.Duration
}

func (a *args) controlRecv(op ws.OpCode) action {
	if next := a.peek(); next == "" && !a.isString() || next == "within" {
		if op == ws.OpPong && !has(a.p.scope.pinged, a.who.name) && !a.p.scope.broken {
			a.fail("recv pong, and "+connName(a.who.name)+" has sent no ping", "send ping before it, or: recv pong any")
		}
		return recvControl{expectation{op: op, same: op == ws.OpPong, any: op == ws.OpPing}, a.within()}
	}
	return recvControl{a.expectation(op), a.within()}
}

func (e recvControl) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	if !c.upright {
		return c.notWebSocket()
	}
	want := message{op: e.op, data: c.sent.ping}
	if !e.same {
		want.data = e.payload.make(r.values(c, at), r.rng, true)
	}
	until, inTime := r.deadline(e.within), r.inTime(e.within)
	found := false
	r.wait(c, until, func(b *inbox) bool {
		list := &b.pings
		if e.op == ws.OpPong {
			list = &b.pongs
		}
		found = takeControl(list, want.data, e.any)
		return found || b.closed != nil || b.end != nil
	})
	if found {
		return nil
	}
	f := c.interrupted("pong", "the "+strings.ToLower(opName(e.op)), inTime)
	f.expected = c.of() + "← " + want.words() + " " + inTime
	return f
}

// takeControl removes the first control message with this content.
func takeControl(list *[]message, data []byte, any bool) bool {
	for i, m := range *list {
		if any || bytes.Equal(m.data, data) {
			*list = append((*list)[:i:i], (*list)[i+1:]...)
			return true
		}
	}
	return false
}

// recvClose expects a Close frame.
type recvClose struct {
	codes  []int // 1005 is "none"
	orEOF  bool
	within time.Duration
}

func (a *args) closeRecv() action {
	var e recvClose
	for a.isNumber() || a.peek() == "none" {
		if a.take("none") {
			e.codes = append(e.codes, 1005)
		} else {
			e.codes = append(e.codes, a.number("a close code", 1000, 4999))
		}
	}
	if a.take("or") {
		e.orEOF = a.oneOf("eof") != ""
	}
	e.within = a.within()
	return e
}

func (e recvClose) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	if !c.upright {
		return c.notWebSocket()
	}
	until, inTime := r.deadline(e.within), r.inTime(e.within)
	r.wait(c, until, func(b *inbox) bool {
		b.forget()
		return b.closed != nil || b.end != nil
	})
	end, closed, _, _ := c.box.snapshot()
	hungUp := end != nil && (end.kind == endEOF || end.kind == endReset)
	switch {
	case end != nil && !hungUp:
		// a violation, whatever came before
	case closed != nil && e.allows(closed.code), closed == nil && hungUp && e.orEOF:
		return nil
	}
	f := c.interrupted("close", "a Close frame", inTime)
	switch {
	case closed != nil && (end == nil || hungUp):
		f.why = "the Close frame has another code"
		if closed.code == 1005 {
			f.why = "the Close frame has no code"
		}
	case hungUp, hasTag(f, "timeout"):
		f.why = "no Close frame came"
		if c.saidClose.Load() {
			f.why += " back"
		}
	}
	f.expected = c.of() + "← " + e.words() + " " + inTime
	return f
}

func (e recvClose) allows(code int) bool {
	for _, c := range e.codes {
		if c == code {
			return true
		}
	}
	return len(e.codes) == 0
}

func (e recvClose) words() string {
	words := make([]string, len(e.codes))
	for i, code := range e.codes {
		if words[i] = strconv.Itoa(code); code == 1005 {
			words[i] = "without a code"
		}
	}
	out := strings.TrimSpace("Close " + strings.Join(words, " or "))
	if e.orEOF {
		out += ", or the end of TCP,"
	}
	return out
}

// forget drops the messages and events that nobody will expect. The inbox is
// locked.
func (b *inbox) forget() {
	for _, m := range b.messages {
		b.giveBack(len(m.data))
	}
	for _, e := range b.events {
		b.giveBack(len(e.data))
	}
	b.messages, b.events = nil, nil
}

// recvEOF expects the end of TCP.
type recvEOF struct{ within time.Duration }

func (e recvEOF) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	c.start(c.discard)
	until, inTime := r.deadline(e.within), r.inTime(e.within)
	r.wait(c, until, func(b *inbox) bool {
		b.forget()
		return b.end != nil
	})
	end, _, _, _ := c.box.snapshot()
	if end != nil && (end.kind == endEOF || end.kind == endReset) {
		return nil
	}
	if end != nil {
		f := c.interrupted("eof", "the end of TCP", inTime)
		f.expected = c.of() + "TCP closed by the server"
		return f
	}
	f := fail("the server did not end the TCP connection "+inTime, "timeout")
	f.awaiting = "eof"
	f.expected = c.of() + "TCP closed by the server " + inTime
	return f.evidence(c)
}

// silence expects that nothing comes.
type silence struct{ length time.Duration }

func parseSilence(a *args) action { return silence{a.duration("how long")} }

func (s silence) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	if c.head == nil {
		return r.unanswered(c, s.length)
	}
	c.start(c.discard)
	until := time.Now().Add(s.length)
	for {
		var m *message
		var e *event
		came := r.wait(c, until, func(b *inbox) bool {
			if len(b.messages) > 0 {
				m = &b.messages[0]
			}
			if len(b.events) > 0 {
				e = &b.events[0]
			}
			return m != nil || e != nil || b.closed != nil || b.end != nil
		})
		switch {
		case !came:
			return nil
		case m != nil && r.fromBefore(*m):
			c.box.nextMessage()
			continue
		}
		return c.broken(m, e, s.length)
	}
}

// unanswered is silence before the answer, which "status" may still read.
func (r *stepRun) unanswered(c *conn, length time.Duration) *failure {
	c.gate.SetReadDeadline(time.Now().Add(length))
	_, err := c.br.Peek(1)
	c.gate.SetReadDeadline(r.until)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	f := fail("an answer came too early", "extra", "early")
	f.got = c.of() + "← the beginning of an answer" + stamp(c.tape.now())
	if err != nil {
		f = fail("the server ended the connection", "eof")
		f.got = c.of() + "TCP closed" + stamp(c.tape.now())
	}
	f.awaiting = "silence"
	f.expected = c.of() + "nothing for " + showDuration(length)
	return f.evidence(c)
}

// broken is the failure for what came into a silence.
func (c *conn) broken(m *message, e *event, length time.Duration) *failure {
	var f *failure
	switch {
	case m != nil:
		f = fail("a message came that nothing asked for", "extra")
		if c.seen[m.sum()] > 0 {
			f = fail("a message came a second time", "duplicate", "extra")
		}
		f.tags = append(f.tags, strings.ToLower(opName(m.op)))
		f.got = c.of() + "← " + m.words() + stamp(m.at)
	case e != nil:
		f = fail("an event came that nothing asked for", "extra")
		f.got = c.of() + "← " + e.words() + stamp(e.at)
	default:
		f = c.interrupted("silence", "silence", "for "+showDuration(length))
		f.why = "the server ended the connection"
	}
	f.awaiting = "silence"
	f.expected = c.of() + "nothing for " + showDuration(length)
	return f.evidence(c)
}
