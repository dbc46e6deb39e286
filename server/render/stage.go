package render

import (
	"fmt"
	"html"
	"path"
	"slices"
	"strings"

	"duplex/lessons"
)

// A demo block shows a live endpoint:
//
//	```demo echo
//	label: A WebSocket to the echo endpoint
//	view: handshake
//	code: server/demo/echo.go#loop mark="WriteMessage"
//	code: ./rust/src/main.rs
//	```
//
// label is its accessible name; view is how it opens; code, which may be
// repeated, is what its Code tab shows: a file to quote, a region of it behind
// a #, then title="…" and mark=… as in a fence; room is the chat room.
//
// An exercise block shows the exercise of that name, and takes label and code
// as well.

// A liveDemo is what a demo's name stands for.
type liveDemo struct{ label, element, src string }

var demos = map[string]liveDemo{
	"echo":   {"Echo", "echo-demo", "/demo/echo"},
	"chat":   {"Chat room", "chat-demo", "/demo/chat/"},
	"events": {"Event stream", "events-demo", "/demo/events"},
	"client": {"JavaScript client", "client-demo", "/demo/echo"},
}

var demoNames = []string{"echo", "chat", "events", "client"}

// stageBlock draws a demo or an exercise.
func (p *passage) stageBlock(f fence, top bool) *rawNode {
	var out string
	var ok bool
	switch {
	case !top || !p.body:
		out = p.box(f.line, "begin its line at the margin", "a %s cannot stand within a list, a quote or a note", f.lang)
	case f.lang == "demo":
		out, ok = p.demo(f)
	default:
		out, ok = p.exercise(f)
	}
	if ok {
		p.page.Uses = append(p.page.Uses, Use{f.lang, f.name, f.line})
	}
	return &rawNode{html: out, stage: ok, line: f.line}
}

func (p *passage) demo(f fence) (string, bool) {
	d, ok := demos[f.name]
	if !ok {
		return p.box(f.line, "name one of "+strings.Join(demoNames, ", "), "there is no demo %q", f.name), false
	}
	settings, bad := f.settings("label", "view", "code", "room")
	if bad != nil {
		return p.bad(bad), false
	}
	view, room := "demo", "lobby"
	for _, s := range settings {
		switch s.key {
		case "label":
			d.label = s.value
		case "view":
			view = s.value
		case "room":
			room = s.value
		}
	}
	if f.name == "chat" {
		d.src += room
	}
	code, broken := p.stageCode(settings)
	var b strings.Builder
	b.WriteString(broken)
	stageOpen(&b, "demo", f.name, d.label, fmt.Sprintf(` view="%s"`, html.EscapeString(view)))
	fmt.Fprintf(&b, "<%s src=\"%s\"><noscript><p>This demo needs JavaScript. It speaks to <code>%[2]s</code>.</p></noscript></%[1]s>\n", d.element, html.EscapeString(d.src))
	stageClose(&b, code)
	return b.String(), true
}

func stageOpen(b *strings.Builder, kind, name, label, more string) {
	fmt.Fprintf(b, "<div class=\"stage-hold\"><duplex-stage kind=\"%s\" name=\"%s\" label=\"%s\"%s>\n",
		kind, html.EscapeString(name), html.EscapeString(label), more)
}

func stageClose(b *strings.Builder, code string) {
	b.WriteString("<wire-log></wire-log>\n")
	if code != "" {
		b.WriteString("<div class=\"stage-code\">\n" + code + "</div>\n")
	}
	b.WriteString("</duplex-stage></div>\n")
}

// stageCode draws the files that a block's code lines name: in tabs when they
// are of several languages.
func (p *passage) stageCode(settings []setting) (code, broken string) {
	var figures []figure
	for _, s := range settings {
		if s.key != "code" {
			continue
		}
		fig, bad := p.codeLine(s)
		if bad != "" {
			broken += bad
			continue
		}
		figures = append(figures, fig)
	}
	return p.tabbed(figures), broken
}

