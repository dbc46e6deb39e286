package browsertest

import (
	"fmt"
	"strings"
	"testing"
)

// TestCheckOfChangedProgram: who saves during a check gets the verdicts of what
// was saved, and need not ask for them.
func TestCheckOfChangedProgram(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "events")
	b.write("// the first\n" + solution(t, "events"))
	b.save()
	b.make()
	b.sees(b.in(".ex-run-state"), "Running at")
	b.sees(b.in(".steps > li"), "checking") // for seconds
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
	b.write(solution(t, "reconnect"))
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
	b.unchecked()
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
	b.unchecked()
}

// unchecked waits until a change on disk has come, and would be checked by now.
func (b *bench) unchecked() {
	b.t.Helper()
	const news = "main.go changed on disk: the page shows it."
	b.sees(b.in(".ex-state"), news)
	// A timer that is set later, and for longer, ends after that of the check.
	if says := eval[string](b.page, fmt.Sprintf("new Promise(done => setTimeout(() => done(document.querySelector(%s).innerText), 400))", quoted(b.in(".ex-state")))); says != news {
		b.t.Errorf("unasked, the page says %q", says)
	}
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
