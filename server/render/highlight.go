package render

import (
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
)

// plainLanguages have no colours on purpose.
var plainLanguages = map[string]bool{"": true, "text": true, "txt": true, "plain": true}

// known reports whether a fence's language has a lexer or needs none.
func known(lang string) bool {
	return plainLanguages[lang] || lexers.Get(lang) != nil
}

// highlight writes code line by line, each in a span so that lines can be
// marked, and with colours its tokens in spans whose classes Styles colours.
func highlight(b *strings.Builder, f figure, colours bool) {
	lang := f.lang
	if !colours {
		lang = "text"
	}
	for i, line := range tokenLines(lang, f.code) {
		class := "line"
		if f.marks[i+1] {
			class = "line mark"
		}
		b.WriteString(`<span class="` + class + `">`)
		for _, t := range line {
			writeToken(b, t)
		}
		b.WriteString("</span>")
	}
}

// codeEscaper escapes text between tags. Quotes stay as they are: code has
// many, and they weigh.
var codeEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func writeToken(b *strings.Builder, t chroma.Token) {
	text := codeEscaper.Replace(t.Value)
	class := classOf(t.Type)
	if class == "" || strings.TrimSpace(t.Value) == "" {
		b.WriteString(text)
		return
	}
	b.WriteString(`<span class="` + class + `">` + text + "</span>")
}

// tokenLines lexes code. What its language's lexer does not understand, or a
// language without one, comes as plain text.
func tokenLines(lang, code string) [][]chroma.Token {
	if code != "" && !strings.HasSuffix(code, "\n") {
		code += "\n"
	}
	plain := chroma.SplitTokensIntoLines([]chroma.Token{{Type: chroma.Text, Value: code}})
	if plainLanguages[lang] {
		return plain
	}
	lexer := lexers.Get(lang)
	if lexer == nil {
		return plain
	}
	it, err := chroma.Coalesce(lexer).Tokenise(nil, code)
	if err != nil {
		return plain
	}
	lines := chroma.SplitTokensIntoLines(it.Tokens())
	if len(lines) != len(plain) {
		return plain
	}
	return lines
}
