package lint

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/attempt"
	"duplex/lessons/check/program"
)

// A trial is one program of an exercise, and what it is.
type trial struct {
	exercise *lessons.Exercise
	kind     string // "starter", "solution" or "wrong"
	variant  lessons.Variant
	files    []lessons.File // all that it is built from
	dir      string         // on disk, where it is built or run
}

const (
	// slack bounds one trial beyond what its steps may take; see limit.
	slack = 15 * time.Second

	// patience stretches what a script waits for, because the programs of
	// several exercises run at once here.
	patience = 2
)

// judge builds and runs one program and says what is wrong with it.
func (t *trial) judge(ctx context.Context, exe string) []lessons.Problem {
	p, err := attempt.Prepare(ctx, attempt.Source{Dir: t.dir, File: path.Base(t.files[0].Path), Exe: exe})
	if err != nil {
		return t.unless(ctx, "does not build: "+firstLines(words(err)), "mend it")
	}
	defer os.Remove(exe)
	switch t.kind {
	case "starter":
		return t.starter(ctx, p)
	case "solution":
		return t.solution(ctx, p)
	}
	return t.wrong(ctx, p)
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

func (t *trial) starter(ctx context.Context, p *attempt.Program) []lessons.Problem {
	report, err := t.check(ctx, p, "")
	switch {
	case err != nil:
		return t.unless(ctx, "does not run: "+firstLines(words(err)), "make it listen on the port that PORT names")
	case report.Verdict == check.NotStarted:
		return nil
	case report.Verdict == check.Pass:
		return t.unless(ctx, "passes every step", "take the solution out of it: it "+t.begun()+" until the learner begins")
	}
	r := notably(report, check.NotStarted)
	return t.unless(ctx, fmt.Sprintf("is not \"not started\": step %s is %s%s", r.Step, r.Verdict, because(r)), "see to it that it "+t.begun())
}

func (t *trial) solution(ctx context.Context, p *attempt.Program) []lessons.Problem {
	report, err := t.check(ctx, p, "")
	switch {
	case err != nil:
		return t.unless(ctx, "does not run: "+firstLines(words(err)), "make it listen on the port that PORT names")
	case report.Verdict == check.Pass:
		return nil
	}
	r := notably(report, check.Pass)
	return t.unless(ctx, fmt.Sprintf("does not pass: step %s is %s%s", r.Step, r.Verdict, because(r)),
		"mend the solution or the script: "+t.again(r.Step))
}

// begun is what the starter does so that the exercise counts as not started.
func (t *trial) begun() string {
	if t.exercise.Language == lessons.JS {
		return `throws new Error("not started")`
	}
	return "answers every request with 501"
}

// again is how an author runs a step of the program again.
func (t *trial) again(step string) string {
	if t.exercise.Language == lessons.JS {
		return "duplex check " + t.exercise.Name + " " + t.files[0].Path + " --step " + step + " -v"
	}
	return "start it, then duplex check " + t.exercise.Name + " http://localhost:3000 --step " + step + " -v"
}

// wrong runs the step that the variant names, which mostly settles it, and
// only otherwise the others.
func (t *trial) wrong(ctx context.Context, p *attempt.Program) []lessons.Problem {
	report, err := t.check(ctx, p, t.variant.Fails)
	if err != nil {
		return t.unless(ctx, "does not run: "+firstLines(words(err)), "a wrong variant is a server with one mistake: make it listen on the port that PORT names")
	}
	if report.Verdict == check.Fail {
		return nil
	}
	whole, err := t.check(ctx, p, "")
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

// check runs the exercise's script against the program.
func (t *trial) check(ctx context.Context, p *attempt.Program, step string) (*check.Report, error) {
	limit := slack
	for _, s := range t.exercise.Script.Steps {
		limit += patience * s.Limit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	o := p.Check(ctx, t.exercise.Script, check.Options{Step: step, Loopback: true, Patience: patience})
	return o.Report, o.Err
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
