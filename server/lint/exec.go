package lint

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/program"
	"duplex/lessons/workspace"
)

// A trial is one program of an exercise, and what it is.
type trial struct {
	exercise *lessons.Exercise
	kind     string // "starter", "solution" or "wrong"
	variant  lessons.Variant
	files    []lessons.File // all that it is built from
	dir      string         // on disk, where it is built
	args     []string       // of go build, besides
}

// Bounds of one trial. Steps have limits of their own; this is for a program
// that builds or starts for ever.
const (
	buildLimit = 3 * time.Minute
	slack      = 15 * time.Second

	// patience stretches what a script waits for, because the programs of
	// several exercises run at once here.
	patience = 2
)

// run builds and runs every program of the course, as many at once as there
// are processors.
func run(ctx context.Context, opt *Options, c *lessons.Course) []lessons.Problem {
	if _, err := exec.LookPath("go"); err != nil {
		opt.note("The exercises were not built and run: there is no Go tool chain (no go in PATH).")
		return nil
	}
	scratch, err := os.MkdirTemp("", "duplex-lint-*")
	if err != nil {
		opt.note("The exercises were not built and run: %v.", err)
		return nil
	}
	defer os.RemoveAll(scratch)
	trials, err := prepare(opt.Dir, scratch, c)
	if err != nil {
		opt.note("The exercises were not built and run: %v.", err)
		return nil
	}
	return all(ctx, scratch, trials)
}

func all(ctx context.Context, scratch string, trials []*trial) []lessons.Problem {
	problems := make([][]lessons.Problem, len(trials))
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	var running sync.WaitGroup
	for i, t := range trials {
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			if ctx.Err() == nil {
				problems[i] = t.judge(ctx, filepath.Join(scratch, fmt.Sprintf("program-%d.exe", i)))
			}
		})
	}
	running.Wait()
	var found []lessons.Problem
	for _, p := range problems {
		found = append(found, p...)
	}
	return found
}

// prepare lists the programs and makes sure that each can be built where it
// lies: in the module around dir, or else in a workspace within scratch.
func prepare(dir, scratch string, c *lessons.Course) ([]*trial, error) {
	trials := list(c)
	if dir != "" && inModule(dir) {
		for _, t := range trials {
			t.dir = filepath.Join(dir, filepath.FromSlash(path.Dir(t.files[0].Path)))
		}
		return trials, nil
	}
	module := filepath.Join(scratch, "module")
	if _, err := workspace.Write(module, c); err != nil {
		return nil, err
	}
	for i, t := range trials {
		t.dir = filepath.Join(module, fmt.Sprintf("trial-%d", i))
		if err := os.Mkdir(t.dir, 0o755); err != nil {
			return nil, err
		}
		for _, f := range t.files {
			if err := os.WriteFile(filepath.Join(t.dir, path.Base(f.Path)), f.Source, 0o644); err != nil {
				return nil, err
			}
		}
	}
	return trials, nil
}

// list names the programs of every exercise that has a script to run.
func list(c *lessons.Course) (trials []*trial) {
	for _, l := range c.Lessons {
		for _, e := range l.Exercises {
			if e.Script == nil || e.Language != lessons.Go {
				continue
			}
			if len(e.Starter) > 0 {
				trials = append(trials, &trial{exercise: e, kind: "starter", files: e.Starter, args: []string{"."}})
			}
			if len(e.Solution) > 0 {
				trials = append(trials, &trial{exercise: e, kind: "solution", files: e.Solution, args: []string{"."}})
			}
			for _, v := range e.Wrong {
				if v.Fails != "" {
					trials = append(trials, &trial{exercise: e, kind: "wrong", variant: v, files: []lessons.File{v.File}, args: []string{path.Base(v.File.Path)}})
				}
			}
		}
	}
	return trials
}

// inModule reports whether dir or a folder above it holds a go.mod.
func inModule(dir string) bool {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return false
		}
		dir = parent
	}
}

// judge builds and runs one program and says what is wrong with it.
func (t *trial) judge(ctx context.Context, exe string) []lessons.Problem {
	build, cancel := context.WithTimeout(ctx, buildLimit)
	defer cancel()
	if err := program.Build(build, t.dir, exe, t.args...); err != nil {
		return t.unless(ctx, "does not build: "+firstLines(words(err)), "mend it")
	}
	defer os.Remove(exe)
	switch t.kind {
	case "starter":
		return t.starter(ctx, exe)
	case "solution":
		return t.solution(ctx, exe)
	}
	return t.wrong(ctx, exe)
}

