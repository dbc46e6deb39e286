package watch

import (
	"fmt"
	"strings"

	"duplex/lessons/check"
)

// lines is the front where there is no terminal, or nobody to press a key: what
// happens is written line by line, and stays.
type lines struct{ Config }

func newLines(cfg Config, m *model) *lines {
	l := &lines{cfg}
	where := m.dir
	if where == "." {
		where = "this folder"
	}
	l.say(fmt.Sprintf("Watching %s in %s. Save a file and it is checked; Ctrl+C ends it.", count(len(m.exercises), "exercise"), where))
	return l
}

// count is a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func (l *lines) say(words string) { fmt.Fprintln(l.Out, words) }

func (l *lines) show(*model) {}
func (l *lines) close()      {}

func (l *lines) begins(e *exercise) { l.say("\n" + e.file() + ": checking …") }

func (l *lines) ends(m *model, e *exercise) {
	width, _ := l.Size()
	style := check.Style{Width: width, Color: l.Color}
	switch r := e.failed(); {
	case e.trouble != "":
		l.say(e.trouble)
	case e.verdict == check.NotStarted:
		l.say("not started: open " + e.file() + " in your editor")
		return
	case r != nil:
		_ = r.Write(l.Out, style) // there is nobody to tell of an error
		if e.printed != "" {
			l.say("your program printed:\n" + e.printed)
		}
	}
	mark, _ := markOf(e.verdict)
	words := fmt.Sprintf("%s %s: %d of %d steps pass", mark, e.Name, e.passed, len(e.Script.Steps))
	if e.verdict == check.Pass {
		words = strings.TrimSuffix(words, fmt.Sprintf("%d of %d steps pass", e.passed, len(e.Script.Steps))) + "every step passes"
	}
	l.say(fmt.Sprintf("%s\n%d of %d exercises pass", words, m.passed(), len(m.exercises)))
}
