package render

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// transformer rewrites the tree that goldmark has parsed into what a page
// shows: fences become figures and live blocks, quotes that begin with [!NOTE]
// become alerts, headings get ids, links lead to pages.
type transformer struct{}

func (transformer) Transform(doc *ast.Document, _ text.Reader, pc parser.Context) {
	p, ok := pc.Get(workKey).(*passage)
	if !ok {
		return
	}
	var nodes []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			nodes = append(nodes, n)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range nodes {
		p.transform(n)
	}
	for _, n := range nodes {
		groupTabs(n)
	}
}

func (p *passage) transform(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		p.heading(n)
	case *ast.FencedCodeBlock:
		p.fenced(n)
	case *ast.CodeBlock:
		replace(n, &rawNode{html: p.codeFigure(figure{lang: "text", code: string(n.Lines().Value(p.source))})})
	case *ast.Blockquote:
		p.alert(n)
	case *ast.HTMLBlock:
		p.comment(n, string(htmlSource(n, p.source)))
	case *ast.RawHTML:
		p.inlineComment(n, string(n.Segments.Value(p.source)))
	case *ast.Link:
		p.link(n)
	case *ast.AutoLink:
		p.autoLink(n)
	case *ast.Image:
		p.image(n)
	case *extast.Table:
		p.table(n)
	}
}

// replace puts new in the place of old, which may be gone already.
func replace(old, new ast.Node) {
	if parent := old.Parent(); parent != nil {
		parent.ReplaceChild(parent, old, new)
	}
}

// wrap puts w in the place of n and n's children into w.
func wrap(n ast.Node, w ast.Node) {
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		w.AppendChild(w, c)
		c = next
	}
	replace(n, w)
}

// heading gives a heading its id and anchor. A second-level heading of the
// body begins a section, which carries the id in its stead; the first-level
// heading that a lesson may begin with, for readers on a code host, goes.
func (p *passage) heading(h *ast.Heading) {
	top := p.body && h.Parent() != nil && h.Parent().Kind() == ast.KindDocument
	line := p.lineOf(h.Pos())
	if h.Level == 1 && top {
		if h.PreviousSibling() == nil {
			h.Parent().RemoveChild(h.Parent(), h)
			return
		}
		p.problem(line, "write ##", "a lesson has one title, which stands in its front matter")
	}
	title := textOf(h, p.source)
	if title == "" {
		p.problem(line, "give it words, or remove it", "a heading is empty")
		title = "Section"
	}
	id := p.id(title)
	level := max(h.Level, 2)
	if level > p.level+1 && p.body {
		p.problem(line, "write "+strings.Repeat("#", p.level+1), "a heading of level %d follows one of level %d", level, p.level)
	}
	p.level = level
	w := &wrapNode{open: fmt.Sprintf("<h%d id=\"%s\">", level, id)}
	if top && level == 2 {
		w.section, w.title, w.open = id, title, "<h2>"
	}
	w.close = fmt.Sprintf(" <a class=\"anchor\" href=\"#%s\" aria-label=\"Link to %s\">#</a></h%d>\n", id, html.EscapeString(title), level)
	wrap(h, w)
}

var notInID = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)

// id makes a heading's text into an id as code hosts do, so that links to
// sections work there too.
func (w *work) id(title string) string {
	id := strings.ReplaceAll(notInID.ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), ""), " ", "-")
	if id == "" {
		id = "section"
	}
	for {
		n := w.ids[id]
		w.ids[id]++
		if n == 0 {
			w.page.IDs = append(w.page.IDs, id)
			return id
		}
		id = fmt.Sprintf("%s-%d", id, n)
	}
}

var (
	noteComment = regexp.MustCompile(`(?s)^\s*<!--\s*notes:(.*?)-->\s*$`)
	anyComment  = regexp.MustCompile(`(?s)^\s*<!--.*-->\s*$`)
)

// comment turns a speaker's notes into a note, and takes other comments out.
func (p *passage) comment(n ast.Node, src string) {
	switch m := noteComment.FindStringSubmatch(src); {
	case m != nil:
		replace(n, &rawNode{note: p.fragment(strings.TrimSpace(m[1]), p.lineOf(n.Pos()))})
	case anyComment.MatchString(src):
		replace(n, &rawNode{})
	}
}

