package browsertest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"duplex/lessons"
)

// present opens a lesson as slides, ready for keys.
func present(t *testing.T, path string) *page {
	t.Helper()
	p := start(t).open(projected, light)
	p.visit(path)
	p.settled()
	return p
}

// slide waits until this slide is shown, alone: its number and its title.
func (p *page) slide(number int, id string) {
	p.t.Helper()
	p.until(fmt.Sprintf("slide %d, %s, is shown", number, id), fmt.Sprintf(`location.hash === %s && document.querySelector(".slide-foot .place").innerText.startsWith("%d / ")
		&& [...document.querySelectorAll("present-view > .slide")].filter(s => s.checkVisibility()).map(s => s.dataset.slide).join() === %s`,
		quoted("#"+id), number, quoted(id)))
}

// TestPresent walks through slides with the keys of a presenter.
func TestPresent(t *testing.T) {
	t.Parallel()
	p := present(t, "/present/chat")
	p.slide(1, "page-title")
	p.keys(kb.ArrowRight)
	p.slide(2, "a-room-for-everybody")
	p.sees(chatStage+" .state", "Not connected")
	p.shot("demo")
	p.keys(kb.PageUp)
	p.slide(1, "page-title")
	p.keys(kb.End)
	last := eval[int](p, `document.querySelectorAll("present-view > .slide").length`)
	p.slide(last, "exercise-chat")
	p.shot("exercise")
	p.keys(kb.ArrowRight) // there is no more
	p.keys(kb.Home)
	p.slide(1, "page-title")
	p.click("[data-go=on]")
	p.slide(2, "a-room-for-everybody")

	p.keys("b")
	p.until("the screen is black", "getComputedStyle(document.querySelector('dialog.black[open]')).backgroundColor === 'rgb(0, 0, 0)'")
	p.keys("x")
	p.until("any key brings it back", "!document.querySelector('dialog.black')")
	p.slide(2, "a-room-for-everybody")

	p.keys("o")
	p.sees("dialog.overview[open]", "Broadcast", "The slow reader", "Exercise: chat")
	p.shot("overview")
	p.keys(kb.ArrowRight + "\r")
	p.slide(3, "broadcast")
	p.keys("p")
	p.until("there is a pointer", "document.querySelector('.pointer').checkVisibility()")
	p.keys("p")
	p.until("it is gone", "!document.querySelector('.pointer').checkVisibility()")
}

// TestPresentSteps: a list opens item by item, and a reload or a saved lesson
// comes back to the same place.
func TestPresentSteps(t *testing.T) {
	t.Parallel()
	p := present(t, "/present/takeaways")
	const open = "document.querySelectorAll('.slide:not([hidden]) .step:not(.closed)').length"
	p.slide(1, "page-title")
	for eval[string](p, "location.hash") != "#what-to-remember" { // what is longer than the screen is scrolled first
		p.keys(kb.ArrowRight)
	}
	if n := eval[int](p, open); n != 0 {
		t.Errorf("%d items of the list are open at first", n)
	}
	p.keys(kb.ArrowRight + kb.ArrowRight)
	p.until("two items are open", open+" === 2")
	p.shot("two-items")
	at := eval[string](p, "location.hash")
	p.reload()
	p.settled()
	p.until("it is as it was", "location.hash === "+quoted(at)+" && "+open+" === 2")
	for range 10 { // opens the other four, and goes on
		p.keys(kb.ArrowRight)
	}
	p.until("the next slide has come", "location.hash !== "+quoted(at))
}

// TestPresentDeepLink: the address names a slide; the demo of an earlier slide
// can be had beside it.
func TestPresentDeepLink(t *testing.T) {
	t.Parallel()
	p := present(t, "/present/echo")
	const number = 5
	id := eval[string](p, fmt.Sprintf(`document.querySelectorAll("present-view > .slide")[%d].dataset.slide`, number-1))
	p.do(chromedp.Navigate("about:blank"))
	p.visit("/present/echo#" + id)
	p.settled()
	p.slide(number, id)
	p.reload()
	p.settled()
	p.slide(number, id)
	p.keys("d")
	p.sees(echoStage+" .state", "● Open")
	p.press(echoStage, "Send")
	p.sees(echoStage+" .talk > .received", "hello")
	p.shot("borrowed")
	p.keys("t") // is typed
	p.click(".slide-foot .place")
	eval[bool](p, "document.activeElement.blur() ?? true")
	p.keys("t")
	p.until("the theme changes", "document.documentElement.dataset.theme === 'light'")
}

// TestPresentTellsNothing: what is projected holds no speaker's notes and no
// answers, not even in its source.
func TestPresentTellsNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, l := range lessons.Load(lessons.FS()).Lessons {
		for _, path := range []string{"/present/" + l.Slug, "/lessons/" + l.Slug} {
			html := s.get(path)
			for _, secret := range append(secrets(string(l.Body)), "notes:") {
				if strings.Contains(html, secret) {
					t.Errorf("%s holds %q", path, secret)
				}
			}
		}
	}
}

// secrets are parts of a lesson that no page may show before they are asked
// for: the notes, and what a quiz says to an answer.
func secrets(body string) (found []string) {
	for _, line := range strings.Split(body, "\n") {
		for _, begin := range []string{"<!-- notes: ", "right: ", "wrong: "} {
			if words, ok := strings.CutPrefix(line, begin); ok {
				found = append(found, plain(words))
			}
		}
	}
	return found
}

// plain is the longest part of a markdown line that is the same in HTML.
func plain(line string) (longest string) {
	for _, part := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune("`*_[]()<>&\"'’“”", r) }) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return strings.TrimSpace(longest)
}

// get returns what the server answers, without a browser.
func (s *site) get(path string) string {
	s.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %s, %v", path, answer.Status, err)
	}
	return string(body)
}
