package server

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"duplex/server/progress"
	"duplex/server/wire"
)

// Limits of the live socket.
const (
	// maxPages bounds the pages that are open at a time, over all browsers.
	maxPages = 512

	// maxWatches bounds the demo connections that one page watches.
	maxWatches = 8

	// liveReadLimit is the most a page says in one message: a watch and its id.
	liveReadLimit = 4 << 10

	// noticeQueue is how many reloads a page may leave unread. One that leaves
	// more is not reading, and is closed; it connects again when it wakes.
	noticeQueue = 16

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
	Topic    string             `json:"topic"`              // hello, progress, reload, wire, error
	Start    string             `json:"start,omitempty"`    // hello: differs after a restart
	Progress *progress.Progress `json:"progress,omitempty"` // progress: all of it
	Lesson   *string            `json:"lesson,omitempty"`   // reload: the lesson that changed; empty means any
	ID       string             `json:"id,omitempty"`       // wire: the tap
	Events   []wire.Event       `json:"events,omitempty"`   // wire: what passed there since the last message
	Error    map[string]string  `json:"error,omitempty"`    // error: what, why, next
}

// A live is the sockets of all open pages: one a page, for all that the server
// has to tell it without being asked. A browser opens only six HTTP/1.1
// connections to a host, and an event stream a page would use them up.
type live struct {
	start string // sent in hello
	taps  *wire.Taps
	store *progress.Store
	fail  func(err error) // for the log

	mu     sync.Mutex
	pages  map[*livePage]bool
	closed bool
	ended  sync.WaitGroup // of the pages' handlers
}

func newLive(start string, taps *wire.Taps, store *progress.Store, fail func(error)) *live {
	return &live{start: start, taps: taps, store: store, fail: fail, pages: map[*livePage]bool{}}
}

// upgrader leaves the Origin to ours, which has checked it.
var upgrader = websocket.Upgrader{
	ReadBufferSize:   1 << 10,
	WriteBufferPool:  &sync.Pool{},
	WriteBufferSize:  4 << 10,
	HandshakeTimeout: writeWait,
	CheckOrigin:      func(*http.Request) bool { return true },
	Error: func(w http.ResponseWriter, r *http.Request, status int, _ error) {
		if status == http.StatusBadRequest {
			w.Header().Set("Upgrade", "websocket")
			status = http.StatusUpgradeRequired
		}
		http.Error(w, http.StatusText(status), status)
	},
}

// serve answers GET /live. It returns when the page has gone.
func (l *live) serve(w http.ResponseWriter, r *http.Request) error {
	page := newLivePage(l)
	if !l.add(page) {
		return &problem{
			Status: http.StatusServiceUnavailable,
			What:   "This page gets no live connection",
			Why:    "too many pages are open, or the server is stopping",
			Next:   "Close some pages; this one tries again by itself",
		}
	}
	defer l.remove(page)
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return nil // upgrader.Error has answered
	}
	page.run(conn)
	return nil
}

func (l *live) add(p *livePage) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(l.pages) >= maxPages {
		return false
	}
	l.pages[p] = true
	l.ended.Add(1)
	return true
}

func (l *live) remove(p *livePage) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pages, p)
	l.ended.Done()
}

// broadcast queues m for every page. It does not block: a page whose queue is
// full is closed.
func (l *live) broadcast(m message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for p := range l.pages {
		p.notify(m)
	}
}

// drain closes every page with 1001 and waits until they have gone. When ctx
// ends first, it cuts those that are left. No page is let in any more.
func (l *live) drain(ctx context.Context) {
	l.mu.Lock()
	l.closed = true
	for p := range l.pages {
		p.end(websocket.CloseGoingAway, "the server is stopping")
	}
	l.mu.Unlock()
	stop := context.AfterFunc(ctx, l.cut)
	defer stop()
	l.ended.Wait()
}

func (l *live) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for p := range l.pages {
		p.cut()
	}
}
