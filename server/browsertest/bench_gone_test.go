package browsertest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// vanish takes the workspace away, as rm -rf does.
func (b *bench) vanish() {
	b.t.Helper()
	if err := os.RemoveAll(b.folder); err != nil {
		b.t.Fatal(err)
	}
}

// TestBenchGone: where the folder vanishes under a page, what was written stays
// in it, saved or not, also after a reload; made again, the folder has it.
func TestBenchGone(t *testing.T) {
	t.Parallel()
	for name, unsaved := range map[string]string{"saved": "", "unsaved": "// and unsaved words\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openBench(startBench(t), wide, light, "echo")
			b.enter()
			b.keys("// mine\n")
			b.make()
			if b.enter(); unsaved != "" {
				b.keys(unsaved)
			}
			text := eval[string](b.page, b.editor())
			b.vanish()
			b.sees(b.in(".wb-ask"), "The folder "+b.folder+" is gone. What you wrote is kept in this browser.")
			b.sees(b.in(".wb-kept"), "Kept in this browser")
			b.shot("gone")
			b.accessible(b.stage)
			b.press(b.stage, "Versions")
			b.sees(b.in(".vs-list"), "saved in this page")
			b.holds(text)

			b.reload()
			b.bring(b.stage)
			b.holds(text)
			b.press(b.in(".wb-ask"), "Make it again")
			b.sees(b.in(".ex-state"), "Your work is in "+b.folder)
			b.saved()
			if got := b.onDisk(); got != text {
				t.Errorf("the folder that was made again holds\n%s", got)
			}
		})
	}
}

// TestBenchGoneAtOnce: the folder that is made again without a reload has the
// text, and other files of the learner's as well.
func TestBenchGoneAtOnce(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	b.enter()
	b.keys("// mine\n")
	b.make()
	room := strings.Replace(b.file(), "main.go", "room.go", 1)
	if err := os.WriteFile(room, []byte("package main\n\n// a room\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.sees(b.in(".wb-names"), "room.go")
	b.vanish()
	b.press(b.in(".wb-ask"), "Make it again")
	b.sees(b.in(".ex-state"), "Your work is in "+b.folder)
	b.saved()
	if got := b.onDisk(); !strings.Contains(got, "// mine") {
		t.Errorf("the folder holds\n%s", got)
	}
	if got, err := os.ReadFile(room); err != nil || !strings.Contains(string(got), "// a room") {
		t.Errorf("the other file holds %q, %v", got, err)
	}
}

// TestBenchElsewhere: a server that is started for another folder, which is not
// made yet, takes nothing away from a page that is open.
func TestBenchElsewhere(t *testing.T) {
	t.Parallel()
	s := startBench(t)
	b := openBench(s, wide, light, "echo")
	b.excuse(unanswered...)
	b.excuse("403")
	b.enter()
	b.keys("// mine\n")
	b.make()
	back := s.away()
	b.folder = filepath.Join(t.TempDir(), "elsewhere")
	s.work = b.folder
	back()
	b.make()
	if got := b.onDisk(); !strings.Contains(got, "// mine") {
		t.Errorf("the folder holds\n%s", got)
	}
}
