package render

import (
	"html/template"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// textOf returns the text within n, without markup, on one line.
func textOf(n ast.Node, source []byte) string {
	var b strings.Builder
	plainText(&b, n, source)
	return strings.Join(strings.Fields(b.String()), " ")
}

// plainText adds the text within n to b: what a reader would find by
// searching. Code figures and live blocks are left out.
func plainText(b *strings.Builder, n ast.Node, source []byte) {
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			if n.Type() == ast.TypeBlock {
				b.WriteByte(' ')
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(n.Segment.Value(source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(source))
		case *ast.RawHTML:
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
}

// notesIn returns the speaker's notes that stand within n.
func notesIn(n ast.Node) (notes template.HTML) {
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			switch n := n.(type) {
			case *rawNode:
				notes += n.note
			case *inlineNode:
				notes += n.note
			}
		}
		return ast.WalkContinue, nil
	})
	return notes
}
