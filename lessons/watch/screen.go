package watch

import (
	"fmt"
	"io"
	"strings"

	"duplex/lessons/check"
	"duplex/lessons/check/columns"
)

// Colours, as parameters of SGR.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// What a terminal is told (ECMA-48, and xterm's private modes): the other
// screen, so that what was there before comes back; no cursor; and no wrapping,
// so that a line that is too long spoils no other.
const (
	enter = "\x1b[?1049h\x1b[?25l\x1b[?7l"
	leave = "\x1b[?7h\x1b[?25h\x1b[?1049l"
	home  = "\x1b[H"
	clear = "\x1b[K" // the line, from the cursor on: before it is written, for at its end the last column would go
)

// A screen is the front on a terminal. It is drawn as a whole, when it differs
// from what is there.
type screen struct {
	Config
	drawn string
	sum   string
}

func newScreen(cfg Config) *screen {
	_, _ = io.WriteString(cfg.Out, enter)
	return &screen{Config: cfg}
}

func (s *screen) close() { _, _ = io.WriteString(s.Out, leave+s.sum+"\r\n") }

func (s *screen) begins(*exercise)       {}
func (s *screen) ends(*model, *exercise) {}

func (s *screen) show(m *model) {
	width, height := s.Size()
	p := page{width: max(width, 10), color: s.Color}
	lines := p.compose(m, max(height, 3))
	s.sum = fmt.Sprintf("%d of %d exercises pass.", m.passed(), len(m.exercises))
	drawing := home + clear + strings.Join(lines, "\r\n"+clear)
	if drawing != s.drawn {
		_, _ = io.WriteString(s.Out, drawing)
		s.drawn = drawing
	}
}

// A page composes what is shown.
type page struct {
	width int
	color bool
	lines []string
}

func (p *page) paint(sgr, words string) string {
	if !p.color || words == "" {
		return words
	}
	return "\x1b[" + sgr + "m" + words + "\x1b[0m"
}

// add adds words in as many lines as they need.
func (p *page) add(sgr, words string) {
	for paragraph := range strings.SplitSeq(words, "\n") {
		for _, line := range wrap(paragraph, p.width) {
			p.lines = append(p.lines, p.paint(sgr, line))
		}
	}
}

func (p *page) gap() { p.lines = append(p.lines, "") }

// compose returns at most height lines, the progress and the keys the last.
func (p *page) compose(m *model, height int) []string {
	if m.list {
		p.listed(m, height)
	} else {
		p.exercise(m)
	}
	foot := (&page{width: p.width, color: p.color}).foot(m)
	foot = foot[max(len(foot)-height, 0):]
	p.fit(m, height-len(foot))
	return append(p.lines, foot...)
}

// fit makes just n lines of those that there are, scrolled as far as the learner
// did.
func (p *page) fit(m *model, n int) {
	over := len(p.lines) - n
	m.scroll = max(min(m.scroll, over), 0)
	p.lines = p.lines[m.scroll:]
	if over -= m.scroll; over > 0 && n > 0 {
		p.lines = p.lines[:n]
		p.lines[n-1] = p.paint(dim, columns.Fit(fmt.Sprintf("↓ %d lines more", over+1), p.width))
	}
	p.lines = p.lines[:min(len(p.lines), n)]
	for len(p.lines) < n {
		p.gap()
	}
}

// exercise is the current one.
func (p *page) exercise(m *model) {
	e := m.current
	p.add(bold, e.Name+"  "+e.file())
	p.add("", e.Script.Goal)
	p.gap()
	checking := m.checking == e
	switch {
	case e.missing():
		p.add(yellow, "There is no "+e.file()+". duplex init "+m.dir+" puts the starter there.")
	case checking && len(e.steps) == 0:
		p.add("", "Checking "+e.file()+" …")
	case e.trouble != "":
		p.add(red, e.trouble)
	case checking, len(e.steps) > 0 && e.verdict != check.NotStarted:
		p.steps(e)
		p.failure(e)
	case e.verdict == check.NotStarted:
		p.add("", "Not started. Open "+e.file()+" in your editor: whenever you save it, it is checked.")
	case e.verdict == check.Fail:
		p.add("", fmt.Sprintf("%d of %d steps passed when it was checked last. Enter checks it again.", e.passed, len(e.Script.Steps)))
	}
	if e.verdict == check.Pass && !checking {
		p.gap()
		p.add(green, "✓ "+e.Name+": everything passes. Press n for the next one.")
	}
}

// steps are the steps' marks and names.
func (p *page) steps(e *exercise) {
	line, used := "", 0
	for i, step := range e.Script.Steps {
		mark, sgr := "·", dim
		if i < len(e.steps) {
			mark, sgr = markOf(e.steps[i].Verdict)
		}
		cell := mark + " " + step.Name
		n := columns.Width(cell) + 2
		if used > 0 && used+n-2 > p.width {
			p.lines = append(p.lines, strings.TrimRight(line, " "))
			line, used = "", 0
		}
		line += p.paint(sgr, cell) + "  "
		used += n
	}
	p.lines = append(p.lines, strings.TrimRight(line, " "))
}

