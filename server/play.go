package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"duplex/lessons"
	"duplex/lessons/check"
	"duplex/server/play"
	"duplex/server/socket"
	"duplex/server/wire"
)

// Limits of a page that has its client checked.
const (
	// maxPlays bounds the pages that do so, or wait to.
	maxPlays = 64

	// askWait is how long a page may take to say what it wants. Before that, it
	// loads the frame.
	askWait = 30 * time.Second

	// playReadLimit is the most a page says in one message: a line that a
	// program logged, which the sandbox keeps far below this.
	playReadLimit = 64 << 10
)

// What GET /play/{exercise} says beside what POST /check does: why there will
// be no check.
type playRefused struct {
	Type  string            `json:"type"` // "refused"
	Error map[string]string `json:"error"`
}

// plays are the pages whose clients are checked.
type plays struct {
	places *play.Places
	pages  gate
}

func newPlays() *plays {
	return &plays{places: play.NewPlaces(), pages: gate{most: maxPlays}}
}

// drain waits for the pages to go, which the server's end sends away.
func (p *plays) drain() {
	p.pages.shut()
	p.pages.empty()
}

// play checks a learner's client, which stays in the page: the page runs it as
// the script asks (package play), over one WebSocket a check. The check ends
// with the socket, and the socket with the check.
func (s *Server) play(w http.ResponseWriter, r *http.Request) error {
	if !s.plays.pages.enter() {
		return &problem{
			Status: http.StatusServiceUnavailable,
			What:   "The check did not start",
			Why:    "too many pages check a client, or the server is stopping",
			Next:   "Wait a little and check again",
		}
	}
	defer s.plays.pages.leave()
	conn, err := socket.Upgrade(wire.Tap(w, r, nil), r, socket.Options{})
	if err != nil {
		return nil // Upgrade has answered
	}
	defer conn.Close()
	defer socket.StartHeartbeat(conn, livePing, liveWait).Stop()
	err = s.newPlayed(conn, r).serve(r.PathValue("exercise"))
	socket.Goodbye(conn, err, closeWait)
	return nil
}

// A played is one page's socket, for one check.
type played struct {
	server *Server
	conn   *websocket.Conn
	base   string // http://HOST, as the page reaches us
	there  context.Context
	leave  context.CancelFunc

	writing sync.Mutex
}

func (s *Server) newPlayed(conn *websocket.Conn, r *http.Request) *played {
	p := &played{server: s, conn: conn, base: "http://" + r.Host}
	p.there, p.leave = context.WithCancel(s.ending)
	return p
}

// serve reads until the socket ends, and returns why it ended. The check runs
// beside that, and has ended too.
func (p *played) serve(exercise string) error {
	defer p.leave()
	defer context.AfterFunc(p.server.ending, func() { socket.GoAway(p.conn, closeWait) })()
	step, err := p.asked()
	if err != nil {
		return err
	}
	page := play.NewPage(p.there, p.say)
	var checking sync.WaitGroup
	defer checking.Wait()
	defer p.leave() // first
	checking.Go(func() {
		if err := p.check(exercise, step, page); err != nil {
			_ = p.say(playRefused{Type: "refused", Error: problemOf(err).told()})
		}
		p.close()
	})
	for {
		_, message, err := socket.ReadMessage(p.conn, playReadLimit, nil)
		if err != nil {
			return err
		}
		if err := page.Heard(message); err != nil {
			return &socket.Refusal{Code: websocket.ClosePolicyViolation, Reason: err.Error()}
		}
	}
}

// asked reads which step the page wants to have checked.
func (p *played) asked() (step string, err error) {
	_ = p.conn.SetReadDeadline(time.Now().Add(askWait)) // a network connection can
	_, message, err := socket.ReadMessage(p.conn, playReadLimit, nil)
	if err != nil {
		return "", err
	}
	_ = p.conn.SetReadDeadline(time.Time{})
	var ask struct{ Type, Step string }
	if json.Unmarshal(message, &ask) != nil || ask.Type != "check" {
		return "", &socket.Refusal{Code: websocket.ClosePolicyViolation, Reason: `the first message is {"type":"check","step":""}`}
	}
	return ask.Step, nil
}

// check runs the exercise's script and tells the page what it finds. It waits
// for no turn, as a check of a server does: each client has a place of its own,
// so that a class may check at once.
func (p *played) check(name, only string, page *play.Page) error {
	exercise, err := p.server.view.Load().exercise(name)
	if err != nil {
		return err
	}
	steps, err := titles(exercise.Script, only)
	if err != nil {
		return err
	}
	if !exercise.Script.PlaysServer() {
		return &problem{
			Status: http.StatusUnprocessableEntity,
			What:   "The exercise " + exercise.Name + " is not checked in a page",
			Why:    "its script checks a server, and plays none for a client",
			Next:   "Start your server, and give its address",
		}
	}
	opt := p.options(exercise, only)
	opt.Client = page
	p.server.run(p.there, exercise.Script, steps, opt, counts, func(m any) { _ = p.say(m) }) // who has gone ends the check
	return nil
}

func (p *played) options(exercise *lessons.Exercise, only string) check.Options {
	return check.Options{
		Step: only,
		Listen: func(context.Context) (check.Place, error) {
			place := p.server.plays.places.Open("/play/" + exercise.Name)
			return check.Place{Listener: place, URL: p.base + place.Path}, nil
		},
		Rerun: func(step string) string {
			return fmt.Sprintf("duplex check %s %s/%s --step %s -v", exercise.Name, exercise.Name, exercise.Main(), step)
		},
	}
}

// say sends a message. A page that can't be written to is gone.
func (p *played) say(m any) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	_ = p.conn.SetWriteDeadline(time.Now().Add(writeWait)) // a network connection can
	if err := p.conn.WriteJSON(m); err != nil {
		p.leave()
		_ = p.conn.Close() // which ends the reading
		return errors.New("the page has gone")
	}
	return nil
}

// close says that all was said, and gives the page some time to agree.
func (p *played) close() {
	if p.there.Err() != nil {
		return
	}
	until := time.Now().Add(closeWait)
	_ = p.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), until)
	_ = p.conn.SetReadDeadline(until)
}

// enter takes over a connection of a learner's client and hands it to the
// script that waits for it.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) error {
	err := s.plays.places.Serve(w, r)
	switch {
	case errors.Is(err, play.ErrGone):
		return notFound("There is nothing at this address any more", "it was made for one step of a check, which is over", "Check again")
	case errors.Is(err, play.ErrFull):
		return &problem{Status: http.StatusServiceUnavailable, What: "This connection is refused", Why: "the program has too many open", Next: "Close one before you open another"}
	case errors.Is(err, wire.ErrNoHead):
		return &problem{Status: http.StatusRequestHeaderFieldsTooLarge, What: "This request is refused", Why: "its head is too long", Next: "Send less with it"}
	}
	return err
}
