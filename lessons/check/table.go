package check

import (
	"fmt"
	"strings"
)

// A table is what a step has read that stands for several, one a case. Its
// commands are kept as text until every case is known.
type table struct {
	cases []tableCase
	lines []textLine
}

// A tableCase is one line "case NAME VALUE".
type tableCase struct {
	name, value string
	line        int
}

// holder is what stands for a case's value in the lines of its step.
const holder = "{case}"

func (p *parser) tableCase(rest string) {
	toks, found, want := lex(rest)
	if found != "" {
		p.defect(found, want)
		return
	}
	c := tableCase{line: p.line}
	if len(toks) > 0 {
		c.name, c.value = toks[0].raw, commandText(toks[min(1, len(toks)-1):])
	}
	if !isName("x" + c.name) {
		p.defect("case "+rest, "a name of a–z, 0–9 and -, and a value: case nul hex c0 80")
	}
	p.table.cases = append(p.table.cases, c)
}

// inTable keeps a command for later, where the step is a table.
func (p *parser) inTable(text string) bool {
	if len(p.table.cases) == 0 {
		return false
	}
	p.table.lines = append(p.table.lines, textLine{p.line, text})
	return true
}

// begun reports whether the step has a command.
func (p *parser) begun() bool {
	return len(p.step.Commands)+len(p.table.lines) > 0
}

// spread puts a step for each case in the place of the table. A defect that
// every case would have is reported once.
func (p *parser) spread() {
	all := p.table
	if p.table = (table{}); len(all.cases) == 0 {
		return
	}
	whole, line := p.step, p.line
	p.script.Steps = p.script.Steps[:len(p.script.Steps)-1]
	if !all.uses() {
		p.defectAt(whole.Line, "step "+whole.Name+" with cases that its commands do not use", holder+" in a command, in the place of the case's value")
	}
	for _, c := range all.cases {
		before := len(p.problems)
		p.line = c.line
		p.addCase(whole, c, all.lines)
		if len(p.problems) > before {
			break
		}
	}
	p.line = line
}

func (t table) uses() bool {
	for _, l := range t.lines {
		if strings.Contains(l.text, holder) {
			return true
		}
	}
	return len(t.lines) == 0 // reported as a step without commands
}

func (p *parser) addCase(whole *Step, c tableCase, lines []textLine) {
	step := *whole
	step.Name, step.Of, step.Line = whole.Name+"-"+c.name, whole.Name, c.line
	step.Says = strings.ReplaceAll(whole.Says, holder, c.value)
	step.Hints = make([]string, len(whole.Hints))
	for i, hint := range whole.Hints {
		step.Hints[i] = strings.ReplaceAll(hint, holder, c.value)
	}
	if old := p.script.Step(step.Name); old != nil {
		p.defect("step "+step.Name+" a second time", fmt.Sprintf("another name: line %d has this one", old.Line))
	}
	p.step, p.scope = &step, newScope()
	p.script.Steps = append(p.script.Steps, p.step)
	for _, l := range lines {
		p.line = l.number
		p.command(strings.ReplaceAll(l.text, holder, c.value))
	}
}
