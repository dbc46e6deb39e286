package render

import (
	"fmt"
	"strings"

	"github.com/alecthomas/chroma/v2"
)

// A shade colours the tokens of some types, on light and on dark ground. The
// colours are the course's own (see static/pages/base.css), each with a
// contrast of at least 4.5:1 to the grounds that code stands on.
type shade struct {
	class       string
	light, dark string
	extra       string
	types       []chroma.TokenType
}

var shades = []shade{
	{"tk", "#0a6a63", "#63cdc2", "", []chroma.TokenType{chroma.Keyword, chroma.OperatorWord, chroma.NameTag}},
	{"tt", "#7a3e9d", "#d2a8f5", "", []chroma.TokenType{chroma.KeywordType, chroma.NameClass, chroma.NameBuiltin, chroma.NameNamespace}},
	{"tf", "#1f56c3", "#92b6ff", "", []chroma.TokenType{chroma.NameFunction, chroma.NameAttribute, chroma.NameDecorator, chroma.NameProperty}},
	{"ts", "#a8440c", "#ffb482", "", []chroma.TokenType{chroma.Literal, chroma.LiteralString}},
	{"tn", "#8a3b62", "#f2a5c8", "", []chroma.TokenType{chroma.LiteralNumber, chroma.KeywordConstant, chroma.NameConstant, chroma.LiteralStringEscape, chroma.LiteralStringInterpol}},
	{"tc", "#565b64", "#a9aeb7", "font-style:italic", []chroma.TokenType{chroma.Comment, chroma.GenericOutput}},
	{"tp", "#565b64", "#a9aeb7", "", []chroma.TokenType{chroma.GenericPrompt}},
	{"ti", "#1d6b34", "#7fd396", "", []chroma.TokenType{chroma.GenericInserted}},
	{"td", "#b3261e", "#ff9a92", "", []chroma.TokenType{chroma.GenericDeleted, chroma.Error}},
	{"th", "#0a6a63", "#63cdc2", "font-weight:600", []chroma.TokenType{chroma.GenericHeading, chroma.GenericSubheading}},
}

// classes finds the class of a token type: its own, or its nearest parent's.
var classes = func() map[chroma.TokenType]string {
	m := map[chroma.TokenType]string{}
	for _, s := range shades {
		for _, t := range s.types {
			m[t] = s.class
		}
	}
	return m
}()

func classOf(t chroma.TokenType) string {
	for _, t := range []chroma.TokenType{t, t.SubCategory(), t.Category()} {
		if c, ok := classes[t]; ok {
			return c
		}
	}
	return ""
}

// Styles returns the style sheet for highlighted code, one rule a kind of
// token. It serves both themes: light-dark() follows the color-scheme of the
// element, which the page sets from the system's or the reader's choice.
func Styles() []byte {
	var b strings.Builder
	for _, s := range shades {
		fmt.Fprintf(&b, ".code .%s{color:light-dark(%s,%s)", s.class, s.light, s.dark)
		if s.extra != "" {
			b.WriteString(";" + s.extra)
		}
		b.WriteString("}\n")
	}
	return []byte(b.String())
}
