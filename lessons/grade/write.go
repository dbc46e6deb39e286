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

// Write writes the class for people: learners by exercises, or, where that is
// too wide, one learner below the other; then what stands in the way of the
// programs that could not be checked.
func (c *Class) Write(w io.Writer, style check.Style) error {
	var b strings.Builder
	if style.Width == 0 {
		style.Width = 80
	}
	if rows := c.rows(); c.fits(rows, style.Width) {
		c.table(&b, rows, style)
	} else {
		c.list(&b, style)
	}
	c.reasons(&b, style)
	_, err := io.WriteString(w, b.String())
	return err
}

// rows are the cells of the table, its head first.
func (c *Class) rows() [][]string {
	rows := [][]string{append([]string{"learner"}, c.Exercises...)}
	for _, l := range c.Learners {
		row := []string{l.Name}
		for _, g := range l.Grades {
			row = append(row, g.cell())
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

func (c *Class) fits(rows [][]string, width int) bool {
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

// list is the table for a narrow terminal.
func (c *Class) list(b *strings.Builder, style check.Style) {
	for _, l := range c.Learners {
		fmt.Fprintf(b, "%s\n", paint(style, "1", columns.Fit(fmt.Sprintf("%s: %d of %d pass", l.Name, l.Passed(), len(l.Grades)), style.Width)))
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
				line := fmt.Sprintf("%s %s/%s: %s", marks[g.Verdict], l.Name, g.Exercise, words)
				fmt.Fprintf(b, "\n%s\n", paint(style, colours[g.Verdict], columns.Fit(line, max(style.Width, 20))))
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
	return strings.Join(strings.Fields(words), " ")
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
			rows = append(rows, []string{harmless(l.Name), g.Exercise, string(g.Verdict), strconv.Itoa(g.Passed), strconv.Itoa(g.Steps), harmless(g.reason())})
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
