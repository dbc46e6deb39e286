package check

import (
	"bytes"
	"fmt"
	"time"

	"duplex/server/wire"
)

func parseStall(*args) action { return stall{} }
func parseDrop(*args) action  { return drop{} }

// stall stops reading.
type stall struct{}

func (stall) do(r *stepRun, at member) *failure {
	r.conns[at.name].stall()
	return nil
}

// drop closes TCP without a Close frame.
type drop struct{}

func (drop) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	c.tape.note(c.name, wire.KindNote, "closes TCP without a Close frame")
	r.served.did(c.of() + "TCP closed")
	r.served.part(c, r.tape.now())
	c.drop()
	return nil
}

// gather expects everything that others sent last.
type gather struct {
	from   []string // connections and crowds
	within time.Duration
}

func parseGather(a *args) action {
	g := gather{from: a.names(true)}
	g.within = a.within()
	return g
}

// names consumes one or more names of connections and crowds.
func (a *args) names(senders bool) []string {
	var names []string
	for len(names) == 0 || a.peek() != "" && a.peek() != "within" {
		name := a.word("a connection's or a crowd's name")
		if a.bad {
			return names
		}
		switch s := a.p.scope; {
		case s.broken:
		case !has(s.opened, name):
			a.fail(name, "a connection or crowd that was opened before")
		case senders && !has(s.sent, name):
			a.fail(name+", which has sent nothing", name+": send … before it")
		}
		names = append(names, name)
	}
	return names
}

// expand turns names into connections, members of crowds one by one.
func (r *stepRun) expand(names []string) []*conn {
	var out []*conn
	for _, name := range names {
		_, crowd := r.crowds[name]
		for _, m := range r.members(whom{name: name, all: crowd}) {
			if c := r.conns[m.name]; c != nil {
				out = append(out, c)
			}
		}
	}
	return out
}

// A slot is one message that is to be gathered.
type slot struct {
	from  *conn
	index int // among those of its sender
	m     message
	came  bool
}

// A gathering is a gather under way.
type gathering struct {
	slots []*slot
	bySum map[uint64][]*slot
	next  map[*conn]int // the index that comes next, by sender
	left  int
}

func (r *stepRun) beginGathering(from []string) *gathering {
	g := &gathering{bySum: map[uint64][]*slot{}, next: map[*conn]int{}}
	for _, c := range r.expand(from) {
		for i, m := range c.sent.batch {
			s := &slot{from: c, index: i, m: m}
			g.slots = append(g.slots, s)
			g.bySum[m.sum()] = append(g.bySum[m.sum()], s)
		}
	}
	g.left = len(g.slots)
	return g
}

func (g gather) do(r *stepRun, at member) *failure {
	c := r.conns[at.name]
	if !c.upright {
		return c.notWebSocket()
	}
	until, inTime := r.deadline(g.within), r.inTime(g.within)
	all := r.beginGathering(g.from)
	c.gathered = nil
	for all.left > 0 {
		m, ok := r.next(c, until)
		if !ok {
			return all.missing(c, inTime)
		}
		if f := all.take(r, c, m); f != nil {
			f.awaiting = "room"
			f.expected = c.of() + "← each of " + showCount(len(all.slots)) + " messages once"
			return f.evidence(c)
		}
	}
	return nil
}

// take files one message that came.
func (g *gathering) take(r *stepRun, c *conn, m message) *failure {
	slots := g.bySum[m.sum()]
	var f *failure
	for _, s := range slots {
		if s.came {
			continue
		}
		s.came = true
		g.left--
		c.saw(m)
		c.gathered = append(c.gathered, m)
		if s.index != g.next[s.from] && len(slots) == 1 {
			f = fail("messages of one sender came in another order than it sent them", "reordered")
			f.got = c.of() + "← " + m.words() + " as message " + showCount(g.next[s.from]+1) + " of " + s.from.name + stamp(m.at)
			return f
		}
		g.next[s.from]++
		return nil
	}
	switch {
	case len(slots) > 0:
		f = fail("a message came a second time", "duplicate", "extra")
	case r.own[m.sum()] || r.fromBefore(m):
		return nil
	default:
		f = g.stranger(c, m)
	}
	f.got, f.came = c.of()+"← "+m.words()+stamp(m.at), string(m.data)
	return f
}

// stranger is the failure for a message that nobody sent like that.
func (g *gathering) stranger(c *conn, m message) *failure {
	for _, s := range g.slots {
		if bytes.Equal(m.data, s.m.data) {
			return c.difference(m, s.m, nil)
		}
	}
	for _, s := range g.slots {
		switch f := c.difference(m, s.m, nil); f.tags[0] {
		case "wrapped":
			if g.holdsAnother(m, s) {
				return fail("several messages came joined in one", "joined", "extra")
			}
			return f
		case "partial":
			return f
		}
	}
	return fail("a message came that nobody sent", "extra", "different")
}

// holdsAnother reports whether m contains a message besides that of s.
func (g *gathering) holdsAnother(m message, s *slot) bool {
	for _, other := range g.slots {
		if other != s && len(other.m.data) > 0 && bytes.Contains(m.data, other.m.data) {
			return true
		}
	}
	return false
}

// missing is the failure when not all came.
func (g *gathering) missing(c *conn, inTime string) *failure {
	var first *slot
	own := true
	for _, s := range g.slots {
		if !s.came {
			if first == nil {
				first = s
			}
			own = own && s.from == c
		}
	}
	f := c.interrupted("room", "everything that was sent", inTime)
	if hasTag(f, "timeout") {
		f.why = "not everything that was sent came " + inTime
		if own {
			f.why = "its own message did not come back " + inTime
		}
		f.tags = append([]string{"missing"}, f.tags...)
		f.got = fmt.Sprintf("%s%s of %s came; the first that is missing is %s of %s", c.of(),
			showCount(len(g.slots)-g.left), showCount(len(g.slots)), first.m.words(), connName(first.from.name))
	}
	f.expected = c.of() + "← each of " + showCount(len(g.slots)) + " messages once " + inTime
	f.sent = first.from.of() + first.from.sent.words + stamp(first.from.sent.at)
	return f
}

// agree compares the orders in which members gathered.
type agree struct{ names []string }

func parseAgree(a *args) action { return agree{a.names(false)} }

func (g agree) do(r *stepRun, _ member) *failure {
	conns := r.expand(g.names)
	for _, c := range conns[1:] {
		first := conns[0]
		for i := range min(len(first.gathered), len(c.gathered)) {
			one, other := first.gathered[i], c.gathered[i]
			if one.sum() == other.sum() {
				continue
			}
			f := fail("members received the messages in different orders", "disagree", "reordered")
			f.awaiting = "room"
			f.expected = "one order for all"
			f.got = fmt.Sprintf("as message %s, %s ← %s and %s ← %s", showCount(i+1), first.name, one.words(), c.name, other.words())
			return f.evidence(c)
		}
	}
	return nil
}
