package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/lessons/check/mailbox"
)

// TestCheckOfChangedProgram: who saves during a check gets the verdicts of what
// was saved, and need not ask for them.
func TestCheckOfChangedProgram(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "events")
	b.write(strings.Replace(solution(t, "events"), "Event ", "Evnt ", 1))
	b.save()
	b.make()
	b.sees(b.in(".steps > li"), "checking")
	b.write(solution(t, "events"))
	b.save()
	b.sees(b.in(".ex-done"), "All steps pass.")
	b.saved()
}

// TestCheckOfChangedClient: a client that is changed during its check does not
// pass by what it was before.
func TestCheckOfChangedClient(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "reconnect")
	b.write(clientSolution(t, "reconnect"))
	b.save()
	b.sees(b.in(".steps > li"), "checking")
	b.write("// nothing is left of it: " + strings.Repeat(".", 80))
	b.save()
	b.sees(b.in(".fail"), "✗")
	b.checked()
	if b.has(fmt.Sprintf("document.querySelector(%s)", quoted(b.in(".ex-done")))) {
		t.Error("all steps pass without a program")
	}
}

// clientSolution of an exercise of the course that is written in JavaScript.
func clientSolution(t *testing.T, exercise string) string {
	t.Helper()
	for _, f := range lessons.Load(lessons.FS()).Exercise(exercise).Solution {
		if strings.HasSuffix(f.Path, "/main.js") {
			return string(f.Source)
		}
	}
	t.Fatalf("%s has no solution", exercise)
	return ""
}

// TestCheckOnSave: what is saved in one's own editor is checked once somebody
// has asked for a check, until Stop is pressed, and takes no focus.
func TestCheckOnSave(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	wrong := strings.Replace(solution(t, "echo"), "conn.WriteMessage(kind,", "conn.WriteMessage(websocket.BinaryMessage,", 1)
	b.write("// at first\n" + wrong)
	b.make()
	b.press(b.stage, "In my own editor")
	b.sees(b.in(".ex-outside"), "Press Check once")
	b.edited("// not asked for\n" + wrong)
	b.sees(b.in(".ex-state"), "main.go changed on disk")
	b.edited(wrong)
	b.press(b.stage, "Check")
	b.sees(b.in(".fail"), "✗ text: ")
	b.checked()
	b.press(b.stage, "Versions")
	b.focus(b.in(".ex-tabs [aria-selected=true]"))

	b.edited(solution(t, "echo"))
	b.sees(b.in(".ex-state"), "16 of 16 steps passed")
	if !b.has("document.activeElement.innerText === 'Versions'") {
		t.Error("the focus was taken")
	}
	b.shot("checked")
	b.press(b.stage, "Stop")
	b.sees(b.in(".ex-run-state"), "Not running")
	b.edited("// stopped\n" + wrong)
	b.sees(b.in(".ex-state"), "main.go changed on disk")
}

// TestCheckOnceTheServerIsBack: what could not be fetched while the server was
// away is fetched at the next press.
func TestCheckOnceTheServerIsBack(t *testing.T) {
	t.Parallel()
	s := start(t)
	mine := learn(t, always)
	p := openExercise(s, mine.url)
	p.excuse(unanswered...)
	back := s.away()
	p.press(echoExercise, "Check")
	p.sees(echoExercise+" .ex-problem", "the Duplex server does not answer")
	p.press(echoExercise, "Solution")
	p.sees(echoExercise+" .ex-solution", "could not be fetched")
	back()
	p.press(echoExercise+" .ex-solution", "Try again")
	p.sees(echoExercise+" .ex-solution", "The solution appears here once you have pressed Check")
	p.press(echoExercise, "Check")
	p.sees(echoExercise+" .ex-state", "16 of 16 steps passed")
}

