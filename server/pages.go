package server

import (
	"bytes"
	"html/template"
	"net/http"
	"time"

	"duplex/lessons"
	"duplex/server/progress"
	"duplex/server/render"
	"duplex/static"
)

// pagesConfig is what the pages show, and where it comes from. The functions
// are called for each request, by any number of them at a time.
type pagesConfig struct {
	Course   func() *lessons.Course
	Rendered func(*lessons.Lesson) (*render.Page, []lessons.Problem) // of a lesson that Course returned
	Outline  func(*lessons.Lesson) (*render.Page, []lessons.Problem) // the same without HTML, and soon there
	Intro    func() (template.HTML, []lessons.Problem)
	Progress func() (progress.Progress, error)
	Asset    func(path string) string   // the address of a file under static/
	Token    func(*http.Request) string // of the workbench; "" for a page that may not use it
	Version  string
}

// pages draws the course's pages: html/template files over what the course,
// its renderer and the learner's progress say at the moment.
type pages struct {
	pagesConfig
	templates *template.Template
}

func newPages(cfg pagesConfig) (*pages, error) {
	t, err := template.ParseFS(static.Pages(), "*.html")
	if err != nil {
		return nil, err
	}
	return &pages{cfg, t}, nil
}

// course answers GET /.
func (p *pages) course(w http.ResponseWriter, r *http.Request) error {
	shell, now, err := p.shell("", "live-line", "progress-reset")
	if err != nil {
		return err
	}
	intro, problems := p.Intro()
	shell.Title, shell.Description = shell.Course.Title, shell.Course.Summary
	view := courseView{
		shell:    shell,
		Intro:    intro,
		Problems: append(problems, shell.Course.Problems...),
		Continue: p.goOn(shell.Lessons, now),
	}
	for _, l := range shell.Lessons {
		view.Minutes += l.Minutes
	}
	return p.write(w, http.StatusOK, "course.html", view)
}

// lesson answers GET /lessons/{lesson}.
func (p *pages) lesson(w http.ResponseWriter, r *http.Request) error {
	l, page, problems, err := p.find(r)
	if err != nil {
		return err
	}
	scenes := openingWithStage(page.Scenes)
	if len(scenes) == 0 {
		scenes = make([]render.Scene, 1) // a lesson without sections shows its lead, and what is wrong with it
	}
	view := lessonPage{Lead: page.Lead, Scenes: scenes, Plain: plain(scenes), Problems: problems}
	elements := tags(scenes)
	if !view.Plain {
		elements = append(elements, "page-splitter")
	}
	shell, _, err := p.shell(l.Slug, elements...)
	if err != nil {
		return err
	}
	shell.Title, shell.Description = l.Title+" · "+shell.Course.Title, l.Summary
	shell.Token = p.Token(r)
	view.shell = shell
	view.Prev, view.Next = neighbours(shell.Lessons, l.Number)
	return p.write(w, http.StatusOK, "lesson.html", view)
}

// present answers GET /present/{lesson}. The page is projected: the speaker's
// notes are never in it, and of what is broken only the boxes where it stands.
func (p *pages) present(w http.ResponseWriter, r *http.Request) error {
	l, page, _, err := p.find(r)
	if err != nil {
		return err
	}
	shell, _, err := p.shell(l.Slug, "present-view")
	if err != nil {
		return err
	}
	shell.Title = "Presenting: " + l.Title
	shell.Description = l.Summary
	view := presentPage{shell: shell}
	for _, s := range page.Sections {
		view.Slides = append(view.Slides, slide{ID: s.ID, Title: s.Title, HTML: s.HTML, HasStage: holdsStage(s.HTML)})
	}
	return p.write(w, http.StatusOK, "present.html", view)
}

// search answers GET /search.json with the text of the whole course, by
// section: little enough to be searched in the page.
func (p *pages) search(w http.ResponseWriter, r *http.Request) error {
	found := []searchEntry{}
	for _, l := range p.Course().Lessons {
		page, _ := p.Outline(l)
		found = append(found, searchEntry{Lesson: l.Slug, Title: l.Title, Text: l.Summary + " " + page.LeadText})
		for _, s := range page.Sections {
			found = append(found, searchEntry{l.Slug, l.Title, s.Title, s.ID, s.Text})
		}
	}
	writeJSON(w, http.StatusOK, found)
	return nil
}

// problem answers a request that went wrong with a page that says so. It
// returns an error, with nothing written, when even that can't be drawn.
func (p *pages) problem(w http.ResponseWriter, r *http.Request, status int, what, why, next string) error {
	shell, _, err := p.shell("")
	if err != nil {
		// The progress can't be read; the page can do without.
		shell = p.bare(p.Course())
	}
	shell.Title, shell.Description = what, why
	return p.write(w, status, "problem.html", problemPage{
		shell: shell, Status: status, StatusText: http.StatusText(status),
		What: sentence(what), Why: sentence(why), NextStep: sentence(next),
	})
}

// find returns the lesson that a request names, rendered, and its defects.
func (p *pages) find(r *http.Request) (*lessons.Lesson, *render.Page, []lessons.Problem, error) {
	slug := r.PathValue("lesson")
	l := p.Course().Lesson(slug)
	if l == nil {
		return nil, nil, nil, notFound("There is no lesson "+shortened(slug),
			"the course has none of that name", "Choose one on the course page")
	}
	page, problems := p.Rendered(l)
	return l, page, append(problems[:len(problems):len(problems)], l.Problems...), nil
}

// write executes a template as a whole before it answers, so that a defect of
// the template is an error and not half a page.
func (p *pages) write(w http.ResponseWriter, status int, name string, view any) error {
	var page bytes.Buffer
	if err := p.templates.ExecuteTemplate(&page, name, view); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // a client that has gone needs no answer
	return nil
}

// goOn says where the one button of the course page leads: to the first
// lesson, or to what was to be read next where the learner last did something.
func (p *pages) goOn(all []lessonView, now progress.Progress) *goOn {
	if len(all) == 0 {
		return nil
	}
	at, last := 0, time.Time{}
	for i, l := range all {
		if t := p.touched(l.Lesson, now); t.After(last) {
			at, last = i, t
		}
	}
	if last.IsZero() {
		return &goOn{Href: all[0].href(""), Label: "Start", Says: all[0].lesson()}
	}
	for range all { // the lesson itself, then those after it, then those skipped
		if l := all[at]; l.Done < l.Total {
			id, title := p.unread(l.Lesson, now)
			return &goOn{Href: l.href(id), Label: "Continue where you were", Says: joined(l.lesson(), title)}
		}
		at = (at + 1) % len(all)
	}
	return &goOn{Href: all[0].href(""), Label: "Read it again", Says: "All lessons are done."}
}
