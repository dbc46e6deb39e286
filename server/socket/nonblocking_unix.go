//go:build unix

package socket

import "syscall"

// A Nonblocking writes to sockets without waiting. It can be used again and
// again, by one goroutine at a time, and so allocates only the first time.
type Nonblocking struct {
	bytes []byte
	n     int
	errno syscall.Errno
	once  func(fd uintptr) bool
}

// Write returns how many of the bytes the socket took at once. None is no error,
// and what it does when c is nil.
func (w *Nonblocking) Write(c syscall.RawConn, b []byte) (int, error) {
	if c == nil {
		return 0, nil
	}
	if w.once == nil {
		w.once = w.try
	}
	w.bytes = b
	err := c.Write(w.once)
	w.bytes = nil
	switch {
	case err != nil:
		return 0, err
	case w.errno == syscall.EAGAIN:
		return 0, nil
	case w.errno != 0:
		return 0, w.errno
	}
	return w.n, nil
}

// try is one attempt; by returning true it keeps RawConn from waiting.
func (w *Nonblocking) try(fd uintptr) bool {
	for {
		if w.n, w.errno = writeNow(fd, w.bytes); w.errno != syscall.EINTR {
			return true
		}
	}
}
