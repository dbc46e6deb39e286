package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"duplex/lessons/check"
	"duplex/server/wire"
)

const (
	// maxChecks is how many checks run at a time. A check may open a hundred
	// connections; a few at a time leave the machine to its user.
	maxChecks = 4

	// checkWait is how long a check waits for its turn: long enough for the
	// one before it to notice that its page has gone.
	checkWait = 2 * time.Second

	// writeWait bounds one write to a page. A page that takes longer is gone
	// or stopped, and would hold up a check.
	writeWait = 10 * time.Second

	// defaultTarget is where a learner's server listens unless told otherwise.
	defaultTarget = "http://localhost:3000"
)

// checks hands out turns. Two checks of one exercise would disturb each other
// (in a chat, each would hear the other's messages), so it gets one at a time.
type checks struct {
	all chan struct{}

	mu  sync.Mutex
	one map[string]chan struct{} // by exercise; bounded by the exercises there are
}

func newChecks() *checks {
	return &checks{all: make(chan struct{}, maxChecks), one: map[string]chan struct{}{}}
}

// take waits for a turn, which ends with done. It gives up when page ends.
func (c *checks) take(page context.Context, exercise string) (done func(), err error) {
	ctx, cancel := context.WithTimeout(page, checkWait)
	defer cancel()
	turn := c.turn(exercise)
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return nil, busy(page, "a check of "+exercise+" is running already", "Wait until it ends, or stop it in the other window")
	}
	select {
	case c.all <- struct{}{}:
	case <-ctx.Done():
		<-turn
		return nil, busy(page, "several other checks are running", "Wait until one of them ends")
	}
	return func() { <-c.all; <-turn }, nil
}

func (c *checks) turn(exercise string) chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	turn, ok := c.one[exercise]
	if !ok {
		turn = make(chan struct{}, 1)
		c.one[exercise] = turn
	}
	return turn
}

// busy says why a check had to wait for too long, unless it was stopped before
// that.
func busy(page context.Context, why, next string) error {
	if page.Err() != nil {
		why, next = "the server is stopping", "Start duplex again and check then"
	}
	return &problem{Status: http.StatusTooManyRequests, What: "The check did not start", Why: why, Next: next}
}

// What POST /check/{exercise} answers: one of these a line.
type (
	checkStart struct {
		Type     string      `json:"type"` // "start"
		Exercise string      `json:"exercise"`
		Target   string      `json:"target"`
		Steps    []stepTitle `json:"steps"`
	}
	stepTitle struct {
		Name string `json:"name"`
		Says string `json:"says"`
	}
	checkStep struct {
		Type   string       `json:"type"` // "step"
		Result check.Result `json:"result"`
	}
	checkEnd struct {
		Type   string     `json:"type"` // "end"
		Report checkTotal `json:"report"`
	}
	checkTotal struct {
		Verdict check.Verdict `json:"verdict"`
		Passed  int           `json:"passed"`
		Total   int           `json:"total"`
		Took    wire.Millis   `json:"took"`
	}
)

// check runs an exercise's script against the learner's server, which must be
// on this machine, and streams each step's result as it is decided. The run
// ends with the request: a page that goes away, or the server's own end,
// cancels it.
func (s *Server) check(w http.ResponseWriter, r *http.Request) error {
	var ask struct {
		URL, Step string
		Run       bool // the learner's own program, which is built and started first
	}
	if err := readJSON(w, r, &ask); err != nil {
		return err
	}
	if ask.Run {
		if err := s.mayWork(r, r.Header.Get(tokenHeader)); err != nil {
			return err
		}
	}
	exercise, err := s.view.Load().exercise(r.PathValue("exercise"))
	if err != nil {
		return err
	}
	steps, err := titles(exercise.Script, ask.Step)
	if err != nil {
		return err
	}
	if ask.URL == "" {
		ask.URL = defaultTarget
	}
	opt := check.Options{Target: ask.URL, Step: ask.Step, Loopback: true}
	if err := opt.Validate(); err != nil {
		return &problem{Status: http.StatusBadRequest, What: "That address can't be checked", Why: err.Error(), Next: "Correct it and check again"}
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.ending, cancel)()
	done, err := s.checks.take(ctx, exercise.Name)
	if err != nil {
		return err
	}
	defer done()
	s.stream(ctx, w, func(ctx context.Context, say func(any)) {
		if ask.Run {
			s.checkOwn(ctx, exercise, steps, opt, say)
			return
		}
		s.run(ctx, exercise.Script, steps, opt, counts, say)
	})
	return nil
}

// stream writes what run says as NDJSON. A page that can't be written to ends
// the context.
func (s *Server) stream(ctx context.Context, w http.ResponseWriter, run func(ctx context.Context, say func(line any))) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	out, control := json.NewEncoder(w), http.NewResponseController(w)
	say := func(line any) {
		_ = control.SetWriteDeadline(time.Now().Add(writeWait)) // net/http's own can
		if out.Encode(line) != nil || control.Flush() != nil {
			cancel()
		}
	}
	run(ctx, say)
	_ = control.SetWriteDeadline(time.Time{}) // the connection may serve other requests
}

// counts is for what somebody else serves: whatever it does is its own doing.
func counts() error { return nil }

// run runs the check and says what it finds, as it is decided. In the end moot
// may say why nothing of that counts.
func (s *Server) run(ctx context.Context, script *check.Script, steps []stepTitle, opt check.Options, moot func() error, say func(line any)) {
	say(checkStart{Type: "start", Exercise: script.Exercise, Target: opt.Target, Steps: steps})
	opt.OnStep = func(res check.Result) { say(checkStep{Type: "step", Result: res}) }
	report := script.Run(ctx, opt)
	switch err := moot(); {
	case err != nil && !errors.Is(err, context.Canceled):
		unchecked(err, len(steps), say)
		return
	case err != nil, ctx.Err() != nil:
		return // stopped in the middle: nobody waits for it, and it proves nothing
	}
	if err := s.record(report); err != nil {
		s.log.Error("a check's result was not kept", "exercise", script.Exercise, "err", err)
	}
	total := checkTotal{Verdict: report.Verdict, Passed: report.Passed(), Total: len(report.Steps), Took: report.Took}
	say(checkEnd{Type: "end", Report: total})
}

// titles lists the steps that will run: all of the script's, or one.
func titles(script *check.Script, only string) (list []stepTitle, err error) {
	for _, step := range script.Steps {
		if only == "" || only == step.Name {
			list = append(list, stepTitle{Name: step.Name, Says: step.Says})
		}
	}
	if len(list) == 0 {
		return nil, notFound("There is no step "+shortened(only), "the check of "+script.Exercise+" has none of that name", "Leave the step out to run them all")
	}
	return list, nil
}

// record keeps a report's verdicts in the learner's progress.
func (s *Server) record(r *check.Report) error {
	var steps []string
	if e := s.course().Exercise(r.Exercise); e != nil && e.Script != nil {
		for _, step := range e.Script.Steps {
			steps = append(steps, step.Name)
		}
	}
	return s.store.Checked(r, steps)
}