func (p *passage) inlineComment(n ast.Node, src string) {
	switch m := noteComment.FindStringSubmatch(src); {
	case m != nil:
		replace(n, &inlineNode{note: p.fragment(strings.TrimSpace(m[1]), p.lineOf(n.Pos()))})
	case anyComment.MatchString(src):
		replace(n, &inlineNode{})
	}
}

var (
	alertLine = regexp.MustCompile(`^\[!([A-Za-z]+)\]\s*$`)
	alerts    = map[string]string{"NOTE": "Note", "TIP": "Tip", "IMPORTANT": "Important", "WARNING": "Warning", "CAUTION": "Caution"}
)

// alert turns a quote that begins with a line like [!NOTE] into an alert.
func (p *passage) alert(n *ast.Blockquote) {
	para, ok := n.FirstChild().(*ast.Paragraph)
	if !ok || para.Lines().Len() == 0 {
		return
	}
	first := para.Lines().At(0)
	m := alertLine.FindSubmatch([]byte(strings.TrimSpace(string(first.Value(p.source)))))
	if m == nil {
		return
	}
	name, ok := alerts[strings.ToUpper(string(m[1]))]
	if !ok {
		p.problem(p.lineOf(n.Pos()), "write one of NOTE, TIP, IMPORTANT, WARNING, CAUTION", "there is no alert %s", m[1])
		return
	}
	for c := para.FirstChild(); c != nil; {
		next := c.NextSibling()
		if t, ok := c.(*ast.Text); !ok || t.Segment.Start >= first.Stop {
			break
		}
		para.RemoveChild(para, c)
		c = next
	}
	if para.ChildCount() == 0 {
		n.RemoveChild(n, para)
	}
	wrap(n, &wrapNode{
		open:  fmt.Sprintf("<aside class=\"alert alert-%s\" role=\"note\" aria-label=\"%s\">\n<p class=\"alert-title\">%[2]s</p>\n", strings.ToLower(name), name),
		close: "</aside>\n",
	})
}

var alignments = map[extast.Alignment]string{extast.AlignLeft: "left", extast.AlignRight: "right", extast.AlignCenter: "center"}

// table gives header cells their scope, cells their alignment as a class, and
// the table a box that scrolls, by keyboard too. Where the first column has no
// heading, its cells are the headings of their rows.
func (p *passage) table(n *extast.Table) {
	var headings []string
	rowHeads := false
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			cell, ok := c.(*extast.TableCell)
			if !ok {
				continue
			}
			if side, ok := alignments[cell.Alignment]; ok {
				cell.SetAttributeString("class", []byte("align-"+side))
			}
			text, first := textOf(cell, p.source), c.PreviousSibling() == nil
			switch header := row.Kind() == extast.KindTableHeader; {
			case header && text == "":
				rowHeads = rowHeads || first
			case header:
				headings = append(headings, text)
				cell.SetAttributeString("scope", []byte("col"))
			case first && rowHeads && text != "":
				cell.SetAttributeString("scope", []byte("row"))
			}
		}
	}
	box := &wrapNode{
		open:  fmt.Sprintf("<div class=\"table-scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table: %s\">\n", html.EscapeString(strings.Join(headings, ", "))),
		close: "</div>\n",
	}
	replace(n, box)
	box.AppendChild(box, n)
}

// groupTabs puts adjacent figures that have a tab, among n's children, into
// one group.
func groupTabs(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		first, ok := c.(*rawNode)
		if !ok || first.tab == "" {
			continue
		}
		var grouped strings.Builder
		for {
			next, ok := c.NextSibling().(*rawNode)
			if !ok || next.tab == "" {
				break
			}
			grouped.WriteString(next.html)
			n.RemoveChild(n, next)
		}
		if grouped.Len() > 0 {
			first.html = "<code-tabs>\n" + first.html + grouped.String() + "</code-tabs>\n"
		}
	}
}
