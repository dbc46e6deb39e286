package check

import (
	"slices"
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
	later := r.upcoming(c)
	for i := 0; i < len(want); {
		m, ok := r.next(c, until)
		if !ok {
			return c.missed(want, i, inTime)
		}
		f := c.compare(m, want[i], append(want[i+1:len(want):len(want)], later...))
		switch {
		case f == nil:
			c.saw(m)
			i++
		case passing && r.own[m.sum()] && m.op == want[i].op:
			c.saw(m)
		case r.fromBefore(m):
		default:
			return f
		}
	}
	return nil
}

// upcoming are the messages that the commands after this one expect of a
// program: what comes before its turn is told from what is not known at all.
func (r *stepRun) upcoming(c *conn) []message {
	if r.served == nil {
		return nil
	}
	var all []message
	for _, cmd := range r.spec.Commands[r.at+1:] {
		if e, ok := cmd.act.(recvData); ok && !e.same && !e.any {
			all = append(all, message{op: e.op, data: e.payload.make(r.values(c, member{}), r.rng, true)})
		}
	}
	return all
}

// fromBefore reports whether an earlier step sent m: a room may still deliver
// it. Short messages are not told apart and never count, and a program that
// is run anew for each step has nothing from before.
func (r *stepRun) fromBefore(m message) bool {
	if len(m.data) < 8 || r.served != nil {
		return false
	}
	sum := m.sum()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.earlier[sum]
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

func hasTag(f *failure, tag string) bool { return slices.Contains(f.tags, tag) }

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
	c.saw(m)
	return nil
}
