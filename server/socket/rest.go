package socket

import (
	"errors"
	"sync"
	"time"
)

// ErrQuiet is why ReadMessage returns without a message from a connection that
// has been quiet for Options.Rest. Nothing is wrong with it: read on, in a
// goroutine of its own.
var ErrQuiet = errors.New("socket: the connection is quiet")

// A rest wakes a goroutine that waits for a message in vain, so that another
// one can wait in its place. A goroutine's stack grows with the first message
// and never becomes small again; that of one that has only waited is small.
// There is a timer only for as long as the present goroutine's stack is large.
type rest struct {
	after time.Duration // 0: never

	mu       sync.Mutex
	timer    *time.Timer // set since a message came
	closed   bool
	waiting  bool      // between two messages
	woken    bool      // by us, and not by a deadline of the caller's
	deadline time.Time // the caller's, for reading
}

// begin is called before waiting for a message.
func (r *rest) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = true
}

// end is called after waiting, which ended with err. It returns err, or
// ErrQuiet.
func (r *rest) end(c *conn, err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = false
	woken := r.woken
	if woken {
		r.woken, r.timer = false, nil
		c.Conn.SetReadDeadline(r.deadline)
	}
	switch {
	case err == nil && r.timer == nil && !r.closed:
		r.timer = time.AfterFunc(r.after, func() { r.wake(c) })
	case err != nil && woken:
		return ErrQuiet
	}
	return err
}

// wake is the timer's. A message that is on its way is never disturbed.
func (r *rest) wake(c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return
	case !r.waiting || c.silence() < r.after:
		r.timer.Reset(r.after)
	default:
		r.woken = true
		c.Conn.SetReadDeadline(time.Now())
	}
}

// Close closes the connection.
func (c *conn) Close() error {
	c.rest.mu.Lock()
	c.rest.closed = true
	if c.rest.timer != nil {
		c.rest.timer.Stop()
	}
	c.rest.mu.Unlock()
	return c.Conn.Close()
}

// SetReadDeadline sets the deadline of reading.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.rest.mu.Lock()
	defer c.rest.mu.Unlock()
	c.rest.deadline = t
	if c.rest.woken {
		return nil // end will set it
	}
	return c.Conn.SetReadDeadline(t)
}

// SetDeadline sets the deadlines of reading and writing.
func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.Conn.SetWriteDeadline(t))
}
