package demo

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"duplex/server/wire"
)

// A gate stands before all demos. It keeps the limits on connections, taps
// those that ask for it, and knows everybody who is inside, to see them out
// when the server ends.
type gate struct {
	log    *slog.Logger
	taps   *wire.Taps
	limits Limits

	mu        sync.Mutex
	visits    map[*visit]bool
	perClient map[string]int // how many of visits, by address
	closing   bool
	left      chan struct{} // closed when closing and the last visit is over
}

// A visit is one request inside a demo, for as long as its connection lives.
type visit struct {
	ctx    context.Context    // of the request
	stop   context.CancelFunc // tells the handler that the server ends
	client string             // address without port
	wire   string             // the id under which it is recorded, if any
	events bool               // an event stream
}

func newGate(d Deps) *gate {
	return &gate{
		log: d.Log, taps: d.Taps, limits: d.Limits,
		visits:    make(map[*visit]bool),
		perClient: make(map[string]int),
		left:      make(chan struct{}),
	}
}

// admit serves a request by demo unless a limit forbids it. The context of the
// request that demo gets ends also when the gate closes.
func (g *gate) admit(demo http.Handler) http.Handler {
	_, events := demo.(*Events)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, stop := context.WithCancel(r.Context())
		defer stop()
		v := &visit{ctx: ctx, stop: stop, client: client(r), wire: r.URL.Query().Get("wire"), events: events}
		if why := g.enter(v); why != "" {
			g.log.Warn("demo connection refused", "path", r.URL.Path, "client", v.client, "why", why)
			w.Header().Set("Retry-After", "5")
			http.Error(w, why, http.StatusServiceUnavailable)
			return
		}
		defer g.leave(v)
		demo.ServeHTTP(wire.Tap(w, r, g.taps.Recorder(v.wire)), r.WithContext(ctx))
	})
}

// enter lets a visit in, or says why not, in a line for the client's user.
func (g *gate) enter(v *visit) (why string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closing:
		return "The server is shutting down. Try again in a few seconds."
	case len(g.visits) >= g.limits.Clients:
		return "The server has as many connections as it can take. Try again later."
	case g.perClient[v.client] >= g.limits.PerClient:
		return "Too many connections from your address. Close some pages that show demos, and try again."
	}
	g.visits[v] = true
	g.perClient[v.client]++
	return ""
}

func (g *gate) leave(v *visit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.visits, v)
	if g.perClient[v.client]--; g.perClient[v.client] == 0 {
		delete(g.perClient, v.client)
	}
	if g.closing && len(g.visits) == 0 {
		close(g.left)
	}
}

// shut lets nobody in any more, and tells each handler within Spread that the
// server ends.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closing {
		return
	}
	g.closing = true
	for v := range g.visits {
		time.AfterFunc(rand.N(g.limits.Spread+1), v.stop)
	}
	if len(g.visits) == 0 {
		close(g.left)
	}
}

// empty waits until the last visit is over, or ctx, and then cuts those that
// are left.
func (g *gate) empty(ctx context.Context) error {
	select {
	case <-g.left:
		return nil
	case <-ctx.Done():
		g.cut(func(*visit) bool { return true })
		return ctx.Err()
	}
}

// cut breaks the connections of the visits that match, and returns how many
// there were.
func (g *gate) cut(match func(*visit) bool) (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for v := range g.visits {
		if match(v) && wire.Abort(v.ctx) {
			n++
		}
	}
	return n
}

// drop cuts the event stream that is recorded under ?wire=ID.
func (g *gate) drop(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("wire")
	switch {
	case !wire.ValidID(id):
		http.Error(w, "Say which stream to cut: ?wire=ID, the id that it was opened with.", http.StatusBadRequest)
	case g.cut(func(v *visit) bool { return v.events && v.wire == id }) == 0:
		http.Error(w, "No event stream is open under this id. Connect first.", http.StatusNotFound)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// client is the address that a request came from, without the port.
func client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
