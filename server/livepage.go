package server

import (
	"encoding/json"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"

	"duplex/server/roomlog"
	"duplex/server/socket"
	"duplex/server/wire"
	"duplex/server/workbench"
)

// wireMost bounds a message of wire events, in bytes. It is below what may wait
// for a roomlog.Reader.
const wireMost = 192 << 10

// A livePage is one page's live socket, and the taps that the page watches. The
// goroutine that runs read owns it; one more a tap hands over what passes there.
type livePage struct {
	conn   *websocket.Conn // to read from
	reader *roomlog.Reader // to write to, without waiting
	taps   *wire.Taps
	work   func(exercise, token string) (*workbench.Watch, error)
	stops  map[string]func() // of the watches, by topic and id
	hands  sync.WaitGroup

	// way holds one token while what is watched is on its way. It is followed
	// by a ping, and its pong takes the token out: so a page gets no more
	// until it has read the last, and meanwhile the rest waits in the tap, which
	// counts what it has to leave out, or in the workbench, which does so too.
	way chan struct{}
}

func newLivePage(l *live, r *http.Request, conn *websocket.Conn, reader *roomlog.Reader) *livePage {
	work := func(exercise, token string) (*workbench.Watch, error) { return l.work(r, exercise, token) }
	p := &livePage{conn: conn, reader: reader, taps: l.taps, work: work, stops: map[string]func(){}, way: make(chan struct{}, 1)}
	conn.SetPongHandler(p.pong)
	return p
}

// read does what the page asks for until the connection ends, and returns why
// it ended. Nothing is watched any more then.
func (p *livePage) read() error {
	defer p.unwatchAll()
	for {
		_, text, err := socket.ReadMessage(p.conn, liveReadLimit, nil)
		if err != nil {
			return err
		}
		if id, why := p.follow(text); why != "" {
			say(p.reader, message{Topic: "error", ID: id, Error: map[string]string{
				"what": "The server did not do what the page asked for",
				"why":  why,
				"next": `Send {"watch":TOPIC,"id":ID} or {"unwatch":TOPIC,"id":ID}; the topics are wire, and work with a token`,
			}})
		}
	}
}

// follow does what the page asks for, or says why not, and of which id.
func (p *livePage) follow(text []byte) (id, why string) {
	var ask struct{ Watch, Unwatch, ID, Token string }
	switch err := json.Unmarshal(text, &ask); {
	case err != nil:
		return "", "the message is no JSON object"
	case ask.Watch == "wire" || ask.Watch == "work":
		return ask.ID, p.watch(ask.Watch, ask.ID, ask.Token)
	case ask.Unwatch == "wire" || ask.Unwatch == "work":
		p.unwatch(ask.Unwatch + " " + ask.ID)
		return ask.ID, ""
	}
	return ask.ID, "only the topics wire and work can be watched"
}

func (p *livePage) watch(topic, id, token string) (why string) {
	key := topic + " " + id
	if _, watched := p.stops[key]; watched {
		return ""
	}
	if len(p.stops) >= maxWatches {
		return "it watches too many connections already"
	}
	unwatched := make(chan struct{})
	var stop func()
	var err error
	if topic == "work" {
		stop, err = p.watchWork(id, token, unwatched)
	} else {
		stop, err = p.watchWire(id, unwatched)
	}
	if err != nil {
		return err.Error()
	}
	p.stops[key] = func() { close(unwatched); stop() }
	return ""
}

func (p *livePage) watchWire(id string, unwatched <-chan struct{}) (stop func(), err error) {
	events, stop, err := p.taps.Watch(id)
	if err == nil {
		p.hands.Go(func() { p.handOver(id, events, unwatched) })
	}
	return stop, err
}

func (p *livePage) watchWork(exercise, token string, unwatched <-chan struct{}) (stop func(), err error) {
	w, err := p.work(exercise, token)
	if err != nil {
		return nil, err
	}
	p.hands.Go(func() { p.report(exercise, w, unwatched) })
	return w.Stop, nil
}

// report passes the news of an exercise on, as fast as the page reads them.
func (p *livePage) report(exercise string, w *workbench.Watch, unwatched <-chan struct{}) {
	for {
		select {
		case <-w.Ready():
		case <-unwatched:
			return
		}
		for _, news := range w.Take() {
			select {
			case p.way <- struct{}{}:
			case <-unwatched:
				return
			}
			say(p.reader, message{Topic: "work", ID: exercise, Work: &news})
			_, _ = p.reader.Write(ping) // as in handOver
		}
	}
}

// handOver passes a tap's events on, as fast as the page reads them.
func (p *livePage) handOver(id string, events <-chan []wire.Event, unwatched <-chan struct{}) {
	for batch := range events {
		for len(batch) > 0 {
			select {
			case p.way <- struct{}{}:
			case <-unwatched:
				return
			}
			n := fitting(batch)
			say(p.reader, message{Topic: "wire", ID: id, Events: batch[:n]})
			_, _ = p.reader.Write(ping) // when it fails, the connection ends, and so does the watching
			batch = batch[n:]
		}
	}
}

var ping = socket.AppendFrame(nil, websocket.PingMessage, nil)

// pong frees the way. A page answers only the last of several pings if it likes
// (RFC 6455 §5.5.3), so that the pong may be that of the heartbeat's: either
// follows all that the page has read. One that comes too early lets one message
// more go out.
func (p *livePage) pong(string) error {
	select {
	case <-p.way:
	default:
	}
	return nil
}

// fitting returns how many of the events make a message of at most wireMost.
func fitting(events []wire.Event) int {
	size := 0
	for i, e := range events {
		size += 512 + 6*len(e.Text) + 2*len(e.Data) // in JSON, at most
		if size > wireMost && i > 0 {
			return i
		}
	}
	return len(events)
}

func (p *livePage) unwatch(key string) {
	if stop, watched := p.stops[key]; watched {
		stop()
		delete(p.stops, key)
	}
}

// unwatchAll waits for the goroutines of the watches.
func (p *livePage) unwatchAll() {
	for key := range p.stops {
		p.unwatch(key)
	}
	p.hands.Wait()
}
