//go:build unix

package socket

import (
	"io"
	"net"
	"os"
	"syscall"
)

// A raw reads from the descriptor.
type raw struct {
	conn syscall.RawConn       // nil when there is none
	once func(fd uintptr) bool // conn.attempt, made once so that a read allocates nothing
	err  error                 // of the last attempt
}

func (r *raw) open(c *conn) {
	r.conn, _ = c.SyscallConn()
	r.once = c.attempt
}

// readAhead waits for bytes, then borrows a buffer and fills ahead.
func (c *conn) readAhead() error {
	if c.raw.conn == nil {
		return c.readPlain()
	}
	if err := c.raw.conn.Read(c.raw.once); err != nil {
		return err // the deadline has passed, or the connection is closed
	}
	if c.raw.err != nil {
		return c.raw.err
	}
	c.hear(len(c.ahead))
	return nil
}

// attempt reads what there is. When there is nothing, it gives the buffer back
// and reports false: RawConn calls it again when there is.
func (c *conn) attempt(fd uintptr) (done bool) {
	c.lent = buffers.Get().(*buffer)
	n, err := c.fill(fd)
	if n > 0 {
		c.ahead, c.raw.err = c.lent[:n], nil
		return true
	}
	c.giveBack()
	switch err {
	case syscall.EAGAIN:
		return false
	case 0:
		c.raw.err = io.EOF
	default:
		c.raw.err = &net.OpError{Op: "read", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError("read", err)}
	}
	return true
}

// fill is one read, begun again when a signal breaks it off.
func (c *conn) fill(fd uintptr) (int, syscall.Errno) {
	for {
		if n, errno := readNow(fd, c.lent[:]); errno != syscall.EINTR {
			return n, errno
		}
	}
}
