package render

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"duplex/lessons"
)

var update = flag.Bool("update", false, "write the golden files anew")

// script is the smallest exercise that a course can have.
const script = `exercise echo
  goal Send every message back, <unchanged>.

step text
  says A text message comes back.
  hint Pass the type on.
  dial /ws
  send text "hello"
  recv text same
`

const variant = `//go:build ignore

// It sends text back as binary.
// Fails: text
package main
`

// echoSource is a file that lessons quote.
const echoSource = `package demo

// region handler
func handler() {
	// region loop
	for {
		message := conn.ReadMessage()
		conn.Write(message)
	}
	// endregion loop
}

// endregion handler

// region open
`

func testSource() fs.FS {
	return Overlay{"server/demo": fstest.MapFS{"echo.go": {Data: []byte(echoSource)}}}
}

// testCourse is a course whose lesson echo has body.
func testCourse(body string) fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"course.md":             file("---\ntitle: A course\nsummary: For tests.\n---\n\nIntro, see [echo](echo/lesson.md#one).\n\n1. [Echo](echo/lesson.md)\n2. [Chat](chat/lesson.md)\n"),
		"echo/lesson.md":        file("---\ntitle: Echo\nsummary: S.\nminutes: 5\n---\n" + body),
		"chat/lesson.md":        file("---\ntitle: Chat\nsummary: S.\nminutes: 5\n---\n## Join\n\nText.\n"),
		"echo/check.txt":        file(script),
		"echo/exercise/main.go": file("package main // starter\n"),
		"echo/solution/main.go": file("package main // solution\n"),
		"echo/rust/src/main.rs": file("fn main() {}\n"),
		"echo/wrong/binary.go":  file(variant),
		"echo/picture.svg":      file("<svg/>"),
	}
}

func renderBody(t testing.TB, body string, cfg Config) (*Page, []lessons.Problem) {
	t.Helper()
	c := lessons.Load(testCourse(body))
	if defects := c.Defects(); len(defects) > 0 {
		t.Fatalf("the course for the test is broken: %v", defects)
	}
	if cfg.Source == nil {
		cfg.Source = testSource()
	}
	return New(cfg).Lesson(c, c.Lesson("echo"))
}

// TestGolden renders each markdown file of testdata and compares with the file
// beside it. With -update it writes those; read the difference then.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".md"), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			page, problems := renderBody(t, string(body), Config{})
			wellFormed(t, string(page.Lead)+allHTML(page))
			golden(t, strings.TrimSuffix(file, ".md")+".golden", describe(page, problems))
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update, then git diff):\n%s", file, firstDifference(string(want), got))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d\nwant %s\ngot  %s", i+1, w[i], g[i])
		}
	}
	return fmt.Sprintf("want %d lines, got %d", len(w), len(g))
}

