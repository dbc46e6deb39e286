package server

import (
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/server/progress"
	"duplex/server/render"
	"duplex/static"
)

// A shell is what all pages show around what is theirs.
type shell struct {
	Title, Description string
	Style              string   // the address of the one style sheet
	Modules            []string // to be preloaded, under static/
	Version            string
	Token              string // of the workbench, where the page may use it
	Course             *lessons.Course
	Lessons            []lessonView
	Here               *lessonView // the lesson that is shown, if any
	Standing           string      // the progress over the course, in words
}

type courseView struct {
	shell
	Intro    template.HTML
	Minutes  int
	Continue *goOn
	Problems []lessons.Problem
}

// Duration is how long the course takes, in words.
func (v courseView) Duration() string {
	switch h, m := v.Minutes/60, v.Minutes%60; {
	case h == 0:
		return fmt.Sprintf("%d minutes", m)
	case m == 0:
		return fmt.Sprintf("about %d hours", h)
	default:
		return fmt.Sprintf("about %d h %d min", h, m)
	}
}

// goOn is the course page's button.
type goOn struct{ Href, Label, Says string }

type lessonPage struct {
	shell
	Lead       template.HTML
	Scenes     []render.Scene
	Plain      bool // no scene has a stage
	Prev, Next *lessonView
	Problems   []lessons.Problem
}

type presentPage struct {
	shell
	Slides []slide
}

type slide struct {
	ID, Title string
	HTML      template.HTML
	HasStage  bool
}

type problemPage struct {
	shell
	Status              int
	StatusText          string
	What, Why, NextStep string
}

type searchEntry struct {
	Lesson  string `json:"lesson"`
	Title   string `json:"title"`
	Section string `json:"section"`
	ID      string `json:"id"`
	Text    string `json:"text"`
}

// A lessonView is a lesson in a list, with how far the learner is in it.
type lessonView struct {
	*lessons.Lesson
	Here   bool // this page is the lesson's
	Broken bool
	// Parts names what can be done in the lesson, separated by blanks, as
	// static/lib/progress.js does: s/LESSON/SECTION, q/LESSON/QUIZ,
	// x/EXERCISE/STEP. The page counts them anew as progress comes in.
	Parts       string
	Done, Total int
}

// Percent is how much of the lesson is done.
func (l lessonView) Percent() int {
	if l.Total == 0 {
		return 0
	}
	return 100 * l.Done / l.Total
}

// Far says the same in words; static/lib/progress.js has the same ones.
func (l lessonView) Far() string {
	switch {
	case l.Total > 0 && l.Done >= l.Total:
		return "✓ Done"
	case l.Done == 0:
		return "Not started"
	}
	return fmt.Sprintf("%d of %d done", l.Done, l.Total)
}

func (l lessonView) href(id string) string {
	if id == "" {
		return "/lessons/" + l.Slug
	}
	return "/lessons/" + l.Slug + "#" + id
}

func (l lessonView) lesson() string { return fmt.Sprintf("Lesson %d, %s", l.Number, l.Title) }

// shell fills in what surrounds a page: of the lesson with that slug, or of
// none. elements are the custom elements that the page will need at once.
func (p *pages) shell(here string, elements ...string) (shell, progress.Progress, error) {
	now, err := p.Progress()
	if err != nil {
		return shell{}, now, err
	}
	s := p.bare(p.Course())
	s.Modules = modules(elements)
	done, finished := doneParts(now), 0
	for _, l := range s.Course.Lessons {
		view := p.listed(l, done)
		view.Here = l.Slug == here
		if view.Total > 0 && view.Done == view.Total {
			finished++
		}
		s.Lessons = append(s.Lessons, view)
		if view.Here {
			s.Here = &view
		}
	}
	s.Standing = fmt.Sprintf("%d of %d lessons done", finished, len(s.Lessons))
	return s, now, nil
}

// bare is a shell without lessons and progress.
func (p *pages) bare(c *lessons.Course) shell {
	return shell{Course: c, Style: p.Asset("site.css"), Modules: modules(nil), Version: p.Version}
}

func (p *pages) listed(l *lessons.Lesson, done map[string]bool) lessonView {
	page, problems := p.Outline(l)
	parts := p.parts(l, page)
	view := lessonView{Lesson: l, Broken: len(problems)+len(l.Problems) > 0, Parts: strings.Join(parts, " "), Total: len(parts)}
	for _, part := range parts {
		if done[part] {
			view.Done++
		}
	}
	return view
}

