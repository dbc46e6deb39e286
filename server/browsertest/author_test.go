package browsertest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duplex/lessons"
	"duplex/server"
)

// An author has a course of their own in a folder, and a page of it open.
type author struct {
	*site
	dir string
}

// startAuthor serves a copy of the built-in course from a folder.
func startAuthor(t *testing.T) *author {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "course")
	if err := os.CopyFS(dir, lessons.FS()); err != nil {
		t.Fatal(err)
	}
	return &author{startWith(t, server.Config{LessonsDir: dir}), dir}
}

// replace edits a file of the course, and saves it.
func (a *author) replace(file, was, is string) {
	a.t.Helper()
	file = filepath.Join(a.dir, filepath.FromSlash(file))
	source, err := os.ReadFile(file)
	if err != nil {
		a.t.Fatal(err)
	}
	if !bytes.Contains(source, []byte(was)) {
		a.t.Fatalf("%s does not hold %q", file, was)
	}
	if err := os.WriteFile(file, bytes.Replace(source, []byte(was), []byte(is), 1), 0o644); err != nil {
		a.t.Fatal(err)
	}
}

// TestSaveReloads: a lesson that is saved is shown at once, at the place where
// its reader was.
func TestSaveReloads(t *testing.T) {
	t.Parallel()
	a := startAuthor(t)
	p := a.open(wide, light)
	p.visit("/lessons/takeaways")
	p.settled()
	p.bring("#where-to-go-on")
	p.until("it has scrolled", "scrollY > 500")
	const place = "document.getElementById('where-to-go-on').getBoundingClientRect().top"
	before := eval[float64](p, place)

	elsewhere := a.open(wide, light)
	elsewhere.visit("/lessons/client")
	elsewhere.settled()
	eval[bool](elsewhere, "window.notReloaded = true")

	// What is added above must not push the reader away.
	a.replace("takeaways/lesson.md", "## Which one?\n", "## Which one?\n\nA paragraph that is new.\n\n"+strings.Repeat("And more.\n\n", 20))
	p.sees("#which-one", "A paragraph that is new.")
	p.until("the place is kept", fmt.Sprintf("scrollY > 500 && Math.abs(%s - %f) < 40", place, before))
	if !elsewhere.has("window.notReloaded") {
		t.Error("a page of another lesson was reloaded")
	}
}

// TestSaveReloadsSlides: so is a slide.
func TestSaveReloadsSlides(t *testing.T) {
	t.Parallel()
	a := startAuthor(t)
	p := a.open(projected, dark)
	p.visit("/present/takeaways#where-to-go-on")
	p.settled()
	a.replace("takeaways/lesson.md", "## Where to go on\n", "## Where to go on\n\nA paragraph that is new.\n")
	p.sees(".slide:not([hidden])", "A paragraph that is new.")
	if got := eval[string](p, "location.hash"); got != "#where-to-go-on" {
		t.Errorf("the slide is now %s", got)
	}
}

// TestBrokenLesson: a mistake is shown on the page of its lesson, with file
// and line; the other lessons work, and mending it mends the page.
func TestBrokenLesson(t *testing.T) {
	t.Parallel()
	a := startAuthor(t)
	p := a.open(wide, light)
	p.visit("/lessons/takeaways")
	p.settled()
	line := 1 + strings.Count(a.read("takeaways/lesson.md", "## Where to go on\n"), "\n") + 2
	a.replace("takeaways/lesson.md", "## Where to go on\n", "## Where to go on\n\n```demo telepathy\n```\n")
	p.sees(".problems", fmt.Sprintf("takeaways/lesson.md:%d", line), "telepathy")
	p.sees("#where-to-go-on", "telepathy")
	p.shot("broken")
	p.fits()
	p.accessible("html")

	course := a.open(narrow, dark)
	course.visit("/")
	course.sees(".lessons li:last-child", "This lesson has defects.")
	course.shot("course")
	course.accessible("html")
	course.visit("/lessons/echo")
	course.bring(echoStage)
	course.sees(echoStage+" .demo-state", "Open")

	a.replace("takeaways/lesson.md", "```demo telepathy\n```\n", "")
	p.until("the page is whole again", "document.readyState === 'complete' && !document.querySelector('.problems')")

	// One that has no head at all shows that, too.
	a.replace("takeaways/lesson.md", "---\ntitle:", "title:")
	p.sees(".problems", "takeaways/lesson.md:1")
	p.shot("headless")
}

// read is the part of a file before the text.
func (a *author) read(file, before string) string {
	a.t.Helper()
	source, err := os.ReadFile(filepath.Join(a.dir, filepath.FromSlash(file)))
	if err != nil {
		a.t.Fatal(err)
	}
	part, _, ok := strings.Cut(string(source), before)
	if !ok {
		a.t.Fatalf("%s does not hold %q", file, before)
	}
	return part
}
