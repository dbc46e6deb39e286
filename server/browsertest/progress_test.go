package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestProgress: what is read counts, on every open page; the course page leads
// on to what comes next, and forgets only when told twice.
func TestProgress(t *testing.T) {
	t.Parallel()
	s := start(t)
	course := s.open(wide, light)
	course.visit("/")
	course.sees(".begin", "Start", "Lesson 1, What are WebSockets?")
	course.sees("[data-far=takeaways]", "Not started")

	p := s.open(wide, light)
	p.visit("/lessons/takeaways")
	p.read("which-one")
	p.shot("read")
	course.until("the course page knows", "document.querySelector('.lessons [data-far=takeaways]').innerText.includes(' done')")

	// Further down the page: what is passed over does not count.
	p.read("what-you-completed")
	if p.has("document.querySelector('#the-mistakes-and-their-repair.read')") {
		t.Error("a section that was passed over counts as read")
	}

	course.reload()
	course.sees(".begin", "Continue where you were", "Lesson 6, Key takeaways: ")
	next := strings.TrimPrefix(eval[string](course, "document.querySelector('.begin a').hash"), "#")
	if course.has("document.querySelector('.begin a').pathname !== '/lessons/takeaways'") || next == "" || next == "which-one" || next == "what-you-completed" {
		t.Errorf("Continue leads to %s", eval[string](course, "document.querySelector('.begin a').href"))
	}
	course.shot("continue")
	course.press(".begin", "Continue where you were")
	course.until("it leads to that section", fmt.Sprintf("location.pathname === '/lessons/takeaways' && Math.abs(document.getElementById(%s)?.getBoundingClientRect().top) < innerHeight / 2", quoted(next)))
	p.do(chromedp.Navigate("about:blank")) // or it reads on

	course.visit("/")
	course.press("progress-reset", "Reset progress…")
	course.sees("dialog[open]", "Reset progress?", "This cannot be undone.")
	course.shot("asks")
	course.press("dialog[open]", "Keep it")
	course.until("nothing was reset", "!document.querySelector('dialog[open]') && document.querySelector('.lessons [data-far=takeaways]').innerText.includes(' done')")
	course.press("progress-reset", "Reset progress…")
	course.press("dialog[open]", "Reset")
	course.sees(".begin", "Start")
	course.sees("[data-far=takeaways]", "Not started")
}

// read brings the end of a section into view, and waits until it counts as read.
func (p *page) read(section string) {
	p.t.Helper()
	el := "document.getElementById(" + quoted(section) + ")"
	p.settled()
	eval[bool](p, "("+el+".scrollIntoView({block: 'end', behavior: 'instant'}), true)")
	p.until(section+" is read", el+".classList.contains('read')")
}
