package browsertest

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"duplex/lessons"
	"duplex/server"
)

// A bench is a page at an exercise, with the learner's folder.
type bench struct {
	*page
	exercise, stage string
	folder          string // where the workspace is, or will be
}

// startBench serves the course with a workbench, whose folder is not there yet.
func startBench(t *testing.T) *site {
	t.Helper()
	return startWith(t, server.Config{Work: filepath.Join(t.TempDir(), "exercises")})
}

// openBench opens the lesson of an exercise, with its editor ready.
func openBench(s *site, v viewport, theme, exercise string) *bench {
	s.t.Helper()
	b := &bench{page: s.open(v, theme), exercise: exercise, stage: stageOf(exercise), folder: s.work}
	b.calm()
	b.visit("/lessons/" + lessons.Load(lessons.FS()).Exercise(exercise).Lesson + "#exercise-" + exercise)
	b.bring(b.stage)
	b.ready()
	return b
}

func stageOf(exercise string) string {
	return fmt.Sprintf("duplex-stage[kind=exercise][name=%s]", exercise)
}

// in is a selector within the exercise's stage.
func (b *bench) in(selector string) string { return b.stage + " " + selector }

// text is an expression for what stands in the editor.
func (b *bench) editor() string {
	return fmt.Sprintf(`document.querySelector(%s).shadowRoot.querySelector(".cm-content").cmTile.view.state.doc.toString()`, quoted(b.in(".wb-editor:not([hidden])")))
}

// ready waits until the editor holds the program.
func (b *bench) ready() {
	b.t.Helper()
	b.until("the editor holds the program", b.editor()+".length > 100")
}

// holds waits until the editor's text contains a text.
func (b *bench) holds(text string) {
	b.t.Helper()
	b.until(fmt.Sprintf("the editor holds %.60q", text), b.editor()+".includes("+quoted(text)+")")
}

// write puts a program in the place of what stands in the editor, as one does
// who selects all and pastes.
func (b *bench) write(program string) {
	b.t.Helper()
	b.enter()
	b.keys("a", chromedp.ModifierCtrl)
	b.insert(program)
	b.until("it is typed", b.editor()+" === "+quoted(program))
}

// enter gives the editor the focus.
func (b *bench) enter() {
	b.t.Helper()
	b.until("the editor has the focus", fmt.Sprintf(`(host => {
		host.shadowRoot.querySelector(".cm-content").focus()
		return host.shadowRoot.activeElement !== null
	})(document.querySelector(%s))`, quoted(b.in(".wb-editor:not([hidden])"))))
}

// save presses Ctrl+S in the editor.
func (b *bench) save() {
	b.t.Helper()
	b.keys("s", chromedp.ModifierCtrl)
}

// make answers the question where to keep the work.
func (b *bench) make() {
	b.t.Helper()
	b.sees(b.in(".wb-ask"), "Keep your work in", b.folder)
	b.press(b.in(".wb-ask"), "Make the folder")
	b.saved()
}

// saved waits until all that was typed is in the folder.
func (b *bench) saved() {
	b.t.Helper()
	b.sees(b.in(".wb-kept"), "✓ Saved")
}

// file is the program's file in the folder.
func (b *bench) file() string {
	return filepath.Join(b.folder, b.exercise, lessons.Load(lessons.FS()).Exercise(b.exercise).Main())
}

// onDisk is what the folder holds.
func (b *bench) onDisk() string {
	b.t.Helper()
	text, err := os.ReadFile(b.file())
	if err != nil {
		b.t.Fatal(err)
	}
	return string(text)
}

