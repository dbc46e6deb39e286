package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// another writes a file beside the program, as an editor does.
func (b *bench) another(name, text string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(filepath.Dir(b.file()), name), []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// focused waits until a button, by its words, has the focus.
func (b *bench) focused(words string) {
	b.t.Helper()
	b.until("the focus is at "+words, "document.activeElement.textContent === "+quoted(words))
}

// TestBenchClient: a client's program is typed, saved into the folder's file, and
// checked.
func TestBenchClient(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "first-words")
	b.write(solution(t, "first-words"))
	b.make()
	b.save()
	b.sees(b.in(".ex-done"), "All steps pass.")
	b.saved()
	if got := b.onDisk(); got != solution(t, "first-words") {
		t.Errorf("the folder holds\n%s", got)
	}
	b.edited("// of the editor\n" + solution(t, "first-words"))
	b.holds("// of the editor")
	b.shot("client")
}

// second makes the folder with the solution, and begins to type in a second file.
func (b *bench) second() {
	b.t.Helper()
	b.write(solution(b.t, b.exercise))
	b.make()
	b.another("room.go", "package main\n\n// A room.\n")
	b.sees(b.in(".wb-names.tabs"), "main.go", "room.go")
	b.press(b.in(".wb-names"), "room.go")
	b.holds("// A room.")
	b.enter()
}

// TestBenchSeveralFiles: a learner's files are tabs; what is unsaved is marked,
// and all of it is saved at once. What could not be formatted names its file.
func TestBenchSeveralFiles(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	b.second()
	b.keys("// not Go: {\n}\n")
	b.press(b.in(".wb-names"), "main.go")
	b.enter()
	b.keys("// of main\n")
	b.until("both are marked", fmt.Sprintf("document.querySelectorAll(%s).length === 2", quoted(b.in(".wb-names .dirty"))))
	b.shot("unsaved")
	b.accessible(b.stage)
	b.save()
	b.sees(b.in(".ex-findings"), "It does not build")
	b.saved()
	b.sees(b.in(".ex-problem"), "room.go was not formatted: ")
	for name, want := range map[string]string{"main.go": "// of main\n", "room.go": "// not Go: {\n}\n"} {
		if got, err := os.ReadFile(filepath.Join(filepath.Dir(b.file()), name)); err != nil || !strings.Contains(string(got), want) {
			t.Errorf("%s holds %q, %v", name, got, err)
		}
	}
}

// TestBenchBringsBack: a file that was removed has its versions still, and they
// bring it back.
func TestBenchBringsBack(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	b.write(solution(t, "echo"))
	b.make()
	b.another("room.go", "package main\n\n// A room.\n")
	b.press(b.in(".wb-names"), "room.go")
	b.holds("// A room.")
	b.press(b.stage, "Versions")
	b.sees(b.in(".vs-list"), "saved in an editor")
	if err := os.Remove(filepath.Join(filepath.Dir(b.file()), "room.go")); err != nil {
		t.Fatal(err)
	}
	b.sees(b.in(".ex-state"), "room.go was removed on disk, and so in this page.")
	b.press(b.in(".vs-list"), "room.go is gone: its versions")
	b.sees(b.in(".vs-list"), "Back to main.go")
	b.until("the focus is among them", "document.activeElement.matches('.vs-list button')")
	b.click(b.in(".vs-row"))
	b.sees(b.in(".vs-look"), "room.go is not there now.", "// A room.")
	b.shot("gone")
	b.accessible(b.stage)
	b.press(b.in(".vs-look"), "Bring it back")
	b.sees(b.in(".ex-state"), "room.go is back, as it was at")
	b.sees(b.in(".wb-names.tabs"), "main.go", "room.go")
	b.press(b.in(".wb-names"), "room.go")
	b.holds("// A room.")
	b.saved()
}

// TestBenchReadOnly: a file that may not be written says so and what to do; one
// types on, and it is saved once that is allowed.
func TestBenchReadOnly(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, dark, "echo")
	b.excuse("403")
	b.write(solution(t, "echo"))
	b.make()
	if err := os.Chmod(b.file(), 0o444); err != nil {
		t.Fatal(err)
	}
	b.enter()
	b.keys("// mine\n")
	b.save()
	b.sees(b.in(".ex-problem"), "its permissions do not allow that", "save again; the text in the page is kept")
	b.sees(b.in(".ex-state"), "Not saved. Your edits are kept in this browser.")
	b.sees(b.in(".wb-kept"), "● Not saved")
	b.shot("read-only")
	b.accessible(b.stage)
	if err := os.Chmod(b.file(), 0o644); err != nil {
		t.Fatal(err)
	}
	b.enter()
	b.keys("// more\n")
	b.save()
	b.sees(b.in(".ex-done"), "All steps pass.")
	b.saved()
	if got := b.onDisk(); !strings.Contains(got, "// mine\n") || !strings.Contains(got, "// more\n") {
		t.Errorf("the folder holds\n%s", got)
	}
}

