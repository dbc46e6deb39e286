package check

import (
	"fmt"
	"sort"
	"strings"
	"time"
)

// Parse reads a script. On a defect it returns an error of type Problems that
// holds every defect of the script, each with its line, what stands there and
// what was expected; the script is nil then.
func Parse(file string, src []byte) (*Script, error) {
	p := &parser{script: &Script{File: file}}
	for _, line := range splitLines(string(src)) {
		p.line = line.number
		p.parseLine(line.text)
	}
	p.endStep()
	p.endScript()
	if len(p.problems) > 0 {
		sort.SliceStable(p.problems, func(i, j int) bool { return p.problems[i].Line < p.problems[j].Line })
		return nil, p.problems
	}
	return p.script, nil
}

// A parser holds the state between lines.
type parser struct {
	script   *Script
	problems Problems
	line     int
	step     *Step // the one that is being read
	table    table // its cases
	scope    scope // its connections
}

func (p *parser) defect(found, want string) {
	p.defectAt(p.line, found, want)
}

func (p *parser) defectAt(line int, found, want string) {
	p.problems = append(p.problems, Problem{p.script.File, line, found, want})
}

// heads are the words that do not name commands.
var heads map[string]func(*parser, string)

func init() { // not a literal: a table's commands are read once its step has ended
	heads = map[string]func(*parser, string){
		"exercise": (*parser).exercise,
		"goal":     (*parser).goal,
		"step":     (*parser).beginStep,
		"says":     inStep("says", (*parser).says),
		"hint":     inStep("hint", (*parser).hint),
		"see":      inStep("see", (*parser).see),
		"likely":   inStep("likely", (*parser).likely),
		"limit":    inStep("limit", (*parser).limit),
		"case":     inStep("case", (*parser).tableCase),
	}
}

func (p *parser) parseLine(text string) {
	word, rest := firstWord(text)
	if head, ok := heads[word]; ok {
		head(p, rest)
		return
	}
	if !p.inTable(text) {
		p.command(text)
	}
}

func (p *parser) exercise(rest string) {
	switch {
	case p.script.Exercise != "" || p.step != nil:
		p.defect("exercise a second time or after a step", "one exercise, at the top")
	case !isName(rest):
		p.defect("exercise "+quoteWords(rest), "exercise and a name of a–z, 0–9 and -, such as: exercise echo")
	default:
		p.script.Exercise = rest
	}
}

func (p *parser) goal(rest string) {
	switch {
	case rest == "":
		p.defect("goal without words", "what the learner is to reach, in one sentence")
	case p.script.Goal != "" || p.step != nil:
		p.defect("goal a second time or after a step", "one goal, after the exercise")
	default:
		p.script.Goal = rest
	}
}

func (p *parser) beginStep(rest string) {
	p.endStep()
	if !isName(rest) {
		p.defect("step "+quoteWords(rest), "step and a name of a–z, 0–9 and -, such as: step close")
	} else if old := p.script.Step(rest); old != nil {
		p.defect("step "+rest+" a second time", fmt.Sprintf("another name: line %d has this one", old.Line))
	}
	p.step = &Step{Name: rest, Limit: DefaultLimit, Line: p.line}
	p.scope = newScope()
	p.script.Steps = append(p.script.Steps, p.step)
}

// endStep reports what the step that was read lacks.
func (p *parser) endStep() {
	if p.step == nil {
		return
	}
	lacks := func(missing bool, what, want string) {
		if missing {
			p.defectAt(p.step.Line, "step "+p.step.Name+" without "+what, want)
		}
	}
	lacks(p.step.Says == "", "says", "a line: says what the step settles")
	lacks(len(p.step.Hints) == 0, "a hint", "a line: hint and what helps whoever fails here")
	lacks(!p.begun() && !p.scope.broken, "commands", "commands, such as: dial /ws")
	p.spread()
	p.onePart()
}

func (p *parser) endScript() {
	for missing, want := range map[string]bool{"exercise": p.script.Exercise == "", "goal": p.script.Goal == "", "step": len(p.script.Steps) == 0} {
		if want && !p.tried(missing) {
			p.defectAt(1, "no "+missing, "a line: "+missing+" …")
		}
	}
}

// tried reports whether a defect of that head was reported already.
func (p *parser) tried(head string) bool {
	for _, problem := range p.problems {
		if strings.HasPrefix(problem.Found, head) {
			return true
		}
	}
	return false
}

// inStep guards a head that belongs to a step, before its commands.
func inStep(head string, then func(*parser, string)) func(*parser, string) {
	return func(p *parser, rest string) {
		switch {
		case p.step == nil:
			p.defect(head+" outside of a step", "a step first: step NAME")
		case p.begun():
			p.defect(head+" after a command", head+" before the step's first command")
		case rest == "":
			p.defect(head+" without words", head+" and its words")
		default:
			then(p, rest)
		}
	}
}

func (p *parser) says(rest string) {
	if p.step.Says != "" {
		p.defect("says a second time", "one sentence that says what the step settles")
	}
	p.step.Says = rest
}

func (p *parser) hint(rest string) { p.step.Hints = append(p.step.Hints, rest) }

func (p *parser) see(rest string) {
	if _, err := ParseReference(rest); err != nil {
		p.defect("see "+rest, `"RFC 6455 §5.6", "WHATWG HTML §9.2.6", "Go net/http.Flusher" or a URL`)
	}
	p.step.See = append(p.step.See, rest)
}

func (p *parser) likely(rest string) {
	condition, words := splitCondition(rest)
	switch base, rest := firstWord(condition); {
	case base == "got" && rest == "":
		p.defect("likely got "+words, `a string and the cause: likely got "PART" words`)
	case !isCondition(base) && base != "got":
		p.defect("likely "+base, "a condition"+orNear(base, conditionNames()))
	case words == "":
		p.defect("likely "+condition+" without words", "the cause, in words")
	default:
		p.step.Likely = append(p.step.Likely, Likely{condition, words})
	}
}

func (p *parser) limit(rest string) {
	d, err := time.ParseDuration(rest)
	if err != nil || d <= 0 || d > MaxLimit {
		p.defect("limit "+rest, "a duration such as 5s, at most "+showDuration(MaxLimit))
		return
	}
	p.step.Limit = d
}

// orNear lists the candidates, or names the one that was probably meant.
func orNear(word string, candidates []string) string {
	if near := didYouMean(word, candidates); near != "" {
		return " (did you mean " + near + "?)"
	}
	return ": one of " + strings.Join(candidates, ", ")
}

func quoteWords(s string) string {
	if s == "" {
		return "without a name"
	}
	return `"` + s + `"`
}
