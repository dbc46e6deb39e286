package check

import (
	"cmp"
	"fmt"
	"time"
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

// next takes the connection that waits first, once it is there, under the name
// of a member. When it came is still to be judged.
func (s *service) next(r *stepRun, at member, w timing) (*conn, *failure) {
	began := r.tape.now()
	if !s.many {
		s.awaitEnd(r.deadline(DefaultWithin))
	}
	s.mu.Lock()
	origin := s.origin
	s.mu.Unlock()
	until := r.tape.start.Add(s.limit(w, origin, began))
	if until.After(r.until) {
		until = r.until
	}
	var c *conn
	first := func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		if c == nil && s.suspect == nil && len(s.queue) > 0 {
			c, s.queue = s.queue[0], s.queue[1:]
		}
		return c != nil
	}
	if !r.waitOn(s.changed, until, first) {
		if alarm := s.settled(); alarm != nil {
			return nil, alarm
		}
		if b := s.howItBroke(nil); b != nil && !notBegun(b.why) && s.catchUp() { // it may have begun to connect before
			r.waitFor(s.changed, time.Now().Add(s.step.stretched(settleTime)), first)
		}
		if !first() {
			return nil, s.nobody(w)
		}
	}
	c.caller.awaited = began
	s.name(r, c, at)
	return c, nil
}

// limit is until when a connection has to come: counted from the end of the one
// before it, or from the program's start; for the default time, from when the
// command began if that is later.
func (s *service) limit(w timing, origin, began time.Duration) time.Duration {
	if w.within == 0 {
		return max(origin, began) + s.within(w)
	}
	return max(origin, s.started) + s.within(w)
}

// scripted is how long a connection may take to come, as the script has it.
func (w timing) scripted() time.Duration { return cmp.Or(w.within, DefaultWithin) }

// within is how long a connection may take to come. Patience stretches only the
// time in which it may come, so that one that waits twice as long as it should
// is found by a patient check as well.
func (s *service) within(w timing) time.Duration {
	if w.within == 0 {
		return s.step.stretched(DefaultWithin)
	}
	return w.after + s.step.stretched(w.within-w.after)
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
	c.before = s.seen
	s.show(c)
	s.mu.Unlock()
	if old := r.conns[at.name]; old != nil {
		c.lastID = old.lastID
	} else {
		r.order = append(r.order, at.name)
	}
	r.conns[at.name], s.latest = c, c
}

// judgeTime judges when a connection came.
func (s *service) judgeTime(c *conn, w timing) *failure {
	s.mu.Lock()
	origin, again := s.origin, s.ended > 0
	s.mu.Unlock()
	var f *failure
	switch gap := max(0, c.caller.at-origin); {
	case gap+timerGrain < w.after:
		f = fail(fmt.Sprintf("your program %s too soon: %s %s", cameBack(again), showGap(gap), sinceWhat(again)), "early")
	case c.caller.at > s.limit(w, origin, c.caller.awaited):
		f = fail(fmt.Sprintf("your program %s too late: %s %s", cameBack(again), showGap(gap), sinceWhat(again)), "late", "timeout")
	default:
		return nil
	}
	f.awaiting = awaiting(again)
	f.expected = c.of() + "← a connection " + w.words(again)
	f.got = c.of() + "← " + c.request.words + stamp(c.caller.at)
	return f
}

// nobody is the failure for a connection that did not come.
func (s *service) nobody(w timing) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := len(s.live) - len(s.queue) // whose turn was before
	again := s.ended+open > 0
	inTime := "within " + showDuration(w.scripted())
	f := fail("your program did not connect "+inTime, "timeout")
	if again {
		f.why = "your program did not come back " + inTime
	} else {
		f.certain = programCauses["connection timeout"] // a script's words are for what comes after it
	}
	f.awaiting = awaiting(again)
	f.expected = "← a connection " + w.words(again)
	switch {
	case open > 0 && !s.many:
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
func awaiting(again bool) string {
	if again {
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
		return "after its last connection ended"
	}
	return "after it was started"
}

// words say when a connection is to come, in the script's time. The default
// counts from the command, which is to say from now.
func (w timing) words(again bool) string {
	before := map[bool]string{true: "the end of the last one", false: "the start"}[again]
	switch words := "within " + showDuration(w.scripted()); {
	case w == (timing{}):
		return words
	case w.within == 0:
		return showDuration(w.after) + " or more after " + before + ", and " + words
	case w.after > 0:
		return "after " + showDuration(w.after) + " and " + words + " of " + before
	default:
		return words + " of " + before
	}
}