// describe writes all that rendering gives, to be read by a person.
func describe(page *Page, problems []lessons.Problem) string {
	var b strings.Builder
	if page.Lead != "" {
		fmt.Fprintf(&b, "== lead: %s\n%s\n", page.LeadText, page.Lead)
	}
	for i, s := range page.Scenes {
		fmt.Fprintf(&b, "== scene %d, stage %v\n%s\n", i+1, s.HasStage, s.HTML)
	}
	for _, s := range page.Sections {
		fmt.Fprintf(&b, "== section #%s %q\ntext: %s\n", s.ID, s.Title, s.Text)
	}
	for _, id := range sortedKeys(page.Notes) {
		fmt.Fprintf(&b, "== notes of #%s\n%s", id, page.Notes[id])
	}
	for _, l := range page.Links {
		fmt.Fprintf(&b, "link in line %d to %s#%s\n", l.Line, l.Lesson, l.ID)
	}
	for _, u := range page.Uses {
		fmt.Fprintf(&b, "use in line %d of %s %s\n", u.Line, u.Kind, u.Name)
	}
	for _, q := range page.Quotes {
		fmt.Fprintf(&b, "quote in line %d of %s %s, drifted: %v\n", q.Line, q.File, q.Region, q.Body != q.Want)
	}
	if len(page.Files) > 0 {
		fmt.Fprintf(&b, "files: %s\n", strings.Join(page.Files, " "))
	}
	for _, p := range problems {
		fmt.Fprintf(&b, "problem: %s\n", p)
	}
	return b.String()
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func allHTML(page *Page) string {
	var b strings.Builder
	for _, s := range page.Scenes {
		b.WriteString(string(s.HTML))
	}
	return b.String()
}

// TestScenesAreTheSections: a lesson page and its slides show the same.
func TestScenesAreTheSections(t *testing.T) {
	body, err := os.ReadFile("testdata/demo.md")
	if err != nil {
		t.Fatal(err)
	}
	page, _ := renderBody(t, string(body), Config{})
	var sections strings.Builder
	for _, s := range page.Sections {
		sections.WriteString(string(s.HTML))
	}
	if sections.String() != allHTML(page) {
		t.Error("the scenes hold something else than the sections")
	}
	if len(page.Scenes) != 2 || !page.Scenes[0].HasStage {
		t.Errorf("want 2 scenes, each with a stage, got %d", len(page.Scenes))
	}
}

func TestAllowHTML(t *testing.T) {
	page, problems := renderBody(t, "## A\n\n<div class=\"x\">block</div>\n\nIn <b>line</b>.\n", Config{AllowHTML: true})
	html := allHTML(page)
	for _, want := range []string{`<div class="x">block</div>`, "<b>line</b>"} {
		if !strings.Contains(html, want) {
			t.Errorf("want %s in\n%s", want, html)
		}
	}
	if len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
}

func TestIntro(t *testing.T) {
	c := lessons.Load(testCourse("## One\n"))
	html, problems := New(Config{}).Intro(c)
	if want := "<p>Intro, see <a href=\"/lessons/echo#one\">echo</a>.</p>\n"; string(html) != want {
		t.Errorf("got %q, want %q", html, want)
	}
	if len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
}

// countingFS counts what is opened.
type countingFS struct {
	fs.FS
	mu     sync.Mutex
	opened map[string]int
}

func (c *countingFS) Open(name string) (fs.File, error) {
	c.mu.Lock()
	c.opened[name]++
	c.mu.Unlock()
	return c.FS.Open(name)
}

// TestRendersOnce: many readers at once, one rendering; a course that was
// loaded anew is rendered anew.
func TestRendersOnce(t *testing.T) {
	source := &countingFS{FS: testSource(), opened: map[string]int{}}
	r := New(Config{Source: source})
	const body = "## A\n\n```go file=server/demo/echo.go region=loop\n```\n"
	first := lessons.Load(testCourse(body))
	var readers sync.WaitGroup
	pages := make([]*Page, 8)
	for i := range pages {
		readers.Go(func() { pages[i], _ = r.Lesson(first, first.Lesson("echo")) })
	}
	readers.Wait()
	for _, p := range pages {
		if p != pages[0] {
			t.Error("readers got different pages")
		}
	}
	if n := source.opened["server/demo/echo.go"]; n != 1 {
		t.Errorf("8 readers opened the quoted file %d times, want 1", n)
	}
	second := lessons.Load(testCourse(body))
	if p, _ := r.Lesson(second, second.Lesson("echo")); p == pages[0] {
		t.Error("a course that was loaded anew shows the old page")
	}
	if n := source.opened["server/demo/echo.go"]; n != 2 {
		t.Errorf("after a reload the quoted file was opened %d times in all, want 2", n)
	}
}

// broken is a file system that breaks whoever reads it.
type broken struct{}

func (broken) Open(string) (fs.File, error) { panic("a lexer that gives up") }

func TestALessonThatBreaksTheRenderer(t *testing.T) {
	c := lessons.Load(testCourse("## One\n\n```go file=server/x.go\n```\n"))
	r := New(Config{Source: broken{}})
	for _, render := range []func(*lessons.Course, *lessons.Lesson) (*Page, []lessons.Problem){r.Lesson, r.Outline} {
		page, problems := render(c, c.Lessons[0])
		if len(problems) != 1 || !strings.Contains(problems[0].What, "a lexer that gives up") || !strings.Contains(string(page.Lead), "gives up") {
			t.Errorf("problems %v, lead %s", problems, page.Lead)
		}
	}
}
