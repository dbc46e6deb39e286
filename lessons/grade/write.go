package grade

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"duplex/lessons/check"
	"duplex/lessons/check/columns"
)

// marks are the signs of the verdicts, as in a report.
var marks = map[check.Verdict]string{check.Pass: "✓", check.Fail: "✗", check.NotStarted: "·", check.Inconclusive: "?", check.Error: "!"}

var colours = map[check.Verdict]string{check.Pass: "32", check.Fail: "31", check.NotStarted: "2", check.Inconclusive: "33", check.Error: "31"}

// cell is a grade, shortly.
func (g Grade) cell() string {
	if g.Verdict == check.NotStarted {
		return marks[g.Verdict]
	}
	return fmt.Sprintf("%s %d/%d", marks[g.Verdict], g.Passed, g.Steps)
}

// short is a grade, as short as it gets.
func (g Grade) short() string {
	if g.Verdict == check.Fail && g.Steps > 0 {
		return fmt.Sprintf("%s %d%%", marks[g.Verdict], 100*g.Passed/g.Steps)
	}
	return marks[g.Verdict]
}

// Write writes the class for people: learners by exercises, the exercises with
// numbers where their names are too wide, or one learner below the other where
// that is too wide still; then the first thing that each program fails.
func (c *Class) Write(w io.Writer, style check.Style) error {
	var b strings.Builder
	if style.Width == 0 {
		style.Width = 80
	}
	long, short := c.rows(Grade.cell), c.rows(Grade.short)
	for i := range c.Exercises {
		short[0][i+1] = strconv.Itoa(i + 1)
	}
	switch {
	case fits(long, style.Width):
		c.table(&b, long, style)
	case fits(short, style.Width):
		c.table(&b, short, style)
		c.legend(&b, style)
	default:
		c.list(&b, style)
	}
	c.reasons(&b, style)
	_, err := io.WriteString(w, b.String())
	return err
}

// rows are the cells of the table, its head first.
func (c *Class) rows(cell func(Grade) string) [][]string {
	rows := [][]string{append([]string{"learner"}, c.Exercises...)}
	for _, l := range c.Learners {
		row := []string{printable(l.Name)}
		for _, g := range l.Grades {
			row = append(row, cell(g))
		}
		rows = append(rows, row)
	}
	return rows
}

// widths are those of the columns, the gaps between them included.
func widths(rows [][]string) []int {
	all := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			all[i] = max(all[i], columns.Width(cell)+2)
		}
	}
	return all
}

func fits(rows [][]string, width int) bool {
	sum := -2
	for _, w := range widths(rows) {
		sum += w
	}
	return sum <= width
}

func (c *Class) table(b *strings.Builder, rows [][]string, style check.Style) {
	wide := widths(rows)
	for i, row := range rows {
		var line strings.Builder
		for j, cell := range row {
			padded := columns.Pad(cell, wide[j])
			switch {
			case i == 0:
				padded = paint(style, "2", padded)
			case j > 0:
				padded = paint(style, colours[c.Learners[i-1].Grades[j-1].Verdict], padded)
			}
			line.WriteString(padded)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// legend says which number is which exercise.
func (c *Class) legend(b *strings.Builder, style check.Style) {
	b.WriteString("\n")
	line := ""
	for i, name := range c.Exercises {
		entry := fmt.Sprintf("%d %s", i+1, name)
		if line != "" && columns.Width(line)+3+columns.Width(entry) > style.Width {
			b.WriteString(paint(style, "2", line) + "\n")
			line = ""
		}
		if line != "" {
			line += "   "
		}
		line += entry
	}
	b.WriteString(paint(style, "2", line) + "\n")
}

// list is the table for a narrow terminal.
func (c *Class) list(b *strings.Builder, style check.Style) {
	for _, l := range c.Learners {
		fmt.Fprintf(b, "%s\n", paint(style, "1", columns.Fit(fmt.Sprintf("%s: %d of %d pass", printable(l.Name), l.Passed(), len(l.Grades)), style.Width)))
		for _, g := range l.Grades {
			fmt.Fprintf(b, "  %s\n", paint(style, colours[g.Verdict], columns.Fit(g.cell()+"  "+g.Exercise, style.Width-2)))
		}
	}
}

// reasons says why programs were not checked, or which step is the first that
// they fail.
func (c *Class) reasons(b *strings.Builder, style check.Style) {
	for _, l := range c.Learners {
		for _, g := range l.Grades {
			if words := g.reason(); words != "" {
				line := fmt.Sprintf("%s %s/%s: %s", marks[g.Verdict], printable(l.Name), g.Exercise, words)
				fmt.Fprintf(b, "\n%s\n", paint(style, colours[g.Verdict], columns.Fit(line, style.Width)))
			}
		}
	}
}

// reason is the first line of what keeps a grade from being a pass.
func (g Grade) reason() string {
	words := g.Why
	switch step := g.failed(); {
	case g.Verdict == check.Pass, g.Verdict == check.NotStarted:
		return ""
	case words == "" && step != nil:
		words = step.Step + ": " + step.Why
	}
	return printable(words)
}

// failed is the first step that does not pass, or nil.
func (g Grade) failed() *check.Result {
	if g.Report == nil {
		return nil
	}
	for i, r := range g.Report.Steps {
		if r.Verdict != check.Pass && !r.Optional {
			return &g.Report.Steps[i]
		}
	}
	return nil
}

func paint(style check.Style, sgr, words string) string {
	if !style.Color {
		return words
	}
	return "\x1b[" + sgr + "m" + words + "\x1b[0m"
}

// JSON writes everything that is known.
func (c *Class) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(c)
}

// CSV writes a line for each grade.
func (c *Class) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"learner", "exercise", "verdict", "passed", "steps", "why"}}
	for _, l := range c.Learners {
		for _, g := range l.Grades {
			rows = append(rows, []string{harmless(printable(l.Name)), g.Exercise, string(g.Verdict), strconv.Itoa(g.Passed), strconv.Itoa(g.Steps), harmless(g.reason())})
		}
	}
	return out.WriteAll(rows)
}

// harmless keeps a spreadsheet from taking a learner's words for a formula.
func harmless(cell string) string {
	if strings.IndexAny(cell, "=+-@\t\r") == 0 {
		return "'" + cell
	}
	return cell
}
