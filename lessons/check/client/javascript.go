package client

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"duplex/lessons/check"
	"duplex/lessons/check/program"
)

//go:embed eventsource.mjs websocket.mjs runner.mjs
var scripts embed.FS

// ErrNoRuntime is returned where nothing that runs JavaScript was found.
var ErrNoRuntime = errors.New("nothing that runs JavaScript was found in PATH; install Node.js 20.10 or newer (or Deno, or Bun), or do this exercise in the course's page, which needs none of them")

// JavaScript returns a client that runs a main.js with node, deno or bun,
// whichever is found first. The error is ErrNoRuntime, perhaps with a reason.
func JavaScript(file string) (check.Client, error) {
	command, err := runtime()
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(abs); err != nil {
		return nil, err
	}
	return javascript{Command{Args: command, Dir: filepath.Dir(abs), Env: append(program.Env(), "DUPLEX_PROGRAM="+abs)}}, nil
}

// javascript is a Command whose lines on stdout are those of runner.mjs.
type javascript struct{ command Command }

// Start returns when the runtime is up and the program begins: on a busy machine
// that takes seconds, which are none of the program's.
func (j javascript) Start(ctx context.Context, with check.ClientStart) (check.ClientRun, error) {
	var once sync.Once
	ended := with.Ended
	with.Ended = func(why string) { once.Do(func() { ended(why) }) } // it broke, and then its process may end
	r := &scriptRun{log: bounded(with.Output), ended: with.Ended, begins: make(chan struct{}), asked: map[int]chan struct{}{}}
	r.begin = sync.OnceFunc(func() { close(r.begins) })
	p, err := j.command.start(ctx, with, r.hear, logged(with, "error"))
	if err != nil {
		return nil, err
	}
	r.run = p
	select {
	case <-r.begins:
	case <-p.done:
	case <-ctx.Done():
	}
	return r, nil
}

// A scriptRun is a run of a main.js in runner.mjs.
type scriptRun struct {
	*run
	log    func(level, text string)
	ended  func(why string)
	begin  func()
	begins chan struct{} // closed when the program begins

	mu    sync.Mutex
	times int
	asked map[int]chan struct{} // by the time of asking; closed when the answer is there
}

// hear takes in a line of the runner's stdout. Only what is logged has limits:
// that the program broke, or has settled, is told however much it logs.
func (r *scriptRun) hear(line string) {
	var said struct {
		Level, Text, Ended string
		Begins             bool
		Settled            int
	}
	switch err := json.Unmarshal([]byte(line), &said); {
	case err != nil:
		r.log("log", line)
	case said.Begins:
		r.begin()
	case said.Settled > 0:
		r.settled(said.Settled)
	case said.Ended != "":
		r.begin() // it may not even parse
		r.ended(clip(said.Ended))
	default:
		r.log(said.Level, said.Text)
	}
}

// Settle implements check.SettledRun: the runner answers when its event loop has
// come round.
func (r *scriptRun) Settle(ctx context.Context) error {
	r.mu.Lock()
	r.times++
	n, answer := r.times, make(chan struct{})
	r.asked[n] = answer
	r.mu.Unlock()
	if err := r.Input(fmt.Sprintf("\x00settle %d", n)); err != nil {
		return err
	}
	select {
	case <-answer:
		return nil
	case <-r.done:
		return errors.New("the program has come to its end")
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *scriptRun) settled(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if answer := r.asked[n]; answer != nil {
		close(answer)
		delete(r.asked, n)
	}
}

// Runtime returns what JavaScript would, where nothing runs JavaScript.
func Runtime() error {
	_, err := runtime()
	return err
}

// runtime is the command that runs the runner. To find it takes a process, so
// it is looked for once.
var runtime = sync.OnceValues(func() ([]string, error) {
	source, err := runner()
	if err != nil {
		return nil, err
	}
	exe, err := exec.LookPath("node")
	if err == nil {
		flags, err := nodeFlags(exe)
		if err != nil {
			return nil, err
		}
		return append(append([]string{exe}, flags...), "--input-type=module", "--eval", source), nil
	}
	if exe, err := exec.LookPath("deno"); err == nil {
		return []string{exe, "eval", source}, nil
	}
	if exe, err := exec.LookPath("bun"); err == nil {
		return []string{exe, "--eval", source}, nil
	}
	return nil, ErrNoRuntime
})

// runner is the module that is handed to the runtime.
func runner() (string, error) {
	var all strings.Builder
	for _, name := range []string{"eventsource.mjs", "websocket.mjs", "runner.mjs"} {
		b, err := scripts.ReadFile(name)
		if err != nil {
			return "", err
		}
		all.Write(b)
	}
	return all.String(), nil
}

// nodeFlags asks a node for its version, and returns what it needs to have a
// WebSocket.
func nodeFlags(exe string) ([]string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	version, err := exec.CommandContext(ctx, exe, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s --version: %w; %w", exe, err, ErrNoRuntime)
	}
	return flagsOf(strings.TrimSpace(string(version)))
}

// flagsOf returns the flags that a version of node needs: it has a WebSocket
// from 20.10 on, behind a flag until 22.
func flagsOf(version string) ([]string, error) {
	var major, minor int
	if _, err := fmt.Sscanf(version, "v%d.%d", &major, &minor); err != nil {
		return nil, fmt.Errorf("node --version says %q, which is no version; %w", version, ErrNoRuntime)
	}
	switch {
	case major > 21:
		return []string{"--no-warnings"}, nil
	case major == 21, major == 20 && minor >= 10:
		return []string{"--no-warnings", "--experimental-websocket"}, nil
	}
	return nil, fmt.Errorf("node %s has no WebSocket; %w", version, ErrNoRuntime)
}
