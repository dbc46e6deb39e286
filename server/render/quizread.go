package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	quizID     = regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*$`)
	quizKey    = regexp.MustCompile(`^(ask|answer|right|wrong):\s*(.*)$`)
	quizOption = regexp.MustCompile(`^[-*]\s+\[([ xX])\]\s+(.*)$`)
	quizItem   = regexp.MustCompile(`^\d+[.)]\s+(.*)$`)
)

// A quizDraft is a quiz block's lines, put together.
type quizDraft struct {
	keys    map[string]*string
	options []draftOption
	items   []draftOption
	last    *string // what an indented line goes on with
}

type draftOption struct {
	text, say string
	right     bool
	line      int
}

// readQuiz reads a quiz block; bad says why it cannot be asked.
func (p *passage) readQuiz(f fence) (*Quiz, *badLine) {
	if !quizID.MatchString(f.name) {
		return nil, &badLine{f.line, fmt.Sprintf("the quiz has no proper name: %q", f.name), "name it in lower-case letters, digits and hyphens: ```quiz close-code"}
	}
	d, bad := f.draft()
	if bad != nil {
		return nil, bad
	}
	q := &Quiz{ID: f.name, Line: f.line, ask: d.key("ask")}
	if q.ask == "" {
		return nil, &badLine{f.line, "the quiz " + q.ID + " asks nothing", "begin it with a line: ask: …"}
	}
	kinds := 0
	for _, have := range []bool{len(d.options) > 0, len(d.items) > 0, d.key("answer") != ""} {
		if have {
			kinds++
		}
	}
	if kinds != 1 {
		return nil, &badLine{f.line, "the quiz " + q.ID + " must be of one kind", "give it options (- [x] …), or items in order (1. …), or a line answer: …"}
	}
	if len(d.options) > 0 {
		return q, p.choice(q, d)
	}
	for _, key := range []string{"right", "wrong"} {
		if d.key(key) == "" {
			return nil, &badLine{f.line, "the quiz " + q.ID + " does not explain a " + key + " answer", "add a line: " + key + ": …"}
		}
	}
	q.right = "<p>" + p.inline(d.key("right"), f.line) + "</p>"
	q.wrong = "<p>" + p.inline(d.key("wrong"), f.line) + "</p>"
	if len(d.items) > 0 {
		return q, p.order(q, d)
	}
	return q, q.short(d.key("answer"))
}

// draft sorts the lines of the block.
func (f fence) draft() (*quizDraft, *badLine) {
	d := &quizDraft{keys: map[string]*string{}}
	for i, text := range strings.Split(f.body, "\n") {
		line := f.line + 1 + i
		if strings.TrimSpace(text) == "" {
			continue
		}
		if text[0] == ' ' || text[0] == '\t' {
			if d.last == nil {
				return nil, &badLine{line, "this line goes on with nothing", "begin the block with: ask: …"}
			}
			*d.last = strings.TrimSpace(*d.last + "\n" + strings.TrimSpace(text))
			continue
		}
		if bad := d.add(text, line); bad != nil {
			return nil, bad
		}
	}
	return d, nil
}

func (d *quizDraft) add(text string, line int) *badLine {
	if m := quizKey.FindStringSubmatch(text); m != nil {
		if _, twice := d.keys[m[1]]; twice {
			return &badLine{line, m[1] + " stands there twice", "keep one"}
		}
		value := strings.TrimSpace(m[2])
		d.keys[m[1]], d.last = &value, &value
		return nil
	}
	if m := quizOption.FindStringSubmatch(text); m != nil {
		d.options = append(d.options, draftOption{text: m[2], right: m[1] != " ", line: line})
		d.last = &d.options[len(d.options)-1].say
		return nil
	}
	if m := quizItem.FindStringSubmatch(text); m != nil {
		d.items = append(d.items, draftOption{text: m[1], line: line})
		d.last = &d.items[len(d.items)-1].text
		return nil
	}
	return &badLine{line, "this line of the quiz is none of its kinds", "write ask:, answer:, right:, wrong:, - [x] an option, or 1. an item; indent a line that goes on"}
}

func (d *quizDraft) key(name string) string {
	if v := d.keys[name]; v != nil {
		return *v
	}
	return ""
}

// choice makes the options; each must be explained, and one at least right.
func (p *passage) choice(q *Quiz, d *quizDraft) *badLine {
	rights := 0
	for _, o := range d.options {
		if o.say == "" {
			return &badLine{o.line, "this option is not explained", "add an indented line below it that says why it is right or wrong"}
		}
		if o.right {
			rights++
		}
		q.options = append(q.options, option{
			key: optionKey(q.ID, o.text), text: p.inline(o.text, o.line), right: o.right, say: p.inline(o.say, o.line+1),
		})
	}
	q.Type = Choice
	if rights > 1 {
		q.Type = Multiple
	}
	switch {
	case rights == 0:
		return &badLine{q.Line, "the quiz " + q.ID + " has no right answer", "mark one option with [x]"}
	case len(q.options) < 2:
		return &badLine{q.Line, "the quiz " + q.ID + " leaves no choice", "add a second option"}
	}
	return q.distinct(d.options)
}

// order makes the items of a quiz that is about their order.
func (p *passage) order(q *Quiz, d *quizDraft) *badLine {
	q.Type = Order
	for _, o := range d.items {
		q.options = append(q.options, option{key: optionKey(q.ID, o.text), text: p.inline(o.text, o.line)})
	}
	if len(q.options) < 2 {
		return &badLine{q.Line, "the quiz " + q.ID + " has nothing to put in order", "add a second item"}
	}
	return q.distinct(d.items)
}

func (q *Quiz) distinct(from []draftOption) *badLine {
	for i, o := range q.options {
		if slices.ContainsFunc(q.options[:i], func(other option) bool { return other.key == o.key }) {
			return &badLine{from[i].line, "this option stands there twice", "change or remove it"}
		}
	}
	return nil
}

// short makes the answers that are accepted.
func (q *Quiz) short(answers string) *badLine {
	q.Type = Short
	for _, a := range splitAnswers(answers) {
		pattern := regexp.QuoteMeta(strings.Join(strings.Fields(a), " "))
		if len(a) > 1 && a[0] == '/' && a[len(a)-1] == '/' {
			pattern = a[1 : len(a)-1]
		}
		re, err := regexp.Compile(`(?i)^(?:` + pattern + `)$`)
		if err != nil {
			return &badLine{q.Line, fmt.Sprintf("the answer %s of the quiz %s is no regular expression", a, q.ID), "write it in Go's syntax: https://pkg.go.dev/regexp/syntax"}
		}
		q.answers = append(q.answers, re)
	}
	if len(q.answers) == 0 {
		return &badLine{q.Line, "the quiz " + q.ID + " has no right answer", "write answer: one | another | /a pattern/"}
	}
	return nil
}

// splitAnswers parts "a | b | /c|d/" at the bars outside of slashes.
func splitAnswers(s string) []string {
	var all []string
	var cur strings.Builder
	pattern := false
	end := func() {
		if a := strings.TrimSpace(cur.String()); a != "" {
			all = append(all, a)
		}
		cur.Reset()
	}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '|' && !pattern:
			end()
			continue
		case s[i] == '/' && (pattern || strings.TrimSpace(cur.String()) == ""):
			pattern = !pattern && strings.IndexByte(s[i+1:], '/') >= 0
		}
		cur.WriteByte(s[i])
	}
	end()
	return all
}
