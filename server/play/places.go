package play

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"sync"

	"duplex/server/wire"
)

// Why Serve leaves a request to be answered by its caller.
var (
	ErrGone = errors.New("play: there is no such place any more")
	ErrFull = errors.New("play: the place has too many connections")
)

// Places are all that are open. Safe for concurrent use.
type Places struct {
	mu   sync.Mutex
	open map[string]*Place // by token
}

// NewPlaces returns no places.
func NewPlaces() *Places { return &Places{open: map[string]*Place{}} }

// Open opens a place for one step, beneath the path of its exercise, such as
// /play/echo. It is known by a token that nobody guesses: that is what lets a
// connection in, since the frame that runs a learner's code has no origin that
// could be told from another's. The caller closes it.
func (p *Places) Open(exercise string) *Place {
	token := rand.Text()
	place := newPlace(exercise + "/" + token)
	place.forget = func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, token)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[token] = place
	return place
}

func (p *Places) find(token string) *Place {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open[token]
}

// Serve hands the connection of a request to the place that the path value
// "token" names, and returns once it was accepted there or closed. Its error
// means that the request is still to be answered: ErrGone, ErrFull, or one of
// wire.Hijack's.
func (p *Places) Serve(w http.ResponseWriter, r *http.Request) error {
	place := p.find(r.PathValue("token"))
	if place == nil || !strings.HasPrefix(r.RequestURI, place.Path+"/") {
		return ErrGone
	}
	if err := place.enter(); err != nil {
		return err
	}
	below, read, err := wire.Hijack(w, r)
	if err != nil {
		place.leave(nil)
		return err
	}
	// The script sees the request as if it were addressed to it alone.
	first, target := len(r.Method)+1, len(r.Method)+1+len(place.Path)
	place.hand(&conn{Conn: below, place: place, first: append(read[:first:first], read[target:]...)})
	return nil
}
