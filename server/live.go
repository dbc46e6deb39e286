package server

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"duplex/server/progress"
	"duplex/server/roomlog"
	"duplex/server/socket"
	"duplex/server/wire"
	"duplex/server/workbench"
)

// Limits of the live socket.
const (
	// maxPages bounds the pages that are open at a time, over all browsers.
	maxPages = 512

	// maxWatches bounds the demo connections that one page watches.
	maxWatches = 8

	// liveReadLimit is the most a page says in one message: a watch and its id.
	liveReadLimit = 4 << 10

	// newsKept is how much news may wait for a page whose socket is full. One
	// that is further behind is sent away; it connects again when it wakes, and
	// is told everything anew.
	newsKept = 16

	// A page is pinged every livePing and must be heard of within liveWait,
	// which is longer, so that one lost answer is found within that time and
	// one late answer is not taken for it.
	livePing = 20 * time.Second
	liveWait = 30 * time.Second

	// closeWait is how long a page may take to answer a Close frame.
	closeWait = time.Second
)

// A message is what the server says on a page's live socket; Topic tells which
// of the other fields it has.
type message struct {
	Topic    string             `json:"topic"`              // hello, progress, reload, wire, work, error
	Start    string             `json:"start,omitempty"`    // hello: differs after a restart
	Progress *progress.Progress `json:"progress,omitempty"` // progress: all of it
	Lesson   *string            `json:"lesson,omitempty"`   // reload: the lesson that changed; empty means any
	ID       string             `json:"id,omitempty"`       // wire: the tap; work: the exercise
	Events   []wire.Event       `json:"events,omitempty"`   // wire: what passed there since the last message
	Work     *workbench.News    `json:"work,omitempty"`     // work: one thing that happened
	Error    map[string]string  `json:"error,omitempty"`    // error: what, why, next
}

// A live is the sockets of all open pages: one a page, for all that the server
// has to tell it without being asked. A browser opens only six HTTP/1.1
// connections to a host, and an event stream a page would use them up.
//
// The pages read one room, of news; what is for one page alone is sent to its
// reader. Nothing waits for a page.
type live struct {
	start   string // sent in hello
	taps    *wire.Taps
	store   *progress.Store
	fail    func(err error) // for the log
	work    func(r *http.Request, exercise, token string) (*workbench.Watch, error)
	news    *roomlog.Room // progress and reloads
	telling sync.Mutex    // held from reading the progress until it is in the news, or a page has joined with it
	pages   gate
}

func newLive(start string, taps *wire.Taps, store *progress.Store, fail func(error)) *live {
	news := roomlog.New(roomlog.Config{Keep: roomlog.Keep{Messages: newsKept}, Behind: roomlog.Disconnect})
	return &live{start: start, taps: taps, store: store, fail: fail, news: news, pages: gate{most: maxPages}}
}

// serve answers GET /live. It returns when the page has gone.
func (l *live) serve(w http.ResponseWriter, r *http.Request) error {
	if !l.pages.enter() {
		return &problem{
			Status: http.StatusServiceUnavailable,
			What:   "This page gets no live connection",
			Why:    "too many pages are open, or the server is stopping",
			Next:   "Close some pages; this one tries again by itself",
		}
	}
	defer l.pages.leave()
	var reader *roomlog.Reader
	conn, err := socket.Upgrade(wire.Tap(w, r, nil), r, socket.Options{Wrap: func(network net.Conn) net.Conn {
		reader = roomlog.NewReader(network, roomlog.WebSocket, roomlog.Waits{Stall: writeWait, Close: closeWait})
		return reader
	}})
	if err != nil {
		return nil // Upgrade has answered
	}
	defer conn.Close()
	defer socket.StartHeartbeat(conn, livePing, liveWait).Stop()
	defer reader.Leave() // after the goodbye, which drain can cut until then
	err = l.join(reader)
	if err == nil {
		err = newLivePage(l, r, conn, reader).read()
	}
	socket.Goodbye(conn, err, closeWait)
	return nil
}

// join says hello and what progress there is, and lets the page read the news
// from now on.
func (l *live) join(page *roomlog.Reader) error {
	l.telling.Lock()
	defer l.telling.Unlock()
	say(page, message{Topic: "hello", Start: l.start})
	if now, ok := l.progress(); ok {
		say(page, now)
	}
	if l.news.Join(page, l.news.Head().Seq) != nil {
		return &socket.Refusal{Code: websocket.CloseGoingAway, Reason: stopping}
	}
	return nil
}

const stopping = "the server is stopping"

// say sends m to one page. A page that leaves too much of such unread has its
// connection closed, which its handler notices.
func say(page *roomlog.Reader, m message) { _ = page.Send("", encode(m)) }

// broadcast tells every page m. It waits for none.
func (l *live) broadcast(m message) { _, _ = l.news.Publish("", encode(m)) } // who leaves needs no news

func encode(m message) []byte {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // a message has only strings, numbers and times
	}
	return b
}

// follow returns what tells every page the progress whenever it changes from
// now on, until ctx ends.
func (l *live) follow(ctx context.Context) func() {
	changed, stop := l.store.Subscribe()
	return func() {
		defer stop()
		for {
			select {
			case <-changed:
				l.tellProgress()
			case <-ctx.Done():
				return
			}
		}
	}
}

func (l *live) tellProgress() {
	l.telling.Lock()
	defer l.telling.Unlock()
	if now, ok := l.progress(); ok {
		l.broadcast(now)
	}
}

// progress reads the progress, or reports that it can't be read.
func (l *live) progress() (m message, ok bool) {
	now, err := l.store.Progress()
	if err != nil {
		l.fail(err)
		return m, false
	}
	return message{Topic: "progress", Progress: &now}, true
}

// drain closes every page with 1001 and waits until they have gone. When ctx
// ends first, it cuts those that are left. No page is let in any more.
func (l *live) drain(ctx context.Context) {
	l.pages.shut()
	l.news.Close(websocket.CloseGoingAway, stopping, 0, 0)
	stop := context.AfterFunc(ctx, l.cut)
	defer stop()
	l.pages.empty()
}

func (l *live) cut() {
	for _, page := range l.news.Readers() {
		page.Close()
	}
}
