// Package client runs a learner's client as a process, so that a script that
// plays the server can be held against it:
//
//	js, err := client.JavaScript("reconnect/main.js")
//	if err != nil …
//	report := script.Run(ctx, check.Options{Client: js})
//
// JavaScript gives a main.js the surroundings that it has in the course's
// pages. A Command is a program in any language:
//
//	URL              where to connect
//	DUPLEX_EXERCISE  all that the step sets, as a JSON object: "url" and others
//	DUPLEX_RANDOM    where the step sets it: what to use for each random number
//	                 between 0 and 1, so that delays can be foretold
//	stdin            a line is what the user typed; its end is that of the step
//	stdout, stderr   each line is something logged
//
// It is started anew for each step and killed, with all its children, at its
// end. To end by itself with exit status 0 is all right at any time.
package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"duplex/lessons/check"
	"duplex/lessons/check/program"
)

// A Command is a client in any language.
type Command struct {
	Args []string // the program and its arguments
	Dir  string   // where it runs; "" is here
	Env  []string // what it finds in its environment besides
}

// Start implements check.Client.
func (c Command) Start(ctx context.Context, with check.ClientStart) (check.ClientRun, error) {
	log := func(level string) func(string) { return func(line string) { with.Output(level, line) } }
	return c.start(ctx, with, log("log"), log("error"))
}

// start runs the command; stdout and stderr are called with its lines.
func (c Command) start(ctx context.Context, with check.ClientStart, stdout, stderr func(string)) (*process, error) {
	if len(c.Args) == 0 {
		return nil, errors.New("no command was given")
	}
	told, err := surroundings(with)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Dir = c.Dir
	cmd.Env = append(append(os.Environ(), c.Env...), told...)
	cmd.WaitDelay = time.Second // a grandchild may hold the pipes open
	program.OwnGroup(cmd)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	errs, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, stdin: in, ended: make(chan struct{})}
	var readers sync.WaitGroup
	readers.Go(func() { eachLine(out, stdout) })
	readers.Go(func() { eachLine(errs, stderr) })
	go func() {
		defer close(p.ended)
		readers.Wait()
		p.sayEnd(cmd.Wait(), with.Ended)
	}()
	return p, nil
}

// surroundings is what a step tells a command by its environment.
func surroundings(with check.ClientStart) ([]string, error) {
	settings, err := json.Marshal(with.Settings)
	if err != nil {
		return nil, err
	}
	env := []string{"DUPLEX_EXERCISE=" + string(settings), "PYTHONUNBUFFERED=1"} // Python keeps lines to itself otherwise
	if url, ok := with.Settings["url"].(string); ok {
		env = append(env, "URL="+url)
	}
	if with.Random != nil {
		env = append(env, "DUPLEX_RANDOM="+strconv.FormatFloat(*with.Random, 'g', -1, 64))
	}
	return env, nil
}

// A process is a run of a Command.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed once it is gone and all that it logged was said

	mu      sync.Mutex
	stdin   io.WriteCloser
	stopped bool
}

// Input implements check.ClientRun.
func (p *process) Input(text string) error {
	_, err := io.WriteString(p.stdin, text+"\n")
	return err
}

// Stop implements check.ClientRun.
func (p *process) Stop() {
	p.mu.Lock()
	p.stopped = true
	p.mu.Unlock()
	program.KillGroup(p.cmd)
	<-p.ended
}

// sayEnd tells of an end that nobody asked for.
func (p *process) sayEnd(err error, ended func(string)) {
	p.mu.Lock()
	stopped := p.stopped
	p.mu.Unlock()
	var exit *exec.ExitError
	if !stopped && errors.As(err, &exit) {
		ended("it ended with " + exit.Error())
	}
}
