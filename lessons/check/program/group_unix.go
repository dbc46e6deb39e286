//go:build unix

package program

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"duplex/lessons/check/program/keeper"
)

// A group is a program with all its children, as the system knows them: a
// process group, and where there is one, the keeper beside it.
type group struct {
	pid     int // of the program, and so of its process group
	keeper  *exec.Cmd
	pipe    *os.File // of the keeper's reports
	reports *bufio.Reader

	mu       sync.Mutex
	commands *os.File // to the keeper; nil once it was told to kill
	gone     bool     // without a keeper: the process was waited for
}

// startGroup starts cmd, which it changes, in a group of its own.
func startGroup(cmd *exec.Cmd, limits Limits) (*group, error) {
	if kept.Load() {
		return startKept(cmd, limits)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &group{pid: cmd.Process.Pid}, nil
}

// startKept makes cmd the keeper of what it was, and waits until the program
// has started.
func startKept(cmd *exec.Cmd, limits Limits) (*group, error) {
	self, err := executable()
	if err != nil {
		return nil, err
	}
	theirCommands, commands, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirCommands.Close()
	reports, theirReports, err := os.Pipe()
	if err != nil {
		commands.Close()
		return nil, err
	}
	path := cmd.Path
	cmd.Args = append([]string{keeper.Name, strconv.Itoa(limits.Processes), strconv.FormatInt(limits.Memory, 10), strconv.Itoa(limits.Nice), path}, cmd.Args...)
	cmd.Path = self
	cmd.ExtraFiles = []*os.File{theirCommands, theirReports} // keeper.Commands, keeper.Reports
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}     // no terminal's Ctrl+C reaches it
	err = cmd.Start()
	theirReports.Close()
	g := &group{keeper: cmd, commands: commands, pipe: reports, reports: bufio.NewReader(reports)}
	if err == nil {
		err = g.started(path)
	}
	if err != nil {
		commands.Close()
		reports.Close()
		return nil, err
	}
	return g, nil
}

// executable is this very binary, also after the file was replaced.
func executable() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}

// started reads the keeper's first report.
func (g *group) started(path string) error {
	words := g.report()
	switch {
	case len(words) == 2 && words[0] == keeper.Started:
		g.pid, _ = strconv.Atoi(words[1])
		return nil
	case len(words) == 2 && words[0] == keeper.Refused:
		number, _ := strconv.Atoi(words[1])
		g.keeper.Wait()
		return &os.PathError{Op: "fork/exec", Path: path, Err: syscall.Errno(number)}
	}
	g.keeper.Process.Kill()
	g.keeper.Wait()
	return &os.PathError{Op: "keep", Path: path, Err: io.ErrUnexpectedEOF}
}

func (g *group) report() []string {
	line, _ := g.reports.ReadString('\n') // without its end it is not understood
	return strings.Fields(line)
}

// terminate asks the group politely to end.
func (g *group) terminate() {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.commands != nil:
		g.commands.Write([]byte{0})
	case g.keeper == nil && !g.gone:
		syscall.Kill(-g.pid, syscall.SIGTERM)
	}
}

// kill ends the group at once.
func (g *group) kill() {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.commands != nil:
		g.commands.Close()
		g.commands = nil
	case g.keeper == nil && !g.gone:
		syscall.Kill(-g.pid, syscall.SIGKILL)
	}
}

// end says how the program ended; state is that of the process which was
// started, and which was waited for.
func (g *group) end(state *os.ProcessState) end {
	if g.keeper == nil {
		return g.ownEnd(state.Sys().(syscall.WaitStatus))
	}
	g.kill() // it is over already; this closes the pipe
	defer g.pipe.Close()
	words := g.report()
	if len(words) < 3 || words[0] != keeper.Ended {
		syscall.Kill(-g.pid, syscall.SIGKILL) // somebody killed the keeper
		return end{code: -1, signal: syscall.SIGKILL.String()}
	}
	var e end
	e.code, _ = strconv.Atoi(words[1])
	if number, _ := strconv.Atoi(words[2]); number != 0 {
		e.signal = syscall.Signal(number).String()
	}
	if len(words) == 4 {
		e.cause = Cause(words[3])
	}
	return e
}

// ownEnd is how a program without a keeper ended.
func (g *group) ownEnd(status syscall.WaitStatus) end {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.gone = true
	syscall.Kill(-g.pid, syscall.SIGKILL) // what it left behind
	if status.Signaled() {
		return end{code: -1, signal: status.Signal().String()}
	}
	return end{code: status.ExitStatus()}
}