// problem says what is wrong with the trial's program.
func (t *trial) problem(what, next string) []lessons.Problem {
	who := "the " + t.kind + " of exercise " + t.exercise.Name
	if t.kind == "wrong" {
		who = "the wrong variant " + t.variant.Name + " of exercise " + t.exercise.Name
	}
	return []lessons.Problem{{File: t.files[0].Path, What: who + " " + what, Next: next}}
}

// unless is problem, but silent when the lint itself was ended.
func (t *trial) unless(ctx context.Context, what, next string) []lessons.Problem {
	if ctx.Err() != nil {
		return nil
	}
	return t.problem(what, next)
}

func (t *trial) starter(ctx context.Context, exe string) []lessons.Problem {
	report, err := t.check(ctx, exe, "")
	switch {
	case err != nil:
		return t.unless(ctx, "does not run: "+firstLines(words(err)), "make it listen on the port that PORT names")
	case report.Verdict == check.NotStarted:
		return nil
	case report.Verdict == check.Pass:
		return t.unless(ctx, "passes every step", "take the solution out of it: it answers 501 until the learner begins")
	}
	r := notably(report, check.NotStarted)
	return t.unless(ctx, fmt.Sprintf("is not \"not started\": step %s is %s%s", r.Step, r.Verdict, because(r)), "let it answer every request with 501")
}

func (t *trial) solution(ctx context.Context, exe string) []lessons.Problem {
	report, err := t.check(ctx, exe, "")
	switch {
	case err != nil:
		return t.unless(ctx, "does not run: "+firstLines(words(err)), "make it listen on the port that PORT names")
	case report.Verdict == check.Pass:
		return nil
	}
	r := notably(report, check.Pass)
	return t.unless(ctx, fmt.Sprintf("does not pass: step %s is %s%s", r.Step, r.Verdict, because(r)),
		"mend the solution or the script: start it, then duplex check "+t.exercise.Name+" http://localhost:3000 --step "+r.Step+" -v")
}

// wrong runs the step that the variant names, which mostly settles it, and
// only otherwise the others.
func (t *trial) wrong(ctx context.Context, exe string) []lessons.Problem {
	report, err := t.check(ctx, exe, t.variant.Fails)
	if err != nil {
		return t.unless(ctx, "does not run: "+firstLines(words(err)), "a wrong variant is a server with one mistake: make it listen on the port that PORT names")
	}
	if report.Verdict == check.Fail {
		return nil
	}
	whole, err := t.check(ctx, exe, "")
	if err != nil {
		return t.unless(ctx, "does not run twice: "+firstLines(words(err)), "make it listen on the port that PORT names")
	}
	var fails []string
	for _, r := range whole.Steps {
		if r.Verdict == check.Fail {
			fails = append(fails, r.Step)
		}
	}
	if len(fails) == 0 {
		return t.unless(ctx, "fails no step", "add the step that catches it, or remove the variant")
	}
	return t.unless(ctx, fmt.Sprintf("does not fail step %s, but %s", t.variant.Fails, strings.Join(fails, ", ")), "name one of those in its line Fails:, or sharpen the step")
}

// check starts the program and runs the exercise's script against it.
func (t *trial) check(ctx context.Context, exe, step string) (*check.Report, error) {
	limit := slack
	for _, s := range t.exercise.Script.Steps {
		limit += patience * s.Limit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	p, err := program.Start(ctx, exe)
	if err != nil {
		return nil, err
	}
	defer p.Stop()
	return t.exercise.Script.Run(ctx, check.Options{Target: p.URL(), Step: step, Loopback: true, Patience: patience}), nil
}

// notably returns the first result that is not as it should be.
func notably(report *check.Report, want check.Verdict) check.Result {
	for _, r := range report.Steps {
		if r.Verdict != want {
			return r
		}
	}
	return check.Result{Step: "?", Verdict: report.Verdict}
}

func because(r check.Result) string {
	if r.Why == "" {
		return ""
	}
	return ", " + firstLines(r.Why)
}

// words returns what the compiler said, if it was it that failed, and of a
// program how it ended: what to do about that is said to an author differently
// from a learner.
func words(err error) string {
	var be *program.BuildError
	var f *program.Failure
	switch {
	case errors.As(err, &be):
		return be.Output
	case errors.As(err, &f) && f.Output != "":
		return f.What + ": " + f.Why + "; it printed:\n" + f.Output
	case errors.As(err, &f):
		return f.What + ": " + f.Why
	}
	return err.Error()
}

// firstLines makes one line of at most three. The compiler's lines that only
// name a package go.
func firstLines(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "# ") || strings.TrimSpace(line) == "" })
	if len(lines) > 3 {
		lines = append(lines[:3], "…")
	}
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, " / ")
}
