package server

import (
	"net/http"
	"path"
	"strings"

	"duplex/lessons"
)

// What GET /exercises/{exercise} answers.
type (
	exerciseShown struct {
		Exercise string       `json:"exercise"`
		Language string       `json:"language"`
		Goal     string       `json:"goal"`
		Tried    bool         `json:"tried"`
		Starter  []sourceFile `json:"starter"`
		Solution []sourceFile `json:"solution,omitempty"` // once it was tried
	}
	sourceFile struct {
		Name    string `json:"name"`
		Content string `json:"content"`
	}
)

// exerciseFiles answers GET /exercises/{exercise}: what a learner begins with,
// and the solution, but only to who has checked an attempt of their own.
func (s *Server) exerciseFiles(w http.ResponseWriter, r *http.Request) error {
	e, err := s.view.Load().exercise(r.PathValue("exercise"))
	if err != nil {
		return err
	}
	tried, err := s.tried(e.Name)
	if err != nil {
		return err
	}
	shown := exerciseShown{Exercise: e.Name, Language: e.Language, Goal: e.Script.Goal, Tried: tried, Starter: sources(e.Starter)}
	if tried {
		shown.Solution = sources(e.Solution)
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, shown)
	return nil
}

// sources leaves tests out: they only call the checker.
func sources(files []lessons.File) []sourceFile {
	list := []sourceFile{}
	for _, f := range files {
		if !strings.HasSuffix(f.Path, "_test.go") {
			list = append(list, sourceFile{path.Base(f.Path), string(f.Source)})
		}
	}
	return list
}
