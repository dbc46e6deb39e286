// Package bare serves the engine of chat and events without the demos around it
// and without their limits, for package bench and other load generators.
package bare

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"duplex/server/roomlog"
)

const (
	// spread is the time over which the goodbyes are said when Serve ends, and
	// goodbyeWait what one may take; both leave time within politeTime.
	spread      = time.Second
	goodbyeWait = 2 * time.Second

	// calm is how long nobody has come when the memory goes back to the system
	// that their handshakes took: it is more than the connections keep.
	calm = 1500 * time.Millisecond

	// politeTime is when those who have not gone by then are cut.
	politeTime = 4 * time.Second
)

// A Config says what Serve serves.
type Config struct {
	Addr     string            // where to listen, HOST:PORT
	Announce func(addr string) // called as soon as connections are accepted
}

// Serve serves the bare engine, without the demos' limits, until ctx ends:
//
//	GET  /ws    WebSocket: every message back to its sender
//	GET  /chat  WebSocket: every text to everybody, the sender included
//	GET  /sse   event stream: one event a second
//	GET  /fan   event stream: what is posted to /pub
//	POST /pub   the body is an event's data; 204 when the room has it
//
// Then it takes nobody in any more; everybody gets what was sent before, and a
// goodbye. The error is nil after that, or why it can't listen.
func Serve(ctx context.Context, cfg Config) error {
	ln, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return fmt.Errorf("can't listen on %s: %w; choose another --addr", cfg.Addr, err)
	}
	b := newBare()
	tidy := time.AfterFunc(calm, debug.FreeOSMemory)
	defer tidy.Stop()
	srv := &http.Server{
		Handler:           b.routes(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       time.Minute,
		ConnState:         func(net.Conn, http.ConnState) { tidy.Reset(calm) },
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	ticking, stop := context.WithCancel(ctx)
	defer stop()
	b.tasks.Go(func() { b.tick(ticking) })
	if cfg.Announce != nil {
		cfg.Announce(ln.Addr().String())
	}
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	b.drain(srv)
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// A bare is the engine's rooms and those who are connected.
type bare struct {
	chat, fan, ticks *roomlog.Room

	mu      sync.Mutex
	echoes  map[*websocket.Conn]bool
	closing bool
	tasks   sync.WaitGroup
}

func newBare() *bare {
	// Enough for a reader that is seconds behind the fastest publisher.
	keep := roomlog.Keep{Messages: 1 << 17, Bytes: 32 << 20}
	stream := roomlog.Config{Keep: keep, Formats: []roomlog.Format{roomlog.EventStream}}
	return &bare{
		chat:   roomlog.New(roomlog.Config{Keep: keep}),
		fan:    roomlog.New(stream),
		ticks:  roomlog.New(stream),
		echoes: make(map[*websocket.Conn]bool),
	}
}

func (b *bare) rooms() []*roomlog.Room { return []*roomlog.Room{b.chat, b.fan, b.ticks} }

// tick publishes an event a second.
func (b *bare) tick(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for i := 0; ; i++ {
		b.ticks.Publish("", fmt.Appendf(nil, "Event %d", i))
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

// drain says goodbye to everybody, waits, and cuts who is left.
func (b *bare) drain(srv *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), politeTime)
	defer cancel()
	b.shut()
	for _, r := range b.rooms() {
		r.Close(websocket.CloseGoingAway, "server is shutting down", spread, time.Second)
	}
	defer context.AfterFunc(ctx, b.cut)()
	srv.Shutdown(ctx) // what it cuts short, ctx's end cuts as well
	b.tasks.Wait()
	srv.Close()
}

// cut closes all connections without a word.
func (b *bare) cut() {
	for _, room := range b.rooms() {
		for _, reader := range room.Readers() {
			reader.Close()
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for conn := range b.echoes {
		conn.Close()
	}
}
