package program

import "os/exec"

// OwnGroup gives a command a process group of its own where the system has
// them, so that KillGroup reaches its children, and nothing but them. It is
// called before the command starts.
func OwnGroup(cmd *exec.Cmd) { ownGroup(cmd) }

// KillGroup kills a command that was given a group, with all its children.
func KillGroup(cmd *exec.Cmd) { killGroup(cmd) }
