package workspace

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"duplex/lessons"
)

// exercise is a course of one exercise with this starter.
func exercise(starter string) *lessons.Course {
	return &lessons.Course{Lessons: []*lessons.Lesson{{Exercises: []*lessons.Exercise{{
		Name: "echo", Language: lessons.Go, ScriptSource: []byte("exercise echo\n"),
		Starter: []lessons.File{{Path: "echo/exercise/main.go", Source: []byte(starter)}},
	}}}}}
}

// TestStarters writes a workspace, lets the learner edit it, and writes it again
// with another starter.
func TestStarters(t *testing.T) {
	const first, second = "one\ntwo\nthree\n", "one\n2\nthree\n"
	for _, c := range []struct {
		name, edited, next   string
		forgets              bool // as a workspace of an older program
		want                 string
		updated, kept, shown bool
	}{
		{name: "nothing changed", edited: first, next: first, want: first},
		{name: "a new starter", edited: first, next: second, want: second, updated: true},
		{name: "a new starter, other line ends", edited: "one\r\ntwo\r\nthree\r\n", next: second, want: second, updated: true},
		{name: "edited", edited: "mine\n", next: first, want: "mine\n", kept: true},
		{name: "edited, and a new starter", edited: "mine\n", next: second, want: "mine\n", kept: true, shown: true},
		{name: "edited to what the new starter says", edited: second, next: second, want: second},
		{name: "emptied", edited: "", next: second, want: "", kept: true, shown: true},
		{name: "nothing remembered", edited: first, next: second, forgets: true, want: first, kept: true},
		{name: "nothing remembered, nothing changed", edited: first, next: first, forgets: true, want: first},
	} {
		dir := t.TempDir()
		main := filepath.Join(dir, "echo", "main.go")
		rewrite(t, dir, first)
		write(t, main, []byte(c.edited))
		if c.forgets {
			if err := os.RemoveAll(filepath.Join(dir, ".duplex")); err != nil {
				t.Fatal(err)
			}
		}
		w := rewrite(t, dir, c.next)
		if got := content(t, main); got != c.want {
			t.Errorf("%s: the file is %q, want %q", c.name, got, c.want)
		}
		if slices.Contains(w.Updated, "echo/main.go") != c.updated || slices.Contains(w.Kept, "echo/main.go") != c.kept || len(w.Changes) > 0 != c.shown {
			t.Errorf("%s: updated %v, kept %v, changes %v", c.name, w.Updated, w.Kept, w.Changes)
		}
		if again := rewrite(t, dir, c.next); len(again.New)+len(again.Updated)+len(again.Changes) > 0 {
			t.Errorf("%s, the third time: %+v", c.name, again)
		}
	}
}

// TestChange: the difference is that of the starters, and stays to be read.
func TestChange(t *testing.T) {
	dir := t.TempDir()
	rewrite(t, dir, "one\ntwo\n")
	write(t, filepath.Join(dir, "echo", "main.go"), []byte("mine\n"))
	w := rewrite(t, dir, "one\n2\n")
	if len(w.Changes) != 1 {
		t.Fatalf("changes: %+v", w.Changes)
	}
	c := w.Changes[0]
	if c.File != "echo/main.go" || !strings.HasSuffix(string(c.Diff), "--- a/echo/main.go\n+++ b/echo/main.go\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n") {
		t.Errorf("%s:\n%s", c.File, c.Diff)
	}
	rewrite(t, dir, "one\nII\n")
	saved := content(t, filepath.Join(dir, filepath.FromSlash(c.Saved)))
	if !strings.HasPrefix(saved, string(c.Diff)) || !strings.HasSuffix(saved, "-2\n+II\n") {
		t.Errorf("%s holds\n%s", c.Saved, saved)
	}
}

// TestRenamed: a starter does not come back beside the file that took its place,
// but where nothing did.
func TestRenamed(t *testing.T) {
	dir := t.TempDir()
	rewrite(t, dir, "package main\n")
	main, room := filepath.Join(dir, "echo", "main.go"), filepath.Join(dir, "echo", "room.go")
	if err := os.Rename(main, room); err != nil {
		t.Fatal(err)
	}
	w := rewrite(t, dir, "package main // newer\n")
	if _, err := os.Stat(main); err == nil || !slices.Equal(w.Left, []string{"echo/main.go"}) || len(w.New) > 0 {
		t.Errorf("it is back: %v; %+v", err, w)
	}
	if err := os.Remove(room); err != nil {
		t.Fatal(err)
	}
	if w = rewrite(t, dir, "package main\n"); len(w.Left) > 0 || content(t, main) != "package main\n" {
		t.Errorf("it is not back: %+v", w)
	}
}

func rewrite(t *testing.T, dir, starter string) *Written {
	t.Helper()
	w, err := Write(dir, exercise(starter))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func content(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