// edited saves the program as another editor does.
func (b *bench) edited(text string) {
	b.t.Helper()
	if err := os.WriteFile(b.file(), []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// checked waits for the end of a check.
func (b *bench) checked() string {
	b.t.Helper()
	b.sees(b.in(".ex-bar .btn"), "Check")
	b.until("the check has ended", fmt.Sprintf("!/Checking|Saving/.test(document.querySelector(%s).innerText)", quoted(b.in(".ex-state"))))
	return b.page.text(b.in(".ex-state"))
}

// solution of an exercise of the course.
func solution(t *testing.T, exercise string) string {
	t.Helper()
	e := lessons.Load(lessons.FS()).Exercise(exercise)
	for _, f := range e.Solution {
		if strings.HasSuffix(f.Path, "/"+e.Main()) {
			return string(f.Source)
		}
	}
	t.Fatalf("%s has no solution", exercise)
	return ""
}

// TestBenchFromStarterToPass: each server's exercise is done in the page, from
// the starter, by typing the solution; the folder is made on the way.
func TestBenchFromStarterToPass(t *testing.T) {
	t.Parallel()
	s := startBench(t)
	for _, exercise := range []string{"handshake", "echo", "chat", "events"} {
		t.Run(exercise, func(t *testing.T) {
			b := openBench(s, wide, light, exercise)
			b.page.t = t
			b.write(solution(t, exercise))
			b.save()
			if exercise == "handshake" { // the first to be saved
				b.make()
			}
			b.sees(b.in(".ex-done"), "All steps pass.")
			b.saved()
			if got := b.onDisk(); got != solution(t, exercise) {
				t.Errorf("the folder holds\n%s", got)
			}
			b.shot("passed")
			b.press(b.stage, "Solution")
			b.sees(b.in(".ex-solution"), "yours is the solution, word for word")
		})
	}
}

// TestBenchProblems: what the compiler says stands at its line and leads there;
// it takes no verdict away, and is gone once it is mended.
func TestBenchProblems(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	b.write(solution(t, "echo"))
	b.save()
	b.make()
	b.sees(b.in(".ex-done"), "All steps pass.")

	b.enter()
	b.keys(kb.End, chromedp.ModifierCtrl)
	b.insert("\nfunc extra() { undefinedThing() }\n")
	b.save()
	before, _, _ := strings.Cut(eval[string](b.page, b.editor()), "func extra")
	line := strings.Count(before, "\n") + 1
	b.sees(b.in(".ex-findings"), "It does not build: 1 error", fmt.Sprintf("main.go:%d:", line), "undefined: undefinedThing")
	b.sees(b.in(".ex-state"), "Not checked: it does not build.")
	b.until("the verdicts are kept", fmt.Sprintf("document.querySelectorAll(%s).length === 16", quoted(b.in(".steps > li[data-verdict=pass]"))))
	b.until("it is marked in the editor", fmt.Sprintf(`document.querySelector(%s).shadowRoot.querySelector(".cm-lintRange-error")`, quoted(b.in(".wb-editor"))))
	b.shot("problem")
	b.accessible(b.stage)
	b.click(b.in(".wb-place"))
	b.until("the caret is there", fmt.Sprintf(`(v => v.state.doc.lineAt(v.state.selection.main.head).number === %d)(document.querySelector(%s).shadowRoot.querySelector(".cm-content").cmTile.view)`,
		line, quoted(b.in(".wb-editor"))))

	b.write(solution(t, "echo"))
	b.save()
	b.sees(b.in(".ex-done"), "All steps pass.")
	b.until("nothing is said any more", fmt.Sprintf("!document.querySelector(%s).checkVisibility()", quoted(b.in(".ex-findings"))))
}

// TestBenchFormats: what is saved comes back formatted, with the caret in its
// place.
func TestBenchFormats(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	text := solution(t, "echo")
	b.write(strings.Replace(text, "package main\n", "package   main\n", 1))
	b.keys("// here")
	b.save()
	b.make()
	b.holds("package main\n")
	b.sees(b.in(".ex-done"), "All steps pass.")
	b.keys(" and there")
	b.holds("// here and there")
}

// TestBenchInStep: what an editor saves appears in the page; where both have
// changed, both are shown, and one chooses.
func TestBenchInStep(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	b.excuse("409") // a conflict is told by its status
	b.enter()
	b.keys("// of the page\n")
	b.make()
	b.holds("// of the page")

	theirs := "// of the editor\n" + b.onDisk()
	b.edited(theirs)
	b.holds("// of the editor")
	b.sees(b.in(".ex-state"), "main.go changed on disk: the page shows it.")

	b.keys("// mine\n")
	b.edited("// theirs\n" + theirs)
	b.sees(b.in(".wb-ask"), "main.go changed on disk while you changed it here.")
	b.shot("both")
	b.accessible(b.stage)
	b.press(b.in(".wb-ask"), "Keep mine")
	b.saved()
	if got := b.onDisk(); !strings.Contains(got, "// mine") || strings.Contains(got, "// theirs") {
		t.Errorf("mine was chosen; the folder holds\n%s", got)
	}

	b.enter()
	b.keys("// again\n")
	b.edited("// theirs\n" + theirs)
	b.press(b.in(".wb-ask"), "Take the disk’s")
	b.holds("// theirs")
	b.saved()
	if got := b.onDisk(); got != "// theirs\n"+theirs {
		t.Errorf("the disk's was chosen; the folder holds\n%s", got)
	}
	b.press(b.stage, "Versions") // neither is lost
	b.until("all versions are there", fmt.Sprintf("document.querySelectorAll(%s).length >= 5", quoted(b.in(".vs-row"))))
}

// TestBenchVersions: a version can be looked at and brought back, and the
// starter too; both can be undone.
func TestBenchVersions(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "events")
	b.write(solution(t, "events"))
	b.sees(b.in(".wb-ask"), "Keep your work in")
	b.make()
	b.write(strings.Replace(solution(t, "events"), "package main", "package main // the second", 1))
	b.press(b.stage, "Versions")
	b.sees(b.in(".vs-list"), "saved in this page")
	b.click(b.in(".vs-row"))
	b.sees(b.in(".vs-look .less"), "// the second")
	b.shot("preview")
	b.press(b.in(".vs-look"), "Restore this version")
	b.until("it is back", "!"+b.editor()+".includes('// the second')")
	b.press(b.in(".vs-look"), "Undo")
	b.holds("// the second")

	b.press(b.stage, "Reset…")
	b.press(b.in(".wb-ask"), "Cancel")
	b.holds("// the second")
	b.press(b.stage, "Reset…")
	b.press(b.in(".wb-ask"), "Put the starter back")
	b.holds("TODO(learner)")
	b.press(b.in(".wb-ask"), "Undo")
	b.holds("// the second")
	b.saved()
}

// TestBenchKeepsDrafts: what is typed is there after a reload, with a folder and
// without one.
func TestBenchKeepsDrafts(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "chat")
	b.enter()
	b.keys("// first words\n")
	b.sees(b.in(".wb-kept"), "Kept in this browser")
	b.reload()
	b.bring(b.stage)
	b.holds("// first words")
	b.make()
	b.enter()
	b.keys("// unsaved words\n")
	b.reload()
	b.bring(b.stage)
	b.holds("// unsaved words")
	b.sees(b.in(".wb-kept"), "● Not saved")
}

