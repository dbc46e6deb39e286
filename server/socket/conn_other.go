//go:build !unix

package socket

import "syscall"

// A raw has nothing to read from: here a descriptor can't be read this way.
type raw struct{ conn syscall.RawConn }

func (*raw) open(*conn) {}

// readAhead waits for bytes and fills ahead.
func (c *conn) readAhead() error { return c.readPlain() }
