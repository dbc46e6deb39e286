// Package checktest grades an exercise under go test, with the script and in
// the words of the course's pages and of duplex check. An exercise's test is
//
//	func TestEcho(t *testing.T) { checktest.Grade(t) }
//
// It is the one package of this module outside of tests that imports testing.
package checktest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duplex/lessons/check"
	"duplex/lessons/check/attempt"
	"duplex/lessons/check/client"
	"duplex/lessons/check/mailbox"
	"duplex/lessons/check/program"
)

// width is that of the report: go test indents what a test logs.
const width = 76

// Grade builds the program in the current directory, starts it on a free port,
// runs the exercise's script (check.txt here or one directory up) against it
// and reports every step as a subtest, so that "go test -run 'TestEcho/close'"
// runs one. With -race the program is built with the race detector too, and a
// data race fails the test. A main.js is run by the script instead, and
// skipped where nothing runs JavaScript. An exercise that was not begun is
// skipped. The program has limits, and ends with the test, however that ends:
// see program.Keep, which Grade calls.
func Grade(t *testing.T) {
	t.Helper()
	program.Keep()
	script := load(t)
	ctx, cancel := withinDeadline(t)
	defer cancel()
	source := attempt.Source{Dir: ".", Exe: filepath.Join(t.TempDir(), "program.exe"), Flags: buildFlags}
	outcome := attempt.Run(ctx, source, script, check.Options{
		Patience: check.BusyPatience, // other packages are built and run at the same time
		Rerun:    func(step string) string { return rerun(t.Name(), step) },
		OnStep:   func(r check.Result) { t.Run(r.Step, func(t *testing.T) { say(t, r) }) },
	})
	if errors.Is(outcome.Err, client.ErrNoRuntime) {
		t.Skip(outcome.Err)
	}
	if outcome.Err != nil {
		t.Fatal(outcome.Words())
	}
	judgeOutput(t, outcome.Output)
	tell(t, outcome.Report)
	if outcome.Report.Verdict == check.NotStarted {
		t.Skipf("%s: not started; begin in %s", script.Exercise, attempt.Main(script))
	}
}

// say ends a step's subtest with its verdict, in the words of every other door.
func say(t *testing.T, r check.Result) {
	t.Helper()
	var words strings.Builder
	if err := r.Write(&words, check.Style{Width: width, Verbose: testing.Verbose()}); err != nil {
		t.Fatal(err)
	}
	switch r.Verdict {
	case check.Pass:
		t.Log(words.String())
	case check.NotStarted:
		t.Skip(words.String())
	default:
		t.Error(words.String())
	}
}

// rerun is the command that runs one step again, from the module's folder.
func rerun(test, step string) string {
	return fmt.Sprintf("go test -v -run '%s/%s' %s", test, step, packagePath())
}

// packagePath names the package in the current directory as the go command
// does in the module's folder: "./echo".
func packagePath() string {
	here, err := os.Getwd()
	if err != nil {
		return "."
	}
	for root := here; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			rel, err := filepath.Rel(root, here)
			if err != nil || rel == "." {
				return "."
			}
			return "./" + filepath.ToSlash(rel)
		}
		if root == filepath.Dir(root) {
			return "."
		}
	}
}

func load(t *testing.T) *check.Script {
	t.Helper()
	for _, file := range []string{"check.txt", filepath.Join("..", "check.txt")} {
		source, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		script, err := check.Parse(file, source)
		if err != nil {
			t.Fatal(err)
		}
		return script
	}
	t.Fatal("no check.txt here or one directory up: it says what to check")
	return nil
}

// judgeOutput shows what the program printed when the test failed, and fails
// it for a data race that only the program's output tells of.
func judgeOutput(t *testing.T, output string) {
	t.Helper()
	if strings.Contains(output, "WARNING: DATA RACE") {
		t.Error("the race detector found a data race in your program")
	}
	if t.Failed() && output != "" {
		t.Logf("your program printed:\n%s", output)
	}
}

// withinDeadline leaves a second of the test's time for its words. It also ends
// at Ctrl+C, so that the test says how far it came.
func withinDeadline(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt)
	d, ok := t.Deadline()
	if !ok {
		return ctx, stop
	}
	ctx, cancel := context.WithDeadline(ctx, d.Add(-time.Second))
	return ctx, func() { cancel(); stop() }
}

// tell leaves the report for an open page. Trouble there is none of the test's.
func tell(t *testing.T, report *check.Report) {
	t.Helper()
	if report.Verdict == check.NotStarted {
		return
	}
	data, err := mailbox.DefaultData()
	if err == nil {
		err = mailbox.Put(data, report)
	}
	if err != nil {
		t.Logf("the course's pages will not show this run: %v", err)
	}
}
