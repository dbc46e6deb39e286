package browsertest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// card is a question.
func card(quiz string) string { return fmt.Sprintf("quiz-card[quiz=%q]", quiz) }

// answers sends what stands in a question's form, and waits for the verdict.
func (p *page) answers(quiz, verdict string, says ...string) {
	p.t.Helper()
	p.press(card(quiz), "Check the answer")
	p.sees(card(quiz)+" .result", append([]string{verdict}, says...)...)
}

// TestQuizChoice: a wrong choice is explained, then the right one; it stands
// there again after a reload.
func TestQuizChoice(t *testing.T) {
	t.Parallel()
	p := start(t).open(wide, light)
	p.visit("/lessons/chat")
	p.bring(card("slow-reader"))
	p.press(card("slow-reader"), "Check the answer")
	p.sees(card("slow-reader")+" .result", "Choose or write an answer first.")
	p.press(card("slow-reader"), "The operating system closes the slow connection")
	p.answers("slow-reader", "✗ Not yet.", "Only a write deadline of your own ends it.")
	p.press(card("slow-reader"), "After a while, everybody stops receiving")
	p.until("a new choice is not judged yet", fmt.Sprintf("document.querySelector(%s).innerText === ''", quoted(card("slow-reader")+" .result")))
	p.answers("slow-reader", "✓ Right.", "the write waits, and with it the loop")
	p.shot("right")

	p.reload()
	p.bring(card("slow-reader"))
	p.sees(card("slow-reader")+" .result", "✓ Right.", "Answered earlier.")
	if got := p.text(card("slow-reader") + " label:has(:checked)"); got != "After a while, everybody stops receiving" {
		t.Errorf("the choice is now %q", got)
	}
}

// TestQuizMultiple: all that are right must be chosen, and no other.
func TestQuizMultiple(t *testing.T) {
	t.Parallel()
	const quiz = "sendable-codes"
	p := start(t).open(narrow, dark)
	p.visit("/lessons/websockets")
	p.bring(card(quiz))
	p.press(card(quiz), "1000")
	p.press(card(quiz), "1006")
	p.answers(quiz, "✗ Not yet.", "Only the end that waited in vain can report it")
	p.shot("wrong")
	p.press(card(quiz), "1006")
	p.press(card(quiz), "1011")
	p.press(card(quiz), "4001")
	p.answers(quiz, "✓ Right.")
}

// TestQuizShort: a typed answer, sent with Enter.
func TestQuizShort(t *testing.T) {
	t.Parallel()
	const quiz = "accept-length"
	p := start(t).open(wide, light)
	p.visit("/lessons/websockets")
	p.bring(card(quiz))
	p.fill(card(quiz)+" [name=answer]", "20")
	p.keys("\r")
	p.sees(card(quiz)+" .result", "✗ Not yet.", "SHA-1 gives 20 bytes, whatever the key.")
	p.fill(card(quiz)+" [name=answer]", " Twenty-Eight ")
	p.keys("\r")
	p.sees(card(quiz)+" .result", "✓ Right.")
	p.reload()
	p.bring(card(quiz))
	p.sees(card(quiz)+" .result", "✓ Right.", "Answered earlier.")
}

// TestQuizOrder: rows are put in order with the buttons, and with the keyboard
// alone.
func TestQuizOrder(t *testing.T) {
	t.Parallel()
	const quiz = "handshake-order"
	want := []string{"The client opens", "The client sends a GET", "The server hashes", "The client compares", "Either end sends"}
	p := start(t).open(wide, light)
	p.visit("/lessons/websockets")
	p.bring(card(quiz))
	p.until("its rows can be moved", fmt.Sprintf("document.querySelectorAll(%s).length === 5", quoted(card(quiz)+" .moves")))
	p.shot("shuffled")
	p.answers(quiz, "✗ Not yet.", "Read it as a conversation")

	for place, begins := range want {
		row := fmt.Sprintf("[...document.querySelectorAll(%s)].findIndex(li => li.innerText.startsWith(%s))", quoted(card(quiz)+" .order > li"), quoted(begins))
		at := eval[int](p, row)
		if at == place {
			continue
		}
		p.clickOn("Move up", fmt.Sprintf("document.querySelectorAll(%s)[%d].querySelector('[aria-label^=\"Move up\"]')", quoted(card(quiz)+" .order > li"), at))
		p.sees(card(quiz)+" .result", fmt.Sprintf("Now in place %d of 5.", at))
		for range at - 1 - place {
			p.keys(kb.ArrowUp) // the focus went along
		}
		p.sees(card(quiz)+" .result", fmt.Sprintf("Now in place %d of 5.", place+1))
	}
	order := p.texts(card(quiz) + " .order > li > span:first-child")
	if !slices.IsSortedFunc(order, func(a, b string) int { return place(want, a) - place(want, b) }) {
		t.Fatalf("the rows stand as %q", order)
	}
	p.answers(quiz, "✓ Right.", "The client must check before it trusts the line")
	p.reload()
	p.bring(card(quiz))
	p.sees(card(quiz)+" .result", "✓ Right.", "Answered earlier.")
	if again := p.texts(card(quiz) + " .order > li > span:first-child"); !slices.Equal(again, order) {
		t.Errorf("the rows are now %q", again)
	}
}

// place is the number of the text that s begins with.
func place(texts []string, s string) int {
	return slices.IndexFunc(texts, func(begins string) bool { return len(s) >= len(begins) && s[:len(begins)] == begins })
}
