//go:build unix

package keeper

import (
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

func init() {
	if len(os.Args) >= 6 && os.Args[0] == Name {
		runtime.LockOSThread()          // the program dies with the thread that started it (PR_SET_PDEATHSIG)
		syscall.Exit(keep(os.Args[1:])) // os.Exit takes a second in a binary with the race detector
	}
}

const (
	// again is how often the kill is repeated while something is left: a
	// process may leave the group between a look and the kill.
	again = 2 * time.Millisecond

	// soonest is the time between two looks at what the program uses while
	// that grows, and latest where it stays what it is: a look costs a
	// millisecond or two.
	soonest = 25 * time.Millisecond
	latest  = 400 * time.Millisecond
)

// A ward is the program that is kept.
type ward struct {
	pid       int
	processes int   // at most; 0: any number
	memory    int64 // bytes, at most; 0: any
	killed    string

	seen int64         // memory at the last look
	next time.Duration // from the last look to the next

	ended chan syscall.WaitStatus // the program's own end
	alone chan struct{}           // closed once no child is left
}

// keep is all that the keeper does. It returns the exit code, which says
// nothing: the report does.
func keep(args []string) int {
	syscall.CloseOnExec(Commands)
	syscall.CloseOnExec(Reports)
	reports := os.NewFile(Reports, "reports")
	w := &ward{ended: make(chan syscall.WaitStatus, 1), alone: make(chan struct{})}
	w.processes, _ = strconv.Atoi(args[0]) // our own parent wrote them
	w.memory, _ = strconv.ParseInt(args[1], 10, 64)
	if nice, _ := strconv.Atoi(args[2]); nice > 0 {
		giveWay(nice) // the program inherits it
	}
	adoptOrphans()
	var err error
	w.pid, err = syscall.ForkExec(args[3], args[4:], &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{0, 1, 2},
		Sys:   attributes(),
	})
	if err != nil {
		number, _ := err.(syscall.Errno)
		say(reports, Refused, strconv.Itoa(int(number)))
		return 1
	}
	say(reports, Started, strconv.Itoa(w.pid))
	go w.reap()
	status := w.watch(commands(os.NewFile(Commands, "commands")))
	w.clear()
	code, signal := -1, 0
	if status.Exited() {
		code = status.ExitStatus()
	} else {
		signal = int(status.Signal())
	}
	say(reports, Ended, strconv.Itoa(code), strconv.Itoa(signal), w.killed)
	return 0
}

func say(to *os.File, words ...string) {
	line := words[0]
	for _, word := range words[1:] {
		line += " " + word
	}
	_, _ = to.WriteString(line + "\n") // a parent that has gone needs no report
}

// commands returns a channel of the bytes that come, closed at the pipe's end.
func commands(from *os.File) <-chan byte {
	c := make(chan byte)
	go func() {
		defer close(c)
		for b := make([]byte, 1); ; {
			if n, err := from.Read(b); n == 0 || err != nil {
				return
			}
			c <- b[0]
		}
	}()
	return c
}

// reap waits for the end of every child, the program's and the adopted.
func (w *ward) reap() {
	defer close(w.alone)
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return // ECHILD
		}
		if pid == w.pid {
			w.ended <- status
		}
	}
}

// watch waits for the program's end, and brings it about when it is asked to,
// when the parent is gone, and when the program uses too much.
func (w *ward) watch(commands <-chan byte) syscall.WaitStatus {
	w.next = soonest
	look := time.NewTimer(w.next)
	defer look.Stop()
	if w.processes == 0 && w.memory == 0 {
		look.Stop() // there is nothing to look for
	}
	for {
		select {
		case status := <-w.ended:
			return status
		case _, ok := <-commands:
			if !ok {
				w.kill()
				return <-w.ended
			}
			syscall.Kill(-w.pid, syscall.SIGTERM)
		case <-look.C:
			w.look()
			if w.killed != "" {
				return <-w.ended
			}
			look.Reset(w.next)
		}
	}
}

// look kills a program that uses too much.
func (w *ward) look() {
	processes, memory := usage()
	switch {
	case w.processes > 0 && processes > w.processes:
		w.killed = Processes
	case w.memory > 0 && memory > w.memory:
		w.killed = Memory
	case memory > w.seen+w.seen/8: // more processes hold more, too
		w.next = soonest
	default:
		w.next = min(2*w.next, latest)
	}
	w.seen = memory
	if w.killed != "" {
		w.kill()
	}
}

// kill ends the program, which has not been reaped yet, and its group, also
// the children that are being made.
func (w *ward) kill() {
	syscall.Kill(-w.pid, syscall.SIGKILL)
	syscall.Kill(w.pid, syscall.SIGKILL) // it may have joined another group
}

// clear kills what the program left behind, until nothing is left.
func (w *ward) clear() {
	for {
		syscall.Kill(-w.pid, syscall.SIGKILL)
		select {
		case <-w.alone:
			return
		case <-time.After(again):
		}
		killOrphans()
	}
}
