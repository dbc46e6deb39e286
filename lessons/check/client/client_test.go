package client

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"duplex/lessons/check"
)

// patience bounds a wait. Nothing waits for it but a test that fails.
const patience = 20 * time.Second

// A trial is a program under way, with what it said.
type trial struct {
	t     *testing.T
	run   check.ClientRun
	lines chan string // "LEVEL: TEXT"
	ended chan string
}

func start(t *testing.T, c check.Client, with check.ClientStart) *trial {
	t.Helper()
	r := &trial{t: t, lines: make(chan string, 10000), ended: make(chan string, 1)}
	with.Output = func(level, text string) { r.lines <- level + ": " + text }
	with.Ended = func(why string) { r.ended <- why }
	run, err := c.Start(t.Context(), with)
	if err != nil {
		t.Fatal(err)
	}
	r.run = run
	t.Cleanup(run.Stop)
	return r
}

// says waits for the next line.
func (r *trial) says(want string) {
	r.t.Helper()
	select {
	case got := <-r.lines:
		if got != want {
			r.t.Errorf("it says %q, want %q", got, want)
		}
	case why := <-r.ended:
		if len(r.lines) == 0 {
			r.t.Fatalf("it ended (%s) before it said %q", why, want)
		}
		r.says(want)
	case <-time.After(patience):
		r.t.Fatalf("it never says %q", want)
	}
}

// ends waits for the end.
func (r *trial) ends(want string) {
	r.t.Helper()
	select {
	case got := <-r.ended:
		if got != want {
			r.t.Errorf("it ended: %q, want %q", got, want)
		}
	case <-time.After(patience):
		r.t.Fatalf("it never ends with %q", want)
	}
}

// command is this test's own binary, which init makes the program called script.
func command(script string) Command {
	return Command{Args: []string{os.Args[0]}, Env: append(os.Environ(), "CLIENT_TEST="+script)}
}

func init() {
	script, ok := os.LookupEnv("CLIENT_TEST")
	if !ok {
		return
	}
	switch script {
	case "echo":
		os.Stdout.WriteString("url " + os.Getenv("URL") + "\n" + os.Getenv("DUPLEX_EXERCISE") + "\n" + os.Getenv("DUPLEX_RANDOM") + "\n")
		line := make([]byte, 100)
		n, _ := os.Stdin.Read(line)
		os.Stderr.WriteString("read " + string(line[:n]))
	case "fails":
		os.Exit(7)
	case "floods":
		for {
			if _, err := os.Stdout.WriteString(strings.Repeat("x", 100) + "\n"); err != nil {
				os.Exit(1)
			}
		}
	case "long":
		os.Stdout.WriteString(strings.Repeat("x", longest+5) + "\nlast")
	case "child":
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "CLIENT_TEST=waits")
		child.Stdout = os.Stdout
		child.Run()
	case "waits":
		os.Stdout.WriteString("waiting\n")
		select {}
	}
	os.Exit(0)
}

func TestCommandIsToldAndHeard(t *testing.T) {
	random := 0.25
	r := start(t, command("echo"), check.ClientStart{
		Settings: map[string]any{"url": "ws://127.0.0.1:1/x", "base": 40.0},
		Random:   &random,
	})
	r.says("log: url ws://127.0.0.1:1/x")
	r.says(`log: {"base":40,"url":"ws://127.0.0.1:1/x"}`)
	r.says("log: 0.25")
	if err := r.run.Input("hello"); err != nil {
		t.Fatal(err)
	}
	r.says("error: read hello")
	r.run.Stop()
	if len(r.ended) > 0 {
		t.Errorf("an end in order is told: %q", <-r.ended)
	}
}

func TestCommandThatFails(t *testing.T) {
	start(t, command("fails"), check.ClientStart{}).ends("the program ended: exit status 7")
}

func TestCommandThatIsNotThere(t *testing.T) {
	_, err := Command{Args: []string{filepath.Join(t.TempDir(), "none")}}.Start(t.Context(), check.ClientStart{})
	if err == nil {
		t.Error("no error")
	}
	if _, err := (Command{}).Start(t.Context(), check.ClientStart{}); err == nil {
		t.Error("no error for no command")
	}
}

func TestStopReachesChildren(t *testing.T) {
	r := start(t, command("child"), check.ClientStart{})
	r.says("log: waiting")
	r.run.Stop() // returns only once the child has closed the pipe
	if len(r.ended) > 0 {
		t.Errorf("a stop is told as an end: %q", <-r.ended)
	}
}

func TestEndOfTheCheckEndsIt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan string, 1)
	waits, err := command("waits").Start(ctx, check.ClientStart{Output: func(_, text string) { first <- text }, Ended: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	<-first
	cancel()
	<-waits.(*run).done
	waits.Stop()
}

func TestFloodIsCut(t *testing.T) {
	r := start(t, command("floods"), check.ClientStart{})
	for range most {
		r.says("log: " + strings.Repeat("x", 100))
	}
	r.says("log: … more than 2000 lines: the others are left out")
	r.run.Stop()
	if len(r.lines) > 0 {
		t.Errorf("more lines come: %q", <-r.lines)
	}
}

func TestLongLineIsCut(t *testing.T) {
	r := start(t, command("long"), check.ClientStart{})
	r.says("log: " + strings.Repeat("x", longest) + "… and 5 bytes more")
	r.says("log: last")
}

func TestFlagsOfNode(t *testing.T) {
	for version, want := range map[string][]string{
		"v20.10.0": {"--no-warnings", "--experimental-websocket"},
		"v21.1.0":  {"--no-warnings", "--experimental-websocket"},
		"v22.0.0":  {"--no-warnings"},
		"v24.3.1":  {"--no-warnings"},
	} {
		if got, err := flagsOf(version); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v; want %v", version, got, err, want)
		}
	}
	for _, version := range []string{"v20.9.0", "v18.20.0", "nonsense"} {
		if got, err := flagsOf(version); !errors.Is(err, ErrNoRuntime) {
			t.Errorf("%s: %v, %v; want ErrNoRuntime", version, got, err)
		}
	}
}

// TestBrokenNode: a node that does not run is none, which is not the learner's fault.
func TestBrokenNode(t *testing.T) {
	if flags, err := nodeFlags(filepath.Join(t.TempDir(), "node")); !errors.Is(err, ErrNoRuntime) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, %v", flags, err)
	}
}
