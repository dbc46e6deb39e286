package workbench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"duplex/lessons"
	"duplex/lessons/check/program"
	"duplex/lessons/workspace"
)

func TestMain(m *testing.M) {
	program.Keep()
	goleak.VerifyTestMain(m)
}

var course = lessons.Load(lessons.FS())

// open makes a workspace and opens it until the test ends. change may alter
// the configuration.
func open(t testing.TB, change ...func(*Config)) *Bench {
	t.Helper()
	cfg := Config{Dir: filepath.Join(t.TempDir(), "work"), Data: filepath.Join(t.TempDir(), "data"), Course: func() *lessons.Course { return course }}
	for _, c := range change {
		c(&cfg)
	}
	if _, err := workspace.Write(cfg.Dir, course); err != nil {
		t.Fatal(err)
	}
	b := New(cfg)
	t.Cleanup(b.Close)
	return b
}

func (b *Bench) file(t testing.TB, exercise, name string) File {
	t.Helper()
	v, err := b.View(exercise)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range v.Files {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("%s has no %s: %+v", exercise, name, v.Files)
	return File{}
}

// save puts content in the place of whatever a file holds.
func (b *Bench) save(t testing.TB, exercise, name, content string) *Saved {
	t.Helper()
	saved, err := b.Save(exercise, name, Edit{Content: content, Base: b.file(t, exercise, name).Hash, Format: true})
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// serves runs the exercise echo and returns its URL.
func (b *Bench) serves(t testing.TB) string {
	t.Helper()
	own, err := b.Serve(t.Context(), "echo")
	if err != nil || own.URL == "" || own.Build.State != Good {
		t.Fatalf("it does not serve: %+v, %v", own, err)
	}
	return own.URL
}

func solution(t testing.TB, exercise string) string {
	t.Helper()
	return string(course.Exercise(exercise).Solution[0].Source)
}

// fails asserts that err is an *Error of that code, with words.
func fails(t *testing.T, err error, code Code) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Code != code || e.What == "" || e.Why == "" || e.Next == "" {
		t.Fatalf("error is %v, want one of code %s", err, code)
	}
	return e
}

// patience bounds how long a test waits for news. Nothing waits for it but a
// test that fails.
const patience = 3 * time.Minute

// watching takes the news of an exercise.
type watching struct {
	t *testing.T
	w *Watch
}

func (b *Bench) watching(t *testing.T, exercise string) *watching {
	t.Helper()
	w, err := b.Watch(exercise)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	return &watching{t, w}
}

// until takes news until found is content.
func (w *watching) until(what string, found func(News) bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	var seen []News
	for {
		select {
		case <-w.w.Ready():
		case <-ctx.Done():
			w.t.Fatalf("no %s among the news: %+v", what, seen)
		}
		for _, n := range w.w.Take() {
			if found(n) {
				return
			}
			seen = append(seen, n)
		}
	}
}

func (w *watching) state(want Status) (run Run) {
	w.t.Helper()
	w.until("run "+string(want), func(n News) bool {
		if n.Run != nil {
			run = *n.Run
		}
		return run.State == want
	})
	return run
}

func (w *watching) line(text string) {
	w.t.Helper()
	w.until("line "+text, func(n News) bool {
		for _, l := range n.Log {
			if strings.Contains(l.Text, text) {
				return true
			}
		}
		return false
	})
}

func TestBeforeThereIsAWorkspace(t *testing.T) {
	cfg := Config{Dir: filepath.Join(t.TempDir(), "work"), Data: t.TempDir(), Course: func() *lessons.Course { return course }}
	b := New(cfg)
	t.Cleanup(b.Close)
	v, err := b.View("echo")
	if err != nil || v.Exists || v.Gone || len(v.Files) != 1 || !v.Files[0].Starter {
		t.Fatalf("%+v, %v: want the starter", v, err)
	}
	_, err = b.Save("echo", "main.go", Edit{Content: "package main\n", Base: v.Files[0].Hash})
	if e := fails(t, err, NoWorkspace); e.Offer != cfg.Dir {
		t.Errorf("it offers %q, want %q", e.Offer, cfg.Dir)
	}
	_, err = b.Run("echo")
	fails(t, err, NoWorkspace)
	if err := b.Make(); err != nil {
		t.Fatal(err)
	}
	if s := b.State(t.Context()); !s.Exists || !s.Go.Found {
		t.Errorf("then %+v", s)
	}
	b.save(t, "echo", "main.go", "package main\n")
}

// Another bench knows by the versions that there was a workspace; and where it
// is there again, pages are told, whatever became of their files.
func TestWorkspaceAway(t *testing.T) {
	b := open(t)
	b.save(t, "echo", "main.go", "package main\n")
	b.Close()
	away := b.Dir() + "-away"
	if err := os.Rename(b.Dir(), away); err != nil {
		t.Fatal(err)
	}
	b = New(Config{Dir: b.Dir(), Data: b.cfg.Data, Course: b.cfg.Course})
	t.Cleanup(b.Close)
	w := b.watching(t, "no-loss")
	w.until("word that it is gone", func(n News) bool { return n.Gone })
	if err := os.Rename(away, b.Dir()); err != nil {
		t.Fatal(err)
	}
	w.until("the files", func(n News) bool { return n.Files != nil && n.Exists != nil && *n.Exists })
	if err := os.RemoveAll(filepath.Join(b.Dir(), "no-loss")); err != nil {
		t.Fatal(err)
	}
	w.until("no files", func(n News) bool { return n.Names != nil && len(*n.Names) == 0 && *n.Exists })
	if err := os.Rename(b.Dir(), away); err != nil {
		t.Fatal(err)
	}
	w.until("word that it is gone again", func(n News) bool { return n.Gone })
}

func TestSaveFormats(t *testing.T) {
	b := open(t)
	saved := b.save(t, "echo", "main.go", "package main\nfunc main() {  }\n")
	if want := "package main\n\nfunc main() {}\n"; saved.Content != want || !saved.Formatted {
		t.Errorf("saved %+v, want %q", saved, want)
	}
	if f := b.file(t, "echo", "main.go"); f.Content != saved.Content || f.Hash != saved.Hash || f.Starter {
		t.Errorf("then the file is %+v", f)
	}
	saved = b.save(t, "echo", "main.go", "package main\nfunc main( {\n")
	if saved.Formatted || !strings.Contains(saved.Note, "2:") {
		t.Errorf("what does not parse: %+v", saved)
	}
}

// A save on top of a change that its writer has not seen writes nothing, and
// both texts are kept.
func TestConflict(t *testing.T) {
	b := open(t)
	seen := b.file(t, "echo", "main.go")
	theirs := "package main // theirs\n"
	write(t, b, "echo/main.go", theirs)
	_, err := b.Save("echo", "main.go", Edit{Content: "package main // mine\n", Base: seen.Hash})
	if e := fails(t, err, Conflict); e.Theirs.Content != theirs {
		t.Errorf("theirs is %+v", e.Theirs)
	}
	if f := b.file(t, "echo", "main.go"); f.Content != theirs {
		t.Errorf("the file holds %q", f.Content)
	}
	kept := map[string]bool{}
	for _, v := range b.versions(t, "echo", "main.go") {
		kept[v] = true
	}
	if !kept[theirs] || !kept["package main // mine\n"] {
		t.Errorf("kept are %v", kept)
	}
	if _, err := b.Save("echo", "main.go", Edit{Content: theirs, Base: seen.Hash}); err != nil {
		t.Errorf("saving what is there already: %v", err)
	}
}

func write(t testing.TB, b *Bench, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.Dir(), filepath.FromSlash(name)), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// versions returns what the versions hold, the newest first.
func (b *Bench) versions(t testing.TB, exercise, file string) (texts []string) {
	t.Helper()
	list, err := b.Versions(exercise, file)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		text, err := b.Version(exercise, file, v.ID)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}

// An editor's save shows in the page, and is a version.
func TestEditorSaves(t *testing.T) {
	b := open(t)
	w := b.watching(t, "echo")
	w.until("starter", func(n News) bool { return n.Files != nil && (*n.Files)[0].Starter })
	text := "package main // from an editor\n"
	write(t, b, "echo/main.go", text)
	w.until("new text", func(n News) bool { return n.Files != nil && (*n.Files)[0].Content == text })
	b.look() // the file is shown as soon as it is there; what is kept follows
	if kept := b.versions(t, "echo", "main.go"); len(kept) == 0 || kept[0] != text {
		t.Errorf("kept: %q", kept)
	}
}

func TestVersions(t *testing.T) {
	b := open(t)
	begun := b.file(t, "echo", "main.go").Content
	for i := range keptVersions + 5 {
		b.save(t, "echo", "main.go", "package main // "+strings.Repeat("x", i)+"\n")
	}
	kept := b.versions(t, "echo", "main.go")
	if len(kept) != keptVersions || kept[0] != b.file(t, "echo", "main.go").Content {
		t.Errorf("%d versions, the newest %q", len(kept), kept[0])
	}
	files, err := b.Reset("echo")
	if err != nil || files[0].Content != begun || !files[0].Starter {
		t.Errorf("after a reset: %+v, %v", files, err)
	}
	if undo := b.versions(t, "echo", "main.go"); undo[1] != kept[0] {
		t.Errorf("before the reset it was %q, want %q", undo[1], kept[0])
	}
	for _, id := range []string{"", "..", "../../../etc/passwd", kept[0]} {
		_, err := b.Version("echo", "main.go", id)
		fails(t, err, NotFound)
	}
}

// A file that was removed is still among those that have versions.
func TestVersioned(t *testing.T) {
	b := open(t)
	if names, err := b.Versioned("echo"); err != nil || len(names) != 0 {
		t.Errorf("before anything was saved: %q, %v", names, err)
	}
	if _, err := b.Save("echo", "room.go", Edit{Content: "package main\n"}); err != nil {
		t.Fatal(err)
	}
	b.save(t, "echo", "main.go", "package main\n")
	if err := os.Remove(filepath.Join(b.Dir(), "echo", "room.go")); err != nil {
		t.Fatal(err)
	}
	if names, err := b.Versioned("echo"); err != nil || !slices.Equal(names, []string{"main.go", "room.go"}) {
		t.Errorf("there are versions of %q, %v", names, err)
	}
}

func TestNamesThatAreRefused(t *testing.T) {
	b := open(t)
	for _, name := range []string{"", ".", "..", "../main.go", "go.mod", "check.txt", "echo_test.go", "a/b.go", ".hidden.go", "_x.go", `a\b.go`, "main.go\x00"} {
		_, err := b.Save("echo", name, Edit{Content: "package main\n"})
		fails(t, err, BadName)
	}
	_, err := b.Save("echo", "main.go", Edit{Content: strings.Repeat("x", MaxFile+1)})
	fails(t, err, TooLarge)
	_, err = b.Save("../echo", "main.go", Edit{})
	fails(t, err, NotFound)
}
