package server

import (
	"io"
	"net/http"
	"slices"

	"duplex/server/render"
	"duplex/static"
)

// Handler is the whole of the server.
//
// Each line says who may use the address: anybody whose Host is right; ours,
// the pages of this server and programs that are no browsers; demoed, those
// and the sandboxed frame; what has a token in its path, whoever knows that.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", s.page(s.pages.course))
	mux.Handle("GET /lessons/{lesson}", s.page(s.pages.lesson))
	mux.Handle("GET /lessons/{lesson}/{file}", s.answering(s.picture))
	mux.Handle("GET /present/{lesson}", s.page(s.pages.present))
	mux.Handle("GET /search.json", s.page(s.pages.search))
	mux.Handle("GET /static/{path...}", s.answering(s.assets.serve))
	mux.Handle("GET /sandbox", s.ours(s.answering(s.box.serve)))
	mux.Handle("GET /healthz", s.answering(healthy))

	mux.Handle("GET /demo/echo", s.demoed(s.demos.Echo))
	mux.Handle("GET /demo/chat/{room}", s.demoed(s.demos.Chat))
	mux.Handle("GET /demo/events", s.demoed(s.demos.Events))
	mux.Handle("POST /demo/events/drop", s.ours(s.demos.Drop))

	mux.Handle("GET /live", s.ours(s.answering(s.live.serve)))
	mux.Handle("GET /exercises/{exercise}", s.ours(s.answering(s.exerciseFiles)))
	mux.Handle("POST /check/{exercise}", s.ours(s.answering(s.check)))
	mux.Handle("GET /play/{exercise}", s.ours(s.answering(s.play)))
	mux.Handle("/play/{exercise}/{token}/{path...}", s.answering(s.enter))

	mux.Handle("GET /work", s.worked(s.bench))
	mux.Handle("POST /work", s.worked(s.makeWorkspace))
	mux.Handle("GET /work/{exercise}", s.worked(s.workOn))
	mux.Handle("PUT /work/{exercise}/{file}", s.worked(s.saveFile))
	mux.Handle("GET /work/{exercise}/versions", s.worked(s.versioned))
	mux.Handle("GET /work/{exercise}/{file}/versions", s.worked(s.versions))
	mux.Handle("GET /work/{exercise}/{file}/versions/{id}", s.worked(s.version))
	mux.Handle("POST /work/{exercise}/reset", s.worked(s.putBack))
	mux.Handle("POST /work/{exercise}/run", s.worked(s.runProgram))
	mux.Handle("POST /work/{exercise}/stop", s.worked(s.stopProgram))
	mux.Handle("/proxy/{exercise}/{path...}", s.workedByAddress(s.reach))

	mux.Handle("GET /progress", s.ours(s.answering(s.progressed)))
	mux.Handle("POST /progress/section", s.ours(s.answering(s.read)))
	mux.Handle("POST /progress/reset", s.ours(s.answering(s.reset)))
	mux.Handle("POST /quiz/{lesson}/{id}", s.ours(s.answering(s.answer)))
	return s.recovering(s.guarding(s.routed(mux)))
}

// page serves what changes with the course and the progress.
func (s *Server) page(h handler) http.Handler {
	return s.answering(compressing(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "no-cache")
		return h(w, r)
	}))
}

func healthy(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok")
	return nil
}

// styles is everything that looks like something, as one sheet.
func styles() []byte { return slices.Concat(static.Styles(), render.Styles()) }
