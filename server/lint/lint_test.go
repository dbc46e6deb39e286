package lint

import (
	"context"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"duplex/lessons"
	"duplex/lessons/check/client"

	"go.uber.org/goleak"
)

// TestMain looks for leaked goroutines. The clock of the highlighter's regular
// expressions is no leak: it ends by itself.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

var update = flag.Bool("update", false, "write the golden files anew")

// source is a file of the module that lessons quote.
var source = fstest.MapFS{"server/demo/echo.go": {Data: []byte("package demo\n\n// region loop\nfor {\n\t// ```\n}\n// endregion loop\n")}}

// port finds what differs from run to run.
var port = regexp.MustCompile(`port \d+`)

func golden(t *testing.T, file string, problems []lessons.Problem) {
	t.Helper()
	var b strings.Builder
	for _, p := range problems {
		b.WriteString(port.ReplaceAllString(p.String(), "port N") + "\n")
	}
	compare(t, file, b.String())
}

// compare holds got against a golden file; with -update it writes that.
func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant (%s)\n%s", got, file, want)
	}
}

// TestEveryDefect lints a course that has one of every defect which shows
// without running anything.
func TestEveryDefect(t *testing.T) {
	course := os.DirFS("testdata/defects")
	golden(t, "testdata/defects.golden", Run(t.Context(), Options{Course: course, Dir: "testdata/defects", Source: source}))
}

// TestPrograms builds and runs exercises whose programs are not what they
// should be.
func TestPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a dozen programs")
	}
	opt := Options{Course: os.DirFS("testdata/programs"), Dir: "testdata/programs", Exec: true, Note: func(s string) { t.Error(s) }}
	golden(t, "testdata/programs.golden", Run(t.Context(), opt))
}

// TestClients runs exercises in JavaScript whose programs are not what they
// should be, on disk and from a course that is embedded.
func TestClients(t *testing.T) {
	if testing.Short() {
		t.Skip("runs half a dozen programs")
	}
	if err := client.Runtime(); err != nil {
		t.Skip(err)
	}
	for _, dir := range []string{"testdata/clients", ""} {
		opt := Options{Course: os.DirFS("testdata/clients"), Dir: dir, Exec: true, Note: func(s string) { t.Error(s) }}
		golden(t, "testdata/clients.golden", Run(t.Context(), opt))
	}
}

// TestProgramsOutsideOfAModule: a course that is embedded, or lies where no
// module is, is built in a workspace made for it.
func TestProgramsOutsideOfAModule(t *testing.T) {
	if testing.Short() {
		t.Skip("builds three programs")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/programs")); err != nil {
		t.Fatal(err)
	}
	manifest := "---\ntitle: T\nsummary: S\n---\n1. [Good](good/lesson.md)\n"
	if err := os.WriteFile(filepath.Join(dir, "course.md"), []byte(manifest), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, where := range []string{"", dir} {
		problems := Run(t.Context(), Options{Course: os.DirFS(dir), Dir: where, Exec: true, Note: func(s string) { t.Error(s) }})
		problems = slices.DeleteFunc(problems, func(p lessons.Problem) bool { return strings.HasSuffix(p.File, "lesson.md") })
		if len(problems) > 0 {
			t.Errorf("Dir %q: %v", where, problems)
		}
	}
}

// TestNoToolChain: one line says so, and the rest is linted.
func TestNoToolChain(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var notes []string
	problems := Run(t.Context(), Options{
		Course: os.DirFS("testdata/defects"), Source: source, Exec: true,
		Note: func(s string) { notes = append(notes, s) },
	})
	if len(notes) == 0 || !strings.Contains(notes[0], "no Go tool chain") {
		t.Errorf("notes: %q", notes)
	}
	if len(problems) == 0 {
		t.Error("nothing else was linted")
	}
}

// TestEnds: a lint that is called off ends, without inventing defects.
func TestEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	opt := Options{Course: os.DirFS("testdata/programs"), Exec: true}
	for _, p := range Run(ctx, opt) {
		if strings.Contains(p.What, "solution") || strings.Contains(p.What, "build") {
			t.Errorf("found by a lint that was called off: %v", p)
		}
	}
}

// TestFix refreshes a copied course and leaves nothing to complain of.
func TestFix(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/drift")); err != nil {
		t.Fatal(err)
	}
	lesson := filepath.Join(dir, "echo", "lesson.md")
	if err := os.Chmod(lesson, 0o600); err != nil {
		t.Fatal(err)
	}
	before := Run(t.Context(), Options{Course: os.DirFS(dir), Source: source})
	if len(before) != 4 {
		t.Errorf("before: %v", before)
	}
	changed, err := Fix(dir, source)
	if err != nil || len(changed) != 1 || changed[0] != "echo/lesson.md" {
		t.Fatalf("changed %v, %v", changed, err)
	}
	got, err := os.ReadFile(lesson)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "testdata/drift-fixed.md", string(got))
	if info, err := os.Stat(lesson); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
	if after := Run(t.Context(), Options{Course: os.DirFS(dir), Source: source}); len(after) > 0 {
		t.Errorf("after: %v", after)
	}
	if again, err := Fix(dir, source); len(again) > 0 || err != nil {
		t.Errorf("a second time: %v, %v", again, err)
	}
	if left, _ := fs.Glob(os.DirFS(dir), "echo/.lint-*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestFixRefuses: a fence that would break is left as it is, and said.
func TestFixRefuses(t *testing.T) {
	for name, body := range map[string]string{
		"the quoted code holds ``` itself": "```go file=server/demo/ticks.md\n```\n",
		"does not end where it should":     "```go file=server/demo/echo.go\nold\n",
		"stands within another block":      "- ```go file=server/demo/echo.go\n  old\n  ```\n",
	} {
		dir := t.TempDir()
		text := "---\ntitle: T\nsummary: S\nminutes: 1\n---\n## A\n\n" + body
		src := fstest.MapFS{"server/demo/echo.go": source["server/demo/echo.go"], "server/demo/ticks.md": {Data: []byte("```\nx\n```\n")}}
		for file, content := range map[string]string{"course.md": "---\ntitle: T\nsummary: S\n---\n1. [E](echo/lesson.md)\n", "echo/lesson.md": text} {
			if err := os.MkdirAll(filepath.Join(dir, "echo"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		changed, err := Fix(dir, src)
		if len(changed) > 0 || err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("changed %v, error %v; want %s", changed, err, name)
		}
		if got, _ := os.ReadFile(filepath.Join(dir, "echo", "lesson.md")); string(got) != text {
			t.Errorf("the file was changed all the same:\n%s", got)
		}
	}
}
