package watch

import (
	"path/filepath"
	"regexp"
	"strings"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/attempt"
)

// A model is all that is shown.
type model struct {
	dir       string
	exercises []*exercise
	current   *exercise
	checking  *exercise // or nil
	list      bool      // the list of exercises is shown
	chosen    int       // there
	note      string    // for once
	scroll    int       // lines
}

// An exercise is one of the workspace.
type exercise struct {
	*lessons.Exercise
	dir     string
	hash    string        // of what was seen last; "" where there is no program
	began   string        // hash when the last check began
	verdict check.Verdict // "" as long as it is not known
	passed  int
	steps   []check.Result // so far, of the last check
	trouble string         // why there are none, in some lines
	printed string         // by the program
	stopped bool           // the last check did not come to its end
	hints   int            // that were shown of hinted
	hinted  string         // a step
}

func newModel(dir string, c *lessons.Course) *model {
	m := &model{dir: dir}
	for _, l := range c.Lessons {
		for _, e := range l.Exercises {
			if e.Script != nil {
				one := &exercise{Exercise: e, dir: filepath.Join(dir, e.Name)}
				one.hash = one.look()
				m.exercises = append(m.exercises, one)
			}
		}
	}
	if len(m.exercises) > 0 {
		m.current = m.exercises[0]
	}
	return m
}

func (e *exercise) missing() bool { return e.hash == "" }

// file is what the learner edits, from the workspace's folder.
func (e *exercise) file() string { return e.Name + "/" + e.Main() }

// forget drops what was known: the program is another.
func (e *exercise) forget() {
	e.verdict, e.passed, e.steps, e.trouble, e.printed = "", 0, nil, "", ""
}

// begin is for a check that begins.
func (e *exercise) begin() {
	e.forget()
	e.stopped, e.began = false, e.hash
}

// stale reports whether the last check was of another program than is there.
func (e *exercise) stale() bool { return e.began != e.hash }

// end takes in the outcome of a check.
func (e *exercise) end(o attempt.Outcome) {
	e.verdict, e.trouble, e.printed = o.Verdict(), short(o.Words(), e.Name), lastLines(o.Output, 5)
	if o.Report != nil {
		e.steps, e.passed = o.Report.Steps, o.Report.Passed()
		for _, r := range e.steps {
			e.stopped = e.stopped || r.Verdict == check.Inconclusive && strings.Contains(r.Why, "the check was stopped")
		}
	} else {
		e.stopped = o.Stopped()
	}
	if e.stopped {
		e.forget()
	}
}

// failed is the first step that does not pass, or nil.
func (e *exercise) failed() *check.Result {
	for i, r := range e.steps {
		if r.Verdict != check.Pass && !r.Optional {
			return &e.steps[i]
		}
	}
	return nil
}

// allHints are the hints for what to do next, and the step that they are of:
// the one that fails, or the first.
func (e *exercise) allHints() (hints []string, step string) {
	if r := e.failed(); r != nil {
		return r.Hints, r.Step
	}
	first := e.Script.Steps[0]
	return first.Hints, first.Name
}

// shownHints are those that the learner has asked for.
func (e *exercise) shownHints() []string {
	all, step := e.allHints()
	if step != e.hinted || e.verdict == check.Pass || e.trouble != "" {
		return nil
	}
	return all[:e.hints]
}

func (m *model) passed() int {
	n := 0
	for _, e := range m.exercises {
		if e.verdict == check.Pass {
			n++
		}
	}
	return n
}

// next is the next exercise after the current one that is not passed, or nil.
func (m *model) next() *exercise {
	at := m.index(m.current)
	for i := range m.exercises {
		e := m.exercises[(at+1+i)%len(m.exercises)]
		if e.verdict != check.Pass && e != m.current {
			return e
		}
	}
	return nil
}

func (m *model) index(e *exercise) int {
	for i, other := range m.exercises {
		if other == e {
			return i
		}
	}
	return 0
}

var (
	packageLine = regexp.MustCompile(`^# `)
	position    = regexp.MustCompile(`^(?:\./)?([\w.-]+\.go:\d+)`)
)

// short is the beginning of what a compiler says, with the paths that it names
// as seen from the workspace.
func short(words, exercise string) string {
	var lines []string
	for line := range strings.Lines(words) {
		line = strings.TrimRight(line, "\r\n")
		if packageLine.MatchString(line) || line == "" {
			continue
		}
		lines = append(lines, position.ReplaceAllString(line, exercise+"/$1"))
	}
	if len(lines) > 12 {
		lines = append(lines[:12], "…")
	}
	return strings.Join(lines, "\n")
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	if len(lines) > n {
		lines = append([]string{"…"}, lines[len(lines)-n:]...)
	}
	return strings.Join(lines, "\n")
}
