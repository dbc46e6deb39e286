package lessons_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/program"
)

var (
	update = flag.Bool("update", false, "write the golden files of the exercises instead of comparing with them")
	only   = flag.String("only", "", "check only the programs of the exercises that match this `regexp`, such as echo/trims")
	runs   = flag.Int("runs", 1, "how often each program of the exercises is checked")
	raced  = flag.Bool("raced", false, "build the programs of the exercises with the race detector")
)

const (
	// seed makes the random words and payloads of a check the same in every
	// run, so that a report can be compared with a golden file.
	seed = 1

	// checking is how many programs are checked at the same time. A check
	// mostly waits, for the second between two events for instance, so there
	// are more of them than processors.
	checking = 16
)

// A subject is a program that its exercise's script is held against.
type subject struct {
	exercise *lessons.Exercise
	name     string // of its golden file: starter, solution, or the mistake
	dir      string // where it is built
	build    string // the file of it that is built, or run
	verdict  check.Verdict
	fails    string // the step that a wrong variant has to fail
}

// An outcome is how one check of a subject went.
type outcome struct {
	report *check.Report
	output string // what the program printed
	err    error
}

// TestExercises builds every starter, solution and wrong variant in Go, checks
// it and compares the report with testdata/EXERCISE/NAME.txt. What a learner
// reads when a mistake is made is thus under review as code is: read the golden
// file as a beginner would, and ask whether it alone says what to change.
func TestExercises(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the exercises' programs are not built and checked")
	}
	t.Parallel()
	compareAll(t, subjects(t, lessons.Go), tryGo)
}

// compareAll checks the subjects, several at a time, and judges the outcomes.
// One that is not as it has to be is checked once more, alone: a script measures
// a program's time from the outside, and where the machine is too busy to let
// the program be in time, that is no fault of the two.
func compareAll(t *testing.T, all []subject, try func(*testing.T, []subject) [][]outcome) {
	t.Helper()
	outcomes := try(t, all)
	for i, s := range all {
		t.Run(s.exercise.Name+"/"+s.name, func(t *testing.T) {
			for _, o := range outcomes[i] {
				if wrong := s.complaint(t, o); wrong != "" && *runs == 1 {
					t.Logf("beside others:\n%s", wrong)
					o = try(t, []subject{s})[0][0]
				}
				s.judge(t, o)
			}
		})
	}
}

// tryGo builds and checks every subject.
func tryGo(t *testing.T, all []subject) [][]outcome {
	t.Helper()
	dir := t.TempDir()
	builds := make(chan struct{}, runtime.GOMAXPROCS(0))
	checks := make(chan struct{}, checking)
	outcomes := make([][]outcome, len(all))
	var wg sync.WaitGroup
	for i, s := range slices.Backward(all) { // events last in the course, and the longest to check
		wg.Go(func() {
			exe := filepath.Join(dir, s.exercise.Name+"-"+s.name+".exe")
			builds <- struct{}{}
			err := s.compile(t.Context(), exe)
			<-builds
			if err != nil {
				outcomes[i] = []outcome{{err: err}}
				return
			}
			checks <- struct{}{}
			defer func() { <-checks }()
			for range *runs {
				outcomes[i] = append(outcomes[i], s.try(t.Context(), exe))
			}
		})
	}
	wg.Wait()
	return outcomes
}

// subjects are the programs of the exercises in a language.
func subjects(t *testing.T, language string) []subject {
	t.Helper()
	var all []subject
	for _, e := range exercises(t) {
		if e.Language != language {
			continue
		}
		all = append(all,
			subject{e, "starter", filepath.Join(e.Dir, lessons.StarterDir), e.Main(), check.NotStarted, ""},
			subject{e, "solution", filepath.Join(e.Dir, lessons.SolutionDir), e.Main(), check.Pass, ""})
		for _, v := range e.Wrong {
			dir, file := filepath.Split(filepath.FromSlash(v.File.Path))
			all = append(all, subject{e, v.Name, dir, file, check.Fail, v.Fails})
		}
	}
	match := regexp.MustCompile(*only)
	return slices.DeleteFunc(all, func(s subject) bool { return !match.MatchString(s.exercise.Name + "/" + s.name) })
}

// exercises are those of the course, and each is sound.
func exercises(t *testing.T) []*lessons.Exercise {
	t.Helper()
	course := lessons.Load(os.DirFS("."))
	var all []*lessons.Exercise
	for _, name := range []string{"handshake", "echo", "chat", "first-words", "binary", "reconnect", "no-loss", "events", "event-source"} {
		e := course.Exercise(name)
		if e == nil || e.Script == nil {
			t.Fatalf("the course has no sound exercise %s; its defects:\n%v", name, course.Defects())
		}
		if e.Script.PlaysServer() != (e.Language == lessons.JS) {
			t.Errorf("exercise %s: the script and the starter are not for the same side", name)
		}
		all = append(all, e)
	}
	return all
}

func (s subject) compile(ctx context.Context, exe string) error {
	what := s.build
	if what == "main.go" {
		what = "." // it may have other files
	}
	args := []string{what}
	if *raced {
		args = append([]string{"-race"}, args...)
	}
	return program.Build(ctx, exe, program.Config{Dir: s.dir}, args...)
}

// try starts the program and checks it once: a wrong variant as far as the step
// that it has to fail, for what follows from the same mistake says nothing new.
func (s subject) try(ctx context.Context, exe string) outcome {
	p, err := program.Start(ctx, exe)
	if err != nil {
		return outcome{err: err}
	}
	defer p.Stop()
	report := runUntil(ctx, s.exercise.Script, s.fails, check.Options{Target: p.URL(), Seed: seed, Patience: check.BusyPatience})
	return outcome{report: report, output: p.Output()}
}

