package check

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duplex/server/wire"
)

// A Style says how a report is written as text. The words do not depend on it.
type Style struct {
	Color   bool
	Width   int  // of a line; 0 means 80
	Verbose bool // hints, references and transcripts as well
}

// Write writes the whole report: each step, then the sum.
func (r *Report) Write(w io.Writer, style Style) error {
	for _, s := range r.Steps {
		if err := s.Write(w, style); err != nil {
			return err
		}
	}
	return r.WriteSummary(w, style)
}

// WriteSummary writes the last line of the report, for those who wrote each
// result as it came.
func (r *Report) WriteSummary(w io.Writer, style Style) error {
	p := painter{style: style}
	p.text.WriteString("\n" + p.mark(r.Verdict) + " " + p.paint(bold, r.Exercise+": "+r.Summary()) + "\n")
	_, err := io.WriteString(w, p.text.String())
	return err
}

// Summary is the report's sum in one sentence.
func (r *Report) Summary() string {
	left := r.Optional()
	n, all := r.Passed(), len(r.Steps)-left
	if left > 0 && all > 0 {
		tried := *r
		tried.Steps = slices.DeleteFunc(slices.Clone(r.Steps), func(s Result) bool { return s.Optional })
		return fmt.Sprintf("%s; %d left out (compression declined)", tried.Summary(), left)
	}
	switch {
	case left > 0:
		return "left out: the server declines to compress, as it may"
	case all == 0:
		return "there is no step to check"
	case r.Verdict == NotStarted:
		return r.Steps[0].Why
	case r.Verdict == Pass && all == 1:
		return "the step passes"
	case r.Verdict == Pass:
		return fmt.Sprintf("all %d steps pass", all)
	case r.Verdict == Fail && all == 1:
		return "the step does not pass"
	case r.Verdict == Inconclusive && n == 0:
		return "could not be checked"
	}
	return fmt.Sprintf("%d of %d steps pass", n, all)
}

// Write writes one result, in as many lines as it needs.
func (s Result) Write(w io.Writer, style Style) error {
	p := painter{style: style}
	p.title(s)
	if !s.Skipped {
		p.details(s)
	}
	if style.Verbose {
		p.verbose(s)
	}
	_, err := io.WriteString(w, p.text.String())
	return err
}

// Colours, as parameters of SGR.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// indent is where the words of a detail begin.
const indent = 12

// A painter builds the text.
type painter struct {
	style Style
	text  strings.Builder
}

func (p *painter) paint(sgr, words string) string {
	if !p.style.Color || words == "" {
		return words
	}
	return "\x1b[" + sgr + "m" + words + "\x1b[0m"
}

func (p *painter) width() int {
	if p.style.Width <= 0 {
		return 80
	}
	return max(p.style.Width, indent+20)
}

// mark is the sign of a verdict. Each has a shape of its own.
func (p *painter) mark(v Verdict) string {
	switch v {
	case Pass:
		return p.paint(green, "✓")
	case Fail:
		return p.paint(red, "✗")
	case NotStarted:
		return p.paint(dim, "·")
	case Inconclusive:
		return p.paint(yellow, "?")
	}
	return p.paint(red, "!")
}

// title is the first line: what failed and why, or what holds.
func (p *painter) title(s Result) {
	name := s.Step
	if s.Exercise != "" {
		name = s.Exercise + "/" + s.Step
	}
	words := s.Why
	if s.Verdict == Pass {
		words = s.Says
	}
	lines := wrap(name+": "+words, p.width()-2)
	for i, line := range lines {
		lead := "  "
		if i == 0 {
			lead = p.mark(s.Verdict) + " "
		}
		if s.Verdict != Pass {
			line = p.paint(bold, line)
		}
		p.text.WriteString(lead + line + "\n")
	}
}

func (p *painter) details(s Result) {
	see := ""
	if len(s.See) > 0 {
		see = s.See[0].Text
	}
	if s.Verdict == NotStarted || s.Verdict == Pass {
		return
	}
	p.detail("sent", s.Sent, "")
	p.detail("expected", s.Expected, see)
	p.detail("got", s.Got, "")
	p.detail("likely", s.Likely, "")
	p.command("rerun", s.Rerun)
}

// detail writes a label and its words; an aside, or the time at the end of the
// words, stands in a column at the right if there is room.
func (p *painter) detail(label, words, aside string) {
	if words == "" {
		return
	}
	if i := strings.LastIndex(words, "  t="); i >= 0 {
		words, aside = words[:i], words[i+2:]
	}
	lines := wrap(words, p.width()-indent)
	if aside != "" {
		lines = beside(lines, aside, p.width()-indent)
	}
	for i, line := range lines {
		if i > 0 {
			label = ""
		}
		p.text.WriteString("  " + p.paint(dim, fmt.Sprintf("%-*s", indent-2, label)) + line + "\n")
	}
}

// asideColumn is where the right column begins, counted from the words.
const asideColumn = 44

// beside puts an aside at the end of the last line, or below it.
func beside(lines []string, aside string, width int) []string {
	last := lines[len(lines)-1]
	pad := max(asideColumn-utf8.RuneCountInString(last), 2)
	if utf8.RuneCountInString(last)+pad+utf8.RuneCountInString(aside) > width {
		pad = 2
	}
	if utf8.RuneCountInString(last)+pad+utf8.RuneCountInString(aside) > width {
		return append(lines, aside)
	}
	lines[len(lines)-1] = last + strings.Repeat(" ", pad) + aside
	return lines
}

// command writes a line that is meant to be copied: it is never wrapped.
func (p *painter) command(label, words string) {
	if words != "" {
		p.text.WriteString("  " + p.paint(dim, fmt.Sprintf("%-*s", indent-2, label)) + words + "\n")
	}
}

// wrap breaks words into lines of at most width runes. A longer word stays whole.
func wrap(words string, width int) []string {
	if utf8.RuneCountInString(words) <= width {
		return []string{words}
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(words) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// verbose writes what else is known of the step.
func (p *painter) verbose(s Result) {
	if s.Verdict != Pass {
		p.detail("settles", s.Says, "")
		if s.Command != "" {
			p.detail("command", fmt.Sprintf("line %d: %s", s.Line, s.Command), "")
		}
		for _, hint := range s.Hints {
			p.detail("hint", hint, "")
		}
	}
	for _, see := range s.See {
		p.command("see", see.Text+" "+see.URL)
	}
	label := "wire"
	for _, e := range s.Transcript {
		for _, line := range eventLines(e) {
			p.command(label, line)
			label = ""
		}
	}
}

// eventLines is a wire event with its time; the lines of a head stand below
// each other.
func eventLines(e wire.Event) []string {
	arrow := map[wire.Dir]string{wire.Sent: "→", wire.Received: "←"}[e.Dir]
	if arrow == "" {
		arrow = "·"
	}
	lead := fmt.Sprintf("%8.1f ms  ", float64(time.Duration(e.At))/float64(time.Millisecond))
	if e.Conn != "" {
		lead += fmt.Sprintf("%-6s ", e.Conn)
	}
	lines := strings.Split(eventWords(e), "\n")
	for i := range lines {
		lines[i] = lead + arrow + " " + lines[i]
		lead, arrow = strings.Repeat(" ", len(lead)), " "
	}
	return lines
}
