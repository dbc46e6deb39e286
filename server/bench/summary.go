package bench

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// A Style is how a report is written for people.
type Style struct {
	Width int  // columns; 0 means 80
	Color bool // ANSI colours
}

// Write writes the report for people, each line within the style's width.
func (rep *Report) Write(w io.Writer, style Style) error {
	var s summary
	s.line("", "%s  %s", rep.Mode, rep.URL)
	s.line("", "%s", rep.shape())
	s.line("", "")
	s.line("connect", "%s", rep.Connect)
	if rep.Mode != Events {
		s.line("published", "%s", rep.Published)
	}
	s.line("delivered", "%s", rep.Delivered)
	if rep.Latency != nil {
		s.line("latency", "%s", *rep.Latency)
	}
	if rep.Readers != nil {
		s.line("a reader", "%s to %s a second", short(rep.Readers.Min), short(rep.Readers.Max))
	}
	s.count("lost", rep.Lost, "")
	if rep.Declared > 0 {
		s.count("", rep.Declared, "more, as the server said")
	}
	s.count("repeated", rep.Repeated, "")
	s.count("out of order", rep.OutOfOrder, "")
	rep.troubles(&s)
	verdict := rep.Why
	if style.Color {
		verdict = color(rep.Verdict) + verdict + "\x1b[0m"
	}
	orElse(&style.Width, 80)
	_, err := io.WriteString(w, s.within(style.Width)+"\n"+verdict+"\n")
	return err
}

// troubles are the lines that a run without any does not have.
func (rep *Report) troubles(s *summary) {
	if rep.Changed > 0 {
		s.count("changed", rep.Changed, "came back other than they were sent")
	}
	if rep.Refused > 0 {
		s.count("refused", rep.Refused, strings.TrimRight("by the server: "+rep.Refusal, ": "))
	}
	if rep.Stalls > 0 {
		s.count("stalls", uint64(rep.Stalls), "a publisher heard nothing of its own for 500 ms")
	}
	if rep.Unsent > 0 {
		s.count("unsent", rep.Unsent, "due, but --window was full")
	}
	name := "disconnects"
	for i, d := range rep.Disconnects {
		if i == 4 {
			s.line("", "and others; --json names all")
			break
		}
		end := ending{d.Code, d.Why}
		s.count(name, uint64(d.Connections), end.String())
		name = ""
	}
	if rep.EndedEarly {
		s.line("ended early", "after %s of what is measured", time.Duration(rep.Seconds*1e9).Round(time.Millisecond))
	}
}

// shape is the load, in words.
func (rep *Report) shape() string {
	parts := []string{plural(rep.Connections, "connection")}
	if rep.Mode == Chat || rep.Mode == Fan {
		parts = append(parts, plural(rep.Publishers, "publisher"))
	}
	if rep.Mode != Events {
		parts = append(parts, fmt.Sprintf("%d bytes", rep.Size), fmt.Sprintf("window %d", rep.Window))
	}
	if rep.Rate > 0 {
		parts = append(parts, short(rep.Rate)+" a second")
	}
	return strings.Join(append(parts, fmt.Sprintf("%.3g s", rep.Seconds)), ", ")
}

// defects names what went wrong: "lost, and out of order".
func (rep *Report) defects() string {
	var all []string
	for _, d := range []struct {
		n    uint64
		name string
	}{{rep.Lost, "lost"}, {rep.Repeated, "repeated"}, {rep.OutOfOrder, "out of order"}, {rep.Changed, "changed"}} {
		if d.n > 0 {
			all = append(all, d.name)
		}
	}
	return strings.Join(all, ", ")
}

func color(v Verdict) string {
	if v == OK {
		return "\x1b[32m"
	}
	return "\x1b[31m"
}

// String is for a line of a summary.
func (t Times) String() string {
	return fmt.Sprintf("p50 %s, p90 %s, p99 %s, max %s", millis(t.P50), millis(t.P90), millis(t.P99), millis(t.Max))
}

// String is for a line of a summary.
func (f Flux) String() string {
	return fmt.Sprintf("%s, %s a second", grouped(f.Total), short(f.PerSecond))
}

// String is a line for a terminal, of less than 80 columns.
func (p Progress) String() string {
	return fmt.Sprintf("%d of %.3g s: %s delivered, %s a second, %d connected",
		int(p.Elapsed.Round(time.Second).Seconds()), p.Of.Seconds(), grouped(p.Delivered), short(p.PerSecond), p.Connected)
}

// A summary is lines of a name and what there is to say.
type summary struct{ lines []string }

func (s *summary) line(name, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if len(s.lines) > 2 {
		text = fmt.Sprintf("%-13s%s", name, text)
	}
	s.lines = append(s.lines, text)
}

func (s *summary) count(name string, n uint64, what string) {
	s.line(name, "%s", strings.TrimSpace(grouped(n)+"  "+what))
}

// within is the text, its lines cut off at the width.
func (s *summary) within(width int) string {
	var b strings.Builder
	for _, line := range s.lines {
		line = strings.TrimRight(line, " ")
		if runes := []rune(line); len(runes) > width {
			line = string(runes[:width-1]) + "…"
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return grouped(uint64(n)) + " " + what + "s"
}

// grouped is n with a comma before each three digits.
func grouped(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// short is a rate, with a fraction only when it is small.
func short(f float64) string {
	if f < 10 {
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return grouped(uint64(f + .5))
}

// millis is a number of milliseconds in the unit that suits it.
func millis(ms float64) string {
	switch {
	case ms < 1:
		return fmt.Sprintf("%.0f µs", ms*1000)
	case ms < 1000:
		return fmt.Sprintf("%.3g ms", ms)
	}
	return fmt.Sprintf("%.3g s", ms/1000)
}
