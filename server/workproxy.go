package server

import "net/http"

// reach answers /proxy/{exercise}/{path…}: it passes the request on to the
// learner's running server; see proxy.
func (s *Server) reach(w http.ResponseWriter, r *http.Request) error {
	target, err := s.work.Target(r.PathValue("exercise"))
	if err != nil {
		return benchError(err)
	}
	return s.proxy.serve(w, r, s.ending, target, r.PathValue("path"))
}
