package grade

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/program"

	"go.uber.org/goleak"
)

var times = flag.Int("times", 20, "how often TestSameEachTime grades the same program")

func TestMain(m *testing.M) {
	program.Keep()
	goleak.VerifyTestMain(m)
}

const script = `exercise hello
  goal  Answer "hello".

step answers
  says  GET / is answered with 200.
  hint  WriteHeader.
  request GET /
  status 200

step kind
  says  The answer is plain text.
  hint  Header.
  request GET /
  header Content-Type is "text/plain"
`

// server is a program that answers every request after some statements.
func server(statements string) string {
	return `package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"time"
)

var _ = []any{fmt.Sprint, exec.Command, time.Now}

func main() {
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		` + statements + `
	}))
}
`
}

var (
	solution = server(`w.Header().Set("Content-Type", "text/plain")`)
	starter  = server(`w.WriteHeader(http.StatusNotImplemented)`)
	wrong    = server(`w.Header().Set("Content-Type", "text/html")`)
)

func course() *lessons.Course {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return lessons.Load(fstest.MapFS{
		"course.md":              file("---\ntitle: T\nsummary: S\n---\n1. [Hello](hello/lesson.md)\n"),
		"hello/lesson.md":        file("---\ntitle: Hello\nsummary: S\nminutes: 1\n---\n## A\n"),
		"hello/check.txt":        file(script),
		"hello/exercise/main.go": file(starter),
	})
}

