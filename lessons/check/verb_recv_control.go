package check

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/gobwas/ws"
)

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
	c.mayEnd = true
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
	c.mayEnd = true
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
		f.expected = c.of() + "TCP closed by " + string(c.peer)
		return f
	}
	f := fail(string(c.peer)+" did not end the TCP connection "+inTime, "timeout")
	f.awaiting = "eof"
	f.expected = c.of() + "TCP closed by " + string(c.peer) + " " + inTime
	return f.evidence(c)
}