// TestBenchOddFiles: a file that is gone from the folder is gone from the page,
// and asks first where it has unsaved words; without any, the starter can be put
// back; one that can't be shown says why.
func TestBenchOddFiles(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, dark, "echo")
	remove := func() {
		if err := os.Remove(b.file()); err != nil {
			t.Fatal(err)
		}
	}
	b.enter()
	b.keys("// mine\n")
	b.make()
	b.enter()
	b.keys("// unsaved\n")
	remove()
	b.sees(b.in(".wb-ask"), "main.go was removed on disk while you changed it here.")
	b.shot("removed")
	b.accessible(b.stage)
	b.press(b.in(".wb-ask"), "Write it again")
	b.saved()
	if got := b.onDisk(); !strings.Contains(got, "// unsaved") {
		t.Errorf("it was written again as\n%s", got)
	}
	remove()
	b.sees(b.in(".wb-none"), "There is no file of this exercise in "+filepath.Dir(b.file()))
	b.shot("none")
	b.accessible(b.stage)
	b.press(b.in(".wb-none"), "Put the starter here")
	b.ready()
	b.edited(strings.Repeat("x", 70<<10))
	b.sees(b.in(".wb-sheets"), "main.go can't be edited here: it is larger than 64 KB.")
	b.shot("too-large")
	b.accessible(b.stage)
}

