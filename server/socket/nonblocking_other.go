//go:build !unix

package socket

import "syscall"

// A Nonblocking takes nothing here: every write has to wait.
type Nonblocking struct{}

// Write returns 0.
func (*Nonblocking) Write(syscall.RawConn, []byte) (int, error) { return 0, nil }