// parts names all that can be done in a lesson.
func (p *pages) parts(l *lessons.Lesson, page *render.Page) []string {
	var parts []string
	for _, s := range page.Sections {
		parts = append(parts, "s/"+l.Slug+"/"+s.ID)
	}
	for _, id := range slices.Sorted(maps.Keys(page.Quizzes)) {
		parts = append(parts, "q/"+l.Slug+"/"+id)
	}
	for _, use := range page.Uses {
		e := p.Course().Exercise(use.Name)
		if use.Kind != "exercise" || e == nil || e.Script == nil {
			continue
		}
		for _, step := range e.Script.Steps {
			parts = append(parts, "x/"+e.Name+"/"+step.Name)
		}
	}
	return parts
}

// doneParts names all that is done, as parts does.
func doneParts(now progress.Progress) map[string]bool {
	done := map[string]bool{}
	for slug, l := range now.Lessons {
		for id := range l.Sections {
			done["s/"+slug+"/"+id] = true
		}
		for id, quiz := range l.Quizzes {
			done["q/"+slug+"/"+id] = quiz.Right
		}
	}
	for name, e := range now.Exercises {
		for step, verdict := range e.Steps {
			done["x/"+name+"/"+step] = verdict == check.Pass
		}
	}
	return done
}

// touched is when the learner last did something in a lesson.
func (p *pages) touched(l *lessons.Lesson, now progress.Progress) time.Time {
	var last time.Time
	later := func(t time.Time) {
		if t.After(last) {
			last = t
		}
	}
	for _, t := range now.Lessons[l.Slug].Sections {
		later(t)
	}
	for _, quiz := range now.Lessons[l.Slug].Quizzes {
		later(quiz.At)
	}
	for _, e := range l.Exercises {
		later(now.Exercises[e.Name].At)
	}
	return last
}

// unread is the first section of a lesson that was not read yet.
func (p *pages) unread(l *lessons.Lesson, now progress.Progress) (id, title string) {
	page, _ := p.Outline(l)
	for i, s := range page.Sections {
		if _, read := now.Lessons[l.Slug].Sections[s.ID]; !read && i > 0 {
			return s.ID, s.Title
		} else if !read {
			return "", "" // the lesson's very beginning
		}
	}
	return "", ""
}

// openingWithStage joins what stands before the first stage to its scene, so
// that the stage is in view from the start and no column is empty.
func openingWithStage(scenes []render.Scene) []render.Scene {
	if len(scenes) < 2 || scenes[0].HasStage || !scenes[1].HasStage {
		return scenes
	}
	first := render.Scene{HTML: scenes[0].HTML + scenes[1].HTML, HasStage: true}
	return append([]render.Scene{first}, scenes[2:]...)
}

func plain(scenes []render.Scene) bool {
	return !slices.ContainsFunc(scenes, func(s render.Scene) bool { return s.HasStage })
}

func holdsStage(html template.HTML) bool {
	return strings.Contains(string(html), "<duplex-stage ")
}

func neighbours(all []lessonView, number int) (prev, next *lessonView) {
	for i := range all {
		switch all[i].Number {
		case number - 1:
			prev = &all[i]
		case number + 1:
			next = &all[i]
		}
	}
	return prev, next
}

var tag = regexp.MustCompile(`<([a-z]+(?:-[a-z]+)+)[\s>]`)

// tags names the custom elements of the first scene, which is what a reader
// sees first. A quiz stands below: its module is fetched when it comes near.
func tags(scenes []render.Scene) []string {
	if len(scenes) == 0 {
		return nil
	}
	var names []string
	for _, m := range tag.FindAllStringSubmatch(string(scenes[0].HTML), -1) {
		if m[1] != "quiz-card" && !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// modules lists the modules of the elements and all that they import, so that
// the browser can ask for them at once and not one after the other. main.js
// comes first. An element without a module of its own is passed over.
func modules(elements []string) []string {
	entries := []string{"main.js"}
	for _, name := range elements {
		file := "elements/" + name + "/" + name + ".js"
		if _, err := fs.Stat(static.FS(), file); err == nil {
			entries = append(entries, file)
		}
	}
	list, err := static.Modules(entries...)
	if err != nil {
		return nil // a module that is not there: the page works without preloading; a test of static finds it
	}
	return list
}

// sentence makes an error's words stand alone.
func sentence(s string) string {
	if s == "" {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[size:]
	if strings.ContainsRune(".!?", rune(s[len(s)-1])) {
		return s
	}
	return s + "."
}

func joined(lesson, section string) string {
	if section == "" {
		return lesson
	}
	return lesson + ": " + section
}