// TestBenchNothingToCheck: a program that ends before it serves is told as that,
// with what it said, and not as steps that did not pass.
func TestBenchNothingToCheck(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, dark, "echo")
	b.write(strings.Replace(solution(t, "echo"), "func main() {", "func main() {\n\tpanic(\"no port for me\")", 1))
	b.save()
	b.make()
	b.sees(b.in(".ex-problem"), "ended before it listened", "What it said is under Output.")
	b.sees(b.in(".lg-lines"), "no port for me")
	if got := b.checked(); got != "Not checked." {
		t.Errorf("the check is told as %q", got)
	}
	b.shot("not-checked")
	b.accessible(b.stage)
}

// TestBenchRun: a program runs with its log in colour; a demo speaks with it
// through this server, and its frames are in the Wire tab.
func TestBenchRun(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, dark, "echo")
	b.write(strings.Replace(solution(t, "echo"), "func main() {", "func main() {\n\tprintln(\"\\x1b[32mgreen\\x1b[0m and plain\")", 1))
	b.press(b.stage, "Run")
	b.make()
	b.sees(b.in(".ex-run-state"), "Running at http://127.0.0.1:")
	b.sees(b.in(".lg-lines .sgr-green"), "green")
	b.sees(b.in(".lg-lines"), "green and plain", "listening on")
	b.shot("log")
	b.press(b.stage, "Try")
	b.sees(b.stage+" .state", "● Open")
	b.press(b.in(".ex-try"), "Send")
	b.sees(b.in(".ex-try .received"), "hello, 世界")
	b.shot("try")
	b.accessible(b.stage)
	b.press(b.stage, "Wire")
	b.wire(b.stage, "← 101 Switching Protocols", "→ text hello, 世界", "← text hello, 世界")
	b.press(b.stage, "Exercise")
	b.press(b.stage, "Stop")
	b.sees(b.in(".ex-try"), "Your server is not running.")
}

