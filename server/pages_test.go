package server

import (
	"encoding/json"
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/server/progress"
	"duplex/server/render"
	"duplex/static"
)

// twoLessons is a course in which everything that pages show occurs once.
var twoLessons = fstest.MapFS{
	"course.md": text("---\ntitle: Two <lessons>\nsummary: All of it.\n---\n\nHello.\n\n1. [First](first/lesson.md)\n2. [Second](second/lesson.md)\n"),
	"first/lesson.md": text("---\ntitle: First\nsummary: Of two.\nminutes: 5\n---\n\nA lead.\n\n## Before\n\nWords.\n\n## With a demo\n\nMore words." +
		"\n\n<!-- notes: Say it slowly. -->\n\n```demo echo\nlabel: Echo\n```\n\n## After\n\n```quiz status\nask: Which?\n- [x] 101\n  Yes, that one.\n- [ ] 200\n  No.\n```\n"),
	"second/lesson.md": text("---\ntitle: Second\nsummary: Of two.\nminutes: 7\n---\n\n## Only text\n\nNothing live.\n"),
}

func text(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

// noProgress is that of a learner who has just come.
func noProgress() progress.Progress {
	return progress.Progress{Lessons: map[string]progress.Lesson{}, Exercises: map[string]progress.Exercise{}}
}

func newTestPages(t *testing.T, files fstest.MapFS, now progress.Progress) *pages {
	t.Helper()
	c := lessons.Load(files)
	r := render.New(render.Config{})
	p, err := newPages(pagesConfig{
		Course:   func() *lessons.Course { return c },
		Rendered: func(l *lessons.Lesson) (*render.Page, []lessons.Problem) { return r.Lesson(c, l) },
		Outline:  func(l *lessons.Lesson) (*render.Page, []lessons.Problem) { return r.Outline(c, l) },
		Intro:    func() (template.HTML, []lessons.Problem) { return r.Intro(c) },
		Progress: func() (progress.Progress, error) { return now, nil },
		Asset:    func(name string) string { return "/static/" + name + "?v=1" },
		Token:    func(*http.Request) string { return "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// get asks h for a page about a lesson and returns its HTML.
func get(t *testing.T, h handler, lesson string) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.SetPathValue("lesson", lesson)
	w := httptest.NewRecorder()
	if err := h(w, r); err != nil {
		t.Fatal(err)
	}
	if kind := w.Header().Get("Content-Type"); w.Code != http.StatusOK || !strings.HasPrefix(kind, "text/html") {
		t.Fatalf("answered %d, %s", w.Code, kind)
	}
	return w.Body.String()
}

func has(t *testing.T, page string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func lacks(t *testing.T, page string, unwanted ...string) {
	t.Helper()
	for _, s := range unwanted {
		if strings.Contains(page, s) {
			t.Errorf("the page holds %q", s)
		}
	}
}

func TestCoursePageBeginsWithTheFirstLesson(t *testing.T) {
	page := get(t, newTestPages(t, twoLessons, noProgress()).course, "")
	has(t, page,
		`<html lang="en"`, `<title>Two &lt;lessons&gt;</title>`, `<meta name="description" content="All of it.">`,
		`href="/static/site.css?v=1"`, `<link rel="modulepreload" href="/static/main.js" fetchpriority="low">`,
		`<a class="btn go" href="/lessons/first" data-continue>Start</a>`, "Lesson 1, First",
		`href="/lessons/second"`, "7 min", "2 lessons, 12 minutes", "Not started", "0 of 2 lessons done", "Hello.")
}

func TestCoursePageContinuesAfterWhatWasReadLast(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	now := noProgress()
	now.Lessons["first"] = progress.Lesson{Sections: map[string]time.Time{"before": at}}
	page := get(t, newTestPages(t, twoLessons, now).course, "")
	has(t, page, `href="/lessons/first#with-a-demo"`, "Continue where you were", "Lesson 1, First: With a demo", "1 of 4 done")
}

func TestCoursePageGoesOnToWhatIsLeft(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	now := noProgress()
	now.Lessons["second"] = progress.Lesson{Sections: map[string]time.Time{"only-text": at}}
	p := newTestPages(t, twoLessons, now)
	has(t, get(t, p.course, ""), `href="/lessons/first" data-continue>Continue where you were`, "✓ Done", "1 of 2 lessons done")

	now.Lessons["first"] = progress.Lesson{
		Sections: map[string]time.Time{"before": at, "with-a-demo": at, "after": at},
		Quizzes:  map[string]progress.Quiz{"status": {Right: true, At: at}},
	}
	has(t, get(t, p.course, ""), "Read it again", "2 of 2 lessons done")
}

func TestCoursePageWithoutLessonsSaysWhatToDo(t *testing.T) {
	page := get(t, newTestPages(t, fstest.MapFS{"course.md": text("---\ntitle: Empty\n---\n")}, noProgress()).course, "")
	has(t, page, "There are no lessons yet.")
	lacks(t, page, "btn go", "popovertarget")
}

func TestLessonPage(t *testing.T) {
	p := newTestPages(t, twoLessons, noProgress())
	page := get(t, p.lesson, "first")
	has(t, page, `<body data-lesson="first">`, "<h1>First</h1>", "A lead.", `<section class="section" id="before"`,
		`class="next" href="/lessons/second"`, `<page-splitter role="separator"`, `aria-current="page"`,
		`modulepreload" href="/static/elements/echo-demo/echo-demo.js"`, `data-parts="s/first/before s/first/with-a-demo s/first/after q/first/status"`)
	lacks(t, page, "Say it slowly", "Yes, that one", `class="prev"`)
	if n := strings.Count(page, `<div class="scene has-stage">`); n != 1 {
		t.Errorf("%d scenes with a stage: what stands before the first belongs to it", n)
	}
}

func TestLastLessonLeadsBackToTheCourse(t *testing.T) {
	page := get(t, newTestPages(t, twoLessons, noProgress()).lesson, "second")
	has(t, page, `class="prev" href="/lessons/first"`, "Back to the course", `class="lesson plain"`)
	lacks(t, page, "page-splitter")
}

func TestUnknownLessonIsNotFound(t *testing.T) {
	p := newTestPages(t, twoLessons, noProgress())
	r := httptest.NewRequest(http.MethodGet, "/lessons/third", nil)
	r.SetPathValue("lesson", "third")
	for _, h := range []handler{p.lesson, p.present} {
		var e *Error
		if err := h(httptest.NewRecorder(), r); !errors.As(err, &e) || e.Status != http.StatusNotFound || e.Next == "" {
			t.Errorf("got %v", err)
		}
	}
}

func TestBrokenLessonShowsWhereItIsBroken(t *testing.T) {
	files := fstest.MapFS{
		"course.md":         text("---\ntitle: C\n---\n\n1. [Broken](broken/lesson.md)\n2. [Whole](whole/lesson.md)\n"),
		"broken/lesson.md":  text("---\ntitle: Broken\nsummary: s\n---\n\n## One\n\n```demo nothing\n```\n\nStill here.\n"),
		"whole/lesson.md":   text("---\ntitle: Whole\nsummary: s\nminutes: 1\n---\n\n## One\n\nFine.\n"),
		"whole/exercise.md": text(""),
	}
	p := newTestPages(t, files, noProgress())
	has(t, get(t, p.lesson, "broken"), "broken/lesson.md:8", "there is no demo", "Still here.")
	has(t, get(t, p.course, ""), "This lesson has defects")
	lacks(t, get(t, p.lesson, "whole"), `class="problems"`)
}

func TestLessonWithoutSectionsShowsItsLeadAndProblems(t *testing.T) {
	files := fstest.MapFS{
		"course.md":       text("---\ntitle: C\n---\n\n1. [Short](short/lesson.md)\n"),
		"short/lesson.md": text("---\ntitle: Short\n---\n\nAll that there is.\n"),
	}
	p := newTestPages(t, files, noProgress())
	has(t, get(t, p.lesson, "short"), "<h1>Short</h1>", "All that there is.", "short/lesson.md:1", "minutes is missing")
	has(t, get(t, p.present, "short"), `id="page-title"`)
}

func TestPresentationIsSafeToProject(t *testing.T) {
	page := get(t, newTestPages(t, twoLessons, noProgress()).present, "first")
	has(t, page, "<present-view", `id="page-title"`, `data-slide="before"`, `data-slide="with-a-demo"`, `class="slide has-stage"`)
	lacks(t, page, "Say it slowly", "Yes, that one")
}

func TestSearchHoldsEverySection(t *testing.T) {
	p := newTestPages(t, twoLessons, noProgress())
	w := httptest.NewRecorder()
	if err := p.search(w, httptest.NewRequest(http.MethodGet, "/search.json", nil)); err != nil {
		t.Fatal(err)
	}
	var found []searchEntry
	if err := json.Unmarshal(w.Body.Bytes(), &found); err != nil {
		t.Fatal(err)
	}
	want := []searchEntry{
		{"first", "First", "", "", "Of two. A lead."},
		{"first", "First", "Before", "before", "Words."},
	}
	if len(found) != 6 || found[0] != want[0] || found[1] != want[1] {
		t.Errorf("found %d entries: %+v", len(found), found)
	}
	if strings.Contains(w.Body.String(), "Say it slowly") {
		t.Error("the speaker's notes can be searched")
	}
}

func TestProblemPage(t *testing.T) {
	p := newTestPages(t, twoLessons, noProgress())
	w := httptest.NewRecorder()
	err := p.problem(w, httptest.NewRequest(http.MethodGet, "/x", nil), http.StatusNotFound, "nothing at <x>", "no page has it", "Go back")
	if err != nil || w.Code != http.StatusNotFound {
		t.Fatalf("%d, %v", w.Code, err)
	}
	has(t, w.Body.String(), "404 Not Found", "Nothing at &lt;x&gt;.", "No page has it.", "Go back.", `href="/lessons/first"`)
}

func TestProblemPageDoesWithoutProgress(t *testing.T) {
	p := newTestPages(t, twoLessons, noProgress())
	p.Progress = func() (progress.Progress, error) { return progress.Progress{}, errors.New("disk") }
	w := httptest.NewRecorder()
	if err := p.course(w, httptest.NewRequest(http.MethodGet, "/", nil)); err == nil || w.Body.Len() > 0 {
		t.Errorf("the course page wrote %d bytes and returned %v", w.Body.Len(), err)
	}
	if err := p.problem(w, httptest.NewRequest(http.MethodGet, "/", nil), 500, "broken", "", ""); err != nil || w.Code != 500 {
		t.Errorf("%d, %v", w.Code, err)
	}
	has(t, w.Body.String(), "Broken.")
}

func TestDonePartsAreWhatWasReadAnsweredRightlyAndPassed(t *testing.T) {
	now := noProgress()
	now.Lessons["a"] = progress.Lesson{
		Sections: map[string]time.Time{"s": {}},
		Quizzes:  map[string]progress.Quiz{"right": {Right: true}, "wrong": {}},
	}
	now.Exercises["e"] = progress.Exercise{Steps: map[string]check.Verdict{"one": check.Pass, "two": check.Fail}}
	done := doneParts(now)
	for part, want := range map[string]bool{"s/a/s": true, "q/a/right": true, "q/a/wrong": false, "x/e/one": true, "x/e/two": false} {
		if done[part] != want {
			t.Errorf("%s: %v", part, done[part])
		}
	}
}

// A page counts anew as progress comes in, and must say what it said before.
func TestTheWordsForProgressAreTheSameInThePage(t *testing.T) {
	script, err := fs.ReadFile(static.FS(), "lib/progress.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []lessonView{{Done: 3, Total: 3}, {Total: 3}, {Done: 1, Total: 3}} {
		words := strings.NewReplacer("1", "${done}", "3", "${total}").Replace(l.Far())
		if !strings.Contains(string(script), words) {
			t.Errorf("lib/progress.js lacks %q", words)
		}
	}
}
