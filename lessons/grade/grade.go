// Package grade checks what many learners wrote, side by side:
//
//	class, err := grade.Run(ctx, grade.Config{Course: course}, []string{"class/ada", "class/bob"})
//	class.Write(os.Stdout, grade.Style{Width: 80})
//
// A learner's folder is only read. What belongs to an exercise is copied into a
// workspace of this package's own, and built and checked there with the
// course's script, so that a script, a go.mod or a vendored checker that
// somebody has changed does not matter. The random words of the checks are the
// same each time: the same program gets the same report.
package grade

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"time"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/attempt"
)

const (
	// DefaultLimit is how long the check of one exercise of one learner may take.
	DefaultLimit = 5 * time.Minute

	// perProcessor is how many checks run at once for each processor. They
	// mostly wait.
	perProcessor = 4

	seed = 1
)

// Config says what to grade, and how.
type Config struct {
	Course *lessons.Course
	Jobs   int           // how many exercises at once; 0: as many as suit the machine
	Limit  time.Duration // for one exercise of one learner, without the build; 0 means DefaultLimit

	// OnGrade, when set, is told how many of all grades are there, from one
	// goroutine at a time.
	OnGrade func(done, all int)
}

// A Class is the outcome.
type Class struct {
	Exercises []string  `json:"exercises"`
	Learners  []Learner `json:"learners"`
}

// A Learner is one folder with its grades, in the order of Class.Exercises.
type Learner struct {
	Name   string  `json:"learner"`
	Dir    string  `json:"dir"`
	Grades []Grade `json:"grades"`
}

// A Grade is one exercise of one learner.
type Grade struct {
	Exercise string        `json:"exercise"`
	Verdict  check.Verdict `json:"verdict"`
	Passed   int           `json:"passed"`
	Steps    int           `json:"steps"`            // that count
	Why      string        `json:"why,omitempty"`    // there is no report, or it is not all of the matter
	Report   *check.Report `json:"report,omitempty"` // Report.Stable: the same for the same program
}

// Run grades the exercises of every folder. An error means that nothing could
// be graded at all. When ctx ends, the grades that are left are inconclusive.
func Run(ctx context.Context, cfg Config, dirs []string) (*Class, error) {
	scratch, err := os.MkdirTemp("", "duplex-grade-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	if scratch, err = filepath.EvalSymlinks(scratch); err != nil { // as programs see it
		return nil, err
	}
	if cfg.Limit == 0 {
		cfg.Limit = DefaultLimit
	}
	if cfg.Jobs == 0 {
		cfg.Jobs = perProcessor * runtime.GOMAXPROCS(0)
	}
	g := &grader{Config: cfg, places: placesIn(scratch), processors: make(chan struct{}, runtime.GOMAXPROCS(0))}
	if g.builder, err = newBuilder(scratch, runtime.GOMAXPROCS(0)); err != nil {
		return nil, err
	}
	return g.all(ctx, dirs), nil
}

type grader struct {
	Config
	*builder
	places *regexp.Regexp // scratch and its folders, whose names differ from run to run

	processors chan struct{} // for clients: as many as may be checked at once

	counting sync.Mutex
	done     int
}

// A task is a grade to be given.
type task struct {
	exercise *lessons.Exercise
	dir      string // the learner's
	grade    *Grade
}

func (g *grader) all(ctx context.Context, dirs []string) *Class {
	exercises := g.exercises()
	class := &Class{Learners: make([]Learner, len(dirs))}
	for _, e := range exercises {
		class.Exercises = append(class.Exercises, e.Name)
	}
	var servers, clients []task
	for i, name := range namesOf(dirs) {
		grades := make([]Grade, len(exercises))
		class.Learners[i] = Learner{Name: name, Dir: dirs[i], Grades: grades}
		for j, e := range exercises {
			t := task{e, dirs[i], &grades[j]}
			if e.Language == lessons.JS {
				clients = append(clients, t)
			} else {
				servers = append(servers, t)
			}
		}
	}
	g.run(servers, clients, func(t task) { *t.grade = g.grade(ctx, t.exercise, t.dir) })
	return class
}

// run does all tasks, as many at once as there are jobs. A client takes a
// processor before it takes one of those: each of its steps starts a process,
// and times it, and clients that wait keep no server from being checked.
func (g *grader) run(servers, clients []task, do func(task)) {
	jobs := make(chan struct{}, g.Jobs)
	count := func() { g.count(len(servers) + len(clients)) }
	var running sync.WaitGroup
	each := func(tasks []task, slots ...chan struct{}) {
		for _, t := range tasks {
			for _, slot := range slots {
				slot <- struct{}{}
			}
			running.Go(func() {
				do(t)
				for _, slot := range slots {
					<-slot
				}
				count()
			})
		}
	}
	running.Go(func() { each(clients, g.processors, jobs) })
	each(servers, jobs)
	running.Wait()
}

