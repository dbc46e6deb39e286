package socket

import (
	"syscall"
	"unsafe"
)

// readNow and writeNow use a socket that does not block. They do without the
// scheduler's bookkeeping for a system call that may take long: these never
// wait, and the bookkeeping is up to a tenth of their cost.
func readNow(fd uintptr, b []byte) (int, syscall.Errno) { return call(syscall.SYS_READ, fd, b) }

func writeNow(fd uintptr, b []byte) (int, syscall.Errno) { return call(syscall.SYS_WRITE, fd, b) }

func call(trap, fd uintptr, b []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(trap, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	return int(n), errno
}
