package program

import (
	"fmt"
	"strings"
	"time"
)

// A Cause is why a program ended, or was ended.
type Cause string

const (
	Exited           Cause = "exited"    // by itself
	Signaled         Cause = "signal"    // by a signal that did not come from here
	Stopped          Cause = "stopped"   // by Stop, or with its context
	TooMuchOutput    Cause = "output"    // Limits.Output
	TooLong          Cause = "time"      // Limits.Run
	TooManyProcesses Cause = "processes" // Limits.Processes
	TooMuchMemory    Cause = "memory"    // Limits.Memory
	PortTaken        Cause = "port"      // a server: it does not get the port that it wants
	NeverListened    Cause = "silent"    // a server: it ran, but did not listen on its port in time
)

// A Failure tells a person how a program ended that should not have ended so,
// or that never came to serve: what happened, why, and what to do next.
type Failure struct {
	Cause           Cause
	Code            int // exit code; -1 when there is none
	What, Why, Next string
	Output          string // what the program printed
	unlucky         bool   // PortTaken: it is the port that we chose
}

// Error is all of it but the output, on one line, and then the output.
func (f *Failure) Error() string {
	s := f.What + ": " + f.Why + ". " + f.Next
	if out := strings.TrimRight(f.Output, "\n"); out != "" {
		s += "; it printed:\n" + out
	}
	return s
}

// OfProgram reports whether the program is to blame. A signal from elsewhere is
// what a system does that runs out of memory; and nobody is, for what was stopped.
func (f *Failure) OfProgram() bool { return f.Cause != Signaled && f.Cause != Stopped }

// failed puts the end of a program into words; nil for one that ended well.
func (p *Process) failed(e end) *Failure {
	f := &Failure{Cause: e.cause, Code: e.code, What: "the program was stopped", Output: p.Output()}
	switch e.cause {
	case TooMuchOutput:
		f.Why = "it printed more than " + bytes(p.limits.Output)
		f.Next = "Look for a loop that prints without waiting for anything"
	case TooLong:
		f.Why = "it ran for " + short(p.limits.Run) + ", which is the most it may"
		f.Next = "Start it again if you still need it; if it should have ended by itself, look for a loop without an end"
	case TooManyProcesses:
		f.Why = fmt.Sprintf("it had more than %d processes", p.limits.Processes)
		f.Next = "Look for a program that starts itself again and again"
	case TooMuchMemory:
		f.Why = "it used more than " + bytes(p.limits.Memory) + " of memory"
		f.Next = "Look for something that only grows, such as a slice that is appended to and never emptied"
	case Stopped:
		f.Why, f.Next = "that was asked for", "Start it again when you need it"
	default:
		return f.byItself(e)
	}
	return f
}

// byItself is for a program that nobody here has ended.
func (f *Failure) byItself(e end) *Failure {
	f.What = "the program ended"
	f.Next = "Read what it printed last, mend the program, and start it again"
	switch {
	case e.signal != "":
		f.Cause = Signaled
		f.Why = "something else ended it (signal: " + e.signal + ")"
		f.Next = "Start it again; if that happens again, see whether the machine is short of memory"
	case e.code == 0:
		return nil
	case strings.Contains(f.Output, "panic: ") && e.code == 2:
		f.Cause, f.Why = Exited, "it panicked (exit status 2)"
	default:
		f.Cause, f.Why = Exited, fmt.Sprintf("exit status %d", e.code)
	}
	return f
}

// bytes says a number of bytes shortly.
func bytes(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// short says a duration without its empty parts: 2h, not 2h0m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
