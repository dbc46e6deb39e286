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
	"duplex/lessons/check/columns"
	"duplex/lessons/check/program"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds a wait. Nothing waits for it but a test that fails.
const patience = 20 * time.Second

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

// check is a checker: "pass", "fail", "starter", "hang", or what a compiler says.
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

func TestFromStarterToPass(t *testing.T) {
	d := sit(t, false)
	d.begins("one")
	d.shows("one  one/main.go", "Do one, 世界.", "Not started. Open one/main.go", "] 0/3", "n next · h hint")
	d.saves("one", "# workspace/one\n./main.go:7:3: undefined: x\n")
	d.shows("does not build", "\none/main.go:7:3: undefined: x")
	d.press("h")
	d.shows("First mend what is said above")
	d.saves("one", "fail")
	d.shows("✗ first  ✗ second", "✗ one/first: nothing came", "got       ← nothing at all", "Your program printed:\na line")
	d.press("h")
	d.shows("Hint 1 of 2: Look at it.")
	d.press("h", "h")
	d.shows("Hint 1 of 2", "Hint 2 of 2: Look again.", "That is every hint for this step.")
	d.saves("one", "pass")
	d.shows("✓ first  ✓ second", "everything passes. Press n", "] 1/3")
	if strings.Contains(d.out.screen(), "Hint") {
		t.Errorf("hints stay:\n%s", d.out.screen())
	}
	d.press("n")
	d.shows("two  two/main.go", "Not started")
	d.press(Quit)
	<-d.done
	d.shows("1 of 3 exercises pass.")
	if want := []string{"one fail", "one pass"}; !slices.Equal(d.told, want) {
		t.Errorf("pages are told %q, want %q", d.told, want)
	}
}

// What is saved comes first, and what was stopped for it is done later.
func TestSavedComesFirst(t *testing.T) {
	d := sit(t, false)
	d.begins("one")
	d.shows("Not started")
	d.saves("two", "hang")
	d.begins("two")
	d.shows("two  two/main.go", "Checking")
	d.saves("three", "fail")
	d.begins("three")
	d.shows("three  three/main.go", "✗ three/first")
	d.begins("two")
	d.saves("two", "pass")
	d.begins("two")
	d.shows("✓ two: everything passes")
}

func TestListAndCheckAll(t *testing.T) {
	d := sit(t, false)
	d.begins("one")
	d.press("l")
	d.shows("> · one", "  · two", "Enter go there")
	d.press(Down, "j", Down)
	d.shows("> · three")
	d.press(Up, Enter)
	d.begins("two")
	d.shows("two  two/main.go", "Not started")
	d.save("one", "pass")
	d.save("three", "fail")
	d.press("c")
	d.shows("] 1/3")
	d.press("l", Esc, "q")
	<-d.done
}

func TestNothingLeft(t *testing.T) {
	d := sit(t, false)
	d.shows("Not started")
	for _, name := range names {
		d.saves(name, "pass")
		d.shows(name+"  "+name+"/main.go", "everything passes")
	}
	d.press("n")
	d.shows("All exercises pass", "] 3/3")
}

// A verdict is known as long as the program is the same.
func TestRemembers(t *testing.T) {
	d := sit(t, false)
	d.begins("one")
	d.saves("one", "pass")
	d.shows("everything passes")
	m := newModel(d.dir, d.course())
	m.recall()
	if m.passed() != 1 || m.current.Name != "two" || m.current.verdict != check.NotStarted {
		t.Errorf("%d pass, current is %s, %q", m.passed(), m.current.Name, m.current.verdict)
	}
	d.save("one", "changed")
	m = newModel(d.dir, d.course())
	m.recall()
	if m.passed() != 0 || m.current.Name != "one" || m.current.verdict != "" {
		t.Errorf("%d pass, current is %s, %q", m.passed(), m.current.Name, m.current.verdict)
	}
}