// runUntil runs the script up to and including a step; "" is all of it.
func runUntil(ctx context.Context, script *check.Script, step string, opt check.Options) *check.Report {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	opt.OnStep = func(r check.Result) {
		if r.Step == step {
			stop()
		}
	}
	report := script.Run(ctx, opt)
	if last := slices.IndexFunc(report.Steps, func(r check.Result) bool { return r.Step == step }); last >= 0 {
		report.Steps = report.Steps[:last+1]
	}
	return report
}

// judge fails the test if an outcome is not as it has to be.
func (s subject) judge(t *testing.T, o outcome) {
	t.Helper()
	if wrong := s.complaint(t, o); wrong != "" {
		t.Errorf("%s\nthe program printed:\n%s", wrong, o.output)
	}
	if o.report != nil {
		t.Logf("checked in %v", time.Duration(o.report.Took).Round(time.Millisecond))
	}
}

// complaint says what is wrong with an outcome, or "".
func (s subject) complaint(t *testing.T, o outcome) string {
	t.Helper()
	switch {
	case o.err != nil:
		return o.err.Error()
	case s.verdict == check.Pass && strings.Contains(o.output, "DATA RACE"):
		return "the program has a data race"
	case o.report.Verdict == s.verdict && (s.fails == "" || verdictOf(o.report, s.fails) == check.Fail):
		return compare(t, filepath.Join("testdata", s.exercise.Name, s.name+".txt"), s.stable(t, o.report))
	case s.fails != "":
		return fmt.Sprintf("the step %s has to fail; it is %q:\n%s", s.fails, verdictOf(o.report, s.fails), s.stable(t, o.report))
	}
	return fmt.Sprintf("the verdict is %s, want %s:\n%s", o.report.Verdict, s.verdict, s.stable(t, o.report))
}

// verdictOf is that of the step, or "" if it was not run.
func verdictOf(r *check.Report, step string) check.Verdict {
	for _, s := range r.Steps {
		if s.Step == step {
			return s.Verdict
		}
	}
	return ""
}

// varies finds what differs between two runs of the same mistake, such as which
// of many messages is the first that overtook the others.
var varies = map[string]*regexp.Regexp{
	"echo/fatal":                 regexp.MustCompile(`.+`), // who is the first to notice that the server is gone
	"echo/goroutine-per-message": regexp.MustCompile(`message \d+,`),
	"chat/goroutine-per-message": regexp.MustCompile(`line \d+,|\b[ab] \d+,|of [ab]\b`),
	"chat/newline-joined":        regexp.MustCompile(`"line 1,.*bytes\)`),
	"chat/short-queue":           regexp.MustCompile(`message \d+|line \d+,`),
	"chat/slow-reader-blocks":    regexp.MustCompile(`message \d+|Text "[^"]*"… \([0-9,]+ bytes\)`),
	"chat/full-queue-waits":      regexp.MustCompile(`message \d+|Text "[^"]*"… \([0-9,]+ bytes\)`),
	"reconnect/anew-on-open":     gaps,
	"reconnect/at-once":          gaps,
	"reconnect/same-wait":        gaps,
	"events/no-empty-line":       regexp.MustCompile(`( ⏎ "(id|data): [^"]*")+$`),
}

// gaps are times between two connections: on a busy machine another one of them
// is the first that is too short.
var gaps = regexp.MustCompile(`\d+ms`)

// hungUp is how TCP ended: with bytes left unread it is a reset.
var hungUp = regexp.MustCompile(`TCP (closed|reset)`)

// stable is the report as a terminal shows it, without what differs from run
// to run.
func (s subject) stable(t *testing.T, r *check.Report) []byte {
	t.Helper()
	r, vary := r.Stable(), varies[s.exercise.Name+"/"+s.name]
	for i := range r.Steps {
		step := &r.Steps[i]
		for _, words := range []*string{&step.Why, &step.Sent, &step.Expected, &step.Got} {
			*words = hungUp.ReplaceAllString(*words, "TCP ended")
			if vary != nil {
				*words = vary.ReplaceAllString(*words, "…")
			}
		}
	}
	var b bytes.Buffer
	for _, step := range r.Steps {
		if err := step.Write(&b, check.Style{Width: 100}); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// compare says how got differs from the golden file, or "" if it does not. With
// -update it makes the file what got is.
func compare(t *testing.T, golden string, got []byte) string {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(golden), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return ""
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("%v; go test ./lessons -run TestExercises -update writes it", err)
	}
	if bytes.Equal(got, want) {
		return ""
	}
	return fmt.Sprintf("the report differs from %s\n--- got\n%s\n--- want\n%s", golden, got, want)
}

// TestGoldenFiles finds golden files that no program writes any more.
func TestGoldenFiles(t *testing.T) {
	if *only != "" {
		t.Skip("-only: not all programs are known")
	}
	known := map[string]bool{}
	for _, s := range append(subjects(t, lessons.Go), subjects(t, lessons.JS)...) {
		known[filepath.Join("testdata", s.exercise.Name, s.name+".txt")] = true
	}
	for _, name := range []string{"handshake", "echo", "chat", "events", "first-words", "binary", "reconnect", "no-loss", "event-source"} {
		files, err := filepath.Glob(filepath.Join("testdata", name, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if !known[file] {
				t.Errorf("%s belongs to no program: remove it", file)
			}
		}
	}
}
