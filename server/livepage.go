package server

import (
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"duplex/server/wire"
)

// A livePage is one page's live socket. The goroutine that runs it reads; a
// second one is its only writer; one more a tap hands over what passes there.
type livePage struct {
	live    *live
	notices chan message  // reloads and errors; bounded, never waited for
	wires   chan message  // wire events; taps wait here, and keep the backlog
	quit    chan struct{} // closed by end
	once    sync.Once
	conn    atomic.Pointer[websocket.Conn] // nil before the handshake
	farewell
}

// A farewell is the Close frame that ends a page. It is set before quit is
// closed, and read after.
type farewell struct {
	code   int
	reason string
}

func newLivePage(l *live) *livePage {
	return &livePage{
		live:    l,
		notices: make(chan message, noticeQueue),
		wires:   make(chan message),
		quit:    make(chan struct{}),
	}
}

// end has the writer close the page; the first code and reason count.
func (p *livePage) end(code int, reason string) {
	p.once.Do(func() {
		p.farewell = farewell{code, reason}
		close(p.quit)
	})
}

// cut hangs up, so that no read or write of the page waits any more.
func (p *livePage) cut() {
	if conn := p.conn.Load(); conn != nil {
		conn.Close()
	}
}

// notify queues a message, or ends a page that does not read.
func (p *livePage) notify(m message) {
	select {
	case p.notices <- m:
	default:
		p.end(websocket.ClosePolicyViolation, "this page does not read")
	}
}

// run serves the page until it goes or is ended. Nothing of it is left after.
func (p *livePage) run(conn *websocket.Conn) {
	defer conn.Close()
	p.conn.Store(conn)
	var writer sync.WaitGroup
	read := make(chan struct{})
	writer.Go(func() {
		p.write(conn)
		hangUp := time.AfterFunc(closeWait, func() { conn.Close() })
		<-read // the peer's Close frame ends the reader, or the timer does
		hangUp.Stop()
	})
	p.read(conn)
	close(read)
	p.end(websocket.CloseNormalClosure, "")
	writer.Wait()
}

// read follows the page's watches until the connection ends.
func (p *livePage) read(conn *websocket.Conn) {
	watches := watches{page: p, stops: map[string]func(){}}
	defer watches.close()
	conn.SetReadLimit(liveReadLimit)
	heard(conn)
	conn.SetPongHandler(func(string) error { heard(conn); return nil })
	for {
		_, text, err := conn.ReadMessage()
		if err != nil {
			return
		}
		heard(conn)
		if why := watches.follow(text); why != "" {
			p.notify(message{Topic: "error", Error: map[string]string{
				"what": "The server did not do what the page asked for",
				"why":  why,
				"next": `Send {"watch":"wire","id":ID} or {"unwatch":"wire","id":ID}`,
			}})
		}
	}
}

// heard puts off the deadline by which the page must be heard of again.
func heard(conn *websocket.Conn) { _ = conn.SetReadDeadline(time.Now().Add(liveWait)) }

// write is the one writer. It says hello and what progress there is, and then
// whatever comes, until the page is ended or can't be written to.
func (p *livePage) write(conn *websocket.Conn) {
	changed, stop := p.live.store.Subscribe()
	defer stop()
	ping := time.NewTicker(livePing)
	defer ping.Stop()
	ok := p.send(conn, message{Topic: "hello", Start: p.live.start}) && p.sendProgress(conn)
	for ok {
		select {
		case m := <-p.notices:
			ok = p.send(conn, m)
		case m := <-p.wires:
			ok = p.send(conn, m)
		case <-changed:
			ok = p.sendProgress(conn)
		case <-ping.C:
			ok = conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWait)) == nil
		case <-p.quit:
			goodbye := websocket.FormatCloseMessage(p.code, p.reason)
			_ = conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(closeWait))
			return
		}
	}
	p.end(websocket.CloseAbnormalClosure, "") // frees the taps that wait to hand over
}

func (p *livePage) send(conn *websocket.Conn, m message) bool {
	_ = conn.SetWriteDeadline(time.Now().Add(writeWait))
	return conn.WriteJSON(m) == nil
}

func (p *livePage) sendProgress(conn *websocket.Conn) bool {
	now, err := p.live.store.Progress()
	if err != nil {
		p.live.fail(err)
		return true
	}
	return p.send(conn, message{Topic: "progress", Progress: &now})
}

// watches are the taps that a page follows. Only its reader uses them.
type watches struct {
	page  *livePage
	stops map[string]func() // by tap id
	hands sync.WaitGroup
}

// follow does what the page asks for, or says why not.
func (w *watches) follow(text []byte) (why string) {
	var ask struct{ Watch, Unwatch, ID string }
	switch err := json.Unmarshal(text, &ask); {
	case err != nil:
		return "the message is no JSON object"
	case ask.Watch == "wire":
		return w.watch(ask.ID)
	case ask.Unwatch == "wire":
		w.unwatch(ask.ID)
		return ""
	}
	return "only the topic wire can be watched"
}

func (w *watches) watch(id string) (why string) {
	if _, watched := w.stops[id]; watched {
		return ""
	}
	if len(w.stops) >= maxWatches {
		return "it watches too many connections already"
	}
	events, stop, err := w.page.live.taps.Watch(id)
	if err != nil {
		return err.Error()
	}
	unwatched := make(chan struct{})
	w.stops[id] = func() { close(unwatched); stop() }
	w.hands.Go(func() { w.page.handOver(id, events, unwatched) })
	return ""
}

// handOver passes a tap's events to the writer, until the tap or the page ends.
func (p *livePage) handOver(id string, events <-chan []wire.Event, unwatched <-chan struct{}) {
	for batch := range events {
		select {
		case p.wires <- message{Topic: "wire", ID: id, Events: batch}:
		case <-unwatched:
			return
		case <-p.quit:
			return
		}
	}
}

func (w *watches) unwatch(id string) {
	if stop, watched := w.stops[id]; watched {
		stop()
		delete(w.stops, id)
	}
}

// close ends all watches and waits for their goroutines.
func (w *watches) close() {
	for id := range w.stops {
		w.unwatch(id)
	}
	w.hands.Wait()
}
