package program

import (
	"cmp"
	"context"
	"io"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	// Its work begins when it is made ready.
	_ "duplex/lessons/check/program/keeper"
)

const (
	// grace is how long a program may take to end when it is asked politely,
	// unless Limits.Grace says otherwise.
	grace = 300 * time.Millisecond

	// pipeWait is how long the pipes of an ended program may stay open: without
	// a keeper, a process that left the group may hold them.
	pipeWait = time.Second
)

// kept is whether programs get a keeper; see Keep.
var kept atomic.Bool

// Keep gives every program that is started from now on a keeper: a small
// process, this binary once more, which kills the program with all its
// children when this process ends, however that comes. A child that has left the
// program's process group is found on Linux alone. Keep is for the first line of
// main, and of a test's TestMain. Without it a program survives when this
// process is killed, and Limits.Processes and Limits.Memory do not hold; but
// for Windows, where the system itself sees to all of that.
func Keep() { kept.Store(true) }

// A Config says how a program is run. The zero Config is a program without
// input in the current directory, in the environment Env, without limits.
type Config struct {
	Dir    string
	Env    []string  // all of it; nil means Env()
	Input  bool      // the program reads what is written to Process.Stdin
	Output io.Writer // gets what the program prints; nil: only Process.Output has it
	Errors io.Writer // gets what it prints on its standard error; nil: Output does
	Limits Limits
	Ready  time.Duration // how long a server may take to listen; 0 means 10 s
}

// Limits bound what a program may use; a zero field means no limit, but for
// Grace. A program that goes beyond them is killed with all its children.
//
// On Linux the keeper looks at Processes and Memory some times a second. On
// Windows the system lets the program start no more processes, and gives it no
// more memory; what then happens is up to the program. Elsewhere these two do
// not hold.
type Limits struct {
	Output    int64         // bytes that it prints, on both streams
	Run       time.Duration // from start to end
	Processes int           // itself and all that descend from it
	Memory    int64         // bytes, resident, of all of them
	Grace     time.Duration // from Stop to its end; 0 means 300 ms
	Nice      int           // how far they give way to other programs (nice(2)), 0 to 19; needs a keeper
}

// A Process is a program under way. Its methods may be called from any
// goroutine.
type Process struct {
	// Stdin is the program's input, with Config.Input. Close ends it.
	Stdin io.WriteCloser

	cmd     *exec.Cmd
	group   *group
	limits  Limits
	output  *output
	started chan struct{} // closed once group is set
	ended   chan struct{} // closed once the program is gone, and failure is set

	mu      sync.Mutex
	cause   Cause // why this process killed the program, the first reason
	failure *Failure
}

// An end is how the system says that a program ended.
type end struct {
	code   int // -1 when a signal ended it
	signal string
	cause  Cause // why the keeper killed it, if it did
}

// Command starts a program. The program is killed, with all its children, when
// ctx ends. Who has started it calls Stop, or waits for its end.
func Command(ctx context.Context, c Config, name string, args ...string) (*Process, error) {
	return command(ctx, c, func() {}, name, args...)
}

// command calls release when the program is gone, if there is no error.
func command(ctx context.Context, c Config, release func(), name string, args ...string) (*Process, error) {
	cmd := exec.Command(name, args...)
	if cmd.Err != nil {
		return nil, cmd.Err
	}
	p := &Process{cmd: cmd, limits: c.Limits, output: &output{limit: keptOutput}, started: make(chan struct{}), ended: make(chan struct{})}
	cmd.Dir, cmd.Env, cmd.WaitDelay = c.Dir, c.environment(), pipeWait
	p.capture(c)
	if c.Input {
		var err error
		if p.Stdin, err = cmd.StdinPipe(); err != nil {
			return nil, err
		}
	}
	var err error
	p.group, err = startGroup(cmd, c.Limits)
	close(p.started)
	if err != nil {
		return nil, err
	}
	heed := context.AfterFunc(ctx, func() { p.kill(Stopped) })
	go func() {
		p.wait()
		heed()
		release()
		close(p.ended)
	}()
	return p, nil
}

func (c Config) environment() []string {
	if c.Env == nil {
		return Env()
	}
	return c.Env
}

// capture sets where the program's output goes. One stream for both keeps what
// is printed in order.
func (p *Process) capture(c Config) {
	out := &sink{p: p, to: c.Output}
	p.cmd.Stdout, p.cmd.Stderr = out, out
	if c.Errors != nil {
		p.cmd.Stderr = &sink{p: p, to: c.Errors}
	}
}

// A sink is one stream of a program's output. It takes everything, so that the
// program never waits for a reader that has gone.
type sink struct {
	p  *Process
	to io.Writer
}

func (s *sink) Write(b []byte) (int, error) {
	total := s.p.output.add(b)
	if limit := s.p.limits.Output; limit > 0 && total > limit {
		<-s.p.started // a program may print before we know that it has started
		s.p.kill(TooMuchOutput)
	} else if s.to != nil {
		_, _ = s.to.Write(b) // a reader's trouble is none of the program's
	}
	return len(b), nil
}

// wait waits for the program's end, and puts it into words.
func (p *Process) wait() {
	var overdue *time.Timer
	if p.limits.Run > 0 {
		overdue = time.AfterFunc(p.limits.Run, func() { p.kill(TooLong) })
	}
	_ = p.cmd.Wait() // how it ended stands in ProcessState
	e := p.group.end(p.cmd.ProcessState)
	if overdue != nil {
		overdue.Stop()
	}
	p.mu.Lock()
	if p.cause != "" {
		e.cause = p.cause
	}
	p.failure = p.failed(e)
	p.mu.Unlock()
}

// kill ends the program at once, for a reason.
func (p *Process) kill(why Cause) {
	p.because(why)
	if p.group != nil { // nil: it did not start
		p.group.kill()
	}
}

func (p *Process) because(why Cause) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cause == "" {
		p.cause = why
	}
}

// Stop ends the program with all its children, and waits for that. It asks
// first (SIGTERM), and kills what is left after Limits.Grace.
func (p *Process) Stop() {
	select {
	case <-p.ended:
		return
	default:
	}
	p.because(Stopped)
	p.group.terminate()
	patience := time.NewTimer(cmp.Or(p.limits.Grace, grace))
	defer patience.Stop()
	select {
	case <-p.ended:
	case <-patience.C:
		p.group.kill()
		<-p.ended
	}
}

// Wait waits for the program's end. Its error is a *Failure, and nil when the
// program ended with exit code 0 before anybody stopped it.
func (p *Process) Wait() error {
	<-p.ended
	if f := p.Failure(); f != nil {
		return f
	}
	return nil
}

// Ended is closed once the program is gone.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Failure says how the program ended, once it has, unless it ended well.
func (p *Process) Failure() *Failure {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failure
}

// Output is what the program printed so far on both of its streams, the
// beginning only when that is long.
func (p *Process) Output() string { return p.output.String() }