// class makes learners' folders, each with one file or none.
func class(t *testing.T, mains map[string]string) map[string]string {
	t.Helper()
	root, dirs := t.TempDir(), map[string]string{}
	for learner, main := range mains {
		dirs[learner] = filepath.Join(root, learner)
		write(t, filepath.Join(dirs[learner], "hello", "main.go"), main)
	}
	return dirs
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, cfg Config, dirs ...string) *Class {
	t.Helper()
	cfg.Course = course()
	c, err := Run(t.Context(), cfg, dirs)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Whatever one learner's program does, the others' are graded.
func TestEachOnItsOwn(t *testing.T) {
	mains := map[string]string{
		"ada":      solution,
		"bob":      wrong,
		"starter":  starter,
		"typo":     "package main\n\nfunc main() { x }\n",
		"panics":   "package main\n\nfunc main() { panic(\"no\") }\n",
		"endless":  server(`for { }`),
		"prints":   server(`for { fmt.Println("again and again and again and again and again and again and again and again") }`),
		"exits":    server(`os.Exit(3)`),
		"tampered": wrong,
	}
	dirs := class(t, mains)
	write(t, filepath.Join(dirs["tampered"], "hello", "check.txt"), strings.ReplaceAll(script, "text/plain", "text/html"))
	write(t, filepath.Join(dirs["tampered"], "hello", "main_test.go"), "no Go at all")
	write(t, filepath.Join(dirs["tampered"], "go.mod"), "no module at all")
	write(t, filepath.Join(dirs["tampered"], "vendor", "modules.txt"), "nothing")
	dirs["empty"] = t.TempDir()
	var names []string
	for name := range dirs {
		names = append(names, name)
	}
	var list []string
	for _, name := range names {
		list = append(list, dirs[name])
	}
	c := run(t, Config{}, list...)
	got := map[string]Grade{}
	for i, name := range names {
		got[name] = c.Learners[i].Grades[0]
	}
	for name, want := range map[string]struct {
		verdict check.Verdict
		reason  string
	}{
		"ada":      {check.Pass, ""},
		"bob":      {check.Fail, "kind: "},
		"starter":  {check.NotStarted, ""},
		"typo":     {check.Fail, "does not build: ./main.go:3:15: undefined: x"},
		"panics":   {check.Fail, "the program ended before it listened on its port: it panicked"},
		"endless":  {check.Fail, "answers: "},
		"prints":   {check.Fail, "answers: "},
		"exits":    {check.Fail, "answers: "},
		"tampered": {check.Fail, "kind: "},
		"empty":    {check.NotStarted, ""},
	} {
		g := got[name]
		if g.Verdict != want.verdict || !strings.Contains(g.reason(), want.reason) {
			t.Errorf("%s: %s, %q; want %s, %q", name, g.Verdict, g.reason(), want.verdict, want.reason)
		}
	}
	if c.Verdict() != check.Fail {
		t.Errorf("the class: %s", c.Verdict())
	}
}

func TestLimit(t *testing.T) {
	dirs := class(t, map[string]string{"ada": solution})
	g := run(t, Config{Limit: time.Nanosecond}, dirs["ada"]).Learners[0].Grades[0]
	if g.Verdict != check.Inconclusive || !strings.Contains(g.Why, "limit of 1ns") {
		t.Errorf("%s, %q", g.Verdict, g.Why)
	}
}

func TestSameEachTime(t *testing.T) {
	dirs := class(t, map[string]string{"ada": solution, "bob": wrong})
	var all []string
	for range *times {
		all = append(all, dirs["ada"], dirs["bob"])
	}
	c := run(t, Config{}, all...)
	for i, l := range c.Learners {
		if first := c.Learners[i%2]; !reflect.DeepEqual(first, l) {
			t.Errorf("the first report and that of run %d:\n%s\n%s", i/2+1, asJSON(t, first), asJSON(t, l))
		}
	}
	if c.Learners[0].Passed() != 1 || c.Learners[1].Passed() != 0 {
		t.Errorf("ada passes %d, bob %d", c.Learners[0].Passed(), c.Learners[1].Passed())
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWhatIsNotTaken(t *testing.T) {
	for name, c := range map[string]struct {
		make    func(t *testing.T, dir string)
		want    string
		verdict check.Verdict
	}{
		"link":          {func(t *testing.T, dir string) { link(t, "/etc/passwd", filepath.Join(dir, "main.go")) }, "main.go is a link", check.Fail},
		"linked folder": {func(t *testing.T, dir string) { link(t, t.TempDir(), dir) }, "the folder is a link", check.Fail},
		"huge": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "main.go"), strings.Repeat("x", maxFile+1))
		}, "main.go has more than 1048576 bytes", check.Fail},
		"huge altogether": {func(t *testing.T, dir string) {
			for i := range maxBytes/maxFile + 1 {
				write(t, filepath.Join(dir, fmt.Sprintf("f%d.go", i)), "//"+strings.Repeat("x", maxFile-2))
			}
		}, "the program's files have more than 16777216 bytes", check.Fail},
		"binary": {func(t *testing.T, dir string) { write(t, filepath.Join(dir, "main.go"), "package main\x00") }, "main.go is no text", check.Fail},
		"latin1": {func(t *testing.T, dir string) { write(t, filepath.Join(dir, "main.go"), "// gr\xfc\xdfe") }, "main.go is no text", check.Fail},
		"folder": {func(t *testing.T, dir string) { write(t, filepath.Join(dir, "main.go", "x"), "") }, errNothing.Error(), check.NotStarted},
		"many": {func(t *testing.T, dir string) {
			for i := range maxFiles + 1 {
				write(t, filepath.Join(dir, fmt.Sprintf("f%d.go", i)), "package main")
			}
		}, "more than 100 files", check.Fail},
		"nothing":   {func(t *testing.T, dir string) { write(t, filepath.Join(dir, "notes.txt"), "") }, errNothing.Error(), check.NotStarted},
		"no folder": {func(*testing.T, string) {}, errNothing.Error(), check.NotStarted},
		"vendored": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "main.go"), "package main\n\nimport _ \"workspace/vendor/x\"\n")
			link(t, "/etc/passwd", filepath.Join(dir, "..", "vendor", "x", "x.go"))
		}, "", ""},
		"outside": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "main.go"), "package main\n\nimport _ \"workspace/hello/far\"\n\n//go:embed far/* ../../*\n")
			far := t.TempDir()
			write(t, filepath.Join(far, "far.go"), "package far")
			link(t, far, filepath.Join(dir, "far"))
		}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "ada", "hello")
			if err := os.Mkdir(filepath.Dir(dir), 0o755); err != nil {
				t.Fatal(err)
			}
			c.make(t, dir)
			w, err := take(filepath.Dir(dir), &lessons.Exercise{Name: "hello", Language: lessons.Go}, "workspace")
			if c.want == "" {
				if err != nil || len(w.program) != 1 || len(w.beside) != 0 {
					t.Errorf("%+v, %v; want main.go alone", w, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || verdictOf(err) != c.verdict {
				t.Errorf("%v, want %q, %s", err, c.want, c.verdict)
			}
		})
	}
	if got := verdictOf(fs.ErrPermission); got != check.Inconclusive {
		t.Errorf("what can't be read: %s", got)
	}
}

func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(to, name); err != nil {
		t.Skip(err)
	}
}

func TestClientIsOneFile(t *testing.T) {
	from := t.TempDir()
	for _, name := range []string{"main.js", "x_test.go", "x.go"} {
		write(t, filepath.Join(from, "hello", name), "package x")
	}
	w, err := take(from, &lessons.Exercise{Name: "hello", Language: lessons.JS}, "")
	if err != nil || len(w.program) != 1 || len(w.beside) != 0 {
		t.Errorf("taken: %v, %v", w, err)
	}
}

func TestNames(t *testing.T) {
	got := namesOf([]string{"a/ada", "b/ada", "b/bob/"})
	if want := []string{"a/ada", "b/ada", "bob"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
