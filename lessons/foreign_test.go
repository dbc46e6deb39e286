package lessons_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"duplex/lessons"
	"duplex/lessons/check"
)

// foreignMistakes are the mistakes of testdata/foreign/echo.mjs, each with the
// step of the echo exercise that has to fail.
var foreignMistakes = map[string]string{
	"bad-accept":          "text",
	"bad-length":          "large",
	"drops-ping":          "ping",
	"echoes-bad-text":     "not-utf8",
	"fragments-apart":     "fragments",
	"keeps-open":          "end",
	"masks":               "text",
	"no-close-frame":      "close",
	"one-chunk-one-frame": "large",
	"reorders":            "order",
	"skips-empty":         "empty",
	"text-as-binary":      "text",
	"unmasked-accepted":   "unmasked",
}

// TestForeignServer checks an echo server that is written in JavaScript and
// shares nothing with this module: what it gets right passes, and each of its
// mistakes is found.
func TestForeignServer(t *testing.T) {
	t.Parallel()
	node := lookNode(t)
	script := lessons.Load(os.DirFS(".")).Exercise("echo").Script
	t.Run("correct", func(t *testing.T) {
		t.Parallel()
		passes(t, script, foreign(t, node, "echo.mjs"))
	})
	t.Run("quirks", func(t *testing.T) {
		t.Parallel()
		passes(t, script, foreign(t, node, "echo.mjs", "QUIRKS=1"))
	})
	for mistake, step := range foreignMistakes {
		t.Run(mistake, func(t *testing.T) {
			t.Parallel()
			report := runUntil(t.Context(), script, step, check.Options{Target: foreign(t, node, "echo.mjs", "BROKEN="+mistake), Patience: check.BusyPatience})
			if report.Verdict != check.Fail || verdictOf(report, step) != check.Fail {
				t.Errorf("the step %s has to fail:\n%s", step, words(t, report))
			}
			t.Logf("\n%s", words(t, report))
		})
	}
}

// TestForeignStream checks a stream of events that is written as hardly
// anybody does, and right.
func TestForeignStream(t *testing.T) {
	t.Parallel()
	node := lookNode(t)
	passes(t, lessons.Load(os.DirFS(".")).Exercise("events").Script, foreign(t, node, "events.mjs"))
}

// passes fails the test unless the server passes every step.
func passes(t *testing.T, script *check.Script, target string) {
	t.Helper()
	report := script.Run(t.Context(), check.Options{Target: target, Patience: check.BusyPatience})
	if report.Verdict != check.Pass {
		t.Errorf("a correct server has to pass:\n%s", words(t, report))
	}
}

// TestForeignServerByCommand does the same as a person would.
func TestForeignServerByCommand(t *testing.T) {
	t.Parallel()
	node := lookNode(t)
	duplex := filepath.Join(t.TempDir(), "duplex.exe")
	if out, err := exec.Command("go", "build", "-o", duplex, "../cmd/duplex").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	tests := []struct {
		mistake string
		exit    int
		says    string
	}{
		{"", 0, ""},
		{"no-close-frame", 1, "✗ echo/close"},
		{"reorders", 1, "✗ echo/order"},
	}
	for _, test := range tests {
		t.Run("BROKEN="+test.mistake, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), duplex, "check", "echo", foreign(t, node, "echo.mjs", "BROKEN="+test.mistake))
			cmd.Env = append(os.Environ(), "DUPLEX_DATA="+t.TempDir())
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState.ExitCode() != test.exit || !strings.Contains(string(out), test.says) {
				t.Errorf("exit %d (%v), want %d and %q in:\n%s", cmd.ProcessState.ExitCode(), err, test.exit, test.says, out)
			}
		})
	}
}

// lookNode finds Node, or skips the test.
func lookNode(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: the server in another language is not checked")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skipf("node is not here, so the server in another language is not checked (%v on %s)", err, runtime.GOOS)
	}
	return node
}

// words is a report as a terminal shows it.
func words(t *testing.T, r *check.Report) string {
	t.Helper()
	var b strings.Builder
	if err := r.Write(&b, check.Style{Width: 100, Verbose: true}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// foreign starts a server and returns the address that it prints, a full URL
// whose path is another than the script's. It ends with the test.
func foreign(t *testing.T, node, file string, env ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := exec.CommandContext(ctx, node, filepath.Join("testdata", "foreign", file))
	cmd.Env = append(append(os.Environ(), "PORT=0"), env...)
	cmd.Stderr = t.Output()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !ok {
		t.Fatalf("the server printed %q (%v), want its address", line, err)
	}
	return address
}