func (g *grader) exercises() (all []*lessons.Exercise) {
	for _, l := range g.Course.Lessons {
		for _, e := range l.Exercises {
			if e.Script != nil {
				all = append(all, e)
			}
		}
	}
	return all
}

func (g *grader) count(all int) {
	g.counting.Lock()
	defer g.counting.Unlock()
	g.done++
	if g.OnGrade != nil {
		g.OnGrade(g.done, all)
	}
}

// grade takes, builds and checks one exercise of one learner.
func (g *grader) grade(ctx context.Context, e *lessons.Exercise, dir string) Grade {
	grade := Grade{Exercise: e.Name, Steps: len(e.Script.Steps)}
	w, err := take(dir, e, g.module)
	if err != nil {
		grade.Verdict, grade.Why = verdictOf(err), err.Error()
		return grade
	}
	outcome, late := g.check(ctx, e, w)
	grade.Verdict, grade.Why = outcome.Verdict(), g.plain(outcome.Words())
	if r := outcome.Report; r != nil {
		grade.Report = r.Stable()
		grade.Passed, grade.Steps = r.Passed(), len(r.Steps)-r.Optional()
	}
	if late {
		grade.Why = fmt.Sprintf("it was not done within the limit of %v", g.Limit)
		if outcome.Report == nil {
			grade.Verdict = check.Inconclusive
		}
	}
	return grade
}

// verdictOf is for what was not taken.
func verdictOf(err error) check.Verdict {
	var no refusal
	switch {
	case errors.Is(err, errNothing):
		return check.NotStarted
	case errors.As(err, &no):
		return check.Fail
	}
	return check.Inconclusive
}

// check builds a program and checks it in a folder of its own: what it writes
// there is no other's. late is that it took longer than it may.
func (g *grader) check(ctx context.Context, e *lessons.Exercise, w *work) (o attempt.Outcome, late bool) {
	root, err := os.MkdirTemp(g.scratch, "check-*")
	if err != nil {
		return attempt.Outcome{Err: &attempt.MachineError{Err: err}}, false
	}
	defer os.RemoveAll(root)
	if err := errors.Join(put(root, w.program), put(root, w.beside)); err != nil {
		return attempt.Outcome{Err: &attempt.MachineError{Err: err}}, false
	}
	p, done, err := g.prepare(ctx, e, w, filepath.Join(root, e.Name))
	defer done()
	if err != nil {
		return attempt.Outcome{Err: err}, false
	}
	ctx, cancel := context.WithTimeout(ctx, g.Limit)
	defer cancel()
	o = p.Check(ctx, e.Script, check.Options{Seed: seed, Patience: check.BusyPatience, Loopback: true, Rerun: rerun(e)})
	return o, errors.Is(ctx.Err(), context.DeadlineExceeded)
}

// prepare returns a program that runs in dir, which is there until done is
// called.
func (g *grader) prepare(ctx context.Context, e *lessons.Exercise, w *work, dir string) (p *attempt.Program, done func(), err error) {
	if e.Language == lessons.JS {
		p, err = attempt.Prepare(ctx, attempt.Source{Dir: dir, File: e.Main()})
		return p, func() {}, err
	}
	p, done, err = g.get(ctx, e.Name, w.program)
	if err == nil {
		p = p.In(dir)
	}
	return p, done, err
}

// rerun is what the learner would write to have a step checked again.
func rerun(e *lessons.Exercise) func(step string) string {
	subject := "http://localhost:3000"
	if e.Script.PlaysServer() {
		subject = e.Name + "/" + e.Main()
	}
	return func(step string) string { return "duplex check " + e.Name + " " + subject + " --step " + step + " -v" }
}

// Verdict is that of the whole class, for an exit code.
func (c *Class) Verdict() check.Verdict {
	var all []check.Result
	for _, l := range c.Learners {
		for _, g := range l.Grades {
			all = append(all, check.Result{Verdict: g.Verdict})
		}
	}
	return check.Worst(all)
}

// Passed counts the exercises that pass.
func (l Learner) Passed() int {
	n := 0
	for _, g := range l.Grades {
		if g.Verdict == check.Pass {
			n++
		}
	}
	return n
}
