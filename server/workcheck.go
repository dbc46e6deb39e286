package server

import (
	"context"
	"errors"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/program"
	"duplex/server/workbench"
)

// What POST /check/{exercise} with "run" says besides.
type (
	checkBuild struct {
		Type string `json:"type"` // "build"
		workbench.Build
	}
	checkFailed struct {
		Type   string     `json:"type"` // "failed": there was nothing to check, or it is gone
		Error  failedTold `json:"error"`
		Output string     `json:"output"` // what the program printed
	}
	failedTold struct {
		Code string `json:"code,omitempty"`
		What string `json:"what"`
		Why  string `json:"why"`
		Next string `json:"next"`
	}
)

// checkOwn builds and starts the learner's own program, says how that went, and
// checks it. It ends as soon as the program is ended by somebody else, and then
// proves nothing.
func (s *Server) checkOwn(ctx context.Context, e *lessons.Exercise, steps []stepTitle, opt check.Options, say func(any)) {
	own, err := s.work.Serve(ctx, e.Name)
	if ctx.Err() != nil {
		return
	}
	if own.Build.State != "" {
		say(checkBuild{"build", own.Build})
	}
	switch {
	case err != nil:
		if blames(err) {
			s.attempted(e.Name)
		}
		unchecked(err, len(steps), say)
	case own.URL == "":
		s.attempted(e.Name)
		say(checkEnd{Type: "end", Report: checkTotal{Verdict: check.Fail, Total: len(steps)}})
	default:
		ctx, cancel := own.Follow(ctx)
		defer cancel()
		opt.Target = own.URL
		s.run(ctx, e.Script, steps, opt, own.Err, say)
	}
}

// unchecked says why the check of a program has found nothing out: the program
// does not serve, which is its author's to mend, or something else was in the way.
func unchecked(err error, steps int, say func(any)) {
	p := problemOf(benchError(err))
	failed := checkFailed{Type: "failed", Error: failedTold{p.Code, p.What, p.Why, p.Next}}
	verdict := check.Inconclusive
	if f := (*program.Failure)(nil); errors.As(err, &f) {
		failed.Output = f.Output
	}
	if blames(err) {
		verdict = check.Fail
	}
	say(failed)
	say(checkEnd{Type: "end", Report: checkTotal{Verdict: verdict, Total: steps}})
}

// blames reports whether err is the program's own failure. One that stands behind
// an error of the workbench is of something else, a build that was killed, say.
func blames(err error) bool {
	var ours *workbench.Error
	var f *program.Failure
	return !errors.As(err, &ours) && errors.As(err, &f) && f.OfProgram()
}

// attempted records a check that came to no step, since the program does not
// build or serve. What earlier ones have found stays; the solution is there from
// now on for who is stuck just here.
func (s *Server) attempted(exercise string) {
	if err := s.record(&check.Report{Exercise: exercise}); err != nil {
		s.log.Error("a check was not recorded", "exercise", exercise, "err", err)
	}
}
