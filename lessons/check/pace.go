package check

import (
	"fmt"
	"math"
	"time"

	"duplex/server/wire"
)

// BusyPatience is the Options.Patience for a machine that is busy with other
// things as well; only who fails waits longer for it. The course's scripts tell
// right from wrong up to there, as the tests of the exercises hold with every
// wrong variant.
const BusyPatience = 3

// startsIn is how long a program's runtime may take to start on a machine that
// has time for it; node takes about 200 ms on two busy cores.
const startsIn = 300 * time.Millisecond

// keepPace gives the program more time where its runtime was slow to start: one
// that gets a fifth of a processor now will hardly get more of it in the step. It
// may have connected already.
func (s *service) keepPace(start time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pace := min(math.Ceil(float64(start)/float64(startsIn)), BusyPatience)
	if pace <= s.step.patience {
		return
	}
	s.step.patience = pace
	s.step.tape.note("", wire.KindNote, fmt.Sprintf("this machine is busy: your program took %s to start, so the step's times are %g times as long", showDuration(start.Round(time.Millisecond)), pace))
}
