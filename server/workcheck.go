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
		Type   string            `json:"type"` // "failed": built, but does not serve
		Error  map[string]string `json:"error"`
		Output string            `json:"output"` // what the program printed
	}
)

// prepared builds and starts the learner's own program, and says how that went.
// It returns the program's URL; without one there is nothing to check, which
// has been said.
func (s *Server) prepared(ctx context.Context, e *lessons.Exercise, steps int, say func(any)) (url string) {
	url, build, err := s.work.Serve(ctx, e.Name)
	if ctx.Err() != nil {
		return ""
	}
	if build.State != "" {
		say(checkBuild{"build", build})
	}
	if err != nil {
		failed := checkFailed{Type: "failed", Error: problemOf(benchError(err)).told()}
		var f *program.Failure
		if errors.As(err, &f) {
			failed.Output = f.Output
		}
		say(failed)
	}
	if url == "" {
		say(checkEnd{Type: "end", Report: checkTotal{Verdict: check.Fail, Total: steps}})
	}
	return url
}
