// Package render turns a lesson's markdown into HTML.
//
//	r := render.New(render.Config{Source: render.Overlay{"server/demo": demo.Source()}})
//	page, problems := r.Lesson(course, lesson)
//
// The markdown is CommonMark with tables, strikethrough and bare links, and
// with the alerts that code hosts know (> [!NOTE]). What is live in a lesson is
// a fenced block: demo and exercise (described in stage.go), quiz, sequence and
// frame (in the files of their names). Any other fence is code; its info line
// may go on with
//
//	title="…"     a title instead of the language's name
//	mark=3,5-7    lines to mark, counted within what is shown
//	mark="text"   lines to mark: those that contain the text
//	tab="Go"      one tab of a group: adjacent fences with a tab form one
//	file=server/demo/echo.go region=loop
//	              the code is quoted from that file, or from that region of it
//
// A quoted path is a path of the module (lessons/… is looked for in the course
// itself) or, beginning with ./, one within the lesson's folder. The fence's
// own body is a copy for readers on a code host; the file is what is shown.
// A region stands between the lines "// region NAME" and "// endregion NAME",
// in whatever comment the file's language has; regions nest, and the lines
// that mark them are never shown.
//
// Every "##" begins a section. A comment <!-- notes: … --> holds notes for the
// speaker of its section.
//
// What is broken in a lesson is drawn as a box with its file, line and remedy,
// and returned as a problem; the rest of the lesson works. No text of an author
// reaches the page unescaped unless Config.AllowHTML says so.
package render

import (
	"html/template"
	"io/fs"
	"path"
	"sync"

	"duplex/lessons"
)

// Config says what a Renderer may show.
type Config struct {
	// Source holds the files of this module that lessons quote, by module path
	// (server/demo/echo.go); see Overlay. Nil: none.
	Source fs.FS

	// Root is where the course lies for its reader; problems and the paths of
	// exercises begin with it. Empty means "lessons", the built-in course's.
	Root string

	// AllowHTML lets raw HTML of a lesson through. Only for authors that the
	// page's reader trusts.
	AllowHTML bool
}

// A Renderer renders the lessons of one course at a time, each once: it keeps
// what it has rendered until it is asked for a lesson of another course. It is
// safe for use by several goroutines.
type Renderer struct {
	cfg      Config
	markdown markdown

	mu       sync.Mutex
	course   *lessons.Course
	pages    map[*lessons.Lesson]rendering
	outlines map[*lessons.Lesson]rendering
}

// A rendering is done when it is first called for.
type rendering func() (*Page, []lessons.Problem)

// A Page is a lesson, rendered.
type Page struct {
	Lead     template.HTML            // what stands before the first section
	LeadText string                   // the same as plain text
	Scenes   []Scene                  // all the sections, in order
	Sections []Section                // the same, one by one
	Notes    map[string]template.HTML // the speaker's notes by section; "" holds the lead's
	Quizzes  map[string]*Quiz

	Uses   []Use    // the demos and exercises shown
	Links  []Link   // into this lesson and others
	Quotes []Quote  // the fences that quote a file
	Files  []string // of the course, by path: pictures, quoted files, files that links name
	IDs    []string // every id that a link into this lesson may name
}

// A Scene is a run of sections that share one stage: it begins with the
// section that holds a demo or an exercise and ends before the next that does.
type Scene struct {
	HTML     template.HTML
	HasStage bool
}

// A Section is a "##" with what follows it. Its HTML is a section element,
// complete as a slide.
type Section struct {
	ID    string
	Title string // plain text
	Text  string // plain text without the title, for search
	HTML  template.HTML
	Notes template.HTML
}

// A Use is a demo or exercise block.
type Use struct {
	Kind string // "demo" or "exercise"
	Name string
	Line int
}

// A Link is a link to a section of this course.
type Link struct {
	Lesson string // slug
	ID     string // "" for the lesson as a whole
	Line   int
}

// A Quote is a fence that shows a file or a region of it.
type Quote struct {
	File   string // as the fence names it
	Region string
	Line   int    // of the line that opens the fence
	Body   string // the copy that the fence holds
	Want   string // what the file says now
}

// New returns a Renderer. It does no work until a lesson is asked for.
func New(cfg Config) *Renderer {
	if cfg.Root == "" {
		cfg.Root = "lessons"
	}
	return &Renderer{cfg: cfg, markdown: newMarkdown(cfg.AllowHTML)}
}

// Lesson renders l, a lesson of c, and reports what is broken in it; the
// problems that loading found are not among those. Both results are shared
// between callers and must not be changed.
func (r *Renderer) Lesson(c *lessons.Course, l *lessons.Lesson) (*Page, []lessons.Problem) {
	return r.once(c, l, false)()
}

// Outline is Lesson without the HTML of lead, scenes and sections, for lists of
// what a course holds. Most of the time that a lesson takes goes into the
// colours of its code; an outline takes a fifth of it.
func (r *Renderer) Outline(c *lessons.Course, l *lessons.Lesson) (*Page, []lessons.Problem) {
	return r.once(c, l, true)()
}

func (r *Renderer) once(c *lessons.Course, l *lessons.Lesson, outline bool) rendering {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.course != c {
		r.course = c
		r.pages, r.outlines = map[*lessons.Lesson]rendering{}, map[*lessons.Lesson]rendering{}
	}
	known := r.pages
	if outline {
		known = r.outlines
	}
	if known[l] == nil {
		known[l] = sync.OnceValues(func() (*Page, []lessons.Problem) { return r.render(c, l, outline) })
	}
	return known[l]
}

// Intro renders the introduction of a course, which is plain markdown: its
// fences are code, and its links those of a lesson.
func (r *Renderer) Intro(c *lessons.Course) (template.HTML, []lessons.Problem) {
	w := newWork(r, c, &lessons.Lesson{File: lessons.Manifest, Body: c.Intro})
	html := w.fragment(string(c.Intro), c.IntroLine)
	return html, w.problems
}

// at names a file of the course as its author finds it.
func (r *Renderer) at(file string) string {
	return path.Join(r.cfg.Root, file)
}
