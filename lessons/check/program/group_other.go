//go:build !unix && !windows

package program

import (
	"os"
	"os/exec"
)

// A group is the process alone where nothing is known of groups.
type group struct{ process *os.Process }

func startGroup(cmd *exec.Cmd, _ Limits) (*group, error) {
	err := cmd.Start()
	return &group{cmd.Process}, err
}

func (g *group) terminate() { g.process.Signal(os.Interrupt) }

func (g *group) kill() { g.process.Kill() }

func (g *group) end(state *os.ProcessState) end { return end{code: state.ExitCode()} }
