package demo

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// upgrader answers the opening handshake. Buffers for writing are borrowed
// while a message is written, so that an idle connection holds none.
var upgrader = websocket.Upgrader{
	ReadBufferSize:  1024,
	WriteBufferSize: 4096,
	WriteBufferPool: new(sync.Pool),
	Error:           upgradeFailed,

	// The server has checked Origin and Host before the request came here. It
	// also admits the course's own sandboxed pages, whose Origin is "null".
	CheckOrigin: func(*http.Request) bool { return true },
}

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

// A refusal ends a connection: the code and the reason of its Close frame.
type refusal struct {
	code   int
	reason string // at most 123 bytes
}

func (r *refusal) Error() string { return r.reason }

// region goodbye

// goodbye ends a connection whose reading ended with err. When the client has
// closed, its Close frame has been answered and there is nothing left to do;
// when the network failed, nobody is there to say goodbye to. Otherwise the
// client broke a rule, and learns which.
func goodbye(conn *websocket.Conn, err error, limits Limits) {
	var closed *websocket.CloseError
	var failed net.Error
	if errors.As(err, &closed) || errors.As(err, &failed) {
		return
	}
	var why *refusal
	switch {
	case errors.As(err, &why):
	case errors.Is(err, websocket.ErrReadLimit):
		why = &refusal{websocket.CloseMessageTooBig, "the frame's length is not valid"}
	default: // the library has said 1002; a second Close frame is not sent
		why = &refusal{websocket.CloseProtocolError, ""}
	}
	conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(why.code, why.reason), time.Now().Add(limits.CloseWait))
	linger(conn.NetConn(), limits.CloseWait)
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

// goAway says that the server ends, and leaves it to whoever reads from conn to
// find the client's Close frame and so to end. It waits for that, and cuts the
// connection after CloseWait.
func goAway(conn *websocket.Conn, limits Limits, ended <-chan struct{}) {
	bye := websocket.FormatCloseMessage(websocket.CloseGoingAway, "server is shutting down")
	conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(limits.CloseWait))
	select {
	case <-ended:
	case <-time.After(limits.CloseWait):
		conn.Close()
	}
}

// An arrival is a message while it arrives.
type arrival struct {
	from   io.Reader
	conn   *websocket.Conn
	wait   time.Duration
	memory *budget
	taken  int // from memory
}

func (a *arrival) Read(p []byte) (int, error) {
	n, err := a.from.Read(p)
	if n > 0 {
		a.conn.SetReadDeadline(time.Now().Add(a.wait))
	}
	if !a.memory.take(n) {
		return 0, &refusal{websocket.CloseTryAgainLater, "too much is being sent to this server at once: try again later"}
	}
	a.taken += n
	return n, err
}

// A budget is a number of bytes that connections share. The nil budget has no
// end. Safe for concurrent use.
type budget struct {
	left atomic.Int64
}

func newBudget(bytes int) *budget {
	b := new(budget)
	b.left.Store(int64(bytes))
	return b
}

// take reports whether there were n bytes left to take.
func (b *budget) take(n int) bool {
	if b == nil || b.left.Add(-int64(n)) >= 0 {
		return true
	}
	b.left.Add(int64(n))
	return false
}

// give puts back n bytes that were taken.
func (b *budget) give(n int) {
	if b != nil {
		b.left.Add(int64(n))
	}
}
