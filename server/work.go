package server

import (
	"cmp"
	"crypto/subtle"
	"errors"
	"net"
	"net/http"

	"duplex/lessons/check/program"
	"duplex/server/workbench"
)

// maxEdit is the most that a page sends of a file: each byte may take six in
// JSON.
const maxEdit = 6*workbench.MaxFile + 4<<10

// tokenHeader carries the token of the workbench. A WebSocket, which can't have
// it, and an EventSource name it in their address.
const tokenHeader = "Duplex-Token"

// worked lets through to h who may run programs on this machine: a page that
// was served to this machine itself, and so knows the token; and only as long
// as nobody else can reach the server.
func (s *Server) worked(h handler) http.Handler {
	return s.workedWith(func(r *http.Request) string { return r.Header.Get(tokenHeader) }, h)
}

// workedByAddress is worked for what a page connects to, where the token may
// stand in the address.
func (s *Server) workedByAddress(h handler) http.Handler {
	return s.workedWith(func(r *http.Request) string {
		return cmp.Or(r.Header.Get(tokenHeader), r.URL.Query().Get("token"))
	}, h)
}

func (s *Server) workedWith(token func(*http.Request) string, h handler) http.Handler {
	return s.ours(s.answering(func(w http.ResponseWriter, r *http.Request) error {
		if err := s.mayWork(r, token(r)); err != nil {
			return err
		}
		return h(w, r)
	}))
}

// hasBench reports whether there is a workbench for who is on this machine, as
// the sender of r is.
func (s *Server) hasBench(r *http.Request) bool { return s.work != nil && localAddr(r).IsLoopback() }

// mayWork refuses who may not run programs here.
func (s *Server) mayWork(r *http.Request, token string) error {
	if !s.hasBench(r) {
		return &problem{
			Status: http.StatusForbidden, Code: "not-local",
			What: "Nobody can run programs here",
			Why:  "this server can be reached from other machines, and what runs here is only for the person at this one",
			Next: "Write in your own editor and check your server by its URL; or start duplex without --addr",
		}
	}
	if subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) != 1 {
		return &problem{
			Status: http.StatusForbidden, Code: "token",
			What: "This page is out of date",
			Why:  "duplex was started anew since the page was loaded",
			Next: "Reload the page; what you wrote is kept",
		}
	}
	return nil
}

// pageToken is the token that a page gets to know: none where it could not use
// it.
func (s *Server) pageToken(r *http.Request) string {
	if !s.hasBench(r) {
		return ""
	}
	return s.token
}

// isLocal reports whether only this machine can reach a listener.
func isLocal(l net.Listener) bool {
	addr, ok := l.Addr().(*net.TCPAddr)
	return ok && addr.IP.IsLoopback()
}

// watchWork lets a page that may use the workbench watch an exercise.
func (s *Server) watchWork(r *http.Request, exercise, token string) (*workbench.Watch, error) {
	if err := s.mayWork(r, token); err != nil {
		return nil, err
	}
	return s.work.Watch(exercise)
}

// benchStatus maps the workbench's errors to statuses.
var benchStatus = map[workbench.Code]int{
	workbench.NotFound:    http.StatusNotFound,
	workbench.NoWorkspace: http.StatusConflict,
	workbench.Conflict:    http.StatusConflict,
	workbench.Removed:     http.StatusConflict,
	workbench.NotRunning:  http.StatusConflict,
	workbench.NoGo:        http.StatusConflict,
	workbench.ReadOnly:    http.StatusForbidden,
	workbench.BadName:     http.StatusBadRequest,
	workbench.NotGo:       http.StatusBadRequest,
	workbench.Stopped:     http.StatusConflict,
	workbench.Superseded:  http.StatusConflict,
	workbench.TooLarge:    http.StatusRequestEntityTooLarge,
	workbench.DiskFull:    http.StatusInsufficientStorage,
	workbench.Failed:      http.StatusConflict,
}

