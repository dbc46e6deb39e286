// Package program builds and runs the server that a learner wrote, so that a
// check can be held against it:
//
//	exe := filepath.Join(tmp, "echo")
//	if err := program.Build(ctx, exe, program.Config{Dir: "lessons/echo/solution"}); err != nil …
//	p, err := program.Start(ctx, exe)
//	defer p.Stop()
//	report := script.Run(ctx, check.Options{Target: p.URL()})
//
// A program is told its port by the environment variable PORT, gets a process
// group of its own where the system has them, and never outlives Stop. StartWith
// and Build take limits and a clean environment; Command runs any other
// program in the same way. Keep makes sure that programs do not even outlive a
// crash of this process.
package program

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
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

// plainly saves a third of the time that a program of the exercises takes: no
// debugging information, for what panics tells its line without it, and no
// questions to a version control system. Without the folder's path in it, what a
// workspace carries with it is compiled once for all workspaces of a machine.
var plainly = []string{"-ldflags=-s", "-buildvcs=false", "-trimpath"}

// Build compiles a package main to exe, in the folder and the environment of c,
// or that of ToolEnv, and within its limits. The arguments name what to build
// and any flags, as for "go build"; without them it is the package in that
// folder. What the go command says comes back as a *BuildError; a build that goes
// beyond its limits is a *Failure.
func Build(ctx context.Context, exe string, c Config, args ...string) error {
	if len(args) == 0 {
		args = []string{"."}
	}
	if c.Env == nil && !slices.Contains(args, "-race") {
		c.Env = ToolEnv()
	}
	p, err := Command(ctx, c, "go", slices.Concat([]string{"build", "-o", exe}, plainly, args)...)
	if err != nil {
		return err
	}
	f := (*Failure)(nil)
	switch err := p.Wait(); {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &f) && f.Cause == Exited:
		return &BuildError{Output: f.Output}
	default:
		return err
	}
}

// A Program is a running server. Its methods may be called from any goroutine.
type Program struct {
	*Process
	port int
}

// Start runs exe, in the environment of this process, on a free loopback port
// and returns when it accepts connections. A program that ends first, or does
// not listen in time, is a *Failure that carries what it printed. The program
// is killed when ctx ends.
func Start(ctx context.Context, exe string) (*Program, error) {
	return StartWith(ctx, exe, Config{Env: os.Environ()})
}

// StartWith is as Start, with the environment, the limits and the rest of c. A
// ctx that ends before the program serves is the error.
func StartWith(ctx context.Context, exe string, c Config) (*Program, error) {
	for try := 1; ; try++ {
		p, err := start(ctx, exe, c)
		f := (*Failure)(nil)
		if err == nil || try == portTries || !errors.As(err, &f) || !f.unlucky {
			return p, err
		}
	}
}

func start(ctx context.Context, exe string, c Config) (*Program, error) {
	port, err := takePort()
	if err != nil {
		return nil, err
	}
	process, err := command(ctx, c.withPort(port), func() { givePort(port) }, exe)
	if err != nil {
		givePort(port)
		return nil, err
	}
	return serving(ctx, process, port, c.Ready)
}

func (c Config) withPort(port int) Config {
	env := c.environment()
	c.Env = append(env[:len(env):len(env)], "PORT="+strconv.Itoa(port))
	return c
}

// serving waits until a process listens on the port, or stops it.
func serving(ctx context.Context, process *Process, port int, wait time.Duration) (*Program, error) {
	p := &Program{process, port}
	if err := p.waitReady(ctx, wait); err != nil {
		p.Stop()
		return nil, err
	}
	return p, nil
}

func (p *Program) waitReady(ctx context.Context, wait time.Duration) error {
	if wait == 0 {
		wait = ready
	}
	limited, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		if c, err := new(net.Dialer).DialContext(limited, "tcp", p.addr()); err == nil {
			return c.Close()
		}
		select {
		case <-p.ended:
			return cmp.Or(ctx.Err(), error(p.endedEarly()))
		case <-limited.Done():
			return cmp.Or(ctx.Err(), error(p.silent(wait)))
		case <-tick.C:
		}
	}
}

// endedEarly is the failure of a program that ended before it listened.
func (p *Program) endedEarly() *Failure {
	f := p.Failure()
	if f == nil {
		f = &Failure{Cause: Exited, Why: "exit status 0", Next: "Let it serve until it is stopped: http.ListenAndServe returns only with an error", Output: p.Output()}
	}
	if f.Cause != Exited {
		return f
	}
	own := strings.Contains(f.Output, ":"+strconv.Itoa(p.port))
	switch {
	case taken(f.Output):
		f.noPort(own, "another program listens there already", ", or end the other program")
	case forbidden(f.Output, own):
		f.noPort(own, "the system lets no program listen there", "; if it does, check it again, which takes another port")
	default:
		f.What = fmt.Sprintf("the program ended before it listened on port %d", p.port)
	}
	return f
}

// noPort makes f that of a program that does not get its port. With own it is
// the one that we chose, and another may do.
func (f *Failure) noPort(own bool, why, or string) {
	f.Cause, f.unlucky = PortTaken, own
	f.What = "the program can't listen where it wants to"
	f.Why = why
	f.Next = "Listen on the port that the environment variable PORT names, as the starter does" + or
}

// taken recognizes EADDRINUSE in a program's words, also those of Windows.
func taken(output string) bool {
	return strings.Contains(output, "address already in use") || strings.Contains(output, "Only one usage of each socket address")
}

// forbidden recognizes EACCES, also in the words of Windows, which reserves
// ports for virtual machines. Where the port is not our own, "permission denied"
// may be of anything.
func forbidden(output string, own bool) bool {
	return strings.Contains(output, "forbidden by its access permissions") || own && strings.Contains(output, "permission denied")
}

// silent is the failure of a program that runs and does not listen.
func (p *Program) silent(wait time.Duration) *Failure {
	return &Failure{
		Cause: NeverListened, Code: -1,
		What:   fmt.Sprintf("the program did not listen on port %d", p.port),
		Why:    "it still ran after " + short(wait) + ", and nothing answered there",
		Next:   "Listen on the port that the environment variable PORT names, as the starter does",
		Output: p.Output(),
	}
}

// URL is the program's base URL.
func (p *Program) URL() string { return "http://" + p.addr() }

func (p *Program) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)) }