func (d *desk) course() *lessons.Course {
	files := fstest.MapFS{"course.md": file("---\ntitle: T\nsummary: S\n---\n1. [One](one/lesson.md)\n2. [Two](two/lesson.md)\n")}
	for _, name := range names[:2] {
		files[name+"/lesson.md"] = file("---\ntitle: T\nsummary: S\nminutes: 1\n---\n## A\n")
		files[name+"/check.txt"] = file(fmt.Sprintf(script, name))
		files[name+"/exercise/main.go"] = file("starter")
	}
	return lessons.Load(files)
}

// TestFits draws each screen in many sizes: no line is too wide, and the keys
// are seen.
func TestFits(t *testing.T) {
	m := newModel(t.TempDir(), (&desk{}).course())
	e := m.current
	e.hash, e.verdict, e.hints, e.hinted = "x", check.Fail, 2, "first"
	for _, s := range e.Script.Steps {
		e.steps = append(e.steps, check.Result{Exercise: "one", Step: s.Name, Verdict: check.Fail, Hints: s.Hints, Why: "世界世界 " + strings.Repeat("word ", 40), Got: strings.Repeat("xy ", 10)})
	}
	for width := 32; width <= 100; width++ {
		for _, height := range []int{3, 8, 24, 60} {
			for _, list := range []bool{false, true} {
				m.list = list
				lines := (&page{width: width, color: true}).compose(m, height)
				if len(lines) != height {
					t.Fatalf("%d×%d: %d lines", width, height, len(lines))
				}
				for _, line := range lines {
					if n := columns.Width(line); n > width && !strings.Contains(line, "世界") { // a report counts letters
						t.Fatalf("%d×%d: %d columns in %q", width, height, n, line)
					}
				}
				if last := lines[height-1]; !strings.Contains(last, "quit") && !strings.Contains(last, "back") {
					t.Fatalf("%d×%d ends in %q", width, height, last)
				}
			}
		}
	}
}

func TestWithoutTerminal(t *testing.T) {
	d := sit(t, true)
	d.shows("Watching 3 exercises", "Ctrl+C ends it", "one/main.go: checking …", "not started: open one/main.go")
	d.saves("two", "fail")
	d.shows("two/main.go: checking …", "✗ two/first: nothing came", "✗ two: 0 of 2 steps pass", "0 of 3 exercises pass")
	d.saves("two", "pass")
	d.shows("✓ two: every step passes", "1 of 3 exercises pass")
	d.out.mu.Lock()
	defer d.out.mu.Unlock()
	if strings.Contains(d.out.all.String(), "\x1b") {
		t.Errorf("escape sequences: %q", d.out.all.String())
	}
}

func TestKeys(t *testing.T) {
	for typed, want := range map[string][]Key{
		"nq":              {"n", "q"},
		"\x1b[A\x1b[B":    {Up, Down},
		"\x1bOA":          {Up},
		"\x1b":            {Esc},
		"\r\n":            {Enter, Enter},
		"\x03":            {Quit},
		"\x04":            {Quit},
		"\x1b[15~n":       {"n"},
		"\x1b[1;5Cq":      {"q"},
		"ß\x00\x1b[200~h": {"h"},
	} {
		if got := parseKeys([]byte(typed)); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	keys := make(chan Key, 10)
	ReadKeys(strings.NewReader("n"), keys)
	if key := <-keys; key != "n" {
		t.Errorf("%q", key)
	}
	if _, open := <-keys; open {
		t.Error("the end of the input is not said")
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		words string
		width int
		want  []string
	}{
		{"a b c", 3, []string{"a b", "c"}},
		{"abcdef", 4, []string{"abcd", "ef"}},
		{"  ab cd", 4, []string{"  ab", "cd"}},
		{"世界世界", 5, []string{"世界", "世界"}},
		{"", 5, []string{""}},
		{"x", 1, []string{"x"}},
	} {
		if got := wrap(c.words, c.width); !slices.Equal(got, c.want) {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.words, c.width, got, c.want)
		}
	}
}