// TestFocusStays: where what has the focus goes away, another part of the
// exercise has it, and who types on does not leave the lesson.
func TestFocusStays(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	b.excuse("WebSocket connection")
	b.write(strings.Replace(solution(t, "echo"), "conn.WriteMessage(kind,", "conn.WriteMessage(websocket.BinaryMessage,", 1))
	b.save()
	b.make()
	b.sees(b.in(".fail"), "✗ text: ")
	b.checked()
	within := func(what, selector string) {
		t.Helper()
		b.until("the focus is at "+what, fmt.Sprintf("document.activeElement.matches(%s)", quoted(b.in(selector))))
	}
	b.press(b.in(".fail"), "Show a hint (of 2)")
	b.press(b.in(".fail"), "Next hint (2 of 2)")
	within("the hints", ".ex-hints")
	b.focus(b.in("li[data-step=text] .ex-fail-foot .btn")) // check this step again
	b.keys("\r")
	within("the step", "li[data-step=text]")
	b.checked()

	b.press(b.stage, "Try")
	b.sees(b.stage+" .state", "● Open")
	b.focus(b.in(".ex-try [name=message]"))
	b.keys("\r", chromedp.ModifierCtrl)
	within("the tab of the steps", ".ex-tabs [aria-selected=true]")
	b.keys("npt")
	b.checked()
	b.press(b.stage, "Try")
	b.sees(b.stage+" .state", "● Open")
	b.press(b.stage, "Stop")
	b.sees(b.in(".ex-try"), "Your server is not running.")
	b.press(b.in(".ex-try"), "Run")
	b.sees(b.stage+" .state", "● Open")
	b.focus(b.in(".ex-try [name=message]"))
	b.edited(strings.Replace(solution(t, "echo"), "func main() {", "func main() {\n\tpanic(\"no more\")", 1))
	b.sees(b.in(".ex-try"), "Your server is not running.")
	within("the button that runs it", ".ex-try .btn")
	b.keys("npt")
	b.keys(kb.Tab)
	if b.path() != "/lessons/echo" {
		t.Errorf("typing led to %s", b.path())
	}
}

// TestTryLivesThroughARestart: the browser comes back to a stream whose program
// is built and started anew, as the panel says.
func TestTryLivesThroughARestart(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "events")
	b.excuse("ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_EMPTY_RESPONSE", "502")
	b.write(solution(t, "events"))
	b.press(b.stage, "Run")
	b.make()
	b.sees(b.in(".ex-run-state"), "Running at", "started in")
	b.press(b.stage, "Try")
	b.sees(b.stage+" .state", "● Open")
	b.edited("// anew\n" + solution(t, "events"))
	b.sees(b.stage+" .state", "Retrying")
	b.sees(b.stage+" .state", "● Open")
}

// TestForgottenVerdicts: what another door finds, or another page forgets, is
// shown even after a check here.
func TestForgottenVerdicts(t *testing.T) {
	t.Parallel()
	s := start(t)
	mine := learn(t, always)
	p := openExercise(s, mine.url)
	p.press(echoExercise, "Check")
	p.sees(echoExercise+" .ex-done", "All steps pass.")
	report := &check.Report{Exercise: "echo", Verdict: check.Fail, Steps: []check.Result{
		{Exercise: "echo", Step: "binary", Verdict: check.Fail, Why: "it came back as text"},
	}}
	if err := mailbox.Put(s.data, report); err != nil {
		t.Fatal(err)
	}
	p.sees(step("binary"), "✗", "fail")
	p.sees(echoExercise+" .ex-state", "15 of 16 steps passed when last checked.")
	eval[bool](p, `fetch("/progress/reset", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({lesson: ""})}).then(r => r.ok)`)
	p.sees(step("text"), "○", "not run")
	p.sees(echoExercise+" .ex-state", "Not checked yet.")
	p.sees(echoExercise+" .ex-tabs", "0/16")
}

// TestSaveFromTheWireTab: a save that needs an answer first shows the exercise,
// and the question has the focus.
func TestSaveFromTheWireTab(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	b.press(b.stage, "Wire")
	b.save()
	b.sees(b.in(".wb-ask"), "Keep your work in")
	b.until("the answer has the focus", "document.activeElement.innerText === 'Make the folder'")
}

// TestOutputColours: every colour that a program asks for, of its text and behind
// it, is shown and can be read, on light and on dark ground.
func TestOutputColours(t *testing.T) {
	t.Parallel()
	s := startBench(t)
	all := `for _, s := range []string{"30", "31", "32", "33", "34", "35", "36", "37", "2", "7", "7;31", "7;44", "38;5;208", "48;2;255;255;0", "33;44", "31;41"} { println("\x1b[" + s + "mtext\x1b[0m", s) }
	for i := range 8 { print("\x1b[4", i, "mground\x1b[0m\n") }`
	for _, theme := range []string{light, dark} {
		b := openBench(s, wide, theme, "echo")
		if theme == light {
			b.write(strings.Replace(solution(t, "echo"), "func main() {", "func main() {\n\t"+all, 1))
			b.press(b.stage, "Run")
			b.make()
		} else {
			b.press(b.stage, "Output") // it runs still
		}
		b.sees(b.in(".lg-lines .sgr-on-white"), "ground")
		b.sees(b.in(".lg-lines .sgr-inverse.sgr-red"), "text")
		b.accessible(b.stage)
		b.shot(theme)
	}
}
