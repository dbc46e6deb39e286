package server

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// politeTime is how long clients may take to answer a goodbye. What is still
// connected then is cut. It leaves time for that within the 5 s that a stopping
// server takes at most.
const politeTime = 4 * time.Second

// drain ends everything in order: nobody is accepted any more; checks stop;
// event streams end with the time to come back, and WebSockets with 1001; who
// has not gone by then is cut. http.Server.Shutdown alone does not do: it
// waits for event streams, which never end, and forgets connections that were
// hijacked, which WebSockets are.
func (s *Server) drain(srv *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), s.polite)
	defer cancel()
	s.end()
	var goodbyes sync.WaitGroup
	closed := make(chan struct{}) // once the listener is
	srv.RegisterOnShutdown(func() { close(closed) })
	goodbyes.Go(func() { <-closed; _ = s.demos.Close(ctx) }) // what ctx cuts short is no failure
	goodbyes.Go(func() { <-closed; s.live.drain(ctx) })
	goodbyes.Go(func() { <-closed; s.plays.drain() })
	if s.work != nil {
		goodbyes.Go(func() { <-closed; s.work.Close(); s.proxy.conns.shut(); s.proxy.conns.empty() })
	}
	err := srv.Shutdown(ctx)
	goodbyes.Wait()
	if ctx.Err() == nil {
		return err
	}
	_ = srv.Close() // the handlers' reads and writes fail now, and they end
	return nil
}
