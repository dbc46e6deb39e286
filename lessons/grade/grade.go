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
	"strings"
	"sync"
	"time"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/attempt"
	"duplex/lessons/check/program"
	"duplex/lessons/workspace"
)

const (
	// DefaultLimit is how long the check of one exercise of one learner may take.
	DefaultLimit = 5 * time.Minute

	// perProcessor is how many checks run at once for each processor. They
	// mostly wait.
	perProcessor = 4

	seed = 1
)

// limits are those of a learner's program.
var limits = program.Limits{Output: 64 << 20, Processes: 500, Memory: 2 << 30}

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
	g := &grader{Config: cfg, scratch: scratch, module: filepath.Join(scratch, "module"), builds: make(chan struct{}, runtime.GOMAXPROCS(0)), clients: make(chan struct{}, runtime.GOMAXPROCS(0)), built: map[string]*build{}}
	if _, err := workspace.Write(g.module, cfg.Course); err != nil {
		return nil, err
	}
	if g.Limit == 0 {
		g.Limit = DefaultLimit
	}
	if g.Jobs == 0 {
		g.Jobs = perProcessor * runtime.GOMAXPROCS(0)
	}
	return g.all(ctx, dirs), nil
}

type grader struct {
	Config
	scratch string
	module  string        // a workspace, whose vendored code the builds use
	builds  chan struct{} // as many as may run at once: they use a processor each
	clients chan struct{} // as many clients as may be checked at once: each step starts a process, and times it

	mu    sync.Mutex
	done  int
	built map[string]*build // by what it is built from
}

func (g *grader) all(ctx context.Context, dirs []string) *Class {
	exercises := g.exercises()
	class := &Class{}
	for _, e := range exercises {
		class.Exercises = append(class.Exercises, e.Name)
	}
	names := namesOf(dirs)
	class.Learners = make([]Learner, len(dirs))
	free := make(chan struct{}, g.Jobs)
	var running sync.WaitGroup
	for i, dir := range dirs {
		grades := make([]Grade, len(exercises))
		class.Learners[i] = Learner{Name: names[i], Dir: dir, Grades: grades}
		for j, e := range exercises {
			free <- struct{}{}
			running.Go(func() {
				grades[j] = g.grade(ctx, e, dir)
				<-free
				g.count(len(dirs) * len(exercises))
			})
		}
	}
	running.Wait()
	return class
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
	g.mu.Lock()
	defer g.mu.Unlock()
	g.done++
	if g.OnGrade != nil {
		g.OnGrade(g.done, all)
	}
}

// grade builds and checks one exercise of one learner.
func (g *grader) grade(ctx context.Context, e *lessons.Exercise, dir string) Grade {
	grade := Grade{Exercise: e.Name, Steps: len(e.Script.Steps)}
	files, err := take(filepath.Join(dir, e.Name), e.Main())
	if err != nil {
		grade.Verdict, grade.Why = check.Fail, err.Error()
		if errors.Is(err, errNothing) {
			grade.Verdict = check.NotStarted
		}
		return grade
	}
	outcome := attempt.Outcome{}
	p, err := g.prepare(ctx, files)
	if err == nil && e.Language == lessons.JS {
		select {
		case g.clients <- struct{}{}:
			defer func() { <-g.clients }()
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	ctx, cancel := context.WithTimeout(ctx, g.Limit)
	defer cancel()
	if err != nil {
		outcome.Err = err
	} else {
		outcome = p.Check(ctx, e.Script, check.Options{Seed: seed, Patience: check.BusyPatience, Loopback: true, Rerun: rerun(e)})
	}
	grade.Verdict, grade.Why = outcome.Verdict(), plain(outcome.Words())
	if r := outcome.Report; r != nil {
		grade.Report = r.Stable()
		grade.Passed, grade.Steps = r.Passed(), len(r.Steps)-r.Optional()
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		grade.Why = fmt.Sprintf("it was not done within the limit of %v", g.Limit)
		if outcome.Report == nil {
			grade.Verdict = check.Inconclusive
		}
	}
	return grade
}

// A build is a program that all have who wrote the same, such as the starter.
type build struct {
	once    sync.Once
	program *attempt.Program
	err     error
}

// prepare writes the files to a folder of the workspace and builds them there,
// once for all who have the same.
func (g *grader) prepare(ctx context.Context, files map[string][]byte) (*attempt.Program, error) {
	key := keyOf(files)
	g.mu.Lock()
	b := g.built[key]
	if b == nil {
		b = &build{}
		g.built[key] = b
	}
	g.mu.Unlock()
	b.once.Do(func() {
		dir := filepath.Join(g.module, key)
		if b.err = put(dir, files); b.err != nil {
			return
		}
		g.builds <- struct{}{}
		defer func() { <-g.builds }()
		b.program, b.err = attempt.Prepare(ctx, attempt.Source{Dir: dir, Exe: filepath.Join(g.scratch, key+".exe"), Limits: limits})
	})
	return b.program, b.err
}

// rerun is what the learner would write to have a step checked again.
func rerun(e *lessons.Exercise) func(step string) string {
	subject := "http://localhost:3000"
	if e.Script.PlaysServer() {
		subject = e.Name + "/" + e.Main()
	}
	return func(step string) string { return "duplex check " + e.Name + " " + subject + " --step " + step + " -v" }
}

var (
	packageLine = regexp.MustCompile(`(?m)^# .*\n`)
	portNumber  = regexp.MustCompile(`\bport \d+\b`)
)

// plain takes out of words what differs from run to run.
func plain(words string) string {
	return strings.TrimSpace(portNumber.ReplaceAllString(packageLine.ReplaceAllString(words, ""), "its port"))
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
