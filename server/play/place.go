package play

import (
	"errors"
	"net"
	"sync"
)

// maxConns bounds the connections of one place. A program that opens more than
// this has long failed.
const maxConns = 64

// A Place is a net.Listener whose connections come in through Places.Serve.
type Place struct {
	Path string // without a slash at the end: /play/echo/TOKEN

	forget func()
	came   chan *conn    // to be accepted
	closed chan struct{} // closed by Close

	mu    sync.Mutex
	over  bool
	count int
	open  map[*conn]struct{}
}

func newPlace(path string) *Place {
	return &Place{Path: path, came: make(chan *conn), closed: make(chan struct{}), open: map[*conn]struct{}{}}
}

// Accept returns the next connection, as it comes in. From it is read what the
// client sent, from the first byte of its request's head on, but for Path, which
// is taken off the address that is asked for.
func (p *Place) Accept() (net.Conn, error) {
	select {
	case c := <-p.came:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close takes no more connections and closes those that are left, whether they
// were accepted or not.
func (p *Place) Close() error {
	p.mu.Lock()
	if p.over {
		p.mu.Unlock()
		return nil
	}
	p.over = true
	left := p.open
	p.open = map[*conn]struct{}{}
	p.mu.Unlock()
	p.forget()
	close(p.closed)
	for c := range left {
		_ = c.Conn.Close() // nobody is left to be told
	}
	return nil
}

// Addr is where the place is; it names no port of its own.
func (p *Place) Addr() net.Addr { return addr(p.Path) }

type addr string

func (a addr) Network() string { return "tcp" }
func (a addr) String() string  { return string(a) }

// enter counts a connection in that is about to come.
func (p *Place) enter() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.over:
		return ErrGone
	case p.count == maxConns:
		return ErrFull
	}
	p.count++
	return nil
}

// leave counts a connection out.
func (p *Place) leave(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count--
	delete(p.open, c)
}

// hand waits until c was accepted, or closes it when nobody will.
func (p *Place) hand(c *conn) {
	p.mu.Lock()
	over := p.over
	if !over {
		p.open[c] = struct{}{}
	}
	p.mu.Unlock()
	if over {
		c.Close()
		return
	}
	select {
	case p.came <- c:
	case <-p.closed: // which closes c
	}
}

// A conn is a connection of a place.
type conn struct {
	net.Conn
	place *Place
	first []byte // to be read before what comes
	once  sync.Once
}

func (c *conn) Read(p []byte) (int, error) {
	if len(c.first) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.first)
	c.first = c.first[n:]
	return n, nil
}

func (c *conn) Close() error {
	c.once.Do(func() { c.place.leave(c) })
	return c.Conn.Close()
}

// NetConn returns the connection below.
func (c *conn) NetConn() net.Conn { return c.Conn }

// CloseWrite ends our half of the connection.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// SetLinger is as that of net.TCPConn: with 0, Close resets the connection.
func (c *conn) SetLinger(seconds int) error {
	if tcp, ok := c.Conn.(interface{ SetLinger(int) error }); ok {
		return tcp.SetLinger(seconds)
	}
	return errors.ErrUnsupported
}

// SetReadBuffer is as that of net.TCPConn.
func (c *conn) SetReadBuffer(bytes int) error {
	if tcp, ok := c.Conn.(interface{ SetReadBuffer(int) error }); ok {
		return tcp.SetReadBuffer(bytes)
	}
	return errors.ErrUnsupported
}
