package watch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"duplex/lessons/check"
	"duplex/lessons/workspace/sources"
)

// What a program is built from counts, and nothing else.
func TestLook(t *testing.T) {
	d := &desk{t: t, dir: t.TempDir()}
	place := func(name, content string) {
		t.Helper()
		file := filepath.Join(d.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	place("go.mod", "module workspace\n")
	e := newModel(d.dir, d.course()).current
	place("one/room/room.go", "package room\n")
	place("one/words/a.txt", "a")
	if e.changed() || !e.missing() {
		t.Error("there is a program before its main.go")
	}
	place("one/main.go", "package main\n\nimport _ \"workspace/one/room\"\n\n//go:embed words\nvar words string\n")
	if !e.changed() || e.missing() {
		t.Error("main.go does not count")
	}
	for _, c := range []struct {
		name, content string
		counts        bool
	}{
		{"one/room/room.go", "package room // saved", true},
		{"one/words/a.txt", "b", true},
		{"one/words/film.bin", strings.Repeat("x", sources.MaxPart+1), true},
		{"one/words/film.bin", strings.Repeat("x", sources.MaxPart+2), true},
		{"one/main_test.go", "package main", false},
		{"one/._main.go", "package main", false},
		{"one/messages.json", "[]", false},
		{"two/main.go", "package main", false},
		{"go.mod", "module workspace\n\ngo 1.26\n", false},
	} {
		place(c.name, c.content)
		if e.changed() != c.counts {
			t.Errorf("that %s changed is noticed: %v, want %v", c.name, !c.counts, c.counts)
		}
	}
}

// A program that is gone does not pass any more.
func TestRemoved(t *testing.T) {
	d := sit(t, false)
	d.saves("one", "pass")
	d.shows("] 1/3")
	d.remove("one")
	d.shows("There is no one/main.go", "] 0/3")
	d.press("l")
	d.shows("> · one")
	d.press("l")
	d.saves("one", "pass")
	d.shows("everything passes", "] 1/3")
}

// Nor does one that goes while it is checked.
func TestRemovedWhileChecked(t *testing.T) {
	d := sit(t, false)
	d.begins("one")
	d.shows("Not started")
	d.saves("one", "hang")
	d.begins("one")
	d.remove("one")
	d.press("l")
	d.shows("> · one")
}

func (d *desk) remove(name string) {
	d.t.Helper()
	if err := os.Remove(filepath.Join(d.dir, name, "main.go")); err != nil {
		d.t.Fatal(err)
	}
	d.tick <- time.Time{}
}

// The verdict over a program is not taken for that of one that was saved while
// the check ended.
func TestSavedAsTheCheckEnds(t *testing.T) {
	d := sit(t, false)
	d.begins("one")
	d.saves("one", "pass, then fail")
	d.shows("✗ one/first", "Your program printed")
	d.press(Quit)
	<-d.done
	if want := []string{"one fail"}; !slices.Equal(d.told, want) {
		t.Errorf("pages are told %q, want %q", d.told, want)
	}
}

// A verdict is not known any more when the script is another.
func TestForgetsWithTheScript(t *testing.T) {
	d := sit(t, false)
	d.saves("one", "pass")
	d.shows("everything passes")
	c := d.course()
	e := c.Lessons[0].Exercises[0]
	e.ScriptSource = append(slices.Clone(e.ScriptSource), "\n"...)
	m := newModel(d.dir, c)
	m.recall()
	if v := m.exercises[0].verdict; v == check.Pass {
		t.Error("a verdict of an older script is remembered")
	}
}