// benchError is an error of the workbench, or of the program that it runs, as
// an answer.
func benchError(err error) error {
	var e *workbench.Error
	var f *program.Failure
	switch {
	case errors.As(err, &e):
		p := &problem{Status: benchStatus[e.Code], Code: string(e.Code), What: e.What, Why: e.Why, Next: e.Next, Err: e.Err, Offer: e.Offer}
		if e.Theirs != nil {
			p.Theirs = e.Theirs
		}
		return p
	case errors.As(err, &f):
		return &problem{Status: http.StatusConflict, Code: string(f.Cause), What: f.What, Why: f.Why, Next: f.Next, Err: err}
	}
	return err
}

// answered writes v, or returns err.
func answered(w http.ResponseWriter, v any, err error) error {
	if err != nil {
		return benchError(err)
	}
	writeJSON(w, http.StatusOK, v)
	return nil
}

// bench answers GET /work.
func (s *Server) bench(w http.ResponseWriter, r *http.Request) error {
	return answered(w, s.work.State(r.Context()), nil)
}

// makeWorkspace answers POST /work.
func (s *Server) makeWorkspace(w http.ResponseWriter, r *http.Request) error {
	var ask struct{ Dir string }
	if err := readJSON(w, r, &ask); err != nil {
		return err
	}
	if here := s.work.Dir(); ask.Dir != "" && ask.Dir != here {
		return &problem{
			Status: http.StatusConflict, Code: "elsewhere",
			What: "The workspace can't be at " + shortened(ask.Dir),
			Why:  "duplex was started for " + here,
			Next: "Start it with --work " + shortened(ask.Dir),
		}
	}
	err := s.work.Make()
	return answered(w, s.work.State(r.Context()), err)
}

// workOn answers GET /work/{exercise}.
func (s *Server) workOn(w http.ResponseWriter, r *http.Request) error {
	view, err := s.work.View(r.PathValue("exercise"))
	return answered(w, view, err)
}

// tried reports whether the learner has checked an exercise at least once.
func (s *Server) tried(exercise string) (bool, error) {
	p, err := s.store.Progress()
	known := p.Exercises[exercise]
	return known.Verdict != "" || len(known.Steps) > 0, err
}

// saveFile answers PUT /work/{exercise}/{file}.
func (s *Server) saveFile(w http.ResponseWriter, r *http.Request) error {
	var edit workbench.Edit
	if err := readJSONUpTo(w, r, maxEdit, &edit); err != nil {
		return err
	}
	saved, err := s.work.Save(r.PathValue("exercise"), r.PathValue("file"), edit)
	return answered(w, saved, err)
}

// versioned answers GET /work/{exercise}/versions.
func (s *Server) versioned(w http.ResponseWriter, r *http.Request) error {
	names, err := s.work.Versioned(r.PathValue("exercise"))
	return answered(w, names, err)
}

// versions answers GET /work/{exercise}/{file}/versions.
func (s *Server) versions(w http.ResponseWriter, r *http.Request) error {
	list, err := s.work.Versions(r.PathValue("exercise"), r.PathValue("file"))
	return answered(w, list, err)
}

// version answers GET /work/{exercise}/{file}/versions/{id}.
func (s *Server) version(w http.ResponseWriter, r *http.Request) error {
	content, err := s.work.Version(r.PathValue("exercise"), r.PathValue("file"), r.PathValue("id"))
	return answered(w, map[string]string{"content": content}, err)
}

// putBack answers POST /work/{exercise}/reset.
func (s *Server) putBack(w http.ResponseWriter, r *http.Request) error {
	if err := readJSON(w, r, &struct{}{}); err != nil {
		return err
	}
	files, err := s.work.Reset(r.PathValue("exercise"))
	return answered(w, map[string]any{"files": files}, err)
}

// runProgram answers POST /work/{exercise}/run.
func (s *Server) runProgram(w http.ResponseWriter, r *http.Request) error {
	if err := readJSON(w, r, &struct{}{}); err != nil {
		return err
	}
	run, err := s.work.Run(r.PathValue("exercise"))
	return answered(w, run, err)
}

// stopProgram answers POST /work/{exercise}/stop.
func (s *Server) stopProgram(w http.ResponseWriter, r *http.Request) error {
	if err := readJSON(w, r, &struct{}{}); err != nil {
		return err
	}
	run, err := s.work.Stop(r.PathValue("exercise"))
	return answered(w, run, err)
}
