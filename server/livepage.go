package server

import (
	"encoding/json"
	"sync"

	"github.com/gorilla/websocket"

	"duplex/server/roomlog"
	"duplex/server/socket"
	"duplex/server/wire"
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
	stops  map[string]func() // of the watches, by tap id
	hands  sync.WaitGroup

	// way holds one token while wire events are on their way. They are followed
	// by a ping, and its pong takes the token out: so a page gets no more of them
	// until it has read the last, and meanwhile they wait in the tap, which
	// counts what it has to leave out.
	way chan struct{}
}

func newLivePage(taps *wire.Taps, conn *websocket.Conn, reader *roomlog.Reader) *livePage {
	p := &livePage{conn: conn, reader: reader, taps: taps, stops: map[string]func(){}, way: make(chan struct{}, 1)}
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
		if why := p.follow(text); why != "" {
			say(p.reader, message{Topic: "error", Error: map[string]string{
				"what": "The server did not do what the page asked for",
				"why":  why,
				"next": `Send {"watch":"wire","id":ID} or {"unwatch":"wire","id":ID}`,
			}})
		}
	}
}

// follow does what the page asks for, or says why not.
func (p *livePage) follow(text []byte) (why string) {
	var ask struct{ Watch, Unwatch, ID string }
	switch err := json.Unmarshal(text, &ask); {
	case err != nil:
		return "the message is no JSON object"
	case ask.Watch == "wire":
		return p.watch(ask.ID)
	case ask.Unwatch == "wire":
		p.unwatch(ask.ID)
		return ""
	}
	return "only the topic wire can be watched"
}

func (p *livePage) watch(id string) (why string) {
	if _, watched := p.stops[id]; watched {
		return ""
	}
	if len(p.stops) >= maxWatches {
		return "it watches too many connections already"
	}
	events, stop, err := p.taps.Watch(id)
	if err != nil {
		return err.Error()
	}
	unwatched := make(chan struct{})
	p.stops[id] = func() { close(unwatched); stop() }
	p.hands.Go(func() { p.handOver(id, events, unwatched) })
	return ""
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

func (p *livePage) unwatch(id string) {
	if stop, watched := p.stops[id]; watched {
		stop()
		delete(p.stops, id)
	}
}

// unwatchAll waits for the goroutines of the watches.
func (p *livePage) unwatchAll() {
	for id := range p.stops {
		p.unwatch(id)
	}
	p.hands.Wait()
}
