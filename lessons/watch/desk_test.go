package watch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/attempt"
	"duplex/lessons/check/program"
)

// A desk is a learner at work: a workspace, a terminal, and a checker that
// takes the program's first line for its outcome.
type desk struct {
	t             *testing.T
	dir           string
	width, height int
	keys          chan Key
	tick          chan time.Time
	out           terminal
	done          chan struct{}
	told          []string
	began         chan string // exercises, as their checks begin
}

// names of the exercises.
var names = []string{"one", "two", "three"}

const script = `exercise %s
  goal  Do %[1]s, 世界.

step first
  says  First.
  hint  Look at it.
  hint  Look again.
  request GET /
  status 200

step second
  says  Second.
  hint  And then?
  request GET /
  status 200
`

func sit(t *testing.T, plain bool) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir(), width: 60, height: 20, tick: make(chan time.Time), done: make(chan struct{}), began: make(chan string, 100)}
	files := fstest.MapFS{"course.md": file("---\ntitle: T\nsummary: S\n---\n1. [One](one/lesson.md)\n2. [Two](two/lesson.md)\n3. [Three](three/lesson.md)\n")}
	for _, name := range names {
		files[name+"/lesson.md"] = file("---\ntitle: T\nsummary: S\nminutes: 1\n---\n## A\n")
		files[name+"/check.txt"] = file(fmt.Sprintf(script, name))
		files[name+"/exercise/main.go"] = file("starter")
		d.save(name, "starter")
	}
	course := lessons.Load(files)
	for _, l := range course.Lessons {
		if l.Exercises[0].Script == nil {
			t.Fatal(course.Defects())
		}
	}
	cfg := Config{Dir: d.dir, Course: course, Out: &d.out, tick: d.tick, check: d.check,
		Size: func() (int, int) { return d.width, d.height },
		Told: func(r *check.Report) { d.told = append(d.told, r.Exercise+" "+string(r.Verdict)) },
	}
	if !plain {
		d.keys = make(chan Key)
		cfg.Keys = d.keys
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(d.done)
		if err := Run(ctx, cfg); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { cancel(); <-d.done })
	return d
}

func file(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func (d *desk) save(name, source string) {
	d.t.Helper()
	dir := filepath.Join(d.dir, name)
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o644)); err != nil {
		d.t.Fatal(err)
	}
}

// saves writes a program, and lets the watch look.
func (d *desk) saves(name, source string) { d.save(name, source); d.tick <- time.Time{} }

func (d *desk) press(keys ...Key) {
	for _, key := range keys {
		d.keys <- key
	}
}

// check is a checker: "pass", "fail", "starter", "hang", "pass, then fail", or what a compiler says.
func (d *desk) check(ctx context.Context, e *exercise, onStep func(check.Result)) attempt.Outcome {
	d.began <- e.Name
	source, err := os.ReadFile(filepath.Join(d.dir, e.Name, "main.go"))
	if err != nil {
		return attempt.Outcome{Err: err}
	}
	report := &check.Report{Exercise: e.Name}
	for _, s := range e.Script.Steps {
		r := check.Result{Exercise: e.Name, Step: s.Name, Says: s.Says, Hints: s.Hints, Verdict: check.Pass}
		switch string(source) {
		case "pass":
		case "pass, then fail": // the learner saves while the check ends
			d.save(e.Name, "fail")
		case "starter":
			r.Verdict = check.NotStarted
		case "fail":
			r.Verdict, r.Why, r.Got, r.Rerun = check.Fail, "nothing came", "← nothing at all", "duplex check"
		case "hang":
			<-ctx.Done()
			r.Verdict, r.Why = check.Inconclusive, "not tried: the check was stopped"
		default:
			return attempt.Outcome{Err: &program.BuildError{Output: string(source)}}
		}
		onStep(r)
		report.Steps = append(report.Steps, r)
	}
	report.Verdict = check.Worst(report.Steps)
	return attempt.Outcome{Report: report, Output: "a line of the program's\n"}
}

// shows waits until the screen, or what was written, holds every text.
func (d *desk) shows(texts ...string) {
	d.t.Helper()
	overdue := time.After(patience)
	for {
		changed := d.out.wait()
		screen := d.out.screen()
		missing := slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return strings.Contains(screen, text) })
		if len(missing) == 0 {
			return
		}
		select {
		case <-changed:
		case <-overdue:
			d.t.Fatalf("the screen never shows %q:\n%s", missing, screen)
		}
	}
}

func (d *desk) begins(want string) {
	d.t.Helper()
	select {
	case got := <-d.began:
		if got != want {
			d.t.Errorf("the check of %s begins, want %s", got, want)
		}
	case <-time.After(patience):
		d.t.Fatalf("the check of %s never begins", want)
	}
}

// A terminal remembers what is written to it.
type terminal struct {
	mu      sync.Mutex
	all     bytes.Buffer
	changed chan struct{}
}

func (o *terminal) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.changed != nil {
		close(o.changed)
		o.changed = nil
	}
	return o.all.Write(b)
}

// wait returns what is closed at the next write.
func (o *terminal) wait() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.changed == nil {
		o.changed = make(chan struct{})
	}
	return o.changed
}

var escapes = regexp.MustCompile(`\x1b\[[?0-9;]*[A-Za-z]`)

// screen is what was drawn last, without colours.
func (o *terminal) screen() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.all.String()
	if i := strings.LastIndex(s, home); i >= 0 {
		s = s[i:]
	}
	return strings.ReplaceAll(escapes.ReplaceAllString(s, ""), "\r\n", "\n")
}
