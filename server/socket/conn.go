package socket

import (
	"bufio"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A conn lies below the library. It waits for bytes without a buffer, and
// borrows one only when there are some: the library reads a frame's header and
// its payload from there, and when it has read everything the buffer goes back.
//
//	library ─ 257 bytes ─ (Options.Wrap) ─ conn ─ 16 KB, borrowed ─ network
//
// One goroutine may read and one may write at a time, as on any net.Conn; the
// other methods may be called at any time.
type conn struct {
	net.Conn
	opened time.Time
	heard  atomic.Int64 // when the last bytes came: nanoseconds after opened

	// For the goroutine that reads.
	above *bufio.Reader // the library's
	ahead []byte        // read, but not yet asked for
	lent  *buffer       // what ahead lies in, if it was borrowed
	raw   raw           // reads when there is something
	plain []byte        // what ahead lies in when there is no descriptor
	err   error         // from await, for the next Read

	rest rest
}

// A buffer is what one read from the network takes at most.
type buffer [16 << 10]byte

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// newConn returns a conn that reads first what was read from below already.
func newConn(below net.Conn, already []byte) *conn {
	c := &conn{Conn: below, opened: time.Now(), ahead: already}
	c.raw.open(c)
	return c
}

// await returns when there is something to read, or an error that the next Read
// returns. Waiting here rather than in the library, which goes deep, keeps the
// stack of a goroutine small that only waits: 2 KB and not 4.
//
// The error is nil or ErrQuiet.
func (c *conn) await() error {
	if c.above.Buffered() > 0 || len(c.ahead) > 0 || c.err != nil {
		return nil
	}
	if c.rest.after == 0 {
		c.err = c.readAhead()
		return nil
	}
	c.rest.begin()
	if err := c.rest.end(c, c.readAhead()); err != ErrQuiet {
		c.err = err
		return nil
	}
	return ErrQuiet
}

// Read waits for bytes. A large p gets them directly.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.ahead) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		if len(p) >= len(buffer{})/4 {
			n, err := c.Conn.Read(p)
			c.hear(n)
			return n, err
		}
		if err := c.readAhead(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.ahead)
	if c.ahead = c.ahead[n:]; len(c.ahead) == 0 {
		c.ahead = nil
		c.giveBack()
	}
	return n, nil
}

// readPlain waits for bytes with a small buffer in hand, and fills ahead.
func (c *conn) readPlain() error {
	if c.plain == nil {
		c.plain = make([]byte, 1024)
	}
	n, err := c.Conn.Read(c.plain)
	c.hear(n)
	c.ahead = c.plain[:n]
	if n > 0 {
		return nil // the next read meets the error again
	}
	return err
}

// hear notes that n bytes came just now.
func (c *conn) hear(n int) {
	if n > 0 {
		c.heard.Store(int64(time.Since(c.opened)))
	}
}

// silence returns for how long nothing has come.
func (c *conn) silence() time.Duration {
	return time.Since(c.opened) - time.Duration(c.heard.Load())
}

func (c *conn) giveBack() {
	if c.lent != nil {
		buffers.Put(c.lent)
		c.lent = nil
	}
}

// NetConn returns the connection below.
func (c *conn) NetConn() net.Conn { return c.Conn }

// SyscallConn gives access to the descriptor. Whoever reads from it takes bytes
// away from Read. The error is errors.ErrUnsupported when there is none: a
// connection that is encrypted, recorded or in memory.
func (c *conn) SyscallConn() (syscall.RawConn, error) {
	if below, ok := c.Conn.(syscall.Conn); ok {
		return below.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

// CloseWrite ends our half of the connection.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// below finds the conn below c, or nil.
func below(c net.Conn) *conn {
	for {
		if ours, ok := c.(*conn); ok {
			return ours
		}
		wrapped, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return nil
		}
		c = wrapped.NetConn()
	}
}
