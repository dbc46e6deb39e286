package check

import (
	"context"
	"time"
)

const (
	// settleTime is how long a second connection may be there before the end of
	// the first is seen: both come from readers that do not wait for each other.
	settleTime = 100 * time.Millisecond

	// catchUpTime is how long a program may take to deal with what has reached it.
	catchUpTime = time.Second

	// readTime is how long what it has sent by then may take to be read here.
	readTime = 5 * time.Millisecond
)

// settled waits until it is clear whether two connections are open at once, and
// returns what fails the step in any case.
func (s *service) settled() *failure {
	if s == nil {
		return nil
	}
	s.step.waitFor(s.changed, s.step.until, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.suspect == nil
	})
	return s.alarmed()
}

// catchUp gives the program the time to deal with what has reached it, where it
// can say when it has, and reports whether it did so.
func (s *service) catchUp() bool {
	run, can := s.program.(SettledRun)
	if !can {
		return false
	}
	ctx, cancel := context.WithTimeout(s.step.ctx, s.step.stretched(catchUpTime))
	defer cancel()
	return run.Settle(ctx) == nil
}

// hasBroken reports whether the program broke. It may be called on nil.
func (s *service) hasBroken() bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken != nil
}
