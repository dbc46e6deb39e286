//go:build unix && !linux

package keeper

import "syscall"

// Elsewhere there are no foster parents and no /proc: the program's group is
// all that is known of it, and what it uses is not bounded.

func adoptOrphans() {}

func giveWay(nice int) { _ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, nice) }

func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func killOrphans() {}

func usage() (count int, memory int64) { return 0, 0 }
