package browsertest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"duplex/lessons/check"
	"duplex/lessons/check/mailbox"
)

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
	b.stays("npt")
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
	b.stays("npt" + kb.Tab)
}

// stays types, which leads to no other page: nor is one on its way.
func (b *bench) stays(text string) {
	b.t.Helper()
	eval[bool](b.page, "(window.leads = 'nowhere', navigation.onnavigate = e => { leads = e.destination.url }, true)")
	b.keys(text)
	if where := eval[string](b.page, "new Promise(done => setTimeout(() => done(window.leads ?? location.href), 100))"); where != "nowhere" {
		b.t.Errorf("typing %q led to %s", text, where)
	}
}

// TestTypingOnAfterSave: a save that needs an answer first leaves the caret where
// one types, and what is typed on answers nothing.
func TestTypingOnAfterSave(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	b.enter()
	b.keys("// mine\n")
	b.save()
	b.sees(b.in(".ex-state"), "choose where to keep it")
	b.stays("np t\r")
	b.holds("// mine\nnp t\n")
	b.until("the question is said", fmt.Sprintf("document.querySelector(%s).textContent.startsWith('Keep your work in ')", quoted(b.in(".wb-heard[role=status]"))))
	if _, err := os.Stat(b.folder); err == nil {
		t.Error("the folder was made by typing")
	}
}

// TestWhatWaitsForTheFolder: a run that waits for the folder is forgotten once
// that has come in another way.
func TestWhatWaitsForTheFolder(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	b.enter()
	b.keys("// mine\n")
	b.press(b.stage, "Run")
	b.sees(b.in(".ex-state"), "choose where to keep it")
	other := openBench(b.site, wide, light, "echo")
	other.enter()
	other.keys("// theirs\n")
	other.make()
	b.until("it has come", fmt.Sprintf("!document.querySelector(%s).innerText.includes('Keep your work in')", quoted(b.in(".wb-ask"))))
	b.vanish()
	b.sees(b.in(".wb-ask"), "is gone")
	b.press(b.in(".wb-ask"), "Make it again")
	b.sees(b.in(".ex-state"), "Your work is in "+b.folder)
	b.edited("// from outside\n")
	b.holds("// from outside")
	requests, _ := b.traffic()
	if slices.Contains(requests, "/work/echo/run") {
		t.Error("it was run unasked")
	}
}

// TestFolderWithoutItsFiles: where the folder is made, and then nothing answers,
// it is not said that it was not made; the next press does what waits for it.
func TestFolderWithoutItsFiles(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	eval[bool](b.page, `import("/static/lib/live.js").then(({live}) => live.send({unwatch: "work", id: "echo"}))`) // whose news tell of them, too
	b.write(solution(t, "echo"))
	b.press(b.stage, "Run")
	eval[bool](b.page, `(window.answered = fetch, window.fetch = (path, how) => path === "/work/echo" ? Promise.reject(new TypeError("no answer")) : answered(path, how), true)`)
	b.press(b.in(".wb-ask"), "Make the folder")
	b.sees(b.in(".ex-state"), "The folder is there, but its files could not be fetched.")
	b.sees(b.in(".wb-ask"), "The Duplex server does not answer.")
	eval[bool](b.page, "(window.fetch = answered, true)")
	b.press(b.in(".wb-ask"), "Try again")
	b.saved()
	b.sees(b.in(".ex-run-state"), "Building")
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

// TestBenchIsFetchedAgain: where the editor could not be fetched, every panel
// says so, and one press fetches all of it.
func TestBenchIsFetchedAgain(t *testing.T) {
	t.Parallel()
	s := startBench(t)
	b := &bench{page: s.open(wide, light), exercise: "echo", stage: stageOf("echo"), folder: s.work}
	b.excuse("ERR_BLOCKED_BY_CLIENT")
	block := func(urls ...*network.BlockPattern) {
		call(b.page, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: urls})
	}
	block(&network.BlockPattern{URLPattern: "http://*:*/static/elements/exercise-check/bench.js", Block: true})
	b.visit("/lessons/echo#exercise-echo")
	b.bring(b.stage)
	b.sees(b.in(".ex-desk"), "Your code could not be fetched")
	b.press(b.stage, "Output")
	b.sees(b.in(".ex-output"), "Nothing can be shown here before your code is there.")
	block()
	b.press(b.in(".ex-desk"), "Try again")
	b.ready()
	b.sees(b.in(".ex-output"), "Nothing yet.")
}

// TestExerciseIsTakenAway: an exercise that leaves the page lets go of its
// workbench, and has another one when it is back.
func TestExerciseIsTakenAway(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "chat")
	b.meet()
	eval[bool](b.page, fmt.Sprintf("(window.away = document.querySelector(%s), away.remove(), true)", quoted(b.in("exercise-check"))))
	b.until("its members have left", "!away.querySelector('.mb') && !away.querySelector('.ex-bar .btn:not(.go)')")
	eval[bool](b.page, fmt.Sprintf("(document.querySelector(%s).insertBefore(away, document.querySelector(%s)), true)", quoted(b.stage), quoted(b.in("wire-log"))))
	b.ready()
	b.sees(b.in(".ex-run-state"), "Running at")
	b.joined()
	b.press(b.stage, "Check")
	b.sees(b.in(".ex-done"), "All steps pass.")
}

// TestSmallParts: a log that is cleared stays empty, and a program that is being
// stopped is left alone.
func TestSmallParts(t *testing.T) {
	t.Parallel()
	p := start(t).open(wide, light)
	p.visit("/")
	if says := eval[string](p, `(async () => {
		const { Output } = await import("/static/elements/exercise-check/output.js")
		const out = new Output(document.createElement("div"), "Nothing yet")
		out.note("a line")
		out.clear()
		await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
		if (out.none.hidden) return "an empty log says nothing"
		const { Running } = await import("/static/elements/exercise-check/running.js")
		let pressed = 0
		const words = document.createElement("span")
		document.createElement("div").append(words)
		const running = new Running({ words, run: () => pressed++, stop: () => pressed++ })
		running.show({ state: "stopping" })
		running.button.click()
		if (pressed) return "what is being stopped is run or stopped"
		running.show({ state: "idle" })
		running.button.click()
		return pressed ? "" : "it can't be run"
	})()`); says != "" {
		t.Error(says)
	}
}

// TestKeysOfAnExercise: the list of keys names those of the exercise and its editor.
func TestKeysOfAnExercise(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	b.keys("?")
	b.sees("dialog[open]", "Ctrl+S Ctrl+Enter", "In an exercise: save and check", "F8", "Esc Tab")
	b.shot("list")
}
