package check

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"duplex/server/wire"
)

const (
	// brokenTime is how long what a program has sent may take to come after the
	// program broke.
	brokenTime = 300 * time.Millisecond

	// maxCallers bounds the connections that are open at the same time.
	maxCallers = 512
)

// startTime is how long a program may take to start, before the step's own time
// begins.
const startTime = 20 * time.Second

// A service is the server that a step plays: its place, the run of the
// learner's program, and who came. Its methods may be called on nil, in a step
// that plays the client.
type service struct {
	step    *stepRun
	stream  bool
	many    bool   // several connections at once are allowed
	path    string // of a request, without its query
	url     string // exercise.url
	place   Place
	program ClientRun      // nil until it was started
	clock   *time.Timer    // ends the step
	closed  chan struct{}  // no more connections are taken in
	changed chan struct{}  // holds a token when something came; shared with the inboxes of its connections
	deed    sentLog        // what the script did last
	latest  *conn          // the connection that was taken last
	seen    map[uint64]int // messages that were expected and came, on any connection

	mu      sync.Mutex
	conns   map[*conn]bool // whose TCP is open
	live    map[*conn]bool // those that have asked, too
	queue   []*conn        // those that wait for an answer
	origin  time.Duration  // the end of the last connection, or the start of the program
	started time.Duration  // when that was under way
	asked   int            // requests that have come
	ended   int            // connections that have ended
	gaveUp  *conn          // the last that hung up before it was answered
	alarm   *failure       // fails the step whatever it waits for
	suspect *time.Timer    // runs while two connections may be open at once
	logged  []logLine
	heard   int // of those, the lines that were expected or passed over
	broken  *breakage
}

// A breakage is how the program broke.
type breakage struct {
	why   string
	at    time.Duration
	timer *time.Timer // for what is still on its way
}

// serve opens the place.
func (r *stepRun) serve(a serveAction) error {
	s := &service{step: r, stream: a.stream, many: a.many, path: a.path, closed: make(chan struct{}), changed: make(chan struct{}, 1),
		seen: map[uint64]int{}, conns: map[*conn]bool{}, live: map[*conn]bool{}}
	var err error
	if s.place, err = r.listen(r.ctx); err != nil {
		return err
	}
	s.url = a.url(s.place.URL)
	s.clock = time.AfterFunc(startTime, r.cancel)
	r.until = time.Now().Add(startTime)
	r.served, r.tape.end = s, wire.Server
	go s.welcome()
	return nil
}

// listen opens a place as the options say, or one of our own.
func (r *run) listen(ctx context.Context) (Place, error) {
	if r.opt.Listen != nil {
		return r.opt.Listen(ctx)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return Place{}, err
	}
	return Place{Listener: l, URL: "http://" + l.Addr().String()}, nil
}

// welcome takes in connections until the place is closed.
func (s *service) welcome() {
	defer close(s.closed)
	for {
		raw, err := s.place.Accept()
		if err != nil {
			return
		}
		s.takeIn(raw)
	}
}

// takeIn begins to read a connection.
func (s *service) takeIn(raw net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alarm != nil || len(s.conns) >= maxCallers {
		raw.Close()
		if s.alarm == nil {
			s.alarm = s.flood(fmt.Sprintf("your program keeps %d connections open", maxCallers))
			s.poke()
		}
		return
	}
	c := newConn(s.step.ctx, "", raw, s.step.tape, &s.step.budget)
	c.peer, c.box.changed = theProgram, s.changed
	c.caller = &caller{answered: make(chan func() error, 1)}
	c.left = func() { s.left(c) }
	c.parted = func(at time.Duration) { s.part(c, at) }
	s.conns[c] = true
	c.start(func() error { return s.greet(c) })
}

// poke wakes who waits.
func (s *service) poke() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// arrive takes in a request that has come.
func (s *service) arrive(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.live) > 0 && !s.many && s.suspect == nil {
		s.suspect = time.AfterFunc(s.step.stretched(settleTime), s.confirm)
	}
	s.asked++
	c.caller.number = s.asked
	s.live[c] = true
	s.queue = append(s.queue, c)
	s.poke()
}

