package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"duplex/server/workbench"
)

// An Error is told to a person: what happened, why, and what to do next. From
// New, Listen and Run it is why the server can't run; from a handler it is the
// answer to one request, with Status.
type Error struct {
	Status          int // HTTP status; 0 means 500
	What, Why, Next string
	Err             error // the cause, for the log; may be nil

	// What a page has to know to go on; see package workbench.
	Code   string          // tells it apart from others; may be empty
	Offer  string          // where a workspace would be made
	Theirs *workbench.File // a file as it is
}

// problem is what handlers call an Error.
type problem = Error

// Error is all of it on one line.
func (e *Error) Error() string {
	s := e.What
	if e.Why != "" {
		s += ": " + e.Why
	}
	if e.Next != "" {
		s += ". " + e.Next
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

func notFound(what, why, next string) error {
	return &problem{Status: http.StatusNotFound, What: what, Why: why, Next: next}
}

// A handler answers a request, or returns an error before it has written
// anything, and has it answered by fail.
type handler func(http.ResponseWriter, *http.Request) error

// answering makes a handler of net/http of one of ours.
func (s *Server) answering(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// fail is the one place where an error becomes an answer: a page for a
// person who opened an address, JSON for a script. An error that is no Error
// is ours to mend: it is logged, and its text stays in the log.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // nobody is there to read it
	}
	p := problemOf(err)
	status := p.Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	if status >= http.StatusInternalServerError {
		s.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "status", status, "err", err)
	}
	if wantsPage(r) {
		if err := s.pages.problem(w, r, status, p.What, p.Why, p.Next); err == nil {
			return
		}
	}
	writeJSON(w, status, struct {
		Error  map[string]string `json:"error"`
		Code   string            `json:"code,omitempty"`
		Offer  string            `json:"offer,omitempty"`
		Theirs *workbench.File   `json:"theirs,omitempty"`
	}{p.told(), p.Code, p.Offer, p.Theirs})
}

// problemOf is what a person is told of an error.
func problemOf(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	return &problem{
		What: "Duplex made a mistake",
		Why:  "something went wrong inside the server",
		Next: "Try again; the terminal that runs duplex says more",
		Err:  err,
	}
}

// told is the error as scripts get it.
func (e *Error) told() map[string]string {
	return map[string]string{"what": e.What, "why": e.Why, "next": e.Next}
}

// wantsPage tells a browser that opens an address from a script: only the
// former names text/html in Accept.
func wantsPage(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		strings.Contains(r.Header.Get("Accept"), "text/html")
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("server: %T can't be JSON: %v", v, err)) // our own types: a mistake of ours
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // a client that has gone needs no answer
}

// recovering answers 500 for a handler that panics, and logs where. When the
// answer has begun, the connection is cut, so that the client does not take
// half of an answer for all of it. http.ErrAbortHandler passes.
func (s *Server) recovering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tracked := &response{ResponseWriter: w}
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.log.Error("a handler panicked", "path", r.URL.Path, "panic", p, slog.String("stack", string(debug.Stack())))
			if tracked.begun {
				panic(http.ErrAbortHandler)
			}
			s.fail(tracked, r, fmt.Errorf("panic: %v", p))
		}()
		next.ServeHTTP(tracked, r)
	})
}

// routed serves by mux, and turns the plain texts that mux itself answers for
// an address or method that it does not know into errors of ours.
func (s *Server) routed(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		probe := &refusal{header: http.Header{}}
		h.ServeHTTP(probe, r)
		if allow := probe.header.Get("Allow"); allow != "" {
			w.Header().Set("Allow", allow)
			s.fail(w, r, &problem{
				Status: http.StatusMethodNotAllowed,
				What:   r.Method + " does not work here",
				Why:    r.URL.Path + " takes " + allow,
				Next:   "Use one of these",
			})
			return
		}
		s.fail(w, r, notFound("There is nothing at "+r.URL.Path, "no page or file of the course has this address",
			"Go to the course page and choose a lesson"))
	})
}

// A refusal keeps the header of an answer and drops the rest.
type refusal struct{ header http.Header }

func (p *refusal) Header() http.Header         { return p.header }
func (p *refusal) Write(b []byte) (int, error) { return len(b), nil }
func (p *refusal) WriteHeader(int)             {}
