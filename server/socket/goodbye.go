package socket

import (
	"errors"
	"io"
	"net"
	"time"

	"github.com/gorilla/websocket"
)

// A Refusal is an error that ends a connection: the code and the reason of its
// Close frame (RFC 6455 §7.4).
type Refusal struct {
	Code   int
	Reason string // at most 123 bytes
}

func (r *Refusal) Error() string { return r.Reason }

// region goodbye

// Goodbye ends a connection whose reading ended with err. When the client has
// closed, its Close frame has been answered and there is nothing left to do;
// when the network failed, nobody is there to say goodbye to. Otherwise the
// client broke a rule, and learns which. It takes 2 wait at most.
func Goodbye(conn *websocket.Conn, err error, wait time.Duration) {
	var closed *websocket.CloseError
	var failed net.Error
	if errors.As(err, &closed) || errors.As(err, &failed) {
		return
	}
	var why *Refusal
	switch {
	case errors.As(err, &why):
	case errors.Is(err, websocket.ErrReadLimit): // a length whose highest bit is not 0 (RFC 6455 §5.2)
		why = &Refusal{websocket.CloseProtocolError, "the frame's length is not valid"}
	default: // the library has said 1002; a second Close frame is not sent
		why = &Refusal{websocket.CloseProtocolError, ""}
	}
	conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(why.Code, why.Reason), time.Now().Add(wait))
	linger(conn.NetConn(), wait)
}

// linger ends our half of the connection and reads the other's away. Closing
// with bytes unread would reset the connection, and the Close frame that
// explains it could be lost on the way.
func linger(conn net.Conn, wait time.Duration) {
	conn.SetReadDeadline(time.Now().Add(wait))
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
	io.Copy(io.Discard, conn)
}

// endregion goodbye

// region away

// GoAway says that the server ends, and leaves it to whoever reads from conn to
// find the client's Close frame and so to end. When none has come after wait,
// reading fails. It may be called at any time.
func GoAway(conn *websocket.Conn, wait time.Duration) {
	until := time.Now().Add(wait)
	bye := websocket.FormatCloseMessage(websocket.CloseGoingAway, "server is shutting down")
	conn.NetConn().SetDeadline(until)
	conn.WriteControl(websocket.CloseMessage, bye, until)
}

// endregion away
