package demo

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"duplex/server/socket"
)

// Echo sends every message back to its sender, unchanged: text as text, binary
// as binary, an empty one too.
type Echo struct {
	limits Limits
	memory *socket.Budget // for the messages that are being echoed
}

// region handler

// ServeHTTP turns the request into a WebSocket and serves it until one side
// ends it. The request's context ends when the server shuts down.
func (e *Echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	compress := r.URL.Query().Has("deflate")
	conn, err := socket.Upgrade(w, r, socket.Options{Compression: compress})
	if err != nil {
		return // Upgrade has told the client what is wrong
	}
	defer conn.Close()

	heartbeat := socket.StartHeartbeat(conn, e.limits.PingEvery, e.limits.PongWait)
	defer heartbeat.Stop()

	stop := context.AfterFunc(r.Context(), func() { socket.GoAway(conn, e.limits.CloseWait) })
	defer stop()

	err = e.loop(r.Context(), conn)
	socket.Goodbye(conn, err, e.limits.CloseWait)
}

// endregion handler

// region loop

// loop reads a message and writes it back, until the client closes, the
// connection fails, or the client breaks a rule.
func (e *Echo) loop(ctx context.Context, conn *websocket.Conn) error {
	pace := rate.NewLimiter(e.limits.EchoRate, e.limits.EchoBurst)
	for {
		kind, message, err := socket.ReadMessage(conn, e.limits.EchoMessage, e.memory)
		if err != nil {
			return err
		}
		pace.Wait(ctx) // while we wait, nothing is read, and TCP slows the sender down

		conn.SetWriteDeadline(time.Now().Add(e.limits.WriteWait))
		err = conn.WriteMessage(kind, message)
		e.memory.Give(len(message))
		if errors.Is(err, websocket.ErrCloseSent) {
			continue // we are closing: read on until the client's Close comes
		}
		if err != nil {
			return err
		}
	}
}

// endregion loop

// EchoLoop is the loop of the demo for a connection from socket.Upgrade, as
// fast as the client sends: package bench measures it. It returns why it ended,
// for socket.Goodbye.
func EchoLoop(ctx context.Context, conn *websocket.Conn) error { return unlimited.loop(ctx, conn) }

var unlimited = func() *Echo {
	limits := DefaultLimits()
	limits.EchoRate = rate.Inf
	return &Echo{limits: limits}
}()
