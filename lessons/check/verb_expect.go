package check

import (
	"slices"
	"strings"
	"time"
)

// expectLog expects that the program logs a line.
type expectLog struct {
	text   template
	whole  bool // and nothing else in the line
	within time.Duration
}

func parseExpect(a *args) action {
	switch a.oneOf("log", "nothing", "no") {
	case "log":
		e := expectLog{whole: a.take("is")}
		e.text = a.template("the words in quotes")
		e.within = a.within()
		return e
	case "nothing":
		a.oneOf("logged")
		return nothingLogged{a.duration("how long")}
	case "no":
		a.oneOf("connection")
		return noConnection{a.duration("how long")}
	}
	return nil
}

func (e expectLog) do(r *stepRun, _ member) *failure {
	s := r.served
	want := e.text.fill(r.values(nil, member{}))
	until, inTime := r.deadline(e.within), r.inTime(e.within)
	heard := r.waitOn(s.changed, until, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for i, line := range s.logged[s.heard:] {
			if line.text == want || !e.whole && strings.Contains(line.text, want) {
				s.heard += i + 1
				return true
			}
		}
		return false
	})
	if heard {
		return nil
	}
	f := e.missed(s, want, inTime)
	r.hungUpBefore(f)
	return f
}

// hungUpBefore adds to the failure for a line that was not logged that the
// program ended the connection on which it was to hear of it.
func (r *stepRun) hungUpBefore(f *failure) {
	c := r.served.latest
	if c == nil || c.mayEnd {
		return
	}
	end, closed, _, _ := c.box.snapshot()
	var at time.Duration
	switch {
	case closed != nil && closed.first:
		at = closed.at
	case !c.saidClose.Load() && end != nil && (end.kind == endEOF || end.kind == endReset):
		at = end.at
	default:
		return
	}
	f.tags = slices.Insert(f.tags, slices.Index(f.tags, "log"), "eof")
	words, _ := unstamped(f.got)
	f.got = words + "; your program ended its connection" + stamp(at)
}

// missed is the failure for a line that was not logged.
func (e expectLog) missed(s *service, want, inTime string) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	since := s.logged[s.heard:]
	shown := showPayload([]byte(want), true)
	f := fail("your program did not log "+shown+" "+inTime, "log", "timeout")
	f.awaiting = "log"
	f.expected = "logs a line with " + shown + " " + inTime
	if e.whole {
		f.expected = "logs the line " + shown + " " + inTime
	}
	f.got = "nothing logged"
	if s.heard > 0 {
		f.got = "nothing more logged; the last was " + showLogged(s.logged[s.heard-1:s.heard]) + stamp(s.logged[s.heard-1].at)
	}
	if len(since) == 0 {
		if tag := e.near(s.logged[:s.heard], want); tag == "same" {
			f.tags = append([]string{"reordered"}, f.tags...)
			f.why = "your program logged " + shown + " earlier, and not again"
		}
		return f
	}
	f.got = "logged " + showLogged(since) + stamp(since[0].at)
	for _, line := range since {
		f.came += line.text + "\n"
	}
	f.came = strings.TrimSuffix(f.came, "\n")
	if tag := e.near(since, want); tag != "" {
		f.tags = append([]string{tag}, f.tags...)
	}
	f.tags = append(f.tags, "different")
	f.certain, f.likely = mistakeIn(f.came, shownMistakes), mistakeIn(f.came, logMistakes)
	return f
}

// near says how a line is like the one that is wanted.
func (e expectLog) near(lines []logLine, want string) string {
	for _, line := range lines {
		switch {
		case line.text == want || !e.whole && strings.Contains(line.text, want):
			return "same"
		case want != "" && strings.Contains(line.text, want):
			return "wrapped"
		case line.text != "" && len(line.text)*2 >= len(want) && strings.Contains(want, line.text):
			return "partial"
		}
	}
	return ""
}

// nothingLogged expects that the program logs nothing.
type nothingLogged struct{ length time.Duration }

func (e nothingLogged) quiet() string { return "nothing logged for " + showDuration(e.length) }

func (e nothingLogged) do(r *stepRun, at member) *failure { return e.look(r, at, e.length) }

func (e nothingLogged) look(r *stepRun, _ member, length time.Duration) *failure {
	s := r.served
	came := r.waitOn(s.changed, time.Now().Add(length), func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.logged) > s.heard
	})
	if !came {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	line := s.logged[s.heard]
	f := fail("your program logged a line that it should not have", "log", "extra")
	for _, old := range s.logged[:s.heard] {
		if old.text == line.text {
			f = fail("your program logged a line a second time", "duplicate", "log", "extra")
		}
	}
	f.awaiting = "log"
	f.expected = e.quiet()
	f.got, f.came = "logged "+showLogged([]logLine{line})+stamp(line.at), line.text
	f.certain, f.likely = mistakeIn(line.text, shownMistakes), mistakeIn(line.text, logMistakes)
	return f
}

// noConnection expects that the program does not connect.
type noConnection struct{ length time.Duration }

func (e noConnection) quiet() string { return "no connection for " + showDuration(e.length) }

func (e noConnection) do(r *stepRun, at member) *failure { return e.look(r, at, e.length) }

func (e noConnection) look(r *stepRun, _ member, length time.Duration) *failure {
	s := r.served
	s.mu.Lock()
	before := s.gaveUp
	s.mu.Unlock()
	var c *conn
	r.waitOn(s.changed, time.Now().Add(length), func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case s.suspect != nil:
		case len(s.queue) > 0:
			c = s.queue[0]
		case s.gaveUp != before:
			c = s.gaveUp
		}
		return c != nil
	})
	if c == nil {
		return nil
	}
	s.mu.Lock()
	again := s.ended > 0
	s.mu.Unlock()
	f := fail("your program "+cameBack(again)+" when it should not have", "extra")
	f.awaiting = awaiting(again)
	f.expected = e.quiet()
	f.got = "← " + c.request.words + stamp(c.caller.at)
	return f
}
