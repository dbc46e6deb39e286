//go:build !windows

package check

import "syscall"

// How the system says that nothing listens at an address, and that the other
// end reset the connection.
const (
	errRefused = syscall.ECONNREFUSED
	errReset   = syscall.ECONNRESET
)
