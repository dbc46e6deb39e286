package watch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/columns"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds a wait. Nothing waits for it but a test that fails.
const patience = 20 * time.Second

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
