package render

import (
	"bytes"
	"html"
	"html/template"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	ghtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown is goldmark, set up twice: for blocks, and for a run of text within
// one of ours. Both hand their tree to the transformer in transform.go.
type markdown struct {
	blocks goldmark.Markdown
	inline parser.Parser
}

// workKey finds the work that a parse is part of in the parser's context.
var workKey = parser.NewContextKey()

func newMarkdown(allowHTML bool) markdown {
	transform := parser.WithASTTransformers(util.Prioritized(transformer{}, 900))
	raw := util.Prioritized(nodeRenderer{allowHTML}, 100)
	m := markdown{
		blocks: goldmark.New(
			goldmark.WithExtensions(
				extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone)),
				extension.Strikethrough,
				extension.Linkify,
			),
			goldmark.WithParserOptions(transform),
			goldmark.WithRendererOptions(renderer.WithNodeRenderers(raw)),
		),
		inline: parser.NewParser(
			parser.WithBlockParsers(util.Prioritized(parser.NewParagraphParser(), 1000)),
			parser.WithInlineParsers(parser.DefaultInlineParsers()...),
			transform,
		),
	}
	m.inline.AddOptions(parser.WithInlineParsers(
		util.Prioritized(extension.NewStrikethroughParser(), 500),
		util.Prioritized(extension.NewLinkifyParser(), 999),
	))
	return m
}

// A rawNode stands in the tree for a block whose HTML is ready.
type rawNode struct {
	ast.BaseBlock
	html  string
	tab   string // of a figure of code
	stage bool   // a demo or exercise; its line then
	line  int
	note  template.HTML // a speaker's note; html is empty then
}

var kindRaw = ast.NewNodeKind("Raw")

func (n *rawNode) Kind() ast.NodeKind { return kindRaw }

func (n *rawNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"html": n.html}, nil)
}

// A wrapNode puts HTML around its children. The heading of a section is one.
type wrapNode struct {
	ast.BaseBlock
	open, close string
	section     string // the id of the section that it begins
	title       string // of that section, as plain text
}

var kindWrap = ast.NewNodeKind("Wrap")

func (n *wrapNode) Kind() ast.NodeKind { return kindWrap }

func (n *wrapNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"open": n.open}, nil)
}

// An inlineNode puts HTML around its inline children.
type inlineNode struct {
	ast.BaseInline
	open, close string
	note        template.HTML // a speaker's note
}

var kindInline = ast.NewNodeKind("InlineWrap")

func (n *inlineNode) Kind() ast.NodeKind { return kindInline }

func (n *inlineNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"open": n.open}, nil)
}

// nodeRenderer draws our own nodes, and raw HTML as text unless it is allowed.
type nodeRenderer struct{ allowHTML bool }

func (r nodeRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(kindRaw, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(n.(*rawNode).html)
		}
		return ast.WalkSkipChildren, nil
	})
	reg.Register(kindWrap, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		wrap := n.(*wrapNode)
		return around(w, wrap.open, wrap.close, entering)
	})
	reg.Register(kindInline, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		wrap := n.(*inlineNode)
		return around(w, wrap.open, wrap.close, entering)
	})
	reg.Register(extast.KindTableCell, tableCell)
	reg.Register(ast.KindHTMLBlock, r.htmlBlock)
	reg.Register(ast.KindRawHTML, r.rawHTML)
}

// tableCell draws a cell: a heading has a scope, and an empty cell is none.
func tableCell(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	tag := "td"
	if _, ok := n.AttributeString("scope"); ok {
		tag = "th"
	}
	if !entering {
		return around(w, "", "</"+tag+">\n", entering)
	}
	_, _ = w.WriteString("<" + tag)
	ghtml.RenderAttributes(w, n, extension.TableThCellAttributeFilter)
	return around(w, ">", "", entering)
}

func around(w util.BufWriter, before, after string, entering bool) (ast.WalkStatus, error) {
	if !entering {
		before = after
	}
	_, err := w.WriteString(before)
	return ast.WalkContinue, err
}

func (r nodeRenderer) htmlBlock(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	src := string(htmlSource(n.(*ast.HTMLBlock), source))
	if r.allowHTML {
		_, _ = w.WriteString(src)
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString("<p>" + html.EscapeString(strings.TrimSpace(src)) + "</p>\n")
	return ast.WalkContinue, nil
}

func (r nodeRenderer) rawHTML(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkSkipChildren, nil
	}
	src := n.(*ast.RawHTML).Segments.Value(source)
	if !r.allowHTML {
		src = []byte(html.EscapeString(string(src)))
	}
	_, _ = w.Write(src)
	return ast.WalkSkipChildren, nil
}

func htmlSource(n *ast.HTMLBlock, source []byte) []byte {
	src := n.Lines().Value(source)
	if n.HasClosure() {
		src = append(bytes.Clone(src), n.ClosureLine.Value(source)...)
	}
	return src
}

// A passage is a piece of a lesson's source that is parsed at once: its body,
// the text of a quiz, a speaker's note.
type passage struct {
	*work
	source []byte
	line   int  // of the file, on which source starts
	body   bool // the lesson's body, whose headings make sections
}

// lineOf returns the line of the file that holds the byte at offset.
func (p *passage) lineOf(offset int) int {
	offset = max(0, min(offset, len(p.source)))
	return p.line + bytes.Count(p.source[:offset], []byte("\n"))
}

func (p *passage) parse(with parser.Parser) ast.Node {
	pc := parser.NewContext(parser.WithIDs(noIDs{}))
	pc.Set(workKey, p)
	return with.Parse(text.NewReader(p.source), parser.WithContext(pc))
}

func (p *passage) draw(b *strings.Builder, n ast.Node) {
	// A strings.Builder cannot fail, and our node renderers do not.
	_ = p.r.markdown.blocks.Renderer().Render(b, p.source, n)
}

// fragment renders markdown that stands by itself.
func (w *work) fragment(src string, line int) template.HTML {
	p := &passage{work: w, source: []byte(src), line: line}
	var b strings.Builder
	p.draw(&b, p.parse(w.r.markdown.blocks.Parser()))
	return template.HTML(b.String())
}

// inline renders a run of text without the paragraph around it.
func (w *work) inline(src string, line int) template.HTML {
	p := &passage{work: w, source: []byte(strings.TrimSpace(src)), line: line}
	var b strings.Builder
	for n := p.parse(w.r.markdown.inline).FirstChild(); n != nil; n = n.NextSibling() {
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			p.draw(&b, c)
		}
	}
	return template.HTML(b.String())
}

// noIDs keeps goldmark from naming headings: the transformer does, as code
// hosts do.
type noIDs struct{}

func (noIDs) Generate([]byte, ast.NodeKind) []byte { return nil }
func (noIDs) Put([]byte)                           {}