// TestBenchUndoesReset: without a folder a reset can be undone as long as the
// page is there, whatever was typed since; and that is not lost, either. The
// focus stays with the questions that a press leads to; others are said.
func TestBenchUndoesReset(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), narrow, light, "echo")
	b.enter()
	b.keys("// mine\n")
	b.until("the question is said", fmt.Sprintf("document.querySelector(%s).textContent.startsWith('Keep your work in ')", quoted(b.in(".wb-heard[role=status]"))))
	b.press(b.stage, "Reset…")
	b.focused("Put the starter back")
	b.press(b.in(".wb-ask"), "Put the starter back")
	b.focused("Undo")
	b.enter()
	b.keys("// after it\n")
	b.sees(b.in(".wb-ask"), "Keep your work in")
	b.fits()
	b.shot("undo")
	b.accessible(b.stage)
	b.press(b.stage, "Undo the reset")
	b.holds("// mine")
	b.press(b.stage, "Redo the reset")
	b.holds("// after it")
	b.press(b.stage, "Undo the reset")
	b.holds("// mine")
	b.press(b.in(".wb-ask"), "Another place…")
	b.focused("Back")
	b.press(b.in(".wb-ask"), "Back")
	b.focused("Make the folder")
}

// TestBenchMakesFromOutside: who works in an editor of their own makes the folder
// there, hears where it is, and keeps the focus.
func TestBenchMakesFromOutside(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	b.press(b.stage, "In my own editor")
	b.press(b.in(".ex-outside"), "Make "+b.folder)
	b.sees(b.in(".ex-outside"), b.file())
	b.sees(b.in(".ex-state"), "Your work is in "+b.folder)
	b.focused("Copy")
}

// TestBenchFilesGoWhileOneTypes: who types in a file that is removed on disk types
// in no other one, and presses no key of the page; nor where no file is left.
func TestBenchFilesGoWhileOneTypes(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	b.second()
	for _, gone := range []struct{ name, successor string }{{"room.go", ".wb-names"}, {"main.go", ".wb-none"}} {
		if err := os.Remove(filepath.Join(filepath.Dir(b.file()), gone.name)); err != nil {
			t.Fatal(err)
		}
		b.sees(b.in(".ex-state"), gone.name+" was removed on disk, and so in this page.")
		b.until("the focus is at "+gone.successor, fmt.Sprintf("document.activeElement === document.querySelector(%s)", quoted(b.in(gone.successor))))
		b.stays("np 1")
		if gone.name == "room.go" {
			b.until("nothing is typed in the other file", b.editor()+" === "+quoted(solution(t, "echo")))
			b.enter()
		}
	}
	b.shot("none")
	b.accessible(b.stage)
	b.press(b.in(".wb-none"), "Put the starter here")
	b.sees(b.in(".wb-names"), "main.go")
	b.ready()
	b.until("the focus is in the exercise", fmt.Sprintf("document.querySelector(%s).contains(document.activeElement)", quoted(b.in(".ex-desk"))))
}

// TestBenchTriesAgain: where the versions or the solution could not be fetched,
// the focus stays with what fetches them again, and then with what has come.
func TestBenchTriesAgain(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	b.write(solution(t, "echo"))
	b.make()
	b.checked()
	for tab, path := range map[string]string{"Versions": "/work/echo/versions", "Solution": "/exercises/echo"} {
		panel := b.in(".ex-" + strings.ToLower(tab))
		b.block(path)
		b.press(b.stage, tab)
		b.sees(panel, "The Duplex server does not answer.")
		eval[bool](b.page, fmt.Sprintf("(window.before = document.querySelector(%s), true)", quoted(panel+" button")))
		b.press(panel, "Try again")
		b.until("it was tried", fmt.Sprintf("document.querySelector(%s) !== before", quoted(panel+" button")))
		b.focused("Try again")
		b.block("")
		b.press(panel, "Try again")
		b.until("it is there", fmt.Sprintf("!document.querySelector(%s).textContent.includes('Try again')", quoted(panel)))
		b.until("the focus is there", fmt.Sprintf("document.querySelector(%s).contains(document.activeElement)", quoted(panel)))
	}
}

// TestBenchRestoresWhileOneTypes: a version that is restored takes the focus to
// Undo, but not out of an editor.
func TestBenchRestoresWhileOneTypes(t *testing.T) {
	t.Parallel()
	b := openBench(startBench(t), wide, light, "echo")
	b.enter()
	b.keys("// mine\n")
	b.make()
	b.press(b.stage, "Versions")
	b.sees(b.in(".vs-list"), "the starter")
	b.click(b.in(".vs-list li:last-child .vs-row"))
	b.sees(b.in(".vs-look"), "Restore this version")
	eval[bool](b.page, fmt.Sprintf(`(async () => {
		const button = [...document.querySelectorAll(%s)].find(b => b.textContent === "Restore this version")
		button.focus()
		button.click()
		document.querySelector(%s).shadowRoot.querySelector(".cm-content").focus()
		return true
	})()`, quoted(b.in(".vs-look button")), quoted(b.in(".wb-editor"))))
	b.sees(b.in(".vs-look"), "Restored: main.go is as it was at")
	b.until("the editor has the focus", "document.activeElement.matches('.wb-editor')")
	b.press(b.in(".vs-look"), "Undo")
	b.holds("// mine")
}
