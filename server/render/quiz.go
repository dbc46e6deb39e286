package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// A quiz block asks one question, in one of three forms. All text is inline
// markdown, and may go on in further, indented lines.
//
//	```quiz upgrade-status           several [x]: choose all that are right.
//	ask: Which status does the server answer with?
//	- [x] 101
//	  Yes: Switching Protocols.
//	- [ ] 200
//	  A 200 leaves the connection with HTTP.
//	```
//
//	```quiz close-code
//	ask: Which code does a browser report when TCP just ends?
//	answer: 1006 | /abnormal( closure)?/
//	right: It never stands in a frame.
//	wrong: Look at the last row of the log.
//	```
//
//	```quiz life-cycle
//	ask: Put these into the order in which they happen.
//	1. The request
//	2. The 101
//	3. The first frame
//	right: HTTP first, frames after.
//	wrong: No frame before the 101.
//	```
//
// The explanation below an option is said when it is chosen. An answer is
// compared without regard to case, blanks around it and runs of blanks; one
// between slashes is a regular expression for the whole of it.

// QuizType is what a learner does to answer.
type QuizType string

const (
	Choice   QuizType = "choice"
	Multiple QuizType = "multiple"
	Short    QuizType = "short"
	Order    QuizType = "order"
)

// A Quiz is one question and its answer. It is safe for concurrent use.
type Quiz struct {
	ID   string
	Type QuizType
	Line int

	ask          string
	options      []option
	answers      []*regexp.Regexp
	right, wrong template.HTML
}

// An option is one to choose, or one to put in order. Its key stands in the
// form in its place: drawn from its text, so that neither the key nor its
// place gives the answer away, and a recorded answer outlives a new order.
type option struct {
	key   string
	text  template.HTML
	right bool
	say   template.HTML
}

// maxAnswer bounds what a short answer may hold, in bytes.
const maxAnswer = 1000

// Judge says whether an answer is right, and why. The answer is the text of a
// short one, the values of the options that were chosen, or the values of all
// items in the order that the learner gave them.
func (q *Quiz) Judge(answer []string) (right bool, say template.HTML) {
	switch {
	case len(answer) == 0 || len(answer) == 1 && strings.TrimSpace(answer[0]) == "":
		return false, "<p>Answer first.</p>"
	case q.Type == Short:
		return q.either(q.fits(answer[0]))
	case q.Type == Order:
		return q.either(slices.EqualFunc(q.options, answer, func(o option, key string) bool { return o.key == key }))
	}
	return q.chosen(answer)
}

func (q *Quiz) either(right bool) (bool, template.HTML) {
	if right {
		return true, q.right
	}
	return false, q.wrong
}

func (q *Quiz) fits(answer string) bool {
	if len(answer) > maxAnswer {
		return false
	}
	answer = strings.Join(strings.Fields(answer), " ")
	return slices.ContainsFunc(q.answers, func(r *regexp.Regexp) bool { return r.MatchString(answer) })
}

// chosen says what the author says of each chosen option. All the right ones
// and no other make a right answer.
func (q *Quiz) chosen(answer []string) (bool, template.HTML) {
	var say strings.Builder
	right, missing := true, 0
	for _, o := range q.options {
		if !slices.Contains(answer, o.key) {
			if o.right {
				missing++
			}
			continue
		}
		right = right && o.right
		if q.Type == Multiple {
			say.WriteString("<p><b>" + string(o.text) + "</b>: " + string(o.say) + "</p>")
			continue
		}
		say.WriteString("<p>" + string(o.say) + "</p>")
	}
	if q.Type == Multiple && right && missing > 0 {
		say.WriteString("<p>Right so far, but not all of it yet.</p>")
	}
	if say.Len() == 0 {
		return false, "<p>That is none of the options.</p>"
	}
	return right && missing == 0, template.HTML(say.String())
}

// quiz draws a quiz block.
func (p *passage) quiz(f fence) string {
	q, bad := p.readQuiz(f)
	if bad != nil {
		return p.bad(bad)
	}
	if other, ok := p.page.Quizzes[q.ID]; ok {
		return p.box(f.line, "give one of them another name", "the quiz %s stands in line %d already", q.ID, other.Line)
	}
	p.page.Quizzes[q.ID] = q
	var b strings.Builder
	fmt.Fprintf(&b, "<quiz-card lesson=\"%s\" quiz=\"%s\" type=\"%s\">\n<form>\n<fieldset><legend>%s</legend>\n",
		html.EscapeString(p.lesson.Slug), html.EscapeString(q.ID), q.Type, p.inline(q.ask, f.line+1))
	q.fields(&b)
	b.WriteString("</fieldset>\n<p><button class=\"btn\" type=\"submit\" disabled>Check the answer</button></p>\n</form></quiz-card>\n")
	return b.String()
}

func (q *Quiz) fields(b *strings.Builder) {
	switch q.Type {
	case Short:
		b.WriteString("<input class=\"field\" type=\"text\" name=\"answer\" autocomplete=\"off\" autocapitalize=\"off\" spellcheck=\"false\" aria-label=\"Your answer\" maxlength=\"1000\">\n")
	case Order:
		b.WriteString("<ol class=\"order\">\n")
		for _, o := range q.shuffled() {
			fmt.Fprintf(b, "<li data-value=\"%s\">%s</li>\n", o.key, o.text)
		}
		b.WriteString("</ol>\n")
	default:
		input := "radio"
		if q.Type == Multiple {
			input = "checkbox"
		}
		for _, o := range q.options {
			fmt.Fprintf(b, "<label><input type=\"%s\" name=\"answer\" value=\"%s\"> <span>%s</span></label>\n", input, o.key, o.text)
		}
	}
}

// shuffled orders the options by their keys, which no reader can tell from
// chance; should that be the right order, it is turned by one.
func (q *Quiz) shuffled() []option {
	mixed := slices.Clone(q.options)
	sort.Slice(mixed, func(i, j int) bool { return mixed[i].key < mixed[j].key })
	if slices.EqualFunc(mixed, q.options, func(a, b option) bool { return a.key == b.key }) {
		mixed = append(mixed[1:], mixed[0])
	}
	return mixed
}

func optionKey(quiz, text string) string {
	sum := sha256.Sum256([]byte(quiz + "\x00" + text))
	return hex.EncodeToString(sum[:4])
}
