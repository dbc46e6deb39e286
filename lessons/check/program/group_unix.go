//go:build unix

package program

import (
	"os/exec"
	"syscall"
)

// ownGroup gives the command a process group of its own, so that killGroup
// reaches its children, and nothing but them.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { killGroup(cmd); return nil }
}

func killGroup(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
