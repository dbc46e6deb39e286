// Package demo holds the live endpoints of the course: an echo, a chat and a
// stream of events. The lessons quote this code beside the demos that it
// serves, so each file reads from top to bottom: echo.go, chat.go, events.go.
//
//	d := demo.New(demo.Deps{Log: log, Taps: taps})
//	mux.Handle("GET /demo/echo", d.Echo)
//	mux.Handle("GET /demo/chat/{room}", d.Chat)
//	mux.Handle("GET /demo/events", d.Events)
//	mux.Handle("POST /demo/events/drop", d.Drop)
//	…
//	d.Close(ctx) // when the server ends
//
// Who may connect is the server's to say: it checks Host and Origin before a
// request comes here. How many may connect, and how much, say [Limits].
//
// A request with ?wire=ID has what passes on its connection recorded for
// whoever watches that ID (package wire).
package demo

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"

	"duplex/server/socket"
	"duplex/server/wire"
)

// Deps are what the demos need from their server.
type Deps struct {
	Log    *slog.Logger // nil: nothing is logged
	Taps   *wire.Taps   // nil: nothing is recorded
	Limits Limits       // the zero value: DefaultLimits
}

// Demos are the live endpoints. They count their connections together, and end
// together.
type Demos struct {
	Echo   http.Handler // WebSocket: every message back, unchanged
	Chat   http.Handler // WebSocket: the room that the path value "room" names
	Events http.Handler // server-sent events: one a second
	Drop   http.Handler // cuts the event stream recorded under ?wire=ID, as a broken line would

	gate  *gate
	rooms []interface{ close() } // what is read there ends with a goodbye
}

// New returns demos without connections or rooms.
func New(d Deps) *Demos {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Limits == (Limits{}) {
		d.Limits = DefaultLimits()
	}
	g := newGate(d)
	chat := &Chat{limits: d.Limits, rooms: make(map[string]*room)}
	events := &Events{limits: d.Limits, streams: streams{limits: d.Limits, byName: make(map[string]*stream)}}
	return &Demos{
		Echo:   g.admit(&Echo{limits: d.Limits, memory: socket.NewBudget(d.Limits.EchoMemory)}),
		Chat:   g.admit(chat),
		Events: g.admit(events),
		Drop:   http.HandlerFunc(g.drop),
		gate:   g,
		rooms:  []interface{ close() }{chat, &events.streams},
	}
}

// Close ends every connection with a goodbye (WebSockets: 1001; event streams:
// when to come back) and refuses new ones. It returns nil when all handlers
// have ended; when ctx ends first, it cuts those that are left and returns
// ctx's error.
func (d *Demos) Close(ctx context.Context) error {
	d.gate.shut()
	for _, r := range d.rooms {
		r.close()
	}
	return d.gate.empty(ctx)
}

//go:embed chat.go demo.go echo.go events.go gate.go limits.go protocol.go room.go streams.go
var source embed.FS

// Source returns the code of this package, for the lessons to quote.
func Source() fs.FS { return source }
