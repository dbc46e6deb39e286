// Package program builds and runs the server that a learner wrote, so that a
// check can be held against it:
//
//	exe := filepath.Join(tmp, "echo")
//	if err := program.Build(ctx, "lessons/echo/solution", exe); err != nil …
//	p, err := program.Start(ctx, exe)
//	defer p.Stop()
//	report := script.Run(ctx, check.Options{Target: p.URL()})
//
// A program is told its port by the environment variable PORT, gets a process
// group of its own where the system has them, and never outlives Stop.
package program

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

const (
	// ready bounds the wait for a program to accept connections. It is long:
	// nothing waits for it but a program that never listens.
	ready = 10 * time.Second
	// poll is how often a program is asked whether it accepts. Connecting to
	// a closed loopback port costs microseconds.
	poll = 5 * time.Millisecond
	// keptOutput is how much of a program's output is kept.
	keptOutput = 64 << 10
	// portTries is how often Start picks another port when the program ends
	// because somebody else took the one it was given.
	portTries = 3
)

// A BuildError is a program that does not compile.
type BuildError struct{ Output string }

func (e *BuildError) Error() string {
	return "the program does not build:\n" + strings.TrimRight(e.Output, "\n")
}

// Build compiles a package main in dir to exe. The arguments name what to
// build and any flags, as for "go build"; without them it is the package in
// dir. What the compiler says comes back as a *BuildError.
func Build(ctx context.Context, dir, exe string, args ...string) error {
	if len(args) == 0 {
		args = []string{"."}
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-o", exe}, args...)...)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second // compilers that go build started may hold the pipe open
	ownGroup(cmd)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		return &BuildError{Output: string(out)}
	}
	return err
}

// A Program is a running server. Its methods may be called from any goroutine.
type Program struct {
	cmd    *exec.Cmd
	port   int
	output *output
	ended  chan struct{} // closed once the process is gone
}

// Start runs exe on a free loopback port and returns when it accepts
// connections. A program that ends first, or does not listen in time, is an
// error that carries what it printed. The program is killed when ctx ends.
func Start(ctx context.Context, exe string) (*Program, error) {
	for try := 1; ; try++ {
		p, err := start(ctx, exe)
		if err == nil || try == portTries || !strings.Contains(err.Error(), "address already in use") {
			return p, err
		}
	}
}

func start(ctx context.Context, exe string) (*Program, error) {
	port, err := takePort()
	if err != nil {
		return nil, err
	}
	p := &Program{
		cmd:    exec.CommandContext(ctx, exe),
		port:   port,
		output: &output{limit: keptOutput},
		ended:  make(chan struct{}),
	}
	p.cmd.Env = append(os.Environ(), "PORT="+strconv.Itoa(port))
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	p.cmd.WaitDelay = time.Second // a grandchild may hold the pipe open
	ownGroup(p.cmd)
	if err := p.cmd.Start(); err != nil {
		givePort(port)
		return nil, err
	}
	go func() {
		p.cmd.Wait() // how it ended stands in ProcessState
		givePort(port)
		close(p.ended)
	}()
	if err := p.waitReady(ctx); err != nil {
		p.Stop()
		return nil, err
	}
	return p, nil
}

func (p *Program) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, ready)
	defer cancel()
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		if c, err := new(net.Dialer).DialContext(ctx, "tcp", p.addr()); err == nil {
			return c.Close()
		}
		select {
		case <-p.ended:
			return fmt.Errorf("the program ended before it listened on port %d (%s); it printed:\n%s", p.port, p.cmd.ProcessState, p.Output())
		case <-ctx.Done():
			return fmt.Errorf("the program did not listen on port %d (the PORT it was given) within %v; it printed:\n%s", p.port, ready, p.Output())
		case <-tick.C:
		}
	}
}

// URL is the program's base URL.
func (p *Program) URL() string { return "http://" + p.addr() }

func (p *Program) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)) }

// Output is what the program printed so far on both of its streams, the
// beginning only when that is long.
func (p *Program) Output() string { return p.output.String() }

// Stop kills the program with all its children and waits for its end.
func (p *Program) Stop() {
	killGroup(p.cmd)
	<-p.ended
}
