package bench

import (
	"context"
	"math/rand/v2"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	dialsAtOnce = 64               // connections that are being opened
	drainQuiet  = time.Second      // after the end, silence for so long means that nothing more comes
	drainMost   = 10 * time.Second // and this is waited at the most
	drainLook   = 10 * time.Millisecond
)

// A run is one load, from the first connection to the last.
type run struct {
	cfg    Config
	id     uint32
	text   text
	client *http.Client
	start  time.Time

	receivers  []*receiver
	sources    []source
	over       []chan struct{} // closed when the reader of a source has ended
	publishers []*publisher
	tallies    []*tally

	from, to atomic.Int64  // what is measured, since start
	hears    atomic.Int64  // receivers that have heard a hello
	news     chan struct{} // room for one: hears has grown, or a message was refused
	alive    atomic.Int64  // receivers whose connection has not ended, those that are still being opened included
	nobody   chan struct{} // closed when alive falls to 0
	closing  atomic.Bool   // connections end because we end them
	readers  sync.WaitGroup
	writers  sync.WaitGroup
	seconds  float64 // what was measured
	broken   bool    // ended before its time
}

// A source is a connection that is read.
type source interface {
	read() *ending // until the connection ends
	part()         // says goodbye; read ends soon
	close()
}

// Run loads a server as cfg says and reports what became of the messages. When
// ctx ends, the load ends early and is reported all the same. The error is what
// Validate says, or a *ConnectError when the load could not begin.
func Run(ctx context.Context, cfg Config) (*Report, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	if cfg.Mode == Unknown {
		mode, how, err := discover(ctx, cfg)
		if err != nil {
			return nil, err
		}
		if cfg.Mode = mode; cfg.OnFound != nil {
			cfg.OnFound(mode, how)
		}
	}
	r := newRun(cfg.settled())
	defer r.client.CloseIdleConnections()
	defer r.part()
	if err := r.open(ctx); err != nil {
		return nil, err
	}
	if err := r.greet(ctx); err != nil {
		return nil, err
	}
	r.load(ctx)
	r.drain()
	r.part()
	return r.report(), nil
}

func newRun(cfg Config) *run {
	r := &run{
		cfg: cfg, id: rand.Uint32(), text: newText(cfg.Send, cfg.Size), client: newClient(cfg), start: time.Now(),
		receivers: make([]*receiver, cfg.Connections),
		sources:   make([]source, cfg.Connections),
		over:      make([]chan struct{}, cfg.Connections),
		tallies:   make([]*tally, min(4*runtime.GOMAXPROCS(0), cfg.Connections)),
		news:      make(chan struct{}, 1),
		nobody:    make(chan struct{}),
	}
	r.alive.Store(int64(cfg.Connections))
	for i := range r.tallies {
		r.tallies[i] = new(tally)
	}
	for i := range r.receivers {
		r.receivers[i] = r.newReceiver(i)
		r.over[i] = make(chan struct{})
	}
	for i := range cfg.Publishers {
		r.publishers = append(r.publishers, r.newPublisher(i))
	}
	return r
}

func (r *run) newReceiver(i int) *receiver {
	rx := &receiver{tally: r.tallies[i%len(r.tallies)], run: r}
	if r.cfg.Mode == Echo {
		rx.first = i
	}
	if r.cfg.Mode == Echo || r.cfg.Mode == Events {
		rx.flows = make([]flow, 1)
	} else {
		rx.flows = make([]flow, r.cfg.Publishers)
	}
	return rx
}

// newPublisher makes a publisher, which waits for what one receiver hears: its
// own connection, or with an event stream any.
func (r *run) newPublisher(i int) *publisher {
	p := &publisher{run: r, id: i, wake: make(chan struct{}, 1)}
	rx := r.receivers[i%len(r.receivers)]
	if rx.acks == nil {
		rx.acks = make([]*publisher, len(rx.flows))
	}
	rx.acks[i-rx.first] = p
	if r.cfg.Mode != Fan {
		p.over = r.over[i]
	}
	return p
}

// now is the time since the run began.
func (r *run) now() moment {
	ns := int64(time.Since(r.start))
	return moment{ns, ns >= r.from.Load() && ns < r.to.Load()}
}

// open opens all connections, and begins to read each as soon as it is there.
func (r *run) open(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	places := make(chan struct{}, dialsAtOnce)
	var dials sync.WaitGroup
	for i := range r.receivers {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			continue
		}
		dials.Go(func() {
			defer func() { <-places }()
			if err := r.openOne(ctx, i); err != nil {
				cancel(err)
			}
		})
	}
	dials.Wait()
	for i, p := range r.publishers {
		if r.cfg.Mode == Fan {
			p.out = r.newPoster()
		} else {
			p.out, _ = r.sources[i].(*webSocket)
		}
	}
	if err := context.Cause(ctx); err != nil {
		return stopped(err)
	}
	return nil
}

// stopped words an end before anything could be measured.
func stopped(err error) error {
	if err == context.Canceled {
		return &ConnectError{"it was interrupted before all were connected", "Nothing was measured."}
	}
	return err
}

func (r *run) openOne(ctx context.Context, i int) error {
	open := r.openSocket
	if r.cfg.Mode == Events || r.cfg.Mode == Fan {
		open = r.openStream
	}
	begin := time.Now()
	src, err := open(ctx, r.receivers[i])
	if err != nil {
		return err
	}
	rx := r.receivers[i]
	rx.mu.Lock()
	rx.connected = int64(time.Since(begin))
	rx.mu.Unlock()
	r.sources[i] = src
	r.readers.Go(func() { r.listen(i) })
	return nil
}

// listen reads a source to its end.
func (r *run) listen(i int) {
	defer close(r.over[i])
	defer r.sources[i].close()
	end := r.sources[i].read()
	if !r.closing.Load() {
		rx := r.receivers[i]
		rx.mu.Lock()
		rx.end = end
		rx.mu.Unlock()
	}
	if r.alive.Add(-1) == 0 {
		close(r.nobody)
	}
}

// part ends all connections, as politely as they allow.
func (r *run) part() {
	if r.closing.Swap(true) {
		return
	}
	for _, s := range r.sources {
		if s != nil {
			s.part()
		}
	}
	r.readers.Wait()
}
