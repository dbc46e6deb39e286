package check

import (
	"errors"
	"os"
	"strings"
	"time"
)

// silence expects that nothing comes.
type silence struct{ length time.Duration }

func parseSilence(a *args) action { return silence{a.duration("how long")} }

func (s silence) quiet() string { return "nothing for " + showDuration(s.length) }

func (s silence) do(r *stepRun, at member) *failure {
	if c := r.conns[at.name]; c.head == nil && c.caller == nil {
		return r.unanswered(c, s.length)
	}
	return s.look(r, at, s.length)
}

func (s silence) look(r *stepRun, at member, length time.Duration) *failure {
	c := r.conns[at.name]
	c.start(c.discard)
	until := time.Now().Add(length)
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
		if c.seen[m.sum()]+c.before[m.sum()] > 0 {
			f = fail("a message came a second time", "duplicate", "extra")
		}
		f.tags = append(f.tags, strings.ToLower(opName(m.op)))
		f.got = c.of() + "← " + m.words() + stamp(m.at)
	case e != nil:
		f = fail("an event came that nothing asked for", "extra")
		f.got = c.of() + "← " + e.words() + stamp(e.at)
	default:
		f = c.interrupted("silence", "silence", "for "+showDuration(length))
		f.why = string(c.peer) + " ended the connection"
	}
	f.awaiting = "silence"
	f.expected = c.of() + "nothing for " + showDuration(length)
	return f.evidence(c)
}
