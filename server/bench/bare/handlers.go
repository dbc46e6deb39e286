package bare

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"duplex/server/demo"
	"duplex/server/roomlog"
	"duplex/server/socket"
)

// Limits of what is served. They keep a mistake from taking the machine; no
// load meets them.
const (
	maxMessage = 16 << 20
	pingEvery  = 20 * time.Second
	pongWait   = 30 * time.Second
	rest       = 500 * time.Millisecond // without a message, until a connection has a small stack again
)

// goingAway is the goodbye of one that came while the server was ending.
var goingAway = &socket.Refusal{Code: websocket.CloseGoingAway, Reason: "server is shutting down"}

var waits = roomlog.Waits{Stall: 10 * time.Second, Close: goodbyeWait}

// A handler that has upgraded its connection leaves it to a goroutine of its
// own and returns: net/http's has a stack that has grown, and holds buffers for
// as long as the handler runs.
func (b *bare) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ws", b.serveEcho)
	mux.HandleFunc("GET /chat", b.serveChat)
	mux.HandleFunc("GET /sse", b.serveStream(b.ticks))
	mux.HandleFunc("GET /fan", b.serveStream(b.fan))
	mux.HandleFunc("POST /pub", b.publish)
	return mux
}

func (b *bare) serveEcho(w http.ResponseWriter, r *http.Request) {
	conn, err := socket.Upgrade(w, r, socket.Options{Rest: rest})
	if err != nil {
		return
	}
	if !b.enter(conn) {
		socket.Goodbye(conn, goingAway, goodbyeWait)
		conn.Close()
		return
	}
	heartbeat := socket.StartHeartbeat(conn, pingEvery, pongWait)
	go run(conn, demo.EchoLoop, func() {
		heartbeat.Stop()
		b.leave(conn)
	})
}

// run runs the loop of a connection, again in a fresh goroutine when there was
// nothing to do for a while, and ends the connection with what it returns.
func run(conn *websocket.Conn, loop func(context.Context, *websocket.Conn) error, leave func()) {
	err := loop(context.Background(), conn)
	if errors.Is(err, socket.ErrQuiet) {
		go run(conn, loop, leave)
		return
	}
	socket.Goodbye(conn, err, goodbyeWait)
	leave()
}

// enter counts an echo in, unless the server is ending.
func (b *bare) enter(conn *websocket.Conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closing {
		return false
	}
	b.echoes[conn] = true
	b.tasks.Add(1)
	return true
}

func (b *bare) leave(conn *websocket.Conn) {
	conn.Close()
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.echoes, conn)
	b.tasks.Done()
}

// shut lets no echo in any more, and says goodbye to those that are here.
func (b *bare) shut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closing = true
	for conn := range b.echoes {
		time.AfterFunc(rand.N(spread), func() { socket.GoAway(conn, goodbyeWait) })
	}
}

func (b *bare) serveChat(w http.ResponseWriter, r *http.Request) {
	from := b.chat.Head().Seq // before the answer: what is said from there on is for who has it
	var reader *roomlog.Reader
	conn, err := socket.Upgrade(w, r, socket.Options{Rest: rest, Wrap: func(c net.Conn) net.Conn {
		reader = roomlog.NewReader(c, roomlog.WebSocket, waits)
		return reader
	}})
	if err != nil {
		return
	}
	if !b.join(b.chat, reader, from) {
		socket.Goodbye(conn, goingAway, goodbyeWait)
		conn.Close()
		return
	}
	heartbeat := socket.StartHeartbeat(conn, pingEvery, pongWait)
	go run(conn, b.hear, func() {
		heartbeat.Stop()
		b.quit(reader)
	})
}

// hear publishes what comes until the connection ends.
func (b *bare) hear(_ context.Context, conn *websocket.Conn) error {
	for {
		kind, text, err := socket.ReadMessage(conn, maxMessage, nil)
		if err != nil {
			return err
		}
		if kind != websocket.TextMessage {
			return &socket.Refusal{Code: websocket.CloseUnsupportedData, Reason: "this chat takes text messages"}
		}
		if _, err := b.chat.Publish("", text); err != nil {
			return goingAway
		}
	}
}

func (b *bare) serveStream(room *roomlog.Room) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.Header().Set("Content-Type", "text/event-stream")
			return
		}
		from, gap := resume(room, r.Header.Get("Last-Event-ID"))
		conn, err := socket.Stream(w)
		if err != nil {
			http.Error(w, err.Error(), http.StatusHTTPVersionNotSupported)
			return
		}
		reader := roomlog.NewReader(conn, roomlog.EventStream, waits)
		if gap != nil {
			reader.Send("reset", []byte(gap.Error()))
		}
		if b.join(room, reader, from) {
			go b.watch(reader)
			return
		}
		reader.End(goingAway.Code, goingAway.Reason, time.Second+rand.N(time.Second))
		io.Copy(io.Discard, reader) // until the client has gone, or its time to go is over
		reader.Close()
	}
}

// resume returns where to go on after the event with an id. Without one, or
// when that can't be, for which there is an error, it is with what comes next.
func resume(room *roomlog.Room, lastEventID string) (from uint64, gap error) {
	if lastEventID == "" {
		return room.Head().Seq, nil
	}
	id, err := roomlog.ParseID(lastEventID)
	if err == nil {
		from, err = room.Resume(id)
	}
	if err != nil {
		return room.Head().Seq, err
	}
	return from, nil
}

// watch notices that the client of an event stream has left: reading fails.
func (b *bare) watch(reader *roomlog.Reader) {
	var one [1]byte
	for {
		if _, err := reader.Read(one[:]); err != nil {
			b.quit(reader)
			return
		}
	}
}

// join lets a reader into a room, unless the server is ending.
func (b *bare) join(room *roomlog.Room, reader *roomlog.Reader, from uint64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closing || room.Join(reader, from) != nil {
		return false
	}
	b.tasks.Add(1)
	return true
}

func (b *bare) quit(reader *roomlog.Reader) {
	reader.Leave()
	reader.Close()
	b.tasks.Done()
}

func (b *bare) publish(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
	if err != nil {
		http.Error(w, "The body could not be read: "+err.Error()+".", http.StatusBadRequest)
		return
	}
	if _, err := b.fan.Publish("", data); err != nil {
		http.Error(w, "The server is shutting down. Send it again in a few seconds.", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
