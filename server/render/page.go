package render

import (
	"fmt"
	"html"
	"html/template"
	"strings"

	"duplex/lessons"

	"github.com/yuin/goldmark/ast"
)

// work is the rendering of one lesson, or of a course's introduction.
type work struct {
	r        *Renderer
	course   *lessons.Course
	lesson   *lessons.Lesson
	page     *Page
	problems []lessons.Problem
	outline  bool           // code gets no colours
	ids      map[string]int // how often a heading's id has been asked for
	level    int            // of the last heading; the page's title has 1
}

func newWork(r *Renderer, c *lessons.Course, l *lessons.Lesson) *work {
	return &work{
		r: r, course: c, lesson: l, ids: map[string]int{}, level: 1,
		page: &Page{Notes: map[string]template.HTML{}, Quizzes: map[string]*Quiz{}},
	}
}

// render never panics: should a parser or a lexer break on what an author
// wrote, this lesson says so, and the others work.
func (r *Renderer) render(c *lessons.Course, l *lessons.Lesson, outline bool) (page *Page, problems []lessons.Problem) {
	w := newWork(r, c, l)
	w.outline = outline
	defer func() {
		if v := recover(); v != nil {
			w = newWork(r, c, l)
			w.page.Lead = template.HTML(w.box(1, "take out what was written last, and report it to the makers of Duplex", "the lesson broke its renderer: %v", v))
			page, problems = w.page, w.problems
		}
	}()
	p := &passage{work: w, source: l.Body, line: l.BodyLine, body: true}
	doc := p.parse(r.markdown.blocks.Parser())
	w.assemble(p, parts(doc))
	w.checkAnchors()
	if outline {
		w.page.strip()
	}
	return w.page, w.problems
}

// strip drops what an outline does not have.
func (p *Page) strip() {
	p.Lead, p.Scenes = "", nil
	for i := range p.Sections {
		p.Sections[i].HTML = ""
	}
}

// problem records a defect of the lesson's markdown.
func (w *work) problem(line int, next, what string, args ...any) lessons.Problem {
	p := lessons.Problem{File: w.lesson.File, Line: line, What: fmt.Sprintf(what, args...), Next: next}
	w.problems = append(w.problems, p)
	return p
}

// box records a defect and draws it where it stands.
func (w *work) box(line int, next, what string, args ...any) string {
	p := w.problem(line, next, what, args...)
	return fmt.Sprintf("<aside class=\"problem\" role=\"note\" aria-label=\"Problem in this lesson, line %d\"><p><strong>%s.</strong> %s.</p><p><code>%s:%d</code></p></aside>\n",
		p.Line, html.EscapeString(sentence(p.What)), html.EscapeString(sentence(p.Next)), html.EscapeString(w.r.at(p.File)), p.Line)
}

// sentence begins s with a capital letter, unless its first word is a name out
// of a file.
func sentence(s string) string {
	first, _, _ := strings.Cut(s, " ")
	if s == "" || s[0] < 'a' || s[0] > 'z' || strings.ContainsAny(first, "./=_") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// A part is a section of the tree: its heading, nil for the lead, and what
// follows.
type part struct {
	heading *wrapNode
	nodes   []ast.Node
}

func parts(doc ast.Node) []part {
	all := []part{{}}
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*wrapNode); ok && h.section != "" {
			all = append(all, part{heading: h})
			continue
		}
		last := &all[len(all)-1]
		last.nodes = append(last.nodes, n)
	}
	return all
}

// assemble renders the parts and puts sections into scenes.
func (w *work) assemble(p *passage, all []part) {
	for _, part := range all {
		html, text, notes, stage := p.part(part)
		if part.heading == nil {
			w.page.Lead, w.page.LeadText = html, text
			w.note("", notes)
			continue
		}
		h := part.heading
		w.page.Sections = append(w.page.Sections, Section{ID: h.section, Title: h.title, Text: text, HTML: html, Notes: notes})
		w.note(h.section, notes)
		w.scene(html, stage)
	}
}

func (w *work) note(id string, notes template.HTML) {
	if notes != "" {
		w.page.Notes[id] = notes
	}
}

func (w *work) scene(html template.HTML, stage bool) {
	if stage || len(w.page.Scenes) == 0 {
		w.page.Scenes = append(w.page.Scenes, Scene{HTML: html, HasStage: stage})
		return
	}
	w.page.Scenes[len(w.page.Scenes)-1].HTML += html
}

// part renders one section, or the lead.
func (p *passage) part(s part) (out template.HTML, plain string, notes template.HTML, stage bool) {
	var b, t strings.Builder
	if s.heading != nil {
		fmt.Fprintf(&b, "<section class=\"section\" id=\"%s\" data-section=\"%[1]s\">\n", html.EscapeString(s.heading.section))
		p.draw(&b, s.heading)
	}
	for _, n := range s.nodes {
		notes += notesIn(n)
		if raw, ok := n.(*rawNode); ok && raw.stage {
			b.WriteString(p.stage(raw, s.heading != nil, &stage))
			continue
		}
		p.draw(&b, n)
		plainText(&t, n, p.source)
	}
	if s.heading != nil {
		b.WriteString("</section>\n")
	}
	return template.HTML(b.String()), strings.Join(strings.Fields(t.String()), " "), notes, stage
}

// stage draws a demo or exercise, of which a section has one at most.
func (p *passage) stage(n *rawNode, inSection bool, have *bool) string {
	switch {
	case !inSection:
		return p.box(n.line, "move it below a ## heading", "the block stands before the first section")
	case *have:
		return p.box(n.line, "move it below a ## heading of its own", "the section has a demo or exercise already")
	}
	*have = true
	return n.html
}
