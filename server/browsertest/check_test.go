package browsertest

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"duplex/lessons/check"
	"duplex/lessons/check/mailbox"
)

// echoExercise is the exercise of the lesson on echo.
const echoExercise = "duplex-stage[kind=exercise][name=echo]"

// openExercise opens the lesson at its exercise, to check the server at url.
func openExercise(s *site, url string) *page {
	s.t.Helper()
	p := s.open(wide, light)
	p.visit("/lessons/echo#exercise-echo")
	p.bring(echoExercise)
	p.fill(echoExercise+" [name=url]", url)
	return p
}

// ticked is the mark of the exercise's section, "none" if it has none.
const ticked = `getComputedStyle(document.querySelector("#exercise-echo > h2"), "::before").content`

// step is the row of a step.
func step(name string) string { return fmt.Sprintf("%s .steps > li[data-step=%q]", echoExercise, name) }

// checked waits until the check has ended, and returns what it says.
func (p *page) checked() string {
	p.t.Helper()
	p.sees(echoExercise+" .ex-bar .btn", "Check")
	p.until("the check has ended", fmt.Sprintf("!document.querySelector(%s).innerText.includes('Checking')", quoted(echoExercise+" .ex-state")))
	return p.text(echoExercise + " .ex-state")
}

// TestCheckFailsThenPasses: a mistake is shown with its evidence; once it is
// mended, everything passes, here and on every open page.
func TestCheckFailsThenPasses(t *testing.T) {
	t.Parallel()
	s := start(t)
	mine := learn(t, always)
	mine.asBinary.Store(true)
	course := s.open(wide, light)
	course.visit("/")
	course.sees("[data-far=echo]", "Not started") // before a section of the lesson can have been read
	p := openExercise(s, mine.url)

	p.press(echoExercise, "Solution")
	p.sees(echoExercise+" .ex-solution", "The solution appears here once you have pressed Check")
	p.press(echoExercise, "Check")
	p.sees(step("text"), "✗", "fail")
	p.sees(step("text")+" .fail", "✗ text: ", "sent", "→ Text", "expected", "← Text", "got", "← Binary",
		"likely", "You answer with websocket.BinaryMessage", "RFC 6455 §5.6", "duplex check echo "+mine.url+" --step text")
	p.sees(step("binary"), "✓", "pass")
	if says := p.checked(); !strings.Contains(says, "of 16 steps passed") || strings.HasPrefix(says, "16") {
		t.Errorf("it says %q", says)
	}
	p.until("the section is read, and not ticked off", `document.getElementById("exercise-echo").matches(".read") && `+ticked+` === "none"`)
	p.shot("failed-check")

	p.press(step("text"), "Show a hint (of 2)")
	p.sees(step("text")+" .ex-hints", "ReadMessage returns the kind")
	p.press(step("text"), "Next hint (2 of 2)")
	p.sees(step("text")+" .ex-hints", "conn.WriteMessage(kind, message), in a loop")
	p.press(echoExercise, "Wire")
	p.wire(echoExercise, "note step text: fail", "→ GET /ws Upgrade: websocket", "← 101 Switching Protocols")
	p.press(echoExercise, "Exercise")

	mine.asBinary.Store(false)
	p.press(step("text"), "Check this step again")
	p.sees(echoExercise+" .ex-state", "Step text: pass")
	p.sees(step("text"), "✓", "pass")
	p.focus(echoExercise + " [name=url]")
	p.keys("\r", chromedp.ModifierCtrl)
	p.sees(echoExercise+" .ex-state", "16 of 16 steps passed")
	p.sees(echoExercise+" .ex-done", "All steps pass.", "Next: Chat room")
	p.until("the section is ticked off", ticked+` !== "none"`)
	p.until("no step is left", fmt.Sprintf("document.querySelectorAll(%s).length === 16", quoted(echoExercise+" .steps > li[data-verdict=pass]")))
	p.shot("passed")

	p.press(echoExercise, "Solution")
	p.sees(echoExercise+" .df .more", "kind, message, err := conn.ReadMessage()")

	const steps = "parseInt(document.querySelector('.lessons [data-far=echo], #page-lessons [data-far=echo]').innerText) >= 16" // and what was read meanwhile
	course.until("the course page counts the steps", steps)
	p.click("[popovertarget=page-lessons]")
	p.until("the menu counts the steps", steps)
	p.shot("menu")
}

// TestCheckCannotTell: where nothing listens, the check says so and what to
// do; nothing counts as failed.
func TestCheckCannotTell(t *testing.T) {
	t.Parallel()
	p := openExercise(start(t), unused(t))
	p.press(echoExercise, "Check")
	says := p.checked()
	p.sees(step("text"), "inconclusive")
	p.sees(step("text")+" .fail", "nothing listens")
	if !strings.Contains(says, "0 of 16 steps passed") {
		t.Errorf("it says %q", says)
	}
	if n := eval[int](p, fmt.Sprintf("[...document.querySelectorAll(%s)].filter(e => e.open).length", quoted(echoExercise+" .fail"))); n != 1 {
		t.Errorf("%d steps tell the one cause, want 1", n)
	}
	p.shot("inconclusive")
}

// unused is an address where nothing listens, nor can: it is that of a
// connection's other end.
func unused(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return "http://" + c.LocalAddr().String()
}

// TestCheckRefuses: the page is no way to other machines.
func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	p := openExercise(start(t), "http://192.0.2.7:3000") // RFC 5737: nobody's
	p.excuse("/check/echo")
	p.press(echoExercise, "Check")
	p.checked()
	p.sees(echoExercise, "192.0.2.7:3000 is not an address of this computer", "such as http://localhost:3000")
	p.shot("refused")
	for _, wrong := range []string{"ftp://127.0.0.1", "localhost", "http://"} {
		p.fill(echoExercise+" [name=url]", wrong)
		p.press(echoExercise, "Check")
		p.checked()
		p.sees(echoExercise+" .ex-problem", "✗ That address can't be checked", "http://")
	}
	p.shot("wrong-address")
}

// TestCheckCancel: a check that takes long can be stopped, and another begun.
func TestCheckCancel(t *testing.T) {
	t.Parallel()
	answers := make(chan struct{})
	mine := learn(t, answers)
	p := openExercise(start(t), mine.url)
	p.keys("s", chromedp.ModifierCtrl)
	p.sees(echoExercise+" .ex-state", "Checking…")
	p.sees(step("text"), "◌", "checking")
	p.press(echoExercise, "Cancel")
	p.sees(echoExercise+" .ex-state", "Cancelled.")
	p.sees(step("crowd"), "○", "not run")
	close(answers)
	p.press(echoExercise, "Check")
	p.sees(echoExercise+" .ex-state", "16 of 16 steps passed")
}

// TestOtherDoors: what `duplex check` or `go test` found appears on a page
// that is open.
func TestOtherDoors(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := openExercise(s, unused(t))
	p.sees(step("binary"), "not run")
	report := &check.Report{Exercise: "echo", Verdict: check.Fail, Steps: []check.Result{
		{Exercise: "echo", Step: "text", Verdict: check.Pass},
		{Exercise: "echo", Step: "binary", Verdict: check.Fail, Why: "it came back as text"},
	}}
	if err := mailbox.Put(s.data, report); err != nil {
		t.Fatal(err)
	}
	put := time.Now()
	p.sees(step("text"), "✓", "pass")
	p.sees(step("binary"), "✗", "fail")
	p.sees(echoExercise+" .ex-state", "1 of 16 steps passed when last checked.")
	t.Logf("after %v", time.Since(put).Round(time.Millisecond))
}
