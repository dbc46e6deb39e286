// Package attempt holds what a learner wrote against an exercise's script,
// whatever the language: a server in Go is built, started and checked, a
// client in JavaScript is run by the script.
//
//	p, err := attempt.Prepare(ctx, attempt.Source{Dir: "echo", Exe: filepath.Join(tmp, "echo")})
//	if err != nil … // a *program.BuildError holds what the compiler said
//	outcome := p.Check(ctx, script, check.Options{})
//
// A program is prepared once and checked as often as one likes.
package attempt

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"duplex/lessons/check"
	"duplex/lessons/check/client"
	"duplex/lessons/check/program"
)

// The file that a program begins in, by its language.
const (
	mainGo = "main.go"
	mainJS = "main.js"
)

// A Source is a program that was not built yet.
type Source struct {
	Dir   string   // the folder that it is in, and where a server runs
	File  string   // the one file of Dir that it is made of; "" or main.go: all Go files
	Exe   string   // where to put what is built
	Flags []string // of go build, besides
}

// limits are those of a server that is checked. They suit every exercise, and
// bound what one that has gone wrong takes from the others on its machine.
var limits = program.Limits{Output: 64 << 20, Processes: 500, Memory: 2 << 30}

// buildLimit is for a build that never ends. A first build of the tool chain's
// own packages takes a minute on a slow machine.
const buildLimit = 5 * time.Minute

// A Program is ready to be checked.
type Program struct {
	exe string // a server
	dir string // where it runs

	client check.Client // or a client
}

// An Outcome is how a check went. Report is nil where it could not begin: Err
// says why.
type Outcome struct {
	Report *check.Report
	Output string // what a server printed
	Err    error
}

// Prepare builds a program, or finds what runs it. What a compiler says of it
// comes back as a *program.BuildError, and what else kept it from being built as
// a *MachineError.
func Prepare(ctx context.Context, s Source) (*Program, error) {
	if filepath.Ext(s.File) == ".js" {
		c, err := client.JavaScript(filepath.Join(s.Dir, s.File))
		return &Program{client: c}, err
	}
	what := s.File
	if what == mainGo || what == "" {
		what = "."
	}
	exe, err := filepath.Abs(s.Exe) // it is started in another folder
	if err != nil {
		return nil, &MachineError{err}
	}
	config := program.Config{Dir: s.Dir, Limits: program.Limits{Run: buildLimit}}
	err = blameBuild(ctx, program.Build(ctx, exe, config, slices.Concat(s.Flags, []string{what})...))
	if err == nil {
		err = runnable(exe)
	}
	return &Program{exe: exe, dir: s.Dir}, err
}

// Main is the file that a program for the script begins in: main.js where the
// script plays the server, and else main.go.
func Main(script *check.Script) string {
	if script.PlaysServer() {
		return mainJS
	}
	return mainGo
}

// In is the program, a server, to be run in another folder. It does not change
// p.
func (p *Program) In(dir string) *Program {
	moved := *p
	moved.dir = dir
	return &moved
}

// Check runs the script against the program, which it starts for that and ends
// afterwards. What opt says of a target or a client is not used.
func (p *Program) Check(ctx context.Context, script *check.Script, opt check.Options) Outcome {
	if p.client != nil {
		opt.Client = p.client
		return Outcome{Report: script.Run(ctx, opt)}
	}
	server, err := program.StartWith(ctx, p.exe, program.Config{Dir: p.dir, Limits: limits})
	if err != nil {
		return Outcome{Err: blameStart(ctx, err)}
	}
	opt.Target = server.URL()
	report := script.Run(ctx, opt)
	server.Stop()
	return Outcome{Report: report, Output: server.Output()}
}

// Run prepares a program and checks it once. A Source without a File is what
// the script is for: main.js, or the Go files.
func Run(ctx context.Context, s Source, script *check.Script, opt check.Options) Outcome {
	if s.File == "" {
		s.File = Main(script)
	}
	p, err := Prepare(ctx, s)
	if err != nil {
		return Outcome{Err: err}
	}
	return p.Check(ctx, script, opt)
}

// Verdict is that of the report. Without one the program failed, unless
// nothing could be said of it: the check was stopped, say, or this machine could
// not build or start it.
func (o Outcome) Verdict() check.Verdict {
	var m *MachineError
	switch {
	case o.Report != nil:
		return o.Report.Verdict
	case IsMissing(o.Err), o.Stopped(), errors.As(o.Err, &m):
		return check.Inconclusive
	}
	return check.Fail
}

// Stopped reports whether the check could not begin because it was stopped.
func (o Outcome) Stopped() bool {
	var f *program.Failure
	return errors.Is(o.Err, context.Canceled) || errors.Is(o.Err, context.DeadlineExceeded) ||
		errors.As(o.Err, &f) && f.Cause == program.Stopped
}

// IsMissing reports whether err is that this machine lacks what builds or runs
// the program.
func IsMissing(err error) bool {
	return errors.Is(err, exec.ErrNotFound) || errors.Is(err, client.ErrNoRuntime)
}

// Words is Err for people: what happened, and what to do where it is not the
// program's own trouble.
func (o Outcome) Words() string {
	switch {
	case o.Err == nil:
		return ""
	case errors.Is(o.Err, exec.ErrNotFound):
		return fmt.Sprintf("it cannot be built here: %v; install Go from go.dev, and see that go is in PATH", o.Err)
	}
	return o.Err.Error()
}
