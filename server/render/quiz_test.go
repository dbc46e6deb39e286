package render

import (
	"os"
	"strings"
	"testing"
)

// TestJudge answers the questions of testdata/quiz.md.
func TestJudge(t *testing.T) {
	body, err := os.ReadFile("testdata/quiz.md")
	if err != nil {
		t.Fatal(err)
	}
	page, problems := renderBody(t, string(body), Config{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, c := range []struct {
		name, quiz string
		answer     []string // texts of options and items stand for their keys
		right      bool
		say        string
	}{
		{"nothing chosen", "status", nil, false, "Answer first."},
		{"an unknown option", "status", []string{"0"}, false, "none of the options"},
		{"wrong", "status", []string{"`200`"}, false, "That leaves the connection\nwith HTTP."},
		{"right", "status", []string{"`101`"}, true, "Switching Protocols."},
		{"both of one choice", "status", []string{"`101`", "`200`"}, false, "That leaves"},
		{"all right ones", "controls", []string{"close", "ping"}, true, "<b>ping</b>: Opcode 9."},
		{"not all right ones", "controls", []string{"ping"}, false, "Right so far"},
		{"a wrong one among them", "controls", []string{"ping", "close", "text"}, false, "Opcode 1 carries data."},
		{"as written", "code", []string{"1006"}, true, "never stands in a frame"},
		{"case and blanks", "code", []string{"  Abnormal   CLOSURE "}, true, "never"},
		{"a pattern", "code", []string{"close-1006"}, true, "never"},
		{"a bar within a pattern", "code", []string{"Code 1006"}, true, "never"},
		{"a pattern must fit as a whole", "code", []string{"code 10061"}, false, "last row"},
		{"blank", "code", []string{"  "}, false, "Answer first."},
		{"endless", "code", []string{strings.Repeat("1006", 1e6)}, false, "last row"},
		{"in order", "order", []string{"The request", "The 101", "The first frame"}, true, "HTTP first."},
		{"out of order", "order", []string{"The 101", "The request", "The first frame"}, false, "Frames come last."},
		{"left out", "order", []string{"The request", "The 101"}, false, "Frames come last."},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := page.Quizzes[c.quiz]
			answer := make([]string, len(c.answer))
			for i, a := range c.answer {
				answer[i] = a
				if q.Type != Short && a != "0" {
					answer[i] = optionKey(q.ID, a)
				}
			}
			right, say := q.Judge(answer)
			if right != c.right || !strings.Contains(string(say), c.say) {
				t.Errorf("got %v, %q; want %v, …%s…", right, say, c.right, c.say)
			}
		})
	}
}

// TestOrderIsNotGivenAway: no quiz about an order shows it.
func TestOrderIsNotGivenAway(t *testing.T) {
	for _, items := range [][]string{{"a", "b"}, {"b", "a"}, {"one", "two", "three"}, {"x", "y", "z"}} {
		q := &Quiz{ID: "q", Type: Order}
		for _, i := range items {
			q.options = append(q.options, option{key: optionKey("q", i)})
		}
		mixed := q.shuffled()
		same := len(mixed) == len(q.options)
		for i := range mixed {
			same = same && mixed[i].key == q.options[i].key
		}
		if same || len(mixed) != len(items) {
			t.Errorf("%v is shown in its right order, or not whole", items)
		}
	}
}
