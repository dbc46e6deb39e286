package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"
)

// Echo sends every message back to its sender, unchanged: text as text, binary
// as binary, an empty one too.
type Echo struct {
	limits Limits
	memory *budget // for the messages that are being echoed
}

// region handler

// ServeHTTP turns the request into a WebSocket and serves it until one side
// ends it. The request's context ends when the server shuts down.
func (e *Echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has told the client what is wrong
	}
	defer conn.Close()

	expectPongs(conn, e.limits)

	ended := make(chan struct{})
	var tasks sync.WaitGroup
	tasks.Go(func() { ping(r.Context(), conn, e.limits, ended) })

	err = e.loop(r.Context(), conn)
	close(ended)
	tasks.Wait()
	goodbye(conn, err, e.limits)
}

// endregion handler

// region loop

// loop reads a message and writes it back, until the client closes, the
// connection fails, or the client breaks a rule.
func (e *Echo) loop(ctx context.Context, conn *websocket.Conn) error {
	pace := rate.NewLimiter(e.limits.EchoRate, e.limits.EchoBurst)
	for {
		kind, message, err := readMessage(conn, e.limits.EchoMessage, e.limits.PongWait, e.memory)
		if err != nil {
			return err
		}
		pace.Wait(ctx) // while we wait, nothing is read, and TCP slows the sender down

		conn.SetWriteDeadline(time.Now().Add(e.limits.WriteWait))
		err = conn.WriteMessage(kind, message)
		e.memory.give(len(message))
		if errors.Is(err, websocket.ErrCloseSent) {
			continue // we are closing: read on until the client's Close comes
		}
		if err != nil {
			return err
		}
	}
}

// endregion loop

// region limits

// readMessage returns the next message, whole: its kind, text or binary, and a
// payload of at most limit bytes, which count in memory until they are given
// back. Bytes that arrive are a sign of life, and prolong the read deadline.
//
// While we read, the library answers pings and the Close frame, and refuses
// broken frames. That a text is valid UTF-8 it leaves to us (RFC 6455 §8.1).
func readMessage(conn *websocket.Conn, limit int, wait time.Duration, memory *budget) (int, []byte, error) {
	kind, r, err := conn.NextReader()
	if err != nil {
		return 0, nil, err
	}
	in := &arrival{from: r, conn: conn, wait: wait, memory: memory}
	// One byte more than allowed shows that there is too much, whatever the frame announces.
	message, err := io.ReadAll(io.LimitReader(in, int64(limit)+1))
	switch {
	case err != nil:
	case len(message) > limit:
		err = &refusal{websocket.CloseMessageTooBig, fmt.Sprintf("a message may have at most %d bytes", limit)}
	case kind == websocket.TextMessage && !utf8.Valid(message):
		err = &refusal{websocket.CloseInvalidFramePayloadData, "a text message must be valid UTF-8"}
	}
	if err != nil {
		memory.give(in.taken)
		return 0, nil, err
	}
	return kind, message, nil
}

// endregion limits

// region ping

// ping asks the client for a sign of life, again and again, until ended is
// closed. Beside the loop, which is the only one to write messages, it may
// write control frames: WriteControl is safe to call at any time.
func ping(ctx context.Context, conn *websocket.Conn, limits Limits, ended <-chan struct{}) {
	ticker := time.NewTicker(limits.PingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			// No need to look at the error: if no pong comes, the loop's read fails.
			conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(limits.WriteWait))
		case <-ctx.Done():
			goAway(conn, limits, ended)
			return
		case <-ended:
			return
		}
	}
}

// expectPongs lets the next read fail if the client stays silent for PongWait.
// Each pong gives it as much time again.
func expectPongs(conn *websocket.Conn, limits Limits) {
	again := func(string) error { return conn.SetReadDeadline(time.Now().Add(limits.PongWait)) }
	conn.SetPongHandler(again)
	again("")
}

// endregion ping
