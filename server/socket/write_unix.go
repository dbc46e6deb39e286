//go:build unix && !linux

package socket

import (
	"errors"
	"syscall"
)

// write writes to a socket that does not block.
func write(fd uintptr, b []byte) (int, syscall.Errno) {
	n, err := syscall.Write(int(fd), b)
	errno, _ := errors.AsType[syscall.Errno](err)
	return n, errno
}
