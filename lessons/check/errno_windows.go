package check

import "syscall"

// How Windows says that nothing listens at an address, and that the other end
// reset the connection. The constants of package syscall that have the names
// used elsewhere are never returned there.
const (
	errRefused syscall.Errno = 10061 // WSAECONNREFUSED
	errReset                 = syscall.WSAECONNRESET
)
