// Package server is the course's web server: its pages, the live demos, the
// door to the checkers, and the learner's progress.
//
//	s, err := server.New(server.Config{Addr: addr, Data: dir, Log: log})
//	l, err := server.Listen(addr)
//	err = s.Run(ctx, l) // until ctx ends
//
// routes.go shows every address on one screen; safety.go says who may use
// them; errors.go turns the errors of handlers into answers.
package server

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"duplex/server/demo"
	"duplex/server/progress"
	"duplex/server/reload"
	"duplex/server/wire"
	"duplex/server/workbench"
	"duplex/static"
)

// Config says what to serve.
type Config struct {
	Addr       string            // as given to Listen; the host that it names may be asked for
	Lessons    fs.FS             // the course; nil: the built-in one
	LessonsDir string            // a folder to serve the course from instead, and to watch
	Data       string            // directory of the progress; made when missing
	Work       string            // the learner's workspace, which need not be there; see package workbench
	AllowHTML  bool              // raw HTML of lessons goes through; see render.Config
	Version    string            // of this program
	Log        *slog.Logger      // nil: nothing is logged
	Started    func(addr string) // called by Run once it accepts connections, with the listener's address
	Warm       func()            // called by Run once every lesson is rendered: from then on it mostly waits
}

// A Server serves one course and keeps one learner's progress.
type Server struct {
	cfg    Config
	log    *slog.Logger
	files  fs.FS // of the course
	view   atomic.Pointer[view]
	store  *progress.Store
	safety *safety
	assets assets
	pages  *pages
	box    *sandbox
	taps   *wire.Taps
	demos  *demo.Demos
	live   *live
	checks *checks
	work   *workbench.Bench // nil where programs are not run: see Run
	token  string           // of the workbench, new at every start
	proxy  *proxy           // to the programs that run there
	plays  *plays
	polite time.Duration // how long clients may take to answer a goodbye

	ending context.Context // ends when the server begins to drain: checks stop
	end    context.CancelFunc
}

// New loads the course and opens the progress. Its error is an *Error.
func New(cfg Config) (*Server, error) {
	s := &Server{cfg: cfg, log: cfg.Log, taps: wire.NewTaps(), checks: newChecks(), plays: newPlays(), polite: politeTime}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.files, err = openCourse(cfg); err != nil {
		return nil, err
	}
	if s.store, err = openStore(cfg.Data); err != nil {
		return nil, err
	}
	if err := s.assemble(); err != nil {
		return nil, errors.Join(err, s.store.Close())
	}
	s.load()
	return s, nil
}

// assemble makes the parts that need one another.
func (s *Server) assemble() (err error) {
	ticket := rand.Text()
	s.ending, s.end = context.WithCancel(context.Background())
	s.safety = newSafety(s.cfg.Addr, ticket)
	s.box = newSandbox(static.FS(), ticket)
	s.demos = demo.New(demo.Deps{Log: s.log, Taps: s.taps})
	s.live = newLive(rand.Text(), s.taps, s.store, func(err error) { s.log.Error("the progress can't be read", "err", err) })
	s.live.work = s.watchWork
	s.token = rand.Text()
	s.proxy = newProxy(s.taps)
	if s.assets, err = newAssets(static.FS(), styles); err != nil {
		return err
	}
	s.pages, err = newPages(pagesConfig{
		Course:   s.course,
		Rendered: s.rendered,
		Outline:  s.outlined,
		Intro:    s.intro,
		Progress: s.store.Progress,
		Asset:    s.assets.url,
		Token:    s.pageToken,
		Version:  s.cfg.Version,
	})
	return err
}

func openStore(dir string) (*progress.Store, error) {
	store, err := progress.Open(dir, time.Now)
	if p := (*progress.Error)(nil); errors.As(err, &p) {
		return nil, &Error{What: p.What, Why: p.Why, Next: p.Next, Err: err}
	}
	return store, err
}

// Listen opens the address to serve on. Its error is an *Error.
func Listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err == nil {
		return l, nil
	}
	e := &Error{What: "duplex can't listen on " + addr, Why: err.Error(), Next: "Name another address with --addr HOST:PORT", Err: err}
	var cause *os.SyscallError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		e.Why = "another program is using that port"
		e.Next = "Stop that program, or choose a free port with --addr 127.0.0.1:0"
	case errors.Is(err, syscall.EACCES):
		e.Why = "the system does not allow it"
		e.Next = "Choose a port above 1023, such as --addr 127.0.0.1:8080"
	case errors.As(err, &cause):
		e.Why = cause.Err.Error()
	}
	return nil, e
}

// Close lets go of the progress. It is for a Server that is never run.
func (s *Server) Close() error {
	s.end()
	return s.store.Close()
}

// headerWait bounds how long a client may take to say what it wants.
const headerWait = 10 * time.Second

// Run serves on l, which it closes, until ctx ends; then it drains, which
// takes 5 s at most, and lets go of the progress. An error is one of the
// listener or the progress.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: headerWait,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug), // what broken clients do
		ConnContext:       wire.ConnContext,
	}
	if s.cfg.Work != "" && isLocal(l) {
		s.work = workbench.New(workbench.Config{Dir: s.cfg.Work, Data: s.cfg.Data, Course: s.course, Log: s.log})
	}
	stopWork := s.beside()
	served := make(chan error, 1)
	go func() { served <- srv.Serve(wire.Listener(l)) }()
	if s.cfg.Started != nil {
		s.cfg.Started(l.Addr().String())
	}
	var failed error
	select {
	case failed = <-served: // the listener broke
	case <-ctx.Done():
	}
	drained := s.drain(srv)
	stopWork()
	if errors.Is(failed, http.ErrServerClosed) {
		failed = nil
	}
	return errors.Join(failed, drained, s.Close())
}

// beside runs what goes on beside requests, until stop is called; stop waits.
func (s *Server) beside() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var g sync.WaitGroup
	g.Go(s.live.follow(ctx))
	g.Go(func() { s.watchInbox(ctx) })
	g.Go(func() { s.warm(ctx) })
	if s.cfg.LessonsDir != "" {
		w, err := reload.New(s.files) // here, so that no save after the first answer is missed
		g.Go(func() { s.watchLessons(ctx, w, err) })
	}
	return func() { cancel(); g.Wait() }
}

// watchLessons serves the changes that w finds until ctx ends; err is why there
// is no w.
func (s *Server) watchLessons(ctx context.Context, w *reload.Watcher, err error) {
	if err == nil {
		err = w.Run(ctx, s.changed)
	}
	if ctx.Err() == nil {
		s.log.Error("changes in the lessons are not noticed any more; restart duplex to see them", "err", err)
	}
}
