package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
)

// maxHead is how long a request head may be for its bytes to be kept.
const maxHead = 16 << 10

// Listener makes the connections of l fit for Tap. It costs an untapped
// connection a few hundred nanoseconds a request, and memory only while a
// request head is being read. Use it with ConnContext:
//
//	srv := &http.Server{Handler: h, ConnContext: wire.ConnContext}
//	srv.Serve(wire.Listener(l))
func Listener(l net.Listener) net.Listener { return listener{l} }

type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c}, nil
}

type connKey struct{}

// ConnContext is for http.Server.ConnContext: it lets Tap and Abort find the
// connection of a request.
func ConnContext(ctx context.Context, c net.Conn) context.Context {
	if c, ok := c.(*conn); ok {
		return context.WithValue(ctx, connKey{}, c)
	}
	return ctx
}

func connOf(ctx context.Context) *conn {
	c, _ := ctx.Value(connKey{}).(*conn)
	return c
}

// Abort cuts the connection that the request of ctx came on, at once and
// without a goodbye: the other end sees a reset. It reports false when the
// connection did not come from a Listener of this package.
func Abort(ctx context.Context) bool {
	c := connOf(ctx)
	if c == nil {
		return false
	}
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.Close()
	return true
}

// A conn is a connection of Listener. It remembers the head of the request
// that is being served, and shows what passes to a tap, if there is one.
type conn struct {
	net.Conn

	mu      sync.Mutex
	head    []byte // what has come since the last answer, up to the end of a head
	whole   bool   // head ends with the empty line
	skip    bool   // the head is too long, or has been taken
	replied bool   // something was written: what comes next is a new request
	tap     *connTap
}

// NetConn returns the connection below.
func (c *conn) NetConn() net.Conn { return c.Conn }

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	tap := c.tap
	if tap == nil && n > 0 {
		c.keepHead(p[:n])
	}
	c.mu.Unlock()
	tap.read(p[:n], err)
	return n, err
}

// keepHead adds to the head what b holds of it.
func (c *conn) keepHead(b []byte) {
	if c.replied {
		c.head, c.whole, c.skip, c.replied = nil, false, false, false
	}
	if c.whole || c.skip {
		return
	}
	from := max(0, len(c.head)-3)
	c.head = append(c.head, b...)
	if end := endOfHead(c.head[from:]); end > 0 {
		c.head, c.whole = c.head[:from+end], true
	} else if len(c.head) > maxHead {
		c.head, c.skip = nil, true
	}
}

// endOfHead returns where the empty line that ends a head ends, or 0. A line
// may end without CR, as net/http allows (RFC 9112 §2.2).
func endOfHead(b []byte) int {
	for i := 0; i < len(b); {
		lf := bytes.IndexByte(b[i:], '\n')
		if lf < 0 {
			return 0
		}
		i += lf + 1
		switch {
		case bytes.HasPrefix(b[i:], []byte("\n")):
			return i + 1
		case bytes.HasPrefix(b[i:], []byte("\r\n")):
			return i + 2
		}
	}
	return 0
}

func (c *conn) Write(p []byte) (int, error) {
	if c.wrote().wrote(p) {
		c.setTap(nil)
	}
	return c.Conn.Write(p)
}

// ReadFrom keeps sendfile and its like for connections that nobody watches.
func (c *conn) ReadFrom(r io.Reader) (int64, error) {
	if c.wrote() == nil {
		return io.Copy(c.Conn, r)
	}
	return io.Copy(struct{ io.Writer }{c}, r)
}

// wrote notes that a request is being answered, so that its head need not be
// kept any longer, and returns the tap.
func (c *conn) wrote() *connTap {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.head, c.replied = nil, true
	return c.tap
}

// CloseWrite is what net/http looks for to end a connection gently.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

func (c *conn) Close() error {
	c.mu.Lock()
	tap := c.tap
	c.mu.Unlock()
	tap.hungUp()
	return c.Conn.Close()
}

// takeHead returns the bytes of r's head as they stood on the wire, or nil if
// they were not kept or are not r's (a client that pipelines requests).
func (c *conn) takeHead(r *http.Request) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	head, whole := c.head, c.whole
	c.head, c.whole, c.skip = nil, false, true
	if !whole || !bytes.HasPrefix(head, []byte(r.Method+" "+r.RequestURI+" ")) {
		return nil
	}
	return head
}

func (c *conn) setTap(t *connTap) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tap = t
}
