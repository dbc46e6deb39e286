package server

import (
	"context"
	"net/http"
	"slices"
	"time"

	"duplex/server/workbench"
)

// reachWait is how long a request waits for a program that is being built or
// started: a first build, which compiles the standard library, takes that long
// on a slow machine.
const reachWait = time.Minute

// reach answers /proxy/{exercise}/{path…}: it passes the request on to the
// learner's running server; see proxy. A server that will run soon is waited
// for: a browser's EventSource takes any answer but a stream for the end, and
// would not come back to a server that was only started anew.
func (s *Server) reach(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), reachWait)
	defer cancel()
	defer context.AfterFunc(s.ending, cancel)()
	target, err := s.target(ctx, r.PathValue("exercise"))
	if err != nil {
		return benchError(err)
	}
	return s.proxy.serve(w, r, s.ending, target, r.PathValue("path"))
}

// target is the URL of the exercise's program once it runs, or why there will
// be none before ctx ends.
func (s *Server) target(ctx context.Context, exercise string) (url string, err error) {
	if url, err = s.work.Target(exercise); err == nil {
		return url, nil
	}
	watch, failed := s.work.Watch(exercise)
	if failed != nil {
		return "", failed
	}
	defer watch.Stop()
	for {
		select {
		case <-watch.Ready():
		case <-ctx.Done():
			return "", err
		}
		news := watch.Take() // the first says how it is, and the others what has changed
		url, err = s.work.Target(exercise)
		if err == nil || slices.ContainsFunc(news, idle) {
			return url, err
		}
	}
}

// idle reports whether the news is that no program is on its way.
func idle(n workbench.News) bool {
	return n.Run != nil && n.Run.State != workbench.Building && n.Run.State != workbench.Starting
}