// TestBenchAway: while the server is away one types on; once it is back, what was
// to be saved is saved.
func TestBenchAway(t *testing.T) {
	t.Parallel()
	s := startBench(t)
	b := openBench(s, wide, light, "echo")
	b.excuse("ERR_CONNECTION_REFUSED", "WebSocket connection", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET", "403")
	b.enter()
	b.keys("// at first\n")
	b.make()
	s.stop()
	b.enter()
	b.keys("// while it is away\n")
	b.save()
	b.sees(b.in(".ex-state"), "Not saved: the Duplex server does not answer.")
	b.sees(b.in(".wb-kept"), "Not saved: kept here until the server is back")
	b.shot("away")
	l, err := net.Listen("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	serve(t, server.Config{Work: s.work, Data: s.data}, l)
	b.sees(b.in(".ex-state"), "The server is back: your edits are saved.")
	b.saved()
	if got := b.onDisk(); !strings.Contains(got, "// while it is away") {
		t.Errorf("the folder holds\n%s", got)
	}
}

// TestBenchWithoutGo: where there is no Go, the page says so and what else there
// is; what is written is kept all the same.
func TestBenchWithoutGo(t *testing.T) {
	needBrowser(t)                // its program is looked for while there is a PATH
	t.Setenv("PATH", t.TempDir()) // so this test runs alone
	b := &bench{exercise: "echo", stage: stageOf("echo")}
	s := startBench(t)
	b.page, b.folder = s.open(wide, light), s.work
	b.visit("/lessons/echo#exercise-echo")
	b.bring(b.stage)
	b.sees(b.in(".ex-note"), "can't be built on this computer", "Install Go", "exercises in JavaScript")
	b.until("a server at a URL is offered", fmt.Sprintf("document.querySelector(%s).checkVisibility()", quoted(b.in("[name=url]"))))
	b.shot("no-go")
	b.accessible(b.stage)
	b.press(b.stage, "In this page")
	b.ready()
	b.enter()
	b.keys("// written all the same\n")
	b.make()
}

// meet runs the learner's room and lets two members in, of whom one speaks.
func (b *bench) meet() {
	b.t.Helper()
	b.write(solution(b.t, "chat"))
	b.press(b.stage, "Run")
	b.make()
	b.sees(b.in(".ex-run-state"), "Running at")
	b.press(b.stage, "Try")
	b.joined()
	b.press(b.in(".mb-one"), "Send")
}

// joined waits until both members are in the room.
func (b *bench) joined() {
	b.t.Helper()
	b.until("both are in the room", fmt.Sprintf("document.querySelectorAll(%s).length === 2", quoted(b.in(".mb-state[data-state=open]"))))
}

// TestBenchRooms: two members speak in the learner's own room.
func TestBenchRooms(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "chat")
	b.meet()
	b.until("both hear it", fmt.Sprintf("document.querySelectorAll(%s).length === 2", quoted(b.in(".mb .talk > .received"))))
	b.shot("room")
	b.accessible(b.stage)
}

// TestBenchHints: hints one at a time; the solution only after a try, as what it
// has otherwise.
func TestBenchHints(t *testing.T) {
	t.Parallel()
	s := startBench(t)
	if html := s.get("/lessons/echo"); strings.Contains(html, "unicode/utf8") {
		t.Error("the page holds the solution")
	}
	b := openBench(s, wide, light, "echo")
	b.press(b.stage, "Solution")
	b.sees(b.in(".ex-solution"), "The solution appears here once you have pressed Check")
	b.write(strings.Replace(solution(t, "echo"), "conn.WriteMessage(kind,", "conn.WriteMessage(websocket.BinaryMessage,", 1))
	b.save()
	b.make()
	b.sees(b.in(".fail"), "✗ text: ")
	b.press(b.in(".fail"), "Show a hint (of 2)")
	b.sees(b.in(".ex-hints"), "ReadMessage returns the kind")
	b.checked()
	b.press(b.stage, "Solution")
	b.sees(b.in(".df .less"), "websocket.BinaryMessage,")
	b.sees(b.in(".df .more"), "conn.WriteMessage(kind,")
	b.shot("solution")
	b.accessible(b.stage)
}

// TestBenchOnPhone: all of it on a narrow screen.
func TestBenchOnPhone(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), narrow, dark, "echo")
	b.write(solution(t, "echo"))
	b.make()
	b.press(b.stage, "Check")
	b.sees(b.in(".ex-done"), "All steps pass.")
	b.shot("passed")
	for _, name := range []string{"Output", "Try", "Versions", "Solution"} {
		b.press(b.stage, name)
		b.fits()
		b.accessible(b.stage)
		b.shot(name)
	}
}

// TestBenchProjected: a client's exercise can be done on a projector's screen, and
// nothing of it is under 24 px. A server's leads to its lesson: what is projected
// can run nothing on this computer.
func TestBenchProjected(t *testing.T) {
	t.Parallel()
	s := startBench(t)
	b := &bench{page: s.open(projected, light), exercise: "first-words", stage: stageOf("first-words")}
	b.visit("/present/client")
	b.settled()
	b.until("its slide is shown", fmt.Sprintf("location.hash = document.querySelector(%s).closest('.slide').dataset.slide", quoted(b.stage)))
	b.ready()
	b.press(b.stage, "Check")
	b.sees(b.in(".fail"), "– hello: ")
	b.checked()
	b.readable()
	b.shot("failed-check")
	for _, name := range []string{"Output", "Solution"} {
		b.press(b.stage, name)
		b.readable()
		b.shot(name)
	}
	b.visit("/present/echo#exercise-echo")
	b.settled()
	b.sees(stageOf("echo")+" .ex-note", "open this exercise on the lesson’s page")
	b.readable()
	b.shot("echo")
}
