package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"duplex/lessons/check/program"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts in testdata run the real program as "duplex".
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"duplex": main})
}

// TestScripts drives the program as a person at a terminal would. Each file of
// testdata is one story that a beginner can read. Besides testscript's own
// commands they use
//
//	exitcode N COMMAND ARG…  runs a command that must end with this exit code
//	serve NAME ARG…          runs "duplex serve ARG…" in the background; NAME_URL
//	                         and NAME_ADDR tell where once it listens
//	interrupt NAME           Ctrl+C: it must end by itself, with exit code 0
//	learner NAME FILE        builds and starts a learner's server; sets the same two
//	get URL                  prints an answer's body; "! get": status 400 or more
//	await-get URL TEXT       gets URL until the body holds TEXT
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode":  exitcode,
			"serve":     serveInBackground,
			"interrupt": interrupt,
			"learner":   learner,
			"get":       get,
			"await-get": awaitGet,
		},
	})
}

// patience bounds how long a script waits for another program. Nothing waits
// for it but a test that fails.
const patience = 2 * time.Minute

// setup gives each script its own data directory, and the go tool the caches
// of the person who runs the tests, and what decides what is in them: a script's
// home is empty.
func setup(env *testscript.Env) error {
	names := []string{"GOCACHE", "GOMODCACHE", "CGO_ENABLED"}
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		return err
	}
	for i, value := range strings.Fields(string(out)) {
		env.Setenv(names[i], value)
	}
	env.Setenv("DUPLEX_DATA", filepath.Join(env.WorkDir, "data"))
	env.Setenv("NO_COLOR", "1")
	lessons, err := filepath.Abs("../../lessons")
	if err != nil {
		return err
	}
	env.Setenv("LESSONS", lessons)
	env.Values[running{}] = make(map[string]*exec.Cmd)
	return nil
}

// running is the key of a script's background servers.
type running struct{}

func exitcode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N COMMAND ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func serveInBackground(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: serve NAME ARG…")
	}
	cmd := exec.Command("duplex", append([]string{"serve", "--addr", "127.0.0.1:0"}, args[1:]...)...)
	cmd.Dir = ts.Getenv("WORK")
	cmd.Env = append(os.Environ(), "DUPLEX_DATA="+ts.Getenv("DUPLEX_DATA"), "NO_COLOR=1")
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	var said syncBuilder
	cmd.Stderr = &said
	ts.Check(cmd.Start())
	ts.Defer(func() { cmd.Process.Kill(); cmd.Wait() })

	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		ts.Fatalf("duplex serve printed %q (%v), want where it listens; on stderr: %s", line, err, &said)
	}
	go io.Copy(io.Discard, out) // ends with the program
	ts.Setenv(args[0]+"_URL", url)
	ts.Setenv(args[0]+"_ADDR", strings.TrimPrefix(url, "http://"))
	ts.Value(running{}).(map[string]*exec.Cmd)[args[0]] = cmd
}

// learner builds a file of the script with this module's dependencies.
func learner(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: learner NAME FILE")
	}
	exe := filepath.Join(ts.Getenv("WORK"), args[0]+".exe")
	ts.Check(program.Build(context.Background(), exe, program.Config{}, ts.MkAbs(args[1])))
	p, err := program.Start(context.Background(), exe)
	ts.Check(err)
	ts.Defer(p.Stop)
	ts.Setenv(args[0]+"_URL", p.URL())
	ts.Setenv(args[0]+"_ADDR", strings.TrimPrefix(p.URL(), "http://"))
}

func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: interrupt NAME")
	}
	cmd := ts.Value(running{}).(map[string]*exec.Cmd)[args[0]]
	if cmd == nil {
		ts.Fatalf("no server called %s runs", args[0])
	}
	overdue := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer overdue.Stop()
	ts.Check(cmd.Process.Signal(os.Interrupt))
	if err := cmd.Wait(); err != nil {
		ts.Fatalf("%s did not end well: %v", args[0], err)
	}
}

func get(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: get URL")
	}
	status, body := fetch(ts, args[0])
	if failed := status >= 400; failed != neg {
		ts.Fatalf("GET %s: %d\n%s", args[0], status, body)
	}
	_, err := io.WriteString(ts.Stdout(), body)
	ts.Check(err)
}

func awaitGet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await-get URL TEXT")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		_, body := fetch(ts, args[0])
		if strings.Contains(body, args[1]) {
			return
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("GET %s never held %q:\n%s", args[0], args[1], body)
		case <-tick.C:
		}
	}
}

func fetch(ts *testscript.TestScript, url string) (status int, body string) {
	res, err := http.Get(url)
	ts.Check(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	ts.Check(err)
	return res.StatusCode, string(b)
}

// A syncBuilder is a strings.Builder that a process may write to meanwhile.
type syncBuilder struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *syncBuilder) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuilder) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
