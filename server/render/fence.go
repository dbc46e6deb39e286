package render

import (
	"fmt"
	"html"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// A fence is a fenced block as its author wrote it.
type fence struct {
	lang, name string // the first two words of the info line
	attrs      map[string]string
	line       int // of the info line
	body       string
}

// fenced turns a fenced block into what its language says.
func (p *passage) fenced(n *ast.FencedCodeBlock) {
	f := fence{line: p.lineOf(n.Pos()), body: string(n.Lines().Value(p.source))}
	var info string
	if n.Info != nil {
		info = string(n.Info.Segment.Value(p.source))
	}
	if err := f.parse(info); err != nil {
		code := p.codeFigure(figure{lang: f.lang, code: f.body})
		replace(n, &rawNode{html: p.box(f.line, infoHelp, "%v", err) + code})
		return
	}
	replace(n, p.block(f, n.Parent() != nil && n.Parent().Kind() == ast.KindDocument))
}

func (p *passage) block(f fence, top bool) *rawNode {
	switch f.lang {
	case "demo", "exercise":
		return p.stageBlock(f, top)
	case "quiz":
		return &rawNode{html: p.quiz(f)}
	case "sequence":
		return &rawNode{html: p.sequence(f)}
	case "frame":
		return &rawNode{html: p.frame(f)}
	}
	return p.code(f)
}

const infoHelp = `write the language, then any of title="…" mark=3,5-7 tab="…" file=… region=…`

var (
	infoWord = regexp.MustCompile(`^\s*(?:([A-Za-z]+)=(?:"([^"]*)"|(\S*))|(\S+))`)
	infoKeys = []string{"title", "mark", "tab", "file", "region"}
)

// parse reads an info line: a language, perhaps a name, then key=value, where
// a value with blanks stands in double quotes.
func (f *fence) parse(info string) error {
	f.attrs = map[string]string{}
	for strings.TrimSpace(info) != "" {
		m := infoWord.FindStringSubmatch(info)
		info = info[len(m[0]):]
		switch {
		case m[1] == "" && f.lang == "":
			f.lang = m[4]
		case m[1] == "" && f.name == "":
			f.name = m[4]
		case m[1] == "":
			return fmt.Errorf("the info line has a word too many: %s", m[4])
		case !slices.Contains(infoKeys, m[1]):
			return fmt.Errorf("the info line has an unknown key: %s", m[1])
		default:
			f.attrs[m[1]] = m[2] + m[3]
		}
	}
	return nil
}

// code draws a fence of code, quoted from a file or its own.
func (p *passage) code(f fence) *rawNode {
	fig := figure{lang: f.lang, title: f.attrs["title"], code: f.body, tab: f.attrs["tab"]}
	var broken string
	switch {
	case f.name != "":
		broken = p.box(f.line, infoHelp, "the info line has a word too many: %s", f.name)
	case f.attrs["file"] != "":
		broken = p.quoteInto(&fig, f)
	case f.attrs["region"] != "":
		broken = p.box(f.line, "add file=…, or take region away", "the fence names a region of no file")
	}
	marks, err := markedLines(f.attrs["mark"], fig.code)
	if err != nil && broken == "" {
		broken = p.box(f.line, "mark lines that are there, by number or by a text that they contain", "%v", err)
	}
	fig.marks = marks
	if broken == "" && !known(fig.lang) {
		p.problem(f.line, "name a language that can be coloured, or text", "the language %s is not known", fig.lang)
	}
	if broken != "" {
		if fig.code == "" {
			return &rawNode{html: broken}
		}
		return &rawNode{html: broken + p.codeFigure(fig)}
	}
	return &rawNode{html: p.codeFigure(fig), tab: fig.tab}
}

// quoteInto puts the quoted code into fig; it returns a box when it cannot,
// and leaves the fence's own copy.
func (p *passage) quoteInto(fig *figure, f fence) string {
	file, region := f.attrs["file"], f.attrs["region"]
	code, err := p.quote(file, region)
	if err != nil {
		return p.box(f.line, err.next, "%s", err.what)
	}
	p.page.Quotes = append(p.page.Quotes, Quote{File: file, Region: region, Line: f.line, Body: f.body, Want: code})
	fig.code = code
	if fig.lang == "" {
		fig.lang = strings.TrimPrefix(path.Ext(file), ".")
	}
	if fig.title == "" {
		fig.title = strings.TrimPrefix(file, "./")
	}
	return ""
}

// A figure is code to draw.
type figure struct {
	lang, title, code, tab string
	marks                  map[int]bool // by line, from 1
}

// languageNames are the titles of figures that have none of their own.
var languageNames = map[string]string{
	"go": "Go", "rust": "Rust", "rs": "Rust", "js": "JavaScript", "javascript": "JavaScript", "ts": "TypeScript",
	"html": "HTML", "css": "CSS", "json": "JSON", "http": "HTTP", "toml": "TOML", "yaml": "YAML", "python": "Python",
	"console": "Terminal", "sh": "Shell", "bash": "Shell", "shell": "Shell", "text": "Text", "": "Text", "diff": "Changes",
}

func (f figure) label() string {
	if f.title != "" {
		return f.title
	}
	if name, ok := languageNames[strings.ToLower(f.lang)]; ok {
		return name
	}
	return f.lang
}

// codeFigure draws code with its title, a button to copy it and, but in an
// outline, colours.
func (w *work) codeFigure(f figure) string {
	var b strings.Builder
	label := html.EscapeString(f.label())
	b.WriteString(`<figure class="code"`)
	if f.tab != "" {
		fmt.Fprintf(&b, ` data-tab="%s"`, html.EscapeString(f.tab))
	}
	fmt.Fprintf(&b, `><figcaption><span class="code-title">%s</span><copy-button></copy-button></figcaption>`, label)
	lang := f.lang
	if lang == "" {
		lang = "text"
	}
	fmt.Fprintf(&b, `<pre tabindex="0" role="group" aria-label="%s"><code class="language-%s">`, label, html.EscapeString(lang))
	highlight(&b, f, !w.outline)
	b.WriteString("</code></pre></figure>\n")
	return b.String()
}

var lineNumbers = regexp.MustCompile(`^\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*$`)

// markedLines finds the lines of code that mark names.
func markedLines(mark, code string) (map[int]bool, error) {
	if mark == "" {
		return nil, nil
	}
	lines := strings.Split(strings.TrimSuffix(code, "\n"), "\n")
	marks := map[int]bool{}
	if !lineNumbers.MatchString(mark) {
		for i, line := range lines {
			if strings.Contains(line, mark) {
				marks[i+1] = true
			}
		}
		if len(marks) == 0 {
			return nil, fmt.Errorf("no line contains the marked text %q", mark)
		}
		return marks, nil
	}
	for _, span := range strings.Split(mark, ",") {
		from, to, ok := strings.Cut(span, "-")
		if !ok {
			to = from
		}
		a, _ := strconv.Atoi(from)
		z, _ := strconv.Atoi(to)
		if a < 1 || z < a || z > len(lines) {
			return marks, fmt.Errorf("mark=%s does not fit: the code ends with line %d", span, len(lines))
		}
		for i := a; i <= z; i++ {
			marks[i] = true
		}
	}
	return marks, nil
}