// left takes note of the end of a connection: there is no more to be read.
func (s *service) left(c *conn) {
	c.cancel()
	c.gate.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	if !s.live[c] {
		return
	}
	delete(s.live, c)
	c.caller.part(s.step.tape.now())
	s.origin = max(s.origin, c.caller.parted)
	s.ended++
	if i := slices.Index(s.queue, c); i >= 0 {
		s.queue = slices.Delete(s.queue, i, i+1)
		s.gaveUp = c
		s.show(c)
	}
	if s.suspect != nil && len(s.live) < 2 {
		s.suspect.Stop()
		s.suspect = nil
	}
	s.poke()
}

// confirm raises the alarm when two connections are open at once.
func (s *service) confirm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.suspect == nil {
		return
	}
	s.suspect = nil
	if s.alarm == nil {
		s.alarm = s.two()
	}
	s.poke()
}

// two is the failure for a second connection. The service is locked.
func (s *service) two() *failure {
	var all []*conn
	for c := range s.live {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *conn) int { return a.caller.number - b.caller.number })
	state := "open"
	if slices.Contains(s.queue, all[0]) || !all[0].caller.accepted {
		state = "still waiting for its answer"
	}
	f := fail("your program opened a second connection while the first was "+state, "two", "extra")
	f.awaiting = "connection"
	f.expected = "one connection at a time"
	f.got = all[1].of() + "← " + all[1].request.words + ", a second one" + stamp(all[1].caller.at)
	return f
}

func (s *service) flood(why string) *failure {
	f := fail(why, "flood")
	f.awaiting = "connection"
	return f
}

// part notes when we ended a connection, before the program can know it.
func (s *service) part(c *conn, at time.Duration) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.caller.part(at)
}

// did notes what the script did last, for the evidence.
func (s *service) did(words string) {
	if s != nil {
		s.deed.words, s.deed.at = words, s.step.tape.now()
	}
}

// over looks back once the last command of a step was done. Where that one
// expected nothing, the program is stopped first: what it threw before may still
// be on its way to us.
func (s *service) over(last action) *failure {
	if f := s.settled(); f != nil || s == nil {
		return f
	}
	if _, nothing := last.(quiet); !nothing {
		return nil
	}
	s.halt()
	return s.overrule(last, nil)
}

// halt stops the program. All that it said has come when it returns.
func (s *service) halt() {
	if s.program != nil {
		s.program.Stop()
		s.program = nil
	}
}

// alarmed returns what fails the step in any case.
func (s *service) alarmed() *failure {
	s.mu.Lock()
	alarm := s.alarm
	s.mu.Unlock()
	if alarm == nil {
		return nil
	}
	f := *alarm
	return s.evidence(&f)
}

// hopeless reports that there is no use in waiting: the step has failed
// already, or the program broke and all that it sent has come.
func (s *service) hopeless() bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.alarm != nil || s.broken != nil && (notBegun(s.broken.why) || s.step.tape.now() >= s.broken.at+s.step.stretched(brokenTime))
}

// end stops the program, then ends the place and its connections. All their
// goroutines have ended when it returns.
func (s *service) end() {
	if s == nil {
		return
	}
	s.halt()
	s.clock.Stop()
	s.place.Close()
	<-s.closed
	s.mu.Lock()
	open := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		open = append(open, c)
	}
	s.mu.Unlock()
	for _, c := range open {
		c.drop()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range open {
		s.show(c)
	}
	if s.suspect != nil {
		s.suspect.Stop()
	}
	if s.broken != nil {
		s.broken.timer.Stop()
	}
}

// show puts a request on the tape, once, with the name that it has by now. The
// service is locked.
func (s *service) show(c *conn) {
	if c.caller.shown || c.caller.raw == nil {
		return
	}
	c.caller.shown = true
	e := wire.Event{At: wire.Millis(c.caller.at), Conn: c.name, Dir: wire.Received, Kind: wire.KindRequest}
	s.step.tape.add(e, c.caller.raw)
}

// ownWords are the program's words, with the address of the place as the program
// knows it.
func (s *service) ownWords(text string) string {
	return strings.ReplaceAll(text, s.url, "exercise.url")
}
