package check

import (
	"fmt"
	"strings"

	"github.com/gobwas/ws"
)

// sendFrame sends one frame, however illegal.
type sendFrame struct {
	frame
	payload payload
}

var frameOps = map[string]ws.OpCode{"continuation": ws.OpContinuation, "text": ws.OpText, "binary": ws.OpBinary,
	"close": ws.OpClose, "ping": ws.OpPing, "pong": ws.OpPong}

func (a *args) frameSend() action {
	var s sendFrame
	for a.flag(&s.frame) {
	}
	if op, ok := frameOps[a.peek()]; ok {
		a.at++
		s.op = op
	} else if a.isNumber() {
		s.op = ws.OpCode(a.number("an opcode", 0, 15))
	} else {
		a.failHere("fin, rsv1, rsv2, rsv3, " + a.oddMask() + ", or an opcode: continuation, text, binary, close, ping, pong, 0–15")
	}
	s.payload = a.optionalPayload()
	if a.take("announcing") {
		s.announced = a.length()
	}
	a.p.scope.sent[a.who.name] = true
	a.p.scope.pinged[a.who.name] = true
	return s
}

// flag consumes one flag of a frame, if there is one.
func (a *args) flag(f *frame) bool {
	switch {
	case a.take("fin"):
		f.fin = true
	case a.take("rsv1"):
		f.rsv |= 4
	case a.take("rsv2"):
		f.rsv |= 2
	case a.take("rsv3"):
		f.rsv |= 1
	case !a.p.step.serves && a.take("unmasked"):
		f.unmasked = true
	case a.p.step.serves && a.take("masked"):
		f.masked = true
	default:
		return false
	}
	return true
}

// oddMask is the flag for a frame that is masked where it must not be, or not
// where it must.
func (a *args) oddMask() string {
	if a.p.step.serves {
		return "masked"
	}
	return "unmasked"
}

func (s sendFrame) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	if !c.upright {
		return c.notWebSocket()
	}
	f := s.frame
	f.payload = s.payloadFor(r, c, at)
	switch {
	case f.op == ws.OpClose:
		c.saidClose.Store(true)
	case f.op == ws.OpPing:
		c.sent.ping = f.payload
	}
	r.said(c, f.words())
	c.sent.add(f)
	if b := c.sent.batch; f.fin && len(b) > 0 {
		r.own[b[len(b)-1].sum()] = true
	}
	return r.unsent(c, c.writeFrame(f, r.rng.Uint32()))
}

func (s sendFrame) payloadFor(r *stepRun, c *conn, at member) []byte {
	return s.payload.make(r.values(c, at), r.rng, s.op != ws.OpBinary)
}

// add joins fragments to the message that "same" stands for.
func (l *sentLog) add(f frame) {
	switch f.op {
	case ws.OpText, ws.OpBinary:
		l.op, l.parts = f.op, append([]byte{}, f.payload...)
	case ws.OpContinuation:
		l.parts = append(l.parts, f.payload...)
	default:
		return
	}
	if f.fin {
		l.batch, l.parts = []message{{op: l.op, data: l.parts}}, nil
	}
}

// words describes a frame with what is unusual about it.
func (f frame) words() string {
	var marks []string
	if !f.fin {
		marks = append(marks, "not the last fragment")
	}
	if f.rsv != 0 {
		marks = append(marks, fmt.Sprintf("reserved bits %03b", f.rsv))
	}
	if f.announced > 0 {
		marks = append(marks, "the header announces "+showSize(int(f.announced)))
	}
	if f.unmasked {
		marks = append(marks, "unmasked")
	}
	if f.masked {
		marks = append(marks, "masked")
	}
	words := message{op: f.op, data: f.payload}.words()
	if len(marks) > 0 {
		words += " (" + strings.Join(marks, ", ") + ")"
	}
	return words
}
