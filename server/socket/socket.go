// Package socket is a WebSocket as the servers of this course hold it: the
// library is gorilla/websocket, and this package sees to what the library
// leaves to its user.
//
//		conn, err := socket.Upgrade(w, r, socket.Options{})
//		if err != nil {
//			return // Upgrade has told the client what is wrong
//		}
//		defer conn.Close()
//		defer socket.StartHeartbeat(conn, 20*time.Second, 30*time.Second).Stop()
//		for {
//			kind, message, err := socket.ReadMessage(conn, 1<<20, nil)
//			if err != nil {
//				socket.Goodbye(conn, err, 2*time.Second)
//				return
//			}
//			…
//		}
//
//	  - [ReadMessage] bounds a message after decompression, and refuses a text
//	    at its first byte that can't be UTF-8.
//	  - [StartHeartbeat] finds the client that has vanished.
//	  - [Goodbye] and [GoAway] end a connection so that the reason arrives.
//
// A connection on which nothing is sent costs little: it holds no buffer for
// reading or writing, since one is borrowed when there are bytes (conn.go), and
// its heartbeat is a timer. BenchmarkIdle measures it. The rest of the cost is
// the handler's: net/http keeps buffers, the request and a stack that has grown
// for as long as a handler runs. Where that counts, start a goroutine for the
// connection and let the handler return; its request's context is then over.
//
// Upgrade does not look at Origin. Check it, and Host, before you call it.
package socket

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Options say what a connection is to have.
type Options struct {
	// Compression offers permessage-deflate (RFC 7692), without a context kept
	// between messages. A client that does not ask for it does without.
	Compression bool

	// Wrap puts a connection of the caller's between the network and the
	// library: all reads and writes pass through what it returns, the answer to
	// the handshake first. What it gets has SyscallConn (syscall.Conn), whose
	// error is errors.ErrUnsupported when there is no descriptor below, and
	// CloseWrite. If what it returns has NetConn() net.Conn, that must lead to
	// what it got. Nil: nothing is put there.
	Wrap func(net.Conn) net.Conn

	// Rest lets ReadMessage return with ErrQuiet when nothing has come for so
	// long after a message. Zero: never.
	Rest time.Duration
}

// Upgrade answers the opening handshake (RFC 6455 §4.2). When it fails, it has
// answered the client.
//
// One goroutine at a time may read from the connection and one may write;
// WriteControl and Close may be called at any time.
func Upgrade(w http.ResponseWriter, r *http.Request, o Options) (*websocket.Conn, error) {
	u := websocket.Upgrader{
		WriteBufferSize:   4096,
		WriteBufferPool:   &writeBuffers,
		EnableCompression: o.Compression,
		Error:             upgradeFailed,
		CheckOrigin:       func(*http.Request) bool { return true },
	}
	if o.Compression {
		r = keepable(r)
	}
	return u.Upgrade(&hijacker{w, o}, r, nil)
}

// writeBuffers are borrowed by the library while it writes a message.
var writeBuffers sync.Pool

// region refuse

// upgradeFailed tells a client that speaks no WebSocket, or another version,
// what is spoken here (RFC 6455 §4.4, RFC 9110 §15.5.22).
func upgradeFailed(w http.ResponseWriter, r *http.Request, status int, reason error) {
	w.Header().Set("Sec-WebSocket-Version", "13")
	if !websocket.IsWebSocketUpgrade(r) || r.Header.Get("Sec-WebSocket-Version") != "13" {
		status = http.StatusUpgradeRequired
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Connection", "Upgrade")
		reason = errors.New("this address speaks WebSocket, version 13: connect with new WebSocket(…) instead of loading it")
	}
	http.Error(w, reason.Error(), status)
}

// endregion refuse

// A hijacker gives the library our connection in place of net/http's.
type hijacker struct {
	http.ResponseWriter
	Options
}

// Hijack takes the connection over. The library refuses a client that sends
// before the handshake is complete, so it gets an empty reader; what had come
// is the first that conn reads. The library goes on with this reader if it is
// of a size that it likes.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	below, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	ours := newConn(below, takeBuffered(rw.Reader))
	ours.rest.after = h.Rest
	var c net.Conn = ours
	if h.Wrap != nil {
		c = h.Wrap(c)
	}
	if h.Compression {
		c = &bitGuard{Conn: c}
	}
	ours.above = bufio.NewReaderSize(c, 257)
	return c, &bufio.ReadWriter{Reader: ours.above, Writer: rw.Writer}, nil
}

// takeBuffered returns a copy of what r holds, and lets go of r's buffer, which
// net/http keeps for as long as the handler runs.
func takeBuffered(r *bufio.Reader) []byte {
	held, _ := r.Peek(r.Buffered())
	held = append([]byte(nil), held...)
	*r = bufio.Reader{}
	return held
}
