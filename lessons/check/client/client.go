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
// end. The step begins when it connects or logs something, for which it has ten
// seconds: what has to be compiled is better built once, before. To end by
// itself with exit status 0 is all right at any time.
package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strconv"
	"time"

	"duplex/lessons/check"
	"duplex/lessons/check/program"
)

// limits are those of one run: of one step, that is.
var limits = program.Limits{Output: 64 << 20, Processes: 100, Memory: 2 << 30}

// startTime is how long a command may take until there is a sign of it.
const startTime = 10 * time.Second

// A Command is a client in any language.
type Command struct {
	Args []string // the program and its arguments
	Dir  string   // where it runs; "" is here
	Env  []string // its environment; nil is that of this process

	limits program.Limits // none: those of every run
}

// StartsWithin implements check.SlowClient.
func (Command) StartsWithin() time.Duration { return startTime }

// Start implements check.Client.
func (c Command) Start(ctx context.Context, with check.ClientStart) (check.ClientRun, error) {
	return c.start(ctx, with, logged(with, "log"), logged(with, "error"))
}

// logged takes each line of a stream for something logged.
func logged(with check.ClientStart, level string) func(line string) {
	log := bounded(with.Output)
	return func(line string) { log(level, line) }
}

// start runs the command; stdout and stderr are called with its lines.
func (c Command) start(ctx context.Context, with check.ClientStart, stdout, stderr func(string)) (*run, error) {
	if len(c.Args) == 0 {
		return nil, errors.New("no command was given")
	}
	told, err := surroundings(with)
	if err != nil {
		return nil, err
	}
	if c.Env == nil {
		c.Env = os.Environ()
	}
	if c.limits == (program.Limits{}) {
		c.limits = limits
	}
	out, errs := &lines{say: stdout}, &lines{say: stderr}
	p, err := program.Command(ctx, program.Config{
		Dir:    c.Dir,
		Env:    append(c.Env[:len(c.Env):len(c.Env)], told...),
		Input:  true,
		Output: out,
		Errors: errs,
		Limits: c.limits,
	}, c.Args[0], c.Args[1:]...)
	if err != nil {
		return nil, err
	}
	r := &run{process: p, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		err := p.Wait()
		out.end()
		errs.end()
		var f *program.Failure
		if errors.As(err, &f) && f.Cause != program.Stopped {
			with.Ended(f.What + ": " + f.Why)
		}
	}()
	return r, nil
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

// A run is a run of a Command.
type run struct {
	process *program.Process
	done    chan struct{} // closed once it is gone and all that it logged was said
}

// Input implements check.ClientRun.
func (r *run) Input(text string) error {
	_, err := io.WriteString(r.process.Stdin, text+"\n")
	return err
}

// Stop implements check.ClientRun.
func (r *run) Stop() {
	r.process.Stop()
	<-r.done
}