func markOf(v check.Verdict) (mark, sgr string) {
	switch v {
	case check.Pass:
		return "✓", green
	case check.Fail, check.Error:
		return "✗", red
	case check.Inconclusive:
		return "?", yellow
	}
	return "·", dim
}

// failure is what the first step that fails has to say.
func (p *page) failure(e *exercise) {
	r := e.failed()
	if r == nil {
		return
	}
	p.gap()
	one := *r
	one.Rerun = "" // to save is to run again
	var words strings.Builder
	_ = one.Write(&words, check.Style{Width: p.width, Color: p.color}) // a strings.Builder takes everything
	p.lines = append(p.lines, strings.Split(strings.TrimRight(words.String(), "\n"), "\n")...)
	if e.printed != "" {
		p.gap()
		p.add(dim, "Your program printed:")
		p.add("", e.printed)
	}
}

func (p *page) hints(e *exercise) {
	all, _ := e.allHints()
	for i, hint := range e.shownHints() {
		p.add(yellow, fmt.Sprintf("Hint %d of %d: %s", i+1, len(all), hint))
	}
}

// listed is the list of exercises, as far as there is room.
func (p *page) listed(m *model, height int) {
	p.add(bold, "Exercises")
	room := max(height-6, 1)
	first := max(0, min(m.chosen-room/2, len(m.exercises)-room))
	for i, e := range m.exercises[first:min(first+room, len(m.exercises))] {
		mark, sgr := markOf(e.verdict)
		lead := "  "
		if first+i == m.chosen {
			lead = "> "
		}
		words := string(e.verdict)
		switch {
		case m.checking == e:
			words = "checking …"
		case e.verdict == check.Fail && e.passed > 0:
			words = fmt.Sprintf("%d of %d steps pass", e.passed, len(e.Script.Steps))
		case e.verdict == "":
			words = "not checked yet"
		}
		line := columns.Fit(fmt.Sprintf("%s%s %-14s %s", lead, mark, e.Name, words), p.width)
		if first+i == m.chosen {
			sgr += ";" + bold
		}
		p.lines = append(p.lines, p.paint(sgr, line))
	}
}

// foot is what is always seen: hints, the progress and the keys.
func (p *page) foot(m *model) []string {
	p.gap()
	if !m.list {
		p.hints(m.current)
	}
	if m.note != "" {
		p.add(yellow, m.note)
	}
	p.lines = append(p.lines, p.bar(m))
	keys := []string{"n next", "h hint", "l list", "c check all", "q quit"}
	if m.list {
		keys = []string{"↑ ↓ choose", "Enter go there", "l back"}
	}
	// A blank within a key's words is no place to break the line.
	for _, line := range wrap(strings.Join(glued(keys), " · "), p.width) {
		line = strings.TrimSuffix(strings.TrimPrefix(line, "· "), " ·")
		p.lines = append(p.lines, p.paint(dim, strings.ReplaceAll(line, glue, " ")))
	}
	return p.lines
}

// glue is a blank that does not break a line.
const glue = "\u00a0"

func glued(keys []string) []string {
	out := make([]string, len(keys))
	for i, key := range keys {
		out[i] = strings.ReplaceAll(key, " ", glue)
	}
	return out
}

// bar is the progress, as wide as there is room.
func (p *page) bar(m *model) string {
	done, all := m.passed(), len(m.exercises)
	count := fmt.Sprintf(" %d/%d", done, all)
	room := min(p.width-len("Progress []")-len(count), 50)
	if room < 5 {
		return columns.Fit("Progress"+count, p.width)
	}
	full := room * done / max(all, 1)
	return "Progress [" + p.paint(green, strings.Repeat("#", full)) + strings.Repeat("-", room-full) + "]" + count
}

// wrap breaks words into lines of at most width columns; what is longer than a
// line is cut in pieces. Blanks at the beginning stay.
func wrap(words string, width int) []string {
	var lines []string
	for columns.Width(words) > width {
		cut, space, used := 0, 0, 0
		for i, r := range words {
			if used += columns.Width(string(r)); used > width {
				break
			}
			cut = i + len(string(r))
			if r == ' ' && strings.TrimSpace(words[:i]) != "" {
				space = i
			}
		}
		if cut < len(words) && words[cut] != ' ' && space > 0 {
			cut = space
		}
		if cut == 0 {
			break
		}
		lines = append(lines, strings.TrimRight(words[:cut], " "))
		words = strings.TrimLeft(words[cut:], " ")
	}
	return append(lines, words)
}