// codeLine reads "path#region key=value…".
func (p *passage) codeLine(s setting) (figure, string) {
	f := fence{line: s.line}
	if err := f.parse(s.value); err != nil || f.name != "" || f.lang == "" {
		return figure{}, p.box(s.line, `write code: server/demo/echo.go#loop mark="…"`, "the code line is broken")
	}
	file, region, _ := strings.Cut(f.lang, "#")
	code, qerr := p.quote(file, region)
	if qerr != nil {
		return figure{}, p.box(s.line, qerr.next, "%s", qerr.what)
	}
	marks, err := markedLines(f.attrs["mark"], code)
	if err != nil {
		return figure{}, p.box(s.line, "mark lines that are there, by number or by a text that they contain", "%v", err)
	}
	fig := figure{lang: languageOf(file), title: strings.TrimPrefix(file, "./"), code: code, marks: marks, tab: f.attrs["tab"]}
	if f.attrs["title"] != "" {
		fig.title = f.attrs["title"]
	}
	return fig, ""
}

func languageOf(file string) string {
	if ext := strings.TrimPrefix(path.Ext(file), "."); known(ext) {
		return ext
	}
	return "text"
}

// tabbed draws figures one below the other; when they are of several
// languages, as tabs. Figures of one tab share its name.
func (w *work) tabbed(figures []figure) string {
	var tabs []string
	for i, f := range figures {
		if f.tab == "" {
			figures[i].tab = figure{lang: f.lang}.label()
		}
		if !slices.Contains(tabs, figures[i].tab) {
			tabs = append(tabs, figures[i].tab)
		}
	}
	var b strings.Builder
	for _, f := range figures {
		if len(tabs) < 2 {
			f.tab = ""
		}
		b.WriteString(w.codeFigure(f))
	}
	if len(tabs) < 2 {
		return b.String()
	}
	return "<code-tabs>\n" + b.String() + "</code-tabs>\n"
}

func (p *passage) exercise(f fence) (string, bool) {
	e := p.course.Exercise(f.name)
	switch {
	case e == nil:
		return p.box(f.line, "name an exercise that a check.txt of the course defines", "there is no exercise %q", f.name), false
	case e.Script == nil:
		return p.box(f.line, "mend "+p.r.at(path.Join(e.Dir, lessons.ScriptFile))+"; duplex lint lists its defects", "the script of exercise %s cannot be read", f.name), false
	}
	settings, bad := f.settings("label", "code")
	if bad != nil {
		return p.bad(bad), false
	}
	label := "Exercise: " + e.Name
	for _, s := range settings {
		if s.key == "label" {
			label = s.value
		}
	}
	code, broken := p.stageCode(settings)
	var b strings.Builder
	b.WriteString(broken)
	stageOpen(&b, "exercise", e.Name, label, "")
	p.steps(&b, e)
	stageClose(&b, p.exerciseCode(e)+code)
	return b.String(), true
}

func (p *passage) steps(b *strings.Builder, e *lessons.Exercise) {
	main := p.r.at(path.Join(e.Dir, lessons.StarterDir, e.Main()))
	fmt.Fprintf(b, "<exercise-check exercise=\"%s\" language=\"%s\" path=\"%s\">\n", html.EscapeString(e.Name), e.Language, html.EscapeString(main))
	fmt.Fprintf(b, "<p class=\"goal\">%s</p>\n<ol class=\"steps\">\n", html.EscapeString(e.Script.Goal))
	for _, s := range e.Script.Steps {
		fmt.Fprintf(b, "<li data-step=\"%s\">%s</li>\n", html.EscapeString(s.Name), html.EscapeString(s.Says))
	}
	b.WriteString("</ol>\n</exercise-check>\n")
}

// exerciseCode shows the starter and the script. The solution is not in the
// page: who has tried asks for it (GET /exercises/{exercise}).
func (w *work) exerciseCode(e *lessons.Exercise) string {
	var b strings.Builder
	for _, f := range shown(e, e.Starter) {
		b.WriteString(w.codeFigure(f))
	}
	b.WriteString(w.codeFigure(figure{lang: "text", title: lessons.ScriptFile, code: string(e.ScriptSource)}))
	return b.String()
}

// shown leaves tests out: they only call the checker.
func shown(e *lessons.Exercise, files []lessons.File) []figure {
	var figures []figure
	for _, f := range files {
		if strings.HasSuffix(f.Path, "_test.go") {
			continue
		}
		figures = append(figures, figure{
			lang:  languageOf(f.Path),
			title: strings.TrimPrefix(f.Path, e.Dir+"/"),
			code:  string(f.Source),
		})
	}
	return figures
}
